"""A practice year in earnest: through posting, import and matching of the real thing."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.cast import open_books


@pytest.mark.django_db
def test_the_command_reports_a_year_and_leaves_nothing(monkeypatch):
    from organizations.tenants.models import Organization
    from reconciliation.management.commands import match_report

    open_books("Somebody")
    said = StringIO()
    call_command("match_report", seed=[4], lines=1_200, entries=1_600, stdout=said)
    text = said.getvalue()
    assert text.startswith("Seed 4: 1,200 lines against 1,600 entries")
    overall = text.splitlines()[-1].split()
    assert overall[0] == "all"
    assert Decimal(overall[4]) >= match_report.PRECISION
    assert Decimal(overall[5]) >= match_report.RECALL
    assert not Organization.objects.filter(name="Practice").exists()
    monkeypatch.setattr(match_report, "RECALL", Decimal(2))
    with pytest.raises(CommandError, match="recall below 2 for seed"):
        call_command("match_report", seed=[4], lines=1_200, entries=1_600, stdout=StringIO())
