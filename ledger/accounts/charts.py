"""The ready-made charts of accounts, written as an accountant would read them.

Each chart is a text: headings name the five types and are no accounts themselves;
indentation puts an account below its parent; a word in brackets is the account's role.
The codes follow ``numbering``.
"""

import re
from typing import NamedTuple

from ledger.accounts.numbering import ACCOUNT_TYPES

# What documents, payments and reports look for, whatever the account's code. Of several accounts with a role the
# first by code counts; receivable and payable have one in each currency.
ROLES = {
    "cash": "asset",  # where money arrives and leaves unless told otherwise
    "receivable": "asset",  # what customers owe; invoices are posted here
    "inventory": "asset",  # goods held for sale
    "clearing": "asset",  # what a payment provider or a till holds until it pays out
    "suspense": "asset",  # amounts nobody could place yet; nothing is left on it when a year is closed
    "payable": "liability",  # what is owed to vendors; bills are posted here
    "tax_payable": "liability",  # tax collected on sales, owed to the state; not tax on what one owns
    "owner_capital": "equity",  # what the owners put in; the other side of opening balances
    "retained_earnings": "equity",  # profits of closed years
    "sales": "revenue",  # revenue of an invoice line that names no account
    "cost_of_sales": "expense",  # what the goods that were sold had cost
    "bank_fees": "expense",  # what banks and payment providers keep of what passes through them
    "realised_exchange": "expense",  # exchange gains and losses of what was settled; a loss is a debit
    "unrealised_exchange": "expense",  # and of what is still open at a month's end
}

# Where accounts of another type may have the role as well: a provider that is owed more than it holds, exchange gains
# kept among revenue.
ALSO_FIT = {
    "clearing": "liability",
    "suspense": "liability",
    "realised_exchange": "revenue",
    "unrealised_exchange": "revenue",
}

# When revenue and expense count: as they are earned and owed, or as they are paid.
TAX_METHODS = ("accrual", "cash")


def role_mismatch(role: str | None, type: str) -> str | None:
    """Why an account of this type cannot have the role, in words; None if it can."""
    if role is None or type in (ROLES[role], ALSO_FIT.get(role)):
        return None
    kinds = " or ".join(filter(None, (ROLES[role], ALSO_FIT.get(role))))
    return f"The role {role} is for accounts of type {kinds}."


class ChartRow(NamedTuple):
    """One account of a template; the parent always stands before its children."""

    code: str
    name: str
    type: str
    parent_code: str | None
    role: str | None


class ChartTemplate(NamedTuple):
    """A chart of accounts ready to be copied into an organization."""

    name: str
    title: str
    description: str
    industries: tuple[str, ...]
    rows: tuple[ChartRow, ...]


class UnknownTemplate(LookupError):
    """No template has this name, or serves this industry. The message lists those that do."""


SMALL_BUSINESS = """
ASSETS
    1001 Cash - Operating [cash]
    1101 Accounts Receivable [receivable]
    1201 Inventory [inventory]
    1301 Prepaid Expenses
LIABILITIES
    2001 Accounts Payable [payable]
    2101 Sales Tax Payable [tax_payable]
EQUITY
    3001 Owner's Capital [owner_capital]
    3101 Retained Earnings [retained_earnings]
REVENUE
    4001 Sales Revenue [sales]
    4101 Service Revenue
EXPENSES
    5001 Cost of Goods Sold [cost_of_sales]
    5101 Salaries & Wages
    5201 Rent Expense
    5301 Utilities
    5401 Insurance
    5501 Advertising
    5601 Office Supplies
"""

PROFESSIONAL_SERVICES = """
ASSETS
    1001 Cash - Operating [cash]
    1101 Accounts Receivable [receivable]
    1201 Work in Progress
    1301 Prepaid Insurance
LIABILITIES
    2001 Accounts Payable [payable]
    2101 Accrued Salaries
EQUITY
    3001 Partner Capital [owner_capital]
    3101 Retained Earnings [retained_earnings]
REVENUE
    4001 Professional Fees [sales]
    4101 Consulting Revenue
    4201 Training Revenue
EXPENSES
    5001 Salaries & Benefits
    5101 Rent & Occupancy
    5201 Professional Development
    5301 Marketing & Business Development
    5401 Technology & Software
    5501 Office Expenses
    5601 Travel & Entertainment
"""

