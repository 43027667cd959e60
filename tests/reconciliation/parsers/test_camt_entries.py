"""The entries of CAMT files and the payments within them, rule by rule."""

import pytest

from reconciliation.parsers.items import Line
from tests.reconciliation.parsers.camt_files import (
    ACCOUNT,
    document,
    entry,
    items,
    lines,
    paid,
    party,
    payment,
    problems,
)


@pytest.mark.parametrize(
    ("direction", "reversal", "amount"),
    [
        ("CRDT", "", "5.00"),
        ("DBIT", "", "-5.00"),
        ("CRDT", "true", "5.00"),
        ("DBIT", "true", "-5.00"),
        ("DBIT", "false", "-5.00"),
    ],
)
def test_the_indicator_gives_the_sign_of_reversals_too(direction, reversal, amount):
    given = f"<CdtDbtInd>{direction}</CdtDbtInd>" + (f"<RvslInd>{reversal}</RvslInd>" if reversal else "")
    assert [str(line.amount) for line in lines(entry(direction=given))] == [amount]


@pytest.mark.parametrize(
    ("dates", "date", "value_date"),
    [
        ("<BookgDt><DtTm>2024-01-31T23:30:00-05:00</DtTm></BookgDt>", "2024-01-31", None),
        ("<BookgDt><DtTm>2024-01-31T00:30:00.000+02:00</DtTm></BookgDt>", "2024-01-31", None),
        ("<BookgDt><Dt>2024-01-31+01:00</Dt></BookgDt>", "2024-01-31", None),
        ("<ValDt><Dt>2024-01-30</Dt></ValDt>", "2024-01-30", "2024-01-30"),
        ("<BookgDt><Dt>\n2024-01-31 </Dt></BookgDt><ValDt><Dt>2024-02-01</Dt></ValDt>", "2024-01-31", "2024-02-01"),
    ],
)
def test_dates_are_the_digits_that_are_written(dates, date, value_date):
    (line,) = lines(entry(dates=dates))
    assert line.date.isoformat() == date
    assert (line.value_date and line.value_date.isoformat()) == value_date


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"status": "<Sts>PDNG</Sts>"}, "not_booked"),
        ({"status": "<Sts>INFO</Sts>"}, "not_booked"),
        ({"status": "<Sts><Cd>PDNG</Cd></Sts>"}, "not_booked"),
        ({"status": "<Sts><Cd>FUTR</Cd></Sts>"}, "not_booked"),
        ({"status": "<Sts><Prtry>reserved</Prtry></Sts>"}, "not_booked"),
        ({"currency": " Ccy='USD'"}, "other_currency"),
        ({"currency": ""}, "other_currency"),
        ({"amount": ""}, "amount_missing"),
        ({"amount": "-5"}, "amount_unreadable"),
        ({"amount": "1,5"}, "amount_unreadable"),
        ({"amount": "5.005"}, "amount_too_precise"),
        ({"amount": "9" * 20}, "amount_out_of_range"),
        ({"direction": ""}, "direction_missing"),
        ({"direction": "<CdtDbtInd>C</CdtDbtInd>"}, "direction_missing"),
        ({"dates": ""}, "date_missing"),
        ({"dates": "<BookgDt/>"}, "date_unreadable"),
        ({"dates": "<BookgDt><Dt>05.01.2024</Dt></BookgDt>"}, "date_unreadable"),
        ({"dates": "<BookgDt><Dt>2024-02-30</Dt></BookgDt>"}, "date_unreadable"),
        ({"dates": "<BookgDt><Dt>2024-01-05</Dt></BookgDt><ValDt><Dt>x</Dt></ValDt>"}, "date_unreadable"),
    ],
)
def test_an_entry_that_cannot_be_used_is_a_problem_and_no_line(changed, code):
    assert problems(ACCOUNT + entry() + entry(**changed)) == [(2, code)]
    assert len(lines(entry(**changed))) == 0


@pytest.mark.parametrize(
    "status", ["<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>", "<Sts>\n  <Cd>BOOK</Cd>\n</Sts>", ""]
)
def test_booked_in_old_and_new_versions(status):
    assert len(lines(entry(status=status))) == 1


