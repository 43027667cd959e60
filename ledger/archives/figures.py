"""The trial balance that an archive carries, so that whoever reads it can see that nothing was lost on the way."""

from typing import Any

from django.db import connection

TRIAL_BALANCE = """
    select json_build_object(
               'account_id', crane_public_id('ACT', a.id), 'code', a.code, 'currency', a.currency_id,
               'debit', trim_scale(sum(t.debit))::text, 'credit', trim_scale(sum(t.credit))::text,
               'base_debit', trim_scale(sum(t.base_debit))::text, 'base_credit', trim_scale(sum(t.base_credit))::text)
      from ledger_accounttotal t
      join ledger_account a on a.organization_id = t.organization_id and a.id = t.account_id
     where t.organization_id = %s and t.grain = 'M' group by a.id, a.code, a.currency_id order by a.code
"""


def trial_balance(organization_id: int) -> list[dict[str, Any]]:
    """Debits and credits of every account that was ever posted to, in its currency and in base currency."""
    with connection.cursor() as cursor:
        cursor.execute(TRIAL_BALANCE, [organization_id])
        return [line for (line,) in cursor.fetchall()]
