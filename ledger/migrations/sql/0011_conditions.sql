-- Conditional posting: an entry may say what the balance of its account must be once its transaction is in the
-- books. Whoever posts with a condition has the account alone from before the rows are written until the commit,
-- so what was checked is what is committed. Postings without a condition call neither function.

-- The order of all postings: the books, then accounts by id. Accounts with a floor or a ceiling, which the entries'
-- trigger will hold, are held along: in two rounds two postings could wait for each other.
create function ledger_hold_accounts(organization bigint, conditioned bigint[], touched bigint[])
returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(crane_books_key(organization));
    perform 1 from ledger_account a
      where a.organization_id = organization
        and (a.id = any (conditioned)
             or (a.id = any (touched) and (a.balance_floor is not null or a.balance_ceiling is not null)))
      order by a.organization_id, a.id for no key update;
end $$;

-- Conditions in the order of their entries: bounds of a balance in the account's currency, signed by its normal side.
-- ``later`` is what further transactions of the same call have put on the account, debit positive.
create function ledger_check_conditions(organization bigint, conditions jsonb) returns void language plpgsql as $$
declare
    offence record;
begin
    select c.account_id, c.entry, c.gte, c.lte, a.code, a.currency_id, x.balance into offence
      from jsonb_to_recordset(conditions) as c (
           place int, account_id bigint, entry int, gte numeric, lte numeric, later numeric)
      left join ledger_account a on a.organization_id = organization and a.id = c.account_id
      cross join lateral (
          select (coalesce(sum(t.debit - t.credit), 0) - c.later)
                 * case when a.type in ('asset', 'expense') then 1 else -1 end as balance
            from ledger_accounttotal t
           where t.organization_id = organization and t.account_id = c.account_id and t.grain = 'M') x
     where a.id is null or x.balance < c.gte or x.balance > c.lte
     order by c.place limit 1;
    if found then
        raise exception 'the balance of account % would be %', offence.code, offence.balance
            using errcode = 'LG004', constraint = 'balance_condition_holds', detail = jsonb_build_object(
                'account_id', offence.account_id, 'code', offence.code, 'currency', offence.currency_id,
                'entry', offence.entry, 'gte', offence.gte, 'lte', offence.lte, 'balance', offence.balance)::text;
    end if;
end $$;
