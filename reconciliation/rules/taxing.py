"""Taking the tax out of what a bank moved: a line's amount contains it, whatever the tax says of prices.

Money in owes the tax to the state, money out claims it back; what cannot be claimed back stays in the cost. Under
reverse charge nothing is contained, and the buyer owes and claims the same.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ledger.accounts.models import Account
from ledger.errors import AccountOfRoleMissing, TaxNotEffective
from ledger.taxes.arithmetic import TaxableLine, tax_document
from ledger.taxes.levying import effective_on, rate_of
from ledger.taxes.models import Tax
from organizations.money import add_up
from organizations.tenants.models import Organization


@dataclass(frozen=True, slots=True)
class Share:
    """An amount for an account, on the side opposite the bank's, or with ``own_side`` on the bank's."""

    account_id: int
    amount: Decimal
    description: str = ""
    own_side: bool = False
    tax_id: int | None = None


@dataclass(slots=True)
class Taxing:
    """The taxes that rules name, with the account for those that name none."""

    taxes: dict[int, Tax] = field(default_factory=dict)
    fallback: int | None = None

    @classmethod
    def of(cls, organization: Organization, numbers: Iterable[int]) -> "Taxing":
        """Looked up together, in two queries; none where nothing is named."""
        wanted = set(numbers)
        if not wanted:
            return cls()
        taxes = Tax.objects.of(organization).in_bulk(wanted)
        rows = Account.objects.of(organization).filter(role="tax_payable", currency=organization.base_currency_id)
        found = rows.filter(status="active").order_by("code").first()
        return cls(taxes, None if found is None else found.pk)

    @property
    def account_ids(self) -> set[int]:
        """Every account that taxes lead to."""
        named = {number for tax in self.taxes.values() for number in (tax.account_id, tax.purchase_account_id)}
        return (named | {self.fallback}) - {None}

    def refuse(self, numbers: Iterable[int], day: datetime.date) -> None:
        """Raises TaxNotEffective, AccountOfRoleMissing."""
        for number in numbers:
            tax = self.taxes.get(number)
            if tax is None or not tax.is_active or not effective_on(tax, day):
                name = "A tax" if tax is None else tax.name
                reason = f"{name} is not in force on {day}."
                raise TaxNotEffective(details={"reason": reason}, fields={"tax_ids": reason})
            if tax.account_id is None and self.fallback is None:
                reason = "No active account has the role tax_payable."
                raise AccountOfRoleMissing(
                    details={"reason": reason, "role": "tax_payable"}, fields={"tax_ids": reason}
                )

    def shares(
        self,
        account_id: int,
        amount: Decimal,
        numbers: Iterable[int],
        decimals: int,
        *,
        money_in: bool,
        words: str = "",
    ) -> list[Share]:
        """A gross amount (positive), divided: what the account takes, and each tax. Together exactly the amount."""
        taxes = [self.taxes[number] for number in numbers if number in self.taxes]
        rates = tuple(replace(rate_of(tax), is_inclusive=tax.treatment == "standard") for tax in taxes)
        (line,) = tax_document(
            [TaxableLine(Decimal(1), amount, Decimal(0), rates)], decimals=decimals, rounding="line"
        ).lines
        net, found = line.net, []
        for tax, (_, _, charged) in zip(taxes, line.taxes, strict=True):
            owed = tax.account_id or self.fallback
            claimed = tax.purchase_account_id or owed
            if not charged or owed is None:
                continue
            if tax.treatment == "reverse_charge":
                if not money_in:
                    found.append(Share(claimed, charged, tax.name, tax_id=tax.pk))
                    found.append(Share(owed, charged, tax.name, own_side=True, tax_id=tax.pk))
            elif money_in or tax.is_recoverable:
                found.append(Share(owed if money_in else claimed, charged, tax.name, tax_id=tax.pk))
            else:
                net = add_up([net, charged])
        return [Share(account_id, net, words), *found] if net else found
