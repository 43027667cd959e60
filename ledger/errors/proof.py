"""Refusals of sealing and of anchors."""

from organizations.errors import Conflict, Unprocessable


class NothingToSeal(Conflict):
    """There is no checkpoint yet and no settled record to seal; transactions that began earlier may be open."""

    code = "nothing_to_seal"
    message = "Nothing is settled that could be sealed; try again in a moment"


class BooksFromElsewhere(Unprocessable):
    """Records carry numbers of database transactions that this cluster has not given: a dump was restored into it.

    ``manage.py seal_ledger --after-restore`` confirms it and begins a new epoch.
    """

    code = "books_from_elsewhere"
    message = "The books were restored from another database cluster; seal them with --after-restore"


class AnchorAddressRefused(Unprocessable):
    """A checkpoint is pushed over HTTPS, to a host of the public internet or one of the allow-list."""

    code = "anchor_address_refused"
    message = "Checkpoints cannot be pushed to this address"
