"""Taking a file in: looked at, rehearsed, kept, and noted in the books' database, in this order.

Storage may be far away, so it is written between two database transactions: the first
does everything that could be refused and is rolled back, the second does it for good.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponseBase

from ledger.attachments import storing
from ledger.attachments.contents import Content, Unacceptable, examine
from ledger.errors import AttachmentTooLarge, AttachmentTypeRefused
from organizations.errors import Invalid


def inspect(file) -> tuple[Content, bytes]:
    """An uploaded file, looked at. Raises Invalid, AttachmentTooLarge, AttachmentTypeRefused."""
    if file is None:
        raise Invalid(fields={"file": "A file is needed."})
    most = settings.ATTACHMENT_MAX_BYTES
    if file.size > most:
        raise AttachmentTooLarge(details={"most_bytes": most}, fields={"file": f"At most {most:,} bytes."})
    content = file.read()
    file.seek(0)
    if not content:
        raise Invalid(fields={"file": "The file is empty."})
    try:
        return examine(file.name or "", content), content
    except Unacceptable as problem:
        raise AttachmentTypeRefused(fields={"file": str(problem)}) from problem


class Receipt:
    """One upload on its way: ``path`` is its place, ``content`` its bytes once somebody has looked at them."""

    def __init__(self):
        self.path: str | None = None
        self.content: bytes | None = None
        self.kept = False
        self.noted = False

    def receive(self, attempt: Callable[[], HttpResponseBase], *, rehearsed: Callable[[HttpResponseBase], bool]):
        """Attempt twice, and keep the file in between; the answer of the last attempt.

        ``rehearsed`` tells of the first answer whether to go on. An attempt that notes the file sets
        ``noted``; where the second was refused, nobody names the file and it is removed again. Where it broke
        off, its row may be committed all the same: that file is left, and swept later if nobody names it.
        """
        answer = attempt()
        if not rehearsed(answer):
            return answer
        self.noted = False
        storing.keep(self.path, self.content)
        self.kept = True
        answer = attempt()
        if answer.status_code < 500 and not (self.noted and answer.status_code < 400):
            storing.discard(self.path)
        return answer
