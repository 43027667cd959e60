"""Contacts over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from ledger.contacts import shapes
from ledger.contacts.answers import contact_answers
from ledger.contacts.importing import LARGEST, import_answer, import_contacts
from ledger.contacts.keeping import create_contact, delete_contact, update_contact
from ledger.contacts.merging import merge_contacts
from ledger.contacts.models import TYPES, Contact
from ledger.contacts.tasks import KIND, MOST_AT_ONCE
from organizations.errors import Invalid, NotFound
from organizations.jobs.answers import job_answer
from organizations.jobs.api import JobShape
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Currency, Flag, Instant, Metadata, PublicId, Text
from organizations.wire.unknown_fields import unknown_fields, with_warnings


class ContactViewSet(TenantViewSet):
    """Customers, vendors, employees."""

    resource = "contacts"
    open_to_scoped_keys = ("list", "retrieve")
    list_fields = {
        "name": Text(),
        "contact_type": Choice(TYPES),
        "enabled": Flag(),
        "email": Text(),
        "reference": Text(),
        "country": Text(),
        "city": Text(),
        "tax_number": Text(),
        "currency_id": Currency(nullable=True),
        "merged_into_id": PublicId("CON", nullable=True),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["name", "created_at"]
    default_sort = "name"

    def _answer(self, contact: Contact) -> dict:
        return contact_answers([contact], self.organization)[0]

    def _number(self) -> int:
        return self.read_id("contact_id", "CON")

    @extend_schema(responses=shapes.ContactShape(many=True))
    def list(self, request, organization_id):
        """List contacts by name, each with what is open, as of today."""
        rows = Contact.objects.of(self.organization)
        return self.page(rows, lambda page: contact_answers(page, self.organization))

    @extend_schema(request=shapes.NewContactShape, responses={201: shapes.ContactShape})
    def create(self, request, organization_id):
        """Make a contact. A tax number or an IBAN that breaks its own rules is a warning."""
        fields = dict(self.read(shapes.NewContactShape))
        contact = create_contact(actor=self.actor, organization=self.organization, **fields)
        unknown = unknown_fields(request.data, shapes.NewContactShape().fields)
        return Response(with_warnings(self._answer(contact), unknown), status=201)

    @extend_schema(responses=shapes.ContactShape)
    def retrieve(self, request, organization_id, contact_id):
        """Show a contact."""
        found = Contact.objects.of(self.organization).filter(pk=self._number()).first()
        if found is None:
            raise NotFound()
        return Response(self._answer(found))

    @extend_schema(request=shapes.ContactChangesShape, responses=shapes.ContactShape)
    def update(self, request, organization_id, contact_id):
        """Change a contact. `enabled: false` keeps it off new documents; what was issued stays as it is."""
        contact = update_contact(
            actor=self.actor,
            organization=self.organization,
            contact_id=self._number(),
            changes=dict(self.read(shapes.ContactChangesShape)),
        )
        answer, known = self._answer(contact), shapes.ContactChangesShape().fields
        return Response(with_warnings(answer, unknown_fields(request.data, known, shown=answer)))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, contact_id):
        """Delete a contact that nothing names; disable others."""
        delete_contact(actor=self.actor, organization=self.organization, contact_id=self._number())
        return Response(status=204)

    @extend_schema(request=shapes.MergeShape, responses=shapes.ContactShape)
    def merge(self, request, organization_id, contact_id):
        """Merge a duplicate into this contact, for good.

        Nothing that was posted is rewritten: the duplicate is disabled and points here, and balances and lists of this
        contact hold what names the duplicate.
        """
        wish = self.read(shapes.MergeShape)
        survivor = merge_contacts(
            actor=self.actor,
            organization=self.organization,
            survivor=self._number(),
            duplicate=wish["contact_id"],
            reason=wish["reason"],
        )
        return Response(self._answer(survivor))


class ContactImportViewSet(TenantViewSet):
    """Imports of contacts."""

    resource = "contacts"
    parser_classes = [MultiPartParser]
    largest_body = LARGEST + 1024 * 1024  # the form around the file

    @extend_schema(
        request={"multipart/form-data": shapes.ContactUploadShape},
        responses={200: shapes.ContactImportShape, 201: shapes.ContactImportShape, 202: JobShape},
    )
    def create(self, request, organization_id):
        """Import contacts from a CSV file with headings, as most programs export them.

        Each line is `created`, a `duplicate` (the same reference, or the same e-mail address and name), or an `error`
        with what is wrong; those without errors go in. `dry_run` says what would come of it. A file of more than 1,000
        lines becomes a job.
        """
        files = request.FILES.getlist("file")
        if len(files) != 1:
            raise Invalid(fields={"file": "One file is needed."})
        data, dry_run = files[0].read(LARGEST + 1), self._flag("dry_run")
        if data.count(b"\n") > MOST_AT_ONCE and not (dry_run or self.dry_run):
            number = self.organization.pk
            job = queue(actor=self.actor, organization_id=number, kind=KIND, payload={}, file=data)
            start(job)
            return Response(job_answer(job), status=202)
        done = import_contacts(actor=self.actor, organization=self.organization, data=data, dry_run=dry_run)
        done.dry_run |= self.dry_run  # rehearsed as everywhere: answered as if it were done, and rolled back
        return Response(import_answer(done, self.organization.pk), status=200 if dry_run else 201)

    def _flag(self, name: str) -> bool:
        text = str(self.request.data.get(name, "false")).lower()
        if text not in ("true", "false", "1", "0"):
            raise Invalid(fields={name: "true or false."})
        return text in ("true", "1")
