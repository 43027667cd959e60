"""Which headings stand for what, in the languages of the banks whose exports are known.

A role has phrases, best first, as ``csv_words.plain`` writes them. A heading is a role's when it is one of its
phrases, or, less surely, when it begins or ends with one; figures and currency codes at its end do not count.
"""

import re
from functools import lru_cache

from organizations.currencies.iso import decimals_of
from reconciliation.parsers.csv_words import IN, OUT, currency_of, plain

_ROLES = {
    "date": "booking date|posting date|posted date|post date|date posted|booked|buchungstag|buchungsdatum|buchung"
    "|datum buchung|boekdatum|boekingsdatum|date comptable|date de comptabilisation|data contabile|data registrazione"
    "|fecha contable|data ksiegowania|datum zauctovani|datum uctovani|datum zuctovani|bokforingsdatum|bokforingsdag"
    "|bogforingsdato|bokfort dato|bokforingsdato|konyveles datuma|konyvelesi datum|kirjauspaiva|completed date"
    "|run date|date|datum|fecha|data|dato|kuupaev|paivamaara|pvm|tarih|дата|日期|交易日期|日付|取引日|거래일"
    "|date operation|date d operation|date de l operation|transaction date|transaktionsdatum|transaktionsdato"
    "|date of transaction|fecha operacion|fecha de operacion|fecha transaccion|data operazione|data operacji"
    "|data transakcji|datum provedeni|datum transakce|datum odepsani|datum verrichting|uitvoeringsdatum"
    "|transactiedatum|belegdatum|kaufdatum|data movimento|data do movimento|data mov|data lancamento"
    "|tranzakcio datuma|activity date|payment date|journal date|trade date|created|created utc|created at|created on"
    "|timestamp|datetime|date time|started date|order date|execution date|maksupaiva|date debit|entry date"
    "|transaction|time|date utc",
    "value_date": "value date|valuta|valutadatum|valuta datum|valutadato|wertstellung|wertstellungstag|wert"
    "|wertstellungsdatum|rentedatum|rentedato|date de valeur|date valeur|fecha valor|fecha de valor|f valor"
    "|data valuta|data valor|data waluty|datum valuty|valor|valueringsdatum|rantedato|ertek nap|erteknap|arvopaiva"
    "|available on utc|settlement date|effective date|datum verrekening|interest date|execution date|valuta dato"
    "|дата валютирования",
    "amount": "net|net amount|netto|neto|nettobetrag|kwota w walucie rachunku|amount in account currency"
    "|betrag in kontowahrung|buchungsbetrag|booked amount|zauctovana castka|billing amount|amount|betrag|bedrag"
    "|montant|importe|importo|valor|kwota|castka|belopp|belob|belop|iznos|znesek|tutar|summa|osszeg|suma|сумма|金额"
    "|金額|거래금액|transaction amount|amount total|value|umsatz|monto|montante|quantia|ammontare|maara"
    "|kwota operacji|kwota transakcji|objem|transaktionsbelopp|importe operacion|movimento|mutatiebedrag"
    "|transactiebedrag|bedrag in|amount in|sum|total|item total|wert|paid amount|objem transakce|castka v mene uctu"
    "|betrag in|transaktionsbetrag|eur|usd|gbp|chf|gross|brutto|brut|bruto|lordo",
    "debit": "debit|debits|debit amount|debet|debe|debito|debitos|dare|addebiti|addebito|uscite|uscita|withdrawal"
    "|withdrawals|withdrawal amount|withdrawal amt|paid out|money out|out|outflow|belastung|belastungen"
    "|belastungsbetrag|lastschrift|soll|ausgang|ausgaben|uitgaven|af|afgeschreven|depense|depenses|cargo|cargos|gasto"
    "|gastos|salida|salidas|saida|saidas|obciazenia|obciazenie|wyplata|vydaje|uttag|utgift|utgifter|ut fra konto"
    "|ut av konto|ut|ud|terheles|spend|spent|debitamount|支出|借方|출금|расход|expense|expenses|payments out|dr"
    "|dr amount",
    "credit": "credit|credits|credit amount|kredit|haber|abono|abonos|credito|creditos|avere|accrediti|accredito"
    "|entrate|entrata|deposit|deposits|deposit amount|deposit amt|paid in|money in|in|inflow|gutschrift|gutschriften"
    "|gutschriftsbetrag|haben|eingang|einnahmen|bij|ontvangen|recette|recettes|ingreso|ingresos|entrada|entradas"
    "|uznania|uznanie|wplata|prijmy|prijem|insattning|inkomst|inn pa konto|inn til konto|inn|ind|jovairas|received"
    "|lodgement|lodgements|receipts|收入|贷方|입금|приход|income|payments in|cr|cr amount",
    "flag": "debit credit indicator|credit debit indicator|debit credit flag|credit debit flag|indicator|direction"
    "|richtung|sens|segno|cdtdbtind|sign|vorzeichen|znamenko|transaction indicator|dc|cd|creditdebet|sollhaben",
    "balance": "running balance|balance|running bal|bal|saldo|kontostand|solde|current balance|account balance"
    "|balance after|saldo na trn|saldo na mutatie|saldo na boeking|saldo po operacji|saldo po transakcji"
    "|saldo despues|saldo contabile|saldo contable|bokfort saldo|bogfort saldo|saldo apos|zustatek|zustatek po"
    "|zostatok|egyenleg|konyvelt egyenleg|ledger balance|closing balance|tagessaldo|saldo nach buchung|余额|残高|잔액"
    "|остаток|bakiye|available balance|ending balance|stand|saldo disponible|saldo disponibile|accountbalance"
    "|guthaben",
    "currency": "currency|account currency|waehrung|wahrung|kontowahrung|buchungswahrung|munt|muntsoort|valutacode"
    "|valuta rekening|valuta|devise|monn|monnaie|moneda|divisa|moeda|waluta rachunku|waluta|mena uctu|mena|ccy|curr"
    "|currency code|valuutta|penznem|devizanem|waluta operacji|币种|валюта",
    "status": "status|booking status|transaction status|state|stav|estado|stato|statut|etat|tila|info|buchungsstatus"
    "|order status|umsatzstatus",
    "bank_id": "transaktionscode|transaction id|transactionid|fitid|unique id|id|transaction reference number"
    "|transactiereferentie|buchungsreferenz|transaktions id|transaktions nr|transaktionsnummer|id transakce"
    "|id operace|id pohybu|n de transaction|numero operacion|numer transakcji|id transakcji|operation number"
    "|balance transaction id|transfer id|bank reference|arkivointitunnus|archive id|entry reference|volgnr|volgnummer"
    "|journalnummer|transaction number|transaction no|movement id",
    "counterparty_account": "counterparty account|counterparty iban|tegenrekening|tegenrekening iban"
    "|tegenrekeningnummer|rekeningnummer tegenpartij|rekening tegenpartij|iban zahlungsbeteiligter|iban tegenpartij"
    "|cislo protiuctu|protiucet|numer rachunku nadawcy|numer rachunku odbiorcy|compte beneficiaire"
    "|compte contrepartie|counterparty|counteraccount number|kontonummer|kontonummer iban|gegenkonto|iban|number"
    "|bank account|numer konta|numer rachunku|cuenta beneficiario|cuenta destino|payee account|beneficiary account"
    "|partner iban|partner account|counter party account|tegenpartij",
    "account": "auftragskonto|iban auftragskonto|iban auftraggeberkonto|auftraggeberkonto|iban bban|own account"
    "|own account number|rekeningnummer|rekening|cislo uctu|numer rachunku|kontonummer|account number|account no"
    "|account|account name|iban|konto|compte|cuenta|conto|account key|accountnum|account num",
    "counterparty": "counterparty name|counterparty|name|payee|payee name|payer|merchant|merchant name|partner name"
    "|beneficiary|recipient|empfanger|auftraggeber empfanger|beguenstigter zahlungspflichtiger|zahlungsempfanger"
    "|begunstigter zahlungspflichtiger|name zahlungsbeteiligter|auftraggeber|naam|naam tegenpartij|naam omschrijving"
    "|naam tegenrekening|tegenpartij|tegenrekeninghouder|handelaar|beneficiaire|nom|contrepartie|beneficiario"
    "|ordenante|controparte|nadawca odbiorca|kontrahent|nazwa odbiorcy|nazwa nadawcy|nazev protiuctu"
    "|nazev protistrany|avsandare|mottagare|motpart|modtager|counteraccount name|partner neve|saaja maksaja|saaja|to"
    "|from|contact|payee payer|對方|отправитель получатель|counter party|naam van de tegenpartij|partner",
    "reference": "kundenreferenz end to end|reference|ref|reference number|check number|cheque number|check|cheque"
    "|check no|cheque no|kundenreferenz|end to end reference|referenz|betalingskenmerk|gestructureerde mededeling"
    "|referencia|riferimento|numero de cheque|variabilni symbol|variable symbol|vs|ocr|kid|referens|sepa reference"
    "|client reference|invoice number|invoice id|payment reference|numero documento|viite|reference client|chq ref no"
    "|chq no|ref no",
    "kind": "transaction type|type|typ|tipo|transaktionstyp|typ transakce|typ transakcji|umsatzart|mutatiesoort"
    "|betaalwijze|art|action|posting text|buchungsart|type verrichting|type betaling|code|reporting category"
    "|transactietype",
    "description": "description|descriptions|details|detail|narrative|narration|memo|label|particulars"
    "|payment details|transaction details|transaction description|transaction remarks|remarks|message|note|notes|text"
    "|tekst|texte|verwendungszweck|buchungstext|buchungsdetails|omschrijving|mededeling|mededelingen|vrije mededeling"
    "|libelle|libelle operation|communication|communications|concepto|detalle|descripcion|observaciones|descrizione"
    "|causale|descrizione operazione|descricao|historico|opis|opis operacji|opis transakcji|tytul|tytul operacji"
    "|szczegoly|szczegoly transakcji|popis|zprava|zprava pro prijemce|poznamka|meddelande|beskrivning|transaktion"
    "|beskrivelse|forklaring|kozlemeny|megjegyzes|vwz|beschreibung|reason|title|subject|item title|purpose|betreff"
    "|zahlungsgrund|remittance information|toelichting|items|selite|viesti|aciklama|security description"
    "|message for payee|message for me|transaktionsbeschreibung|transaktionsbeschreibung zusatz|comments"
    "|bank account details|назначение платежа|описание|摘要|摘要内容|적요",
}
_PHRASES = {role: text.split("|") for role, text in _ROLES.items()}
_EXACT: dict[str, list[tuple[str, int]]] = {}
for _role, _phrases in _PHRASES.items():
    for _rank, _phrase in enumerate(_phrases):
        _EXACT.setdefault(_phrase, []).append((_role, _rank))

