"""Steps that are skipped, and codes: other inputs would have others, so all are tried, one after the other.

A formula that asks whether the step before is skipped is right wherever both are, and one that looks a code up among
all rows but the last is right for all other codes. So steps are marked in one pattern after the other, and codes
are counted through, other ones in each step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise

import numpy as np

from xlcheck.arrays import Array
from xlcheck.frozen import dataclass
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity

_PATTERNS: tuple[Callable[[int], int], ...] = (
    lambda t: t, lambda t: t + 1, lambda t: t >> 1, lambda t: (t >> 1) + 1, lambda t: (t + 1) >> 1,
    lambda t: ((t + 1) >> 1) + 1, lambda t: t >> 2, lambda t: (t >> 2) + 1,
)  # fmt: skip
"""Where a number is odd its step is read: so any two near steps are read both, neither, and one without the other."""
_MOST_CODES = 16
"""Rounds in which each step has another code."""


@dataclass(frozen=True)
class Read:
    """What is given to a network for one step.

    Attributes:
        step: the number of the step.
        mark: the number by which it is known that the step is skipped; None if none is.
        last: the last row that it may stand for; None if it is no code.
    """

    step: int
    mark: float | None = None
    last: int | None = None


def other_inputs(graph: Graph) -> Iterator[Callable[[dict[str, Array]], None]]:
    """How inputs are changed, one way after the other; none where no step can be skipped and nothing is a code."""
    reads = {q.name: read for q in graph if q.expr is None and (read := _read(graph, q)) is not None}
    if any(read.mark is not None for read in reads.values()):
        yield from (partial(_marked, reads, number) for number in range(len(_PATTERNS)))
    largest = max((read.last for read in reads.values() if read.last is not None), default=-1)
    yield from (partial(_counted, reads, number) for number in range(min(largest + 1, _MOST_CODES)))
    sides = {q.name: own for q in graph if q.expr is None and (own := _on_each_side(graph, q))}
    rounds = min(max(map(len, sides.values()), default=0), _MOST_CODES)
    yield from (partial(_beside_limits, sides, number) for number in range(rounds))


def _on_each_side(graph: Graph, q: Quantity) -> list[float]:
    """Numbers on each side of those that a given quantity is compared with, and these where they are looked for."""
    limits, sought = set[float](), set[float]()
    for other in graph:
        for node in ex.walk(other.expr) if other.expr is not None and q.name in other.reads else ():
            if isinstance(node, ex.Greater | ex.NotEqual) and other.band.symbol != "mask":
                own = {side.value for side in (node.a, node.b) if isinstance(side, ex.Const)}
                if q.name in (*ex.refs(node.a), *ex.refs(node.b)):
                    (limits if isinstance(node, ex.Greater) else sought).update(own)
    ordered = sorted(limits)
    between = [(a + b) / 2 for a, b in pairwise(ordered)]
    outside = [ordered[0] - 1, ordered[-1] + 1] if ordered else []
    return [*between, *outside, *sorted(sought), *([max(sought) + 1] if sought else [])]


def _read(graph: Graph, q: Quantity) -> Read | None:
    mark: float | None = None
    last: int | None = None
    for other in graph:
        if other.expr is None or q.name not in other.reads:
            continue
        if other.band.symbol == "mask":
            compared = (node.b for node in ex.walk(other.expr) if isinstance(node, ex.NotEqual))
            mark = next((constant.value for constant in compared if isinstance(constant, ex.Const)), 0.0)
        for node in ex.walk(other.expr):
            if isinstance(node, ex.Gather | ex.OneHot) and q.name in ex.refs(node.index):
                rows = node.depth if isinstance(node, ex.OneHot) else graph[node.matrix.name].shape[0]
                last = rows - 1 if last is None else min(last, rows - 1)
    return None if mark is None and last is None else Read(q.step or 0, mark, last)


def _marked(reads: Mapping[str, Read], number: int, drawn: dict[str, Array]) -> None:
    """Some steps are skipped; of the others most numbers may be the mark, but not all."""
    for name, read in reads.items():
        if read.mark is None:
            continue
        numbers = drawn[name].reshape(len(drawn[name]), -1)
        for sample, own in enumerate(numbers):
            if _PATTERNS[number](read.step + sample) % 2 == 0:
                own[:] = read.mark
            else:
                one = number // 2 % own.size
                if number % 2:
                    own[np.arange(own.size) != one] = read.mark
                elif read.last is None:
                    own[one] = 0.0
                if (own == read.mark).all():
                    own[one] = read.mark + 1.0 if read.last is None else float(read.last)


def _beside_limits(sides: Mapping[str, list[float]], number: int, drawn: dict[str, Array]) -> None:
    """Each number of an input lies once on each side of those that it is compared with."""
    for name, own in sides.items():
        numbers = drawn[name].reshape(len(drawn[name]), -1)
        for sample, row in enumerate(numbers):
            row[:] = [own[(element + sample + number) % len(own)] for element in range(row.size)]


def _counted(reads: Mapping[str, Read], number: int, drawn: dict[str, Array]) -> None:
    """No two steps or samples that are near have one code; as the rounds go on, each has the last one, and others."""
    for name, read in reads.items():
        if read.last is not None:
            for sample, own in enumerate(drawn[name]):
                own[...] = (read.last - number + read.step + sample) % (read.last + 1)
