"""Refusals of the chart of accounts and of categories."""

from organizations.errors import Conflict, NotFound, Unprocessable

# --- 404, 409, 422: the chart of accounts -----------------------------------------------------------------------------


class TemplateNotFound(NotFound):
    """There is no chart template of this name."""

    code = "chart_template_not_found"
    message = "There is no such chart template"


class AccountCodeMismatch(Unprocessable):
    """The code's first digit belongs to another type, and the organization is strict about it."""

    code = "account_code_mismatch"
    message = "The account code does not fit the account type"


class AccountIdentityFinal(Unprocessable):
    """Code, type and currency of an account cannot be changed after creation."""

    code = "account_immutable"
    message = "Account codes and types cannot be changed after creation"


class AccountParentMismatch(Unprocessable):
    """A child account has its parent's type."""

    code = "account_parent_mismatch"
    message = "An account has the type of its parent"


class AccountRoleMismatch(Unprocessable):
    """A role belongs to accounts of one type, few to two: receivable to assets, payable to liabilities …"""

    code = "account_role_mismatch"
    message = "The role does not fit the account type"


class AccountIsControl(Unprocessable):
    """Open items, or the defaults of a contact, rely on the role of a control account: receivable or payable.

    Settled items count as well: what they say of the past stands on the account.
    """

    code = "account_is_control"
    message = "Open items or contacts rely on the role of this account"


class AccountCycle(Unprocessable):
    """An account cannot stand below itself."""

    code = "account_cycle"
    message = "An account cannot stand below itself"


class AccountIsSystem(Unprocessable):
    """System accounts cannot be deleted."""

    code = "account_is_system"
    message = "System accounts cannot be deleted"


class AccountInUse(Unprocessable):
    """An account with entries, transactions or child accounts cannot be deleted; archive it."""

    code = "account_in_use"
    message = "The account is in use; archive it instead"


class AccountCodeTaken(Conflict):
    """Account codes are unique within an organization."""

    code = "account_code_taken"
    message = "An account with this code already exists"


# --- 409, 422: categories ---------------------------------------------------------------------------------------------


class CategoryTypeFinal(Unprocessable):
    """The type of a category cannot be changed after creation."""

    code = "category_immutable"
    message = "The type of a category cannot be changed"


class CategoryNameTaken(Conflict):
    """Names of categories are unique within an organization and type."""

    code = "category_name_taken"
    message = "A category of this type with this name already exists"


class CategoryInUse(Unprocessable):
    """A category that transactions have cannot be deleted; archive it."""

    code = "category_in_use"
    message = "The category is in use; archive it instead"


class CategoryArchived(Unprocessable):
    """An archived category can be given to no transaction; those that have it keep it."""

    code = "category_archived"
    message = "The category is archived"
