"""CAMT.052, .053 and .054, rule by rule."""

import datetime
import tracemalloc
from decimal import Decimal

import pytest

from reconciliation.parsers import camt
from reconciliation.parsers.items import Balance, Line, Problem, Section, Unreadable

ACCOUNT = "<Acct><Id><IBAN>DE12500105170648489890</IBAN></Id><Ccy>EUR</Ccy></Acct>"
KINDS = {
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "053": ("BkToCstmrStmt", "Stmt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def document(*statements: str, kind: str = "053", version: int = 8) -> str:
    container, element = KINDS[kind]
    inside = "".join(f"<{element}><Id>S-1</Id>{statement}</{element}>" for statement in statements)
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version:02d}"
    return f'<Document xmlns="{namespace}"><{container}><GrpHdr/>{inside}</{container}></Document>'


def balance(kind: str, amount: str, *, direction: str = "CRDT", currency: str = "EUR", date: str = "2024-01-01") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>{date}</Dt></Dt></Bal>"
    )


def entry(
    amount: str = "5.00",
    *,
    direction: str = "<CdtDbtInd>CRDT</CdtDbtInd>",
    currency: str = " Ccy='EUR'",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    dates: str = "<BookgDt><Dt>2024-01-05</Dt></BookgDt>",
    more: str = "",
    payments: str = "",
    after: str = "",
) -> str:
    details = f"<NtryDtls>{payments}</NtryDtls>" if payments else ""
    return f"<Ntry><Amt{currency}>{amount}</Amt>{direction}{status}{dates}{more}{details}{after}</Ntry>"


def items(text: str | bytes) -> list:
    return list(camt.read(text if isinstance(text, bytes) else text.encode()))


def lines(*entries: str) -> list[Line]:
    return [item for item in items(document(ACCOUNT + "".join(entries))) if isinstance(item, Line)]


def problems(statement: str) -> list[tuple[int, str]]:
    return [(item.place, item.code) for item in items(document(statement)) if isinstance(item, Problem)]


def payment(**parts: str) -> str:
    return "<TxDtls>" + "".join(parts.values()) + "</TxDtls>"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", [2, 8, 14])
def test_a_statement_of_every_kind_and_version(kind, version):
    text = document(
        "<ElctrncSeqNb>7</ElctrncSeqNb>"
        + ACCOUNT
        + balance("OPBD", "100")
        + balance("CLBD", "105.0", date="2024-01-31")
        + entry(dates="<BookgDt><Dt>2024-01-05</Dt></BookgDt><ValDt><Dt>2024-01-06</Dt></ValDt>"),
        kind=kind,
        version=version,
    )
    assert items(text) == [
        Section("DE12500105170648489890", "EUR", "7"),
        Balance("opening", Decimal("100.00"), datetime.date(2024, 1, 1)),
        Line(1, datetime.date(2024, 1, 5), Decimal("5.00"), value_date=datetime.date(2024, 1, 6)),
        Balance("closing", Decimal("105.00"), datetime.date(2024, 1, 31)),
    ]


def test_what_version_1_names_otherwise():
    text = (
        "<Document><BkToCstmrStmtV01><Stmt><Id>S-1</Id><Acct><Id><PrtryAcct><Id>12345</Id></PrtryAcct></Id></Acct>"
        "<Bal><Tp><Cd>OPBD</Cd></Tp><Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2009-01-01</Dt></Dt></Bal>"
        "<Ntry><Amt Ccy='EUR'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2009-01-05</Dt></BookgDt>"
        "<Btch><PmtInfId>B-1</PmtInfId></Btch>"
        "<TxDtls><RltdPties><DbtrAcct><Id><BBAN>678</BBAN></Id></DbtrAcct></RltdPties><RmtInf><Strd>"
        "<RfrdDocInf><RfrdDocNb>D-5</RfrdDocNb></RfrdDocInf><CdtrRefInf><CdtrRef>RF18</CdtrRef></CdtrRefInf></Strd>"
        "</RmtInf></TxDtls></Ntry></Stmt></BkToCstmrStmtV01></Document>"
    )
    assert items(text) == [
        Section("12345", "EUR", "S-1"),
        Balance("opening", Decimal("1.00"), datetime.date(2009, 1, 1)),
        Line(1, datetime.date(2009, 1, 5), Decimal("5.00"), "RF18 D-5", "", "678", "B-1"),
    ]


