"""Attacks on what keeps an organization from being deleted, by raw SQL."""

from tests.invariants.attacking import Attacker, breaks
from tests.invariants.trade_attacks import declare, own

DELETE = "select crane_delete_organization(%s)"


def ask(a: Attacker, **columns):
    row = own(a, **({"days": 30, "reason": "", "actor": "{}"} | columns))
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    a.run(f"insert into ledger_deletion ({names}) values ({marks})", *row.values())


def archive(a: Attacker):
    a.run("update organizations_organization set status = 'archived' where id = %s", a.alice)


def before_its_time(a: Attacker):
    archive(a)
    a.run(DELETE, a.alice)


def for_tomorrow_and_at_once(a: Attacker):
    """The shortest time there is, and the clock's hand cannot be moved."""
    archive(a)
    a.run("delete from ledger_deletion where organization_id = %s", a.alice)
    ask(a, days=1)
    a.run(DELETE, a.alice)


def of_a_stranger(a: Attacker):
    a.run(DELETE, a.charlie)


def of_a_stranger_by_own_wish(a: Attacker):
    ask(a, organization_id=a.charlie)


def of_nobody(a: Attacker):
    a.run(DELETE, 1)


def asked_for_long_ago(a: Attacker):
    archive(a)
    a.run("delete from ledger_deletion where organization_id = %s", a.alice)
    ask(a, created_at="2020-01-01")
    a.run(DELETE, a.alice)


def move_the_day(a: Attacker):
    a.run("update ledger_deletion set days = 1 where organization_id = %s", a.alice)


def own_certificate(a: Attacker):
    """With one, rows that are final would let themselves be deleted."""
    a.run(
        "insert into ledger_deletioncertificate (deleted_id, name, reader_ids, reason, asked_by, asked_at, deleted_at,"
        " counts, statement, digest) values (%s, '', '{}', '', '{}', now(), now(), '{}', '', '')",
        a.alice,
    )


def restored_meanwhile(a: Attacker):
    archive(a)
    a.run("update organizations_organization set status = 'active' where id = %s", a.alice)


def pretend_to_leave(a: Attacker):
    """Whoever owns the tables has no other way, either."""
    a.run("delete from ledger_entry where organization_id = %s", a.alice)


def remove_the_organization(a: Attacker):
    a.run("delete from organizations_organization where id = %s", a.alice)


def rest_triggers(a: Attacker):
    a.run("select crane_let_leave()")


for attack in (before_its_time, for_tomorrow_and_at_once, asked_for_long_ago, of_a_stranger, of_nobody):
    breaks("deletion_due")(attack)
breaks("row_level_security")(of_a_stranger_by_own_wish)
for attack in (move_the_day, own_certificate, remove_the_organization, rest_triggers):
    breaks("InsufficientPrivilege")(attack)
breaks("deletion_stands")(restored_meanwhile)
breaks("entries_are_final", by="owner")(pretend_to_leave)
declare("in_no_days", "deletion_days", lambda a: [a.run("delete from ledger_deletion"), ask(a, days=0)])
declare("asked_for_twice", "deletion_once", ask)


def gone_before(a: Attacker):
    """A certificate that is there, written by the owner in the name of Charlie, for the attacks below."""
    own_certificate(a)
    a.run("update ledger_deletioncertificate set name = 'x' where deleted_id = %s", a.alice)


breaks("certificates_are_final", by="owner")(gone_before)


def above_others(a: Attacker):
    """Alice's deletion is due, and there is a child below her. The superuser is who can move the clock back."""
    archive(a)
    a.run("update ledger_deletion set created_at = now() - interval '1 year' where organization_id = %s", a.alice)
    a.new_organization(parent_id=a.alice, relationship_type="owned")
    a.run(DELETE, a.alice)


breaks("deletion_of_childless", by="superuser")(above_others)


@breaks("posting_organization_active")
def post_in_the_archive(a: Attacker):
    archive(a)
    a.sale()
