"""Sealing: batches follow one another, nothing settled is left out, and the trail of sealing calls for no more."""

from ledger.proof.models import Checkpoint
from ledger.proof.sealing import seal
from tests.cast import open_books


def test_a_first_seal(committed_db):
    books = open_books("Seal Ltd")
    books.api.post("/transactions", books.sale("250.00"))
    with books.acting():
        made = seal(actor=books.actor, organization_id=books.organization.pk)
    assert made.seq == 1 and made.count > 2
    with books.acting():
        assert seal(actor=books.actor, organization_id=books.organization.pk) is None
        assert Checkpoint.objects.of(books.organization).count() == 1
