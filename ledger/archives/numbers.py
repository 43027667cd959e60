"""Numbers of database transactions: every posting keeps that of the one that wrote it, and seals and receipts name it.

They are told apart by "smaller than those that come next". A server that counts anew would give the numbers of before
a second time, so it is made to count on from where the books come from: each number costs some microseconds.
"""

from django.db import connection

from ledger.errors import ArchiveDiffers

STEP = 1_000_000
#: More than this many are given at a time by PostgreSQL's own tool, with the server down.
MOST = 200 * STEP

NEXT = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


def advance_numbers(until: int) -> None:
    """Have this server count past ``until``. Call outside a transaction. Raises ArchiveDiffers where that is too far.

    A transaction that takes a number and rolls back writes nothing to disk.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        (now,) = cursor.fetchone()
        if until - now > MOST:
            raise ArchiveDiffers(
                f"The server that the books come from has counted {until - now:,} database transactions further. "
                "Advance the counter of this one first: pg_resetwal --next-transaction-id, --epoch.",
                details={"next_number": until},
            )
        for start in range(now, until, STEP):
            steps = min(STEP, until - start)
            cursor.execute(
                f"do $$ begin for i in 1..{steps:d} loop perform pg_current_xact_id(); rollback; end loop; end $$"
            )
