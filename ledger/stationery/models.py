from django.db import models

from organizations.fields import IdField, TenantRecord

SUBJECT = "{number} from {organization}"
BODY = """Dear {contact},

please find {number} over {total} attached. It is due on {due_date}.

Kind regards
{organization}
"""


class Stationery(TenantRecord):
    """How an organization's documents look and what they say of it: one row, or none while all is as by default.

    ``brand_name``, ``accent_color`` and the logo are its branding, which children may take over (branding.py). An
    empty ``legal_name`` or ``tax_number`` means the organization's own. ``locale`` is one of CLDR's (``en_US``);
    it gives words, dates and separators. The prefixes begin the numbers of each series: ``INV-2026-0001``. E-mail
    texts have gaps such as ``{number}``.
    """

    id = IdField(prefix="STA")
    legal_name = models.CharField(max_length=200, blank=True)
    brand_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    address = models.TextField(blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    website = models.CharField(max_length=200, blank=True)
    tax_number = models.CharField(max_length=50, blank=True)
    bank_details = models.TextField(blank=True)
    footer = models.TextField(blank=True)
    default_notes = models.TextField(blank=True)
    default_terms = models.TextField(blank=True)
    payment_terms_days = models.IntegerField(default=30)
    locale = models.CharField(max_length=20, default="en_US")
    accent_color = models.CharField(max_length=7, default="#1f4e79")
    invoice_prefix = models.CharField(max_length=12, default="INV")
    credit_note_prefix = models.CharField(max_length=12, default="CN")
    bill_prefix = models.CharField(max_length=12, default="BILL")
    vendor_credit_prefix = models.CharField(max_length=12, default="VC")
    email_subject = models.CharField(max_length=200, default=SUBJECT)
    email_body = models.TextField(default=BODY)
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name_plural = "stationery"
        constraints = [models.UniqueConstraint(fields=["organization"], name="stationery_once")]

    def __str__(self):
        return "Stationery"
