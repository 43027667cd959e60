"""What the pages of a reconciliation are made of: forms, the list of entries to tick, report and candidates."""

from dataclasses import dataclass

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import QueryDict
from django.utils.html import format_html_join

from ledger.accounts.models import Account
from ledger.journal.models import Entry, Transaction
from ledger.openitems.links import named_links
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.pages import Table
from organizations.backoffice.site import site
from organizations.currencies.iso import decimals_of
from reconciliation.sessions.models import Reconciliation
from reconciliation.sessions.standings import Standing, session_entries
from reconciliation.sessions.starting import RECONCILABLE
from reconciliation.statements.models import StatementLine

PER_PAGE = 200
SIGNED = "As on the statement; what a credit card owes is below zero."
RIGHT = frozenset({3})


def _picker(form: VerbForm, name: str) -> None:
    """Let an account be picked by code or name."""
    field = form.fields[name]
    field.queryset = Account.objects.of(form.office.organization)
    widget = AutocompleteSelect(Reconciliation._meta.get_field("account"), site)
    widget.choices = field.choices
    field.widget = widget


class StatementForm(VerbForm):
    """What the statement says."""

    end_date = forms.DateField(label="Last day")
    closing_balance = forms.CharField(help_text=SIGNED)

    def clean_closing_balance(self) -> str:
        return plain_amount(self.cleaned_data["closing_balance"])


class NewForm(StatementForm):
    """A new reconciliation."""

    account = forms.ModelChoiceField(queryset=None, help_text="A bank account, or another asset or liability.")
    start_date = forms.DateField(label="First day")
    opening_balance = forms.CharField(
        required=False, help_text="Empty: the last closing balance, or at first what the books had the day before."
    )
    auto_match = forms.BooleanField(
        required=False,
        initial=True,
        label="Mark what is matched",
        help_text="With statement lines dated in the period.",
    )
    field_order = ["account", "start_date", "end_date", "closing_balance", "opening_balance", "auto_match"]

    def prepare(self):
        _picker(self, "account")
        rows = self.fields["account"].queryset.filter(type__in=RECONCILABLE)
        self.fields["account"].queryset = rows

    def clean_opening_balance(self) -> str | None:
        return plain_amount(self.cleaned_data["opening_balance"]) or None


class AdjustmentForm(VerbForm):
    """What the statement has and the books have not."""

    amount = forms.CharField(help_text="As on the statement: money in is positive, a fee is below zero.")
    account = forms.ModelChoiceField(queryset=None, help_text="The other side, such as bank fees.")
    description = forms.CharField(max_length=2000)
    date = forms.DateField(required=False, help_text="The reconciliation's last day unless given.")
    currency_rate = forms.CharField(required=False, help_text="Where the account is in a foreign currency.")

    def prepare(self):
        _picker(self, "account")
        if self.obj.account.currency_id == self.office.base:
            del self.fields["currency_rate"]

    def clean_amount(self) -> str:
        return plain_amount(self.cleaned_data["amount"])

    def clean_currency_rate(self) -> str | None:
        return self.cleaned_data["currency_rate"] or None

    def place(self, refusal) -> None:
        """The verb names the first of a list of adjustments."""
        fields = refusal.details.get("fields", {})
        names = {"account_id": "account"}
        for path, problems in fields.items():
            name = path.removeprefix("adjustments[0].")
            name = names.get(name, name)
            self.add_error(name if name in self.fields else None, list(problems))
        if not fields:
            super().place(refusal)


class ReopenForm(VerbForm):
    """Whether later reconciliations may go."""

    cascade = forms.BooleanField(label="Cancel the later ones; their marks go, what they posted stays posted")

    def prepare(self):
        if not self.obj:
            del self.fields["cascade"]


@dataclass(frozen=True, slots=True)
class Ticks:
    """One page of entries to tick. ``shown`` are all of the page, so that what is not ticked is known as well."""

    rows: list[dict]
    number: int
    has_more: bool
    decimals: int

    @property
    def shown(self) -> str:
        """The numbers of the page's entries, for the form to send back."""
        return ",".join(str(row["entry"].pk) for row in self.rows)


def ticks_of(session: Reconciliation, number: int) -> Ticks:
    """A page of what a session has marked or could mark, the oldest first."""
    currency = session.account.currency_id
    decimals = decimals_of(currency)
    start = (number - 1) * PER_PAGE
    rows = session_entries(session, Standing.of(session.account)).order_by("transaction_date", "pk")
    found = list(rows[start : start + PER_PAGE + 1])
    return Ticks(
        rows=[_tick(entry, currency, decimals) for entry in found[:PER_PAGE]],
        number=number,
        has_more=len(found) > PER_PAGE,
        decimals=decimals,
    )


def _tick(entry: Entry, currency: str, decimals: int) -> dict:
    words = entry.description or entry.transaction.description or "Transaction"
    return {
        "entry": entry,
        "marked": entry.state == "marked",
        "units": int(entry.amount.scaleb(decimals)),
        "link": showing.link_to(Transaction, entry.transaction_id, words),
        "reference": entry.reference or entry.transaction.reference_number,
        "money_in": showing.figure(entry.amount, currency) if entry.amount > 0 else "",
        "money_out": showing.figure(-entry.amount, currency) if entry.amount < 0 else "",
    }


