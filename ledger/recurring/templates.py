"""What a schedule posts: read from a request, or from what is repeated; turned into the request of one occurrence."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ledger.categories.choosing import Choices as Categories
from ledger.contacts.choosing import Choices as Contacts
from ledger.invoicing.answers import document_answers
from ledger.invoicing.drafting import new_document
from ledger.invoicing.issuing import refuse_unissuable, taxes_named
from ledger.invoicing.models import PREFIXES, Document
from ledger.invoicing.reading import LINE, NAMES, READERS, read_document
from ledger.journal.drafts import HEADER, Draft, Problem, public_id, read_draft, stored_lines
from ledger.journal.models import Transaction
from ledger.journal.posting import Plan, refuse_obstacles
from ledger.journal.rating import rates_for
from ledger.journal.saved import accounts_of, copy_of
from ledger.journal.weighing import weigh
from ledger.recurring.calendars import Rhythm, period_of
from ledger.recurring.depreciating import METHODS, MOST_PERIODS, amounts
from ledger.recurring.models import Recurring
from ledger.recurring.wording import filled, words_of
from organizations import clock, ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import ApprovalRequired, Invalid, NotAuthorized, Refusal
from organizations.money import MoneyError, exact, read_amount
from organizations.tenants.models import Organization
from organizations.wire.batches import within

PREFIX = {"invoice": "INV", "bill": "BIL"}
#: What a schedule makes, by the name that permissions use.
RESOURCES = {"transaction": "transactions", "invoice": "invoices", "bill": "bills"}
#: What an occurrence decides, and no template.
DATED = frozenset({"transaction_date", "issued_at", "billed_at", "due_at", "external_id", "invoice_number"})
#: What a request says beside a template, and a schedule in its own words.
DECIDED = {"auto_post": "Say it beside the template.", "issue": "Say auto_post beside the template."}
#: Fields of a transaction that a schedule may say beside ``template``.
BESIDE_TEMPLATE = ("type", "description", "reference_number", "currency_id", "entries", "contact_id", "category_id")
DEPRECIATION = ("method", "cost", "salvage_value", "periods", "rate", "expense_account_id", "accumulated_account_id")
#: Field of what a depreciation posts → the field that it follows from.
FROM_ASSET = {
    "template.type": "depreciation",
    "template.entries[0].account_id": "depreciation.expense_account_id",
    "template.entries[1].account_id": "depreciation.accumulated_account_id",
    "template.entries[0].amount": "depreciation.cost",
    "template.entries[1].amount": "depreciation.cost",
}


def refuse_who_may_not(actor: Actor, organization: Organization, kind: str) -> None:
    """A schedule posts in somebody's name, who must be allowed to do so at once.

    Raises NotAuthorized; ApprovalRequired where what it makes would wait for approval.
    """
    made = RESOURCES[kind]
    if not actor.may("write", made):
        raise NotAuthorized(f"A schedule of this kind takes the permission to write {made}")
    if organization.require_draft_approval and not actor.may("approve", made):
        raise ApprovalRequired(f"A schedule of this kind takes the permission to approve {made}")


def plain(value: Any) -> Any:
    """A template as it is kept: numbers as texts, so that JSON keeps every digit."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def template_of(organization: Organization, kind: str, repeated: Any) -> dict:
    """The template that repeats a transaction or a document, named by its id. Raises Invalid."""
    prefix = PREFIX.get(kind, "TXN")
    try:
        number = public_id(prefix)(repeated)
    except Problem as problem:
        raise Invalid(fields={"recurable_id": str(problem)}) from problem
    model = Transaction if kind == "transaction" else Document
    rows = model.objects.of(organization).filter(pk=number)
    found = rows.first() if kind == "transaction" else rows.filter(kind=kind).first()
    if found is None:
        raise Invalid(fields={"recurable_id": f"There is no such {kind}."})
    return _of_transaction(found) if kind == "transaction" else _of_document(found, organization)


def _of_transaction(found: Transaction) -> dict:
    header = {
        "type": found.type if found.type not in ("opening", "closing") else "journal",
        "description": found.description,
        "reference_number": found.reference_number,
        "currency_id": f"CUR_{found.currency_id}",
        "contact_id": found.contact_id and ids.encode("CON", found.contact_id),
        "category_id": found.category_id and ids.encode("CAT", found.category_id),
        "metadata": found.metadata,
    }
    entries = stored_lines(copy_of(found, found.transaction_date).lines)
    for entry in entries:
        entry.pop("reverses_entry_id", None)
        entry.pop("currency_rate", None)  # that was the rate of its day
    return {name: value for name, value in header.items() if value not in (None, "", {})} | {"entries": entries}


