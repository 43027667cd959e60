"""What has to be in order before a fiscal year is closed.

Each item says whether it is ``ok``, how many cases there are, and where they are found. Some
may be accepted as they are by whoever closes the year; the others may not. Later
chapters and apps add items of their own with ``check``.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from ledger.accounts.models import RESULT_TYPES, Account
from ledger.balances.totals import NOTHING, Total, totals
from ledger.closing.years import ONE_DAY, FiscalYear
from ledger.errors import RetainedEarningsUnfit
from ledger.invoicing.models import PREFIXES, Bill, CreditNote, Document, Invoice, VendorCredit
from ledger.invoicing.reading import NAMES
from ledger.journal.models import Transaction
from ledger.journal.weighing import can_be_settled
from organizations import clock, ids
from organizations.backoffice import showing
from organizations.drafts.models import Draft
from organizations.money import add_up
from organizations.tenants.models import Organization


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist. ``leads_to`` is the address of what is counted, ``page`` that of the back office."""

    name: str
    ok: bool
    count: int
    message: str
    leads_to: str
    acceptable: bool = False
    page: str = ""


@dataclass(frozen=True, slots=True)
class YearFigures:
    """A year, its organization, and the balances at its end and at the end of the day before it.

    A ``noun`` other than "year" says that it is what is closed with a month instead: from some day through its last.
    """

    organization: Organization
    year: FiscalYear
    accounts: dict[int, Account]
    at_end: dict[int, Total]
    before: dict[int, Total]
    #: How many drafts of documents are dated in it, by their kind.
    drafts: dict[str, int]
    retained_earnings_account_id: int | None = None
    noun: str = "year"

    @classmethod
    def of(cls, organization: Organization, year: FiscalYear, retained_earnings_account_id: int | None = None):
        accounts = {account.pk: account for account in Account.objects.of(organization).order_by("code")}
        at_end = totals(organization.pk, as_of=year.ends_on)
        before = totals(organization.pk, as_of=year.starts_on - ONE_DAY)
        drafts = _drafts_in(organization, year)
        return cls(organization, year, accounts, at_end, before, drafts, retained_earnings_account_id)

    @classmethod
    def through(cls, organization: Organization, span: FiscalYear):
        """What is closed with a month: everything from a day through the month's last."""
        accounts = {account.pk: account for account in Account.objects.of(organization).order_by("code")}
        at_end, drafts = totals(organization.pk, as_of=span.ends_on), _drafts_in(organization, span)
        return cls(organization, span, accounts, at_end, {}, drafts, noun="period")

    @property
    def path(self) -> str:
        return f"/organizations/{self.organization.public_id}"

    def unsettled(self, figures: dict[int, Total], *, role: str | None = None) -> list[Account]:
        """Revenue and expense accounts (or those with a role) that have a balance, in their currency or in base."""
        return [
            account
            for number, account in self.accounts.items()
            if (account.type in RESULT_TYPES if role is None else account.role == role)
            and (figures.get(number, NOTHING).balance or figures.get(number, NOTHING).base_balance)
        ]


def _drafts_in(organization: Organization, year: FiscalYear) -> dict[str, int]:
    rows = Document.objects.of(organization).filter(status="draft", date__range=(year.starts_on, year.ends_on))
    return dict(rows.values_list("kind").annotate(Count("pk")).order_by())


DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: Drafts of documents, by the last part of their address.
DOCUMENTS = {"invoices": Invoice, "bills": Bill, "credit-notes": CreditNote, "vendor-credits": VendorCredit}

Check = Callable[[YearFigures], Item]
CHECKS: list[Check] = []
#: Those of them that a month is asked as well.
MONTHLY: list[Check] = []


def check(function: Check) -> Check:
    """Add an item to the checklist of every year."""
    CHECKS.append(function)
    return function


def check_monthly(function: Check) -> Check:
    """Add an item to the checklist of every year and of every month."""
    MONTHLY.append(function)
    return check(function)


