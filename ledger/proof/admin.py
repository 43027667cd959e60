"""The chain of seals in the back office: to read, to seal and verify now, and to say where checkpoints are pushed."""

from django import forms
from django.contrib.admin import register
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils.html import format_html
from unfold.decorators import display

from ledger.journal import page_parts
from ledger.journal.models import Transaction
from ledger.proof.anchoring import remove_anchor, set_anchor
from ledger.proof.leaves import TRANSACTION, unpacked
from ledger.proof.models import Anchor, AnchorPush, Checkpoint
from ledger.proof.proofs import sealed_by
from ledger.proof.sealing import seal_all
from ledger.proof.tasks import KIND
from ledger.proof.waiting import waiting
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, attempt, form_page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import sentence, site
from organizations.events.models import Event
from organizations.jobs.models import Job
from organizations.jobs.running import queue
from organizations.jobs.tasks import start

LEAVES_SHOWN = 200
MOST_AT_ONCE = 10


class ByDay(DayRange):
    """Filter by the day (UTC) of sealing."""

    title = "day"
    parameter_name = "sealed_at"
    instants = True


class AnchorForm(VerbForm):
    """Where checkpoints are pushed to."""

    url = forms.CharField(
        label="Webhook", max_length=500, help_text="https://… of the public internet; every checkpoint is sent there."
    )


