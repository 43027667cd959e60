-- Budgets, investors, close packages and saved reports: what reports are made of beside the books.

alter table reports_budget
    add constraint budget_status check (status in ('active', 'archived')),
    add constraint budget_name check (btrim(name) <> ''),
    add constraint budget_months check (
        starts_on between '1900-01-01' and '2200-12-31' and ends_on between '1900-01-01' and '2200-12-31'
        and extract(day from starts_on) = 1 and extract(day from ends_on + 1) = 1 and starts_on <= ends_on);

alter table reports_budgetline
    add constraint budget_line_month check (extract(day from month) = 1),
    add constraint budget_line_amount check (abs(amount) < 1e19);

alter table reports_investor
    add constraint investor_status check (status in ('active', 'archived')),
    add constraint investor_name check (btrim(name) <> ''),
    add constraint investor_preferred check (preferred_return_rate between 0 and 100);

alter table reports_holding
    add constraint holding_date check (effective_date between '1900-01-01' and '2200-12-31'),
    add constraint holding_share check (
        (units is null or percentage is null) and (units >= 0 or units is null)
        and (percentage between 0 and 100 or percentage is null) and commitment >= 0);

alter table reports_closepackage
    add constraint close_package_days check (
        start_date between '1900-01-01' and '2200-12-31' and end_date between start_date and '2200-12-31'),
    add constraint close_package_version check (version >= 1),
    add constraint close_package_digest check (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'));

alter table reports_savedreport
    add constraint saved_report_words check (
        status in ('active', 'paused') and frequency in ('never', 'daily', 'weekly', 'monthly', 'quarterly')
        and format in ('pdf', 'xlsx', 'csv', 'json')
        and period in ('so_far', 'this_month', 'last_month', 'last_quarter', 'last_year') and btrim(name) <> ''),
    add constraint saved_report_due_day check ((next_run is null) = (frequency = 'never')),
    add constraint saved_report_recipients check (
        cardinality(recipients) <= 20 and (frequency = 'never' or cardinality(recipients) > 0));

-- A budget's months are fixed for life: its lines lie within them.
create function reports_budget_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.starts_on, new.ends_on, new.created_at)
       is distinct from (old.id, old.organization_id, old.starts_on, old.ends_on, old.created_at) then
        raise exception 'the months of a budget are fixed for life'
            using errcode = 'LG011', constraint = 'budget_identity_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger budget_change before update on reports_budget for each row execute function reports_budget_change();
alter table reports_budget enable always trigger budget_change;

create function reports_record_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.created_at) is distinct from (old.id, old.organization_id, old.created_at) then
        raise exception 'what a row is of is fixed for life'
            using errcode = 'LG011', constraint = 'report_record_identity_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger investor_change before update on reports_investor
    for each row execute function reports_record_change();
create trigger saved_report_change before update on reports_savedreport
    for each row execute function reports_record_change();
alter table reports_investor enable always trigger investor_change;
alter table reports_savedreport enable always trigger saved_report_change;

-- On no day have investors more than the whole, whoever writes at the same time: percentages are added up under a lock.
create function reports_holding_whole() returns trigger language plpgsql as $$
declare
    off record;
begin
    perform pg_advisory_xact_lock(hashtextextended('reports_holding', new.organization_id));
    select d.effective_date, sum(h.percentage) as percentage into off
      from (select distinct effective_date from reports_holding
             where organization_id = new.organization_id and effective_date >= new.effective_date) d
     cross join lateral (
           select distinct on (investor_id) investor_id, percentage from reports_holding
            where organization_id = new.organization_id and effective_date <= d.effective_date
            order by investor_id, effective_date desc) h
     group by 1 having sum(h.percentage) > 100
     order by 1 limit 1;
    if found then
        raise exception 'investors would have % percent on %', off.percentage, off.effective_date
            using errcode = 'LG013', constraint = 'holdings_within_whole';
    end if;
    return null;
end $$;
create trigger holding_whole after insert on reports_holding for each row execute function reports_holding_whole();
alter table reports_holding enable always trigger holding_whole;
