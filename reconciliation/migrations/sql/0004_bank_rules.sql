-- Bank rules, and what was learned from people's decisions.

alter table reconciliation_bankrule
    add constraint bank_rule_name check (btrim(name) <> ''),
    add constraint bank_rule_priority check (priority between 0 and 1000000),
    add constraint bank_rule_match check (match in ('all', 'any')),
    add constraint bank_rule_conditions check (
        case when jsonb_typeof(conditions) = 'array' then jsonb_array_length(conditions) between 1 and 20 else false end),
    add constraint bank_rule_actions check (
        jsonb_typeof(actions) = 'object' and (actions ? 'account_id') <> (actions ? 'splits'));

alter table reconciliation_learnedtoken
    add constraint learned_count check (count > 0);

-- The accounts that actions name, which no foreign key can see.
create function reconciliation_rule_accounts(actions jsonb) returns bigint[] language sql immutable as $$
    select coalesce(array_agg(('x' || substr(named ->> 'account_id', 5))::bit(64)::bigint), '{}')
      from jsonb_array_elements(case when actions ? 'splits' then actions -> 'splits'
                                     else jsonb_build_array(actions) end) named
$$;

create function reconciliation_rule_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if (new.id, new.organization_id, new.created_at)
           is distinct from (old.id, old.organization_id, old.created_at) then
            raise exception 'rule % stays what it is', old.id
                using errcode = 'LG020', constraint = 'bank_rule_identity_final';
        end if;
        new.version := old.version + 1;
        new.updated_at := now();
    else
        new.version := 1;
    end if;
    -- Locked as a foreign key would lock them: none of them can be deleted meanwhile.
    perform 1 from ledger_account a
      where a.organization_id = new.organization_id and a.id = any (reconciliation_rule_accounts(new.actions))
      order by a.id for key share;
    if exists (select from unnest(reconciliation_rule_accounts(new.actions)) named
                where not exists (select from ledger_account a
                                   where a.organization_id = new.organization_id and a.id = named)) then
        raise exception 'a rule books to accounts of its own organization'
            using errcode = 'LG020', constraint = 'bank_rule_books_to_own_accounts';
    end if;
    return new;
end $$;
create trigger rule_change before insert or update on reconciliation_bankrule
    for each row execute function reconciliation_rule_change();
alter table reconciliation_bankrule enable always trigger rule_change;

create function reconciliation_account_in_rules() returns trigger language plpgsql as $$
begin
    if exists (select from reconciliation_bankrule r where r.organization_id = old.organization_id
                  and old.id = any (reconciliation_rule_accounts(r.actions))) then
        raise exception 'bank rules book to account %', old.id
            using errcode = '23503', constraint = 'account_in_bank_rule';
    end if;
    return old;
end $$;
create trigger account_in_rules before delete on ledger_account
    for each row execute function reconciliation_account_in_rules();
alter table ledger_account enable always trigger account_in_rules;
