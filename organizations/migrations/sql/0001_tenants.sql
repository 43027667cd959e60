-- The organization record: who may see it, and what it may never become.

alter table organizations_organization enable row level security;
alter table organizations_organization force row level security;
create policy tenant_read on organizations_organization for select using (
    id = any ((select crane_reach())::bigint[])
    or id = (select crane_overseen_id())
    or owner_ids && (select crane_actor_ids())
    or overseer_ids && (select crane_actor_ids())
    or (select crane_is_superuser())
);
create policy tenant_insert on organizations_organization for insert with check (id = (select crane_organization_id()));
create policy tenant_update on organizations_organization for update
    using (id = (select crane_organization_id())) with check (id = (select crane_organization_id()));

grant select, insert on organizations_organization to crane_app;
grant update (name, domain, tax_number, fiscal_year_start, time_zone, billing_type, ownership_percentage,
              books_closed_through, require_draft_approval, strict_account_codes, status, metadata, updated_at)
    on organizations_organization to crane_app;

create index organization_owner_ids on organizations_organization using gin (owner_ids);
create index organization_overseer_ids on organizations_organization using gin (overseer_ids);

alter table organizations_organization
    add constraint organization_mode check (mode in ('live', 'test')),
    add constraint organization_status check (status in ('active', 'archived')),
    add constraint organization_relationship check (
        (parent_id is null) = (relationship_type is null) and relationship_type in ('owned', 'linked')),
    add constraint organization_billing check (billing_type in ('shared', 'separate')),
    add constraint organization_fiscal_year check (fiscal_year_start between 1 and 12),
    add constraint organization_ownership check (ownership_percentage > 0 and ownership_percentage <= 100);

-- The reach of the parents, worked out by the database: Python cannot claim it. Oversight
-- ends at the linked child: what that child owns is its own affair.
create function organization_place() returns trigger language plpgsql as $$
declare parent organizations_organization;
begin
    new.owner_ids := array[new.id];
    new.overseer_ids := '{}';
    if new.parent_id is not null then
        select * into parent from organizations_organization where id = new.parent_id;
        if not found then
            raise exception 'parent organization % is out of reach', new.parent_id
                using errcode = 'LG010', constraint = 'organization_parent_in_reach';
        end if;
        if parent.mode <> new.mode then
            raise exception 'live and test organizations never meet'
                using errcode = 'LG010', constraint = 'organization_mode_of_parent';
        end if;
        if new.relationship_type = 'owned' then
            new.owner_ids := new.owner_ids || parent.owner_ids;
        else
            new.overseer_ids := parent.owner_ids;
        end if;
    end if;
    return new;
end $$;
create trigger organization_place before insert on organizations_organization
    for each row execute function organization_place();

-- Closing books takes the exclusive side of the lock whose shared side every posting
-- takes; otherwise a posting in flight slips in behind the close.
create function crane_books_key(organization bigint) returns bigint language sql immutable parallel safe as $$
    select hashtextextended('crane.books:' || organization::text, 0)
$$;
create function organization_change() returns trigger language plpgsql as $$
begin
    if new.books_closed_through is distinct from old.books_closed_through then
        perform pg_advisory_xact_lock(crane_books_key(new.id));
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger organization_change before update on organizations_organization
    for each row execute function organization_change();
