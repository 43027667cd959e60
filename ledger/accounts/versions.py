"""Accounts as they were called and stood at a moment, from the versions that the database keeps."""

from django.db import connection

from ledger.accounts.models import Account
from ledger.balances.moments import Moment
from organizations.errors import NotFound

#: Of each account the last version that was known at the moment. One that was not known yet stands as it began: it
#: may have been posted to by a transaction that began before the one that opened it.
VERSIONS = """
    select account_id, code, name, type, currency_id, parent_id
      from (select distinct on (v.account_id) v.*
              from ledger_accountversion v
             where v.organization_id = %(organization)s {accounts}
             order by v.account_id, {recorded} desc, case when {recorded} then v.version else -v.version end desc) v
     where not v.gone
     order by code
"""


def accounts_then(organization_id: int, moment: Moment, *, account_ids: list[int] | None = None) -> list[Account]:
    """The chart of a moment (or some of it) by code: records that are not to be saved."""
    accounts = "" if account_ids is None else "and v.account_id = any (%(accounts)s)"
    sql = VERSIONS.format(recorded=moment.recorded, accounts=accounts)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"organization": organization_id, "accounts": account_ids})
        return [
            Account(
                id=number,
                organization_id=organization_id,
                code=code,
                name=name,
                type=kind,
                currency_id=currency,
                parent_id=parent_id,
            )
            for number, code, name, kind, currency, parent_id in cursor.fetchall()
        ]


def account_then(organization_id: int, number: int, moment: Moment | None) -> Account:
    """One account, as far as its figures need it. One that was deleted since is found at moments before.

    Code, type and currency are fixed for life, so the record of now will do. Raises NotFound.
    """
    found = Account.objects.of(organization_id).filter(pk=number).first()
    if found is None and moment is not None:
        found = next(iter(accounts_then(organization_id, moment, account_ids=[number])), None)
    if found is None:
        raise NotFound()
    return found