def month_checklist(figures: YearFigures) -> list[Item]:
    """The items of a month, in the order in which they were added."""
    return [each(figures) for each in MONTHLY]


def checklist(figures: YearFigures) -> list[Item]:
    """All items, in the order in which they were added."""
    return [each(figures) for each in CHECKS]


@check_monthly
def _year_ended(figures: YearFigures) -> Item:
    today = clock.today(figures.organization.time_zone)
    left = max((figures.year.ends_on - today).days + 1, 0)
    noun = figures.noun
    words = f"The {noun} ends on {figures.year.ends_on}." if left else f"The {noun} is over."
    leads_to = f"{figures.path}/fiscal-years/{figures.year.year}"
    return Item(f"{noun}_ended", not left, left, words, leads_to, acceptable=noun != "year")


@check
def _earlier_years(figures: YearFigures) -> Item:
    """Revenue or expenses of earlier years would come into this year's result."""
    carried = figures.unsettled(figures.before)
    words = "Revenue and expense accounts carry balances of earlier years; close these first."
    end = figures.year.starts_on - ONE_DAY
    return Item(
        "previous_year_closed",
        not carried,
        len(carried),
        words if carried else "Earlier years left nothing on revenue and expense accounts.",
        f"{figures.path}/reports/trial-balance?as_of={end}",
        page=_trial_balance_at(end),
    )


@check_monthly
def _drafts(figures: YearFigures) -> Item:
    return _transactions(figures, "drafts", "pending", f"Drafts are dated in the {figures.noun}.")


@check_monthly
def _failed(figures: YearFigures) -> Item:
    words = f"Transactions dated in the {figures.noun} failed to post."
    return _transactions(figures, "failed_transactions", "failed", words)


def _transactions(figures: YearFigures, name: str, status: str, words: str) -> Item:
    start, end = figures.year.starts_on, figures.year.ends_on
    rows = Transaction.objects.of(figures.organization).filter(status=status, transaction_date__range=(start, end))
    count = rows.count()
    return Item(
        name,
        not count,
        count,
        words if count else f"No transaction of the {figures.noun} is {status}.",
        f"{figures.path}/transactions?status={status}&start_date={start}&end_date={end}",
        acceptable=True,
        page=page_of(Transaction, status=status, transaction_date_from=start, transaction_date_to=end),
    )


def _documents(figures: YearFigures, address: str) -> Item:
    """Once the period is closed, a document cannot be issued on its date any more."""
    start, end = figures.year.starts_on, figures.year.ends_on
    model, noun = DOCUMENTS[address], address.replace("-", " ")
    kind = model.document_kind
    count, (_, day) = figures.drafts.get(kind, 0), NAMES[PREFIXES[kind]]
    words = f"Drafts of {noun} are dated in the {figures.noun}."
    return Item(
        f"draft_{address.replace('-', '_')}",
        not count,
        count,
        words if count else f"No draft among the {noun} of the {figures.noun}.",
        f"{figures.path}/{address}?status=draft&filters[{day}][gte]={start}&filters[{day}][lte]={end}",
        acceptable=True,
        page=page_of(model, status="draft", date_from=start, date_to=end),
    )


for _address in DOCUMENTS:
    check_monthly(partial(_documents, address=_address))


@check_monthly
def _staged(figures: YearFigures) -> Item:
    """Writes that wait for approval and name a day of the period."""
    start, end = figures.year.starts_on.isoformat(), figures.year.ends_on.isoformat()
    payloads = Draft.objects.of(figures.organization).filter(status="pending").values_list("payload", flat=True)
    count = sum(any(start <= day <= end for day in _days(payload)) for payload in payloads.iterator())
    words = f"Drafts that name a day of the {figures.noun} wait for approval."
    return Item(
        "drafts_to_approve",
        not count,
        count,
        words if count else f"No draft that names a day of the {figures.noun} waits for approval.",
        f"{figures.path}/drafts?status=pending",
        acceptable=True,
        page=page_of(Draft, status="pending"),
    )


