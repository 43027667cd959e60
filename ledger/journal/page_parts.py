"""Parts of a transaction's page: facts, entries, events, and a copy to begin anew with."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from ledger.accounts.models import Account
from ledger.categories.models import Category
from ledger.contacts.models import Contact
from ledger.journal.models import Transaction
from ledger.journal.sources import source_id
from ledger.openitems.links import named_links
from organizations import ids
from organizations.backoffice import histories, showing
from organizations.backoffice.pages import Button, Table
from organizations.events.models import Event
from organizations.tenants.models import Organization

ENTRIES_SHOWN = 500
EVENTS_SHOWN = 10
#: What a transaction that names an original does to it, by the scope of the reversal.
BELONGS = {"full": "Reverses", "partial": "Reverses in part", None: "Adjusts"}
#: What chapters above have to say of a posted transaction: labels and values.
further_facts: list[Callable[[Transaction], list[tuple[str, Any]]]] = []


#: What chapters above this one add to the page of a transaction.
_tables: list[Callable[[HttpRequest, Transaction], Table]] = []
_buttons: list[Callable[[Transaction], Button]] = []


def adds_to_transactions(
    *, table: Callable[[HttpRequest, Transaction], Table] | None = None, button: Callable[[Transaction], Button]
):
    """Let another chapter show a table, and a button for who may write, on the page of each transaction."""
    if table is not None:
        _tables.append(table)
    _buttons.append(button)


def further_tables(request: HttpRequest, transaction: Transaction) -> list[Table]:
    """The tables of other chapters."""
    return [table(request, transaction) for table in _tables]


def further_buttons(transaction: Transaction) -> list[Button]:
    """The buttons of other chapters."""
    return [button(transaction) for button in _buttons]


def status_of(transaction: Transaction) -> str:
    """The status that people see; the row must carry ``is_reversed``."""
    return "reversed" if transaction.is_reversed else transaction.status


def amount_of(transaction: Transaction):
    """The amount in the transaction's currency, with its code."""
    return format_html(
        '<span class="co-figure">{} <span class="co-muted">{}</span></span>',
        showing.money(transaction.amount, transaction.currency_id),
        transaction.currency_id,
    )


def facts(transaction: Transaction, answer: dict) -> list[tuple[str, Any]]:
    """What the header says, with links to what reverses it and what it reverses."""
    found = [
        ("Date", str(transaction.transaction_date)),
        ("Type", transaction.type),
        ("Amount", f"{showing.money(transaction.amount, transaction.currency_id)} {transaction.currency_id}"),
        ("Reference", transaction.reference_number),
        ("External id", transaction.external_id),
        ("Contact", contact_link(transaction)),
        ("Category", category_link(transaction)),
        ("Posted (UTC)", showing.moment(transaction.posting_date)),
        ("Id", answer["id"]),
    ]
    source = transaction.status != "pending" and source_id(transaction.organization_id, transaction.pk)
    original = transaction.original_id and ids.encode("TXN", transaction.original_id)
    links = named_links(transaction.organization_id, filter(None, [source, original, *answer["reversed_by_ids"]]))
    if source:
        found.insert(0, ("Posted for", links[source]))
    if original:
        found.append((BELONGS[transaction.reversal_scope], links[original]))
    whole = "Reversed by" if transaction.status == "reversed" else "Reversed in part by"
    found += [(whole, links[each]) for each in answer["reversed_by_ids"]]
    if answer["reversal_reason"]:
        found.append(("Reason", answer["reversal_reason"]))
    if transaction.error_code:
        found.append(("Failed", f"{transaction.error_code}: {transaction.error_message}"))
    if transaction.status == "posted":
        found += [fact for tell in further_facts for fact in tell(transaction)]
    return [(label, value) for label, value in found if value]


def contact_link(transaction: Transaction):
    """The contact by its name; '' where there is none."""
    if transaction.contact_id is None:
        return ""
    found = Contact.objects.of(transaction.organization_id).filter(pk=transaction.contact_id).first()
    return found and showing.link_to(Contact, found.pk, found.name)


def category_link(transaction: Transaction):
    """The category by its name; '' where there is none."""
    if transaction.category_id is None:
        return ""
    found = Category.objects.of(transaction.organization_id).filter(pk=transaction.category_id).first()
    return found and showing.link_to(Category, found.pk, found.name)


def entry_table(answer: dict, organization: Organization, page_text: str) -> Table:
    """The entries, debit and credit apart; with rate and base amount where one is in a foreign currency."""
    base = organization.base_currency_id
    number = int(page_text) if page_text.isascii() and page_text.isdigit() and len(page_text) < 6 else 1
    entries = answer["entries"][(number - 1) * ENTRIES_SHOWN : number * ENTRIES_SHOWN]
    names = Account.objects.of(organization).in_bulk({ids.decode("ACT", entry["account_id"]) for entry in entries})
    foreign = any(entry["currency_id"] != f"CUR_{base}" for entry in entries)
    rows = [_entry_row(entry, names, base, foreign) for entry in entries]
    count = len(answer["entries"])
    title = _pages_of_entries(number, count) if count > ENTRIES_SHOWN else "Entries"
    totals = [format_html("<b>{}</b>", "Total"), "", *(["", ""] if foreign else [])]
    sides = [showing.figure(answer[side], base) for side in ("total_debits", "total_credits")]
    return Table(
        title=title,
        headers=["Account", "Description", *(["Amount", "Rate"] if foreign else []), "Debit", "Credit"],
        rows=[*rows, [*totals, *sides]] if rows else [],
        right=frozenset({2, 3, 4, 5} if foreign else {2, 3}),
        empty="No entries.",
    )


def _pages_of_entries(number: int, count: int):
    """The heading of a long transaction's entries, with the way to the others."""
    pages = range(1, -(-count // ENTRIES_SHOWN) + 1)
    others = format_html_join(" ", '<a class="co-link" href="?p={}">{}</a>', ((page, page) for page in pages))
    return format_html("{} entries, page {} of {}", f"{count:,}", number, others)


def _entry_row(entry: dict, names: dict[int, Account], base: str, foreign: bool) -> list[Any]:
    number = ids.decode("ACT", entry["account_id"])
    in_base = showing.figure(entry["base_amount"], base)
    sides = [in_base, ""] if entry["entry_type"] == "debit" else ["", in_base]
    own = entry["currency_id"].removeprefix("CUR_")
    rate = [f"{showing.money(entry['amount'], own)} {own}", entry["currency_rate"]] if own != base else ["", ""]
    account = showing.link_to(Account, number, names.get(number, entry["account_id"]))
    return [account, entry["description"], *(rate if foreign else []), *sides]


def event_table(organization: Organization, transaction: Transaction) -> Table:
    """The newest events of the transaction."""
    rows = Event.objects.of(organization).filter(entity_id=transaction.public_id).order_by("-seq")
    events = list(rows.defer("before_state", "after_state", "changes")[:EVENTS_SHOWN])
    names = histories.actors_of(events)
    return Table(
        title="Events",
        headers=["When (UTC)", "Who", "What"],
        rows=[
            [showing.link_to(Event, event.pk, showing.moment(event.timestamp)), names[event.pk], event.event_type]
            for event in events
        ],
    )
