"""Checkpoints and proofs as a client sees them."""

import io
import json

from django.core.management import call_command

from ledger.proof.sealing import seal
from ledger.proof.tasks import seal_what_is_settled
from organizations.jobs.running import run
from tests.cast import api_of, number_of, open_books
from tests.ledger.proof.books import anchor_of, by_program, seal_everything, sealed_books, wait_until_settled


def saved(proof: dict, folder):
    file = folder / "proof.json"
    file.write_text(json.dumps(proof, indent=2))
    return file


def test_checkpoints_are_listed_newest_first(committed_db):
    books = sealed_books()
    listed = books.api.get("/checkpoints").data
    assert [each["seq"] for each in listed] == [3, 2, 1]
    assert listed[0]["previous_hash"] == listed[1]["hash"]
    assert listed[0]["total"] == sum(each["count"] for each in listed)
    assert books.api.get("/checkpoints/2").body == listed[1]
    assert [each["seq"] for each in books.api.get("/checkpoints?filters[seq][gte]=2&sort=seq").data] == [2, 3]
    for wrong in ("4", "0", "-1", "x", "1.0", "9" * 40):
        assert books.api.get(f"/checkpoints/{wrong}").status == 404
    assert books.api.get("/checkpoints?hash=1").status == 400


def test_sealing_now(committed_db):
    books = sealed_books(batches=1)
    assert books.api.post("/checkpoints").status == 200
    books.api.post("/transactions", books.sale())
    wait_until_settled()
    first = books.api.post("/checkpoints", idempotency_key="now")
    assert first.status == 201
    assert first["seq"] == 2 and first["count"] == 3  # the posting, its event, and the event of the first seal
    assert books.api.post("/checkpoints", idempotency_key="now").headers["Idempotent-Replayed"] == "true"
    again = books.api.post("/checkpoints")
    assert (again.status, again["hash"]) == (200, first["hash"])
    events = books.api.get("/events?event_type=checkpoint.sealed").data
    assert events[0]["after_state"]["hash"] == first["hash"] and events[0]["api_key_id"]


def test_a_dry_run_seals_nothing(committed_db):
    books = sealed_books(batches=1)
    books.api.post("/transactions", books.sale())
    books.api.post("/checkpoints?dry_run=true")
    assert len(books.api.get("/checkpoints").data) == 1


def test_nothing_is_sealed_before_it_is_settled(committed_db, superuser_connection):
    books = open_books("Patient Ltd")
    books.api.post("/transactions", books.sale())
    with superuser_connection.transaction():
        superuser_connection.execute("select pg_current_xact_id()")
        late = books.api.post("/transactions", books.sale()).body["id"]
        seal_settled(books)
        proof = books.api.get(f"/transactions/{late}/proof").body
        assert (proof["status"], proof["is_intact"], proof["checkpoint"]) == ("unsealed", None, None)
        assert proof["leaf_hash"]
    seal_everything(books)
    assert books.api.get(f"/transactions/{late}/proof").body["status"] == "sealed"


def seal_settled(books) -> None:
    with books.acting():
        seal(actor=books.actor, organization_id=books.organization.pk)


def test_where_nothing_at_all_is_settled_there_is_nothing_to_seal(committed_db, superuser_connection):
    with superuser_connection.transaction():
        superuser_connection.execute("select pg_current_xact_id()")
        books = open_books("Early Ltd")
        answer = books.api.post("/checkpoints")
        assert (answer.status, answer.error["code"]) == (409, "nothing_to_seal")


def test_the_proof_of_a_transaction_convinces_the_verifier(committed_db, tmp_path):
    books = sealed_books()
    anchor = anchor_of(books, tmp_path)
    sale = books.api.get("/transactions?reference_number=R11").data[0]["id"]
    proof = books.api.get(f"/transactions/{sale}/proof").body
    assert (proof["status"], proof["is_intact"], proof["checkpoint"]["seq"]) == ("sealed", True, 2)
    assert proof["record"]["fields"]["reference_number"] == "R11"
    assert proof["record"]["fields"]["entries"][0]["amount"] == "21.5"
    file = saved(proof, tmp_path)
    assert by_program(file) is None
    assert by_program(file, anchor) is None


def test_a_proof_that_was_touched_convinces_nobody(committed_db, tmp_path):
    books = sealed_books(batches=2)
    anchor = anchor_of(books, tmp_path)
    sale, other = (books.api.get(f"/transactions?reference_number=R1{n}").data[0]["id"] for n in (0, 1))
    proof, second = (books.api.get(f"/transactions/{each}/proof").body for each in (sale, other))

    def told(**changes):
        return by_program(saved({**json.loads(json.dumps(proof, default=str)), **changes}, tmp_path), anchor)

    assert told() is None
    record = json.loads(json.dumps(proof["record"]))
    record["fields"]["entries"][0]["amount"] = "1000000"
    assert "not the record" in told(record=record)
    assert "not the record" in told(transaction_id=other)
    assert "does not lead to the root" in told(record=second["record"], leaf=second["leaf"], transaction_id=other)
    assert "does not lead to the root" in told(path=proof["path"][1:])
    assert "its hash is another" in told(checkpoint=proof["checkpoint"] | {"sealed_at": "2020-01-01T00:00:00.000000Z"})
    assert "not in the anchor" in by_program(saved(proof, tmp_path), cut(anchor, tmp_path))
    assert "nothing to verify" in told(checkpoint=None)


