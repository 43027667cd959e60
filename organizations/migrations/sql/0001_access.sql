-- Finding out who asks, in one round trip, before any organization is known.

-- A secret's row is open to whoever names its random prefix, and to its organization.
create function crane_credential() returns text language sql stable parallel safe as $$
    select nullif(current_setting('app.credential', true), '')
$$;

-- Opens a request made with an API key: looks the key up, finds the organization that is
-- asked for, and binds the tenant settings to it. The caller compares the hash before
-- it believes any of this. An organization out of reach comes back as null.
create function crane_open_by_key(key_prefix text, target_id bigint)
returns table (
    key_id bigint, home_id bigint, secret_hash bytea, secret_expires_at timestamptz, permissions jsonb,
    expires_at timestamptz, revoked_at timestamptz, mode text, oversight boolean, opened_at timestamptz,
    target organizations_organization
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
            set_config('app.reach', '', true), set_config('app.actor_ids', '', true);
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
    else
        select * into wanted from organizations_organization o
         where o.id = target_id and (home.id = any (o.owner_ids) or home.id = any (o.overseer_ids));
        linked := wanted.id is not null and not (home.id = any (wanted.owner_ids));
    end if;
    perform set_config('app.reach', '', true);
    if wanted.id is not null and linked then
        perform set_config('app.overseen_id', wanted.id::text, true);
    elsif wanted.id is not null then
        perform set_config('app.organization_id', wanted.id::text, true),
                set_config('app.reach', array[wanted.id]::text, true);
    end if;
    return query select key.id, home.id, secret.secret_hash::bytea, secret.expires_at, key.permissions,
                        key.expires_at, key.revoked_at, home.mode::text, linked, now(), wanted;
end $$;

-- The same for a logged-in user: every membership that reaches the organization counts.
create function crane_open_by_user(asking_user bigint, superuser boolean, target_id bigint)
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
