-- What a scoped key sees of the ledger. Each policy adds to `tenant_read`, which is closed to such a key.

-- An account stands for those beneath it, a contact for all that are one party with it.
create or replace function crane_bind_scope(organization bigint, scope jsonb) returns void language plpgsql volatile as $$
declare
    accounts bigint[];
    contacts bigint[];
    payables bigint[];
begin
    with recursive chart as (
        select a.id from ledger_account a
         where a.organization_id = organization
           and a.id = any (array(select jsonb_array_elements_text(scope -> 'account_ids')::bigint))
        union
        select a.id from ledger_account a join chart c on a.parent_id = c.id where a.organization_id = organization
    ) select array_agg(id) into accounts from chart;
    with heads as (
        select coalesce(c.merged_into_id, c.id) as id from ledger_contact c
         where c.organization_id = organization
           and c.id = any (array(select jsonb_array_elements_text(scope -> 'contact_ids')::bigint))
    ) select array_agg(c.id) into contacts from ledger_contact c
       where c.organization_id = organization
         and (c.id in (select id from heads) or c.merged_into_id in (select id from heads));
    select array_agg(a.id) into payables from ledger_account a
     where a.organization_id = organization and a.role = 'payable';
    perform set_config('app.scoped_id', organization::text, true),
            set_config('app.scope_accounts', coalesce(accounts, '{}')::text, true),
            set_config('app.scope_contacts', coalesce(contacts, '{}')::text, true),
            set_config('app.scope_payables', coalesce(payables, '{}')::text, true);
end $$;

-- Whether a scoped key sees a row. Each is called for rows out of reach alone, and costs the planner nothing: a policy
-- with parts of its own would make every query of everybody longer to plan. They name their schema: a dump of the
-- database searches none.
create function ledger_sees_account(organization bigint, number bigint)
returns boolean language plpgsql stable cost 1 as $$
begin
    return organization = public.crane_scoped_id() and number = any (public.crane_scope_accounts());
end $$;
create function ledger_sees_contact(organization bigint, number bigint)
returns boolean language plpgsql stable cost 1 as $$
begin
    return organization = public.crane_scoped_id() and number = any (public.crane_scope_contacts());
end $$;

create policy scoped_read on ledger_account for select using (ledger_sees_account(organization_id, id));
create policy scoped_read on ledger_accountversion for select using (ledger_sees_account(organization_id, account_id));
create policy scoped_read on ledger_accounttotal for select using (ledger_sees_account(organization_id, account_id));
create policy scoped_read on ledger_entry for select using (ledger_sees_account(organization_id, account_id));

create policy scoped_read on ledger_contact for select using (ledger_sees_contact(organization_id, id));
create policy scoped_read on ledger_document for select using (ledger_sees_contact(organization_id, contact_id));
create policy scoped_read on ledger_payment for select using (ledger_sees_contact(organization_id, contact_id));
create policy scoped_read on ledger_openitem for select using (ledger_sees_contact(organization_id, contact_id));

-- Rows that are seen with others: these read under the policies above.
create function ledger_sees_transaction(organization bigint, number bigint)
returns boolean language plpgsql stable cost 1 as $$
begin
    if organization is distinct from public.crane_scoped_id() then return false; end if;
    return exists (select from public.ledger_entry e
                    where e.organization_id = organization and e.transaction_id = number);
end $$;
create function ledger_sees_item(organization bigint, number bigint)
returns boolean language plpgsql stable cost 1 as $$
begin
    if organization is distinct from public.crane_scoped_id() then return false; end if;
    return exists (select from public.ledger_openitem i where i.organization_id = organization and i.id = number);
end $$;
create policy scoped_read on ledger_transaction for select using (ledger_sees_transaction(organization_id, id));
create policy scoped_read on ledger_itemmovement for select using (ledger_sees_item(organization_id, item_id));
create policy scoped_read on ledger_settlement for select using (
    ledger_sees_item(organization_id, debit_item_id) and ledger_sees_item(organization_id, credit_item_id));

-- What stands on the papers of any of them.
create policy scoped_read on ledger_stationery for select using (organization_id = crane_scoped_id());
create policy scoped_read on ledger_tax for select using (organization_id = crane_scoped_id());

-- As before (0024_open_items.sql), but who sees a contact's items and not the account they stand on knows which side
-- that is.
create or replace function ledger_contact_balances(organization bigint, contacts bigint[], today date)
returns table (contact_id bigint, role varchar, outstanding numeric, overdue numeric, credit numeric)
language sql stable as $$
    select i.contact_id, s.role, sum(i.open_base) * s.sign,
           coalesce(sum(i.open_base) filter (where i.amount * s.sign > 0 and i.due_date < today), 0) * s.sign,
           -coalesce(sum(i.open_base) filter (where i.amount * s.sign < 0), 0) * s.sign
      from ledger_openitem i
      left join ledger_account a on a.organization_id = i.organization_id and a.id = i.account_id
     cross join lateral (select coalesce(a.role, case
               when i.account_id = any (nullif(current_setting('app.scope_payables', true), '')::bigint[]) then 'payable'
               else 'receivable' end)::varchar as role) r
     cross join lateral (select r.role, case r.role when 'receivable' then 1 else -1 end as sign) s
     where i.organization_id = organization and i.contact_id = any (contacts) and i.open_amount <> 0
     group by 1, 2, s.sign
$$;

-- As before (0032_approval.sql), but a key that works from some addresses only takes the way on which they are checked.
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
