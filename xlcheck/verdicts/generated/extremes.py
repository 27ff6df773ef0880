"""Which of several numbers is the largest, or the smallest: each of them in turn.

A formula that leaves one of a dozen out is right wherever another one is larger, and so is one that reads a neighbour
for it, or takes sizes for numbers. So numbers are written over what a layer chooses from: all above 0, all below, and,
where a formula reads other cells than it should, each of these far above the others and far below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set as AbstractSet
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.scanner import cut
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.grouping import grouped
from xlcheck.verdicts.placement import Sighting
from xlcheck.workbook.cell_codes import code_at

if TYPE_CHECKING:  # what prints formulas is imported only where something chooses
    from xlcheck.verdicts.desired_formula import Wanted
    from xlcheck.verdicts.mistakes.trials import Trials

Element = tuple[str, int]
"""One element of a quantity, in C order."""
Change = Callable[[dict[str, Array]], None]
"""Puts some of the numbers that were drawn elsewhere."""
_CHOOSING = (ex.Largest, ex.FirstLargest, ex.Maximum, ex.Minimum)
_PLACES = (ex.OneHot, ex.Gather)
_OFTEN = 4
"""Rounds for one where most gradients are 0: one cell in dozens passed with one round, and was found with four."""
_MOST = 24
"""Cells of one layer that are read though they should not be, or the other way round, of which each is tried."""


def choosing_layers(graph: Graph) -> Iterator[frozenset[str]]:
    """From what each layer chooses that takes the largest or smallest of several, in order of calculation."""
    for own in grouped((q.band.layer, q) for q in graph if chosen_from(q)).values():
        names = frozenset[str]().union(*map(chosen_from, own)) - {q.name for q in own}
        if names:
            yield names


def chosen_from(q: Quantity) -> frozenset[str]:
    """The quantities of which one is the largest or smallest of several, unless they are codes."""
    found = set[str]()
    for node in ex.walk(q.expr) if q.expr is not None else ():
        items = list(ex.operands(node)) if isinstance(node, _CHOOSING) else []
        inside = [part for item in items for part in ex.walk(item)]
        if len(items) > 1 and not any(isinstance(item, ex.Const) for item in items):
            found |= {name for item in items for name in ex.refs(item)} if not _has_places(inside) else set()
    return frozenset(found)


def _has_places(parts: Iterable[ex.Expr]) -> bool:
    return any(isinstance(part, _PLACES) for part in parts)


def on_either_side(names: AbstractSet[str]) -> list[Change]:
    """Let all numbers of some quantities be above 0, and all below."""
    return [partial(_on_one_side, names, sign) for sign in (1.0, -1.0)]


def each_far(odd: Iterable[Element], names: AbstractSet[str]) -> list[Change]:
    """Let one after the other of some elements of these quantities be far above all others, and below."""
    own = [element for element in odd if element[0] in names]
    return [partial(_far, *element, sign) for element in own[:_MOST] for sign in (1.0, -1.0)]


def _on_one_side(names: AbstractSet[str], sign: float, drawn: dict[str, Array]) -> None:
    for name in names & drawn.keys():
        drawn[name] = np.copysign(drawn[name], sign)


def _far(name: str, element: int, sign: float, drawn: dict[str, Array]) -> None:
    if name in drawn:
        numbers = drawn[name].reshape(len(drawn[name]), -1)
        numbers[:, element] = sign * (2.0 + max(float(np.abs(array).max()) for array in drawn.values()))


def often(graph: Graph) -> int:
    """How many times as many rounds are needed: what the largest is taken from has a gradient only where it is that."""
    return _OFTEN if any(q.reads_batch for q in graph) and any(map(chosen_from, graph)) else 1


def misread(make_trials: Callable[[], Trials], shown: Iterable[Sighting], graph: Graph) -> list[Element]:
    """The elements that a formula which chooses reads and should not, or the other way round, and what makes these."""
    choosing = [s.placement for s in shown if chosen_from(graph[s.placement.quantity])]
    if not choosing:
        return []
    from xlcheck.verdicts.desired_formula import Wanted

    trials, found = make_trials(), dict[Element, None]()
    for place in choosing:
        for code, element in zip(place.codes.tolist(), place.elements.tolist(), strict=True):
            own = Wanted(trials.graph[place.quantity], element, place.sheet, code, place.sample)
            text, should = trials.text(place.sheet, code), _should_read(own, trials)
            if text is not None and should is not None:
                odd = sorted(_read(text, place.sheet, trials) ^ should)
                before = [Wanted(trials.graph[name], i, place.sheet, code, place.sample) for name, i in odd]
                found |= dict.fromkeys([*odd, *(x for own in before for x in sorted(_should_read(own, trials) or ()))])
    return [*found]


def _should_read(wanted: Wanted, trials: Trials) -> set[Element] | None:
    from xlcheck.verdicts.desired_formula import printed

    should = next(filter(None, printed(wanted, trials)), None)
    return None if should is None else _read(should, wanted.sheet, trials)


def _read(text: str, sheet: str, trials: Trials) -> set[Element]:
    cells = (
        (ref.sheet or sheet, code_at(row, column))
        for ref in cut(text).refs
        for row in range(ref.top, ref.bottom + 1)
        for column in range(ref.left, ref.right + 1)
    )
    return {place[:2] for cell in cells if (place := trials.place_of(*cell)) is not None}
