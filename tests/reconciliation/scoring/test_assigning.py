"""The assignment is the best there is, and margins are what a pair's absence would cost: compared with trying all."""

import functools
import random

from hypothesis import given
from hypothesis import strategies as st

from reconciliation.scoring.assigning import Assignment

FAR = 10**6


@st.composite
def problems(draw):
    """Up to five lefts and rights, up to three of each, weights that often tie."""
    lefts, rights = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    high = draw(st.sampled_from((2, 30, 400)))
    row = st.dictionaries(st.integers(0, rights - 1), st.integers(1, high))
    weights = draw(st.lists(row, min_size=lefts, max_size=lefts))
    few = st.sampled_from((1, 1, 1, 2, 3))
    supplies = draw(st.lists(few, min_size=lefts, max_size=lefts))
    return weights, supplies, draw(st.lists(few, min_size=rights, max_size=rights))


def most(weights, supplies, demands, left=None, right=None, allowed=0):
    """The most weight there is, by trying everything; of one left and right no more pairs than allowed."""
    givers = [giver for giver, count in enumerate(supplies) for _ in range(count)]

    @functools.cache
    def best(at, room, used):
        if at == len(givers):
            return 0
        found = best(at + 1, room, used)
        for taker, weight in weights[givers[at]].items():
            is_bound = (givers[at], taker) == (left, right)
            if room[taker] and not (is_bound and used == allowed):
                rest = (*room[:taker], room[taker] - 1, *room[taker + 1 :])
                found = max(found, weight + best(at + 1, rest, used + is_bound))
        return found

    return best(0, tuple(demands), 0)


def total(weights, assignment):
    return sum(
        weights[left][right] * count for left, row in enumerate(assignment.taken) for right, count in row.items()
    )


def is_possible(assignment, supplies, demands):
    given = all(sum(row.values()) <= supply for row, supply in zip(assignment.taken, supplies, strict=True))
    taken = [sum(row.get(right, 0) for row in assignment.taken) for right in range(len(demands))]
    return given and all(count <= demand for count, demand in zip(taken, demands, strict=True))


@given(problems())
def test_it_is_the_best(problem):
    assignment = Assignment(*problem)
    assert is_possible(assignment, *problem[1:])
    assert assignment.complete
    assert total(problem[0], assignment) == most(*problem)


@given(problems())
def test_margins_are_what_the_pair_is_worth(problem):
    assignment = Assignment(*problem)
    for left, row in enumerate(assignment.taken):
        for right, count in row.items():
            worth = most(*problem) - most(*problem, left, right, count - 1)
            assert assignment.margin_of(left, right, FAR) == worth
            assert assignment.margin_of(left, right, 50) == min(worth, 50)


def test_it_is_not_greedy():
    assignment = Assignment([{0: 10, 1: 9}, {0: 9}], [1, 1], [1, 1])
    assert assignment.taken == [{1: 1}, {0: 1}]


def test_equals_cost_each_other_nothing():
    """Three of a kind for two of a kind: no margin is lost to the third, which is the same."""
    assignment = Assignment([{0: 100}], [3], [2])
    assert assignment.taken == [{0: 2}]
    assert assignment.margin_of(0, 0, FAR) == 100


def test_what_is_needed_elsewhere_is_no_alternative():
    assignment = Assignment([{0: 600, 1: 590}, {1: 600}], [1, 1], [1, 1])
    assert assignment.margin_of(0, 0, FAR) == 600


def test_work_is_bounded_and_says_so():
    chance = random.Random(7)
    weights = [{right: chance.randint(1, 400) for right in range(60)} for _ in range(60)]
    hurried = Assignment(weights, [1] * 60, [1] * 60, 5_000)
    assert is_possible(hurried, [1] * 60, [1] * 60)
    assert not hurried.complete
    assert hurried.margin_of(0, next(iter(hurried.taken[0])), FAR) == 0
    assert hurried.budget > -60 * 61, "One search may end late, but no other begins."
    patient = Assignment(weights, [1] * 60, [1] * 60)
    assert patient.complete
    assert total(weights, patient) > total(weights, hurried)
