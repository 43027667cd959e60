-- Categories that transactions of before name get rows of their own, archived, so that every name leads somewhere.
-- One organization at a time, as its own writer: the walls stay up, and no table is locked against postings.
do $$
declare
    organization bigint;
begin
    perform set_config('app.superuser', 'on', true);
    for organization in select o.id from organizations_organization o order by o.id loop
        perform set_config('app.organization_id', organization::text, true),
                set_config('app.reach', '{' || organization::text || '}', true);
        insert into ledger_category (id, organization_id, name, type, description, status, metadata)
        select distinct t.category_id, t.organization_id, 'CAT_' || lpad(to_hex(t.category_id), 16, '0'), 'other',
               'Named by transactions from before categories were kept.', 'archived', '{}'::jsonb
          from ledger_transaction t
         where t.organization_id = organization and t.category_id is not null
           and not exists (select from ledger_category c
                            where c.organization_id = t.organization_id and c.id = t.category_id);
    end loop;
    perform set_config('app.reach', (select coalesce(array_agg(o.id), '{}')::text from organizations_organization o), true);
end $$;
alter table ledger_transaction validate constraint transaction_of_own_category;
