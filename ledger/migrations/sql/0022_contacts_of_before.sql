-- Contacts that transactions of before name get rows of their own, so that every name leads somewhere.
-- One organization at a time, as its own writer: the walls stay up, and no table is locked against postings.
do $$
declare
    organization bigint;
begin
    perform set_config('app.superuser', 'on', true);
    for organization in select o.id from organizations_organization o order by o.id loop
        perform set_config('app.organization_id', organization::text, true),
                set_config('app.reach', '{' || organization::text || '}', true);
        insert into ledger_contact (
            id, organization_id, name, contact_type, email, phone, website, tax_number, bank_account, reference, address,
            city, state, zip_code, country, language, enabled, metadata)
        select distinct t.contact_id, t.organization_id, 'CON_' || lpad(to_hex(t.contact_id), 16, '0'), 'other',
               '', '', '', '', '', '', '', '', '', '', '', '', true, '{}'::jsonb
          from ledger_transaction t
         where t.organization_id = organization and t.contact_id is not null
           and not exists (select from ledger_contact c
                            where c.organization_id = t.organization_id and c.id = t.contact_id);
    end loop;
    perform set_config('app.reach', (select coalesce(array_agg(o.id), '{}')::text from organizations_organization o), true);
end $$;
alter table ledger_transaction validate constraint transaction_of_own_contact;
