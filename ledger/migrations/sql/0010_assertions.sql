-- Balance assertions: what a balance must be at the end of a day. A posting that breaks one is told by an event,
-- or refused where the assertion blocks.

alter table ledger_balanceassertion
    add constraint assertion_date_in_range check (date between '1900-01-01' and '2200-12-31'),
    add constraint assertion_expected_in_range check (expected between -1e20 and 1e20);

-- An account's balance at the end of a day, from totals: whole months before, and the days of the month.
-- Signed by the account's normal balance, as the API shows it.
create function ledger_balance_on(organization bigint, account bigint, day date) returns numeric
language sql stable as $$
    select coalesce(sum(t.debit - t.credit), 0)
           * (select case when a.type in ('asset', 'expense') then 1 else -1 end
                from ledger_account a where a.organization_id = organization and a.id = account)
      from ledger_accounttotal t
     where t.organization_id = organization and t.account_id = account
       and ((t.grain = 'M' and t.starts < date_trunc('month', day + 1)::date)
         or (t.grain = 'D' and t.starts between date_trunc('month', day + 1)::date and day))
$$;

-- The assertion itself. It waits for postings in flight and keeps new ones out until it is committed:
-- none of them can miss it, and a blocking one is true from its first moment.
create function ledger_assertion_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (new.id, new.organization_id, new.account_id, new.date, new.created_at)
                            is distinct from (old.id, old.organization_id, old.account_id, old.date, old.created_at) then
        raise exception 'account and date of an assertion are fixed for life'
            using errcode = 'LG007', constraint = 'assertion_identity_final';
    end if;
    new.updated_at := now();
    if tg_op = 'UPDATE' and (new.expected, new.blocking) is not distinct from (old.expected, old.blocking) then
        return new;
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'assert under READ COMMITTED: an older snapshot would compare with stale balances'
            using errcode = 'LG005', constraint = 'posting_read_committed';
    end if;
    perform pg_advisory_xact_lock(crane_books_key(new.organization_id));
    if new.expected <> (select round(new.expected, c.decimals) from ledger_account a
                          join organizations_currency c on c.code = a.currency_id
                         where a.organization_id = new.organization_id and a.id = new.account_id) then
        raise exception 'the account''s currency has fewer decimals than %', new.expected
            using errcode = 'LG007', constraint = 'assertion_decimals';
    end if;
    if new.blocking and ledger_balance_on(new.organization_id, new.account_id, new.date)
                        is distinct from new.expected then
        raise exception 'the balance is not what the assertion says'
            using errcode = 'LG007', constraint = 'assertion_true_when_blocking';
    end if;
    return new;
end $$;
create trigger assertion_change before insert or update on ledger_balanceassertion
    for each row execute function ledger_assertion_change();
alter table ledger_balanceassertion enable always trigger assertion_change;

-- After the totals have moved (triggers fire in the order of their names). Where an organization has no assertions
-- this is one look into an index. An account with an assertion that the posting reaches is held, in one order,
-- so that of two postings at once the second sees what the first has done.
create function ledger_entries_watched() returns trigger language plpgsql as $$
declare
    books bigint;
    broken record;
begin
    select n.organization_id into books from new_entries n limit 1;
    if not exists (select from ledger_balanceassertion w where w.organization_id = books) then return null; end if;

    perform 1 from ledger_account a
      where a.organization_id = books and a.id in (
            select w.account_id from ledger_balanceassertion w
              join new_entries n on n.account_id = w.account_id and n.transaction_date <= w.date
             where w.organization_id = books)
      order by a.id for no key update;
    if not found then return null; end if;

    for broken in
        select w.id, w.account_id, w.date, w.expected, w.blocking, w.transaction_id, w.balance - w.moved as before,
               w.balance, c.decimals
          from (select s.id, s.account_id, s.date, s.expected, s.blocking, a.currency_id,
                       m.moved * case when a.type in ('asset', 'expense') then 1 else -1 end as moved,
                       m.transaction_id, ledger_balance_on(books, s.account_id, s.date) as balance
                  from ledger_balanceassertion s
                  join ledger_account a on a.organization_id = s.organization_id and a.id = s.account_id
                 cross join lateral (
                       select sum(t.moved) as moved, min(t.transaction_id) as transaction_id
                         from (select n.transaction_id, sum(n.amount) as moved from new_entries n
                                where n.account_id = s.account_id and n.transaction_date <= s.date
                                group by 1 having sum(n.amount) <> 0) t) m
                 where s.organization_id = books and m.moved <> 0) w
          join organizations_currency c on c.code = w.currency_id
         where w.balance <> w.expected and (w.blocking or w.balance - w.moved = w.expected)
         order by w.blocking desc, w.date, w.id
    loop
        if broken.blocking then
            raise exception 'balance assertion % would be broken', broken.id
                using errcode = 'LG007', constraint = 'balance_assertion_holds',
                      detail = jsonb_build_object(
                          'assertion_id', 'AST_' || lpad(to_hex(broken.id), 16, '0'),
                          'account_id', 'ACT_' || lpad(to_hex(broken.account_id), 16, '0'),
                          'date', broken.date,
                          'expected', round(broken.expected, broken.decimals),
                          'balance', round(broken.balance, broken.decimals))::text;
        end if;
        insert into organizations_event (organization_id, event_type, entity_type, entity_id, before_state,
                                         after_state, changes, system)
        select books, 'balance_assertion.broken', 'balance_assertion', f.shared ->> 'id',
               f.shared || jsonb_build_object('status', 'holds', 'balance', f.before),
               f.shared || jsonb_build_object(
                   'status', 'broken', 'balance', f.after,
                   'transaction_id', 'TXN_' || lpad(to_hex(broken.transaction_id), 16, '0')),
               jsonb_build_object('status', jsonb_build_object('from', 'holds', 'to', 'broken'),
                                  'balance', jsonb_build_object('from', f.before, 'to', f.after)),
               'balance assertions'
          from (select jsonb_build_object(
                           'object', 'balance_assertion',
                           'id', 'AST_' || lpad(to_hex(broken.id), 16, '0'),
                           'organization_id', 'ORG_' || lpad(to_hex(books), 16, '0'),
                           'account_id', 'ACT_' || lpad(to_hex(broken.account_id), 16, '0'),
                           'date', broken.date, 'expected', round(broken.expected, broken.decimals),
                           'blocking', false) as shared,
                       round(broken.before, broken.decimals) as before,
                       round(broken.balance, broken.decimals) as after) f;
    end loop;
    return null;
end $$;
create trigger entries_watched after insert on ledger_entry
    referencing new table as new_entries for each statement execute function ledger_entries_watched();
alter table ledger_entry enable always trigger entries_watched;
