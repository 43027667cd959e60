"""Lifts of soft locks in the back office: who may post into a locked area, why, until when, and what came of it."""

import datetime

from django import forms
from django.contrib.admin import register
from django.db.models import Count
from django.http import HttpResponseRedirect
from unfold.decorators import display

from ledger.closing.conditions import with_state
from ledger.journal.models import Transaction
from ledger.locks.answers import LIFT_STATUSES, lift_status
from ledger.locks.areas import AREAS
from ledger.locks.lifting import end_lift, lift_lock
from ledger.locks.models import LiftUse, LockLift
from organizations import clock
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.errors import Invalid
from organizations.keys.models import ApiKey
from organizations.members.models import Membership

SHOWN = 200


class ByArea(ByWord):
    """Filter by area."""

    title = "area"
    parameter_name = "area"
    words = AREAS


class ByState(ByWord):
    """Filter by whether it is active, ended or expired."""

    title = "status"
    parameter_name = "state"
    words = LIFT_STATUSES


class LiftForm(VerbForm):
    """Whom to let pass, where, and until when."""

    area = forms.ChoiceField(choices=[("", "choose"), *((area, area) for area in AREAS)])
    holder = forms.ChoiceField(label="For", choices=())
    reason = forms.CharField(max_length=2000, widget=forms.Textarea)
    hours = forms.IntegerField(min_value=1, max_value=24 * 90, initial=24, label="For how many hours")

    def prepare(self):
        organization = self.office.organization
        people = Membership.objects.of(organization).select_related("user").order_by("user__email")
        choices = {f"user_id:{each.user_id}": str(each.user) for each in people}
        if self.office.actor.user_id is not None:
            choices.setdefault(f"user_id:{self.office.actor.user_id}", "myself")
        keys = ApiKey.objects.of(organization).filter(revoked_at=None).order_by("name")
        choices |= {f"api_key_id:{key.pk}": f"API key {key.name}" for key in keys}
        self.fields["holder"].choices = [("", "choose"), *choices.items()]


@register(LockLift, site=site)
class LockLiftDesk(TenantDesk):
    """Lifts of soft locks."""

    resource = "lock-dates"
    place = Place("Books", 46, "Lifted locks", "lock_open")
    list_display = ["area", "shown_holder", "reason", "shown_status", "shown_uses", "shown_end"]
    list_filter = [ByArea, ByState]
    search_fields = ["reason"]
    ordering = ["-id"]
    sortable_by = []

    def get_queryset(self, request):
        return with_state(super().get_queryset(request)).select_related("user", "api_key")

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("end", self.end)]

    @display(description="For")
    def shown_holder(self, lift):
        return str(lift.user) if lift.user_id is not None else f"API key {lift.api_key}"

    @display(description="Status")
    def shown_status(self, lift):
        return showing.badge(lift.state)

    def get_changelist_instance(self, request):
        """How much was posted under the lifts of one page, in one query."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        uses = LiftUse.objects.of(request.office.organization).filter(lift__in=changes.result_list)
        counts = dict(uses.values_list("lift_id").annotate(Count("id")))
        for lift in changes.result_list:
            lift.posted = counts.get(lift.pk, 0)
        return changes

    @display(description="Posted")
    def shown_uses(self, lift):
        return lift.posted

    @display(description="Ends (UTC)")
    def shown_end(self, lift):
        return showing.moment(lift.ended_at or lift.expires_at)

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(
            title="Lift a lock",
            crumbs=self.crumbs(),
            submit="Lift it",
            back=self.address("changelist"),
            intro="Postings of this user or key pass the lock of the area until then. Nobody passes closed books.",
        )

        def lift(fields: dict) -> str:
            kind, _, number = fields["holder"].partition(":")
            until = clock.now() + datetime.timedelta(hours=fields["hours"])
            try:
                made = lift_lock(
                    actor=actor,
                    organization=organization,
                    area=fields["area"],
                    reason=fields["reason"],
                    expires_at=until,
                    **{kind: int(number)},
                )
            except Invalid as refusal:
                named = refusal.details.get("fields", {})
                raise Invalid(
                    fields={"holder" if name.endswith("_id") else name: named[name] for name in named}
                ) from None
            return self.address("change", made.pk)

        return form_page(self.admin_site, request, page, LiftForm, lift, done="The lock is lifted.")

    def record(self, request, obj) -> Page:
        page = Page(
            title=str(obj),
            crumbs=self.crumbs(),
            badge=showing.badge(lift_status(obj)),
            facts=[
                ("Area", obj.area),
                ("For", self.shown_holder(obj)),
                ("Reason", obj.reason),
                ("Made (UTC)", showing.moment(obj.created_at)),
                ("Expires (UTC)", showing.moment(obj.expires_at)),
                ("Ended (UTC)", showing.moment(obj.ended_at)),
                ("Id", obj.public_id),
            ],
            tables=[self._changes(request, obj)],
            buttons=[Button("History", self.address("history", obj.pk), icon="history")],
        )
        if self.has_change_permission(request) and lift_status(obj) == "active":
            page.buttons.append(
                Button("End it now", self.address("end", obj.pk), icon="lock", post=True, variant="danger")
            )
        return page

    def _changes(self, request, obj: LockLift) -> Table:
        """What was posted into the locked period meanwhile."""
        uses = list(LiftUse.objects.of(obj.organization_id).filter(lift=obj).order_by("-id")[: SHOWN + 1])
        rows = Transaction.objects.of(obj.organization_id).in_bulk([use.transaction_id for use in uses[:SHOWN]])
        base = request.office.base
        more = f" (the newest {SHOWN})" if len(uses) > SHOWN else ""
        return Table(
            title=f"Posted into the locked period{more}",
            headers=["Date", "Transaction", "Type", f"Total, {base}", "Locked through", "Posted (UTC)"],
            right=frozenset({3}),
            rows=[
                [
                    str(rows[use.transaction_id].transaction_date),
                    showing.link_to(Transaction, use.transaction_id, str(rows[use.transaction_id].description or "–")),
                    rows[use.transaction_id].type,
                    showing.figure(rows[use.transaction_id].total_debits, base),
                    str(use.locked_through),
                    showing.moment(rows[use.transaction_id].posting_date),
                ]
                for use in uses[:SHOWN]
            ],
            empty="Nothing was posted under this lift.",
        )

    def end(self, request, object_id):
        """End the lift at once."""
        actor, organization = self.require(request, "delete"), organization_of(request)
        lift = self.find(request, object_id)
        back = self.address("change", lift.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def stop() -> None:
            end_lift(actor=actor, organization=organization, lift_id=lift.pk)

        return self.act(request, stop, back, "The lift has ended.")
