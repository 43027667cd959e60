"""Opening accounts: one, many together, or a whole chart from a template."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction

from ledger.accounts.answers import account_answer
from ledger.accounts.charts import UnknownTemplate, role_mismatch, template_for
from ledger.accounts.models import TYPES, Account
from ledger.accounts.numbering import valid_code, warning_for
from ledger.accounts.placing import hold_chart, renumber
from ledger.errors import (
    AccountCodeMismatch,
    AccountCodeTaken,
    AccountParentMismatch,
    AccountRoleMismatch,
    TemplateNotFound,
)
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.events import recording
from organizations.money import MoneyError, read_amount
from organizations.tenants.models import Organization

CREATED = recording.event("account.created")
OPTIONAL = ("description", "is_system", "role", "balance_floor", "balance_ceiling", "metadata")


@dataclass(slots=True, kw_only=True)
class NewAccount:
    """An account to open. The parent is named by id, or by ``parent_code`` (in the chart or the same batch)."""

    code: str
    name: str
    type: str
    currency: str
    parent_id: int | None = None
    parent_code: str | None = None
    description: str = ""
    is_system: bool = False
    role: str | None = None
    balance_floor: object = None
    balance_ceiling: object = None
    metadata: dict = field(default_factory=dict)


def new_account(fields: dict, organization: Organization) -> NewAccount:
    """An account to open, from the fields that its shape has read; in base currency unless they say."""
    return NewAccount(
        code=fields["code"],
        name=fields["name"],
        type=fields["type"],
        currency=fields.get("currency_id") or organization.base_currency_id,
        parent_id=fields.get("parent_account_id"),
        parent_code=fields.get("parent_code"),
        **{name: fields[name] for name in OPTIONAL if name in fields},
    )


@transaction.atomic
def open_account(*, actor: Actor, organization: Organization, new: NewAccount) -> Account:
    """Open one account. Raises Invalid, AccountParentMismatch, AccountRoleMismatch, AccountCodeMismatch,
    AccountCodeTaken.
    """
    return open_accounts(actor=actor, organization=organization, accounts=[new], path="")[0]


@transaction.atomic
def open_accounts(
    *, actor: Actor, organization: Organization, accounts: list[NewAccount], path: str = "accounts[{}]."
) -> list[Account]:
    """Open many accounts in any order of parents, all or none, in a fixed number of queries.

    ``path`` is how a problem names the place of an account in the request.
    """
    if not accounts:
        return []
    hold_chart(organization.pk)
    problems: dict[str, str] = {}
    existing = _existing(organization.pk, accounts)
    rows = [_row(organization, new, path.format(place), problems) for place, new in enumerate(accounts)]
    _find_parents(rows, accounts, existing, path, problems)
    _refuse_twice(accounts, existing, path, problems)
    if problems:
        raise Invalid(fields=problems)
    _check_rules(organization, rows, path)
    _insert(rows)
    facts = [(CREATED, row.public_id, None, account_answer(row)) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(*recording.statement(actor=actor, organization_id=organization.pk, facts=facts))
    return rows


def furnish_chart(actor: Actor, organization: Organization, template: str) -> None:
    """Give a new organization its chart: sign-up's and onboarding's ``chart_template``."""
    open_from_template(actor=actor, organization=organization, template=template)


@transaction.atomic
def open_from_template(
    *, actor: Actor, organization: Organization, template: str | None = None, industry: str | None = None
) -> list[Account]:
    """Open the accounts of a chart template that are not there yet (by code).

    Raises TemplateNotFound.
    """
    try:
        chart = template_for(template, industry)
    except UnknownTemplate as problem:
        raise TemplateNotFound(str(problem)) from problem
    hold_chart(organization.pk)
    taken = set(Account.objects.of(organization).values_list("code", flat=True))
    roles = set(Account.objects.of(organization).exclude(role=None).values_list("role", flat=True))
    return open_accounts(
        actor=actor,
        organization=organization,
        accounts=[
            NewAccount(
                code=row.code,
                name=row.name,
                type=row.type,
                currency=organization.base_currency_id,
                parent_code=row.parent_code,
                role=row.role if row.role not in roles else None,
            )
            for row in chart.rows
            if row.code not in taken
        ],
    )


def _existing(organization_id: int, accounts: list[NewAccount]) -> dict:
    """The accounts that these may stand below or collide with, by id and by code."""
    codes = [new.code for new in accounts] + [new.parent_code for new in accounts if new.parent_code]
    numbers = [new.parent_id for new in accounts if new.parent_id]
    rows = Account.objects.of(organization_id)
    found = list(rows.filter(code__in=codes)) + (list(rows.filter(pk__in=numbers)) if numbers else [])
    return {key: account for account in found for key in (account.pk, account.code)}


def _row(organization: Organization, new: NewAccount, path: str, problems: dict[str, str]) -> Account:
    if not valid_code(new.code):
        problems[f"{path}code"] = "1 to 32 letters, digits and . - _ / without spaces."
    if not new.name.strip():
        problems[f"{path}name"] = "A name is needed."
    if new.type not in TYPES:
        problems[f"{path}type"] = f"One of {', '.join(TYPES)}."
    decimals = decimals_of(new.currency)
    if decimals is None:
        problems[f"{path}currency_id"] = f"{new.currency} is not a currency of ISO 4217."
    bounds: dict[str, Decimal | None] = {}
    for name in ("balance_floor", "balance_ceiling"):
        bounds[name] = read_bound(getattr(new, name), decimals or 0, f"{path}{name}", problems)
    return Account(
        organization=organization,
        code=new.code,
        name=new.name.strip(),
        type=new.type,
        currency_id=new.currency,
        description=new.description,
        is_system=new.is_system,
        role=new.role,
        metadata=new.metadata,
        **bounds,
    )


def read_bound(value, decimals: int, path: str, problems: dict[str, str]) -> Decimal | None:
    """A floor or ceiling as a client wrote it; a problem is noted under its path."""
    if value is None:
        return None
    try:
        return read_amount(value, decimals=decimals, allow_zero=True, signed=True)
    except MoneyError as problem:
        problems[path] = problem.message
        return None


def _find_parents(rows, accounts, existing, path, problems) -> None:
    by_code = {row.code: row for row in rows}
    for place, (row, new) in enumerate(zip(rows, accounts, strict=True)):
        if new.parent_id is not None:
            row.parent = existing.get(new.parent_id)
            if row.parent is None:
                problems[f"{path.format(place)}parent_account_id"] = "There is no such account."
        elif new.parent_code:
            parent = by_code.get(new.parent_code) or existing.get(new.parent_code)
            if parent is None or parent is row:
                problems[f"{path.format(place)}parent_code"] = f"There is no account {new.parent_code}."
            row.new_parent = parent
    for place, row in enumerate(rows):
        above, seen = getattr(row, "new_parent", None), {id(row)}
        while above is not None and id(above) not in seen:
            seen.add(id(above))
            above = getattr(above, "new_parent", None)
        if above is not None:
            problems[f"{path.format(place)}parent_code"] = "The parents of these accounts form a circle."


def _refuse_twice(accounts, existing, path, problems) -> None:
    seen = set()
    for place, new in enumerate(accounts):
        if new.code in seen:
            problems[f"{path.format(place)}code"] = f"The code {new.code} stands twice."
        seen.add(new.code)
    taken = [(place, new.code) for place, new in enumerate(accounts) if new.code in existing]
    if taken and not problems:
        raise AccountCodeTaken(fields={f"{path.format(p)}code": f"The code {code} is taken." for p, code in taken})


def _check_rules(organization: Organization, rows: list[Account], path: str) -> None:
    mismatches, unfit, warnings = {}, {}, {}
    for place, row in enumerate(rows):
        parent = getattr(row, "new_parent", None) or row.parent
        if parent is not None and parent.type != row.type:
            mismatches[f"{path.format(place)}type"] = f"The parent {parent.code} is of type {parent.type}."
        problem = role_mismatch(row.role, row.type)
        if problem is not None:
            unfit[f"{path.format(place)}role"] = problem
        warning = warning_for(row.code, row.type)
        if warning and organization.strict_account_codes:
            warnings[f"{path.format(place)}code"] = warning
    if mismatches:
        raise AccountParentMismatch(fields=mismatches)
    if unfit:
        raise AccountRoleMismatch(fields=unfit)
    if warnings:
        raise AccountCodeMismatch(fields=warnings)


def _insert(rows: list[Account]) -> None:
    """One new account takes its place among the others; several are inserted at once and renumbered."""
    if len(rows) == 1:
        row = rows[0]
        row.parent = getattr(row, "new_parent", None) or row.parent
        row.save(force_insert=True)
        row.refresh_from_db()
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select crane_next_id(), nextval('ledger_account_tree_seq') from generate_series(1, %s)", [len(rows)]
        )
        given = cursor.fetchall()
    for row, (number, tree_id) in zip(rows, given, strict=True):
        row.pk, row.tree_id, row.lft, row.rght, row.level = number, tree_id, 1, 2, 0
    for row in rows:
        row.parent = getattr(row, "new_parent", None) or row.parent
    Account.objects.bulk_create(_parents_first(rows), batch_size=2000)
    renumber(rows[0].organization_id)
    fresh = Account.objects.of(rows[0].organization_id).in_bulk([row.pk for row in rows])
    rows[:] = [fresh[row.pk] for row in rows]


def _parents_first(rows: list[Account]) -> list[Account]:
    """In an order that the foreign key to the parent accepts even between batches of rows."""
    ordered, placed = [], set()
    for row in rows:
        chain = []
        while row is not None and id(row) not in placed:
            chain.append(row)
            placed.add(id(row))
            row = getattr(row, "new_parent", None)
        ordered += reversed(chain)
    new = {id(row) for row in rows}
    return [row for row in ordered if id(row) in new]
