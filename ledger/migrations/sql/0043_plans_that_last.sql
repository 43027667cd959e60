-- As before (0036_scoped_keys.sql), but its plans do not depend on when a session made them: the one of the first
-- postings read all keys of idempotency from end to end, since there were few, and the session kept it until the table
-- was analyzed.
create or replace function ledger_post_at_once(
    key_prefix text, digest bytea, home_id bigint, target_id bigint, base_currency text, zone text, texts text[]
) returns text[] language plpgsql as $$
declare
    header text; headers text;
    entry text; entries text;
    fact text; facts text;
    first bigint;
    provisional bigint;
    id bigint;
    instant text := replace(to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z');
    keys text[];
    prints text[];
    answers text[];
    key_id bigint;
begin
    for place in 0 .. cardinality(texts) - 8 by 8 loop
        header := texts[place + 1];
        entry := texts[place + 2];
        fact := texts[place + 3];
        first := texts[place + 4];
        for step in 0 .. texts[place + 5]::int - 1 loop
            provisional := first + step;
            id := crane_next_id();
            if step = 0 then header := replace(header, provisional::text, id::text); end if;
            entry := replace(entry, provisional::text, id::text);
            fact := replace(fact, lpad(to_hex(provisional), 16, '0'), lpad(to_hex(id), 16, '0'));
        end loop;
        fact := replace(fact, texts[place + 6], instant);
        headers := concat_ws(',', headers, header);
        entries := concat_ws(',', entries, entry);
        facts := concat_ws(',', facts, fact);
        answers := answers || (fact::json -> 'after_state')::text;
        keys := keys || texts[place + 7];
        prints := prints || texts[place + 8];
    end loop;

    instant := set_config('enable_seqscan', 'off', true);
    -- As crane_open_by_key does, in one look: who asks and for which books is known here, and all of it is checked
    -- before anything is written. What is set ends with this statement.
    instant := set_config('app.credential', key_prefix, true);
    instant := set_config('app.reach', array[home_id, target_id]::text, true);
    instant := set_config('app.organization_id', target_id::text, true);
    instant := set_config('app.overseen_id', '', true);
    instant := set_config('app.actor_ids', '', true);
    select k.id into key_id
      from organizations_keysecret s
      join organizations_apikey k on k.organization_id = s.organization_id and k.id = s.api_key_id
      join organizations_organization o on o.id = target_id and s.organization_id = any (o.owner_ids)
     where s.prefix = key_prefix and s.organization_id = home_id and s.secret_hash = digest
       and (s.expires_at > now()) is not false and (k.expires_at > now()) is not false and k.revoked_at is null
       and k.scope is null and k.allowed_addresses = '{}'
       and o.status = 'active' and o.base_currency_id = base_currency and o.time_zone = zone
       and case jsonb_typeof(k.permissions) when 'array' then k.permissions
           else coalesce(k.permissions -> 'transactions', k.permissions -> '*') end
           ?& case when o.require_draft_approval then array['write', 'approve'] else array['write'] end
       and not exists (select from organizations_idempotencykey i
                        where i.organization_id = target_id and i.key = any (keys));
    if not found then return null; end if;
    instant := set_config('app.credential', '', true);
    instant := set_config('app.reach', array[target_id]::text, true);

    perform ledger_write(target_id, concat(
        '{"headers": [', headers, '], "turned": [], "entries": [', entries, '], "who": {"api_key_id": ', key_id,
        '}, "facts": [', facts, ']}')::jsonb);
    insert into organizations_idempotencykey (organization_id, key, fingerprint, status, body)
    select target_id, k.key, decode(k.print, 'hex'), 201, k.answer
      from unnest(keys, prints, answers) k (key, print, answer) where k.key is not null;
    return answers;
end $$;
