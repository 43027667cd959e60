-- Matches: lines of the bank and entries of the books that are the same money, to the last unit.

alter table reconciliation_match
    add constraint match_status check (status in ('suggested', 'accepted', 'undone')),
    add constraint match_origin check (origin in ('manual', 'automatic', 'rule', 'created', 'transfer')),
    add constraint match_fee_in_range check (fee between 0 and 1e19),
    add constraint match_has_lines check (cardinality(line_ids) between 1 and 1000 and cardinality(entry_ids) <= 1000);

alter table reconciliation_statementline
    add constraint line_of_own_match foreign key (organization_id, match_id)
        references reconciliation_match (organization_id, id);

create function reconciliation_match_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.status <> 'suggested' then
            raise exception 'match % stays on record', old.id using errcode = 'LG020', constraint = 'match_stays';
        end if;
        return old;
    end if;
    if (new.id, new.organization_id, new.account_id, new.origin, new.line_ids, new.created_at)
       is distinct from (old.id, old.organization_id, old.account_id, old.origin, old.line_ids, old.created_at)
       or (old.status <> 'suggested'
           and (new.entry_ids, new.fee, new.transaction_id)
               is distinct from (old.entry_ids, old.fee, old.transaction_id))
       or (old.status = 'undone' and new.status <> 'undone')
       or (old.status = 'accepted' and new.status = 'suggested') then
        raise exception 'match % is what was decided', old.id using errcode = 'LG020', constraint = 'match_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger match_change before update or delete on reconciliation_match
    for each row execute function reconciliation_match_change();
alter table reconciliation_match enable always trigger match_change;

-- At the end of the transaction: an accepted match holds just its lines and its entries, and they add up;
-- any other holds no entry, and an undone one no line.
create function reconciliation_match_holds(organization bigint, number bigint) returns void
language plpgsql as $$
declare
    claimed record;
    lines record;
    entries record;
begin
    -- Plans are kept for a session, perhaps from when the tables were empty: each look-up asks for an order that only
    -- the right index gives (ledger/0017).
    select m.status, m.account_id, m.line_ids, m.entry_ids into claimed
      from reconciliation_match m where m.organization_id = organization and m.id between number and number
     order by m.id limit 1;
    if not found then return; end if;
    select count(*) as many, coalesce(sum(l.amount), 0) as amount,
           coalesce(bool_and(l.account_id = claimed.account_id and l.id = any (claimed.line_ids)), true) as own,
           coalesce(bool_and(l.status in ('matched', 'created')), true) as taken
      into lines
      from (select x.id, x.account_id, x.status, x.amount from reconciliation_statementline x
             where x.organization_id = organization and x.match_id between number and number
             order by x.match_id limit 1001) l;
    select count(*) as many, coalesce(sum(e.amount), 0) as amount,
           coalesce(bool_and(e.account_id = claimed.account_id and e.id = any (claimed.entry_ids)), true) as own
      into entries
      from (select x.entry_id from reconciliation_matchedentry x
             where x.organization_id = organization and x.match_id between number and number
             order by x.match_id limit 1001) m
     cross join lateral (
           select y.id, y.account_id, y.amount from ledger_entry y
            where y.organization_id = organization and y.id between m.entry_id and m.entry_id
            order by y.id limit 1) e;
    if not lines.own or not entries.own
       or (claimed.status = 'accepted'
           and (not lines.taken or lines.many <> cardinality(claimed.line_ids) or entries.many = 0
                or entries.many <> cardinality(claimed.entry_ids) or lines.amount <> entries.amount))
       or (claimed.status <> 'accepted' and entries.many > 0)
       or (claimed.status = 'suggested' and lines.many > 0 and lines.taken)
       or (claimed.status = 'undone' and lines.many > 0) then
        raise exception 'match % does not tie: lines %, entries %', number, lines.amount, entries.amount
            using errcode = 'LG020', constraint = 'match_ties';
    end if;
end $$;

create function reconciliation_match_checked() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'reconciliation_match' then
        perform reconciliation_match_holds(new.organization_id, new.id);
        return null;
    end if;
    if tg_op <> 'INSERT' and old.match_id is not null then
        perform reconciliation_match_holds(old.organization_id, old.match_id);
    end if;
    if tg_op <> 'DELETE' and new.match_id is not null
       and (tg_op = 'INSERT' or new.match_id is distinct from old.match_id) then
        perform reconciliation_match_holds(new.organization_id, new.match_id);
    end if;
    return null;
end $$;
-- A new suggestion holds nothing yet, and lines that are only suggested claim nothing: most rows need no look.
create constraint trigger match_checked after update on reconciliation_match
    deferrable initially deferred for each row execute function reconciliation_match_checked();
create constraint trigger match_checked_at_once after insert on reconciliation_match
    deferrable initially deferred for each row when (new.status <> 'suggested')
    execute function reconciliation_match_checked();
create constraint trigger match_checked after insert or update or delete on reconciliation_matchedentry
    deferrable initially deferred for each row execute function reconciliation_match_checked();
create constraint trigger match_checked after update of match_id, status on reconciliation_statementline
    deferrable initially deferred for each row
    when (old.status in ('matched', 'created') or new.status in ('matched', 'created'))
    execute function reconciliation_match_checked();
alter table reconciliation_match enable always trigger match_checked_at_once;
alter table reconciliation_match enable always trigger match_checked;
alter table reconciliation_matchedentry enable always trigger match_checked;
alter table reconciliation_statementline enable always trigger match_checked;
