"""CAMT.052, .053 and .054 of ISO 20022, in all versions: reports, statements and notifications in XML.

The elements are told by their names without namespace, so versions 1 to 14 and the dialects of the banks are one
format here; what version 1 names otherwise is read by both names. The file is read element by element and forgotten
at once: 100,000 entries need no more memory than one. Document type definitions are refused, and with them bombs of
entities and references to other files.

- One ``Section`` for each ``Stmt``, ``Rpt`` or ``Ntfctn``. Its currency is the account's, else that of the first
  balance, else of the first entry. Amounts in another one become a ``Problem``.
- OPBD (else PRCD, the last statement's closing) is the opening balance, CLBD the closing one; the balances that
  are interim, expected or available are left out. Where both are there, the lines must add up to them.
- An entry is dated by its booking date, the digits as they are written; without one by its value date.
- ``CdtDbtInd`` gives the sign of reversals too: "If the CreditDebitIndicator is CRDT and ReversalIndicator is Yes,
  the original operation was a debit entry" (ISO 20022, ReportEntry, ReversalIndicator). ``RvslInd`` only swaps the
  roles: the parties of a reversed payment keep those that they had.
- Entries that are pending, planned or for information only (``Sts``) become a ``Problem``.
- An entry for several payments is divided into one line for each where their amounts are all given in the
  account's currency and add up to it exactly; else it is one line, with what its payments have in common.
"""

import datetime
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from xml.etree.ElementTree import Element  # the type only; reading is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from organizations.money import MoneyError, add_up
from reconciliation.parsers.camt_payments import Payment, found, read_account, read_kind, read_payment, text_of
from reconciliation.parsers.items import Balance, Item, Line, Problem, Section, Unreadable
from reconciliation.parsers.marked_amounts import read_marked
from reconciliation.parsers.texts import named, tidy, together

DEEPEST = 100  # elements within elements; the standard needs about fifteen
LARGEST = 20_000  # elements of one payment, or of an entry without its payments
MOST_PAYMENTS = 100_000  # in one entry

_STATEMENTS = {"BkToCstmrStmt": "Stmt", "BkToCstmrAcctRpt": "Rpt", "BkToCstmrDbtCdtNtfctn": "Ntfctn"}
_SIGNS = {"CRDT": 1, "DBIT": -1}
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])")


def read(data: bytes) -> Iterator[Item]:
    """The items of a CAMT file.

    Raises Unreadable with code file_empty, xml_not_readable, xml_with_dtd, entry_too_large, not_camt or no_statement.
    """
    if not data.strip():
        raise Unreadable("file_empty", "The file is empty; export the statement from the bank again.")
    reader = _Reader()
    for event, element in _events(data):
        if event == "start":
            reader.open(element)
        else:
            yield from reader.close(element)
    reader.finish()


def _events(data: bytes) -> Iterator[tuple[str, Element]]:
    try:
        yield from iterparse(io.BytesIO(data.lstrip(b" \t\r\n")), events=("start", "end"), forbid_dtd=True)
    except DefusedXmlException:
        message = "The file defines a document type or entities, which statements never do; ask the bank for another."
        raise Unreadable("xml_with_dtd", message) from None
    except ParseError as error:
        line, column = getattr(error, "position", (0, 0))
        message = f"The file is broken XML (line {line}, column {column}); download it from the bank again."
        raise Unreadable("xml_not_readable", message) from None
    except (LookupError, ValueError):
        message = "The file is XML in an encoding that is not supported; ask the bank for UTF-8."
        raise Unreadable("xml_not_readable", message) from None


class _Reader:
    """Where in the file reading is: the elements that are open, each with how many were kept when it began."""

    def __init__(self):
        self.path: list[tuple[Element, int]] = []
        self.kept = 0
        self.depth = 0
        self.statement: _Statement | None = None
        self.root, self.is_camt, self.statements = "", False, 0
        self.entries = 0

    def open(self, element: Element) -> None:
        """An element begins."""
        element.tag = element.tag.rpartition("}")[2]
        self.path.append((element, self.kept))
        self.kept += 1
        if self.kept > LARGEST or len(self.path) > DEEPEST:
            message = "An entry of the file is far larger than any bank's; download the statement again."
            raise Unreadable("entry_too_large", message)
        if self.statement is None:
            self.root = self.root or element.tag
            self.is_camt = self.is_camt or element.tag.removesuffix("V01") in _STATEMENTS
            above = self.path[-2][0].tag.removesuffix("V01") if len(self.path) > 1 else ""
            if _STATEMENTS.get(above) == element.tag:
                self.statement, self.depth = _Statement(self.entries), len(self.path)
                self.statements += 1

    def close(self, element: Element) -> Iterable[Item]:
        """An element ends: gives what is complete with it, and forgets it once nothing above needs it."""
        _, kept = self.path.pop()
        level = len(self.path) - self.depth  # within the statement: 0 for its children, 2 for TxDtls (1 in version 1)
        complete: Iterable[Item] = ()
        if self.statement is None:
            self._forget(kept)
        elif level == 0:
            complete = self.statement.take(element)
            self._forget(kept)
        elif element.tag == "TxDtls" and level in (1, 2) and self.path[-level][0].tag == "Ntry":
            self.statement.add(read_payment(element))
            self._forget(kept)
        elif level == -1:
            complete = self.statement.end()
            self.entries, self.statement = self.statement.place, None
            self._forget(kept)
        return complete

    def _forget(self, kept: int) -> None:
        self.kept = kept
        if self.path:
            del self.path[-1][0][-1]

    def finish(self) -> None:
        """The file ends. Raises Unreadable where it was another kind of XML."""
        if not self.is_camt:
            message = f"The file is XML, but no statement in CAMT.052, .053 or .054: it begins with {self.root[:40]!r}."
            raise Unreadable("not_camt", message)
        if not self.statements:
            message = "The file is CAMT, but holds no statement; export another period from the bank."
            raise Unreadable("no_statement", message)


