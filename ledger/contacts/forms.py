"""Forms of contacts in the back office."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect

from ledger.accounts.models import Account
from ledger.contacts.answers import ACCOUNTS, TEXTS
from ledger.contacts.keeping import LONGEST_TERMS
from ledger.contacts.merging import LONGEST_REASON
from ledger.contacts.models import TYPES, Contact
from ledger.contacts.numbers import countries
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.site import site
from organizations.currencies.models import Currency


class ContactForm(VerbForm):
    """What may be said of a contact."""

    name = forms.CharField(max_length=200)
    contact_type = forms.ChoiceField(choices=[(kind, kind) for kind in TYPES], label="Type")
    email = forms.CharField(max_length=254, required=False, label="E-mail")
    phone = forms.CharField(max_length=50, required=False)
    website = forms.CharField(max_length=200, required=False)
    reference = forms.CharField(max_length=100, required=False, help_text="Your own number of the contact.")
    tax_number = forms.CharField(max_length=50, required=False)
    bank_account = forms.CharField(max_length=100, required=False, help_text="An IBAN or any other account number.")
    address = forms.CharField(max_length=2000, required=False, widget=forms.Textarea)
    zip_code = forms.CharField(max_length=20, required=False, label="Postcode")
    city = forms.CharField(max_length=100, required=False)
    state = forms.CharField(max_length=100, required=False, label="State or province")
    country = forms.ChoiceField(required=False)
    language = forms.CharField(max_length=20, required=False, help_text="Such as de or en_US; else the organization's.")
    currency_id = forms.ChoiceField(required=False, label="Currency")
    payment_terms_days = forms.IntegerField(
        required=False, min_value=0, max_value=LONGEST_TERMS, help_text="Days until a document is due."
    )
    receivable_account_id = forms.ModelChoiceField(queryset=None, required=False, label="Receivable account")
    payable_account_id = forms.ModelChoiceField(queryset=None, required=False, label="Payable account")
    revenue_account_id = forms.ModelChoiceField(queryset=None, required=False, label="Account of sales")
    expense_account_id = forms.ModelChoiceField(queryset=None, required=False, label="Account of purchases")
    enabled = forms.BooleanField(required=False, initial=True, help_text="A disabled contact is on no new document.")

    def prepare(self):
        self.fields["country"].choices = [("", ""), *((code, f"{name} ({code})") for code, name in _by_name())]
        self.fields["currency_id"].choices = [
            ("", "base currency"),
            *((row.code, f"{row.code} {row.name}") for row in Currency.objects.order_by("code")),
        ]
        for name in ACCOUNTS:
            field = self.fields[name]
            field.queryset = Account.objects.of(self.office.organization)
            widget = AutocompleteSelect(Contact._meta.get_field(name.removesuffix("_id")), site)
            widget.choices = field.choices
            field.widget = widget


def _by_name() -> list[tuple[str, str]]:
    return sorted(countries().items(), key=lambda pair: pair[1])


def typed(fields: dict) -> dict:
    """Fields of a form as the verbs take them."""
    found = dict(fields)
    found["currency"] = found.pop("currency_id") or None
    for name in ACCOUNTS:
        found[name] = fields[name].pk if fields[name] else None
    return found


def initial_of(contact: Contact) -> dict:
    """What the form shows at first."""
    names = ("name", "contact_type", *TEXTS, "currency_id", "payment_terms_days", *ACCOUNTS, "enabled")
    return {name: getattr(contact, name) for name in names}


class MergeForm(VerbForm):
    """Which contact stays, and why the other one goes."""

    survivor = forms.ModelChoiceField(queryset=None, label="Stays", help_text="The contact that is left.")
    reason = forms.CharField(max_length=LONGEST_REASON)
    confirm = forms.BooleanField(label="This cannot be undone; I mean it")

    def prepare(self):
        field = self.fields["survivor"]
        rows = Contact.objects.of(self.office.organization).filter(merged_into=None)
        field.queryset = rows.exclude(pk=self.obj.pk)
        widget = AutocompleteSelect(Contact._meta.get_field("merged_into"), site)
        widget.choices = field.choices
        field.widget = widget


class ContactUploadForm(VerbForm):
    """A file of contacts."""

    file = forms.FileField(help_text="CSV with headings such as name, email, country, reference; in any encoding.")
