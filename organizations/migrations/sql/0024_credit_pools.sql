-- Pools of credits, and packages that are bought for them.

alter table organizations_creditpool
    add constraint pool_recharge check (
        (recharge_below is null) = (recharge_package = '') and coalesce(recharge_below, 0) >= 0);

alter table organizations_creditpurchase
    add constraint purchase_counts check (credits > 0 and cents > 0 and attempts >= 0),
    add constraint purchase_status check (status in ('preparing', 'open', 'paid', 'expired', 'failed'));

grant update (status, checkout_url, provider_id, error, attempts, updated_at)
    on organizations_creditpurchase to crane_app;

-- What was paid stays paid, or its credits could be bought twice.
create function crane_purchase_is_final() returns trigger language plpgsql as $$
begin
    if old.status = 'paid' then
        raise exception 'purchase % is paid', old.id using errcode = 'LG012', constraint = 'purchase_final';
    end if;
    return new;
end $$;
create trigger purchase_final before update on organizations_creditpurchase
    for each row execute function crane_purchase_is_final();
alter table organizations_creditpurchase enable always trigger purchase_final;

-- Whose pool pays for an organization, where it must have the credits; null where nobody has to. It is the nearest
-- organization above with separate billing, or the root. Only this id leaves here.
create function crane_credit_pool(asking_id bigint, otherwise boolean) returns bigint language plpgsql volatile as $$
declare
    superuser text := coalesce(current_setting('app.superuser', true), '');
    reach text := coalesce(current_setting('app.reach', true), '');
    scoped text := coalesce(current_setting('app.scoped_id', true), '');
    payer organizations_organization;
    must boolean;
begin
    perform set_config('app.superuser', 'on', true);
    select * into payer from organizations_organization where id = asking_id;
    while payer.billing_type = 'shared' and payer.parent_id is not null loop
        select * into payer from organizations_organization where id = payer.parent_id;
    end loop;
    perform set_config('app.superuser', superuser, true), set_config('app.scoped_id', '', true),
            set_config('app.reach', array[payer.id]::text, true);
    select enforced into must from organizations_creditpool where organization_id = payer.id;
    perform set_config('app.reach', reach, true), set_config('app.scoped_id', scoped, true);
    return case when coalesce(must, otherwise) then payer.id end;
end $$;

-- An organization with all below it whose calls its pool pays for. Only their ids leave here.
create function crane_paid_by(payer_id bigint) returns bigint[] language plpgsql volatile as $$
declare
    superuser text := coalesce(current_setting('app.superuser', true), '');
    found bigint[];
begin
    perform set_config('app.superuser', 'on', true);
    with recursive members as (
        select payer_id as id
        union all
        select o.id from organizations_organization o join members m on o.parent_id = m.id
         where o.billing_type = 'shared')
    select array_agg(id) into found from members;
    perform set_config('app.superuser', superuser, true);
    return found;
end $$;
