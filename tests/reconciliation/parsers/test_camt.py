"""CAMT.052, .053 and .054: statements, balances, and what is refused."""

import datetime
import tracemalloc
from decimal import Decimal

import pytest

from reconciliation.parsers import camt
from reconciliation.parsers.items import Balance, Line, Section, Unreadable
from tests.reconciliation.parsers.camt_files import (
    ACCOUNT,
    KINDS,
    balance,
    document,
    entry,
    items,
    lines,
    paid,
    problems,
)


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
