"""The review queue: what waits for approval, what it would change, and the decision."""

import json
from typing import Any

from django import forms
from django.contrib.admin import register
from django.utils.html import format_html
from unfold.decorators import display

from organizations import clock
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.histories import plain
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
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
    """Why not."""

    reason = forms.CharField(max_length=500)


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
        wanted = operation(obj.operation)
        facts = [
            ("Would send", f"{wanted.method} {wanted.path.partition('{organization_id}')[2]}"),
            *((name, value) for name, value in obj.parameters.items()),
            ("Note", obj.note),
            ("Dry run", showing.badge("ok" if obj.valid else "error")),
            ("It said", _problem(obj)),
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
        page.tables = [_changes(obj), _sent(obj)]
        page.buttons = self._buttons(request, obj)
        return page

    def _buttons(self, request, obj) -> list[Button]:
        found = [Button("History", self.address("history", obj.pk), icon="history")]
        if obj.status != "pending" or not self.has_change_permission(request):
            return found
        found.insert(0, Button("Look again", self.address("validate", obj.pk), icon="refresh", post=True))
        mine = is_author(request.office.actor, obj)
        may = request.office.actor.may("approve", operation(obj.operation).resource)
        if mine:
            found.insert(0, Button("Edit", self.address("edit", obj.pk), icon="edit"))
        if mine or may:
            title = "Reject" if may else "Withdraw"
            found.append(Button(title, self.address("reject", obj.pk), icon="block", variant="danger"))
        if may and not (mine and request.office.organization.require_draft_approval):
            url, ask = self.address("approve", obj.pk), "Do what the draft says?"
            found.insert(0, Button("Approve", url, icon="check", post=True, variant="primary", confirm=ask))
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
        """Do it."""
        opening, found = self._opening(request), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def do() -> None:
            _, done = approve(opening=opening, draft_id=found.pk)
            if not done.succeeded:
                error = done.body["error"]
                raise Refusal(error["message"], details=error["details"])

        return self.act(request, do, self.address("change", found.pk), "It is done.")

    def reject(self, request, object_id):
        """Turn it down."""
        opening, found = self._opening(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        page = Page(
            title="Reject", crumbs=[*self.crumbs(), (str(found), back)], submit="Reject", danger=True, back=back
        )

        def turn_down(fields: dict) -> str:
            reject(opening=opening, draft_id=found.pk, reason=fields["reason"])
            return back

        return form_page(self.admin_site, request, page, ReasonForm, turn_down, done="It is rejected.")

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


def _problem(row: Draft) -> str:
    if not row.problems:
        return ""
    parts = [row.problems["message"]]
    for place, problems in row.problems["details"].get("fields", {}).items():
        parts += [f"{place}: {problem}" for problem in problems]
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)


def _changes(row: Draft) -> Table:
    """Field by field, what is and what would be."""
    now, then = row.current or {}, row.preview if isinstance(row.preview, dict) else {}
    same_object = not now or now.get("id") == then.get("id")
    names = [name for name in then if name != "updated_at" and (not same_object or now.get(name) != then[name])]
    cells = [
        [name, _mono(now.get(name)) if same_object and now else "", _mono(then[name])]
        for name in names
        if then[name] not in (None, "", [], {}) or now.get(name)
    ]
    empty = "Nothing: the dry run was refused." if row.problems else "It answers nothing, as a deletion does."
    return Table("What it would change", ["Field", "Is", "Would be"], cells, empty=empty)


def _sent(row: Draft) -> Table:
    cells = [[name, _mono(value)] for name, value in row.payload.items()]
    return Table("What it sends", ["Field", "Value"], cells, empty="Nothing but its address.")


def _mono(value: Any):
    return format_html('<span class="co-mono">{}</span>', plain(value))
