"""OFX of every kind (1.x SGML, 2.x XML, Quicken's QFX, QuickBooks' QBO), read by one scanner of tags.

No XML parser is involved, so no entity can expand and no half-closed tag can stop the reading. Source of the rules:
OFX 2.2, sections 3.2.8 (dates), 3.2.9 (amounts), 5.2 (currencies), 11.4 (bank), 13.9 (investments).

- A date is its first eight digits. The time zone behind it never moves a movement to another day.
- LEDGERBAL is the closing balance; AVAILBAL is what one may spend, and not read. Banks that know none write nothing,
  or 0.00 as of 00000000: that is no balance either.
- ORIGCURRENCY says that the amount was converted: it is in the account's currency. CURRENCY says that it was not:
  where it names another currency than the account's, the record is a Problem.
- Investments: INVBANKTRAN is a movement like any other. A trade or dividend is one where it states its TOTAL and that
  the money comes from or goes to this account (SUBACCTFUND); its date is the trade's, its value date the settlement's.
  All others move no cash here and are Problems. AVAILCASH counts funds as cash, and is not a closing balance.
- Movements that are only announced (STMTTRNP), and those of loans, are Problems: not booked, or not an account's.
"""

import datetime
import html
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import chain, pairwise

from reconciliation.parsers.amounts import Misread, read_amount
from reconciliation.parsers.decoding import encoding_of, tidy
from reconciliation.parsers.items import Balance, Item, Line, Problem, Section, Unreadable

_TRADES = frozenset(
    re.findall(
        r"\w+",
        "BUYDEBT BUYMF BUYOPT BUYOTHER BUYSTOCK CLOSUREOPT INCOME INVEXPENSE JRNLFUND JRNLSEC MARGININTEREST REINVEST "
        "RETOFCAP SELLDEBT SELLMF SELLOPT SELLOTHER SELLSTOCK SPLIT TRANSFER",
    )
)
_STATEMENTS = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
_ACCOUNTS = frozenset({"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"})
_RECORDS = frozenset({"STMTTRN", "STMTTRNP", "LOANSTMTTRN", "LEDGERBAL"}) | _TRADES
_BOUNDARIES = _STATEMENTS | _ACCOUNTS | _RECORDS | {"OFX", "CURDEF", "BANKTRANLIST", "INVTRANLIST", "AVAILBAL"}

# What divides the file into segments; within one, a tag is a name in angle brackets and any other "<" is text.
_STRUCTURE = re.compile(rf"<(/?(?:{'|'.join(sorted(_BOUNDARIES, reverse=True))}))(?:\s[^<>]*)?/?>")
_FIELD = re.compile(r"<([A-Z][A-Z0-9._]*)\s*/?>([^<]*(?:<(?!/?[A-Z][A-Z0-9._]*\s*/?>)[^<]*)*)")
_LOWER_CASE_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9._]*(?:\s[^<>]*)?/?>")
_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_INSIDE = {"CASH", "MARGIN", "SHORT"}  # the sub-accounts of an investment account that hold its money


def read(data: bytes) -> Iterator[Item]:
    """The items of an OFX file. Raises Unreadable with code file_empty, not_ofx or no_statement."""
    if not data.strip():
        raise Unreadable("file_empty", "The file is empty; export the statement from the bank again.")
    text = _plain(data.decode(encoding_of(data), errors="replace"))
    account = currency = ""
    is_new = is_statement = False  # whether the present section has still to be given; whether there was any
    name, place, end = "", 1, None
    for name, place, start, end in _segments(text):
        if name.lstrip("/") in _STATEMENTS:
            if is_new:
                yield Section(account, currency)
            account, currency, is_new = "", "", not name.startswith("/")
            is_statement = True
        elif name == "CURDEF":
            currency = _currency(text[start:end])
        elif name in _ACCOUNTS:
            account = tidy(dict(_FIELD.findall(text, start, end or len(text))).get("ACCTID", ""))
        elif name in _RECORDS:
            if is_new or not is_statement:
                yield Section(account, currency)
            is_new, is_statement = False, True
            if end is not None:
                yield from _items(name, place, dict(_FIELD.findall(text, start, end)), currency)
    if is_new:
        yield Section(account, currency)
    if not is_statement:
        raise Unreadable("no_statement", "The file holds no statement of an account. Ask the bank for its movements.")
    if name != "/OFX":
        yield Problem(place, "file_truncated", "The file ends before its end tag: what follows here is missing.")


def _plain(text: str) -> str:
    """The text without comments, with CDATA as ordinary text and tags in capitals; lines stay where they are."""
    if "<!" in text:
        text = "".join(_without_declarations(text))
    if re.search(r"</?[A-Z0-9._]*[a-z]", text):
        text = _LOWER_CASE_TAG.sub(lambda tag: tag[0].upper(), text)
    if not re.search(r"<OFX[\s>]", text):
        raise Unreadable("not_ofx", "This is not an OFX file: it has no <OFX> element. Download it again as OFX.")
    return text


def _without_declarations(text: str) -> Iterator[str]:
    done = 0
    for opening in re.finditer(r"<!(?:--|\[CDATA\[)", text):
        if opening.start() < done:
            continue
        is_comment = opening[0] == "<!--"
        closing = "-->" if is_comment else "]]>"
        end = text.find(closing, opening.end())
        if end < 0:
            break
        inside = text[opening.end() : end]
        yield text[done : opening.start()]
        yield re.sub(r"[^\r\n]+", "", inside) if is_comment else html.escape(inside, quote=False)
        done = end + len(closing)
    yield text[done:]


