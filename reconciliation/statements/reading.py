"""From an uploaded file to the items of one account's statement."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from ledger.accounts.models import Account
from organizations.errors import Invalid
from organizations.tenants.models import Organization
from reconciliation.errors import (
    AccountNotReconcilable,
    StatementCurrencyDiffers,
    StatementOfAnotherAccount,
    StatementTooLarge,
    StatementUnreadable,
)
from reconciliation.parsers.csv_mapping import Mapping, MappingRefused
from reconciliation.parsers.formats import read
from reconciliation.parsers.items import Item, Section, Unreadable
from reconciliation.statements.fingerprints import plain
from reconciliation.statements.models import SavedMapping, Statement

#: What a reader says of a file that is too much, whatever is in it.
TOO_MUCH = ("file_too_large", "too_many_rows")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came. ``format`` and ``mapping`` are what the client says of it; left out, both are found out.

    ``account_number`` chooses one account of a file that has several, or confirms that a file of another
    account than before is meant.
    """

    file_name: str
    data: bytes
    format: str = ""
    mapping: dict | None = None
    account_number: str = ""


@dataclass(slots=True)
class Reading:
    """A file being read. ``records`` is about how many there are, for the progress."""

    format: str
    items: Iterator[Item]
    records: int
    mapping: dict | None


def fit(account: Account, upload: Upload) -> None:
    """Whether there is any use in reading. Raises AccountNotReconcilable, StatementTooLarge, Invalid."""
    if account.type not in ("asset", "liability") or account.status == "archived":
        raise AccountNotReconcilable()
    most = settings.STATEMENT_MAX_BYTES
    if len(upload.data) > most:
        raise StatementTooLarge(details={"most_bytes": most}, fields={"file": f"At most {most:,} bytes."})
    if not upload.data:
        raise Invalid(fields={"file": "The file is empty."})


def items_for(organization: Organization, account: Account, upload: Upload) -> Reading:
    """The items of an account's statement in a file, read as they are asked for.

    A CSV file is read by the mapping of the upload, else by the account's saved one if it fits, else as it
    looks. Raises StatementUnreadable at once or on the way, StatementTooLarge, and of a file that is another
    account's StatementOfAnotherAccount, StatementCurrencyDiffers.
    """
    fit(account, upload)
    mapping = read_mapping(upload.mapping)
    saved = None
    if mapping is None:
        saved = SavedMapping.objects.of(organization).filter(account=account).first()
    try:
        format, items, used = _opened(account, upload, mapping, saved)
    except Unreadable as problem:
        raise _refused(problem) from problem
    last = Statement.objects.of(organization).filter(account=account, undone_at=None).exclude(account_number="")
    known = last.order_by("-pk").values_list("account_number", flat=True).first() or ""
    return Reading(
        format=format,
        items=_own(items, account, upload.account_number or known),
        records=max(1, upload.data.count(b"\n"), upload.data.count(b"<Ntry"), upload.data.count(b"<STMTTRN>")),
        mapping=used,
    )


def read_mapping(given: dict | None) -> Mapping | None:
    """A mapping as the client wrote it. Raises Invalid with the fields at fault."""
    if given is None:
        return None
    try:
        return Mapping.from_json(given)
    except MappingRefused as problem:
        raise Invalid(fields={f"mapping.{name}": text for name, text in problem.problems.items()}) from problem


def _opened(account: Account, upload: Upload, mapping: Mapping | None, saved: SavedMapping | None):
    """The file's format, its items, and the mapping that was asked for."""
    what = {"file_name": upload.file_name, "format": upload.format, "currency": account.currency_id}
    if mapping is None and saved is not None:
        try:
            format, items = read(upload.data, mapping=Mapping.from_json(saved.mapping), **what)
            return format, _begun(items), saved.mapping if format == "csv" else None
        except Unreadable:  # the bank has changed its file, or it is another's: as it looks, then
            mapping = None
    format, items = read(upload.data, mapping=mapping, **what)
    return format, _begun(items), mapping.to_json() if mapping and format == "csv" else None


def _begun(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, the first of them read: what is wrong with the whole file shows now."""
    first = next(items, None)

    def go_on() -> Iterator[Item]:
        if first is not None:
            yield first
            yield from items

    return go_on()


def _own(items: Iterator[Item], account: Account, number: str) -> Iterator[Item]:
    """Only what belongs to the account: the sections of one number."""
    seen: list[str] = []
    mine, any_mine = True, False
    try:
        for item in items:
            if isinstance(item, Section):
                if item.account and item.account not in seen:
                    seen.append(item.account)
                mine = not item.account or not number or _same(item.account, number)
                if mine and item.currency and item.currency != account.currency_id:
                    raise StatementCurrencyDiffers(
                        details={"currency": item.currency, "account_currency": account.currency_id}
                    )
                if not number and len(seen) > 1:
                    raise _several(seen)
                any_mine |= mine
                if not mine:
                    continue
            if mine:
                any_mine = True
                yield item
    except Unreadable as problem:
        raise _refused(problem) from problem
    if not any_mine and seen:
        raise StatementOfAnotherAccount(details={"accounts": seen, "account_number": number})


def _same(one: str, other: str) -> bool:
    """Whether two spellings name one account: an IBAN ends with the number."""
    one, other = plain(one), plain(other)
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 6 and long.endswith(short))


def _several(seen: list[str]) -> StatementOfAnotherAccount:
    return StatementOfAnotherAccount(
        "The file has statements of several accounts; name one in account_number", details={"accounts": seen}
    )


def _refused(problem: Unreadable) -> StatementUnreadable | StatementTooLarge:
    if problem.code in TOO_MUCH:
        return StatementTooLarge(problem.message, details={"reason": problem.code}, fields={"file": problem.message})
    details = {"reason": problem.code} | ({"example": problem.example} if problem.example else {})
    return StatementUnreadable(problem.message, details=details, fields={"file": problem.message})
