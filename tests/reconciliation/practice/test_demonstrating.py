"""The demonstration has a bank: most of its lines are matched, and a few are left for whoever looks."""

import json

import pytest

from ledger.health.examining import examine
from organizations import ids, scoping
from tests.cast import Api

pytestmark = pytest.mark.xdist_group("demonstration")


def test_the_demonstration_company_has_a_statement_with_something_left_to_do(demo_db):
    access = json.loads(demo_db.read_text())
    api = Api(access["api_key"], f"/organizations/{access['organization_id']}")
    (statement,) = api.get("/statements").data
    assert statement["new"] > 30
    assert statement["closing_balance"] is not None
    assert statement["errors"] == statement["conflicts"] == 0

    def many(status: str) -> int:
        return api.get(f"/statement-lines?status={status}&include=total_count&limit=1")["total_count"]

    assert many("matched") > statement["new"] // 2
    assert many("suggested") >= 2
    assert many("unmatched") >= 2
    paid = api.get("/matches?origin=document").data
    assert {(match["status"], match["reason"]) for match in paid} == {
        ("accepted", "pays"),
        ("suggested", "pays_unnamed"),
    }
    overdue = api.get("/invoices?status=overdue").data
    assert overdue and all(invoice["amount_due"] > 0 for invoice in overdue)
    number = ids.decode("ORG", access["organization_id"])
    with scoping.acting_in(number):
        assert [one.name for one in examine(number) if one.broken] == []
    ruled = api.get("/statement-lines?status=suggested&filters[description][contains]=SERVICE FEE").data
    assert [line["match"]["origin"] for line in ruled] == ["rule", "rule"]
