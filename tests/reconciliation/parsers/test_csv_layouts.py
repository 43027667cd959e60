"""Columns are found in the layouts of banks from many countries, with headings and without. The rows are made up."""

import pytest

from reconciliation.parsers.csv_guessing import guess
from reconciliation.parsers.items import Section
from tests.reconciliation.parsers.csv_cases import amounts, balances, items, lines, money, problems, refusal

SEED = """\
Date,Description,Amount,Balance
2024-01-15,Deposit,$500.00,$15750.00
2024-01-16,Check #1234,-$250.00,$15500.00
"""
ING = """\
"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","MutatieSoort","Mededelingen"
"20240115","Albert Heijn","NL04INGB0704279991","","BA","Af","12,50","Betaalautomaat","Pasvolgnr: 001"
"20240116","J. Jansen","NL04INGB0704279991","NL77RABO0311467415","GT","Bij","100,00","Internetbankieren","Terug"
"""
DKB = """\
"Girokonto";"DE12345678901234567890"
"Kontostand vom 30.06.2024:";"1.234,56 €"
""
"Buchungsdatum";"Wertstellung";"Status";"Zahlungsempfänger*in";"Verwendungszweck";"IBAN";"Betrag (€)";"Kundenreferenz"
"28.06.24";"29.06.24";"Gebucht";"REWE SAGT DANKE";"VISA Debitkartenumsatz";"DE12";"-12,35";"48"
"27.06.24";"";"Vorgemerkt";"EDEKA";"VISA Debitkartenumsatz";"DE12";"-1.002,35";"49"
"""
BANK_OF_AMERICA = """\
Description,,Summary Amt.
Beginning balance as of 01/01/2024,,"1,000.00"
Total credits,,"500.00"
Ending balance as of 01/31/2024,,"1,300.00"

Date,Description,Amount,Running Bal.
01/01/2024,Beginning balance as of 01/01/2024,,"1,000.00"
01/15/2024,"PAYROLL","500.00","1,500.00"
01/20/2024,"RENT","-200.00","1,300.00"
"""
REVOLUT = """\
Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
CARD_PAYMENT,Current,2024-01-15 10:00:00,2024-01-16 09:00:00,Coffee,-3.50,0.00,EUR,COMPLETED,96.50
CARD_PAYMENT,Current,2024-01-17 10:00:00,,Hotel,-80.00,0.00,EUR,PENDING,
CARD_PAYMENT,Current,2024-01-17 10:00:00,,Hotel,-80.00,0.00,EUR,REVERTED,
TOPUP,Current,2024-01-18 10:00:00,2024-01-18 10:00:05,Top up,50.00,0.00,EUR,COMPLETED,146.50
"""
SWEDBANK = """\
* Transaktionsrapport Period: 2024-01-01 - 2024-01-31 Skapad: 2024-02-01
Radnummer,Kontonummer,Produkt,Valuta,Bokföringsdag,Transaktionsdag,Valutadag,Referens,Beskrivning,Belopp,Bokfört saldo
1,1234567,Privatkonto,SEK,2024-01-31,2024-01-30,2024-01-31,"ICA","ICA Maxi",-123.45,876.55
2,1234567,Privatkonto,SEK,2024-01-30,2024-01-29,2024-01-30,"Lön","Lön AB",1000.00,1000.00
"""
VOLKSBANK = """\
Buchungstag;Valuta;Empfänger/Zahlungspflichtiger;Vorgang/Verwendungszweck;Kundenreferenz;Währung;Umsatz;
15.01.2024;15.01.2024;Stadtwerke;Strom;;EUR;50,00;S
16.01.2024;16.01.2024;Chef;Lohn;;EUR;1.000,00;H

31.01.2024;;;;Anfangssaldo;EUR;100,00;H
31.01.2024;;;;Endsaldo;EUR;1.050,00;H
"""
ZKB = """\
"Datum";"Buchungstext";"ZKB-Referenz";"Referenznummer";"Belastung CHF";"Gutschrift CHF";"Valuta";"Saldo CHF"
"31.01.2024";"Einkauf Migros";"L1";"";"20.55";"";"31.01.2024";"1'179.45"
"30.01.2024";"Gutschrift";"Z2";"";"";"1'200.00";"30.01.2024";"1'200.00"
"""
BRADESCO = """\
Data;Histórico;Docto.;Crédito (R$);Débito (R$);Saldo (R$);
15/01/2024;TRANSFERENCIA PIX;123;1.500,00;;2.500,00;
20/01/2024;PAGTO ELETRON;124;;-300,00;2.200,00;
;;Total;1.500,00;-300,00;2.200,00;
"""
MBANK = """\
#Data operacji;#Data księgowania;#Opis operacji;#Tytuł;#Nadawca/Odbiorca;#Numer konta;#Kwota;#Saldo po operacji;
2024-01-14;2024-01-15;ZAKUP PRZY UŻYCIU KARTY;"BIEDRONKA";"";'';-12,50;987,50;
2024-01-16;2024-01-16;PRZELEW;"pensja";"FIRMA";'12345';5 000,00;5 987,50;
"""
MINT = """\
"Date","Description","Amount","Transaction Type","Category","Account Name"
"1/31/2024","Coffee","4.50","debit","Food","Checking"
"1/30/2024","Pay","100.00","credit","Income","Checking"
"""
ALIOR = """\
Kryteria transakcji: od 2024-01-01
Data transakcji;Data księgowania;Nazwa nadawcy;Nazwa odbiorcy;Szczegóły transakcji;Kwota operacji;Waluta operacji;\
Kwota w walucie rachunku;Waluta rachunku
15-01-2024;16-01-2024;Jan;Hotel;Nocleg;-100,00;EUR;-435,20;PLN
"""
RUSSIAN = "Дата;Описание;Сумма;Остаток\n15.01.2024;Хлеб;-50,00;950,00\n16.01.2024;Зарплата;1000,00;1950,00\n"
JAPANESE = '日付,摘要,金額,残高\n2024/01/15,コーヒー,"-1,500","98,500"\n2024/01/16,給料,"250,000","348,500"\n'


