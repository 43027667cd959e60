-- The rows of one posting by hand: header, entries, and totals by day and by month, with the product's keys and
-- indexes, but without tenants, rules, row security, events and idempotency.

create sequence floor_id_seq;
create table floor_header (
    id bigint primary key, status text not null, type text not null, transaction_date date not null,
    posting_date timestamptz not null, description text not null, currency_id text not null,
    amount numeric(28, 8) not null, total_debits numeric(28, 8) not null, total_credits numeric(28, 8) not null,
    entry_count int not null, metadata jsonb not null, created_at timestamptz not null
);
create index on floor_header (transaction_date, id);
create index on floor_header (status, transaction_date, id);
create table floor_account (id bigint primary key, code text not null unique);
create table floor_entry (
    id bigint primary key, header_id bigint not null references floor_header (id), line_no int not null,
    account_id bigint not null references floor_account (id), transaction_date date not null, entry_type text not null,
    currency_id text not null, amount numeric(28, 8) not null, base_amount numeric(28, 8) not null,
    currency_rate numeric(30, 18) not null, unique (header_id, line_no)
);
create index on floor_entry (account_id, transaction_date, id);
create table floor_total (
    account_id bigint, grain text, starts date, slot smallint, debit numeric(28, 8) not null,
    credit numeric(28, 8) not null, entries bigint not null, primary key (account_id, grain, starts, slot)
) with (fillfactor = 70);
insert into floor_account select n, n::text from generate_series(1, 10) n;

create function post_sale(day date, words text, accounts bigint[], sides text[], amounts numeric[])
returns bigint language plpgsql as $$
declare
    number bigint := nextval('floor_id_seq');
    total numeric;
begin
    if (select sum(case side when 'debit' then amount else -amount end)
          from unnest(sides, amounts) l (side, amount)) <> 0 then
        raise exception 'does not balance';
    end if;
    select sum(amount) into total from unnest(sides, amounts) l (side, amount) where side = 'debit';
    insert into floor_header values
        (number, 'posted', 'journal', day, now(), words, 'USD', total, total, total, cardinality(accounts), '{}', now());
    insert into floor_entry
    select nextval('floor_id_seq'), number, place, account, day, side, 'USD',
           case side when 'debit' then amount else -amount end, case side when 'debit' then amount else -amount end, 1
      from unnest(accounts, sides, amounts) with ordinality l (account, side, amount, place);
    insert into floor_total as t
    select account, grain, case grain when 'D' then day else date_trunc('month', day)::date end, pg_backend_pid() % 8,
           sum(case side when 'debit' then amount else 0 end), sum(case side when 'credit' then amount else 0 end),
           count(*)
      from unnest(accounts, sides, amounts) l (account, side, amount), (values ('D'), ('M')) g (grain)
     group by 1, 2, 3, 4 order by 1, 2, 3, 4
        on conflict (account_id, grain, starts, slot) do update
       set debit = t.debit + excluded.debit, credit = t.credit + excluded.credit, entries = t.entries + excluded.entries;
    return number;
end $$;
