"""The chart templates are the documented ones, account by account."""

import pytest

from ledger.accounts.charts import ROLES, TEMPLATES, UnknownTemplate, read_chart, template_for
from ledger.accounts.numbering import valid_code, warning_for

CODES = {
    "small_business": "1001 1101 1201 1301 2001 2101 3001 3101 4001 4101 5001 5101 5201 5301 5401 5501 5601",
    "professional_services": "1001 1101 1201 1301 2001 2101 3001 3101 4001 4101 4201 "
    "5001 5101 5201 5301 5401 5501 5601",
    "real_estate": "1001 1101 1201 1301 1600 1611 1621 1700 1711 1721 2001 2101 2201 2301 3001 3101 "
    "4001 4101 4201 4301 5001 5101 5201 5301 5401 5501 5601 5701",
}


@pytest.mark.parametrize("name", CODES)
def test_a_template_has_the_documented_accounts(name):
    assert " ".join(row.code for row in TEMPLATES[name].rows) == CODES[name]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_a_template_can_be_opened_row_by_row(template):
    opened = {}
    for row in template.rows:
        assert valid_code(row.code) and row.code not in opened
        assert warning_for(row.code, row.type) is None
        assert row.parent_code is None or opened[row.parent_code].type == row.type
        assert row.role is None or ROLES[row.role] == row.type
        opened[row.code] = row
    roles = [row.role for row in template.rows if row.role]
    assert len(roles) == len(set(roles))
    assert {"cash", "receivable", "payable", "owner_capital", "retained_earnings", "sales"} <= set(roles)


def test_documents_find_their_accounts_by_role():
    def named(template):
        return {row.role: row.name for row in TEMPLATES[template].rows if row.role}

    assert named("small_business") == {
        "cash": "Cash - Operating",
        "receivable": "Accounts Receivable",
        "inventory": "Inventory",
        "payable": "Accounts Payable",
        "tax_payable": "Sales Tax Payable",
        "owner_capital": "Owner's Capital",
        "retained_earnings": "Retained Earnings",
        "sales": "Sales Revenue",
        "cost_of_sales": "Cost of Goods Sold",
    }
    assert named("professional_services")["sales"] == "Professional Fees"
    assert named("professional_services")["owner_capital"] == "Partner Capital"
    # Property tax is owed on what one owns; it is no tax collected on sales.
    assert "tax_payable" not in named("real_estate")
    assert named("real_estate")["payable"] == "Accounts Payable"


def test_indentation_makes_parents():
    below = {row.name: row.parent_code for row in TEMPLATES["real_estate"].rows if row.parent_code}
    assert below == {"Buildings": "1600", "Improvements": "1600", "Property A": "1700", "Property B": "1700"}


def test_a_chart_is_read_from_text():
    rows = read_chart("ASSETS\n  1 All\n    10 Some\n      100 Few [cash]\n    11 Others\nEXPENSES\n    5 Cost\n")
    assert [(row.code, row.parent_code, row.type, row.role) for row in rows] == [
        ("1", None, "asset", None),
        ("10", "1", "asset", None),
        ("100", "10", "asset", "cash"),
        ("11", "1", "asset", None),
        ("5", None, "expense", None),
    ]


@pytest.mark.parametrize(
    "text", ["ASSETS\n  Cash\n", "MONEY\n  1 Cash\n", "ASSETS\n  1 Sales [sales]\n", "  1 Cash [cash]\n"]
)
def test_a_line_that_is_no_account_is_refused(text):
    with pytest.raises(ValueError, match="no line of a chart"):
        read_chart(text)


@pytest.mark.parametrize(
    ("template", "industry", "name"),
    [
        ("real_estate", None, "real_estate"),
        ("Real Estate", "retail", "real_estate"),
        (None, "retail", "small_business"),
        (None, "Property-Management", "real_estate"),
        (None, "consulting", "professional_services"),
        (None, "real_estate", "real_estate"),
        (None, None, "small_business"),
    ],
)
def test_a_template_is_found_by_name_or_industry(template, industry, name):
    assert template_for(template=template, industry=industry).name == name


def test_no_industry_belongs_to_two_templates():
    served = [industry for chart in TEMPLATES.values() for industry in chart.industries]
    assert len(served) == len(set(served)) and not set(served) & set(TEMPLATES)


@pytest.mark.parametrize("asked", [{"template": "retail"}, {"template": ""}, {"industry": "alchemy"}])
def test_an_unknown_template_is_refused_with_those_there_are(asked):
    with pytest.raises(UnknownTemplate, match="small_business"):
        template_for(**asked)
