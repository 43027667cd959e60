from django.db import connection, models
from mptt.managers import TreeManager
from mptt.models import MPTTModel, TreeForeignKey

from ledger.accounts.charts import ROLES
from ledger.accounts.numbering import ACCOUNT_TYPES
from organizations.currencies.models import Currency
from organizations.fields import IdField, TenantQuerySet, TenantRecord, pairs

TYPES = ACCOUNT_TYPES
DEBIT_TYPES = frozenset({"asset", "expense"})
BALANCE_SHEET_TYPES = frozenset({"asset", "liability", "equity"})
RESULT_TYPES = frozenset({"revenue", "expense"})
#: What a closing moves: revenue and expenses into equity. Income statements leave closings out.
CLOSING_TYPES = frozenset({"revenue", "expense", "equity"})
STATUSES = ("active", "suspended", "archived")


def account_types():
    return pairs(TYPES)


def statuses():
    return pairs(STATUSES)


def roles():
    return pairs(ROLES)


class AccountTree(TreeManager.from_queryset(TenantQuerySet)):
    """One forest per organization. A new tree's id comes from a sequence.

    django-mptt takes max+1 over all organizations, which two writers take twice and
    which would make every organization's writers wait for each other.
    """

    def _get_next_tree_id(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("select nextval('ledger_account_tree_seq')")
            return cursor.fetchone()[0]


class Account(MPTTModel, TenantRecord):
    """A place in the chart of accounts. Code, type and currency are fixed for life.

    ``parent`` is the truth of the hierarchy; ``lft``, ``rght``, ``tree_id`` and ``level``
    are a cache that ``manage.py doctor`` verifies and rebuilds.
    """

    id = IdField(prefix="ACT")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=9, choices=account_types)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+", db_index=False)
    parent = TreeForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        db_constraint=False,
        db_index=False,
    )
    description = models.TextField(blank=True)
    is_system = models.BooleanField(default=False)
    status = models.CharField(max_length=9, default="active", choices=statuses)
    role = models.CharField(max_length=20, null=True, blank=True, choices=roles)
    balance_floor = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    balance_ceiling = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    lft = models.PositiveIntegerField(editable=False)
    rght = models.PositiveIntegerField(editable=False)
    tree_id = models.PositiveBigIntegerField(editable=False)
    level = models.PositiveIntegerField(editable=False)

    objects = AccountTree()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="account_code_once")]
        indexes = [
            models.Index(fields=["organization", "tree_id", "lft"], name="account_tree"),
            models.Index(fields=["organization", "parent"], name="account_parent"),
        ]

    class MPTTMeta:
        order_insertion_by: list[str] = []

    def __str__(self):
        return f"{self.code} {self.name}"

    @property
    def normal_sign(self) -> int:
        """+1 where debits increase the account (assets, expenses), else -1."""
        return 1 if self.type in DEBIT_TYPES else -1


class AccountVersion(models.Model):
    """What an account was called, and below which parent it stood, from one change to the next.

    Written by a database trigger, in the transaction of the change; ``recorded_xid``, the number of
    that transaction, is a column of the table alone. The last version of a deleted account is ``gone``.
    """

    pk = models.CompositePrimaryKey("organization_id", "account_id", "version")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    account_id = models.BigIntegerField()
    version = models.IntegerField()
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=9)
    currency_id = models.CharField(max_length=3)
    parent_id = models.BigIntegerField(null=True)
    gone = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()