@pytest.mark.parametrize(
    ("statement", "currency", "expected"),
    [
        (SEED, "USD", ("500.00", "-250.00")),
        (ING, "EUR", ("-12.50", "100.00")),
        (DKB, "EUR", ("-12.35",)),
        (BANK_OF_AMERICA, "USD", ("500.00", "-200.00")),
        (REVOLUT, "EUR", ("-3.50", "50.00")),
        (SWEDBANK, "SEK", ("-123.45", "1000.00")),
        (VOLKSBANK, "EUR", ("-50.00", "1000.00")),
        (ZKB, "CHF", ("-20.55", "1200.00")),
        (BRADESCO, "BRL", ("1500.00", "-300.00")),
        (MBANK, "PLN", ("-12.50", "5000.00")),
        (MINT, "USD", ("-4.50", "100.00")),
        (ALIOR, "PLN", ("-435.20",)),
        (RUSSIAN, "RUB", ("-50.00", "1000.00")),
        (JAPANESE, "JPY", ("-1500", "250000")),
    ],
)
def test_amounts_of_a_known_bank(statement, currency, expected):
    assert amounts(statement, currency=currency) == money(*expected)


def test_the_sample_of_the_guide_works_as_it_stands():
    first, second = lines(SEED, currency="USD")
    assert (first.date.isoformat(), first.description, str(first.amount), str(first.balance)) == (
        *("2024-01-15", "Deposit", "500.00", "15750.00"),
    )
    assert (second.place, second.description, str(second.amount)) == (3, "Check #1234", "-250.00")
    assert balances(SEED) == {"opening": money("15250.00")[0], "closing": money("15500.00")[0]}


def test_every_column_of_a_line_is_found():
    line = lines(ING)[1]
    assert (line.counterparty, line.counterparty_account, line.kind, line.description) == (
        *("J. Jansen", "NL77RABO0311467415", "GT", "Terug"),
    )
    assert items(ING)[0] == Section(account="NL04INGB0704279991", currency="EUR")
    line = lines(DKB)[0]
    assert (line.counterparty, line.reference, line.value_date.isoformat()) == ("REWE SAGT DANKE", "48", "2024-06-29")
    line = lines(SWEDBANK)[0]
    assert (line.date.isoformat(), line.reference, line.description) == ("2024-01-31", "ICA", "ICA Maxi")


def test_rows_that_a_bank_has_not_booked_are_problems():
    assert problems(DKB) == [(6, "pending")]
    assert problems(REVOLUT) == [(3, "pending"), (4, "declined")]


def test_balances_among_the_movements_are_no_movements():
    assert problems(BANK_OF_AMERICA) == []
    assert balances(BANK_OF_AMERICA) == {"opening": money("1000.00")[0], "closing": money("1300.00")[0]}
    assert problems(VOLKSBANK) == [(5, "balance_restated"), (6, "balance_restated")]


