"""Attacks on jobs and their results, by raw SQL."""

from tests.invariants.attacking import Attacker, breaks
from tests.invariants.trade_attacks import declare, own

ENDED = "update organizations_job set status = 'succeeded', result = '{}', finished_at = now() where id = %s"


def change_what_has_ended(a: Attacker, change: str):
    a.run(ENDED, a["job"])
    a.run(f"update organizations_job set {change} where id = %s", a["job"])


for name, rule, change in (
    ("put_off_a_job", "job_status", "status = 'later'"),
    ("end_a_job_at_no_time", "job_ended", "status = 'succeeded'"),
    ("end_a_job_that_waits", "job_ended", "finished_at = now()"),
    ("forget_while_it_runs", "job_ended", "expired_at = now()"),
    ("make_another_job_of_it", "job_final", "kind = 'something'"),
    ("ask_in_another_name", "job_final", "actor = '{\"user_id\": 5}'"),
):
    declare(
        name, rule, lambda a, change=change: a.run(f"update organizations_job set {change} where id = %s", a["job"])
    )

for name, change in (
    ("fail_what_succeeded", "status = 'failed', error = '{}'"),
    ("start_it_again", "status = 'queued', finished_at = null"),
    ("tell_another_result", "result = '{\"posted\": 1}'"),
):
    declare(name, "job_final", lambda a, change=change: change_what_has_ended(a, change))


@breaks("job_part_kept")
def lose_results_of_a_job_at_work(a: Attacker):
    a.run("delete from organizations_jobpart where job_id = %s", a["job"])


@breaks("job_cancelled_once")
def cancel_twice(a: Attacker):
    a._insert("organizations_jobcancellation", own(a, job_id=a["job"], actor="{}"))


@breaks("cancellation_of_own_job")
def cancel_charlies_job(a: Attacker):
    a._insert("organizations_jobcancellation", own(a, job_id=a["charlies job"], actor="{}"))
