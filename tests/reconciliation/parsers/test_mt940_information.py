"""Field 86 of MT940 in the dialects of the banks."""

import pytest

from reconciliation.parsers.mt940_information import Information, read_information


def said(*lines: str, owner: str = "", details: str = "", old: tuple[str, ...] = ()) -> Information:
    return read_information(lines, owner=owner, details=details, old=old)


def test_numbered_subfields():
    assert said(
        "166?00GUTSCHRIFT?109310?20EREF+INV-4711?21SVWZ+Rent for May?22and June?30PBNKDEFF?31DE42100100100043921105"
        "?32Anna Muster?34997"
    ) == Information(
        description="GUTSCHRIFT Rent for May and June",
        counterparty="Anna Muster",
        account="DE42100100100043921105",
        reference="INV-4711",
        kind="166",
    )


@pytest.mark.parametrize("sign", list("?<>~^|!@"))
@pytest.mark.parametrize("kind", ["", "105"])
def test_any_sign_divides_subfields(sign, kind):
    information = said(f"{kind}{sign}00DEBIT{sign}20Power{sign}21bill{sign}31123{sign}32Works{sign}33& Co")
    assert information == Information("DEBIT Power bill", "Works & Co", "123", "", kind)


def test_subfields_and_lines_go_on_where_they_are_full():
    """27 characters fill a subfield, 65 a line; a blank at the end of either is cut off by the bank."""
    assert (
        said("106?20SVWZ+2019-02-15T20.10 Debit?21k.4 2019-12?22tail").description
        == "2019-02-15T20.10 Debitk.4 2019-12 tail"
    )
    assert said("166?32Empfaenger 1 mit 70 Zeichen?33 und mehr").counterparty == "Empfaenger 1 mit 70 Zeichen und mehr"
    first = "834?00KONTENPOOL?102?20BUCHUNG AUF KTO 7402050699?21BANKLEITZAHL"
    assert len(first) == 64
    assert said(first, "60050101?3060050101").description.endswith("BANKLEITZAHL 60050101")
    assert said(
        "109?00SEPA-LASTSCHR. RETOURE CORE?109075/629?20EREF+A1.200080779.", "400143254?21.4?2", "2x"
    ).reference == ("A1.200080779.400143254.4 x")


def test_identifiers_of_sepa():
    information = said(
        "105?00FOLGELASTSCHRIFT?20EREF+E-1?21KREF+K-2?22MREF+M-3?23CRED+DE98ZZZ09999999999?24SVWZ+Internet"
        "?25ABWA+Other Payer?31DE1?32Provider"
    )
    assert information.reference == "E-1"
    assert information.description == "FOLGELASTSCHRIFT Internet Other Payer MREF+M-3 CRED+DE98ZZZ09999999999 KREF+K-2"


def test_an_identifier_begins_even_behind_a_full_subfield():
    full = "EREF+" + "E" * 22
    assert len(full) == 27
    information = said(f"166?20{full}?2122?22SVWZ+text")
    assert (information.reference, information.description) == ("E" * 22 + "22", "text")
    information = said(f"166?20{full}?21SVWZ+text")
    assert (information.reference, information.description) == ("E" * 22, "text")


def test_identifiers_with_a_colon_within_the_text():
    information = said("166?20EREF: E-1 MREF: M-3 SVWZ: Lunch?21IBAN: DE42 BIC: PBNK?32Anna")
    assert information == Information("Lunch MREF+M-3", "Anna", "DE42", "E-1", "166")


def test_the_bank_speaks_behind_mtlg():
    information = said("159?00RETOURE?20EREF+T-5?21MTLG:Konto gesperrt?34903")
    assert (information.reference, information.description) == ("T-5", "RETOURE Konto gesperrt")


def test_who_pays_for_another_stands_in_where_the_holder_is_not_named():
    assert said("166?20SVWZ+x?21ABWA+Real Payer").counterparty == "Real Payer"
    assert said("166?20SVWZ+x?21ABWE+Real Payee").counterparty == "Real Payee"