def _days(value: Any) -> Iterator[str]:
    """All days that a request says, wherever."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _days(each)
    elif isinstance(value, str) and DAY.fullmatch(value):
        yield value


def page_of(model: type, **filters) -> str:
    """The back office's list of what is counted."""
    return f"{showing.address(model, 'changelist')}?{urlencode(filters)}"


@check_monthly
def _suspense(figures: YearFigures) -> Item:
    left = figures.unsettled(figures.at_end, role="suspense")
    words = f"Not settled: {', '.join(map(str, left[:5]))}." if left else "Suspense accounts are at zero."
    leads_to = f"{figures.path}/accounts?filters[role]=suspense"
    page = _trial_balance_at(figures.year.ends_on)
    return Item("suspense_settled", not left, len(left), words, leads_to, acceptable=True, page=page)


def _trial_balance_at(day: datetime.date) -> str:
    return f"{reverse('admin:trial_balance')}?as_of={day}"


@check_monthly
def _trial_balance(figures: YearFigures) -> Item:
    off = add_up(total.base_balance for total in figures.at_end.values())
    words = f"Debits and credits differ by {off}." if off else f"Debits equal credits at the end of the {figures.noun}."
    leads_to = f"{figures.path}/reports/trial-balance?as_of={figures.year.ends_on}"
    page = _trial_balance_at(figures.year.ends_on)
    return Item("trial_balance_balanced", not off, int(bool(off)), words, leads_to, page=page)


@check
def _accounts(figures: YearFigures) -> Item:
    """Nothing reaches an archived account, so its balance could not be closed; that of a suspended one is."""
    beyond = [account for account in figures.unsettled(figures.at_end) if not can_be_settled(account)]
    words = f"Archived: {', '.join(map(str, beyond[:5]))}. Make them active or suspended to close the year."
    return Item(
        "accounts_not_archived",
        not beyond,
        len(beyond),
        words if beyond else "No revenue or expense account with a balance is archived.",
        f"{figures.path}/accounts?status=archived",
        page=showing.address(Account, "changelist"),
    )


@check
def _retained_earnings(figures: YearFigures) -> Item:
    found, words = 0, ""
    try:
        words = f"The result goes to {retained_earnings(figures)}."
    except RetainedEarningsUnfit as refusal:
        found, words = 1, refusal.details["reason"]
    leads_to = f"{figures.path}/accounts?filters[role]=retained_earnings"
    page = showing.address(Account, "changelist")
    return Item("retained_earnings_account", not found, found, words, leads_to, page=page)


def retained_earnings(figures: YearFigures, currency: str | None = None) -> Account:
    """The account that takes the result: the one that is named, or the one with the role.

    For a foreign currency it is the account of the role in that currency, if there is one,
    else the same as for the base currency. Raises RetainedEarningsUnfit.
    """
    base, named = figures.organization.base_currency_id, figures.retained_earnings_account_id
    holders = [each for each in figures.accounts.values() if each.role == "retained_earnings"]
    if currency not in (None, base):
        own = [each for each in holders if each.currency_id == currency and _fits(each)]
        if own:
            return own[0]
    if named is not None:
        chosen = [figures.accounts[named]] if named in figures.accounts else []
        reason = f"{ids.encode('ACT', named)} is not an account of this organization."
    else:
        chosen = [each for each in holders if each.currency_id == base]
        reason = "No account in base currency has the role retained_earnings; name the account."
    if len(chosen) > 1:
        reason = "Several accounts have the role retained_earnings; name the account."
    elif chosen and chosen[0].currency_id == base and _fits(chosen[0]):
        return chosen[0]
    elif chosen:
        reason = f"{chosen[0]} is not an active equity account in {base}."
    fields = {} if named is None else {"retained_earnings_account_id": reason}
    raise RetainedEarningsUnfit(details={"reason": reason}, fields=fields)


def _fits(account: Account) -> bool:
    return account.type == "equity" and account.status == "active"
