"""Files on transactions in the back office: on the page of their transaction, and in a list of their own."""

from django import forms
from django.contrib.admin import SimpleListFilter, register
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import path
from unfold.decorators import display

from ledger.attachments.answers import attachment_answer
from ledger.attachments.attaching import attach_file, remove_attachment
from ledger.attachments.contents import TYPES, accepted
from ledger.attachments.models import Attachment
from ledger.attachments.receiving import Receipt, inspect
from ledger.attachments.shapes import LONGEST_DESCRIPTION
from ledger.attachments.storing import new_path
from ledger.journal.models import Transaction
from ledger.journal.page_parts import adds_to_transactions
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.errors import NotFound

FILES_SHOWN = 50


class UploadForm(VerbForm):
    """A file, and what there is to say of it."""

    file = forms.FileField(allow_empty_file=True, help_text=f"{accepted()}. A text is UTF-8.")
    description = forms.CharField(max_length=LONGEST_DESCRIPTION, required=False)


class ByKind(ByWord):
    """Filter by the type of the content."""

    title = "type"
    parameter_name = "content_type"
    words = TYPES


class ByPresence(SimpleListFilter):
    """Files, or the notes that removed ones have left."""

    title = "presence"
    parameter_name = "removed"

    def lookups(self, request, model_admin):
        return [("no", "present"), ("yes", "removed")]

    def queryset(self, request, queryset):
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(removed_at__isnull=self.value() == "no")


def content_link(attachment: Attachment):
    """The name, which loads the file down: by the API, which asks once more who may."""
    url = attachment_answer(attachment)["content_url"]
    return attachment.name if url is None else showing.link(url, attachment.name)


def files_of(request, of: Transaction) -> Table:
    """The files of a transaction, for its page."""
    rows = Attachment.objects.of(organization_of(request)).filter(transaction_id=of.pk, removed_at=None)
    return Table(
        title="Files",
        headers=["Name", "Description", "Size", "Attached (UTC)", ""],
        rows=[
            [
                content_link(each),
                each.description,
                filesizeformat(each.size),
                showing.moment(each.created_at),
                showing.link_to(Attachment, each.pk, "Details"),
            ]
            for each in rows.order_by("id")[:FILES_SHOWN]
        ],
        empty="No files.",
    )


def attach_button(to: Transaction) -> Button:
    """The way to the upload."""
    return Button("Attach a file", showing.address(Attachment, "attach", to.pk), icon="attach_file")


adds_to_transactions(table=files_of, button=attach_button)


@register(Attachment, site=site)
class AttachmentDesk(TenantDesk):
    """All files on transactions, and the notes of removed ones."""

    resource = "transactions"
    place = Place("Books", 40, "Files", "attach_file")
    list_display = ["shown_name", "description", "shown_transaction", "content_type", "shown_size", "shown_created"]
    list_filter = [ByPresence, ByKind]
    list_select_related = ["transaction"]
    search_fields = ["name", "description"]
    search_help_text = "Name or description contains this"
    ordering = ["-id"]
    sortable_by = []

    def page_urls(self):
        return [("remove", self.remove)]

    def get_urls(self):
        # Not one of the pages: a file is kept between two of the site's database transactions.
        where = path("on/<int:object_id>/", self.attach, name="ledger_attachment_attach")
        return [where, *super().get_urls()]

    @display(description="Name")
    def shown_name(self, attachment):
        return attachment.name

    @display(description="Transaction")
    def shown_transaction(self, attachment):
        return showing.link_to(Transaction, attachment.transaction_id, str(attachment.transaction)[:80])

    @display(description="Size")
    def shown_size(self, attachment):
        return filesizeformat(attachment.size) if attachment.removed_at is None else showing.badge("removed")

    @display(description="Attached (UTC)")
    def shown_created(self, attachment):
        return showing.moment(attachment.created_at)

    def record(self, request, obj) -> Page:
        page = Page(title=obj.name, crumbs=self.crumbs(), badge=showing.badge("removed") if obj.removed_at else "")
        page.facts = [
            ("Transaction", showing.link_to(Transaction, obj.transaction_id, str(obj.transaction)[:80])),
            ("Description", obj.description),
            ("Type", obj.content_type),
            ("Size", f"{filesizeformat(obj.size)} ({obj.size:,} bytes)"),
            ("SHA-256", obj.sha256),
            ("Attached (UTC)", showing.moment(obj.created_at)),
            ("Removed (UTC)", showing.moment(obj.removed_at)),
            ("Id", obj.public_id),
        ]
        page.buttons = [Button("History", self.address("history", obj.pk), icon="history")]
        url = attachment_answer(obj)["content_url"]
        if url is not None:
            page.buttons.insert(0, Button("Download", url, icon="download", variant="primary"))
            if request.office.may("delete", self.resource):
                where, ask = self.address("remove", obj.pk), f"Remove {obj.name}?"
                page.buttons.append(Button("Remove", where, icon="delete", post=True, variant="danger", confirm=ask))
        return page

    def attach(self, request, object_id):
        """Put a file on a transaction; see ``receiving`` for why it goes in twice."""
        receipt = Receipt()
        page = self.admin_site.admin_view(self._attach)
        return receipt.receive(
            lambda: page(request, object_id, receipt=receipt), rehearsed=lambda answer: receipt.noted
        )

    def _attach(self, request, object_id, *, receipt: Receipt):
        actor, organization = self.require(request), organization_of(request)
        to = Transaction.objects.of(organization).filter(pk=object_id).first()
        if to is None:
            raise NotFound()
        back = showing.address(Transaction, "change", to.pk)
        crumbs = [(to.description[:60] or to.public_id, back)]
        page = Page(title="Attach a file", crumbs=crumbs, submit="Attach it", back=back)

        def attach(fields: dict) -> str:
            content, data = inspect(fields["file"])
            receipt.path, receipt.content = receipt.path or new_path(organization.pk), data
            attach_file(
                actor=actor,
                organization=organization,
                transaction_id=to.pk,
                content=content,
                path=receipt.path,
                description=fields["description"],
            )
            receipt.noted = True
            return back

        done = "The file was attached." if receipt.kept else ""
        answer = form_page(self.admin_site, request, page, UploadForm, attach, done=done)
        if receipt.noted and not receipt.kept:
            transaction.set_rollback(True)
        return answer

    def remove(self, request, object_id):
        """Remove a file."""
        actor, found = self.require(request, "delete"), self.find(request, object_id)
        back = showing.address(Transaction, "change", found.transaction_id)
        if request.method != "POST":
            return HttpResponseRedirect(self.address("change", found.pk))

        def discard() -> None:
            remove_attachment(actor=actor, organization=organization_of(request), attachment_id=found.pk)

        return self.act(request, discard, back, f"{found.name} was removed.")
