"""CAMT files put together from parts, for the tests of their reader."""

from reconciliation.parsers import camt
from reconciliation.parsers.items import Line, Problem

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


def party(role: str, name: str = "", account: str = "", *, form: str = "<Nm>{}</Nm>") -> str:
    named = f"<{role}>{form.format(name)}</{role}>" if name else ""
    return named + (f"<{role}Acct><Id><IBAN>{account}</IBAN></Id></{role}Acct>" if account else "")


def paid(amount: str, *, currency: str = "EUR", more: str = "") -> str:
    return payment(amount=f"<Amt Ccy='{currency}'>{amount}</Amt>", more=more)
