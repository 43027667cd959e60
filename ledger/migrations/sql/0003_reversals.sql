-- Reversals in parts: each entry of a reversal names the entry that it undoes, and together
-- they never undo more than there was. A reversal can be reversed itself, which gives back
-- what it had taken; deeper than that one reverses the original again.

alter table ledger_entry add constraint entry_of_own_reversed
    foreign key (organization_id, reverses_entry_id) references ledger_entry (organization_id, id);
create index entry_by_reversed on ledger_entry (organization_id, reverses_entry_id)
    where reverses_entry_id is not null;

-- Reversals of before were whole, and mirrored their original line by line.
alter table ledger_entry no force row level security;
alter table ledger_transaction no force row level security;
alter table ledger_entry disable trigger entries_are_final;
update ledger_entry e set reverses_entry_id = o.id
  from ledger_transaction t
  join ledger_entry o on o.organization_id = t.organization_id and o.transaction_id = t.original_id
 where t.reversal_scope = 'full' and t.status = 'posted'
   and e.organization_id = t.organization_id and e.transaction_id = t.id and o.line_no = e.line_no;
alter table ledger_entry enable always trigger entries_are_final;
alter table ledger_entry force row level security;
alter table ledger_transaction force row level security;

alter table ledger_transaction drop constraint transaction_reversal;
alter table ledger_transaction add constraint transaction_reversal check (
    (reversal_scope is null or (reversal_scope in ('full', 'partial') and original_id is not null))
    and original_id <> id);

-- What is left of each entry of some transactions: the entry, less what was reversed, plus
-- what of that was reversed again. Linear, so it is the sum of the whole family.
create function ledger_remaining(organization bigint, transactions bigint[])
returns table (transaction_id bigint, entry_id bigint, amount numeric, base_amount numeric)
language sql stable as $$
    with recursive family as (
        select e.transaction_id as root, e.id as entry_id, e.id as member, e.amount, e.base_amount
          from ledger_entry e
         where e.organization_id = organization and e.transaction_id = any (transactions)
        union all
        select f.root, f.entry_id, c.id, c.amount, c.base_amount
          from family f
          join ledger_entry c on c.organization_id = organization and c.reverses_entry_id = f.member
    )
    select f.root, f.entry_id, sum(f.amount), sum(f.base_amount) from family f group by 1, 2
$$;

create or replace function ledger_transaction_change() returns trigger language plpgsql as $$
declare
    closed_through date;
    organization_found boolean;
    original ledger_transaction;
begin
    if tg_op <> 'INSERT' and old.status = 'posted' then
        raise exception 'transaction % is posted', old.id
            using errcode = 'LG001', constraint = 'posted_is_final';
    end if;
    if tg_op = 'DELETE' then return old; end if;
    if tg_op = 'UPDATE' and (new.id, new.organization_id, new.created_at)
                            is distinct from (old.id, old.organization_id, old.created_at) then
        raise exception 'transaction % keeps its identity', old.id
            using errcode = 'LG001', constraint = 'transaction_identity_final';
    end if;
    new.updated_at := now();
    new.posting_date := null;
    new.posted_xid := null;
    if new.status <> 'posted' then return new; end if;

    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'post under READ COMMITTED: an older snapshot would check stale facts'
            using errcode = 'LG005', constraint = 'posting_read_committed';
    end if;
    -- The shared side of the books lock: closing books and suspending accounts wait for us.
    perform pg_advisory_xact_lock_shared(crane_books_key(new.organization_id));
    select o.books_closed_through, true into closed_through, organization_found
      from organizations_organization o where o.id = new.organization_id;
    if organization_found is not true then
        raise exception 'organization % is out of reach', new.organization_id
            using errcode = 'LG010', constraint = 'posting_organization_in_reach';
    end if;
    if new.transaction_date <= closed_through then
        raise exception 'books are closed through %', closed_through
            using errcode = 'LG003', constraint = 'books_open';
    end if;
    if new.entry_count < 2 then
        raise exception 'transaction % declares % entries', new.id, new.entry_count
            using errcode = 'LG002', constraint = 'transaction_entry_count';
    end if;
    if new.original_id is not null then
        select * into original from ledger_transaction t
         where t.organization_id = new.organization_id and t.id = new.original_id;
        if original.status is distinct from 'posted' then
            raise exception 'transaction % is not posted', new.original_id
                using errcode = 'LG002', constraint = 'reversal_of_posted';
        end if;
    end if;
    if new.reversal_scope is not null then
        if original.reversal_scope is not null and exists (
            select from ledger_transaction t where t.organization_id = new.organization_id
               and t.id = original.original_id and t.reversal_scope is not null) then
            raise exception 'transaction % reverses a reversal of a reversal', new.id
                using errcode = 'LG002', constraint = 'reversal_depth';
        end if;
        -- One reversal of a family at a time: what is left is checked when all is written.
        perform 1 from ledger_transaction t
          where t.organization_id = new.organization_id and t.id in (original.id, original.original_id)
          order by t.id for no key update;
    end if;
    new.posting_date := now();
    new.posted_xid := pg_current_xact_id();
    return new;