class _Statement:
    """The statement being read; ``place`` is the number of the last entry, counted through the file."""

    def __init__(self, place: int):
        self.place = place
        self.numbers: dict[str, str] = {}
        self.account = self.currency = ""
        self.announced = self.opened = False
        self.balances: dict[str, list[tuple[datetime.date, Decimal]]] = {}
        self.opening: Decimal | None = None
        self.total = Decimal(0)
        self.payments: list[Payment] = []
        self.known: set[tuple[str, datetime.date, Decimal]] = set()

    def add(self, payment: Payment) -> None:
        """A payment of the entry that is being read."""
        if len(self.payments) == MOST_PAYMENTS:
            message = f"An entry of the file has more than {MOST_PAYMENTS} payments; ask the bank for smaller batches."
            raise Unreadable("entry_too_large", message)
        self.payments.append(payment)

    def take(self, element: Element) -> Iterator[Item]:
        """What a child of the statement gives."""
        if element.tag in ("Id", "ElctrncSeqNb", "LglSeqNb"):
            self.numbers[element.tag] = tidy(element.text)
        elif element.tag == "Acct":
            self.account, self.currency = read_account(element), text_of(element, "Ccy")
        elif element.tag == "Bal":
            yield from self._balance(element)
        elif element.tag == "Ntry":
            self.place += 1
            yield from self._announce(element)
            yield from self._open()
            payments, self.payments = self.payments, []
            yield from self._entry(element, payments)

    def end(self) -> Iterator[Item]:
        """What is left to say when the statement ends: its closing balance, and whether all adds up to it."""
        yield from self._announce()
        yield from self._open()
        if "CLBD" not in self.balances:
            return
        day, closing = max(self.balances["CLBD"], key=lambda balance: balance[0])
        yield Balance("closing", closing, day)
        if self.opening is not None and (expected := add_up((self.opening, self.total))) != closing:
            message = (
                f"Opening balance and booked entries of statement {self._number() or '(no number)'} come to "
                f"{expected:f}, its closing balance is {closing:f}: the file lacks entries, or has some too many."
            )
            yield Problem(max(self.place, 1), "balance_does_not_add_up", message)

    def _number(self) -> str:
        return next(filter(None, map(self.numbers.get, ("ElctrncSeqNb", "LglSeqNb", "Id"))), "")

    def _announce(self, element: Element | None = None) -> Iterator[Item]:
        if not self.announced:
            self.announced = True
            amount = element.find("Amt") if element is not None else None
            self.currency = self.currency or (tidy(amount.get("Ccy")) if amount is not None else "")
            yield Section(self.account, self.currency, self._number())

    def _open(self) -> Iterator[Item]:
        """The opening balance, when all balances have been read: they stand before the entries."""
        if self.opened:
            return
        self.opened = True
        if stated := self.balances.get("OPBD") or self.balances.get("PRCD"):
            day, self.opening = min(stated, key=lambda balance: balance[0])
            yield Balance("opening", self.opening, day)

    def _balance(self, element: Element) -> Iterator[Item]:
        kind = text_of(element, "Tp", "CdOrPrtry", "Cd") or text_of(element, "Tp", "Cd")
        if kind not in ("OPBD", "PRCD", "CLBD"):
            return
        yield from self._announce(element)
        try:
            balance = (_day(element, "Dt"), self._signed(element))
        except MoneyError as error:
            yield Problem(max(self.place, 1), error.code, f"The balance {kind}: {error.message}")
            return
        self.balances.setdefault(kind, []).append(balance)

    def _signed(self, element: Element) -> Decimal:
        """The amount of an entry or a balance, signed. Raises MoneyError with the code of the ``Problem`` to report."""
        amount, sign = element.find("Amt"), _SIGNS.get(text_of(element, "CdtDbtInd"))
        if amount is None or not (amount.text or "").strip():
            raise MoneyError("amount_missing", "There is no amount.")
        if sign is None:
            raise MoneyError("direction_missing", "CdtDbtInd is neither CRDT nor DBIT: nobody knows the sign.")
        if (currency := tidy(amount.get("Ccy"))) != self.currency:
            message = f"The amount is in {currency[:9] or 'no currency'}, the account in {self.currency[:9] or 'none'}."
            raise MoneyError("other_currency", message)
        return read_marked(amount.text.strip(), currency, sign)

    def _entry(self, element: Element, payments: list[Payment]) -> Iterator[Item]:
        status = text_of(element, "Sts", "Cd") or text_of(element, "Sts", "Prtry") or text_of(element, "Sts")
        if status not in ("BOOK", ""):
            message = f"The entry has the status {status[:40]}: it is not booked, so the account has not moved."
            yield Problem(self.place, "not_booked", message)
            return
        try:
            amount = self._signed(element)
            value_date = _day(element, "ValDt") if element.find("ValDt") is not None else None
            date = _day(element, "BookgDt") if element.find("BookgDt") is not None else value_date
        except MoneyError as error:
            yield Problem(self.place, error.code, error.message)
            return
        if not date:
            yield Problem(self.place, "date_missing", "The entry has neither a booking date nor a value date.")
            return
        self.total = add_up((self.total, amount))
        if parts := self._divided(element, amount, payments):
            for part, payment, bank_id in parts:
                yield self._line(element, date, value_date, part, payment, bank_id)
        else:
            payment = _in_common(element, payments)
            bank_id = named(text_of(element, "AcctSvcrRef")) or payment.bank_id
            yield self._line(element, date, value_date, amount, payment, bank_id)

    def _divided(
        self, element: Element, amount: Decimal, payments: list[Payment]
    ) -> list[tuple[Decimal, Payment, str]]:
        """The payments of an entry with their signed amounts and bank ids; none where they are not all of it."""
        if len(payments) < 2:
            return []
        entry_direction = text_of(element, "CdtDbtInd")
        amounts = []
        for payment in payments:
            sign = _SIGNS.get(payment.direction or entry_direction)
            if sign is None or payment.currency != self.currency:
                return []
            try:
                amounts.append(read_marked(payment.amount, payment.currency, sign))
            except MoneyError:
                return []
        if add_up(amounts) != amount:
            return []
        own = [payment.bank_id for payment in payments]
        if not all(own) or len(set(own)) < len(own):  # numbered in order: the same in every copy of the entry
            whole = named(text_of(element, "AcctSvcrRef")) or (own[0] if len(set(own)) == 1 else "")
            own = [f"{whole}/{number}" if whole else "" for number in range(1, len(own) + 1)]
        return list(zip(amounts, payments, own, strict=True))

    def _line(
        self,
        element: Element,
        date: datetime.date,
        value_date: datetime.date | None,
        amount: Decimal,
        payment: Payment,
        bank_id: str,
    ) -> Line:
        """The line of an entry, or of one payment in it."""
        reversal = text_of(element, "RvslInd") in ("true", "1")
        other = payment.counterparty(credit=(amount > 0) != reversal, own=self.account)
        mark = (bank_id, date, amount)
        unique = mark not in self.known
        if bank_id:
            self.known.add(mark)
        return Line(
            place=self.place,
            date=date,
            amount=amount,
            description=together(payment.text, text_of(element, "AddtlNtryInf")),
            counterparty=other.name,
            counterparty_account=other.account,
            reference=payment.reference,
            bank_id=bank_id if unique else "",
            kind=payment.kind or read_kind(element),
            value_date=value_date,
        )


