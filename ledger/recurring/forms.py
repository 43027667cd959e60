"""Forms of schedules in the back office."""

from django import forms

from ledger.recurring.calendars import BUSINESS_DAYS, FREQUENCIES, MOST_EXECUTIONS
from ledger.recurring.models import CATCH_UPS
from organizations.backoffice.forms import VerbForm


class RuleForm(VerbForm):
    """When, and how."""

    name = forms.CharField(max_length=200, required=False)
    frequency = forms.ChoiceField(choices=[(name, name) for name in FREQUENCIES], initial="monthly")
    interval = forms.IntegerField(min_value=1, max_value=1000, initial=1, help_text="Every so many of these.")
    business_day = forms.ChoiceField(
        choices=[(name, name) for name in BUSINESS_DAYS], label="On weekends", help_text="The business day instead."
    )
    ended_at = forms.DateField(required=False, label="Last day")
    max_executions = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_EXECUTIONS, label="Times", help_text="At most so often."
    )
    catch_up = forms.ChoiceField(
        choices=[(name, name) for name in CATCH_UPS], label="Missed days", help_text="Which of them are made up for."
    )
    auto_post = forms.BooleanField(required=False, initial=True, label="Post by itself", help_text="Else as drafts.")
    auto_send = forms.BooleanField(required=False, label="Send invoices by e-mail")


class NewForm(RuleForm):
    """What is repeated, from when on."""

    repeated = forms.CharField(max_length=20, label="Repeat", help_text="The id of a transaction, invoice or bill.")
    started_at = forms.DateField(label="First day")
    field_order = ["repeated", "started_at", "frequency", "interval"]


class ChangeForm(RuleForm):
    """What changes from the next occurrence on; with another pattern, from a day on."""

    repeated = forms.CharField(
        max_length=20, required=False, label="Repeat this instead", help_text="The id of what is repeated from then on."
    )
    effective_from = forms.DateField(required=False, label="From", help_text="The next occurrence unless given.")


class ReasonForm(VerbForm):
    """Why."""

    reason = forms.CharField(max_length=200, required=False)


class ResumeForm(VerbForm):
    """What becomes of the days that fell due meanwhile."""

    catch_up = forms.ChoiceField(choices=[(name, name) for name in reversed(CATCH_UPS)], label="Days of the pause")

    def prepare(self):
        if self.obj.depreciation is not None:
            self.fields["catch_up"].choices = [("all", "all")]
