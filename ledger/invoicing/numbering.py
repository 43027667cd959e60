"""Numbers of documents: gap-free in each organization, series and year (a legal duty in most of Europe).

The series is the prefix that the organization's stationery says; the year is that of the document's date. The
counter's row is taken last before the rows are written, and held until the commit: whoever fails gives the number
back, and of many at once each waits for the one before.

A document may have got by hand a number that the series is still to reach (``INV-2026-0003``, brought along from
elsewhere). The series passes over it: that number is there once, and none is missing. From then on the document
keeps it.
"""

import re
from collections import Counter
from collections.abc import Sequence

from django.db import connection

from ledger.invoicing.models import SALES, Document, DocumentSeries
from ledger.stationery.models import Stationery
from organizations.tenants.models import Organization

DIGITS = 4  # at least
#: Numbers that are looked at together where the series meets some that are taken; more each time, up to these.
FEW, MANY = 100, 10_000
_WRITTEN = re.compile(r"(.+)-([0-9]{4})-([0-9]{4,9})")


def series_of(kind: str, stationery: Stationery) -> str:
    """The series of a kind of document."""
    return getattr(stationery, f"{kind}_prefix")


def written(series: str, year: int, number: int) -> str:
    """``INV-2026-0001``."""
    return f"{series}-{year}-{number:0{DIGITS}d}"


def give_numbers(organization: Organization, documents: Sequence[Document], stationery: Stationery) -> None:
    """Number dated documents that have no number of their own, in their order."""
    wanted = [document for document in documents if not document.number]
    by_hand = {document.number for document in documents if document.number and document.is_sale}
    for document in wanted:
        document.series, document.series_year = series_of(document.kind, stationery), document.date.year
    counts = Counter((document.series, document.series_year) for document in wanted)
    following = {}
    for (series, year), count in sorted(counts.items()):  # in one order, so that two batches cannot deadlock
        following[series, year] = iter(_free(organization, series, year, count, by_hand))
    for document in wanted:
        document.series_no = next(following[document.series, document.series_year])
        document.number = written(document.series, document.series_year, document.series_no)


def passed_over(organization: Organization, number: str) -> bool:
    """Whether a series has come to a number that was given by hand, or beyond it; the series is held until the end."""
    match = _WRITTEN.fullmatch(number)
    if match is None:
        return False
    rows = DocumentSeries.objects.of(organization).filter(series=match[1], year=int(match[2]))
    row = rows.select_for_update(no_key=True).first()
    return row is not None and int(match[3]) <= row.last_no and written(match[1], row.year, int(match[3])) == number


def _free(organization: Organization, series: str, year: int, count: int, by_hand: set[str]) -> list[int]:
    """The next numbers of a series that no document has got by hand; the counter stands at the last of them."""
    last = _advance(organization, series, year, count)
    start, width, found = last - count + 1, count, []
    while len(found) < count:
        names = {written(series, year, number): number for number in range(start, start + width)}
        rows = Document.objects.of(organization).filter(kind__in=SALES, number__in=list(names))
        taken = by_hand.union(rows.values_list("number", flat=True))
        found += [number for name, number in names.items() if name not in taken]
        start, width = start + width, min(max(2 * width, FEW), MANY)
    found = found[:count]
    if found[-1] > last:
        _advance(organization, series, year, found[-1] - last)
    return found


def _advance(organization: Organization, series: str, year: int, count: int) -> int:
    """Raise the counter, which is held from here on, and answer where it stands."""
    with connection.cursor() as cursor:
        cursor.execute("select ledger_next_numbers(%s, %s, %s::smallint, %s)", [organization.pk, series, year, count])
        return cursor.fetchone()[0]
