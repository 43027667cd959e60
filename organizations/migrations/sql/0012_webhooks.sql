-- Webhooks and what is on its way to them.

alter table organizations_webhook
    add constraint webhook_status check (status in ('enabled', 'disabled')),
    add constraint webhook_events check (cardinality(events) between 1 and 200),
    add constraint webhook_address check (url ~ '^https?://' and length(url) <= 2000),
    add constraint webhook_secret check (octet_length(salt) = 16 and secret_version >= 1);

alter table organizations_delivery
    add constraint delivery_status check (status in ('queued', 'delivered', 'failed')),
    add constraint delivery_counts check (attempts >= 0 and (status <> 'delivered' or delivered_at is not null));

-- What is delivered stays the event that it is.
create function crane_delivery_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.webhook_id, new.event_id, new.seq, new.event_type, new.entity_id)
       is distinct from
       (old.id, old.organization_id, old.webhook_id, old.event_id, old.seq, old.event_type, old.entity_id) then
        raise exception 'delivery % is of another event', old.id using errcode = 'LG012', constraint = 'delivery_final';
    end if;
    return new;
end $$;
create trigger delivery_change before update on organizations_delivery
    for each row execute function crane_delivery_change();
alter table organizations_delivery enable always trigger delivery_change;
