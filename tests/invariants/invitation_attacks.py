"""Attacks on invitations and on the accounts of people, by raw SQL."""

from tests.invariants.attacking import Attacker
from tests.invariants.trade_attacks import declare, own

ACCEPT = "accepted_at = now(), user_id = (select max(id) from organizations_user)"


def invitation(a: Attacker, **columns):
    row = {
        "email": "eve@example.com",
        "name": "",
        "role": "owner",
        "round": 0,
        "expires_at": "2100-01-01T00:00:00Z",
        "metadata": "{}",
    }
    return a._insert("organizations_invitation", own(a, **(row | columns)))


def change(a: Attacker, what: str):
    a.run(f"update organizations_invitation set {what} where id = %s", a["invitation"])


for number, (rule, columns) in enumerate(
    [
        ("invitation_once", {"email": "ivy@example.com"}),
        ("invitation_role", {"role": "king"}),
        ("invitation_email", {"email": "Eve@example.com"}),
        ("invitation_email", {"email": "everybody"}),
        ("invitation_round", {"round": -1}),
        ("invitation_end", {"accepted_at": "2026-01-01T00:00:00Z"}),
    ]
):
    declare(f"invite_badly_{number}", rule, lambda a, columns=columns: invitation(a, **columns))

declare("accept_and_take_back", "invitation_end", lambda a: change(a, f"{ACCEPT}, revoked_at = now()"))
declare("accept_as_nobody", "invitation_end", lambda a: change(a, "accepted_at = now()"))
declare("use_an_old_link_again", "invitation_final", lambda a: (change(a, "round = 1"), change(a, "round = 0")))
declare("accept_twice", "invitation_final", lambda a: (change(a, ACCEPT), change(a, ACCEPT)))
declare("revive_an_invitation", "invitation_final", lambda a: (
    change(a, "revoked_at = now()"), change(a, "revoked_at = null")))  # fmt: skip
declare("invite_somebody_else", "InsufficientPrivilege", lambda a: change(a, "email = 'eve@example.com'"))
declare("invite_to_more", "InsufficientPrivilege", lambda a: change(a, "role = 'owner'"))
declare("forget_an_invitation", "InsufficientPrivilege", lambda a: a.run("delete from organizations_invitation"))
declare("forget_a_person", "InsufficientPrivilege", lambda a: a.run("delete from organizations_user"))
declare("forge_the_record_of_logins", "InsufficientPrivilege", lambda a: a.run(
    "insert into axes_accesslog (username) values ('alice@example.com')"))  # fmt: skip
