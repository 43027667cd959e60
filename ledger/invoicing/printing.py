"""A document on paper: what stands on it, in the contact's language."""

from decimal import Decimal

from ledger.contacts.models import Contact
from ledger.invoicing.answers import document_answers
from ledger.invoicing.models import Document
from ledger.stationery.answers import looks_of, stationery_of
from ledger.stationery.papers import Paper, PaperLine, Party, TaxLine, paper_pdf
from ledger.taxes.models import Tax
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import plain_rate
from organizations.tenants.models import Organization

WATERMARKS = {"draft": "draft", "paid": "paid", "cancelled": "cancelled"}


def document_pdf(organization: Organization, document: Document) -> bytes:
    """The PDF of a document as it stands now."""
    return paper_pdf(paper_of(organization, document))


def paper_of(organization: Organization, document: Document) -> Paper:
    """What stands on a document."""
    stationery = stationery_of(organization)
    (answer,) = document_answers([document], organization)
    numbers = {ids.decode("TAX", number) for line in document.lines for number in line["tax_ids"]}
    taxes = {tax.public_id: tax for tax in Tax.objects.of(organization).filter(pk__in=numbers)}
    contact = document.contact
    looks = looks_of(organization, stationery)
    if contact.language:
        looks["locale"] = contact.language
    if document.footer:
        looks["footer"] = document.footer
    buyer = party_of(contact)
    if not document.is_sale:
        looks["seller"], buyer = buyer, looks["seller"]
        looks["bank_details"], looks["logo"] = contact.bank_account, None
    settled = answer["amount_paid"] + answer["amount_credited"]
    original = document.original
    return Paper(
        kind=document.kind,
        number=document.number or "",
        order_number=document.order_number,
        refers_to=original.number if original is not None else "",
        issue_date=document.date or document.created_at.date(),
        due_date=None if document.is_credit else document.due_date,
        buyer=buyer,
        currency=document.currency_id,
        decimals=decimals_of(document.currency_id),
        lines=tuple(_line(line, taxes) for line in answer["items"]),
        subtotal=answer["subtotal"],
        taxes=tuple(
            _tax(taxes.get(one["tax_id"]), one["tax_id"], one["base"], one["amount"]) for one in answer["taxes"]
        ),
        total=answer["total"],
        amount_paid=settled if settled else None,
        amount_due=answer["amount_due"] if document.status == "issued" and not document.is_credit else None,
        notes=document.notes,
        terms=stationery.default_terms,
        watermark=WATERMARKS.get(answer["status"], ""),
        reverse_charge=any(tax.treatment == "reverse_charge" for tax in taxes.values()),
        **looks,
    )


def party_of(contact: Contact) -> Party:
    """A contact as an addressee."""
    town = " ".join(part for part in (contact.zip_code, contact.city) if part)
    address = [contact.address, town, contact.state, contact.country]
    return Party(
        name=contact.name,
        address="\n".join(part for part in address if part),
        tax_number=contact.tax_number,
    )


def _line(line: dict, taxes: dict[str, Tax]) -> PaperLine:
    return PaperLine(
        description=line["description"],
        quantity=line["quantity"],
        unit_price=line["unit_price"],
        discount=line["discount_percent"] or None,
        amount=line["amount"],
        taxes=tuple(taxes[number].name if number in taxes else number for number in line["tax_ids"]),
    )


def _tax(tax: Tax | None, number: str, base: Decimal, amount: Decimal) -> TaxLine:
    """A line of the tax table; of a tax that was deleted while this is a draft, there is but its id."""
    if tax is None:
        return TaxLine(name=number, base=base, amount=amount)
    return TaxLine(name=tax.name, rate=plain_rate(tax.rate) if tax.rate else Decimal(0), base=base, amount=amount)
