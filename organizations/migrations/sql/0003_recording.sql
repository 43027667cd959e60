-- Recording events, as a function so that its plan is made once for each session and not for each event.
create function crane_record(organization bigint, who jsonb, facts jsonb) returns void language plpgsql as $$
begin
    insert into organizations_event (organization_id, event_type, entity_type, entity_id, before_state, after_state,
                                     changes, api_key_id, user_id, system, ip_address, request_id)
    select organization, f.event_type, split_part(f.event_type, '.', 1), f.entity_id, f.before_state, f.after_state,
           f.changes, (who ->> 'api_key_id')::bigint, (who ->> 'user_id')::bigint, who ->> 'system',
           (who ->> 'ip_address')::inet, who ->> 'request_id'
      from jsonb_to_recordset(facts)
           as f (event_type text, entity_id text, before_state jsonb, after_state jsonb, changes jsonb);
end $$;
