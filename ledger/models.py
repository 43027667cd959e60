"""Contents page: the nouns of this app, in chapter order."""

from ledger.accounts.models import Account as Account
from ledger.accounts.models import AccountVersion as AccountVersion
from ledger.assertions.models import BalanceAssertion as BalanceAssertion
from ledger.attachments.models import Attachment as Attachment
from ledger.balances.models import AccountTotal as AccountTotal
from ledger.categories.models import Category as Category
from ledger.closing.models import ClosingPosting as ClosingPosting
from ledger.closing.models import YearClosing as YearClosing
from ledger.health.models import Examination as Examination
from ledger.journal.models import Entry as Entry
from ledger.journal.models import Transaction as Transaction
from ledger.locks.models import LiftUse as LiftUse
from ledger.locks.models import LockDate as LockDate
from ledger.locks.models import LockLift as LockLift
from ledger.proof.models import Anchor as Anchor
from ledger.proof.models import AnchorPush as AnchorPush
from ledger.proof.models import Checkpoint as Checkpoint
from ledger.stationery.models import Stationery as Stationery