_FOREIGN = re.compile(  # what was paid in another currency than the account's
    r"\b(?:original\w*|foreign|fremd\w*|local|oorspr\w*|puvodni|converted|compensation|counter value)\b"
)
_ASIDE = re.compile(  # money, and yet not what moved on the account
    r"\b(?:fees?|commissions?|comm|gebuhr\w*|tax|vat|refund\w*|kurs|umrechnungskurs|rate|exchange|quantity|price|units?"
    r"|subtotal|shipping|insurance|currency|wahrung|waehrung|cashback|kosten|frais|koers|poplatek|interest|limit|tip"
    r"|beginning|initial|opening|discount)\b"
)
_PART_OF_HEADING = (
    "date",
    "value_date",
    "amount",
    "debit",
    "credit",
    "balance",
    "currency",
    "counterparty",
    "description",
)
_WHOLE_HEADING = frozenset(  # words that in a longer heading say nothing
    (
        *("time", "transaction", "to", "from", "name", "note", "notes", "text", "value", "wert", "sum", "net", "total"),
        *("stand", "in", "out", "ut", "ud", "inn", "ind", "af", "bij", "eur", "usd", "gbp", "chf", "dr", "cr"),
        *("partner", "spent", "spend", "details", "detail", "title", "reason", "subject", "items", "message"),
    )
)
_MONEY = {"amount", "debit", "credit", "balance"}
_LONGEST = 60  # characters; what is longer is prose
_UNSURE = 1000  # what a heading that only begins or ends with a phrase is behind one that is the phrase
_TAIL = re.compile(r"(?: \d{1,2})+$|(?<=\D)\d{1,2}$")


