-- Taxes, and the items that bring them.

alter table ledger_tax
    add constraint tax_name check (btrim(name) <> ''),
    add constraint tax_rate check (rate between 0 and 1000),
    add constraint tax_type check (tax_type in ('sales_tax', 'vat', 'excise', 'other')),
    add constraint tax_treatment check (
        treatment in ('standard', 'zero_rated', 'exempt', 'reverse_charge')
        and (treatment in ('standard', 'reverse_charge') or rate = 0)
        and (treatment = 'standard' or not is_inclusive)),
    add constraint tax_dates check (
        (effective_from is null or effective_from between '1900-01-01' and '2200-12-31')
        and (effective_to is null or effective_to between '1900-01-01' and '2200-12-31')
        and (effective_from is null or effective_to is null or effective_from <= effective_to));

create function ledger_tax_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.created_at, new.rate, new.tax_type, new.treatment, new.is_compound,
        new.is_inclusive, new.is_recoverable)
       is distinct from (old.id, old.organization_id, old.created_at, old.rate, old.tax_type, old.treatment,
        old.is_compound, old.is_inclusive, old.is_recoverable) then
        raise exception 'the rate and kind of tax % are fixed for life', old.name
            using errcode = 'LG014', constraint = 'tax_rate_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger tax_change before update on ledger_tax for each row execute function ledger_tax_change();
alter table ledger_tax enable always trigger tax_change;

alter table ledger_item
    add constraint item_name check (btrim(name) <> ''),
    add constraint item_prices check (sale_price between -1e19 and 1e19 and purchase_price between -1e19 and 1e19),
    add constraint item_currency_known foreign key (currency_id) references organizations_currency (code);

create function ledger_item_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.created_at) is distinct from (old.id, old.organization_id, old.created_at) then
        raise exception 'item % keeps its identity', old.id
            using errcode = 'LG014', constraint = 'item_identity_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger item_change before update on ledger_item for each row execute function ledger_item_change();
alter table ledger_item enable always trigger item_change;
