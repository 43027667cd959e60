"""Contents page: the back office of this app, in chapter order."""

from ledger.accounts.admin import AccountDesk as AccountDesk
from ledger.journal.admin import EntryDesk as EntryDesk
from ledger.journal.admin import TransactionDesk as TransactionDesk
from ledger.proof.admin import CheckpointDesk as CheckpointDesk