def test_namespaces_and_envelopes_make_no_difference():
    text = document(ACCOUNT + entry())
    expected = items(text)
    bare = text.replace(' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"', "")
    assert items(bare) == expected
    assert items(f"<Envelope><AppHdr/>{bare}</Envelope>") == expected
    prefixed = text.replace("<", "<n:").replace("<n:/", "</n:").replace("xmlns=", "xmlns:n=")
    assert items(prefixed) == expected
    assert items("\n\n" + '<?xml version="1.0" encoding="UTF-8"?>' + bare) == expected


@pytest.mark.parametrize(
    ("numbers", "number"),
    [
        ("", "S-1"),
        ("<LglSeqNb>3</LglSeqNb>", "3"),
        ("<ElctrncSeqNb>2</ElctrncSeqNb><LglSeqNb>3</LglSeqNb>", "2"),
    ],
)
def test_the_number_of_the_statement(numbers, number):
    assert items(document(numbers + ACCOUNT))[0].number == number


def test_accounts_without_iban_and_currency():
    account = "<Acct><Id><Othr><Id>12 34</Id></Othr></Id></Acct>"
    assert items(document(account + balance("OPBD", "1", currency="CHF")))[0] == Section("1234", "CHF", "S-1")
    assert items(document(account + entry(currency=" Ccy='SEK'")))[0] == Section("1234", "SEK", "S-1")
    assert items(document("")) == [Section("", "", "S-1")]


def test_entries_are_counted_through_the_file():
    two = document(ACCOUNT + entry() + entry(), ACCOUNT + entry())
    assert [item.place for item in items(two) if isinstance(item, Line)] == [1, 2, 3]
    assert sum(isinstance(item, Section) for item in items(two)) == 2


def test_only_booked_balances_count():
    others = "".join(balance(kind, "1") for kind in ("ITBD", "CLAV", "OPAV", "FWAV", "XPCD", "INFO"))
    assert [type(item) for item in items(document(ACCOUNT + others))] == [Section]
    proprietary = "<Bal><Tp><CdOrPrtry><Prtry>X</Prtry></CdOrPrtry></Tp><Amt Ccy='EUR'>1</Amt></Bal>"
    assert problems(ACCOUNT + proprietary) == []


def test_the_previous_closing_opens_where_there_is_no_opening():
    opening = items(document(ACCOUNT + balance("PRCD", "7", direction="DBIT")))[1]
    assert opening == Balance("opening", Decimal("-7.00"), datetime.date(2024, 1, 1))
    both = items(document(ACCOUNT + balance("PRCD", "7") + balance("OPBD", "8")))
    assert [str(item.amount) for item in both[1:]] == ["8.00"]


def test_of_several_days_the_first_opening_and_the_last_closing_count():
    statement = ACCOUNT + "".join(
        balance(kind, amount, date=f"2024-01-0{day}")
        for kind, amount, day in [("OPBD", "2", 2), ("CLBD", "9", 2), ("OPBD", "1", 1), ("CLBD", "2", 1)]
    )
    assert [str(item.amount) for item in items(document(statement)) if isinstance(item, Balance)] == ["1.00", "9.00"]


def test_what_the_balances_say_is_checked():
    statement = ACCOUNT + balance("OPBD", "1") + "{}" + entry("2") + entry("3", direction="<CdtDbtInd>DBIT</CdtDbtInd>")
    assert problems(statement.format(balance("CLBD", "0.00"))) == []
    assert problems(statement.format(balance("CLBD", "0.01"))) == [(2, "balance_does_not_add_up")]
    assert problems(ACCOUNT + balance("OPBD", "1") + balance("CLBD", "2")) == [(1, "balance_does_not_add_up")]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (balance("OPBD", "1", currency="SEK"), "other_currency"),
        (balance("OPBD", "x"), "amount_unreadable"),
        (balance("OPBD", ""), "amount_missing"),
        (balance("OPBD", "1", direction="C"), "direction_missing"),
        (balance("OPBD", "1", date="2024-02-30"), "date_unreadable"),
        (balance("OPBD", "1.005"), "amount_too_precise"),
    ],
)
def test_a_balance_that_cannot_be_used_is_a_problem(changed, code):
    assert problems(ACCOUNT + changed + balance("CLBD", "9")) == [(1, code)]


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


