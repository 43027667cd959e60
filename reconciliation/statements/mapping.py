"""How an account's CSV files are read: kept, read and forgotten."""

from django.db import transaction

from ledger.accounts.models import Account
from organizations import ids
from organizations.actors import Actor
from organizations.errors import NotFound
from organizations.events.recording import event, record
from organizations.tenants.models import Organization
from reconciliation.statements.models import SavedMapping
from reconciliation.statements.reading import read_mapping

SAVED = event("statement_mapping.saved")
FORGOTTEN = event("statement_mapping.forgotten")


def mapping_answer(saved: SavedMapping) -> dict:
    """A saved mapping as the API shows it."""
    account = ids.encode("ACT", saved.account_id)
    return {"object": "statement_mapping", "account_id": account, "mapping": saved.mapping}


def mapping_of(organization: Organization, account: Account) -> SavedMapping:
    """The mapping that is kept for an account. Raises NotFound."""
    found = SavedMapping.objects.of(organization).filter(account=account).first()
    if found is None:
        raise NotFound()
    return found


@transaction.atomic
def save_mapping(*, actor: Actor, organization: Organization, account: Account, mapping: dict) -> SavedMapping:
    """Keep a mapping for the account's next files. Raises Invalid with the fields at fault."""
    written = read_mapping(mapping).to_json()
    rows = SavedMapping.objects.of(organization)
    before = rows.filter(account=account).first()
    saved, _ = rows.update_or_create(
        organization=organization, account=account, defaults={"mapping": written}, create_defaults={"mapping": written}
    )
    if before is None or before.mapping != written:
        record(
            SAVED,
            actor=actor,
            organization_id=organization.pk,
            entity_id=account.public_id,
            before=mapping_answer(before) if before else None,
            after=mapping_answer(saved),
        )
    return saved


@transaction.atomic
def forget_mapping(*, actor: Actor, organization: Organization, account: Account) -> None:
    """Read the account's files as they look again. Raises NotFound."""
    saved = mapping_of(organization, account)
    before = mapping_answer(saved)
    saved.delete()
    record(FORGOTTEN, actor=actor, organization_id=organization.pk, entity_id=account.public_id, before=before)
