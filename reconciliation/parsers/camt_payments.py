"""What a CAMT entry says about each payment in it (``TxDtls``): parties, references, text."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element  # the type only; reading is defusedxml's

from reconciliation.parsers.texts import named, tidy, together

_NAMES = ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm")  # up to version 7; from version 8 on; a bank as a party


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a payment; "" where the file does not say."""

    name: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of an entry. ``amount``, ``currency`` and ``direction`` are as written, "" where they are not."""

    amount: str = ""
    currency: str = ""
    direction: str = ""
    debtor: Party = Party()
    creditor: Party = Party()
    reference: str = ""
    bank_id: str = ""
    kind: str = ""
    text: str = ""

    def counterparty(self, *, credit: bool, own: str) -> Party:
        """The other side: the debtor of a credit, the creditor of a debit.

        Where that side is unknown or the account itself, which banks write too, it is the one that remains.
        """
        sides = (self.debtor, self.creditor) if credit else (self.creditor, self.debtor)
        for side in sides:
            if (side.name or side.account) and not (own and side.account == own):
                return side
        return Party()


def read_payment(details: Element) -> Payment:
    """The payment that a ``TxDtls`` describes."""
    amount = details.find("Amt")
    if amount is None:
        amount = details.find("AmtDtls/TxAmt/Amt")
    parties = details.find("RltdPties")
    return Payment(
        amount=(amount.text or "").strip() if amount is not None else "",
        currency=tidy(amount.get("Ccy")) if amount is not None else "",
        direction=tidy(details.findtext("CdtDbtInd")),
        debtor=_party(parties, "Dbtr"),
        creditor=_party(parties, "Cdtr"),
        reference=named(details.findtext("Refs/EndToEndId")) or named(details.findtext("Refs/ChqNb")),
        bank_id=named(details.findtext("Refs/AcctSvcrRef")),
        kind=read_kind(details),
        text=together(*_texts(details)),
    )


def read_kind(element: Element) -> str:
    """The bank's code for what an entry or a payment is: ``PMNT-RCDT-ESCT``, or its own."""
    code = element.find("BkTxCd")
    if code is None:
        return ""
    parts = (code.findtext(path) for path in ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd"))
    return tidy("-".join(part.strip() for part in parts if part)) or tidy(code.findtext("Prtry/Cd"))


def read_account(account: Element | None) -> str:
    """The IBAN or other number of an account, without blanks."""
    if account is None:
        return ""
    return tidy(account.findtext("Id/IBAN") or account.findtext("Id/Othr/Id")).replace(" ", "")


def _party(parties: Element | None, role: str) -> Party:
    """The party in a role; its name is the ultimate party's where it has none of its own."""
    if parties is None:
        return Party()
    names = (tidy(parties.findtext(f"{person}/{path}")) for person in (role, f"Ultmt{role}") for path in _NAMES)
    return Party(next(filter(None, names), ""), read_account(parties.find(f"{role}Acct")))


def _texts(details: Element) -> Iterator[str]:
    """What the payer wrote, then the references that he gave, then what the bank adds."""
    for path in ("RmtInf/Ustrd", "RmtInf/Strd", "AddtlTxInf"):
        for element in details.iterfind(path):
            if path != "RmtInf/Strd":
                yield tidy(element.text)
                continue
            for part in ("CdtrRefInf/Ref", "RfrdDocInf/Nb", "AddtlRmtInf"):
                yield from (tidy(reference.text) for reference in element.iterfind(part))