REAL_ESTATE = """
ASSETS
    1001 Cash - Operating [cash]
    1101 Accounts Receivable [receivable]
    1201 Prepaid Property Taxes
    1301 Security Deposits
    1600 Fixed Assets
        1611 Buildings
        1621 Improvements
    1700 Investment Properties
        1711 Property A
        1721 Property B
LIABILITIES
    2001 Mortgage Payable - Property A
    2101 Mortgage Payable - Property B
    2201 Accounts Payable [payable]
    2301 Property Tax Payable
EQUITY
    3001 Owner's Capital [owner_capital]
    3101 Retained Earnings [retained_earnings]
REVENUE
    4001 Rental Income [sales]
    4101 Parking Income
    4201 Laundry Income
    4301 Other Income
EXPENSES
    5001 Property Management
    5101 Maintenance & Repairs
    5201 Property Taxes
    5301 Insurance
    5401 Utilities
    5501 Legal & Professional
    5601 Marketing
    5701 Depreciation
"""

_HEADINGS = dict(zip(("ASSETS", "LIABILITIES", "EQUITY", "REVENUE", "EXPENSES"), ACCOUNT_TYPES, strict=True))
_ACCOUNT = re.compile(r"(?P<indent> +)(?P<code>\d+) (?P<name>.+?)(?: \[(?P<role>\w+)\])?")


def read_chart(text: str) -> tuple[ChartRow, ...]:
    """The accounts of a chart written as text, parents first.

    Raises ValueError at a line that is neither a heading nor an account, or whose role
    does not belong to accounts of its type.
    """
    rows, above, kind = [], [], None
    for line in text.strip("\n").splitlines():
        if line in _HEADINGS:
            kind, above = _HEADINGS[line], []
            continue
        found = _ACCOUNT.fullmatch(line)
        if not found or (found["role"] and ROLES.get(found["role"]) != kind):
            raise ValueError(f"This is no line of a chart of accounts: {line!r}")
        while above and len(above[-1]["indent"]) >= len(found["indent"]):
            above.pop()
        parent_code = above[-1]["code"] if above else None
        rows.append(ChartRow(found["code"], found["name"], kind, parent_code, found["role"]))
        above.append(found)
    return tuple(rows)


TEMPLATES = {
    template.name: template
    for template in (
        ChartTemplate(
            "small_business",
            "Small Business",
            "For trade and services: stock, sales tax, cost of goods sold.",
            ("retail", "wholesale", "ecommerce", "manufacturing", "restaurant", "hospitality", "general"),
            read_chart(SMALL_BUSINESS),
        ),
        ChartTemplate(
            "professional_services",
            "Professional Services",
            "For firms that sell time and knowledge: work in progress, fees, partner capital.",
            ("services", "accounting", "legal", "consulting", "technology", "marketing", "healthcare", "education"),
            read_chart(PROFESSIONAL_SERVICES),
        ),
        ChartTemplate(
            "real_estate",
            "Real Estate Investment",
            "For owners of property: buildings, mortgages, rents, depreciation.",
            ("property_management", "property_investment", "construction"),
            read_chart(REAL_ESTATE),
        ),
    )
}


def template_for(template: str | None = None, industry: str | None = None) -> ChartTemplate:
    """The chart with this name, or the one that suits an industry; small_business if neither is told.

    Case does not matter, and ``Real Estate`` is ``real_estate``. The name of a template
    also counts as an industry. Raises UnknownTemplate.
    """
    if template is not None:
        wanted, known = template, {name: name for name in TEMPLATES}
    else:
        wanted = "small_business" if industry is None else industry
        known = {name: name for name in TEMPLATES}
        known |= {served: chart.name for chart in TEMPLATES.values() for served in chart.industries}
    key = re.sub(r"[\s-]+", "_", wanted.strip().lower())
    if key not in known:
        asked = "template" if template is not None else "industry"
        raise UnknownTemplate(f"No chart of accounts for {asked} {wanted!r}. Known are: {', '.join(sorted(known))}.")
    return TEMPLATES[known[key]]
