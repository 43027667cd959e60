-- Keys that see a part of their organization, and keys that work from some addresses only.

alter table organizations_apikey
    add constraint key_scope_shape check (
        scope is null
        or (jsonb_typeof(scope -> 'account_ids') = 'array' and jsonb_typeof(scope -> 'contact_ids') = 'array') is true),
    add constraint key_scope_reads_only check (
        scope is null or not jsonb_path_exists(permissions, 'strict $.** ? (@ == "write" || @ == "delete" || @ == "approve")'));

-- The organization that a scoped key sees a part of; 0, which none is, for everybody else.
create function crane_scoped_id() returns bigint language sql stable parallel safe as $$
    select coalesce(nullif(current_setting('app.scoped_id', true), ''), '0')::bigint
$$;
-- What it sees there. Each table that is open to scoped keys has a policy `scoped_read` that asks this.
create function crane_scope_accounts() returns bigint[] language sql stable parallel safe as $$
    select coalesce(nullif(current_setting('app.scope_accounts', true), ''), '{}')::bigint[]
$$;
create function crane_scope_contacts() returns bigint[] language sql stable parallel safe as $$
    select coalesce(nullif(current_setting('app.scope_contacts', true), ''), '{}')::bigint[]
$$;

-- A scoped key has no reach, whatever is bound.
create or replace function crane_reach() returns bigint[] language sql stable parallel safe as $$
    select case when coalesce(current_setting('app.scoped_id', true), '') = ''
                then coalesce(nullif(current_setting('app.reach', true), ''), '{}') else '{}' end::bigint[]
$$;

-- Binds a key's scope. The ledger, whose accounts and contacts these are, says it again with all that belongs to them.
create function crane_bind_scope(organization bigint, scope jsonb) returns void language plpgsql volatile as $$
begin
    perform set_config('app.scoped_id', organization::text, true),
            set_config('app.scope_accounts', '', true), set_config('app.scope_contacts', '', true);
end $$;

create policy scoped_read on organizations_organization for select using (id = crane_scoped_id());

-- As before (0001_access.sql), but to a scoped key every table is closed, those with a policy `scoped_read` excepted, and
-- so is every other organization.
drop function crane_open_by_key(text, bigint);
create function crane_open_by_key(key_prefix text, target_id bigint)
returns table (
    key_id bigint, home_id bigint, secret_hash bytea, secret_expires_at timestamptz, permissions jsonb,
    expires_at timestamptz, revoked_at timestamptz, mode text, oversight boolean, opened_at timestamptz,
    scope jsonb, allowed_addresses text[], target organizations_organization
) language plpgsql volatile as $$
declare
    secret organizations_keysecret;
    key organizations_apikey;
    home organizations_organization;
    wanted organizations_organization;
    linked boolean := false;
begin
    perform set_config('app.credential', key_prefix, true),
            set_config('app.organization_id', '', true), set_config('app.overseen_id', '', true),
            set_config('app.reach', '', true), set_config('app.actor_ids', '', true),
            set_config('app.scoped_id', '', true);
    select * into secret from organizations_keysecret where prefix = key_prefix;
    if not found then return; end if;
    perform set_config('app.credential', '', true),
            set_config('app.reach', array[secret.organization_id]::text, true),
            set_config('app.actor_ids', array[secret.organization_id]::text, true);
    select * into key from organizations_apikey k
     where k.organization_id = secret.organization_id and k.id = secret.api_key_id;
    select * into home from organizations_organization o where o.id = secret.organization_id;
    if target_id is null or target_id = home.id then
        wanted := home;
    elsif key.scope is null then
        select * into wanted from organizations_organization o
         where o.id = target_id and (home.id = any (o.owner_ids) or home.id = any (o.overseer_ids));
        linked := wanted.id is not null and not (home.id = any (wanted.owner_ids));
    end if;
    if key.scope is not null then
        perform crane_bind_scope(home.id, key.scope), set_config('app.actor_ids', '', true);
    end if;
    perform set_config('app.reach', '', true);
    if wanted.id is null or key.scope is not null then
        null;
    elsif linked then
        perform set_config('app.overseen_id', wanted.id::text, true);
    else
        perform set_config('app.organization_id', wanted.id::text, true),
                set_config('app.reach', array[wanted.id]::text, true);
    end if;
    return query select key.id, home.id, secret.secret_hash::bytea, secret.expires_at, key.permissions,
                        key.expires_at, key.revoked_at, home.mode::text, linked, now(),
                        key.scope, key.allowed_addresses::text[], wanted;
end $$;

-- As before, and no scope of a key stays bound.
create or replace function crane_open_by_user(asking_user bigint, superuser boolean, target_id bigint)
returns table (roles text[], oversight boolean, opened_at timestamptz, target organizations_organization)
language plpgsql volatile as $$
declare
    member_of bigint[];
    wanted organizations_organization;
    held text[];
    linked boolean := false;
begin
    perform set_config('app.credential', '', true), set_config('app.user_id', asking_user::text, true),
            set_config('app.organization_id', '', true), set_config('app.overseen_id', '', true),
            set_config('app.reach', '', true), set_config('app.actor_ids', '', true),
            set_config('app.scoped_id', '', true),
            set_config('app.superuser', case when superuser then 'on' else 'off' end, true);
    select coalesce(array_agg(m.organization_id), '{}') into member_of
      from organizations_membership m where m.user_id = asking_user;
    perform set_config('app.actor_ids', member_of::text, true);
    select * into wanted from organizations_organization o
     where o.id = target_id and (superuser or o.owner_ids && member_of or o.overseer_ids && member_of);
    if wanted.id is not null then
        linked := not superuser and not (wanted.owner_ids && member_of);
        select coalesce(array_agg(m.role::text), '{}') into held from organizations_membership m
         where m.user_id = asking_user
           and m.organization_id = any (case when linked then wanted.overseer_ids else wanted.owner_ids end);
        if superuser then held := held || 'owner'::text; end if;
        if linked then
            perform set_config('app.overseen_id', wanted.id::text, true);
        else
            perform set_config('app.organization_id', wanted.id::text, true),
                    set_config('app.reach', array[wanted.id]::text, true);
        end if;
    end if;
    return query select coalesce(held, '{}'), linked, now(), wanted;
end $$;
