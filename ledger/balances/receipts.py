"""Receipts: what an answer hands out so that the very same answer can be had again.

A receipt holds the moment at which the books were read, and what the answer was asked for
where that had a default, such as the day. It is signed for one organization, so an answer with
a receipt is one that was really given. ``?known_at=<receipt>`` gives the answer again, to the
byte, whatever was posted meanwhile; beside other parameters it asks another question at the
same moment.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from ledger.balances.moments import Moment, settled
from ledger.errors import ReceiptLost
from organizations.requests.views import TenantViewSet
from organizations.tenants.models import Organization
from organizations.wire.filtering import ListField, read_instant
from organizations.wire.query_strings import bad, read_parameters

MARK = "RCT_"
LONGEST = 8000
WHAT = "A moment such as 2024-01-31T10:30:00Z, or the receipt of an answer."
FOREIGN = "This receipt is of another organization, or was altered."
FUTURE = "This moment has not come yet."


class KnownAt(ListField):
    """An instant, or a receipt."""

    operators = ("eq",)
    schema = {"type": "string", "examples": ["2024-01-31T10:30:00Z"]}

    def __init__(self):
        super().__init__(
            description="What the books said at this moment: an instant, or the `receipt` of an earlier answer, "
            "which gives that answer again to the byte."
        )

    def read(self, text: str) -> datetime.datetime | str:
        if text.startswith(MARK) and len(text) <= LONGEST:
            return text
        if "T" not in text:
            raise ValueError(WHAT)
        try:
            return read_instant(text)
        except ValueError as problem:
            raise ValueError(WHAT) from problem


#: The parameter as OpenAPI describes it, for views without a list.
KNOWN_AT = OpenApiParameter("known_at", KnownAt.schema, description=KnownAt().description)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A moment, and the parameters of the answer that was read then, as texts."""

    moment: Moment
    parameters: dict[str, str]


def seal(organization: Organization, receipt: Receipt) -> str:
    """The receipt as the client gets it."""
    moment = receipt.moment
    content = [moment.snapshot or "", moment.known_at.isoformat(), receipt.parameters]
    return MARK + _signer(organization).sign_object(content)


def unseal(organization: Organization, text: str) -> Receipt:
    """The receipt behind the text. Raises ValueError with a message for the client."""
    try:
        snapshot, known_at, parameters = _signer(organization).unsign_object(text.removeprefix(MARK))
    except (signing.BadSignature, ValueError) as problem:
        raise ValueError(FOREIGN) from problem
    return Receipt(Moment(datetime.datetime.fromisoformat(known_at), snapshot or None), parameters)


def _signer(organization: Organization) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"ledger.balances.receipts:{organization.pk}")


class KnownShape(serializers.Serializer):
    """What every answer of this kind carries."""

    known_at = serializers.DateTimeField(
        help_text="The moment that the answer is of. Earlier than what was asked for where transactions that began "
        "before it may still be at work."
    )
    receipt = serializers.CharField(help_text="Sent as `known_at`, gives this answer again to the byte.")


@dataclass(slots=True)
class Asked:
    """What a request asks for. ``moment`` is None where it asks for the books as they are."""

    values: dict[str, Any]
    moment: Moment | None = None
    receipt: Receipt | None = None
    text: str | None = None
    now: Moment | None = field(default=None, repr=False)

    @property
    def stamp(self) -> Moment:
        """The moment that the answer is of: the one asked for, or this reading."""
        return self.moment or self.now

    def in_links(self, organization: Organization) -> str:
        """``&known_at=…`` for the links of an answer: what they lead to is of the same moment as its figures."""
        if self.stamp.snapshot is None:
            return f"&known_at={self.stamp.known_at.astimezone(datetime.UTC).replace(tzinfo=None).isoformat()}Z"
        return f"&known_at={seal(organization, Receipt(self.stamp, {}))}"

    def stamped(self, organization: Organization, parameters: Mapping[str, str | None] | None = None) -> dict:
        """``known_at`` and ``receipt`` of an answer whose defaults came out as ``parameters``.

        A receipt that is used for the answer it was given with comes back as it was sent.
        """
        given = {name: str(value) for name, value in (parameters or {}).items() if value is not None}
        if self.receipt is not None and self.receipt.parameters == given:
            text = self.text
        else:
            text = seal(organization, Receipt(self.stamp, given))
        return {"known_at": self.stamp.known_at, "receipt": text}


def asked_at(organization: Organization, known_at: datetime.datetime | str | None, now: Moment) -> Asked:
    """The moment that a value of ``KnownAt`` stands for, asked ``now``. Raises InvalidParameter, ReceiptLost."""
    if known_at is None:
        return Asked({}, now=now)
    if isinstance(known_at, str):
        try:
            receipt = unseal(organization, known_at)
        except ValueError as problem:
            raise bad({"known_at": str(problem)}) from problem
        if receipt.moment.next_number > now.next_number:
            raise ReceiptLost()
        return Asked({}, receipt.moment, receipt, known_at, now)
    if known_at > now.known_at:
        raise bad({"known_at": FUTURE})
    return Asked({}, settled(known_at), now=now)


class KnownViewSet(TenantViewSet):
    """A view on figures that can be asked for as they were known at a moment."""

    def reads_one_snapshot(self, request) -> bool:
        """The books as they are come from one snapshot, which the receipt names.

        A past moment never changes, so each statement may see what is new: an instant must.
        """
        return "known_at" not in request.GET

    def reads_replica(self, request) -> bool:
        """Not for an instant: which is settled, only those who write can tell, and they are on the primary."""
        known_at = request.GET.get("known_at")
        return (known_at is None or known_at.startswith(MARK)) and super().reads_replica(request)

    def asked(self, declared: Mapping[str, ListField]) -> Asked:
        """The query string of a view without a list. Parameters left out are those of the receipt.

        Raises UnknownParameter and InvalidParameter.
        """
        values = read_parameters(self.request.query_params, {**declared, "known_at": KnownAt()})
        asked = self.at(values.pop("known_at", None))
        if asked.receipt is not None:
            kept = {
                name: declared[name].read(text) for name, text in asked.receipt.parameters.items() if name in declared
            }
            values = {**kept, **values}
        asked.values = values
        return asked

    def at(self, known_at: datetime.datetime | str | None) -> Asked:
        """The moment that ``known_at`` stands for. Raises InvalidParameter, ReceiptLost."""
        return asked_at(self.organization, known_at, Moment(self.opened.opened_at, self.opened.snapshot))
