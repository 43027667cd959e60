"""What a document posts: the control account against revenue or cost, and tax. Its totals come out to the unit.

The transaction carries the document's metadata, and each line's entry that of its line, so reports by dimension find
them. Tax is posted for all lines together and carries the document's alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.accounts.models import Account
from ledger.currencies.bounds import within_books
from ledger.invoicing.converting import in_base
from ledger.invoicing.models import Document, DocumentTax
from ledger.journal.composing import composed, composed_line
from ledger.journal.posting import Plan
from ledger.journal.weighing import WeighedLine
from ledger.taxes.models import Tax
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, to_base
from organizations.tenants.models import Organization

ZERO = Decimal(0)
#: Document, tax and whether it is input tax → the account that the tax was posted to.
Charged = Mapping[tuple[int, int, bool], Account]
TYPES = {"invoice": "income", "credit_note": "income", "bill": "expense", "vendor_credit": "expense"}


@dataclass(slots=True)
class Part:
    """An amount for an account, in the document's currency, signed as it is posted; ``tax`` if it is one."""

    account: Account
    amount: Decimal
    description: str = ""
    tax: DocumentTax | None = None
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Means:
    """What documents need to be posted: every account and tax that they name, by key.

    ``tax_account`` is for taxes that name no account; what was ``charged`` by the document that is credited goes back
    from its own.
    """

    accounts: dict[int, Account]
    taxes: dict[int, Tax]
    tax_account: Account | None
    charged: Charged


def plan_of(organization: Organization, document: Document, means: Means) -> tuple[Plan, list[DocumentTax]]:
    """The plan to post a dated and numbered document with its rate, and the rows that say what it says of taxes.

    Lines of purchases take the tax that cannot be claimed back. Raises Invalid where an amount is too large in base
    currency.
    """
    rows: list[DocumentTax] = []
    accounts, taxes = means.accounts, means.taxes
    base = organization.base_currency_id
    with within_books("currency_rate"):
        parts = [*_lines(document, accounts, taxes), *_taxes(document, means, rows)]
        shares = in_base([part.amount for part in parts], document.currency_rate, decimals_of(base))
    control = accounts[document.account_id]
    total = document.sign * document.total
    lines = [composed_line(control, total, -add_up(shares), rate=document.currency_rate, description=str(document))]
    for part, share in zip(parts, shares, strict=True):
        lines.append(_line(part, share, document, base))
        if part.tax is not None:
            part.tax.posted = share
    document.base_total = abs(add_up(shares))
    plan = composed(
        organization,
        lines,
        type=TYPES[document.kind],
        date=document.date,
        source=(document.kind, document.pk),
        description=f"{document.kind.replace('_', ' ').capitalize()} {document.number}",
        reference_number=document.number,
        currency=document.currency_id,
        amount=document.total,
        contact_id=document.contact_id,
        metadata=document.metadata,
    )
    return plan, rows


def _line(part: Part, share: Decimal, document: Document, base: str) -> WeighedLine:
    own = part.account.currency_id == document.currency_id != base
    amount = part.amount if own else share
    rate = document.currency_rate if own else Decimal(1)
    said = part.metadata if part.tax is None else {"tax_id": ids.encode("TAX", part.tax.tax_id)}
    return composed_line(part.account, amount, share, rate=rate, description=part.description, metadata=said)


def _lines(document: Document, accounts: dict[int, Account], taxes: dict[int, Tax]) -> list[Part]:
    """Net amounts; on purchases with the tax that stays with the buyer."""
    parts = []
    for line in document.lines:
        amount = Decimal(line["amount"])
        if not document.is_sale:
            amount = add_up([amount, *(
                Decimal(each["amount"]) for each in line["taxes"]
                if _stays(taxes[ids.decode("TAX", each["tax_id"])])
            )])  # fmt: skip
        account = accounts[ids.decode("ACT", line["account_id"])]
        parts.append(Part(account, -document.sign * amount, line["description"], metadata=line["metadata"]))
    return parts


def _stays(tax: Tax) -> bool:
    return not tax.is_recoverable and tax.treatment == "standard"


def _taxes(document: Document, means: Means, rows: list[DocumentTax]) -> list[Part]:
    """A part for each tax that is charged, two for one that the buyer owes and claims back; rows for all."""
    accounts, taxes = means.accounts, means.taxes
    parts = []
    totals: dict[int, list[Decimal]] = {}
    for line in document.lines:
        for each in line["taxes"]:
            found = totals.setdefault(ids.decode("TAX", each["tax_id"]), [ZERO, ZERO])
            found[0], found[1] = add_up([found[0], Decimal(each["base"])]), add_up([found[1], Decimal(each["amount"])])
    for number, (base, amount) in totals.items():
        tax = taxes[number]
        owed = accounts.get(tax.account_id, means.tax_account)
        claimed = accounts.get(tax.purchase_account_id, owed)
        if tax.treatment == "reverse_charge":
            sides = [(False, owed, document.sign), (True, claimed, -document.sign)] if not document.is_sale else []
        elif _stays(tax) and not document.is_sale:
            sides = []
        else:
            sides = [(not document.is_sale, owed if document.is_sale else claimed, -document.sign)]
        for is_input, account, sign in sides or [(not document.is_sale, None, 0)]:
            if account is not None:
                account = means.charged.get((document.original_id, tax.pk, is_input), account)
            row = _row(document, tax, base, amount, account if amount and sign else None, is_input)
            rows.append(row)
            if row.account_id is not None:
                parts.append(Part(account, sign * amount, tax.name, row))
    return parts


def _row(document: Document, tax: Tax, base: Decimal, amount: Decimal, account: Account | None, is_input: bool):
    sign = -1 if document.is_credit else 1
    decimals = decimals_of(document.organization.base_currency_id)
    return DocumentTax(
        organization_id=document.organization_id,
        document=document,
        tax=tax,
        account=account,
        date=document.date,
        name=tax.name,
        rate=tax.rate,
        treatment=tax.treatment,
        is_input=is_input,
        base=sign * base,
        amount=sign * amount,
        base_in_base=sign * to_base(base, document.currency_rate, decimals),
        posted=ZERO,
    )