end $$;

create or replace function ledger_transaction_check() returns trigger language plpgsql as $$
declare
    found_entries bigint; base_sum numeric; base_debits numeric; amount_sum numeric; currencies int;
    linked bigint; unfit bigint; left_over bigint;
begin
    select count(*), sum(e.base_amount), sum(e.base_amount) filter (where e.base_amount > 0), sum(e.amount),
           count(distinct e.currency_id), count(e.reverses_entry_id)
      into found_entries, base_sum, base_debits, amount_sum, currencies, linked
      from ledger_entry e where e.organization_id = new.organization_id and e.transaction_id = new.id;
    if found_entries <> new.entry_count then
        raise exception 'transaction %: % entries, % declared', new.id, found_entries, new.entry_count
            using errcode = 'LG002', constraint = 'transaction_entry_count';
    end if;
    if base_sum <> 0 or (currencies = 1 and amount_sum <> 0) then
        raise exception 'transaction %: out of balance by %', new.id, base_sum
            using errcode = 'LG002', constraint = 'transaction_balances';
    end if;
    if coalesce(base_debits, 0) <> new.total_debits then
        raise exception 'transaction %: debits of % are said to be %', new.id, base_debits, new.total_debits
            using errcode = 'LG002', constraint = 'transaction_totals_of_entries';
    end if;
    if new.reversal_scope is null then
        if linked > 0 then
            raise exception 'transaction % reverses entries but is no reversal', new.id
                using errcode = 'LG002', constraint = 'reversal_mirrors_original';
        end if;
        return null;
    end if;

    -- Every entry of a reversal stands against an entry of its original, on the other side.
    select count(*) into unfit
      from ledger_entry e
      left join ledger_entry o on o.organization_id = e.organization_id and o.id = e.reverses_entry_id
       and o.transaction_id = new.original_id and o.account_id = e.account_id and o.entry_type <> e.entry_type
     where e.organization_id = new.organization_id and e.transaction_id = new.id and o.id is null;
    if unfit > 0 then
        raise exception 'transaction % does not mirror what it reverses', new.id
            using errcode = 'LG002', constraint = 'reversal_mirrors_original';
    end if;
    -- Of no entry of the original, nor of what the original reverses, is more undone than there was.
    select count(*) filter (where not (
               sign(r.amount) in (0, sign(e.amount)) and abs(r.amount) <= abs(e.amount)
               and sign(r.base_amount) in (0, sign(e.base_amount)) and abs(r.base_amount) <= abs(e.base_amount)
               and ((r.amount = 0) = (r.base_amount = 0) or e.amount = 0 or e.base_amount = 0))),
           count(*) filter (where r.transaction_id = new.original_id and (r.amount <> 0 or r.base_amount <> 0))
      into unfit, left_over
      from ledger_remaining(new.organization_id, array(
               select t.id from ledger_transaction t where t.organization_id = new.organization_id and t.id = new.original_id
               union all
               select t.original_id from ledger_transaction t where t.organization_id = new.organization_id
                  and t.id = new.original_id and t.reversal_scope is not null)) r
      join ledger_entry e on e.organization_id = new.organization_id and e.id = r.entry_id;
    if unfit > 0 then
        raise exception 'transaction % reverses more than is left', new.id
            using errcode = 'LG002', constraint = 'reversal_within_original';
    end if;
    if (new.reversal_scope = 'full') <> (left_over = 0) then
        raise exception 'transaction % leaves % entries open as a % reversal', new.id, left_over, new.reversal_scope
            using errcode = 'LG002', constraint = 'reversal_scope_true';
    end if;
    return null;
