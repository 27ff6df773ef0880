"""Which numbers are blank: what the plan's patterns fit, or what a level asks for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import UsageError
from xlcheck.exercises.marks import Element
from xlcheck.exercises.plan import BlankRule, ExercisePlan
from xlcheck.exercises.subject import layers_of
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.one_hot import LONG
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.grouping import grouped

MOST = 2_000
"""Nobody fills more cells, and every one of them gets a mark."""


def blanks_of(plan: ExercisePlan, graph: Graph) -> dict[Element, float]:
    """The blank numbers with their points, in order of computation.

    Raises:
        UsageError: a pattern fits nothing that is computed, or far too much is blank.
    """
    chosen = _by_patterns(plan, graph) if plan.blanks else dict.fromkeys(_by_level(plan.level, graph), 1.0)
    if not chosen:
        raise UsageError(f"nothing is computed at level {plan.level}; say what is blank in a plan: --plan exam.toml")
    if len(chosen) > MOST:
        raise UsageError(f"{len(chosen):,} cells would be blank, more than {MOST:,}; say which in a plan")
    return chosen


def fits_backward(plan: ExercisePlan, forward: Graph, backward: Graph) -> bool:
    """Whether a pattern fits nothing on the way forward, but something on the way back."""
    return any(not _fitting(rule, forward) and _fitting(rule, backward) for rule in plan.blanks)


def elements(q: Quantity) -> Iterator[tuple[Element, str]]:
    """The numbers of a quantity with their names."""
    return (((q.name, index), q.element_at(index)) for index in range(math.prod(q.shape)))


def with_empty_blanks(graph: Graph, given: Mapping[str, Array], blanks: Mapping[Element, object]) -> dict[str, Array]:
    """Every value as a worksheet computes it while the blanks are empty; infinities and NaNs become 0."""
    empty = grouped(blanks)
    values: dict[str, Array] = {}
    for q in graph:
        shape = q.shape if q.is_weight else (1, *q.shape)
        if len(empty.get(q.name, ())) == math.prod(shape):
            values[q.name] = np.zeros(shape)
            continue
        value = np.broadcast_to(given[q.name] if q.expr is None else value_of(q.expr, values), shape)
        own = np.where(np.isfinite(value), value, 0.0)
        if q.name in empty:
            own.reshape(-1)[empty[q.name]] = 0.0
        values[q.name] = own
    return values


def _by_patterns(plan: ExercisePlan, graph: Graph) -> dict[Element, float]:
    points: dict[Element, float] = {}
    for rule in plan.blanks:
        found = _fitting(rule, graph)
        if not found:
            known = ", ".join(list(dict.fromkeys(q.band.name for q in graph if q.expr is not None))[:12])
            raise UsageError(f"the pattern {rule.pattern!r} fits nothing that is computed; there are {known}, …")
        points |= dict.fromkeys(found, rule.points)
    return {element: points[element] for q in graph for element, _ in elements(q) if element in points}


def _fitting(rule: BlankRule, graph: Graph) -> list[Element]:
    return [
        element
        for q in graph
        if _is_shown(q)
        for element, name in elements(q)
        if rule.fits(q.band.name, q.name, name, f"{q.band.layer}/{q.band.group}")
    ]


def _is_shown(q: Quantity) -> bool:
    """Whether a quantity is computed and stands somewhere; of a long one-hot vector the place of its 1 says all."""
    return q.expr is not None and not (isinstance(q.expr, ex.OneHot) and q.expr.depth >= LONG)


def _by_level(level: int, graph: Graph) -> Iterator[Element]:
    chosen = _way_back(level, graph) if any(q.band.role is Role.GRADIENT for q in graph) else _forward(level, graph)
    for q in chosen:
        yield from (element for element, _ in elements(q))


def _forward(level: int, graph: Graph) -> list[Quantity]:
    """One gate, or the last layer if there is none; one whole step, the last one; everything."""
    computed = [q for q in graph if _is_shown(q) and q.band.role not in (Role.LOSS, Role.TARGET)]
    if level == 3:
        return computed
    gates = dict.fromkeys((q.band.layer, q.band.group) for q in computed if q.band.role is Role.GATE)
    steps = [q.step for q in computed if q.step is not None]
    if level == 2 and steps:
        return [q for q in computed if q.step == max(steps)]
    if level == 1 and gates:
        own = list(gates)[len(gates) // 2]
        return [q for q in computed if (q.band.layer, q.band.group) == own]
    last = layers_of(graph)[-1]
    return [q for q in computed if q.band.layer == last]


def _way_back(level: int, graph: Graph) -> list[Quantity]:
    """The gradients of the last layer's weights; of all weights; every gradient."""
    gradients = [q for q in graph if q.band.role is Role.GRADIENT and q.expr is not None]
    if level == 3:
        return gradients
    own = [q for q in gradients if q.shared]
    last = [layer for layer in layers_of(graph) if any(q.band.layer == layer for q in own)][-1:]
    return own if level == 2 else [q for q in own if q.band.layer in last]
