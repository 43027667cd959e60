"""Contents page: the background work of this app, in chapter order. A worker learns its kinds of jobs from here."""

from ledger.imports.tasks import run_import as run_import
from ledger.proof.tasks import push_anchors as push_anchors
from ledger.proof.tasks import run_verification as run_verification
from ledger.proof.tasks import seal_what_is_settled as seal_what_is_settled
