"""The review queue: what waits for approval, what it would change, and the decision."""

import json
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.admin import register
from unfold.decorators import display

from organizations import clock
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.drafts.answers import version_of_draft
from organizations.drafts.differences import Differences
from organizations.drafts.models import STATUSES, Draft
from organizations.drafts.operations import operation, operations
from organizations.drafts.staging import approve, change, is_author, reject, stage, validate
from organizations.errors import Invalid, Refusal
from organizations.keys.models import ApiKey
from organizations.requests.opening import Opening
from organizations.users.models import User
from organizations.wire.parsing import read_json
from organizations.wire.rendering import dumps


class ByStatus(ByWord):
    """Filter by what became of it."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class PayloadForm(VerbForm):
    """What an operation is sent, as the API has it."""

    parameters = forms.CharField(
        max_length=500, required=False, label="Ids in the address", help_text="transaction_id=TXN_…, one to a line."
    )
    payload = forms.CharField(
        max_length=1_100_000, required=False, initial="{}", help_text="JSON, as the API takes it."
    )
    note = forms.CharField(max_length=500, required=False)

    def prepare(self) -> None:
        self.fields["parameters"].widget = forms.Textarea()
        self.fields["payload"].widget = forms.Textarea(attrs={"class": "co-mono", "spellcheck": "false"})


class StageForm(PayloadForm):
    """Any write of the API."""

    operation = forms.ChoiceField()
    field_order = ["operation", "parameters", "payload", "note"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["operation"].choices = [
            (each.name, f"{each.name} ({each.method} {each.path.partition('{organization_id}')[2]})")
            for each in operations().values()
        ]


class ReasonForm(VerbForm):
    """Why not; ``version`` is that of the draft that was shown."""

    reason = forms.CharField(max_length=500)
    version = forms.CharField(required=False, widget=forms.HiddenInput())


def _read(fields: dict) -> dict[str, Any]:
    """The parameters and the payload that were typed. Raises Invalid."""
    parameters = {}
    for line in fields["parameters"].split():
        name, _, value = line.partition("=")
        parameters[name] = value
    try:
        payload = read_json(fields["payload"].encode())
    except Invalid as problem:
        raise Invalid(fields={"payload": problem.message}) from problem
    return {"parameters": parameters, "payload": payload, "note": fields["note"]}


@register(Draft, site=site)
class DraftDesk(TenantDesk):
    """Writes that wait for approval."""

    resource = "drafts"
    place = Place("Audit", 5, "Review queue", "fact_check")
    list_display = ["operation", "shown_note", "shown_staged", "shown_author", "shown_valid", "shown_status"]
    list_filter = [ByStatus]
    search_fields = ["operation", "note"]
    search_help_text = "Operation or note contains this"
    ordering = ["-id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("result")

    def page_urls(self):
        return [("validate", self.look_again), ("approve", self.approve), ("reject", self.reject), ("edit", self.edit)]

    @display(description="Note")
    def shown_note(self, row):
        return row.note[:80]

    @display(description="Staged (UTC)")
    def shown_staged(self, row):
        return showing.moment(row.created_at)

    @display(description="By")
    def shown_author(self, row):
        return "a key" if row.author_key_id else "a person"

    @display(description="Dry run")
    def shown_valid(self, row):
        return showing.badge("ok" if row.valid else "error")

    @display(description="Status")
    def shown_status(self, row):
        return showing.badge(row.status)

    # -- Pages -------------------------------------------------------------------------------------

    def record(self, request, obj) -> Page:
        page = Page(title=f"{obj.operation} {obj.public_id}", crumbs=self.crumbs(), badge=showing.badge(obj.status))
        wanted, differences = operation(obj.operation), Differences(request, obj)
        facts = [
            ("Would send", f"{wanted.method} {wanted.path.partition('{organization_id}')[2]}"),
            *((name, differences.named(value)) for name, value in obj.parameters.items()),
            ("Note", obj.note),
            ("Dry run", showing.badge("ok" if obj.valid else "error")),
            ("It said", differences.problem()),
            ("Looked at (UTC)", showing.moment(obj.validated_at)),
            ("Staged by", _who(obj.author_key_id, obj.author_user_id, obj.organization_id)),
            ("Staged (UTC)", showing.moment(obj.created_at)),
            ("Expires (UTC)", showing.moment(obj.expires_at) if obj.status == "pending" else ""),
            ("Decided by", _who(obj.decider_key_id, obj.decider_user_id, obj.organization_id)),
            ("Decided (UTC)", showing.moment(obj.decided_at)),
            ("Reason", obj.reason),
            ("Answer", obj.result_status),
        ]
        page.facts = [(name, value) for name, value in facts if value not in ("", None)]
        page.tables = [differences.changes(), differences.sent()]
        page.buttons = self._buttons(request, obj)
        return page

    def _buttons(self, request, obj) -> list[Button]:
        found = [Button("History", self.address("history", obj.pk), icon="history")]
        if obj.status != "pending" or not self.has_change_permission(request):
            return found
        shown = version_of_draft(obj)
        found.insert(0, Button("Look again", self.address("validate", obj.pk), icon="refresh", post=True))
        mine = is_author(request.office.actor, obj)
        may = request.office.actor.may("approve", operation(obj.operation).resource)
        if mine:
            found.insert(0, Button("Edit", self.address("edit", obj.pk), icon="edit"))
        if mine or may:
            title = "Reject" if may else "Withdraw"
            url = f"{self.address('reject', obj.pk)}?{urlencode({'version': shown})}"
            found.append(Button(title, url, icon="block", variant="danger"))
        if may and not (mine and request.office.organization.require_draft_approval):
            url, ask = self.address("approve", obj.pk), "Do what the draft says?"
            look = {"icon": "check", "variant": "primary", "confirm": ask}
            found.insert(0, Button("Approve", url, post=True, fields={"version": shown}, **look))
        return found

    def _opening(self, request) -> Opening:
        organization = organization_of(request)
        return Opening(
            actor=self.require(request),
            organization=organization,
            oversight=False,
            opened_at=clock.now(),
            mode=organization.mode,
        )

    def add_view(self, request, form_url="", extra_context=None):
        opening = self._opening(request)
        page = Page(title="Stage a write", crumbs=self.crumbs(), submit="Stage it", back=self.address("changelist"))
        page.intro = "It is tried and not done; somebody who may approve decides."

        def keep(fields: dict) -> str:
            row = stage(opening=opening, operation_name=fields["operation"], **_read(fields))
            return self.address("change", row.pk)

        return form_page(self.admin_site, request, page, StageForm, keep, done="It waits for approval.")

    def edit(self, request, object_id):
        """What it would send."""
        opening, found = self._opening(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        page = Page(title="Edit", crumbs=[*self.crumbs(), (str(found), back)], submit="Save", back=back)

        def keep(fields: dict) -> str:
            change(opening=opening, draft_id=found.pk, changes=_read(fields))
            return back

        initial = {
            "parameters": "\n".join(f"{name}={value}" for name, value in found.parameters.items()),
            "payload": _pretty(found.payload),
            "note": found.note,
        }
        return form_page(self.admin_site, request, page, PayloadForm, keep, obj=found, initial=initial, done="Saved.")

    def look_again(self, request, object_id):
        """Try it once more, as the books are now."""
        opening, found = self._opening(request), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def look() -> None:
            validate(opening=opening, draft_id=found.pk)

        return self.act(request, look, self.address("change", found.pk), "It was tried again.")

    def approve(self, request, object_id):
        """Do it, if it is still what was shown."""
        opening, found = self._opening(request), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def do() -> None:
            _, done = approve(opening=opening, draft_id=found.pk, seen=request.POST.get("version", ""))
            if not done.succeeded:
                error = done.body["error"]
                raise Refusal(error["message"], details=error["details"])

        return self.act(request, do, self.address("change", found.pk), "It is done.")

    def reject(self, request, object_id):
        """Turn it down, if it is still what was shown."""
        opening, found = self._opening(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        page = Page(
            title="Reject", crumbs=[*self.crumbs(), (str(found), back)], submit="Reject", danger=True, back=back
        )

        def turn_down(fields: dict) -> str:
            reject(opening=opening, draft_id=found.pk, reason=fields["reason"], seen=fields["version"])
            return back

        initial = {"version": request.GET.get("version", "")}
        return form_page(self.admin_site, request, page, ReasonForm, turn_down, initial=initial, done="It is rejected.")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return show(self.admin_site, request, self.record(request, self.find(request, object_id)))


def _who(key_id: int | None, user_id: int | None, organization_id: int) -> str:
    if user_id is not None:
        return str(User.objects.filter(pk=user_id).first() or "a person")
    if key_id is None:
        return ""
    key = ApiKey.objects.of(organization_id).filter(pk=key_id).first()
    return f"key {key.name}" if key else "a key of another organization"


def _pretty(value: Any) -> str:
    return json.dumps(json.loads(dumps(value)), indent=2, ensure_ascii=False)
