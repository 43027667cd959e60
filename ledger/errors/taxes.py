"""Refusals of taxes and items."""

from organizations.errors import Conflict, Unprocessable


class TaxRateFinal(Unprocessable):
    """The rate and the kind of a tax are fixed for life: make another, and end this one the day before."""

    code = "tax_rate_final"
    message = "The rate and kind of a tax cannot be changed; make a new tax"


class TaxInUse(Unprocessable):
    """A tax that an item or an issued document names cannot be deleted; deactivate it."""

    code = "tax_in_use"
    message = "The tax is in use; deactivate it instead"


class TaxInactive(Unprocessable):
    """An inactive tax is put on no item."""

    code = "tax_inactive"
    message = "The tax is not active"


class ItemCodeTaken(Conflict):
    """Item codes are unique within an organization."""

    code = "item_code_taken"
    message = "Another item has this code"
