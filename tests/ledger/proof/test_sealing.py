"""Sealing: batches follow one another, nothing is left out, and the trail of sealing calls for no more."""

from ledger.proof import sealing
from ledger.proof.leaves import unpacked
from ledger.proof.models import Checkpoint
from ledger.proof.sealing import seal
from ledger.proof.verifying import verify
from ledger.proof.waiting import chain_is_intact, waiting
from tests.cast import open_books
from tests.ledger.proof.books import seal_everything, sealed_books, wait_until_settled


def chain(books) -> list[Checkpoint]:
    return list(Checkpoint.objects.of(books.organization).order_by("seq"))


def test_a_seal_leaves_nothing_but_its_own_trail(committed_db):
    books = open_books("Seal Ltd")
    books.api.post("/transactions", books.sale("250.00"))
    wait_until_settled()
    with books.acting():
        made = seal(actor=books.actor, organization_id=books.organization.pk)
    wait_until_settled()
    with books.acting():
        assert (made.seq, made.count == made.total > 2) == (1, True)
        assert seal(actor=books.actor, organization_id=books.organization.pk) is None
        assert waiting(books.organization.pk).unsealed_since is None
        assert chain_is_intact(books.organization.pk)
    # The event of the first seal is sealed by the second.
    books.api.post("/transactions", books.sale())
    second = seal_everything(books)[0]
    [event] = books.api.get("/events?event_type=checkpoint.sealed&sort=seq").data[:1]
    assert event["id"] in {leaf.public_id for leaf in unpacked(second.leaves)}


def test_batches_are_cut_by_records_and_go_on_where_they_ended(committed_db):
    books = open_books("Batch Ltd")
    for number in range(5):
        books.api.post("/transactions", books.sale(f"{number + 1}.00"))
    seal_everything(books, most=3)
    with books.acting():
        found = chain(books)
        assert [each.count for each in found[:-1]] == [3] * (len(found) - 1) and found[-1].count <= 3
        numbers = [(leaf.kind, leaf.number) for each in found for leaf in unpacked(each.leaves)]
        assert len(numbers) == len(set(numbers)) == found[-1].total
        assert verify(books.organization.pk).is_intact


def test_batches_are_cut_by_entries_and_one_record_always_fits(committed_db, monkeypatch):
    monkeypatch.setattr(sealing, "MOST_ENTRIES", 1)
    books = sealed_books(batches=1)
    with books.acting():
        found = chain(books)
        assert len(found) > 2 and all(each.count == 1 for each in found)
        assert verify(books.organization.pk).is_intact


def test_a_draft_is_sealed_when_it_is_posted_and_not_before(committed_db):
    books = open_books("Draft Ltd")
    draft = books.api.post("/transactions", books.sale(auto_post=False)).body["id"]
    seal_everything(books)
    assert books.api.get(f"/transactions/{draft}/proof").body["status"] == "unsealed"
    books.api.post(f"/transactions/{draft}/post")
    seal_everything(books)
    proof = books.api.get(f"/transactions/{draft}/proof").body
    assert (proof["status"], proof["is_intact"]) == ("sealed", True)


def test_amounts_are_written_without_trailing_zeros_and_texts_as_they_are(committed_db):
    books = open_books("Exact Ltd")
    said = "Ünïcode ‮ \\ \" ' | , \t end"
    posted = books.api.post("/transactions", books.sale("1200.50", description=said, metadata={"b": "2", "a": "1"}))
    fields = books.api.get(f"/transactions/{posted['id']}/proof").body["record"]["fields"]
    assert fields["description"] == said
    assert (fields["total_debits"], fields["external_id"], fields["reference_number"]) == ("1200.5", None, "")
    assert fields["metadata"] == '{"a": "1", "b": "2"}'
    assert [entry["amount"] for entry in fields["entries"]] == ["1200.5", "-1200.5"]
