"""Whether accounts that a record names as its own can be posted to when the time comes."""

from collections.abc import Iterable, Mapping

from ledger.accounts.models import Account
from ledger.errors import AccountInactive, AccountNotFound, AccountUnfit
from organizations.tenants.models import Organization

#: Their entries come with what is open: nobody posts to them for another reason.
CONTROL_ROLES = ("receivable", "payable")


def check_named(organization: Organization, named: Mapping[str, int | None], currencies: Iterable[str]) -> None:
    """Check the accounts of ``named`` (field → id): there, active, in one of the currencies, no control account.

    Raises AccountNotFound, AccountInactive, AccountUnfit, with every field that is at fault in this way.
    """
    wanted = {field: number for field, number in named.items() if number is not None}
    if not wanted:
        return
    found = Account.objects.of(organization).in_bulk(set(wanted.values()))
    missing = [field for field, number in wanted.items() if number not in found]
    if missing:
        raise AccountNotFound(fields=dict.fromkeys(missing, "There is no such account."))
    accounts = {field: found[number] for field, number in wanted.items()}
    idle = {field: f"The account is {each.status}." for field, each in accounts.items() if each.status != "active"}
    if idle:
        raise AccountInactive(fields=idle)
    usable = tuple(dict.fromkeys(currencies))
    unfit = {}
    for field, each in accounts.items():
        if each.currency_id not in usable:
            unfit[field] = f"The account is in {each.currency_id}, not in {' or '.join(usable)}."
        elif each.role in CONTROL_ROLES:
            unfit[field] = "A control account takes its entries from documents and payments alone."
    if unfit:
        raise AccountUnfit(fields=unfit)