def roles_of(heading: str) -> dict[str, int]:
    """The roles a heading may stand for, each with its rank: the smaller, the surer."""
    return _roles_of(heading) if len(heading) <= _LONGEST else {}


@lru_cache(maxsize=2048)
def _roles_of(heading: str) -> dict[str, int]:
    words = plain(heading)
    found: dict[str, int] = {}
    for text in dict.fromkeys((words, _TAIL.sub("", words), _without_currency(heading, words))):
        for role, rank in _EXACT.get(text, ()):
            found.setdefault(role, rank)
    if _names_both_sides(words):
        found["flag"] = 0
    if not found:
        found = _unsurely(_without_currency(heading, words))
    foreign = _FOREIGN.search(words) is not None
    wrong = (_MONEY if foreign or _ASIDE.search(words) else set()) | ({"currency"} if foreign else set())
    return {role: rank for role, rank in found.items() if role not in wrong}


def _names_both_sides(words: str) -> bool:
    """Whether a heading is "D/C", "Soll/Haben", "Af Bij" and the like, in any language."""
    both = words.split()
    return len(both) == 2 and any(out in OUT and back in IN for out, back in (both, both[::-1]))


def _unsurely(words: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for role in _PART_OF_HEADING:
        for rank, phrase in enumerate(_PHRASES[role]):
            if phrase not in _WHOLE_HEADING and (words.startswith(phrase + " ") or words.endswith(" " + phrase)):
                found.setdefault(role, _UNSURE + rank)
    return found


def heading_currency(heading: str) -> str:
    """The ISO code that a heading ends with: EUR for ``"Betrag (EUR)"``; "" where there is none."""
    match = re.search(r"[\s(\[]([A-Z]{3}|[€£])[)\]]?\s*$", heading)
    code = currency_of(match[1]) if match else ""
    return code if code and decimals_of(code) is not None else ""


def _without_currency(heading: str, words: str) -> str:
    code = heading_currency(heading)
    return words.removesuffix(" " + code.lower()) if code else words
