"""Undoing an import: exactly its unmatched lines go; what was matched, booked or ignored stays."""

from django.db import connection, transaction

from ledger.accounts.models import Account
from organizations import clock
from organizations.actors import Actor
from organizations.errors import NotFound
from organizations.events.recording import event, record
from organizations.tenants.models import Organization
from reconciliation.errors import StatementUndone
from reconciliation.statements.answers import statement_answer
from reconciliation.statements.models import Statement, StatementLine

UNDONE = event("statement.undone")

# A suggestion that loses a line is none any more, and goes; its other lines are open again.
SUGGESTIONS = """
    select distinct l.match_id from reconciliation_statementline l
     where l.organization_id = %s and l.statement_id = %s and l.status = 'suggested'
"""
DROP_SUGGESTIONS = """
    update reconciliation_statementline l set status = 'unmatched', match_id = null
     where l.organization_id = %(organization)s and l.match_id = any(%(numbers)s);
    delete from reconciliation_match m
     where m.organization_id = %(organization)s and m.id = any(%(numbers)s) and m.status = 'suggested'
"""


@transaction.atomic
def undo_statement(*, actor: Actor, organization: Organization, statement_id: int) -> tuple[Statement, int]:
    """Take an import back; gives it with the number of lines that were removed.

    The file may be imported again afterwards. Raises NotFound, StatementUndone.
    """
    found = Statement.objects.of(organization).filter(pk=statement_id).first()
    if found is None:
        raise NotFound()
    with connection.cursor() as cursor:
        keys = [organization.pk, found.account_id]
        cursor.execute("select pg_advisory_xact_lock(reconciliation_account_key(%s, %s))", keys)
    statement = Statement.objects.of(organization).select_for_update(of=("self",)).get(pk=statement_id)
    if statement.undone_at is not None:
        raise StatementUndone()
    account = Account.objects.of(organization).get(pk=statement.account_id)
    before = statement_answer(statement, account)
    lines = StatementLine.objects.of(organization).filter(statement=statement)
    list(lines.select_for_update(of=("self",)).order_by("pk").values_list("pk"))  # a match in flight ends first
    with connection.cursor() as cursor:
        cursor.execute(SUGGESTIONS, [organization.pk, statement.pk])
        numbers = [number for (number,) in cursor.fetchall()]
        cursor.execute(DROP_SUGGESTIONS, {"organization": organization.pk, "numbers": numbers})
    removed, _ = lines.filter(status="unmatched").delete()
    statement.undone_at = clock.now()
    statement.save(update_fields=["undone_at"])
    statement.refresh_from_db()
    record(
        UNDONE,
        actor=actor,
        organization_id=organization.pk,
        entity_id=statement.public_id,
        before=before,
        after=statement_answer(statement, account) | {"removed": removed},
    )
    return statement, removed