@pytest.mark.parametrize(
    ("purpose", "owner", "reference"),
    [
        ("EREF+E-1", "INV-1", "E-1"),
        ("EREF+NOTPROVIDED", "INV-1", "INV-1"),
        ("EREF+NOTPROVIDED?21KREF+K-2", "NONREF", "K-2"),
        ("KREF+K-2", "KREF+", "K-2"),
        ("KREF+K-2", "INV-1", "INV-1"),
        ("x", "EREF", ""),
        ("x", "NONREF", ""),
    ],
)
def test_the_reference_is_the_payers_before_the_owners(purpose, owner, reference):
    assert said(f"166?20{purpose}", owner=owner).reference == reference


def test_code_words():
    assert said(
        "/TRTP/SEPA OVERBOEKING/IBAN/NL71RABO0123456789/BIC/RABONL2U/NAME/", "TT TEST/REMI/OWN MO", "NEY/EREF/E-1"
    ) == Information("SEPA OVERBOEKING OWN MO NEY".replace("MO NEY", "MONEY"), "TT TEST", "NL71RABO0123456789", "E-1")


def test_code_words_without_value():
    information = said(
        "/EREF/E-1/BENM//NAME/CONTRA ACCOUN", "T HOLDER/REMI//ISDT/2013-07-11", details="NL70ABNA0987654321"
    )
    assert information == Information("", "CONTRA ACCOUNT HOLDER", "NL70ABNA0987654321", "E-1")


def test_code_words_of_a_direct_debit():
    information = said(
        "/EREF/NOTPROVIDED//MARF/M-3//CSID/NL12ZZZ091234560000//CNTP/NL32INGB0000012345/INGBNL2A/ING Bank/AMSTERDAM//"
        "REMI/USTD//fees of May/"
    )
    assert information == Information(
        "fees of May MARF M-3 CSID NL12ZZZ091234560000", "ING Bank", "NL32INGB0000012345", ""
    )


def test_a_structured_reference_among_code_words():
    assert said("/REMI/STRD/CUR/9001123000000000/").description == "9001123000000000"
    assert said("/ORDP/JANE/PREF/P-4/").reference == "P-4"
    assert said("/ORDP/JANE/PREF/P-4/").counterparty == "JANE"


def test_slashes_alone_are_no_code_words():
    assert said("/home/of/the/brave/").description == "/home/of/the/brave/"
    assert said("24/7 SHOP /NAME/").description == "24/7 SHOP /NAME/"


def test_old_numbered_lines():
    information = said(old=("01first purpose", "02second", "15Anna", "16Muster", "17TRANSFER", "191000"), owner="R-1")
    assert information == Information("TRANSFER first purpose second", "Anna Muster", "", "R-1")


def test_a_plain_text_that_begins_with_the_other_account():
    lines = ("NL47INGB9999999999 hr gjlm paulissen", " " * 65, "Betaling sieraden".ljust(65), " " * 65)
    assert said(*lines, owner="NL47INGB9999999999", details="hr gjlm paulissen") == Information(
        "Betaling sieraden", "hr gjlm paulissen", "NL47INGB9999999999"
    )
    assert said("0987654321 marechal s", "", "dit is een test", owner="0987654321") == Information(
        "dit is een test", "marechal s", "0987654321"
    )
    assert said("NL47INGB9999999999 a name only", owner="INV-1") == Information(
        "a name only", "a name only", "NL47INGB9999999999", "INV-1"
    )


def test_an_account_in_field_61():
    assert said(" ", "Kosten", owner="NL47INGB9999999999") == Information("Kosten", "", "NL47INGB9999999999")


def test_a_plain_text_over_several_lines():
    full = "GIRO AUS ONLINE-SIC 80701 AUFTRAGGEBER: XXXXXXXXX XXX XXXXXXXXSTR"
    assert len(full) == 65
    assert said(full, "ASSE 111", "MITTEILUNGEN:  X").description == full + "ASSE 111 MITTEILUNGEN: X"


@pytest.mark.parametrize(
    ("text", "details", "description"),
    [
        ("", "911-TRANSAKCJA", "911-TRANSAKCJA"),
        ("fees", "/OCMT/EUR11,85/", "fees /OCMT/EUR11,85/"),
        ("paid by marechal s today", "marechal s", "paid by marechal s today"),
        ("paid 12", "1", "paid 12 1"),
    ],
)
def test_supplementary_details_are_told_where_they_are_news(text, details, description):
    assert said(text, details=details).description == description


def test_a_phone_number_is_no_subfield():
    assert said("+48 123 456").description == "+48 123 456"
    assert said("911 TRANSAKCJA COLLECT").description == "911 TRANSAKCJA COLLECT"
