"""Pages of a period whose days are the wrong way round."""

import pytest

from tests.backoffice.desks import Person, recorded

pytestmark = pytest.mark.django_db

NAMES = ("income_statement", "cash_flow", "general_ledger", "tax_summary", "investor_statements", "consolidated")


def test_days_the_wrong_way_round_are_said_and_no_other_period_is_shown(cast):
    recorded(cast.alices, "100.00")
    alice = Person(cast.alice, cast.alices)
    for name in (*NAMES, "budget_vs_actual"):
        seen = alice.get(f"/admin/{name}/?start=2026-06-30&end=2026-01-01&basis=cash")
        assert "The last day lies before the first." in seen, name
        assert 'value="2026-06-30"' in seen.text and 'value="2026-01-01"' in seen.text, name
        assert 'name="basis" value="cash"' in seen.text and "co-table" not in seen.text and "format=" not in seen.text
        assert "lies before the first" not in alice.get(f"/admin/{name}/?start=2026-01-01&end=2026-01-01"), name
    late = alice.get("/admin/general_ledger/?start=2199-01-01")
    assert "The last day lies before the first." in late and 'value="2199-01-01"' in late.text
    assert "balanced" in alice.get("/admin/balance_sheet/?start=2026-06-30&end=2026-01-01")
