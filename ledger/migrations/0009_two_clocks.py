"""What was posted after a moment is found by two small indexes: by database transaction, and by instant.

Built while postings go on (``concurrently``, so outside of a transaction); a build that was
broken off leaves an index that is not valid, which the next try removes first.
"""

from django.db import migrations

INDEXES = {
    "transaction_by_xid": "(organization_id, posted_xid, id) where posted_xid is not null",
    "transaction_by_posting": "(organization_id, posting_date) where status = 'posted'",
}

STATEMENTS = [
    statement
    for name, definition in INDEXES.items()
    for statement in (
        f"drop index concurrently if exists {name}",
        f"create index concurrently {name} on ledger_transaction {definition}",
    )
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0008_account_versions")]
    operations = [migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop)]
