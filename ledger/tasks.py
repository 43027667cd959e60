"""Contents page: the background work of this app, in chapter order. A worker learns its kinds of jobs from here."""

from ledger.attachments.tasks import sweep_attachments as sweep_attachments
from ledger.imports.tasks import run_import as run_import
