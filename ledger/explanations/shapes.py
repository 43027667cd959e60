"""What an explained balance looks like on the wire."""

from rest_framework import serializers

from ledger.accounts.shapes import MoneyShape
from ledger.balances.receipts import KnownShape
from ledger.journal.shapes import LedgerEntryShape
from organizations.wire.shapes import Number, PublicId


class PartShape(serializers.Serializer):
    debit = Number()
    credit = Number()
    net = Number(help_text="Signed by the account's normal balance.")
    entries_count = serializers.IntegerField()
    entries_query = serializers.CharField(help_text="The entries that lead to the figure, as known then.")


class MonthPartShape(PartShape):
    month = serializers.CharField(help_text="YYYY-MM")
    explain_query = serializers.CharField(help_text="The balance at the month's end, explained by the month's days.")


class DayPartShape(PartShape):
    date = serializers.DateField()


class EntriesPartShape(serializers.Serializer):
    """The entries of one day."""

    day = serializers.DateField()
    data = LedgerEntryShape(many=True, help_text="Newest first, at most 100.")
    has_more = serializers.BooleanField()
    rest = Number(help_text="The sum of the day's entries that are not shown.")
    net = Number(help_text="The day's entries, added up in this answer.")
    adds_up = serializers.BooleanField(help_text="Whether that is the total of the day.")
    entries_query = serializers.CharField()


class ExplanationShape(KnownShape):
    """A balance with the parts that add up to it."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    account_id = PublicId("ACT")
    as_of = serializers.DateField(allow_null=True)
    balance = MoneyShape()
    months = MonthPartShape(many=True, help_text="Whole months before that of the last entry.")
    days = DayPartShape(many=True, help_text="The days of the month of the last entry.")
    sum = Number(help_text="The months and days, added up in this answer.")
    adds_up = serializers.BooleanField(help_text="Whether the sum is the balance.")
    entries = EntriesPartShape(allow_null=True)
