-- A stable default is worked out once, so the table is not rewritten: what is there already gets the number of this
-- migration, which is later than that of every transaction that wrote it.
alter table organizations_event add column recorded_xid xid8 not null default pg_current_xact_id();
create index event_by_xid on organizations_event (organization_id, recorded_xid, id);

-- The number is the database's to give: the application may write every other column.
do $$
declare
    columns text := (
        select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
         where attrelid = 'organizations_event'::regclass and attnum > 0 and not attisdropped
           and attname <> 'recorded_xid');
begin
    revoke insert on organizations_event from crane_app;
    execute format('grant insert (%s) on organizations_event to crane_app', columns);
end $$;
