"""Learning from what people decide: the words of a line, and the accounts that it went to.

Counting is part of the act that calls it, and told by that act's event: ``learn`` when a
person booked or matched a line, ``unlearn`` when that is undone.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum

from ledger.accounts.models import Account
from ledger.errors import AccountNotFound
from organizations import ids
from organizations.actors import Actor
from organizations.events.recording import event, record
from organizations.tenants.answers import public
from organizations.tenants.models import Organization
from reconciliation.rules.models import LearnedToken
from reconciliation.rules.tokens import tokens_of

RESET = event("bank_learning.reset")

#: The token that counts the lines themselves.
EVERY_LINE = ""

#: Both go in the order of the key, so that two who count at once never wait for each other in a ring.
ADD = """
    insert into reconciliation_learnedtoken (organization_id, account_id, token, counter_account_id, count)
    select %(organization)s, %(account)s, t.token, c.number, %(weight)s
      from unnest(%(tokens)s::text[]) t (token), unnest(%(counters)s::bigint[]) c (number)
     order by t.token, c.number
    on conflict (organization_id, account_id, token, counter_account_id)
    do update set count = reconciliation_learnedtoken.count + excluded.count
"""
HOLD = """
    select id from reconciliation_learnedtoken
     where organization_id = %(organization)s and account_id = %(account)s and token = any (%(tokens)s::text[])
       and counter_account_id = any (%(counters)s::bigint[])
     order by token, counter_account_id for update
"""


@transaction.atomic
def learn(
    *, organization_id: int, account_id: int, text: str, counter_account_ids: Iterable[int], weight: int = 1
) -> None:
    """Count a line of a bank account that went to these accounts; ``weight`` is how many lines it stands for.

    ``text`` is whatever the line says. One statement, whatever the number of words and accounts.
    """
    with connection.cursor() as cursor:
        cursor.execute(ADD, _counted(organization_id, account_id, text, counter_account_ids, weight))


@transaction.atomic
def unlearn(
    *, organization_id: int, account_id: int, text: str, counter_account_ids: Iterable[int], weight: int = 1
) -> None:
    """Take back what ``learn`` counted. What was forgotten by a reset meanwhile is passed over."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, _counted(organization_id, account_id, text, counter_account_ids, weight))
        held = [number for (number,) in cursor.fetchall()]
    rows = LearnedToken.objects.of(organization_id).filter(pk__in=held)
    rows.filter(count__lte=weight).delete()
    rows.update(count=F("count") - weight)


def _counted(organization: int, account: int, text: str, counters: Iterable[int], weight: int) -> dict[str, Any]:
    if weight < 1:
        raise ValueError("A line counts at least once.")
    return {
        "organization": organization,
        "account": account,
        "tokens": [EVERY_LINE, *tokens_of(text)],
        "counters": sorted(set(counters)),
        "weight": weight,
    }


@transaction.atomic
def reset_learning(*, actor: Actor, organization: Organization, account_id: int | None = None) -> None:
    """Forget what was learned for one bank account, or for all. Raises AccountNotFound."""
    rows = LearnedToken.objects.of(organization)
    if account_id is not None:
        if not Account.objects.of(organization).filter(pk=account_id).exists():
            raise AccountNotFound(fields={"account_id": "There is no such account."})
        rows = rows.filter(account_id=account_id)
    before = rows.aggregate(
        tokens=Count("token", filter=~Q(token=EVERY_LINE), distinct=True),
        lines=Sum("count", filter=Q(token=EVERY_LINE)),
    )
    rows.delete()
    whose = {"object": "bank_learning", "account_id": public("ACT", account_id)}
    record(
        RESET,
        actor=actor,
        organization_id=organization.pk,
        entity_id=whose["account_id"] or ids.encode("ORG", organization.pk),
        before={**whose, "tokens": before["tokens"], "lines": before["lines"] or 0},
        after={**whose, "tokens": 0, "lines": 0},
    )