def test_the_booking_date_goes_before_the_date_of_purchase():
    assert guess(MBANK.encode()).date == "#Data księgowania"
    assert guess(REVOLUT.encode()).date == "Completed Date"


def test_the_amount_in_the_currency_of_the_account_goes_before_the_foreign_one():
    assert guess(ALIOR.encode()).to_json()["amount"] == "Kwota w walucie rachunku"
    statement = "Date,Text,Original Amount,Amount\n2024-01-15,a,9.00,1.50\n"
    assert amounts(statement) == money("1.50")
    statement = "Date,Text,Amount (USD),Amount (EUR)\n2024-01-15,a,9.00,1.50\n"
    assert amounts(statement, currency="EUR") == money("1.50")
    assert amounts(statement, currency="USD") == money("9.00")


def test_the_net_amount_goes_before_gross_and_fee():
    assert amounts("Date,Name,Gross,Fee,Net\n2024-01-15,a,10.00,-0.59,9.41\n") == money("9.41")


NO_HEADER = {
    "one amount": ("15/01/24,-12.50,COFFEE SHOP\n16/01/24,100.00,SALARY\n", ("-12.50", "100.00")),
    "currency and two dates": (
        "AT1;Karte;15.01.2024;14.01.2024;-12,50;EUR\nAT1;Gehalt;16.01.2024;16.01.2024;+1.100,00;EUR\n",
        ("-12.50", "1100.00"),
    ),
    "flags": ("15.01.2024;Karte;12,50;S\n16.01.2024;Gehalt;100,00;H\n", ("-12.50", "100.00")),
    "amount and balance": (
        "15 Jan 24,-12.50,,MISC,COFFEE,987.50\n16 Jan 24,-20.00,,MISC,LUNCH,967.50\n17 Jan 24,9.00,,MISC,PAY,976.50\n",
        ("-12.50", "-20.00", "9.00"),
    ),
    "debit, credit and balance": (
        "01/15/2024,A,4.50,,995.50\n01/16/2024,B,,1000.00,1995.50\n01/17/2024,C,500.00,,1495.50\n",
        ("-4.50", "1000.00", "-500.00"),
    ),
    "credit, debit and balance, newest first": (
        "01/17/2024,C,,500.00,1495.50\n01/16/2024,B,1000.00,,1995.50\n01/15/2024,A,,4.50,995.50\n",
        ("-500.00", "1000.00", "-4.50"),
    ),
}


@pytest.mark.parametrize("name", NO_HEADER)
def test_a_file_without_headings_is_read_by_its_cells(name):
    statement, expected = NO_HEADER[name]
    assert amounts(statement) == money(*expected)
    assert guess(statement.encode()).header is False


@pytest.mark.parametrize(
    "statement",
    [
        "01/15/2024,A,4.50,\n01/16/2024,B,,1000.00\n",  # which is out, which in?
        "01/15/2024,A,4.50,7.00\n01/16/2024,B,5.50,8.00\n",
        "Date,Zzz,Yyy\n2024-01-15,4.50,7.00\n",
    ],
)
def test_amounts_that_nothing_tells_apart_are_refused_and_a_person_decides(statement):
    assert refusal(statement) == "columns_unclear"
    assert refusal(statement, {"amount": 3}) == ""