def cut(anchor, folder):
    file = folder / "cut.jsonl"
    file.write_text(anchor.read_text().splitlines()[0] + "\n")
    return file


def test_the_proof_of_an_event(committed_db, tmp_path):
    books = sealed_books(batches=1)
    event = books.api.get("/events?event_type=transaction.posted").data[0]["id"]
    proof = books.api.get(f"/events/{event}/proof").body
    assert (proof["status"], proof["is_intact"], proof["event_id"]) == ("sealed", True, event)
    assert by_program(saved(proof, tmp_path)) is None


def test_what_is_not_posted_has_no_record_to_prove(committed_db):
    books = sealed_books(batches=1)
    draft = books.api.post("/transactions", books.sale(auto_post=False)).body["id"]
    proof = books.api.get(f"/transactions/{draft}/proof").body
    assert (proof["status"], proof["record"], proof["leaf"], proof["path"]) == ("unsealed", None, None, [])
    assert books.api.get("/transactions/TXN_00000000000000ff/proof").status == 404
    assert books.api.get(f"/transactions/{books.account('1001')}/proof").error["code"] == "wrong_id_kind"
    assert books.api.get("/transactions/x/proof").status == 404


def test_how_far_the_books_are_sealed(committed_db):
    books = open_books("Fresh Ltd")
    fresh = books.api.get("/proof").body
    assert fresh["head"] is None and fresh["unsealed_since"]
    seal_everything(books)
    sealed = books.api.get("/proof").body
    assert sealed["head"]["seq"] == 1
    assert (sealed["unsealed_since"], sealed["unsealed_seconds"], sealed["unpushed_since"]) == (None, 0, None)


def test_verifying_as_a_job(committed_db, superuser_connection):
    books = sealed_books(batches=2)
    for intact in (True, False):
        queued = books.api.post("/proof/verify")
        assert queued.status == 202 and queued["kind"] == "verify_ledger"
        run(books.organization.pk, number_of("REQ", queued["id"]))
        job = books.api.get(f"/jobs/{queued['id']}").body
        assert (job["status"], job["result"]["is_intact"]) == ("succeeded", intact)
        superuser_connection.execute("alter table ledger_checkpoint disable trigger all")
        superuser_connection.execute("delete from ledger_checkpoint where seq = 1")
    assert job["result"]["first_break"]["code"] == "checkpoint_missing"


def test_the_export_is_a_download(committed_db, tmp_path):
    books = sealed_books(batches=1)
    key = {"authorization": f"Bearer {books.key}"}
    response = books.api.client.get(f"{books.api.base}/proof/export", headers=key)
    assert response["Content-Type"] == "application/x-ndjson"
    assert response["Content-Disposition"] == f'attachment; filename="{books.organization.public_id}.jsonl"'
    first = json.loads(b"".join(response.streaming_content).splitlines()[0])
    assert first["head"]["seq"] == 1
    assert books.key_for({"transactions": ["read"]}).get("/proof/export").status == 403


def test_an_export_that_was_cut_or_mixed_does_not_verify(committed_db, tmp_path):
    books = sealed_books(batches=2)
    key = {"authorization": f"Bearer {books.key}"}
    response = books.api.client.get(f"{books.api.base}/proof/export", headers=key)
    lines = b"".join(response.streaming_content).decode().splitlines(keepends=True)
    file = tmp_path / "export.jsonl"

    def told(changed):
        file.write_text("".join(changed))
        return by_program(file)

    assert told(lines) is None
    assert "does not end where" in told(lines[:-1])
    assert "is gone" in told([lines[0], *lines[2:]])
    assert "was moved" in told([lines[0], lines[2], lines[1], *lines[3:]])
    was, becomes = '"reference_number":"R00","external_id":null', '"reference_number":null,"external_id":"R00"'
    renamed = [line.replace(was, becomes) for line in lines]
    assert renamed != lines and "was changed" in told(renamed)
    more = [line.replace('"entries":[', '"extra":"x","entries":[') for line in lines]
    assert "does not have the fields of its version" in told(more)


def test_the_command_writes_the_export_and_verifies(committed_db, tmp_path, capsys):
    books = sealed_books(batches=2)
    file = tmp_path / "books.jsonl"
    call_command("verify_ledger", organization=books.organization.public_id, export=file)
    assert "2 checkpoints over" in capsys.readouterr().out
    assert by_program(file) is None
    out = io.StringIO()
    call_command("verify_ledger", stdout=out)
    assert "every chain is intact" in out.getvalue()


def test_the_task_seals_whoever_has_something_and_only_once(committed_db):
    books = [open_books("One Ltd"), open_books("Two Ltd", email="two@example.com")]
    wait_until_settled()
    assert seal_what_is_settled() == 2
    assert seal_what_is_settled() == 0
    for each in books:
        assert [checkpoint["seq"] for checkpoint in each.api.get("/checkpoints").data] == [1]
        [event] = each.api.get("/events?event_type=checkpoint.sealed").data
        assert event["system"] == "seal"


def test_a_viewer_reads_and_does_not_seal(cast):
    bob = cast.as_person("bob")
    assert bob.get("/checkpoints").status == 200
    assert bob.post("/checkpoints").status == 403
    assert api_of(cast.charlie, cast.alices.api.base).get("/checkpoints").status == 404