end $$;

create or replace function ledger_write(organization bigint, document jsonb) returns void language plpgsql as $$
begin
    if document -> 'headers' <> '[]' then
        insert into ledger_transaction (
            id, organization_id, type, status, transaction_date, description, reference_number, external_id, currency_id,
            amount, total_debits, total_credits, account_id, contact_id, category_id, lines, entry_count, original_id,
            reversal_scope, reversal_reason, error_code, error_message, version, metadata, created_at)
        select t.id, organization, t.type, t.status, t.transaction_date, t.description, t.reference_number, t.external_id,
               t.currency_id, t.amount, t.total_debits, t.total_credits, t.account_id, t.contact_id, t.category_id, t.lines,
               t.entry_count, t.original_id, t.reversal_scope, t.reversal_reason, t.error_code, t.error_message, 1,
               t.metadata, now()
          from jsonb_to_recordset(document -> 'headers') as t (
               id bigint, type text, status text, transaction_date date, description text, reference_number text,
               external_id text, currency_id text, amount numeric, total_debits numeric, total_credits numeric,
               account_id bigint, contact_id bigint, category_id bigint, lines jsonb, entry_count int, original_id bigint,
               reversal_scope text, reversal_reason text, error_code text, error_message text, metadata jsonb);
    end if;

    if document -> 'turned' <> '[]' then
        update ledger_transaction t
           set status = 'posted', lines = null, entry_count = p.entry_count, amount = p.amount,
               total_debits = p.total_debits, total_credits = p.total_credits, error_code = null,
               error_message = null, reversal_scope = p.reversal_scope, version = t.version + 1
          from jsonb_to_recordset(document -> 'turned') as p (
               id bigint, entry_count int, amount numeric, total_debits numeric, total_credits numeric,
               reversal_scope text)
         where t.organization_id = organization and t.id = p.id;
    end if;

    if document -> 'entries' <> '[]' then
        insert into ledger_entry (
            id, organization_id, transaction_id, line_no, account_id, transaction_date, entry_type, currency_id,
            amount, base_amount, currency_rate, description, reference, metadata, reverses_entry_id)
        select e.id, organization, e.transaction_id, e.line_no, e.account_id, e.transaction_date, e.entry_type,
               e.currency_id, e.amount, e.base_amount, e.currency_rate, e.description, e.reference, e.metadata,
               e.reverses_entry_id
          from jsonb_to_recordset(document -> 'entries') as e (
               id bigint, transaction_id bigint, line_no int, account_id bigint, transaction_date date,
               entry_type text, currency_id text, amount numeric, base_amount numeric, currency_rate numeric,
               description text, reference text, metadata jsonb, reverses_entry_id bigint);
    end if;

    perform crane_record(organization, document -> 'who', document -> 'facts');
    -- Last, so that what the database refuses is refused here and not at the commit.
    set constraints all immediate;
    set constraints all deferred;
end $$;
