-- Payment providers, and what they told: each message is taken once, and what it booked stays with it.

alter table ledger_connection
    add constraint connection_provider check (provider ~ '^[a-z]{2,20}$');

alter table ledger_inboxevent
    add constraint inbox_status check (
        status in ('received', 'booked', 'waiting', 'ignored', 'failed')
        and (status = 'booked') = (booked_at is not null)
        and (status <> 'booked' or transaction_id is not null));

create function ledger_inbox_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.status = 'booked'
       or (new.id, new.organization_id, new.provider, new.event_id, new.event_type, new.payload, new.received_at)
          is distinct from
          (old.id, old.organization_id, old.provider, old.event_id, old.event_type, old.payload, old.received_at) then
        raise exception 'message % is as it came', old.id using errcode = 'LG012', constraint = 'inbox_final';
    end if;
    return new;
end $$;
create trigger inbox_change before update or delete on ledger_inboxevent
    for each row execute function ledger_inbox_change();
alter table ledger_inboxevent enable always trigger inbox_change;
