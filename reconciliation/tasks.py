"""Contents page: the background work of this app, in chapter order. A worker learns its kinds of jobs from here."""

from reconciliation.matching.tasks import run_matching as run_matching
from reconciliation.statements.tasks import run_import as run_import
