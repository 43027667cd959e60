"""The best overall assignment: which left goes to which right, so that all weights together are most.

Not greedy: a pair gives way where both of its sides do better elsewhere. Lefts and rights are
kinds with a number (three equal coffees are one left with three to give), so that what is
interchangeable is never compared with itself. Anything may stay idle, for nothing; so only
pairs of positive weight are made.

The method is that of shortest augmenting paths with potentials (Kuhn and Munkres; Edmonds
and Karp): each left is placed in turn, along the cheapest chain of exchanges. The margin of
a pair is the cheapest chain that undoes it.

Work is counted in steps along edges. When the budget is used up, the remaining lefts take
the best right that has room; ``complete`` is False then, and no margin is known.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush

IDLE = -1
Steps = Callable[[int], Iterable[tuple[int, int]]]


class Assignment:
    """Lefts and rights by number from 0: ``weights[left]`` maps rights to weights above 0.

    ``taken[left]`` maps rights to how many of them it takes.
    """

    def __init__(
        self,
        weights: Sequence[Mapping[int, int]],
        supplies: Sequence[int],
        demands: Sequence[int],
        budget: int = 1_000_000,
    ):
        self.budget = budget
        self.complete = True
        self.taken: list[dict[int, int]] = [{} for _ in supplies]
        self._weights = weights
        self._takers: list[dict[int, int]] = [{} for _ in demands]
        self._wanting: list[list[int]] = [[] for _ in demands]
        for left, row in enumerate(weights):
            for right in row:
                self._wanting[right].append(left)
        self._idle, self._room = list(supplies), list(demands)
        # What a left or right is worth: together never less than the weight of their pair, and just that where the
        # pair is made; nothing for who is idle. Rights are nodes from ``_first`` on.
        self._left_worth = [max(row.values(), default=0) for row in weights]
        self._right_worth = [0] * len(demands)
        self._first = len(supplies)
        for left, count in enumerate(supplies):
            for _ in range(count):
                if not (self._place(left) if self.budget > 0 else self._place_anywhere(left)):
                    break

    def margin_of(self, left: int, right: int, limit: int) -> int:
        """How much weight is lost, all pairs together, if there is one pair less of this left and right.

        Counted up to ``limit``. Nothing, where the budget is used up and so no margin is known.
        """

        def away(node: int) -> Iterable[tuple[int, int]]:
            return self._forward(node) if node != left else (step for step in self._forward(node) if step[0] != goal)

        def hither(node: int) -> Iterable[tuple[int, int]]:
            return self._backward(node) if node != goal else (step for step in self._backward(node) if step[0] != left)

        goal = self._first + right
        if not self.complete:
            return 0
        there, _ = self._reach(left, away, goal, limit)
        back, _ = self._reach(goal, hither, IDLE, limit)
        if self.budget <= 0:
            self.complete = False
            return 0
        return min(there.get(goal, limit), there.get(IDLE, limit) + back.get(IDLE, limit), limit)

    def _forward(self, node: int) -> Iterable[tuple[int, int]]:
        """Where who is at ``node`` may go instead, and what that costs: a left to a right, a right to its takers."""
        if node < self._first:
            worth, rights, first = self._left_worth[node], self._right_worth, self._first
            steps = [(first + right, worth + rights[right] - weight) for right, weight in self._weights[node].items()]
            steps.append((IDLE, worth))
            return steps
        right = node - self._first
        steps = [(left, 0) for left in self._takers[right]]
        if self._room[right]:
            steps.append((IDLE, 0))
        return steps

    def _backward(self, node: int) -> Iterable[tuple[int, int]]:
        """The same steps seen from where they end."""
        if node < self._first:
            steps = [(self._first + right, 0) for right in self.taken[node]]
            if self._idle[node]:
                steps.append((IDLE, 0))
            return steps
        right = node - self._first
        worth = self._right_worth[right]
        steps = [(left, self._left_worth[left] + worth - self._weights[left][right]) for left in self._wanting[right]]
        steps.append((IDLE, worth))
        return steps

    def _reach(self, start: int, steps: Steps, goal: int, limit: int) -> tuple[dict[int, int], dict[int, int]]:
        """Costs of the cheapest chains from ``start`` to all that is nearer than the goal, and the way there."""
        costs, before = {start: 0}, {}
        heap = [(0, start)]
        while heap and self.budget > 0:
            cost, node = heappop(heap)
            if node == goal or cost >= limit:
                break
            if cost > costs[node] or node == IDLE:
                continue
            for other, step in steps(node):
                self.budget -= 1
                if cost + step < costs.get(other, limit):
                    costs[other] = cost + step
                    before[other] = node
                    heappush(heap, (cost + step, other))
        return costs, before

    def _place(self, left: int) -> bool:
        """Place one of a left by the cheapest chain; False where it had better stay idle."""
        costs, before = self._reach(left, self._forward, IDLE, self._left_worth[left] + 1)
        if self.budget <= 0:
            return self._place_anywhere(left)
        for node, cost in costs.items():
            if cost < costs[IDLE] and node < self._first:
                self._left_worth[node] -= costs[IDLE] - cost
            elif cost < costs[IDLE]:
                self._right_worth[node - self._first] += costs[IDLE] - cost
        node = before[IDLE]
        if node == left:
            return False
        self._idle[left] -= 1
        if node < self._first:
            self._idle[node] += 1
        else:
            self._room[node - self._first] -= 1
        while node != left:
            other = before[node]
            if node < self._first:
                self._change(node, other - self._first, -1)
            else:
                self._change(other, node - self._first, 1)
            node = other
        return True

    def _place_anywhere(self, left: int) -> bool:
        self.complete = False
        free = [(-weight, right) for right, weight in self._weights[left].items() if self._room[right]]
        if not free:
            return False
        right = min(free)[1]
        self._idle[left] -= 1
        self._room[right] -= 1
        self._change(left, right, 1)
        return True

    def _change(self, left: int, right: int, by: int) -> None:
        for row, key in ((self.taken[left], right), (self._takers[right], left)):
            row[key] = row.get(key, 0) + by
            if not row[key]:
                del row[key]
