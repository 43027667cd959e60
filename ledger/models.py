"""Contents page: the nouns of this app, in chapter order."""

from ledger.accounts.models import Account as Account
from ledger.attachments.models import Attachment as Attachment
from ledger.balances.models import AccountTotal as AccountTotal
from ledger.categories.models import Category as Category
from ledger.journal.models import Entry as Entry
from ledger.journal.models import Transaction as Transaction