def test_five_decimals_are_fine_where_they_are_zeros():
    assert [str(line.amount) for line in lines(entry("18.15000"))] == ["18.15"]


def test_references():
    refs = "<Refs><AcctSvcrRef>D-1</AcctSvcrRef><EndToEndId>{}</EndToEndId><ChqNb>{}</ChqNb></Refs>"
    (line,) = lines(entry(more="<AcctSvcrRef>A-1</AcctSvcrRef>", payments=payment(refs=refs.format("E-1", "100"))))
    assert (line.bank_id, line.reference) == ("A-1", "E-1")
    (line,) = lines(entry(payments=payment(refs=refs.format("NOTPROVIDED", "100"))))
    assert (line.bank_id, line.reference) == ("D-1", "100")
    (line,) = lines(entry(more="<AcctSvcrRef>NONREF</AcctSvcrRef>", payments=payment(refs=refs.format("", ""))))
    assert (line.bank_id, line.reference) == ("D-1", "")


def test_a_bank_id_that_comes_twice_for_one_day_and_amount_is_none():
    named = entry(more="<AcctSvcrRef>A-1</AcctSvcrRef>")
    assert [line.bank_id for line in lines(named, named, named.replace("5.00", "6.00"))] == ["A-1", "", "A-1"]
    assert [item.bank_id for item in items(document(ACCOUNT + named, ACCOUNT + named)) if isinstance(item, Line)] == (
        ["A-1", "A-1"]
    )


def test_the_description_is_what_the_payer_wrote_then_references_then_the_bank():
    text = (
        "<RmtInf><Ustrd>Invoice 77</Ustrd><Ustrd>May</Ustrd><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf>"
        "<RfrdDocInf><Nb>D-5</Nb></RfrdDocInf><AddtlRmtInf>thanks</AddtlRmtInf></Strd></RmtInf><AddtlTxInf>May</AddtlTxInf>"
    )
    (line,) = lines(entry(payments=payment(text=text), after="<AddtlNtryInf>TRANSFER</AddtlNtryInf>"))
    assert line.description == "Invoice 77 May RF18 D-5 thanks TRANSFER"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("", ""),
        ("<BkTxCd><Prtry><Cd>NTRF+166</Cd></Prtry></BkTxCd>", "NTRF+166"),
        (
            "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
            "<Prtry><Cd>166</Cd></Prtry></BkTxCd>",
            "PMNT-RCDT-ESCT",
        ),
    ],
)
def test_the_kind(code, kind):
    assert [line.kind for line in lines(entry(more=code))] == [kind]
    assert [line.kind for line in lines(entry(payments=payment(code=code)))] == [kind]


OWN = "DE12500105170648489890"


@pytest.mark.parametrize(
    ("direction", "parties", "counterparty"),
    [
        ("CRDT", party("Dbtr", "Anna", "DE1") + party("Cdtr", "We", OWN), ("Anna", "DE1")),
        ("DBIT", party("Dbtr", "We", OWN) + party("Cdtr", "Works", "DE2"), ("Works", "DE2")),
        (
            "CRDT</CdtDbtInd><RvslInd>true</RvslInd><CdtDbtInd>CRDT",
            party("Dbtr", "We") + party("Cdtr", "Works"),
            ("Works", ""),
        ),
        ("CRDT", party("Dbtr", "We", OWN) + party("Cdtr", "Works", "DE2"), ("Works", "DE2")),
        ("CRDT", party("Cdtr", "Works", "DE2"), ("Works", "DE2")),
        ("CRDT", party("Cdtr", "We", OWN), ("", "")),
        ("CRDT", party("Dbtr", "Anna", form="<Pty><Nm>{}</Nm></Pty>"), ("Anna", "")),
        ("CRDT", party("Dbtr", "A Bank", form="<Agt><FinInstnId><Nm>{}</Nm></FinInstnId></Agt>"), ("A Bank", "")),
        ("CRDT", party("UltmtDbtr", "Anna"), ("Anna", "")),
        ("CRDT", party("UltmtDbtr", "Anna") + party("Dbtr", "Payment Service"), ("Payment Service", "")),
        ("CRDT", "<DbtrAcct><Id><Othr><Id>12 34</Id></Othr></Id></DbtrAcct>", ("", "1234")),
        ("CRDT", "", ("", "")),
    ],
)
def test_the_counterparty(direction, parties, counterparty):
    given = f"<CdtDbtInd>{direction}</CdtDbtInd>"
    (line,) = lines(entry(direction=given, payments=payment(parties=f"<RltdPties>{parties}</RltdPties>")))
    assert (line.counterparty, line.counterparty_account) == counterparty


