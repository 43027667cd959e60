"""The words that banks write into cells: which side a movement is on, whether it is booked, what is a total.

Collected from the exports of banks in some twenty countries. Words are compared without case, accents and signs.
"""

import re
import unicodedata

from organizations.currencies.iso import decimals_of

_JOINED = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i", "ð": "d", "þ": "th", "’": " "})
_LONGEST = 250  # characters; what is longer is no heading and no word
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Lower case, no accents, single spaces between words: ``"Zaúčtovaná částka"`` is ``"zauctovana castka"``."""
    folded = unicodedata.normalize("NFKD", _HUMP.sub(" ", text[:_LONGEST]).casefold().translate(_JOINED))
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _NO_WORD.sub(" ", letters).strip()


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split("|"))


OUT = _words(
    "d|dr|db|debit|debet|debito|dbit|debe|dare|s|soll|lastschrift|belastung|af|out|o|outflow|withdrawal|uit|ut|ud|t"
    "|terheles|obciazenie|wn|cargo|money out|paid out|debited|sent|salida|uscita|saida|expense|debits|debit card|vydaj"
)
IN = _words(
    "c|cr|credit|kredit|credito|crdt|h|haben|haber|avere|a|k|gutschrift|bij|in|i|inflow|deposit|inn|ind|j|jovairas"
    "|uznanie|ma|abono|money in|paid in|credited|received|ingreso|entrada|entrata|income|credits|prijem|krediet"
)
PENDING = _words(
    "pending|pend|authorized|authorised|authorization|authorisation|hold|on hold|processing|in progress|uncleared"
    "|unposted|not posted|scheduled|awaiting|vorgemerkt|umsatz vorgemerkt|vorgemerkter umsatz|reserviert|gereserveerd"
    "|en attente|en cours|pendiente|pendente|in attesa|non contabilizzato|oczekujaca|oczekujace|w realizacji|blokada"
    "|ceka na zauctovani|nezauctovano|blokace|afventer|reserveret|reserverad|reservert|vantar|varaus|fuggoben|ventende"
    "|pdng|venter|reserverat|info pending|in process|in bearbeitung"
)
DECLINED = _words(
    "declined|failed|cancelled|canceled|rejected|reverted|refused|denied|void|voided|expired|abgelehnt|storniert"
    "|fehlgeschlagen|geweigerd|geannuleerd|mislukt|refuse|refusee|annule|annulee|echoue|rechazado|rechazada|cancelado"
    "|cancelada|anulado|rifiutato|rifiutata|annullato|annullata|recusado|recusada|odrzucona|odrzucone|anulowana"
    "|zamitnuto|zamitnuta|zrusena|zruseno|avvist|avvisad|afvist|annulleret|unsuccessful|error"
)

_TOTALS = re.compile(
    r"(?:(?:grand|sub|page|transactions?|running) )?totals?(?: (?:debits?|credits?|amounts?|transactions?|deposits?"
    r"|withdrawals?|movements?|charges|payments|fees|in|out))*$"
    r"|(?:sum|summe|suma|summa|somme|gesamt|gesamtsumme|totaal|totale|totaux|celkem|razem|osszesen|yhteensa"
    r"|zwischensumme|subtotaal)(?: (?:eur|chf|\d.*))*$"
    r"|(?:opening|closing|beginning|ending|starting|current|available|ledger|previous|new|final|initial|statement"
    r"|account|end of day) balance\b|balance(?: (?:at|on|as|b f|c f|brought|carried|forward|of)\b|$)"
    r"|(?:alter |neuer )?(?:kontostand|saldo|saldi|solde|zustatek|egyenleg)(?: (?:am|per|al|au|na|ke|pr|vom|op|vid"
    r"|inicial|final|anterior|atual|actual|disponivel|disponible|iniziale|finale|contabile|disponibile|initial"
    r"|precedent|poczatkowe|koncowe|eur|chf|\d.*))*$"
    r"|(?:anfangs|end|schluss|tages|abschluss|begin|eind)saldo\b|(?:pocatecni|konecny) zustatek\b"
    r"|(?:nyito|zaro) egyenleg\b"
)
_RESTATED = re.compile(
    r"\W*(?:(?:opening|closing|beginning|ending|starting) balance|balance (?:brought|carried) forward|balance [bc]/f"
    r"|saldo (?:inicial|final|anterior|iniziale|finale|początkowe|końcowe)|solde (?:initial|final|précédent)"
    r"|anfangssaldo|endsaldo|schlusssaldo|beginsaldo|eindsaldo|(?:alter|neuer) kontostand)\b"
    r"|(?:turnover|käive|apgrozījums)$",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z]{3}")
_SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW", "₪": "ILS", "₴": "UAH", "zł": "PLN"}


def is_total(text: str) -> bool:
    """Whether a row without a date begins like a total or a stated balance, and so is no movement."""
    return _TOTALS.match(plain(text)) is not None


def restates_balance(description: str) -> bool:
    """Whether a description says "opening balance" or the like, as no movement does."""
    return _RESTATED.match(description) is not None


def status_of(text: str) -> str:
    """``pending`` or ``declined`` where a cell says so; "" for whatever else it says."""
    words = plain(text)
    return "pending" if words in PENDING else "declined" if words in DECLINED else ""


def currency_of(text: str) -> str:
    """The ISO code that a cell states: ``"eur"`` and ``"€"`` are EUR; "" where it states none for certain."""
    text = text.strip()
    if _CODE.fullmatch(text):
        return text.upper()
    return _SIGNS.get(text, "")


def is_currency(text: str) -> bool:
    """Whether a cell holds a currency and nothing else. Codes must be those of ISO 4217, in capitals."""
    code = currency_of(text)
    return bool(code) and text == text.upper() and decimals_of(code) is not None
