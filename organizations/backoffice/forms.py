"""Forms of the back office: they only read what was typed; a verb does the rest and may refuse it."""

import re

from django import forms
from unfold import widgets

from organizations.errors import Refusal

DAY = {"type": "date"}
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")


def plain_amount(text: str) -> str:
    """An amount as it is typed, or copied from a page that shows thousands apart: ``1,250.50`` is ``1250.50``.

    Anything else stays as it is, and is refused by who reads it: ``1,5`` may mean more than one amount.
    """
    text = text.strip()
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


class VerbForm(forms.Form):
    """A form whose fields wear the back office's looks and which can show what a verb refused."""

    use_required_attribute = False

    def __init__(self, *args, office, obj=None, **kwargs):
        self.office, self.obj = office, obj
        super().__init__(*args, **kwargs)
        self.prepare()
        for field in self.fields.values():
            dress(field)

    def prepare(self) -> None:
        """Choices that depend on the organization or the object."""

    def place(self, refusal: Refusal) -> None:
        """Put a refusal next to the fields that it names, or above the form."""
        fields = refusal.details.get("fields", {})
        homeless = [
            f"{path}: {problem}" for path, list_ in fields.items() if path not in self.fields for problem in list_
        ]
        for path, problems in fields.items():
            if path in self.fields:
                self.add_error(path, [*problems])
        if homeless or not fields:
            reason = refusal.details.get("reason")
            self.add_error(None, [refusal.message, *([str(reason)] if reason else []), *homeless])


def dress(field: forms.Field) -> None:
    """Give a field the widget that the rest of the back office has."""
    widget = field.widget
    attrs = {**widget.attrs}
    if isinstance(field, forms.BooleanField):
        field.widget = widgets.UnfoldBooleanWidget(attrs)
    elif isinstance(field, forms.DateField):
        field.widget = widgets.UnfoldAdminTextInputWidget({**attrs, **DAY})
        field.widget.format_value = lambda value: value.isoformat() if hasattr(value, "isoformat") else value
    elif isinstance(field, forms.FileField):
        field.widget = widgets.UnfoldAdminFileFieldWidget(attrs)
    elif isinstance(widget, forms.PasswordInput):
        field.widget = widgets.UnfoldAdminPasswordWidget(attrs)
    elif isinstance(widget, forms.Textarea):
        field.widget = widgets.UnfoldAdminTextareaWidget({**attrs, "rows": 3})
    elif isinstance(widget, forms.HiddenInput):
        return
    elif type(widget) is forms.Select:
        dressed = widgets.UnfoldAdminSelectWidget(attrs)
        dressed.choices = widget.choices
        field.widget = dressed
    elif type(widget) in (forms.TextInput, forms.EmailInput, forms.NumberInput):
        dressed = widgets.UnfoldAdminTextInputWidget(attrs)
        dressed.input_type = widget.input_type
        field.widget = dressed
    field.widget.is_required = field.required
