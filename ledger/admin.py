"""Contents page: the back office of this app, in chapter order."""

from ledger.accounts.admin import AccountDesk as AccountDesk
from ledger.health.admin import ExaminationDesk as ExaminationDesk
from ledger.journal.admin import EntryDesk as EntryDesk
from ledger.journal.admin import TransactionDesk as TransactionDesk
