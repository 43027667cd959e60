-- Jobs: what has ended stays as it ended, until its result is forgotten.

alter table organizations_job
    add constraint job_status check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    add constraint job_ended check (
        (status in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null)
        and (expired_at is null or (finished_at is not null and result is null)));

grant delete on organizations_jobpart to crane_app;

create function crane_job_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.kind, new.actor, new.created_at)
       is distinct from (old.id, old.organization_id, old.kind, old.actor, old.created_at)
       or (old.finished_at is not null
           and ((new.status, new.error, new.started_at, new.finished_at, new.progress_done, new.progress_total)
                is distinct from
                (old.status, old.error, old.started_at, old.finished_at, old.progress_done, old.progress_total)
                or (new.result is distinct from old.result and new.expired_at is null))) then
        raise exception 'job % has ended', old.id using errcode = 'LG012', constraint = 'job_final';
    end if;
    return new;
end $$;
create trigger job_change before update on organizations_job for each row execute function crane_job_change();
alter table organizations_job enable always trigger job_change;

-- Results are forgotten with their job's, never while it is at work.
create function crane_job_part_gone() returns trigger language plpgsql as $$
begin
    if exists (select from organizations_job j where j.organization_id = old.organization_id and j.id = old.job_id
                and j.finished_at is null) then
        raise exception 'job % needs its results', old.job_id using errcode = 'LG012', constraint = 'job_part_kept';
    end if;
    return old;
end $$;
create trigger job_part_gone before delete on organizations_jobpart
    for each row execute function crane_job_part_gone();
alter table organizations_jobpart enable always trigger job_part_gone;
