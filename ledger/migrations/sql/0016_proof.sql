-- Tamper evidence: a chain of checkpoints for each organization, written off the hot path and never turned back.

alter table ledger_checkpoint
    -- Only where an epoch begins is there a checkpoint over nothing. A leaf is its kind, its id and its hash.
    add constraint checkpoint_counts check (
        count >= 0 and octet_length(leaves) = 41 * count
        and (count > 0 or (last_xid = 0 and last_kind = 0 and last_id = 0))),
    add constraint checkpoint_hashes check (
        octet_length(root) = 32 and octet_length(previous_hash) = 32 and octet_length(hash) = 32),
    add constraint checkpoint_epoch check (epoch >= 1 and (epoch = 1) = (epoch_began_at is null));
-- Hashes do not compress.
alter table ledger_checkpoint alter column leaves set storage external;

alter table ledger_anchorpush
    add constraint anchor_push_target check (target in ('file', 'webhook')),
    add constraint anchor_push_status check (
        status in ('pending', 'pushed', 'failed') and (status = 'pushed') = (pushed_at is not null));

-- Sealing of one organization is one at a time.
create function crane_seal_key(organization bigint) returns bigint language sql immutable parallel safe as $$
    select hashtextextended('crane.seal:' || organization::text, 0)
$$;

-- The one form of a list of texts (ledger/proof/records.py), worked out here once more.
create function crane_framed(fields text[]) returns bytea language sql immutable parallel safe as $$
    select 'l'::bytea || int4send(cardinality(fields)) || coalesce(string_agg(
           case when f is null then 'n'::bytea
                else 't'::bytea || int4send(octet_length(convert_to(f, 'UTF8'))) || convert_to(f, 'UTF8') end,
           ''::bytea order by n), ''::bytea)
      from unnest(fields) with ordinality as u (f, n)
$$;
create function crane_instant(at timestamptz) returns text language sql stable parallel safe as $$
    select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
create function crane_public_id(prefix text, number bigint) returns text language sql immutable parallel safe as $$
    select prefix || '_' || lpad(to_hex(number), 16, '0')
$$;
create function ledger_checkpoint_hash(c ledger_checkpoint) returns bytea language sql stable as $$
    select sha256('\x02'::bytea || crane_framed(array[
        '1', 'checkpoint', crane_public_id('ORG', c.organization_id), c.seq::text, c.epoch::text,
        crane_instant(c.epoch_began_at), c.leaf_version::text, c.count::text, c.total::text, c.last_xid::text,
        case c.last_kind when 1 then crane_public_id('TXN', c.last_id) when 2 then crane_public_id('EVT', c.last_id) end,
        encode(c.root, 'hex'), encode(c.previous_hash, 'hex'), crane_instant(c.sealed_at)]))
$$;

-- A checkpoint follows the one before it: the next number, its hash, a later place, and never over less. Asked after
-- the insert, so that row security has its say first.
create function ledger_checkpoint_follow() returns trigger language plpgsql as $$
declare
    last ledger_checkpoint;
    follows boolean;
begin
    perform pg_advisory_xact_lock(crane_seal_key(new.organization_id));
    select * into last from ledger_checkpoint c where c.organization_id = new.organization_id
       and c.id <> new.id order by c.seq desc limit 1;
    if not found then
        follows := new.seq = 1 and new.epoch = 1 and new.total = new.count and new.count > 0
                   and new.previous_hash = decode(repeat('00', 32), 'hex');
    else
        follows := new.seq = last.seq + 1 and new.previous_hash = last.hash and new.total = last.total + new.count
                   and case when new.epoch = last.epoch
                            then new.epoch_began_at is not distinct from last.epoch_began_at and new.count > 0
                                 and (new.last_xid, new.last_kind, new.last_id)
                                     > (last.last_xid, last.last_kind, last.last_id)
                            else new.epoch = last.epoch + 1 and new.count = 0
                                 and new.epoch_began_at > coalesce(last.epoch_began_at, '-infinity') end;
    end if;
    if follows is not true then
        raise exception 'checkpoint % does not follow %', new.seq, coalesce(last.seq, 0)
            using errcode = 'LG011', constraint = 'checkpoint_follows';
    end if;
    if new.hash is distinct from ledger_checkpoint_hash(new) then
        raise exception 'the hash of checkpoint % is not its own', new.seq
            using errcode = 'LG011', constraint = 'checkpoint_hash_true';
    end if;
    return null;
end $$;
create trigger checkpoint_follow after insert on ledger_checkpoint
    for each row execute function ledger_checkpoint_follow();
alter table ledger_checkpoint enable always trigger checkpoint_follow;
