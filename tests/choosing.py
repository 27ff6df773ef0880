"""Which cases of tests an ordinary run takes: those that add most for their time.

A case adds the blocks of code that it enters: the statements of a function, or of one branch, loop or handler in it.
One that enters none but what most do, because it looks at sources or starts another process, is unknown and stays.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

QUICK = 0.03
"""A case that takes less stays, whatever it adds: that much is spent on starting it anyway."""
ADDS = (1.0, 0.1)
"""What it is worth to enter a block of code, as the first case that does, and as the second."""
A_FUNCTION = 10.0
"""How much more it is worth to enter a function at all."""
FIRST_CASE = 2.0
"""What the first case of a test is worth, because no other states its rule."""


class Choice:
    """Which cases an ordinary run should take first: the quick ones, then those that add most for their time.

    Args:
        cases: seconds of each, and the numbers of the blocks that it enters; those of functions are negative.
    """

    def __init__(self, cases: Mapping[str, tuple[float, frozenset[int]]]) -> None:
        self._cases = cases
        self._times: Counter[int] = Counter()
        self._tests: set[str] = set()

    @cached_property
    def in_turn(self) -> list[str]:
        """The cases in their order; those that add nothing are at the end."""
        times = Counter(block for _, blocks in self._cases.values() for block in blocks)
        everywhere = {block for block, count in times.items() if count > len(self._cases) / 2}
        order = [name for name, (seconds, blocks) in self._cases.items() if seconds < QUICK or blocks <= everywhere]
        for name in order:
            self._take(name)
        heap = [(-self._worth(name), name) for name in self._cases.keys() - {*order}]
        heapq.heapify(heap)
        while heap:
            _, name = heapq.heappop(heap)
            worth = self._worth(name)  # which only falls while others are taken
            if heap and -worth > heap[0][0]:
                heapq.heappush(heap, (-worth, name))
                continue
            self._take(name)
            order.append(name)
        return order

    def _take(self, name: str) -> None:
        self._times.update(self._cases[name][1])
        self._tests.add(name.partition("[")[0])

    def _worth(self, name: str) -> float:
        seconds, blocks = self._cases[name]
        times = self._times
        new = [block for block in blocks if times[block] < len(ADDS)]
        worth = sum(ADDS[times[block]] * (A_FUNCTION if block < 0 else 1.0) for block in new)
        return (worth + FIRST_CASE * (name.partition("[")[0] not in self._tests)) / max(seconds, QUICK)


def leave_out(in_turn: Sequence[tuple[str, float]], budget: float) -> list[str]:
    """The cases behind those that take so many seconds; a test alone if that is all of its cases."""
    spent, kept, left = 0.0, set(), []
    for name, seconds in in_turn:
        spent += seconds
        if seconds < QUICK or spent <= budget:
            kept.add(name.partition("[")[0])
        else:
            left.append(name)
    tests = ((name.partition("[")[0], name) for name in left)
    return sorted({name if test in kept else test for test, name in tests})