def party(role: str, name: str = "", account: str = "", *, form: str = "<Nm>{}</Nm>") -> str:
    named = f"<{role}>{form.format(name)}</{role}>" if name else ""
    return named + (f"<{role}Acct><Id><IBAN>{account}</IBAN></Id></{role}Acct>" if account else "")


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


def paid(amount: str, *, currency: str = "EUR", more: str = "") -> str:
    return payment(amount=f"<Amt Ccy='{currency}'>{amount}</Amt>", more=more)


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


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \n ", "file_empty"),
        (b"Date;Amount\n", "xml_not_readable"),
        (b"<a><b></a>", "xml_not_readable"),
        (document(ACCOUNT + entry()).encode()[:-30], "xml_not_readable"),
        (document(ACCOUNT).encode() + b"\0", "xml_not_readable"),
        (document(ACCOUNT + "\0").encode(), "xml_not_readable"),
        (document(ACCOUNT + "<X>é</X>").encode("latin-1"), "xml_not_readable"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', "xml_not_readable"),
        (b'<?xml version="1.0" encoding="cp932"?><a/>', "xml_not_readable"),
        (b"<html><body/></html>", "not_camt"),
        (b"<Document><CstmrCdtTrfInitn><PmtInf/></CstmrCdtTrfInitn></Document>", "not_camt"),
        (b"<Document><Stmt/></Document>", "not_camt"),
        (b"<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>", "no_statement"),
        (b"<Document><BkToCstmrStmt><Rpt/></BkToCstmrStmt></Document>", "no_statement"),
    ],
)
def test_files_that_are_refused(data, code):
    with pytest.raises(Unreadable) as refusal:
        items(data)
    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")


def test_a_broken_file_is_refused_by_line():
    with pytest.raises(Unreadable, match=r"line 3, column \d+"):
        items("<Document>\n<BkToCstmrStmt>\n</Stmt>")


def test_utf16_is_what_xml_may_be_written_in():
    text = '<?xml version="1.0" encoding="UTF-16"?>' + document(ACCOUNT + entry(after="<AddtlNtryInf>é</AddtlNtryInf>"))
    assert [item.description for item in items(text.encode("utf-16")) if isinstance(item, Line)] == ["é"]


BOMB = (
    "<!DOCTYPE a [<!ENTITY x0 'ha'>"
    + "".join(f"<!ENTITY x{n} '{f'&x{n - 1};' * 10}'>" for n in range(1, 12))
    + "]><Document><BkToCstmrStmt><Stmt><Id>&x11;</Id></Stmt></BkToCstmrStmt></Document>"
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><Document/>',
        "<!DOCTYPE Document><Document/>",
    ],
    ids=["bomb of entities", "external entity", "external type", "type"],
)
def test_document_types_are_refused_at_once(text):
    tracemalloc.start()
    with pytest.raises(Unreadable) as refusal:
        items(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refusal.value.code == "xml_with_dtd"
    assert peak < 2**20


@pytest.mark.parametrize(
    "text",
    [
        "<a>" * 5000,
        document(ACCOUNT + "<Ntry>" + "<X/>" * 30_000 + "</Ntry>"),
        document(ACCOUNT + "<X>" + "<X/>" * 30_000 + "</X>"),
        document(ACCOUNT + entry(payments="<TxDtls>" + "<X/>" * 30_000 + "</TxDtls>")),
    ],
    ids=["deep", "wide entry", "wide child", "wide payment"],
)
def test_what_no_bank_writes_is_refused_before_it_fills_the_memory(text):
    with pytest.raises(Unreadable) as refusal:
        items(text)
    assert refusal.value.code == "entry_too_large"


def test_an_entry_of_too_many_payments_is_refused(monkeypatch):
    monkeypatch.setattr(camt, "MOST_PAYMENTS", 10)
    assert len(lines(entry(payments="<TxDtls/>" * 10))) == 1
    with pytest.raises(Unreadable) as refusal:
        lines(entry(payments="<TxDtls/>" * 11))
    assert refusal.value.code == "entry_too_large"


def test_memory_does_not_grow_with_the_number_of_entries():
    def peak(count: int) -> int:
        data = document("<X/>" * count, ACCOUNT + entry(payments=paid("5.00") * 2) * count).encode()
        tracemalloc.start()
        for _ in camt.read(data):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(50), peak(1500)
    assert large < small + 2**19
