"""Attacks on the chain of checkpoints and on where it is pushed to."""

from tests.invariants.attacking import Attacker, breaks

COLUMNS = (
    "organization_id, seq, epoch, epoch_began_at, leaf_version, count, total, last_xid, last_kind, last_id,"
    " root, previous_hash, hash, leaves, sealed_at"
)
#: An honest next checkpoint over one record, whose hash the database works out.
NEXT = {
    "organization_id": "c.organization_id",
    "seq": "c.seq + 1",
    "epoch": "c.epoch",
    "epoch_began_at": "c.epoch_began_at",
    "leaf_version": "1",
    "count": "1",
    "total": "c.total + 1",
    "last_xid": "c.last_xid + 1",
    "last_kind": "1",
    "last_id": "1",
    "root": "c.root",
    "previous_hash": "c.hash",
    "hash": "c.hash",
    "leaves": "decode(repeat('00', 41), 'hex')",
    "sealed_at": "now()",
}


def follow(a: Attacker, **changes: str) -> None:
    """Insert the next checkpoint, except for what ``changes`` say, with the hash that is its own."""
    columns = NEXT | changes
    select = ", ".join(f"{value} as {name}" for name, value in columns.items())
    own = "ledger_checkpoint_hash(jsonb_populate_record(null::ledger_checkpoint, to_jsonb(n)))"
    chosen = ", ".join(own if name == "hash" and name not in changes else f"n.{name}" for name in columns)
    a.run(
        f"with n as (select {select} from (select * from ledger_checkpoint order by seq desc limit 1) c)"
        f" insert into ledger_checkpoint ({COLUMNS}) select {chosen} from n"
    )


UNFIT = {
    "a_checkpoint_that_leaves_a_number_out": {"seq": "c.seq + 2"},
    "a_checkpoint_before_the_first": {"seq": "0"},
    "a_checkpoint_that_names_another_before_it": {"previous_hash": "c.previous_hash"},
    "a_checkpoint_at_the_place_of_the_last": {
        "last_xid": "c.last_xid",
        "last_kind": "c.last_kind",
        "last_id": "c.last_id",
    },
    "a_checkpoint_that_goes_back": {"last_xid": "1"},
    "a_checkpoint_with_a_smaller_total": {"total": "c.total"},
    "an_epoch_that_goes_back": {"epoch": "c.epoch + 2", "epoch_began_at": "now()"},
    "an_epoch_that_begins_with_records": {"epoch": "c.epoch + 1", "epoch_began_at": "now()"},
    "a_checkpoint_over_nothing": {
        "count": "0",
        "total": "c.total",
        "leaves": "''::bytea",
        "last_xid": "0",
        "last_kind": "0",
        "last_id": "0",
    },
}

for name, changes in UNFIT.items():

    def put_it(a: Attacker, changes=changes):
        follow(a, **changes)

    put_it.__name__ = name
    breaks("checkpoint_follows")(put_it)


@breaks("checkpoint_hash_true")
def a_hash_that_is_not_its_own(a: Attacker):
    follow(a, hash="c.root")


@breaks("checkpoint_hashes")
def a_root_that_is_no_hash(a: Attacker):
    follow(a, root="'\\x00'::bytea")


@breaks("checkpoint_counts")
def more_records_than_leaves(a: Attacker):
    follow(a, count="2", total="c.total + 2")


@breaks("checkpoint_epoch")
def an_epoch_that_began_at_no_time(a: Attacker):
    follow(a, epoch="2")


@breaks("checkpoint_once")
def two_checkpoints_of_one_number(a: Attacker):
    follow(a, seq="c.seq")


for verb, query in {
    "change": "update ledger_checkpoint set total = total + 1",
    "delete": "delete from ledger_checkpoint",
    "truncate": "truncate ledger_checkpoint cascade",
}.items():

    def turn_back(a: Attacker, query=query):
        a.run(query)

    turn_back.__name__ = f"{verb}_checkpoints"
    breaks("InsufficientPrivilege")(turn_back)
    breaks("checkpoints_are_final", by="owner")(turn_back)


@breaks("row_level_security")
def a_checkpoint_for_somebody_else(a: Attacker):
    nothing_before = "decode(repeat('00', 32), 'hex')"
    follow(a, organization_id=str(a.charlie), seq="1", total="1", previous_hash=nothing_before)


@breaks("InsufficientPrivilege")
def an_event_under_an_old_number(a: Attacker):
    a.run(
        "insert into organizations_event (organization_id, event_type, entity_type, entity_id, recorded_xid)"
        " values (%s, 'x', 'x', 'x', '1')",
        a.alice,
    )


# --- Where checkpoints are pushed -------------------------------------------------------------------------------------


def push(a: Attacker, **columns) -> None:
    row = {"organization_id": a.alice, "metadata": "{}", "attempts": 0, "last_error": ""}
    row |= {"seq": 1, "target": "file", "status": "pending"} | columns
    a._insert("ledger_anchorpush", row)


@breaks("anchor_once")
def a_second_anchor(a: Attacker):
    a._insert("ledger_anchor", {"organization_id": a.alice, "url": "https://x.example", "metadata": "{}"})


@breaks("anchor_push_once")
def a_push_twice(a: Attacker):
    push(a, target="webhook")


@breaks("anchor_push_of_own_checkpoint")
def a_push_of_no_checkpoint(a: Attacker):
    push(a, seq=1_000_000)


@breaks("anchor_push_target")
def a_push_to_nowhere(a: Attacker):
    push(a, target="fax")


@breaks("anchor_push_status")
def a_push_in_no_status(a: Attacker):
    push(a, status="lost")


@breaks("anchor_push_status")
def a_push_that_arrived_at_no_time(a: Attacker):
    push(a, status="pushed")


@breaks("InsufficientPrivilege")
def a_push_forgotten(a: Attacker):
    a.run("delete from ledger_anchorpush")
