"""What automatic matching promises: at least 995 of 1,000 accepted matches are right, and 9 of 10 true ones are found.

No number of the engine was chosen by looking at these years.
"""

import functools
from decimal import Decimal

import pytest

from reconciliation.practice.judging import judge
from reconciliation.practice.years import practice_year
from reconciliation.scoring.proposing import USUAL_TERMS
from reconciliation.scoring.weights import FEATURES
from tests.reconciliation.practice.rehearsing import at_once, by_statement

pytestmark = pytest.mark.xdist_group("practice")  # each year is reconciled once

SEEDS = (1, 2, 3)
PRECISION, RECALL = Decimal("0.995"), Decimal("0.90")


@functools.cache
def rehearsed(rehearse, seed):
    """The year, what was proposed, and the verdict."""
    year = practice_year(seed)
    proposals = rehearse(year)
    return proposals, judge(year, proposals)


@pytest.mark.parametrize("rehearse", [at_once, by_statement])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_reconciles(seed, rehearse):
    proposals, verdict = rehearsed(rehearse, seed)
    assert verdict.overall.precision >= PRECISION
    assert verdict.overall.recall >= RECALL
    assert all(tally.precision >= Decimal("0.98") for tally in verdict.kinds.values())
    assert all(tally.recall >= Decimal("0.75") for tally in verdict.kinds.values())
    accepted = [each for each in proposals if each.accepted]
    assert all(each.score >= USUAL_TERMS.threshold and each.margin >= USUAL_TERMS.margin for each in accepted)
    for ids in ("line_ids", "entry_ids"):
        matched = [number for each in accepted for number in getattr(each, ids)]
        assert len(matched) == len(set(matched))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_learnt_helps(seed):
    assert rehearsed(by_statement, seed)[1].overall.recall > rehearsed(at_once, seed)[1].overall.recall


def test_every_feature_comes_up():
    """``rule`` apart: a practice year has no bank rules."""
    proposals = [
        each for rehearse in (at_once, by_statement) for seed in SEEDS for each in rehearsed(rehearse, seed)[0]
    ]
    seen = {name for each in proposals for name in each.features}
    assert seen | {"rule", "not_yet", "open_amount"} == set(FEATURES)  # no rules, no end, no documents here
