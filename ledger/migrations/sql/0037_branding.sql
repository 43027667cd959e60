grant update (brand_name) on ledger_stationery to crane_app;

-- Name, colour and logo of an organization within reach and of those above it, the nearest first: as long as each is
-- billed with its parent. These three are all that a child is shown of who is above it.
create function ledger_branding(organization bigint)
returns table (organization_id bigint, brand_name varchar, accent_color varchar, logo bytea, logo_type varchar)
language plpgsql volatile as $$
declare
    superuser text := coalesce(current_setting('app.superuser', true), '');
    reach text := coalesce(current_setting('app.reach', true), '');
    scoped text := coalesce(current_setting('app.scoped_id', true), '');
    chain bigint[];
begin
    if not (organization = any (crane_reach()) or organization = crane_scoped_id()) then return; end if;
    perform set_config('app.superuser', 'on', true);
    with recursive above as (
        select o.id, o.parent_id, o.billing_type, 1 as place from organizations_organization o where o.id = organization
        union all
        select o.id, o.parent_id, o.billing_type, a.place + 1
          from above a join organizations_organization o on o.id = a.parent_id where a.billing_type = 'shared'
    ) select array_agg(a.id order by a.place) into chain from above a;
    perform set_config('app.superuser', superuser, true), set_config('app.scoped_id', '', true),
            set_config('app.reach', chain::text, true);
    return query
        select s.organization_id, s.brand_name, s.accent_color, s.logo, s.logo_type
          from unnest(chain) with ordinality c(id, place)
          join ledger_stationery s on s.organization_id = c.id order by c.place;
    perform set_config('app.reach', reach, true), set_config('app.scoped_id', scoped, true);
end $$;
