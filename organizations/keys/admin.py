"""API keys in the back office: made, rotated and revoked; a secret is shown once."""

import datetime

from django import forms
from django.contrib.admin import register
from django.utils.html import format_html
from unfold.decorators import display

from organizations import clock, ids
from organizations.actors import Actor
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.histories import key_names, plain
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.keys.answers import SCOPES, key_answers, scope_answer, status_of
from organizations.keys.limiting import names_of_scope, network, reading_part
from organizations.keys.minting import READ_WRITE, create_key, revoke_key, rotate_key, update_key, usual_permissions
from organizations.keys.models import ApiKey

key_names.append(lambda numbers: dict(ApiKey.objects.filter(pk__in=numbers).values_list("pk", "name")))
MAY = {"read": ["read"], "read_write": READ_WRITE}


def _permissions(choice: str, actor: Actor) -> list | dict:
    """The permissions that a choice of the form stands for."""
    return actor.permissions if choice == "mine" else MAY[choice]


def _limits(fields: dict, actor: Actor, key: ApiKey | None = None) -> dict:
    """What a form lets a key do, as verbs take it. A scoped key keeps what only reads of its permissions."""
    chosen, scope = fields["permissions"], fields["scope_ids"]
    permissions = _permissions(chosen, actor) if chosen else key.permissions
    return {
        "permissions": permissions if scope is None else reading_part(permissions),
        "scope": scope,
        "allowed_addresses": fields["allowed_addresses"],
    }


def _scope_words(scope: dict | None) -> list[str]:
    """The ids of a scope in one list."""
    return [word for words in (scope_answer(scope) or {}).values() for word in words]


class KeyForm(VerbForm):
    """Name and reach of a key."""

    name = forms.CharField(max_length=200)
    permissions = forms.ChoiceField(
        choices=[("read", "Read only"), ("read_write", "Read and write"), ("mine", "What my own role may do")],
        help_text="A key for some accounts and contacts only reads. Finer permissions can be given over the API.",
    )
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea)
    scope_ids = forms.CharField(
        label="Only for",
        required=False,
        widget=forms.Textarea,
        help_text="Ids of accounts (ACT_…, with those beneath them) and contacts (CON_…), one on a line. The key reads "
        "these and nothing else. Empty: all of the books.",
    )
    allowed_addresses = forms.CharField(
        label="Only from",
        required=False,
        widget=forms.Textarea,
        help_text="Addresses and networks such as 203.0.113.0/24, one on a line. Empty: from everywhere.",
    )
    expires_on = forms.DateField(required=False, help_text="The key works through this day (UTC). Empty: no end.")

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day is not None and day < clock.today():
            raise forms.ValidationError("A day in the future.")
        return day

    def clean_scope_ids(self) -> dict | None:
        """The scope that the ids make; None without any."""
        found: dict[str, list[int]] = {kind: [] for kind in SCOPES}
        kinds = {prefix: kind for kind, prefix in SCOPES.items()}
        for word in self.cleaned_data["scope_ids"].split():
            prefix = word[:3].upper()
            try:
                found[kinds[prefix]].append(ids.decode(prefix, word))
            except (KeyError, ids.MalformedId):
                raise forms.ValidationError(f"{word[:40]} is no id of an account or a contact.") from None
        return found if any(found.values()) else None

    def clean_allowed_addresses(self) -> list[str]:
        try:
            return [network(word) for word in self.cleaned_data["allowed_addresses"].split()]
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem


class KeyChangeForm(KeyForm):
    """The same for a key that exists; permissions made over the API are left as they are unless chosen anew."""

    def prepare(self):
        choices = [*self.fields["permissions"].choices]
        if self.obj.permissions not in MAY.values():
            self.fields["permissions"].choices = [("", f"As they are: {plain(self.obj.permissions)}"), *choices]
            self.fields["permissions"].required = False


class RotationForm(VerbForm):
    """How long the old secret stays good."""

    overlap_hours = forms.IntegerField(
        min_value=0,
        max_value=720,
        initial=24,
        label="Overlap in hours",
        help_text="For so long the old secret works beside the new one. 0 ends it at once.",
    )


def _end(day: datetime.date | None) -> datetime.datetime | None:
    return day and datetime.datetime.combine(day, datetime.time.max, datetime.UTC).replace(microsecond=0)


