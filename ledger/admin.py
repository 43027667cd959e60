"""Contents page: the back office of this app, in chapter order."""

from ledger.accounts.admin import AccountDesk as AccountDesk
from ledger.assertions.admin import AssertionDesk as AssertionDesk
from ledger.closing.admin import YearClosingDesk as YearClosingDesk
from ledger.closing.lift_desks import LockLiftDesk as LockLiftDesk
from ledger.explanations.admin import explanation_page as explanation_page
from ledger.health.admin import ExaminationDesk as ExaminationDesk
from ledger.journal.admin import EntryDesk as EntryDesk
from ledger.journal.admin import TransactionDesk as TransactionDesk