def ticked(post: QueryDict) -> tuple[list[int], list[int]]:
    """The entries that a page of ticks was sent back with: those that are ticked, and those that are not."""
    wanted = _numbers(post.getlist("entry"))
    shown = _numbers(post.get("shown", "").split(","))
    return [number for number in shown if number in wanted], [number for number in shown if number not in wanted]


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


def report_tables(report: dict) -> list[Table]:
    """The report as tables: the way from the statement to the books, and what lies between."""
    currency, proof = report["account"]["currency_id"].removeprefix("CUR_"), report["proof"]
    steps = [
        ("Closing balance of the statement", proof["closing_balance"]),
        ("Less the difference", -proof["difference"]),
        ("Outstanding: in the books, not on the statement", proof["outstanding"]),
        ("Less what the books have at a later day", -proof["dated_after"]),
        ("Brought forward from before the first reconciliation", proof["brought_forward"]),
        (f"Balance of the books on {report['reconciliation']['end_date']}", proof["book_balance"]),
    ]
    found = [
        Table(
            title="From the statement to the books",
            headers=["", f"{currency}"],
            right=frozenset({1}),
            rows=[[words, showing.figure(amount, currency)] for words, amount in steps],
        )
    ]
    for title, part, name in (
        ("Outstanding", "outstanding", "entries"),
        ("In the books at a later day", "dated_after", "entries"),
        ("On the statement, in no match", "unbooked", "lines"),
        ("Reconciled", "reconciled", "entries"),
    ):
        found.append(_part(title, report[part], name, currency))
    return found


def _part(title: str, part: dict, name: str, currency: str) -> Table:
    total = showing.money(part["total"], currency)
    more = part["count"] - len(part[name])
    return Table(
        title=f"{title} ({part['count']}): {total}" + (f" (the first {len(part[name])})" if more else ""),
        headers=["Date", "Description", "Reference", currency],
        right=RIGHT,
        rows=[
            [
                str(row.get("transaction_date") or row.get("date")),
                _described(row),
                row["reference"],
                showing.figure(row["amount"], currency),
            ]
            for row in part[name]
        ],
        empty="None.",
    )


def _described(row: dict):
    if "transaction_id" not in row:
        return row["description"] or row["counterparty"]
    number = ids.decode("TXN", row["transaction_id"])
    return showing.link_to(Transaction, number, row["description"] or row["transaction_id"])


def candidate_table(session: Reconciliation, found: dict) -> Table:
    """What may be behind the difference of a session."""
    currency = session.account.currency_id
    links = _linked(session, found["candidates"])
    return Table(
        title=f"What may be behind it: {found['count']}",
        headers=["", "What it may be", "Where", currency],
        right=RIGHT,
        rows=[
            [
                showing.badge("explains it" if each["explains_difference"] else each["kind"].replace("_", " ")),
                each["explanation"],
                _where(each, links),
                showing.figure(each["amount"], currency),
            ]
            for each in found["candidates"]
        ],
        empty="Nothing looks suspicious.",
    )


def _linked(session: Reconciliation, candidates: list[dict]) -> dict:
    """Links to the transactions and the lines of the bank that candidates name, in two queries."""
    links = named_links(session.organization_id, {number for each in candidates for number in each["transaction_ids"]})
    named = {ids.decode("LIN", number): number for each in candidates for number in each["statement_line_ids"]}
    for line in StatementLine.objects.of(session.organization_id).filter(pk__in=named):
        words = f"{line.date} {line.description or line.counterparty}"
        links[named[line.pk]] = showing.link_to(StatementLine, line.pk, f"{words} (bank)")
    return links


def _where(candidate: dict, links: dict):
    named = (*candidate["transaction_ids"], *candidate["statement_line_ids"])
    return format_html_join(", ", "{}", [(links.get(number, number),) for number in named])


def session_badge(session: Reconciliation):
    """How far a session is."""
    return showing.badge(session.status.replace("_", " "))


def adjustment_table(adjustments: list[dict], currency: str) -> Table:
    """What a session posted."""
    return Table(
        title="Adjustments",
        headers=["Date", "Description", currency],
        right=frozenset({2}),
        rows=[
            [
                str(each["transaction_date"]),
                showing.link_to(Transaction, ids.decode("TXN", each["transaction_id"]), each["description"]),
                showing.figure(each["amount"], currency),
            ]
            for each in adjustments
        ],
    )


def later_table(later: list[Reconciliation]) -> Table:
    """What stands in the way of reopening."""
    return Table(
        title="Later reconciliations",
        headers=["Period", "Closing balance", "Status"],
        rows=[
            [
                showing.link_to(Reconciliation, each.pk, f"{each.start_date} to {each.end_date}"),
                showing.figure(each.closing_balance, each.account.currency_id),
                session_badge(each),
            ]
            for each in later
        ],
    )
