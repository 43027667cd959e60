-- What an account was called and where it stood, version by version: the answer to a question about a past
-- moment shows the chart of that moment. Written by this trigger alone; the application may only read.

alter table ledger_accountversion add column recorded_xid xid8 not null default pg_current_xact_id();

-- Accounts that are there already: how they stand now counts as how they always stood.
alter table ledger_account no force row level security;
insert into ledger_accountversion (organization_id, account_id, version, code, name, type, currency_id, parent_id,
                                   gone, recorded_at, recorded_xid)
select a.organization_id, a.id, 1, a.code, a.name, a.type, a.currency_id, a.parent_id, false, a.created_at, '0'
  from ledger_account a;
alter table ledger_account force row level security;

-- Whoever changes an account holds its row, so its versions are numbered one after the other.
create function ledger_account_remembered() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    account public.ledger_account;
begin
    if tg_op = 'DELETE' then account := old; else account := new; end if;
    if tg_op = 'UPDATE' and (new.name, new.parent_id) is not distinct from (old.name, old.parent_id) then
        return null;
    end if;
    insert into public.ledger_accountversion (organization_id, account_id, version, code, name, type, currency_id,
                                              parent_id, gone, recorded_at)
    select account.organization_id, account.id, coalesce(max(v.version), 0) + 1, account.code, account.name,
           account.type, account.currency_id, account.parent_id, tg_op = 'DELETE', now()
      from public.ledger_accountversion v
     where v.organization_id = account.organization_id and v.account_id = account.id;
    return null;
end $$;
create trigger account_remembered after insert or delete or update of name, parent_id on ledger_account
    for each row execute function ledger_account_remembered();
alter table ledger_account enable always trigger account_remembered;
revoke execute on function ledger_account_remembered() from public;
