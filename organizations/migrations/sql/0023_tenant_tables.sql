-- Every tenant table, and how deep it stands: at 0 one that points at no other, each deeper one points at shallower
-- ones only. In this order rows can be put in, in the other one taken out. A key that is looked at when all is written
-- does not count, nor does one within a table.
create function crane_tenant_tables() returns table (name text, depth int) language sql stable
    set search_path = pg_catalog, public, pg_temp as $$
    with recursive tenant as (
        select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
           and a.attname = 'organization_id' and not a.attisdropped),
    points as (
        select distinct f.conrelid, f.confrelid from pg_constraint f
         where f.contype = 'f' and not f.condeferrable and f.conrelid <> f.confrelid
           and f.confrelid in (select oid from tenant)),
    deep as (
        select oid, 0 as depth from tenant
        union
        select p.conrelid, d.depth + 1 from deep d join points p on p.confrelid = d.oid)
    select c.relname::text, max(d.depth) from deep d join pg_class c on c.oid = d.oid group by 1 order by 2, 1
$$;
