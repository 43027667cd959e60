"""Checkpoints in the back office: sealed, verified and anchored by buttons."""

import pytest

from ledger.journal.models import Transaction
from ledger.proof.models import Anchor, AnchorPush, Checkpoint
from organizations.jobs.models import Job
from organizations.jobs.running import run
from tests.backoffice.desks import Person, address, recorded
from tests.ledger.proof.books import seal_everything, wait_until_settled


@pytest.fixture
def alice(committed_cast):
    return Person(committed_cast.alice, committed_cast.alices)


def test_seal_now(committed_cast, alice):
    posted = recorded(committed_cast.alices)
    wait_until_settled()
    page = alice.get(address(Transaction, "change", posted.pk))
    assert "Sealed not yet" in page
    assert "The oldest record that is not sealed yet" in alice.get(address(Checkpoint))
    assert "1 checkpoint was made." in alice.follow(alice.post(address(Checkpoint, "seal")))
    assert "Everything is sealed." in alice.get(address(Checkpoint))
    assert "Nothing settled waits" in alice.follow(alice.post(address(Checkpoint, "seal")))
    assert "Sealed Checkpoint 1" in alice.get(address(Transaction, "change", posted.pk))
    [number] = numbers(committed_cast.alices, Checkpoint)
    page = alice.get(address(Checkpoint, "change", number))
    assert posted.public_id in page and "Merkle root" in page
    assert "checkpoint.sealed" in alice.get(address(Checkpoint, "history", number))


def numbers(books, model) -> list[int]:
    with books.acting():
        return list(model.objects.of(books.organization).values_list("pk", flat=True))


def test_verify_now_is_a_job_whose_result_can_be_read(committed_cast, alice):
    books = committed_cast.alices
    seal_everything(books)
    alice.post(address(Checkpoint, "verify"))
    [job] = numbers(books, Job)
    run(books.organization.pk, job)
    page = alice.get(address(Job, "change", job))
    assert "succeeded" in page and "is_intact" in page


def test_where_checkpoints_are_pushed(committed_cast, alice):
    books = committed_cast.alices
    seal_everything(books)
    where = address(Checkpoint, "anchor")
    assert "A host of the public internet." in alice.post(where, url="https://10.0.0.1/")
    assert numbers(books, Anchor) == []
    alice.follow(alice.post(where, url="https://anchor.example.com/books"))
    assert len(numbers(books, Anchor)) == 1
    assert "https://anchor.example.com/books" in alice.get(where).text
    assert "webhook: pending" in alice.get(address(Checkpoint))
    alice.post(address(Checkpoint, "remove_anchor"))
    assert numbers(books, Anchor) == []
    with books.acting():
        assert AnchorPush.objects.of(books.organization).get().status == "failed"


def test_search_by_number(committed_cast, alice):
    seal_everything(committed_cast.alices)
    assert "1 seal" not in alice.get(address(Checkpoint) + "?q=7")
    assert alice.get(address(Checkpoint) + "?q=1").status == 200
    assert alice.get(address(Checkpoint) + "?q=x").status == 200


def test_a_viewer_has_no_button(committed_cast):
    bob = Person(committed_cast.bob, committed_cast.alices)
    page = bob.get(address(Checkpoint))
    assert page.status == 200 and "Seal now" not in page
    for word in ("seal", "verify", "anchor", "remove_anchor"):
        assert bob.post(address(Checkpoint, word), url="https://anchor.example.com/").status == 403
    assert numbers(committed_cast.alices, Checkpoint) == []


def test_a_stranger_s_checkpoint_is_not_there(committed_cast):
    seal_everything(committed_cast.alices)
    [number] = numbers(committed_cast.alices, Checkpoint)
    charlie = Person(committed_cast.charlie, committed_cast.charlies)
    assert charlie.get(address(Checkpoint, "change", number)).status == 404
