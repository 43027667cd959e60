"""Contents page: the background work of this app, in chapter order. A worker learns its kinds of jobs from here."""

from ledger.accounts.tasks import run_open as run_open
from ledger.imports.tasks import run_import as run_import
from ledger.journal.tasks import run_create as run_create
from ledger.journal.tasks import run_post as run_post
