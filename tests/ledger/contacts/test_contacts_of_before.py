"""The migration on books from before: drop the reference, name what never was, and run it again."""

from django.apps import apps
from django.db import connections

from ledger.contacts.models import Contact
from ledger.journal.models import Transaction
from organizations import ids
from tests.cast import number_of

NOWHERE = "CON_0190a1b2c3d4e5f6"


def test_contacts_that_transactions_of_before_named_get_their_rows(committed_cast, owner_connection):
    books = committed_cast.alices
    sale = books.api.post("/transactions", books.sale(auto_post=False))
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table ledger_transaction drop constraint transaction_of_own_contact")
    with books.acting():
        rows = Transaction.objects.of(books.organization).filter(pk=number_of("TXN", sale["id"]))
        rows.update(contact_id=number_of("CON", NOWHERE))
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "alter table ledger_transaction add constraint transaction_of_own_contact foreign key"
            " (organization_id, contact_id) references ledger_contact (organization_id, id) not valid"
        )
    script = apps.get_app_config("ledger").path + "/migrations/sql/0022_contacts_of_before.sql"
    with open(script, encoding="utf-8") as file, connections["owner"].cursor() as cursor:
        cursor.execute(file.read())
    with books.acting():
        row = Contact.objects.of(books.organization).get()
    assert (ids.encode("CON", row.pk), row.name, row.contact_type, row.enabled) == (NOWHERE, NOWHERE, "other", True)
    assert books.api.post(f"/transactions/{sale['id']}/post")["contact_id"] == NOWHERE
    validated = "select convalidated from pg_constraint where conname = 'transaction_of_own_contact'"
    assert owner_connection.execute(validated).fetchone() == (True,)
