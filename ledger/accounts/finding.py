"""Finding the account that a document, a payment or a settlement needs, by its role and currency.

Some of them are opened by themselves when they are needed first: the control account of a further currency stands
below the one in base currency (1101 → 1101-EUR); accounts for exchange differences and for tax have a usual place.
"""

from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_account
from ledger.accounts.placing import hold_chart
from ledger.errors import AccountOfRoleMissing
from organizations.actors import Actor
from organizations.tenants.models import Organization

CONTROL_ROLES = ("receivable", "payable")
#: Role → type, first code to try, name; for the accounts that no chart has to begin with.
USUAL = {
    "realised_exchange": ("expense", 5105, "Realised Exchange Gains and Losses"),
    "unrealised_exchange": ("expense", 5106, "Unrealised Exchange Gains and Losses"),
    "tax_payable": ("liability", 2101, "Tax Payable"),
    "clearing": ("asset", 1021, "Payments in Clearing"),
    "bank_fees": ("expense", 5701, "Bank Fees"),
}


def account_of_role(
    *, actor: Actor, organization: Organization, role: str, currency: str | None = None, field: str = "account_id"
) -> Account:
    """The active account with a role, in base currency unless told; opened where that can be done by itself.

    Raises AccountOfRoleMissing, which names the ``field`` by which a request could have told.
    """
    currency = currency or organization.base_currency_id
    found = _found(organization, role, currency)
    if found is not None:
        return found
    if role in CONTROL_ROLES and currency != organization.base_currency_id:
        above = account_of_role(actor=actor, organization=organization, role=role, field=field)
        return _open(actor, organization, role, currency, above)
    if role in USUAL and currency == organization.base_currency_id:
        return _open(actor, organization, role, currency, None)
    reason = f"No active account in {currency} has the role {role}."
    raise AccountOfRoleMissing(details={"reason": reason, "role": role}, fields={field: reason})


def _found(organization: Organization, role: str, currency: str) -> Account | None:
    rows = Account.objects.of(organization).filter(role=role, currency=currency, status="active")
    return rows.order_by("code").first()


def _open(actor: Actor, organization: Organization, role: str, currency: str, above: Account | None) -> Account:
    hold_chart(organization.pk)  # of two that need it at once, the second finds what the first has opened
    found = _found(organization, role, currency)
    if found is not None:
        return found
    taken = set(Account.objects.of(organization).values_list("code", flat=True))
    if above is not None:
        type, name, codes = above.type, f"{above.name} {currency}", (f"{above.code}-{currency}{n}" for n in _suffixes())
    else:
        type, first, name = USUAL[role]
        codes = (str(first + n) for n in range(899))
    new = NewAccount(
        code=next(code for code in codes if code not in taken),
        name=name,
        type=type,
        currency=currency,
        parent_id=None if above is None else above.pk,
        role=role,
    )
    return open_account(actor=actor, organization=organization, new=new)


def _suffixes():
    yield ""
    yield from (f"-{n}" for n in range(2, 1000))
