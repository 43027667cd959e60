"""A balance assertion as the API shows it, and whether it holds."""

from django.db.models import DecimalField, F, Func, Q, QuerySet
from django.db.models.lookups import Exact

from ledger.assertions.models import BalanceAssertion
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.tenants.models import Organization

STATUSES = ("holds", "broken")


class BalanceOn(Func):
    """The balance of the assertion's account at the end of its day, read from totals."""

    function = "ledger_balance_on"
    output_field = DecimalField(max_digits=28, decimal_places=8)

    def __init__(self):
        super().__init__(F("organization_id"), F("account_id"), F("date"))


def assertions_of(organization: Organization) -> QuerySet[BalanceAssertion]:
    """An organization's assertions, each with the ``balance`` as it is."""
    rows = BalanceAssertion.objects.of(organization).select_related("account")
    return rows.annotate(balance=BalanceOn())


def where_status(operator: str, value) -> Q:
    """``holds`` or ``broken`` is not a column but a comparison with the books."""
    wanted = set(value) if operator == "in" else {value}
    holds = Q(Exact(F("expected"), BalanceOn()))
    found = Q(pk__in=[])
    for status in wanted:
        found |= holds if status == "holds" else ~holds
    return ~found if operator == "ne" else found


def status_of(assertion: BalanceAssertion) -> str:
    """Whether the books agree; the row must come from ``assertions_of``."""
    return "holds" if assertion.balance == assertion.expected else "broken"


def assertion_answer(assertion: BalanceAssertion) -> dict:
    """The assertion, with the balance as it is; amounts are signed by the account's normal balance."""
    decimals = decimals_of(assertion.account.currency_id)
    return {
        "object": "balance_assertion",
        "id": assertion.public_id,
        "organization_id": ids.encode("ORG", assertion.organization_id),
        "account_id": ids.encode("ACT", assertion.account_id),
        "date": assertion.date,
        "expected": exact(assertion.expected, decimals),
        "balance": exact(assertion.balance, decimals),
        "difference": exact(add_up([assertion.balance, -assertion.expected]), decimals),
        "currency_id": f"CUR_{assertion.account.currency_id}",
        "blocking": assertion.blocking,
        "status": status_of(assertion),
        "description": assertion.description,
        "metadata": assertion.metadata,
        "created_at": assertion.created_at,
        "updated_at": assertion.updated_at,
    }
