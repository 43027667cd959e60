"""More banks, one export each, to be checked by eye: what moved, what is a problem, what was held at last."""

from decimal import Decimal
from typing import NamedTuple

import pytest

from tests.reconciliation.parsers.csv_cases import amounts, balances, lines, money, problems, refusal


class Bank(NamedTuple):
    """An export and what it says. ``closing`` is "" where it has no running balance."""

    export: str
    amounts: tuple[str, ...]
    texts: tuple[str, ...]
    closing: str = ""
    problems: tuple[tuple[int, str], ...] = ()


BANKS = {
    "Knab": Bank(
        "KNAB EXPORT;;;;;;;;;\n"
        "Rekeningnummer;Transactiedatum;Valutacode;CreditDebet;Bedrag;Tegenrekeninghouder;Valutadatum;Omschrijving;Boekdatum;\n"
        "NL1KNAB01;15-01-2024;EUR;D;12,50;Shop BV;15-01-2024;Bestelling;15-01-2024;\n"
        "NL1KNAB01;16-01-2024;EUR;C;100,00;Werk BV;16-01-2024;Salaris;16-01-2024;\n",
        ("-12.50", "100.00"),
        ("Bestelling", "Salaris"),
    ),
    "UBS, newest first, negative debits": Bank(
        "Kontonummer:;0234;\nAnfangssaldo:;1000.00;\nBewertet in:;CHF;\n\n"
        "Abschlussdatum;Abschlusszeit;Buchungsdatum;Valutadatum;Währung;Belastung;Gutschrift;Saldo;Beschreibung1;Beschreibung2;\n"
        "2024-01-31;10:00:00;2024-01-31;2024-01-31;CHF;-20.55;;1079.45;Migros;Zürich;\n"
        "2024-01-30;;2024-01-30;2024-01-30;CHF;;100.00;1100.00;Chef;Lohn;\n",
        ("-20.55", "100.00"),
        ("Migros Zürich", "Chef Lohn"),
        "1079.45",
    ),
    "SwissCard, purchases positive": Bank(
        "Transaktionsdatum,Beschreibung,Kartennummer,Währung,Betrag,Debit/Kredit,Status,Kategorie\n"
        "31.01.2024,Migros,XXXX1,CHF,20.55,Debit,Gebucht,Food\n"
        "30.01.2024,Zahlung,XXXX1,CHF,-100.00,Kredit,Gebucht,Zahlung\n",
        ("-20.55", "100.00"),
        ("Migros", "Zahlung"),
    ),
    "BNP Paribas Fortis": Bank(
        "Volgnummer;Uitvoeringsdatum;Valutadatum;Bedrag;Valuta rekening;Rekeningnummer;Verrichting;Details;Status\n"
        "2024-00001;15/01/2024;15/01/2024;-12,50;EUR;BE11;Kaartbetaling;BETALING MET KAART;Geaccepteerd\n"
        "2024-00002;16/01/2024;16/01/2024;-5,50;EUR;BE11;Domiciliëring;ENERGIE;Geweigerd\n",
        ("-12.50",),
        ("BETALING MET KAART",),
        problems=((3, "declined"),),
    ),
    "Danske Bank": Bank(
        '"Dato";"Kategori";"Underkategori";"Tekst";"Beløb";"Saldo";"Status";"Afstemt"\n'
        '"15.01.2024";"Mad";"Super";"NETTO";"-100,00";"900,00";"Udført";"Nej"\n'
        '"16.01.2024";"Mad";"Super";"BRUGSEN";"-50,00";"850,00";"Udført";"Nej"\n'
        '"17.01.2024";"Mad";"Super";"NETTO";"-50,00";"";"Venter";"Nej"\n',
        ("-100.00", "-50.00"),
        ("NETTO", "BRUGSEN"),
        "850.00",
        ((4, "pending"),),
    ),
    "Nordea, newest first": Bank(
        "Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta\n"
        "Reserverat;-20,00;1234;;PRESSBYRÅN;PRESSBYRÅN;;SEK\n"
        "2024/01/16;-100,00;1234;;;ICA MAXI;900,00;SEK\n"
        "2024/01/15;500,00;;1234;;Lön;1000,00;SEK\n",
        ("-100.00", "500.00"),
        ("ICA MAXI", "Lön"),
        "900.00",
        ((2, "pending"),),
    ),
    "Ulster Bank, blanks before headings": Bank(
        "Date, Type, Description, Value, Balance, Account Name, Account Number\n"
        '31/07/2019,POS,"8656 30JUL19 C , LUAS TRANSDEV",-3.70,96.30,"A NAME","12345678"\n'
        '01/08/2019,POS,"8656 31JUL19 C , SPAR",-6.30,90.00,"A NAME","12345678"\n',
        ("-3.70", "-6.30"),
        ("8656 30JUL19 C , LUAS TRANSDEV", "8656 31JUL19 C , SPAR"),
        "90.00",
    ),
    "AIB": Bank(
        "Posted Account, Posted Transactions Date, Description1, Description2, Debit Amount, Credit Amount,Balance,"
        "Posted Currency,Transaction Type,Local Currency Amount,Local Currency\n"
        '"123","15/01/2024","TESCO","DUBLIN","12.50",,"987.50",EUR,"Debit"," 12.50",EUR\n'
        '"123","16/01/2024","PAY","",,"100.00","1,087.50",EUR,"Credit","100.00",EUR\n',
        ("-12.50", "100.00"),
        ("TESCO DUBLIN", "PAY"),
        "1087.50",
    ),
    "HDFC, Indian thousands": Bank(
        "Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance\n"
        "15/01/24,UPI-X,0000123,15/01/24,250.00,,9750.00\n"
        '16/01/24,NEFT,0000124,16/01/24,,"1,00,000.00","1,09,750.00"\n',
        ("-250.00", "100000.00"),
        ("UPI-X", "NEFT"),
        "109750.00",
    ),
    "N26": Bank(
        '"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name",'
        '"Amount (EUR)","Original Amount","Original Currency","Exchange Rate"\n'
        '2024-01-15,2024-01-15,Shop,,"MasterCard Payment","Order 7","Main Account",-12.50,13.5,USD,1.08\n'
        '2024-01-16,2024-01-16,Chef,DE12500105170648489890,"Income",Lohn,"Main Account",100.0,,,\n',
        ("-12.50", "100.0"),
        ("Order 7", "Lohn"),
    ),
    "PayPal": Bank(
        '"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Gebühr","Netto","Transaktionscode","Guthaben"\n'
        '"15.01.2024","10:00:00","CET","Shop","Zahlung","Abgeschlossen","EUR","-12,50","0,00","-12,50","T1","87,50"\n'
        '"16.01.2024","10:00:00","CET","Kunde","Zahlung","Abgeschlossen","EUR","10,00","-0,50","9,50","T2","97,00"\n',
        ("-12.50", "9.50"),
        ("Shop", "Kunde"),
        "97.00",
    ),
    "Boursorama, comma in amounts and point in balances": Bank(
        "dateOp;dateVal;label;category;supplierFound;amount;comment;accountNum;accountbalance\n"
        "2024-01-15;2024-01-15;CARTE X;Alim;x;-12,50;;00012;987.50\n"
        "2024-01-16;2024-01-16;VIR Y;Alim;y;100,00;;00012;1087.50\n",
        ("-12.50", "100.00"),
        ("CARTE X", "VIR Y"),
        "1087.50",
    ),
    "Fineco": Bank(
        "Data_Operazione;Data_Valuta;Entrate;Uscite;Descrizione;Descrizione_Completa;Stato\n"
        "15/01/2024;15/01/2024;;-12,50;Pagamento;POS;Contabilizzato\n"
        "16/01/2024;16/01/2024;100,00;;Bonifico;Stipendio;Contabilizzato\n",
        ("-12.50", "100.00"),
        ("Pagamento POS", "Bonifico Stipendio"),
    ),
    "Santander": Bank(
        "FECHA OPERACIÓN;FECHA VALOR;CONCEPTO;IMPORTE EUR;SALDO\n"
        "15/01/2024;15/01/2024;Compra;-12,50;987,50\n16/01/2024;16/01/2024;Nomina;1.000,00;1.987,50\n",
        ("-12.50", "1000.00"),
        ("Compra", "Nomina"),
        "1987.50",
    ),
    "UOB": Bank(
        "United Overseas Bank\nAccount Number:,123\nStatement Period:,01 Jan 2024 To 31 Jan 2024\n\n"
        "Transaction Date,Transaction Description,Withdrawal,Deposit,Available Balance\n"
        "15 Jan 2024,NETS,12.50,0.00,987.50\n14 Jan 2024,PAY,0.00,1000.00,1000.00\n",
        ("-12.50", "1000.00"),
        ("NETS", "PAY"),
        "987.50",
    ),
}


@pytest.mark.parametrize("name", BANKS)
def test_the_export_of_a_bank(name):
    bank = BANKS[name]
    assert amounts(bank.export) == money(*bank.amounts)
    assert tuple(line.description for line in lines(bank.export)) == bank.texts
    assert balances(bank.export).get("closing", "") == (Decimal(bank.closing) if bank.closing else "")
    assert tuple(problems(bank.export)) == bank.problems


def test_two_decimal_signs_among_the_amounts_are_left_to_a_person():
    export = "Date;Text;Debit;Credit\n2024-01-15;a;1,50;\n2024-01-16;b;;2.50\n"
    assert refusal(export) == "decimal_sign_unclear"
    assert problems(export, {"decimal": ","}) == [(3, "amount_unreadable")]
