"""What the page of a document shows: facts, lines, the table of taxes, and what settled it."""

from django.utils.html import format_html

from ledger.accounts.models import Account
from ledger.contacts.models import Contact
from ledger.invoicing.models import Document
from ledger.journal.models import Transaction
from ledger.openitems.links import link_to_id
from ledger.taxes.models import Tax
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.pages import Page, Table


def fill(page: Page, document: Document, answer: dict) -> None:
    """Put facts and tables on the page."""
    currency = document.currency_id

    def money(amount) -> str:
        return f"{showing.money(amount, currency)} {currency}"

    page.facts = [
        ("Contact", showing.link_to(Contact, document.contact_id, document.contact.name)),
        ("Date", f"{document.date or ''}"),
        ("Due", f"{document.due_date or ''}"),
        ("Total", money(answer["total"])),
        ("Paid", money(answer["amount_paid"])),
        ("Credited", money(answer["amount_credited"])),
        ("Still open", format_html("<b>{}</b>", money(answer["amount_due"]))),
        ("Order number", document.order_number),
        ("Transaction", showing.link_to(Transaction, document.transaction_id, "in the journal")),
        ("Sent (UTC)", showing.moment(document.sent_at)),
        ("Notes", document.notes),
        ("Reason", document.reason),
        ("Id", document.public_id),
    ]
    if answer["original_id"]:
        page.facts.insert(1, ("Credits", link_to_id(answer["original_id"], document.original.number)))
    page.facts = [(name, value) for name, value in page.facts if value not in ("", None)]
    page.tables = [_lines(document, answer, currency), _taxes(document, answer, currency), _settled(answer, currency)]


def _lines(document: Document, answer: dict, currency: str) -> Table:
    numbers = {ids.decode("ACT", line["account_id"]) for line in answer["items"]}
    accounts = {row.public_id: row for row in Account.objects.of(document.organization_id).filter(pk__in=numbers)}
    rows = [
        [
            line["description"],
            showing.link_to(Account, accounts[line["account_id"]].pk, accounts[line["account_id"]])
            if line["account_id"] in accounts
            else line["account_id"],
            f"{line['quantity']}",
            f"{line['unit_price']:,}",
            f"{line['discount_percent']} %" if line["discount_percent"] else "",
            showing.money(line["amount"], currency),
            showing.money(line["tax_amount"], currency),
        ]
        for line in answer["items"]
    ]
    headers = ["Description", "Account", "Quantity", "Price", "Discount", "Net", "Tax"]
    return Table("Lines", headers, rows, right=frozenset({2, 3, 4, 5, 6}))


def _taxes(document: Document, answer: dict, currency: str) -> Table:
    numbers = [ids.decode("TAX", one["tax_id"]) for one in answer["taxes"]]
    taxes = {tax.public_id: tax for tax in Tax.objects.of(document.organization_id).filter(pk__in=numbers)}
    rows = [
        [
            showing.link_to(Tax, taxes[one["tax_id"]].pk, taxes[one["tax_id"]].name)
            if one["tax_id"] in taxes
            else one["tax_id"],
            showing.money(one["base"], currency),
            showing.money(one["amount"], currency),
        ]
        for one in answer["taxes"]
    ]
    return Table("Taxes", ["Tax", "Base", "Amount"], rows, right=frozenset({1, 2}), empty="No tax.")


def _settled(answer: dict, currency: str) -> Table:
    said = [(one, one["payment_id"], "payment") for one in answer["payments"]]
    said += [(one, one["counterpart_id"], one["kind"].replace("_", " ")) for one in answer["credits"]]
    rows = [
        [one["date"], link_to_id(number, words), showing.money(one["amount"], currency), one["realised"] or ""]
        for one, number, words in said
    ]
    headers = ["Date", "By", "Amount", "Exchange result"]
    return Table("Payments and credits", headers, rows, right=frozenset({2, 3}), empty="Nothing was paid or credited.")