def _in_common(element: Element, payments: list[Payment]) -> Payment:
    """The payments of an entry as one: what they agree on, and their texts one after the other."""
    batch = found(element, "NtryDtls", "Btch") if element.find("NtryDtls") is not None else element.find("Btch")
    own = named(text_of(batch, "PmtInfId")) or named(text_of(batch, "MsgId"))
    if len(payments) == 1:
        return payments[0] if payments[0].reference or not own else replace(payments[0], reference=own)
    agreed = {
        name: values.pop()
        for name in ("debtor", "creditor", "reference", "bank_id", "kind")
        if len(values := {getattr(payment, name) for payment in payments}) == 1
    }
    agreed["reference"] = agreed.get("reference") or own
    return Payment(**agreed, text=together(*(payment.text for payment in payments)))


def _day(element: Element, name: str) -> datetime.date:
    """The digits of a date, with or without a time: no clock is asked. Raises MoneyError date_unreadable."""
    written = text_of(element, name, "Dt") or text_of(element, name, "DtTm")
    try:
        return datetime.date(*map(int, _DAY.match(written).groups()))
    except (AttributeError, ValueError):
        raise MoneyError(
            "date_unreadable", f"The date {written[:40]!r} cannot be read; it should be YYYY-MM-DD."
        ) from None