def test_a_batch_is_divided_where_its_payments_add_up():
    two = paid("2.00", more="<RmtInf><Ustrd>one</Ustrd></RmtInf>") + payment(
        amount="<AmtDtls><TxAmt><Amt Ccy='EUR'>3</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>two</Ustrd></RmtInf>"
    )
    found = lines(entry(more="<AcctSvcrRef>A-1</AcctSvcrRef>", payments=two), entry())
    assert [(line.place, str(line.amount), line.description, line.bank_id) for line in found] == [
        (1, "2.00", "one", "A-1/1"),
        (1, "3.00", "two", "A-1/2"),
        (2, "5.00", "", ""),
    ]


def test_payments_of_one_batch_may_have_signs_of_their_own():
    mixed = paid("7.00") + paid("2.00", more="<CdtDbtInd>DBIT</CdtDbtInd>")
    assert [str(line.amount) for line in lines(entry(payments=mixed))] == ["7.00", "-2.00"]
    debit = entry(direction="<CdtDbtInd>DBIT</CdtDbtInd>", payments=paid("2") + paid("3"))
    assert [str(line.amount) for line in lines(debit)] == ["-2.00", "-3.00"]


@pytest.mark.parametrize(
    "payments",
    [
        paid("2.00") + paid("2.99"),
        paid("2.00") + paid("3.00", currency="USD"),
        paid("2.00") + payment(),
        paid("2.00") + paid("3.000001"),
        paid("2.00") + paid("3.00", more="<CdtDbtInd>X</CdtDbtInd>"),
        paid("5.00"),
        paid("4.00"),
    ],
)
def test_else_it_is_one_line(payments):
    assert [str(line.amount) for line in lines(entry(payments=payments))] == ["5.00"]


def test_one_line_for_several_payments_says_what_they_have_in_common():
    def one(text: str, reference: str) -> str:
        parties = f"<RltdPties>{party('Dbtr', 'Anna', 'DE1')}</RltdPties>"
        remittance = f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>"
        return payment(refs=f"<Refs><EndToEndId>{reference}</EndToEndId></Refs>", parties=parties, text=remittance)

    batch = "<Btch><PmtInfId>B-1</PmtInfId></Btch>"
    (line,) = lines(entry(payments=batch + one("a", "E-1") + one("b", "E-2")))
    assert (line.counterparty, line.counterparty_account, line.description) == ("Anna", "DE1", "a b")
    assert line.reference == "B-1"
    (line,) = lines(entry(payments=batch.replace("PmtInfId", "MsgId") + one("a", "E-1") + one("b", "E-1")))
    assert line.reference == "E-1"


def test_bank_ids_of_a_divided_batch_are_distinct():
    def ids(*own: str, whole: str = "") -> list[str]:
        payments = "".join(paid("1.00", more=f"<Refs><AcctSvcrRef>{name}</AcctSvcrRef></Refs>") for name in own)
        more = f"<AcctSvcrRef>{whole}</AcctSvcrRef>" if whole else ""
        return [line.bank_id for line in lines(entry(f"{len(own)}.00", more=more, payments=payments))]

    assert ids("P-1", "P-2", whole="A-1") == ["P-1", "P-2"]
    assert ids("P-1", "P-1", whole="A-1") == ["A-1/1", "A-1/2"]
    assert ids("P-1", "P-1") == ["P-1/1", "P-1/2"]
    assert ids("P-1", "", whole="A-1") == ["A-1/1", "A-1/2"]
    assert ids("P-1", "") == ["", ""]
