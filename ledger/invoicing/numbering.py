"""Numbers of documents: gap-free in each organization, series and year (a legal duty in most of Europe).

The series is the prefix that the organization's stationery says; the year is that of the document's date. The
counter's row is taken last before the rows are written, and held until the commit: whoever fails gives the number
back, and of many at once each waits for the one before.
"""

from collections import Counter
from collections.abc import Sequence

from django.db import connection

from ledger.invoicing.models import Document
from ledger.stationery.models import Stationery
from organizations.tenants.models import Organization

DIGITS = 4  # at least


def series_of(kind: str, stationery: Stationery) -> str:
    """The series of a kind of document."""
    return getattr(stationery, f"{kind}_prefix")


def written(series: str, year: int, number: int) -> str:
    """``INV-2026-0001``."""
    return f"{series}-{year}-{number:0{DIGITS}d}"


def give_numbers(organization: Organization, documents: Sequence[Document], stationery: Stationery) -> None:
    """Number dated documents that have no number of their own, in their order."""
    wanted = [document for document in documents if not document.number]
    for document in wanted:
        document.series, document.series_year = series_of(document.kind, stationery), document.date.year
    counts = Counter((document.series, document.series_year) for document in wanted)
    following = {}
    for (series, year), count in sorted(counts.items()):  # in one order, so that two batches cannot deadlock
        with connection.cursor() as cursor:
            cursor.execute(
                "select ledger_next_numbers(%s, %s, %s::smallint, %s)", [organization.pk, series, year, count]
            )
            following[series, year] = cursor.fetchone()[0] - count
    for document in wanted:
        key = (document.series, document.series_year)
        following[key] += 1
        document.series_no = following[key]
        document.number = written(*key, document.series_no)