def _segments(text: str) -> Iterator[tuple[str, int, int, int | None]]:
    """Each boundary's name ("/…" if it closes), its physical line, and where the text up to the next one lies.

    The last one has no end: whatever stands there may have been cut off.
    """
    newline = "\n" if "\n" in text else "\r"
    place, counted = 1, 0
    for tag, following in pairwise(chain(_STRUCTURE.finditer(text), (None,))):
        place += text.count(newline, counted, tag.start())
        counted = tag.start()
        yield tag[1], place, tag.end(), following.start() if following else None


def _items(name: str, place: int, fields: dict[str, str], currency: str) -> Iterator[Item]:
    try:
        if name == "STMTTRN":
            yield _movement(place, fields, currency)
        elif name == "LEDGERBAL":
            yield from _balance(fields)
        elif name == "STMTTRNP":
            yield Problem(place, "not_booked", "The movement is only announced; it comes again when it is booked.")
        elif name == "LOANSTMTTRN":
            yield Problem(place, "loan_not_read", "Movements of a loan are not read; enter this one by hand.")
        else:
            yield _trade(name, place, fields, currency)
    except Misread as problem:
        yield Problem(place, problem.code, problem.message)


def _balance(fields: dict[str, str]) -> Iterator[Balance]:
    written, as_of = fields.get("BALAMT", ""), fields.get("DTASOF", "").strip()
    if written.strip():
        try:
            amount = _amount(written)
        except Misread as problem:
            raise Misread("balance_unreadable", f"The closing balance is not read: {problem.message}") from None
        if amount or not as_of or as_of.strip("0"):
            yield Balance("closing", amount, _day(as_of))


def _movement(place: int, fields: dict[str, str], currency: str) -> Line:
    date = _posted(fields.get("DTPOSTED", ""))
    amount = _own_amount(fields, "TRNAMT", currency)
    counterparty = tidy(fields.get("NAME", "")) or tidy(fields.get("PAYEE", ""))
    description = tidy(fields.get("MEMO", "")) or tidy(fields.get("EXTDNAME", "")) or counterparty
    return Line(
        place,
        date,
        amount,
        description,
        counterparty,
        tidy(fields.get("ACCTID", "")),  # of BANKACCTTO or CCACCTTO: no other account stands in a record
        _filled(fields.get("CHECKNUM", "")) or _filled(fields.get("REFNUM", "")),
        _filled(fields.get("FITID", "")),
        tidy(fields.get("TRNTYPE", "")).upper(),
        _day(fields.get("DTAVAIL", "") or fields.get("VALUEDATE", "")),
    )


def _trade(name: str, place: int, fields: dict[str, str], currency: str) -> Line:
    date = _posted(fields.get("DTTRADE", ""))
    total, units = fields.get("TOTAL", "").strip(), fields.get("UNITS", "").strip()
    if not total or fields.get("SUBACCTFUND", "").strip().upper() not in _INSIDE:
        raise Misread("investment_not_read", f"This {name} states no cash that moves in the account; enter it by hand.")
    if name.startswith(("BUY", "SELL")) and units and total.startswith("-") == units.startswith("-"):
        raise Misread("investment_not_read", f"This {name} moves cash and securities the same way; enter it by hand.")
    words = tidy(f"{fields.get('MEMO', '')} {fields.get('UNIQUEID', '')}")
    return Line(
        place,
        date,
        _own_amount(fields, "TOTAL", currency),
        words,
        bank_id=_filled(fields.get("FITID", "")),
        kind=name,
        value_date=_day(fields.get("DTSETTLE", "")),
    )


def _own_amount(fields: dict[str, str], name: str, currency: str) -> Decimal:
    """The amount of a record in the account's currency. Raises Misread."""
    if "CURRENCY" in fields:
        other, rate = _currency(fields.get("CURSYM", "")), fields.get("CURRATE", "").strip()
        if currency and other not in ("", currency) and not re.fullmatch(r"0*1(?:[.,]0*)?", rate):
            raise Misread("other_currency", f"The amount is in {other}, the account in {currency}.")
    return _amount(fields.get(name, ""))


def _amount(written: str) -> Decimal:
    """OFX knows no thousands, and both signs for decimals; but banks that use commas also group with them."""
    return read_amount(tidy(written), "" if "," in written else ".")


def _posted(written: str) -> datetime.date:
    if date := _day(written):
        return date
    if not written.strip():
        raise Misread("date_missing", "The record has no date.")
    raise Misread("date_unreadable", f"The date {written.strip()[:40]!r} cannot be read.")


def _day(written: str) -> datetime.date | None:
    return _calendar(written.strip()[:10])


@lru_cache(maxsize=4096)
def _calendar(written: str) -> datetime.date | None:
    try:
        return datetime.date(*map(int, _DATE.match(written).groups()))
    except (AttributeError, ValueError):
        return None


def _filled(written: str) -> str:
    """An identifier, or "" where the bank has filled the field with nothing but zeros."""
    return written if (written := tidy(written)).strip("0") else ""


def _currency(written: str) -> str:
    code = written.strip()[:3].upper()
    return code if re.fullmatch("[A-Z]{3}", code) else ""
