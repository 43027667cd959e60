"""What a CAMT entry says about each payment in it (``TxDtls``): parties, references, text."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element  # the type only; reading is defusedxml's

from reconciliation.parsers.texts import named, tidy, together

_NAMES = (("Nm",), ("Pty", "Nm"), ("Agt", "FinInstnId", "Nm"))  # up to version 7; from version 8 on; a bank as a party
_NUMBERS = (("IBAN",), ("Othr", "Id"), ("BBAN",), ("UPIC",), ("PrtryAcct", "Id"))  # the last three in version 1
_STRUCTURED = (
    ("CdtrRefInf", "Ref"),
    ("CdtrRefInf", "CdtrRef"),  # version 1
    ("RfrdDocInf", "Nb"),
    ("RfrdDocInf", "RfrdDocNb"),  # version 1
    ("AddtlRmtInf",),
)


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


def found(element: Element | None, *names: str) -> Element | None:
    """The element that one reaches by the first child of each name; much faster than a path."""
    for name in names:
        if element is None:
            return None
        element = element.find(name)
    return element


def text_of(element: Element | None, *names: str) -> str:
    """The text of the element reached by ``names``, tidied; "" where there is none."""
    element = found(element, *names)
    return tidy(element.text) if element is not None else ""


def read_payment(details: Element) -> Payment:
    """The payment that a ``TxDtls`` describes."""
    amount = details.find("Amt")
    if amount is None:
        amount = found(details, "AmtDtls", "TxAmt", "Amt")
    refs, parties = details.find("Refs"), details.find("RltdPties")
    return Payment(
        amount=text_of(amount),
        currency=tidy(amount.get("Ccy")) if amount is not None else "",
        direction=text_of(details, "CdtDbtInd"),
        debtor=_party(parties, "Dbtr"),
        creditor=_party(parties, "Cdtr"),
        reference=named(text_of(refs, "EndToEndId")) or named(text_of(refs, "ChqNb")),
        bank_id=named(text_of(refs, "AcctSvcrRef")),
        kind=read_kind(details),
        text=together(*_texts(details)),
    )


def read_kind(element: Element) -> str:
    """The bank's code for what an entry or a payment is: ``PMNT-RCDT-ESCT``, or its own."""
    code = element.find("BkTxCd")
    domain = found(code, "Domn")
    family = found(domain, "Fmly")
    parts = (text_of(domain, "Cd"), text_of(family, "Cd"), text_of(family, "SubFmlyCd"))
    return "-".join(filter(None, parts)) or text_of(code, "Prtry", "Cd")


def read_account(account: Element | None) -> str:
    """The IBAN or other number of an account, without blanks."""
    number = found(account, "Id")
    return next(filter(None, (text_of(number, *path) for path in _NUMBERS)), "").replace(" ", "")


def _party(parties: Element | None, role: str) -> Party:
    """The party in a role; its name is the ultimate party's where it has none of its own."""
    if parties is None:
        return Party()
    persons = (parties.find(role), parties.find(f"Ultmt{role}"))
    names = (text_of(person, *path) for person in persons if person is not None for path in _NAMES)
    return Party(next(filter(None, names), ""), read_account(parties.find(f"{role}Acct")))


def _texts(details: Element) -> Iterator[str]:
    """What the payer wrote, then the references that he gave, then what the bank adds."""
    remittance = details.find("RmtInf")
    if remittance is not None:
        yield from (tidy(text.text) for text in remittance.findall("Ustrd"))
        for structured in remittance.findall("Strd"):
            yield from (text_of(structured, *names) for names in _STRUCTURED)
    yield text_of(details, "AddtlTxInf")
