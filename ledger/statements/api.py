"""Statements of account over HTTP."""

import dataclasses
import datetime

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from ledger.contacts.models import Contact
from ledger.statements.moving import KINDS, CurrencyAccount, Moved, account_of
from organizations import clock
from organizations.currencies.iso import decimals_of
from organizations.errors import NotFound
from organizations.money import exact
from organizations.requests.exporting import FORMAT, ExportingViewSet
from organizations.tenants.models import Organization
from organizations.wire.filtering import BookDay
from organizations.wire.query_strings import bad, read_parameters
from organizations.wire.shapes import CurrencyCode, Number, PublicId

COLUMNS = (
    "date", "kind", "object_id", "number", "due_date", "reverses", "currency", "amount", "balance", "base_amount",
)  # fmt: skip
DATE = {"type": "string", "format": "date"}


class StatementMovementShape(serializers.Serializer):
    date = serializers.DateField()
    kind = serializers.ChoiceField(KINDS)
    object_id = serializers.CharField(allow_null=True, help_text="The document or payment.")
    number = serializers.CharField(help_text="Of the document, or the reference of the payment.")
    due_date = serializers.DateField(allow_null=True)
    reverses = serializers.BooleanField(help_text="Whether the line takes back an earlier one.")
    amount = Number()
    balance = Number(help_text="After this line.")
    base_amount = Number(help_text="The carrying amount in base currency.")


class StatementAccountShape(serializers.Serializer):
    currency_id = CurrencyCode()
    opening_balance = Number()
    lines = StatementMovementShape(many=True)
    closing_balance = Number()


class StatementBaseShape(serializers.Serializer):
    currency_id = CurrencyCode()
    opening_balance = Number()
    closing_balance = Number()


class ContactStatementShape(serializers.Serializer):
    """A contact's account with us. What a customer owes, or what we owe a vendor or an employee, is positive."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    contact_id = PublicId("CON")
    name = serializers.CharField()
    start_date = serializers.DateField(allow_null=True)
    end_date = serializers.DateField()
    accounts = StatementAccountShape(many=True, help_text="One for each currency.")
    base = StatementBaseShape(help_text="All of them together, by what they are carried at in base currency.")


class ContactStatementViewSet(ExportingViewSet):
    """Statements of account of contacts."""

    resource = "contacts"
    open_to_scoped_keys = ("statement",)
    file_actions = ("statement",)

    def reads_one_snapshot(self, request) -> bool:
        return True

    @extend_schema(
        responses={(200, "application/json"): ContactStatementShape, (200, "text/csv"): OpenApiTypes.STR},
        parameters=[
            OpenApiParameter("format", FORMAT["format"].schema, description="`csv` answers the lines as a file."),
            OpenApiParameter("start_date", DATE, description="The first day; from the beginning unless given."),
            OpenApiParameter("end_date", DATE, description="The last day; today unless given."),
        ],
    )
    def statement(self, request, organization_id, contact_id):
        """The statement of account of a contact and all that were merged with it.

        What was open before the first day, every document, payment and exchange result, and what is open after the last
        day, in each currency. Setting a payment off against a document changes nothing between the parties and is no
        line.
        """
        number = self.read_id("contact_id", "CON")
        asked = read_parameters(request.query_params, FORMAT | {"start_date": BookDay(), "end_date": BookDay()})
        start, end = asked.get("start_date"), asked.get("end_date") or clock.today(self.organization.time_zone)
        if start is not None and start > end:
            raise bad({"start_date": f"Not after {end}."})
        contact = Contact.objects.of(self.organization).filter(pk=number).first()
        if contact is None:
            raise NotFound()
        accounts = account_of(self.organization, contact, start, end)
        if self.wants_file:
            rows = [row for own in accounts for row in file_rows(own, start, end)]
            return self.file(f"statement-{contact.public_id}-{end}", COLUMNS, lambda: rows)
        return Response(statement_answer(self.organization, contact, start, end, accounts))


def statement_answer(
    organization: Organization,
    contact: Contact,
    start: datetime.date | None,
    end: datetime.date,
    accounts: list[CurrencyAccount],
) -> dict:
    """A statement as the API shows it."""
    base = organization.base_currency_id
    decimals = decimals_of(base)
    return {
        "object": "contact_statement",
        "organization_id": organization.public_id,
        "contact_id": contact.public_id,
        "name": contact.name,
        "start_date": start,
        "end_date": end,
        "accounts": [
            {
                "currency_id": f"CUR_{own.currency}",
                "opening_balance": own.opening,
                "lines": [_line(line) for line in own.lines],
                "closing_balance": own.closing,
            }
            for own in accounts
        ],
        "base": {
            "currency_id": f"CUR_{base}",
            "opening_balance": exact(sum(own.base_opening for own in accounts), decimals),
            "closing_balance": exact(sum(own.base_closing for own in accounts), decimals),
        },
    }


def _line(line: Moved) -> dict:
    return {each.name: getattr(line, each.name) for each in dataclasses.fields(line)}


def file_rows(own: CurrencyAccount, start: datetime.date | None, end: datetime.date) -> list[list]:
    """The account in one currency as lines of a file, opening and closing balance among them."""
    head = [start, "opening_balance", None, "", None, False, own.currency, None, own.opening, own.base_opening]
    foot = [end, "closing_balance", None, "", None, False, own.currency, None, own.closing, own.base_closing]
    body = [{**_line(line), "currency": own.currency} for line in own.lines]
    return [head, *([line[name] for name in COLUMNS] for line in body), foot]
