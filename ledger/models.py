"""Contents page: the nouns of this app, in chapter order."""

from ledger.accounts.models import Account as Account
from ledger.balances.models import AccountTotal as AccountTotal
from ledger.journal.models import Entry as Entry
from ledger.journal.models import Transaction as Transaction
from ledger.proof.models import Anchor as Anchor
from ledger.proof.models import AnchorPush as AnchorPush
from ledger.proof.models import Checkpoint as Checkpoint
