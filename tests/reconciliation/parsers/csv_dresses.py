"""Generated statements, and the many ways in which banks could have written each of them."""

import csv
import datetime
import io
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from hypothesis import strategies as st

from reconciliation.parsers.csv_words import restates_balance

HEADINGS = {
    "en": ("Date", "Description", "Amount", "Debit", "Credit", "D/C", "Balance"),
    "de": ("Buchungstag", "Verwendungszweck", "Betrag", "Soll", "Haben", "Soll/Haben", "Saldo"),
    "fr": ("Date", "Libellé", "Montant", "Débit", "Crédit", "Sens", "Solde"),
    "nl": ("Datum", "Omschrijving", "Bedrag", "Af", "Bij", "Af Bij", "Saldo"),
    "es": ("Fecha", "Concepto", "Importe", "Cargo", "Abono", "Debe/Haber", "Saldo"),
    "it": ("Data contabile", "Descrizione", "Importo", "Uscite", "Entrate", "Dare/Avere", "Saldo"),
    "pt": ("Data", "Descrição", "Valor", "Débito", "Crédito", "D/C", "Saldo"),
    "cs": ("Datum zaúčtování", "Zpráva", "Částka", "Výdaje", "Příjmy", "D/C", "Zůstatek"),
    "pl": ("Data księgowania", "Opis", "Kwota", "Obciążenia", "Uznania", "D/C", "Saldo po operacji"),
    "sv": ("Bokföringsdatum", "Beskrivning", "Belopp", "Uttag", "Insättning", "D/K", "Saldo"),
    "da": ("Dato", "Tekst", "Beløb", "Ud", "Ind", "D/K", "Saldo"),
}
DATES = {
    "YMD": ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%dT23:59:00Z"),
    "DMY": ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%y", "%d %b %Y", "%d/%m/%Y 00:01"),
    "MDY": ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%b %d, %Y"),
}
NEGATIVES = ("-{}", "{}-", "({})", "\u2212{}", "{} DR")
#: A text that says "opening balance" is read as one; Hypothesis finds such words in the reader's own constants.
TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20).filter(
    lambda text: not restates_balance(" ".join(text.split()))
)
MOVEMENTS = st.lists(
    st.tuples(
        st.integers(0, 364),
        st.integers(-(10**9), 10**9).filter(bool).map(lambda cents: Decimal(cents) / 100),
        TEXTS,
    ),
    max_size=12,
)


@dataclass(frozen=True)
class Dress:
    """How a bank writes."""

    language: str
    delimiter: str
    encoding: str
    end: str
    order: str
    date: str
    decimal: str
    thousands: str
    negative: str
    sign: str
    layout: str
    balance: bool
    newest_first: bool
    preamble: int
    footnotes: int
    quoting: int

    def money(self, amount: Decimal) -> str:
        figures = f"{abs(amount):,.2f}".translate({ord(","): self.thousands, ord("."): self.decimal})
        dressed = self.sign.format(figures)
        return self.negative.format(dressed) if amount < 0 else dressed

    def sides(self, amount: Decimal) -> list[str]:
        """The cells of one movement."""
        if self.layout == "signed":
            return [self.money(amount)]
        if self.layout == "flag":
            return [self.money(abs(amount)), "D" if amount < 0 else "C"]
        return [self.money(abs(amount)), ""] if amount < 0 else ["", self.money(amount)]


DRESSES = st.builds(
    Dress,
    language=st.sampled_from(sorted(HEADINGS)),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    order=st.just(""),
    date=st.just(""),
    decimal=st.sampled_from(".,"),
    thousands=st.sampled_from(["", " ", "\u00a0", "'", "other"]),
    negative=st.sampled_from(NEGATIVES),
    sign=st.sampled_from(["{}", "${}", "€ {}", "{} €", "{} EUR"]),
    layout=st.sampled_from(["signed", "sides", "flag"]),
    balance=st.booleans(),
    newest_first=st.booleans(),
    preamble=st.integers(0, 3),
    footnotes=st.integers(0, 2),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
).flatmap(
    lambda dress: st.sampled_from([(order, date) for order, dates in DATES.items() for date in dates]).map(
        lambda chosen: _dressed(dress, *chosen)
    )
)


def _dressed(dress: Dress, order: str, date: str) -> Dress:
    thousands = {"other": "," if dress.decimal == "." else "."}.get(dress.thousands, dress.thousands)
    return Dress(
        **{**{name: getattr(dress, name) for name in Dress.__annotations__}, "order": order, "date": date}
        | {"thousands": thousands}
    )


def statement(movements: list[tuple[int, Decimal, str]]) -> list[tuple[datetime.date, Decimal, str]]:
    """The movements by date, between two that show which part of a date is the day."""
    first = datetime.date(2023, 1, 1)
    rows = [
        (-1, Decimal("1234.50"), "first"),
        *sorted(movements, key=lambda row: row[0]),
        (365, Decimal("-0.99"), "last"),
    ]
    return [(first + datetime.timedelta(days=day), amount, text) for day, amount, text in rows]


def written(rows: list[tuple[datetime.date, Decimal, str]], dress: Dress) -> bytes:
    """The statement as that bank would export it."""
    date, text, amount, debit, credit, flag, balance = HEADINGS[dress.language]
    money = {"signed": [amount], "flag": [amount, flag], "sides": [debit, credit]}[dress.layout]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dress.delimiter, quoting=dress.quoting, lineterminator="\n")
    writer.writerows([["Bank of Somewhere"], ["Account", "12-34"], []][: dress.preamble])
    writer.writerow([date, text, *money, *([balance] if dress.balance else [])])
    left = list(accumulate((row[1] for row in rows), initial=Decimal("1000.00")))[1:]
    body = [
        [day.strftime(dress.date), text, *dress.sides(amount), *([dress.money(now)] if dress.balance else [])]
        for (day, amount, text), now in zip(rows, left, strict=True)
    ]
    writer.writerows(reversed(body) if dress.newest_first else body)
    writer.writerows([[], ["This is no legal document."]][: dress.footnotes])
    return out.getvalue().replace("\r", " ").replace("\n", dress.end).encode(dress.encoding)