def _of_document(found: Document, organization: Organization) -> dict:
    (answer,) = document_answers([found], organization)
    names = [name for name in READERS[PREFIXES[found.kind]] if name not in (*DATED, "currency_rate", "bill_number")]
    header = {name: answer[name] for name in names if answer.get(name) not in (None, "", {})}
    items = [{name: line[name] for name in LINE if line.get(name) not in (None, {})} for line in answer["items"]]
    return plain(header | {"items": items})


def template_at(row: Recurring, day: datetime.date) -> dict:
    """The template that counts on a day."""
    revisions = [each for each in row.revisions if each["from"] <= day.isoformat()] or row.revisions[:1]
    return revisions[-1]["template"]


def _place_of(row: Recurring, number: int, day: datetime.date) -> tuple[Rhythm, int]:
    """Where in which rhythm an occurrence stands. One before the present rhythm began opens a period on its own day."""
    if number < row.anchor_number:
        return replace(row.rhythm, anchor=day), 0
    return row.rhythm, number - row.anchor_number


def body_of(row: Recurring, number: int, day: datetime.date) -> dict:
    """The request that makes one occurrence, dated ``day``.

    Its template and its words are those of the day that the calendar gives it, whatever a weekend or an early run
    makes of its date.
    """
    rhythm, place = _place_of(row, number, day)
    return _body(row, template_at(row, rhythm.nominal(place)), number, day)


def _body(row: Recurring, template: dict, number: int, day: datetime.date) -> dict:
    rhythm, place = _place_of(row, number, day)
    nominal = rhythm.nominal(place)
    body = filled(template, words_of(period=period_of(rhythm, place), nominal=nominal, day=day, number=number))
    if row.recurable_type != "transaction":
        return body | {NAMES[PREFIX[row.recurable_type]][1]: day.isoformat()}
    if row.depreciation is not None:
        body["entries"] = entries_of_depreciation(row.depreciation, number)
    mark = {"recurring_id": row.public_id, "occurrence": str(number)}
    metadata = body.get("metadata", {})
    marked = metadata | mark if isinstance(metadata, dict) else metadata  # which is refused when it is read
    return body | {"transaction_date": day.isoformat(), "metadata": marked}


def check(organization: Organization, row: Recurring, template: dict, path: str = "template.") -> None:
    """Whether the template could be posted today. Raises Invalid, and what stands in the way of posting."""
    body = _body(row, template, row.next_number, clock.today(organization.time_zone))
    try:
        if row.recurable_type == "transaction":
            _check_transaction(organization, body, post=row.auto_post)
        else:
            _check_document(organization, row, body)
    except Refusal as refusal:
        named = within(refusal, path)
        raise named if row.depreciation is None else _of_asset(named) from refusal


def _of_asset(refusal: Refusal) -> Refusal:
    """The refusal with the fields of the depreciation, which its entries and its type follow from."""
    fields = refusal.details.get("fields", {})
    if fields:
        refusal.details["fields"] = {FROM_ASSET.get(name, name): said for name, said in fields.items()}
    return refusal


def _check_transaction(organization: Organization, body: dict, *, post: bool) -> None:
    found, problems = read_draft(body)
    if problems:
        raise Invalid(fields=problems)
    draft = Draft(**found)
    Contacts(organization, [draft.contact_id]).check(draft.contact_id)
    Categories(organization, [draft.category_id]).check(draft.category_id)
    accounts = accounts_of(organization, [draft])
    today = clock.today(organization.time_zone)
    rates = rates_for(organization, [draft], accounts, today)
    plan = Plan(weigh(draft, accounts, organization, today, rates=rates), post)
    if post:
        refuse_obstacles(plan, organization)


def _check_document(organization: Organization, row: Recurring, body: dict) -> None:
    fields, problems, _ = read_document(PREFIX[row.recurable_type], body)
    if problems:
        raise Invalid(fields=problems)
    document = new_document(organization, row.recurable_type, fields)
    if row.auto_post or row.auto_send:
        refuse_unissuable(document, taxes_named(organization, [document]))
    if row.auto_send and not document.contact.email:
        raise Invalid(fields={"contact_id": "The contact has no e-mail address, which auto_send needs."})


