-- What every later object stands on: the application's role, ids, and the tenant settings.

do $$ begin
    if not exists (select from pg_roles where rolname = 'crane_app') then
        create role crane_app nologin nosuperuser nobypassrls;
    end if;
end $$;
grant usage on schema public to crane_app;

-- Ids sort by creation, cost 8 bytes and reveal no count: milliseconds since 2024 in the
-- high bits, a cycling sequence in the low 20.
create sequence crane_id_seq minvalue 0 maxvalue 1048575 start 0 cycle cache 1;
create function crane_next_id() returns bigint language sql volatile parallel unsafe
    set search_path = pg_catalog, public as $$
    select ((extract(epoch from clock_timestamp()) * 1000)::bigint - 1704067200000) << 20
           | nextval('public.crane_id_seq')
$$;
create sequence crane_event_seq;
grant usage on sequence crane_id_seq, crane_event_seq to crane_app;

-- The tenant settings, read in one way. A setting that was local to an ended transaction
-- reads '', not null: nullif keeps that from being an error, or a way around the filter.
create function crane_organization_id() returns bigint language sql stable parallel safe as $$
    select nullif(current_setting('app.organization_id', true), '')::bigint
$$;
create function crane_reach() returns bigint[] language sql stable parallel safe as $$
    select coalesce(nullif(current_setting('app.reach', true), ''), '{}')::bigint[]
$$;
create function crane_overseen_id() returns bigint language sql stable parallel safe as $$
    select nullif(current_setting('app.overseen_id', true), '')::bigint
$$;
create function crane_actor_ids() returns bigint[] language sql stable parallel safe as $$
    select coalesce(nullif(current_setting('app.actor_ids', true), ''), '{}')::bigint[]
$$;
create function crane_user_id() returns bigint language sql stable parallel safe as $$
    select nullif(current_setting('app.user_id', true), '')::bigint
$$;
create function crane_is_superuser() returns boolean language sql stable parallel safe as $$
    select coalesce(nullif(current_setting('app.superuser', true), ''), 'off') = 'on'
$$;

-- Append-only tables refuse by the name of their rule.
create function crane_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% on %: rows are final', tg_op, tg_table_name
        using errcode = 'LG001', constraint = tg_argv[0];
end $$;
