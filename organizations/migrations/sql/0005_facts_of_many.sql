-- Facts recorded together may come from several requests: each may name its own.
create or replace function crane_record(organization bigint, who jsonb, facts jsonb) returns void language plpgsql as $$
begin
    insert into organizations_event (organization_id, event_type, entity_type, entity_id, before_state, after_state,
                                     changes, api_key_id, user_id, system, ip_address, request_id)
    select organization, f.event_type, split_part(f.event_type, '.', 1), f.entity_id, f.before_state, f.after_state,
           f.changes, (who ->> 'api_key_id')::bigint, (who ->> 'user_id')::bigint, who ->> 'system',
           coalesce(f.ip_address, who ->> 'ip_address')::inet, coalesce(f.request_id, who ->> 'request_id')
      from jsonb_to_recordset(facts)
           as f (event_type text, entity_id text, before_state jsonb, after_state jsonb, changes jsonb,
                 ip_address text, request_id text);
end $$;

-- Its names are qualified already. A function with settings of its own is called; one without is part of the query.
alter function crane_next_id() reset search_path;
create or replace function crane_next_id() returns bigint language sql volatile parallel unsafe as $$
    select ((extract(epoch from clock_timestamp()) * 1000)::bigint - 1704067200000) << 20
           | nextval('public.crane_id_seq')
$$;