# --- Depreciation -----------------------------------------------------------------------------------------------------


def read_depreciation(value: Any, organization: Organization) -> dict:
    """A depreciation as it is kept: its amounts for every period, and the two accounts. Raises Invalid."""
    if not isinstance(value, dict):
        raise Invalid(fields={"depreciation": f"An object with {', '.join(DEPRECIATION)}."})
    decimals, problems, found = decimals_of(organization.base_currency_id), {}, {}
    for name in ("cost", "salvage_value"):
        try:
            found[name] = read_amount(value.get(name, 0), decimals=decimals, allow_zero=name == "salvage_value")
        except MoneyError as problem:
            problems[f"depreciation.{name}"] = problem.message
    for name in ("expense_account_id", "accumulated_account_id"):
        try:
            found[name] = ids.encode("ACT", public_id("ACT")(value.get(name)))
        except Problem as problem:
            problems[f"depreciation.{name}"] = str(problem)
    method, periods, rate = value.get("method", "straight_line"), value.get("periods"), value.get("rate")
    if method not in METHODS:
        problems["depreciation.method"] = f"One of {', '.join(METHODS)}."
    if isinstance(periods, bool) or not isinstance(periods, int) or not 1 <= periods <= MOST_PERIODS:
        problems["depreciation.periods"] = f"A whole number from 1 to {MOST_PERIODS}."
    if rate is not None:
        rate = _share(rate, problems)
        if method == "straight_line":
            problems["depreciation.rate"] = "Of a declining balance only."
    if not problems and found["salvage_value"] >= found["cost"]:
        problems["depreciation.salvage_value"] = "Less than the cost."
    if problems:
        raise Invalid(fields=problems)
    what = {"method": method, "cost": found["cost"], "salvage": found["salvage_value"], "periods": periods}
    steps = amounts(**what, decimals=decimals, rate=rate)
    if not steps:
        least = exact(Decimal(1).scaleb(-decimals), decimals)
        raise Invalid(fields={"depreciation.periods": f"A period would take less than {least}: fewer periods."})
    return plain(
        {
            **{name: exact(found[name], decimals) for name in ("cost", "salvage_value")},
            "method": method,
            "periods": periods,
            "rate": rate,
            **{name: found[name] for name in ("expense_account_id", "accumulated_account_id")},
            "amounts": [exact(each, decimals) for each in steps],
        }
    )


def _share(rate: Any, problems: dict[str, str]) -> Decimal | None:
    """The share of a declining balance: a percentage of a period, as a fraction."""
    try:
        percent = read_amount(rate, decimals=6)
    except MoneyError:
        percent = Decimal(0)
    if not 0 < percent <= 100:
        problems["depreciation.rate"] = "A percentage above 0, at most 100."
    return percent / 100


def entries_of_depreciation(depreciation: dict, number: int) -> list[dict]:
    """The two entries of a period."""
    amount = depreciation["amounts"][number - 1]
    sides = (("debit", "expense_account_id"), ("credit", "accumulated_account_id"))
    return [{"account_id": depreciation[name], "entry_type": side, "amount": amount} for side, name in sides]


def read_template(kind: str, value: Any) -> dict:
    """A template, without what only an occurrence decides. Raises Invalid."""
    if not isinstance(value, dict):
        raise Invalid(fields={"template": f"What a new {kind} is made from."})
    known = {*HEADER, "entries"} if kind == "transaction" else {*READERS[PREFIX[kind]], "items"}
    refused = dict.fromkeys(DATED, "Each occurrence has its own.") | DECIDED
    problems = {f"template.{name}": said for name, said in refused.items() if name in value}
    if problems:
        raise Invalid(fields=problems)
    return plain({name: each for name, each in value.items() if name in known})


def unread(kind: str, template: Any, path: str = "template.") -> list[dict[str, str]]:
    """Warnings of what a template says and nobody reads."""
    if not isinstance(template, dict):
        return []
    if kind == "transaction":
        found = read_draft(template, beside=frozenset())[0].get("unknown", [])
    else:
        found = read_document(PREFIX[kind], template)[2]
    return [each | {"field": f"{path}{each['field']}", "message": f"{path}{each['message']}"} for each in found]