@register(Checkpoint, site=site)
class CheckpointDesk(TenantDesk):
    """Seals on postings and events, chained to one another."""

    resource = "checkpoints"
    place = Place("Audit", 15, "Checkpoints", "verified")
    list_display = ["shown_seq", "shown_sealed", "count", "total", "shown_hash", "shown_pushes"]
    list_display_links = ["shown_seq"]
    list_filter = [ByDay]
    list_before_template = "admin/ledger/checkpoints_head.html"
    search_fields = ["seq__exact"]
    search_help_text = "The number of a checkpoint"
    ordering = ["-seq"]
    sortable_by = []

    def get_urls(self):
        views = [("seal", self.seal_now), ("verify", self.verify_now), ("anchor", self.anchor)]
        views.append(("remove_anchor", self.remove_anchor))
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [path(f"{word}/", self.admin_site.admin_view(view), name=f"{name}_{word}") for word, view in views]
        return own + super().get_urls()

    def get_queryset(self, request):
        return super().get_queryset(request).defer("leaves")

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        known = term.isascii() and term.isdigit() and len(term) < 19
        return (queryset.filter(seq=int(term)) if known else queryset.none()), False

    def get_changelist_instance(self, request):
        """Where the checkpoints of one page were pushed, in one query."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        pushes: dict[int, list[AnchorPush]] = {each.seq: [] for each in changes.result_list}
        if pushes:
            for push in AnchorPush.objects.of(organization_of(request)).filter(seq__in=list(pushes)).order_by("target"):
                pushes[push.seq].append(push)
        for each in changes.result_list:
            each.pushes = pushes[each.seq]
        return changes

    def changelist_view(self, request, extra_context=None):
        organization = request.office.organization
        page = Page(title="Checkpoints")
        if organization is not None and self.has_view_permission(request):
            since = waiting(organization.pk).unsealed_since
            page.intro = (
                f"The oldest record that is not sealed yet is of {showing.moment(since)} UTC."
                if since
                else "Everything is sealed."
            )
        if self.has_change_permission(request):
            page.buttons = [
                Button("Where they are pushed", self.address("anchor"), icon="outbox"),
                Button("Verify now", self.address("verify"), icon="fact_check", post=True),
                Button("Seal now", self.address("seal"), icon="verified", post=True, variant="primary"),
            ]
        return super().changelist_view(request, {**(extra_context or {}), "proof_page": page})

    @display(description="Number")
    def shown_seq(self, checkpoint):
        return f"{checkpoint.seq}"

    @display(description="Sealed (UTC)")
    def shown_sealed(self, checkpoint):
        return showing.moment(checkpoint.sealed_at)

    @display(description="Hash")
    def shown_hash(self, checkpoint):
        return _digest(checkpoint.hash, 16)

    @display(description="Pushed to")
    def shown_pushes(self, checkpoint):
        return ", ".join(f"{push.target}: {push.status}" for push in checkpoint.pushes)

    # -- One checkpoint ---------------------------------------------------------------------------

    def record(self, request, obj) -> Page:
        organization = organization_of(request)
        pushes = AnchorPush.objects.of(organization).filter(seq=obj.seq).order_by("target")
        return Page(
            title=str(obj),
            crumbs=self.crumbs(),
            badge=showing.badge("sealed"),
            facts=[
                ("Sealed (UTC)", showing.moment(obj.sealed_at)),
                ("Records", f"{obj.count:,}"),
                ("Records up to here", f"{obj.total:,}"),
                ("Epoch", obj.epoch if obj.epoch > 1 else ""),
                ("Merkle root", _digest(obj.root)),
                ("Hash", _digest(obj.hash)),
                ("Hash before it", _digest(obj.previous_hash)),
                ("Id", obj.public_id),
            ],
            tables=[
                _pushes(pushes),
                _records(Checkpoint.objects.of(organization).get(pk=obj.pk)),
            ],
            buttons=[Button("History", self.address("history", obj.pk), icon="history")],
        )

    # -- Buttons ----------------------------------------------------------------------------------

    def seal_now(self, request):
        """Seal what is settled."""
        actor, organization = self.require(request), organization_of(request)
        if request.method != "POST":
            return self.go("changelist")
        made, refusal = attempt(
            lambda: seal_all(actor=actor, organization_id=organization.pk, most_checkpoints=MOST_AT_ONCE)
        )
        if refusal is not None:
            self.message_user(request, sentence(refusal), "ERROR")
        elif made:
            self.message_user(request, f"{made} checkpoint{'s were' if made > 1 else ' was'} made.", "SUCCESS")
        else:
            self.message_user(request, "Nothing settled waits to be sealed.", "INFO")
        return self.go("changelist")

    def verify_now(self, request):
        """Verify the whole chain as a job, and go to where its result will be."""
        actor, organization = self.require(request), organization_of(request)
        if request.method != "POST":
            return self.go("changelist")

        def verify() -> str:
            job = queue(actor=actor, organization_id=organization.pk, kind=KIND, payload={})
            start(job)
            return showing.address(Job, "change", job.pk)

        return self.act(request, verify, self.address("changelist"), "The chain is being verified.")

    def anchor(self, request):
        """Where checkpoints are pushed to: asks for the webhook."""
        actor, organization = self.require(request), organization_of(request)
        found = Anchor.objects.of(organization).first()
        page = Page(
            title="Where they are pushed",
            crumbs=self.crumbs(),
            intro=(
                "A checkpoint that is kept outside is what the chain is measured by: with it, a tail that was cut off"
                " or a chain that was made anew is found out."
            ),
            submit="Push there",
            back=self.address("changelist"),
        )
        if found is not None:
            url, ask = self.address("remove_anchor"), "Push checkpoints to this webhook no more?"
            page.buttons = [Button("Remove", url, icon="delete", post=True, variant="danger", confirm=ask)]

        def push(fields: dict) -> str:
            set_anchor(actor=actor, organization_id=organization.pk, url=fields["url"])
            return self.address("changelist")

        initial = {"url": found.url if found else ""}
        done = "Checkpoints will be pushed there."
        return form_page(self.admin_site, request, page, AnchorForm, push, initial=initial, done=done)

    def remove_anchor(self, request):
        """Push to the webhook no more."""
        actor, organization = self.require(request, "delete"), organization_of(request)
        found = Anchor.objects.of(organization).first()
        if request.method != "POST" or found is None:
            return HttpResponseRedirect(self.address("anchor"))
        back = self.address("anchor")
        return self.act(request, lambda: remove_anchor(actor=actor, anchor=found), back, "The webhook was removed.")


def _digest(value: bytes, digits: int = 64):
    text = bytes(value).hex()
    return format_html('<span class="co-mono">{}</span>', text if digits >= 64 else f"{text[:digits]}…")


def _pushes(pushes) -> Table:
    return Table(
        title="Pushed to",
        headers=["Where", "State", "Attempts", "When (UTC)", "What went wrong"],
        rows=[
            [push.target, showing.badge(push.status), push.attempts, showing.moment(push.pushed_at), push.last_error]
            for push in pushes
        ],
        empty="Nowhere: no webhook is set, and the installation has no directory for anchors.",
    )


def _records(checkpoint: Checkpoint) -> Table:
    leaves = unpacked(checkpoint.leaves)
    models = {True: Transaction, False: Event}
    title = "Records" if len(leaves) <= LEAVES_SHOWN else f"The first {LEAVES_SHOWN} of {len(leaves):,} records"
    return Table(
        title=title,
        headers=["Record", "Hash"],
        rows=[
            [showing.link_to(models[leaf.kind == TRANSACTION], leaf.number, leaf.public_id), _digest(leaf.hash, 16)]
            for leaf in leaves[:LEAVES_SHOWN]
        ],
        empty="None: an epoch begins here.",
    )


def sealed_fact(transaction: Transaction) -> list[tuple]:
    """Whether and where a posted transaction is sealed, for its page."""
    checkpoint = sealed_by(transaction)
    if checkpoint is None:
        return [("Sealed", "not yet")]
    return [("Sealed", showing.link_to(Checkpoint, checkpoint.pk, checkpoint))]


page_parts.further_facts.append(sealed_fact)
