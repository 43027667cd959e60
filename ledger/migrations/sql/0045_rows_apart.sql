-- Rows and events come apart: as one document, all of it was taken for jsonb, sorted key by key, before the rows were read
-- of it. Rows are read as they are written now, which spares PostgreSQL a tenth of ten thousand postings. What is read is
-- as before (0017_checks_by_statement.sql).
create function ledger_write_rows(
    organization bigint, headers json, turned json, entries json, who jsonb, facts jsonb
) returns void language plpgsql as $$
begin
    perform set_config('plan_cache_mode', case when pg_relation_size('ledger_entry') < 32 * 8192
                                               then 'force_custom_plan' else 'auto' end, true);
    if headers::text <> '[]' then
        insert into ledger_transaction (
            id, organization_id, type, status, transaction_date, description, reference_number, external_id, currency_id,
            amount, total_debits, total_credits, account_id, contact_id, category_id, lines, entry_count, original_id,
            reversal_scope, reversal_reason, error_code, error_message, version, metadata, created_at)
        select t.id, organization, t.type, t.status, t.transaction_date, t.description, t.reference_number, t.external_id,
               t.currency_id, t.amount, t.total_debits, t.total_credits, t.account_id, t.contact_id, t.category_id, t.lines,
               t.entry_count, t.original_id, t.reversal_scope, t.reversal_reason, t.error_code, t.error_message, 1,
               t.metadata, now()
          from json_to_recordset(headers) as t (
               id bigint, type text, status text, transaction_date date, description text, reference_number text,
               external_id text, currency_id text, amount numeric, total_debits numeric, total_credits numeric,
               account_id bigint, contact_id bigint, category_id bigint, lines jsonb, entry_count int, original_id bigint,
               reversal_scope text, reversal_reason text, error_code text, error_message text, metadata jsonb);
    end if;

    if turned::text <> '[]' then
        update ledger_transaction t
           set status = 'posted', lines = null, entry_count = p.entry_count, amount = p.amount,
               total_debits = p.total_debits, total_credits = p.total_credits, error_code = null,
               error_message = null, reversal_scope = p.reversal_scope, version = t.version + 1
          from json_to_recordset(turned) as p (
               id bigint, entry_count int, amount numeric, total_debits numeric, total_credits numeric,
               reversal_scope text)
         where t.organization_id = organization and t.id = p.id;
    end if;

    if entries::text <> '[]' then
        insert into ledger_entry (
            id, organization_id, transaction_id, line_no, account_id, transaction_date, entry_type, currency_id,
            amount, base_amount, currency_rate, description, reference, metadata, reverses_entry_id)
        select e.id, organization, e.transaction_id, e.line_no, e.account_id, e.transaction_date, e.entry_type,
               e.currency_id, e.amount, e.base_amount, e.currency_rate, e.description, e.reference, e.metadata,
               e.reverses_entry_id
          from json_to_recordset(entries) as e (
               id bigint, transaction_id bigint, line_no int, account_id bigint, transaction_date date,
               entry_type text, currency_id text, amount numeric, base_amount numeric, currency_rate numeric,
               description text, reference text, metadata jsonb, reverses_entry_id bigint);
    end if;

    perform crane_record(organization, who, facts);
    -- Last, so that what the database refuses is refused here and not at the commit.
    set constraints all immediate;
    set constraints all deferred;
end $$;

-- Processes from before this migration send one document still.
create or replace function ledger_write(organization bigint, document jsonb) returns void language plpgsql as $$
begin
    perform ledger_write_rows(organization, (document -> 'headers')::json, (document -> 'turned')::json,
                              (document -> 'entries')::json, document -> 'who', document -> 'facts');
end $$;

-- As before (0036_scoped_keys.sql, 0043_plans_that_last.sql).
create or replace function ledger_post_at_once(
    key_prefix text, digest bytea, home_id bigint, target_id bigint, base_currency text, zone text, texts text[]
) returns text[] language plpgsql set enable_seqscan = off as $$
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

    perform ledger_write_rows(
        target_id, concat('[', headers, ']')::json, '[]', concat('[', entries, ']')::json,
        jsonb_build_object('api_key_id', key_id), concat('[', facts, ']')::jsonb);
    insert into organizations_idempotencykey (organization_id, key, fingerprint, status, body)
    select target_id, k.key, decode(k.print, 'hex'), 201, k.answer
      from unnest(keys, prints, answers) k (key, print, answer) where k.key is not null;
    return answers;
end $$;