@register(ApiKey, site=site)
class ApiKeyDesk(TenantDesk):
    """Programs' ways in."""

    resource = "api-keys"
    place = Place("Organization", 30, "API keys", "key")
    list_display = ["name", "shown_preview", "shown_permissions", "shown_status", "shown_last_use", "shown_end"]
    search_fields = ["name"]
    ordering = ["-id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("rotate", self.rotate), ("revoke", self.revoke)]

    def get_changelist_instance(self, request):
        """Previews and last uses of one page, together."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        for key, answer in zip(changes.result_list, key_answers(changes.result_list), strict=True):
            key.answer = answer
        return changes

    @display(description="Key")
    def shown_preview(self, key):
        return format_html('<span class="co-mono">{}</span>', key.answer["key_preview"])

    @display(description="May")
    def shown_permissions(self, key):
        may = plain(key.permissions) if isinstance(key.permissions, dict) else ", ".join(key.permissions)
        return f"{may} (scoped)" if key.scope else may

    @display(description="Status")
    def shown_status(self, key):
        return showing.badge(status_of(key))

    @display(description="Last used (UTC)")
    def shown_last_use(self, key):
        return showing.moment(key.answer["last_used_at"]) or "never"

    @display(description="Ends (UTC)")
    def shown_end(self, key):
        return showing.moment(key.expires_at)

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(
            title="New API key",
            crumbs=self.crumbs(),
            submit="Make the key",
            back=self.address("changelist"),
            intro="A key belongs to this organization and reaches what it owns. Its secret is shown once.",
        )

        def make(fields: dict):
            key, secret = create_key(
                actor=actor,
                organization_id=organization.pk,
                mode=organization.mode,
                name=fields["name"],
                description=fields["description"],
                expires_at=_end(fields["expires_on"]),
                **_limits(fields, actor),
            )
            return self._secret_page(request, key, secret)

        chosen = "read_write" if usual_permissions(actor) == READ_WRITE else "mine"
        return form_page(self.admin_site, request, page, KeyForm, make, initial={"permissions": chosen})

    def _secret_page(self, request, key: ApiKey, secret: str):
        """The only page that ever shows the secret; it is kept nowhere, not in the session either."""
        page = Page(
            title=key.name,
            crumbs=self.crumbs(),
            intro="Copy the secret now. It is not stored, and nobody can show it again.",
            facts=[("Secret", format_html('<code class="co-mono co-secret">{}</code>', secret))],
            buttons=[Button("Done", self.address("changelist"), icon="check", variant="primary")],
        )
        return show(self.admin_site, request, page)

    def record(self, request, obj) -> Page:
        answer = key_answers([obj])[0]
        page = Page(
            title=obj.name,
            crumbs=self.crumbs(),
            badge=showing.badge(status_of(obj)),
            facts=[
                ("Id", obj.public_id),
                ("Key", answer["key_preview"]),
                ("May", self.shown_permissions(obj)),
                ("Only for", ", ".join(names_of_scope(obj.organization_id, obj.scope)) or "all of the books"),
                ("Only from", ", ".join(obj.allowed_addresses) or "everywhere"),
                ("Last used (UTC)", showing.moment(answer["last_used_at"]) or "never"),
                ("Requests this month", answer["usage_this_month"]),
                ("Ends (UTC)", showing.moment(obj.expires_at)),
                ("Made (UTC)", showing.moment(obj.created_at)),
            ],
            buttons=[Button("History", self.address("history", obj.pk), icon="history")],
        )
        if self.has_change_permission(request) and obj.revoked_at is None:
            page.buttons += [
                Button("Rotate", self.address("rotate", obj.pk), icon="autorenew"),
                Button(
                    "Revoke",
                    self.address("revoke", obj.pk),
                    icon="block",
                    post=True,
                    variant="danger",
                    confirm="Revoke this key? Programs that use it stop working at once.",
                ),
            ]
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        key = self.find(request, object_id)
        page = self.record(request, key)
        if not self.has_change_permission(request) or key.revoked_at is not None:
            return show(self.admin_site, request, page)
        chosen = next((name for name, granted in MAY.items() if granted == key.permissions), "")
        initial = {
            "name": key.name,
            "description": key.description,
            "permissions": chosen,
            "scope_ids": "\n".join(_scope_words(key.scope)),
            "allowed_addresses": "\n".join(key.allowed_addresses),
            "expires_on": key.expires_at and key.expires_at.date(),
        }

        def change(fields: dict) -> str:
            limits = _limits(fields, request.office.actor, key)
            changes = {"name": fields["name"], "description": fields["description"]}
            changes |= {name: value for name, value in limits.items() if value != getattr(key, name)}
            if fields["expires_on"] != initial["expires_on"]:
                changes["expires_at"] = _end(fields["expires_on"])
            update_key(actor=self.require(request), key=key, changes=changes)
            return self.address("change", key.pk)

        return form_page(self.admin_site, request, page, KeyChangeForm, change, obj=key, initial=initial, done="Saved.")

    def rotate(self, request, object_id):
        """A new secret for the key; the old one runs out."""
        actor, organization = self.require(request), organization_of(request)
        key = self.find(request, object_id)
        page = Page(
            title="Rotate",
            crumbs=[*self.crumbs(), (key.name, self.address("change", key.pk))],
            submit="Make a new secret",
            back=self.address("change", key.pk),
        )

        def turn(fields: dict):
            _, secret = rotate_key(
                actor=actor, key=key, mode=organization.mode, overlap_seconds=fields["overlap_hours"] * 3600
            )
            return self._secret_page(request, key, secret)

        return form_page(self.admin_site, request, page, RotationForm, turn)

    def revoke(self, request, object_id):
        """End the key at once."""
        actor = self.require(request, "delete")
        key = self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", key.pk)
        back = self.address("change", key.pk)
        return self.act(request, lambda: revoke_key(actor=actor, key=key) and None, back, "The key is revoked.")
