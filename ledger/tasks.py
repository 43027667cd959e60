"""Contents page: the background work of this app, in chapter order. A worker learns its kinds of jobs from here."""

from ledger.accounts.tasks import run_open as run_open
from ledger.archives.tasks import run_export as run_export
from ledger.attachments.tasks import sweep_attachments as sweep_attachments
from ledger.contacts.tasks import run_contact_import as run_contact_import
from ledger.currencies.tasks import fetch_reference_rates as fetch_reference_rates
from ledger.currencies.tasks import run_rate_import as run_rate_import
from ledger.deletions.tasks import delete_due_organizations as delete_due_organizations
from ledger.health.tasks import examine_due_ledgers as examine_due_ledgers
from ledger.health.tasks import examine_ledger as examine_ledger
from ledger.health.tasks import run_examination as run_examination
from ledger.imports.tasks import run_import as run_import
from ledger.invoicing.tasks import DOCUMENT_BATCHES as DOCUMENT_BATCHES
from ledger.invoicing.tasks import tell_overdue as tell_overdue
from ledger.journal.tasks import run_create as run_create
from ledger.journal.tasks import run_post as run_post
from ledger.proof.tasks import push_anchors as push_anchors
from ledger.proof.tasks import run_verification as run_verification
from ledger.proof.tasks import seal_what_is_settled as seal_what_is_settled
from ledger.recurring.tasks import run_due_recurring as run_due_recurring
