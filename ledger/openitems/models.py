from django.db import models

from organizations.currencies.models import Currency
from organizations.fields import IdField, TenantQuerySet, tenant_reference

#: What opens an item. Documents and payments do; their ids are the item's ``object_id``.
KINDS = ("invoice", "bill", "credit_note", "vendor_credit", "payment")
#: ``opened`` with its document, ``settled`` against another item, ``unsettled`` again, ``revalued`` at a month's end,
#: ``reversed`` together with what opened it.
MOVES = ("opened", "settled", "unsettled", "revalued", "reversed")


class OpenItem(models.Model):
    """A claim or a debt that waits to be settled, on a control account (receivable or payable).

    Amounts are signed as on the account, debit positive: what a customer owes is positive, a payment of a
    customer and what we owe a vendor are negative. ``open_amount`` is what is left in the item's currency,
    ``open_base`` its carrying amount in base currency (IAS 21.28: the difference to what it settles at is
    realised). Both are kept by the database from the movements alone; with no amount left there is no base left.
    """

    id = IdField(prefix="OPI")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=13)
    object_id = models.BigIntegerField()
    contact = tenant_reference("ledger.Contact")
    account = tenant_reference("ledger.Account")
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    date = models.DateField()
    due_date = models.DateField()
    amount = models.DecimalField(max_digits=28, decimal_places=8)
    base_amount = models.DecimalField(max_digits=28, decimal_places=8)
    open_amount = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    open_base = models.DecimalField(max_digits=28, decimal_places=8, default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "object_id"], name="open_item_once")]
        indexes = [
            models.Index(fields=["organization", "contact", "date", "id"], name="open_item_by_contact"),
            models.Index(
                fields=["organization", "account", "due_date", "id"],
                condition=~models.Q(open_amount=0),
                name="open_item_still_open",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.open_amount} {self.currency_id}"


class ItemMovement(models.Model):
    """One change of an open item, on a day. Never changes.

    The database keeps beside it when and by which of its own transactions it was recorded (``recorded_at``,
    ``recorded_xid``; null of those that were there before it did).

    The movements of a transaction on a control account are its entries there, to the cent
    (``movements_tie_to_entries``): so open items of any day add up to the account's balance.
    """

    id = IdField(prefix="")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    item = tenant_reference(OpenItem, related_name="movements")
    account = tenant_reference("ledger.Account")
    kind = models.CharField(max_length=9)
    date = models.DateField()
    amount = models.DecimalField(max_digits=28, decimal_places=8)
    base_amount = models.DecimalField(max_digits=28, decimal_places=8)
    transaction = tenant_reference("ledger.Transaction", null=True)
    settlement_id = models.BigIntegerField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "item", "date", "id"], name="movement_by_item"),
            models.Index(
                fields=["organization", "transaction"],
                condition=models.Q(transaction__isnull=False),
                name="movement_by_transaction",
            ),
            models.Index(
                fields=["organization", "settlement_id"],
                condition=models.Q(settlement_id__isnull=False),
                name="movement_by_settlement",
            ),
            models.Index(fields=["organization", "account", "date", "id"], name="movement_by_account"),
        ]
