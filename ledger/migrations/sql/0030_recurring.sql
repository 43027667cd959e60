-- Schedules and their occurrences: each number of a schedule is taken once, and what became of it stays.

alter table ledger_recurring
    add constraint recurring_type check (recurable_type in ('transaction', 'invoice', 'bill')),
    add constraint recurring_status check (status in ('active', 'paused', 'completed', 'cancelled')),
    add constraint recurring_frequency check (frequency in (
        'daily', 'weekly', 'biweekly', 'semimonthly', 'monthly', 'quarterly', 'semiannually', 'annually')),
    add constraint recurring_interval check (interval between 1 and 1000),
    add constraint recurring_business_day check (business_day in ('none', 'next', 'previous')),
    add constraint recurring_catch_up check (catch_up in ('all', 'latest', 'none') and catch_up_limit between 1 and 10000),
    add constraint recurring_days check (
        started_at between '1900-01-01' and '2200-12-31' and anchor between '1900-01-01' and '2200-12-31'
        and (ended_at is null or ended_at between '1900-01-01' and '2200-12-31')),
    add constraint recurring_numbers check (
        anchor_number >= 1 and next_number >= anchor_number and executions_count between 0 and next_number - 1
        and (max_executions is null or max_executions between 1 and 100000)),
    add constraint recurring_has_template check (
        jsonb_typeof(revisions) = 'array' and jsonb_array_length(revisions) between 1 and 1000),
    add constraint recurring_next_while_active check (status <> 'active' or next_execution is not null);

alter table ledger_execution
    add constraint execution_status check (status in ('succeeded', 'failed', 'skipped')),
    add constraint execution_numbers check (number >= 1 and attempts >= 1),
    add constraint execution_due_in_range check (due_date between '1900-01-01' and '2200-12-31'),
    add constraint execution_tells_why check ((status = 'failed') = (error_code <> ''));

-- A schedule never goes back, and one that is over stays so.
create function ledger_recurring_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.recurable_type, new.started_at, new.created_at)
       is distinct from (old.id, old.organization_id, old.recurable_type, old.started_at, old.created_at)
       or new.next_number < old.next_number
       or (old.status in ('completed', 'cancelled') and new.status <> old.status) then
        raise exception 'schedule % never goes back', old.id using errcode = 'LG012', constraint = 'recurring_forward';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger recurring_change before update on ledger_recurring
    for each row execute function ledger_recurring_change();
alter table ledger_recurring enable always trigger recurring_change;

-- What became of an occurrence stays; only a failed one may still succeed.
create function ledger_execution_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.status <> 'failed'
       or (new.id, new.organization_id, new.recurring_id, new.number, new.due_date)
          is distinct from (old.id, old.organization_id, old.recurring_id, old.number, old.due_date) then
        raise exception 'occurrence % has been', old.id using errcode = 'LG012', constraint = 'execution_final';
    end if;
    return new;
end $$;
create trigger execution_change before update or delete on ledger_execution
    for each row execute function ledger_execution_change();
alter table ledger_execution enable always trigger execution_change;
