-- Exchange rates: made and deleted, never changed.

alter table ledger_exchangerate
    add constraint exchange_rate_pair check (from_currency_id <> to_currency_id),
    add constraint exchange_rate_positive check (rate > 0 and rate < 1e12),
    add constraint exchange_rate_source check (btrim(source) <> ''),
    add constraint exchange_rate_date_in_range check (effective_date between '1900-01-01' and '2200-12-31');

-- A row is locked before it is deleted, which takes the right to change something of it; the trigger refuses the change.
grant update (updated_at) on ledger_exchangerate to crane_app;

create trigger exchange_rate_final before update on ledger_exchangerate
    for each row execute function crane_refuse_change('exchange_rate_final');
alter table ledger_exchangerate enable always trigger exchange_rate_final;