def test_a_cell_that_slipped_into_another_column_does_not_make_the_amounts_unclear():
    rows = "".join(f"2024-01-{day:02d};x;1,50;;\n" for day in range(1, 29))
    assert len(amounts(f"{rows}2024-01-29;x;2,50;7,00;\n")) == 29


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Date,Text,Debit,Credit\n2024-01-15,a,4.50,\n2024-01-16,b,,9.00\n", ("-4.50", "9.00")),
        ("Date,Text,Debit,Credit\n2024-01-15,a,-4.50,\n2024-01-16,b,,9.00\n", ("-4.50", "9.00")),
        ("Date,Text,Debit,Credit\n2024-01-15,a,4.50,0.00\n2024-01-16,b,0.00,9.00\n", ("-4.50", "9.00")),
        ("Date,Text,Debit,Credit\n2024-01-15,a,4.50,-\n2024-01-16,b,-,9.00\n", ("-4.50", "9.00")),
        ("Date,Text,Debit,Credit\n2024-01-15,a,0.00,0.00\n2024-01-16,b,3.00,\n", ("0.00", "-3.00")),
        # A minus among debits without one takes the debit back.
        (
            "Date,Text,Debit,Credit\n2024-01-15,a,4.50,\n2024-01-16,b,3.00,\n2024-01-17,c,-4.50,\n",
            ("-4.50", "-3", "4.50"),
        ),
        ("Date,Text,Withdrawal\n2024-01-15,a,4.50\n", ("-4.50",)),
        ("Date,Text,Amount,Debit,Credit\n2024-01-15,a,4.50,4.50,\n2024-01-16,b,9.00,,9.00\n", ("-4.50", "9.00")),
        ("Date,Text,Amount,Debit,Credit\n2024-01-15,a,-4.50,4.50,\n2024-01-16,b,9.00,,9.00\n", ("-4.50", "9.00")),
        ("Date,Text,Amount,D/C\n2024-01-15,a,4.50,D\n2024-01-16,b,9.00,C\n", ("-4.50", "9.00")),
        ("Date,Text,Amount,D/C\n2024-01-15,a,4.50,D\n2024-01-16,b,-9.00,C\n", ("-4.50", "9.00")),
        ("Date,Text,Amount,Sign\n2024-01-15,a,4.50,-\n2024-01-16,b,9.00,+\n", ("-4.50", "9.00")),
        # Signed already: what the flags say is not done twice, and not trusted more.
        ("Date,Text,Amount,Type\n2024-01-15,a,-4.50,DEBIT\n2024-01-16,b,9.00,CREDIT\n", ("-4.50", "9.00")),
        ("Date,Text,Amount,Type\n2024-01-15,a,-4.50,D\n2024-01-16,b,9.00,D\n", ("-4.50", "9.00")),
        ("Date,Text,Amount,Type\n2024-01-15,a,4.50,Debit\n2024-01-16,b,9.00,Credit\n", ("-4.50", "9.00")),
        ("Date,Text,Amount,Type\n2024-01-15,a,4.50,Purchase\n2024-01-16,b,9.00,Sale\n", ("4.50", "9.00")),
    ],
)
def test_the_sign_of_an_amount(statement, expected):
    assert amounts(statement) == money(*expected)


def test_negate_turns_every_sign_round():
    for statement, expected in NO_HEADER.values():
        assert amounts(statement, {"negate": True, "balance": 0} | dict(_columns(statement))) == [
            -amount for amount in money(*expected)
        ]


def _columns(statement: str) -> list[tuple[str, object]]:
    told = guess(statement.encode()).to_json()
    return [(name, told[name]) for name in ("amount", "debit", "credit", "flag") if name in told]


@pytest.mark.parametrize(
    "flag", ["D", "Debit", "DR", "S", "Soll", "Af", "-", "Debet", "Out", "DBIT", "Débit", "Belastung"]
)
def test_words_for_money_out(flag):
    assert amounts(f"Date,Text,Amount,D/C\n2024-01-15,a,4.50,{flag}\n") == money("-4.50")


@pytest.mark.parametrize("flag", ["C", "Credit", "CR", "H", "Haben", "Bij", "+", "Kredit", "In", "CRDT", "Crédit", "K"])
def test_words_for_money_in(flag):
    assert amounts(f"Date,Text,Amount,D/C\n2024-01-15,a,4.50,{flag}\n") == money("4.50")


def test_a_column_of_ids_is_one_only_where_no_id_comes_twice():
    assert lines("Date,Text,Amount,Transaction ID\n2024-01-15,a,1.50,x1\n2024-01-15,b,2.50,x2\n")[0].bank_id == "x1"
    assert lines("Date,Text,Amount,Transaction ID\n2024-01-15,a,1.50,x1\n2024-01-15,b,2.50,x1\n")[0].bank_id == ""


def test_parts_of_a_description_are_joined_and_blanks_squeezed():
    statement = "Datum;VWZ1;VWZ2;VWZ3;Betrag\n31.01.2024;SEPA  Lastschrift; Rechnung ;;-1,50\n"
    assert lines(statement)[0].description == "SEPA Lastschrift Rechnung"
    assert guess(statement.encode()).description == ("VWZ1", "VWZ2", "VWZ3")


def test_without_a_description_the_other_party_stands_for_it():
    assert lines("Date,Merchant Name,Amount\n2024-01-15,Cafe,1.50\n")[0].description == "Cafe"
