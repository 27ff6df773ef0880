"""Other numbers for each student: how they may differ, which draws are of use, and what Keras says of them.

A draw is of use if every number is finite, no gate of a blank is saturated, every live mark tells right from wrong,
no answer happens to stand in another cell, and nobody else has the same numbers. A draw that is not is thrown away,
and the next one is tried.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import OracleError, UsageError
from xlcheck.exercises.blanks import with_empty_blanks
from xlcheck.exercises.draws import Variation, drawn
from xlcheck.exercises.key import Student
from xlcheck.exercises.marks import Element
from xlcheck.exercises.plan import ExercisePlan
from xlcheck.exercises.residuals import Residual, saturated, tells
from xlcheck.exercises.subject import Problem, asked_keras
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.one_hot import is_one_hot
from xlcheck.graph.quantities import Graph, Quantity, Role

ATTEMPTS = 300
_SAME, _SAME_DIGITS = 1e-9, 5e-4
_PAIRS = 10_000
"""Of so many pairs of a blank and another number, two of different origin already agree in four digits in most draws;
where there are more, only those of the same origin are looked for."""

_TRIED = 3
_NOTHING = 1e-9
_AGREES = 1e-11  # relative to the largest number of a quantity, or to 1


@dataclass(frozen=True)
class Variant:
    """One student's numbers.

    Attributes:
        student: whose.
        given: what is not computed, by quantity name.
        values: everything.
        shown: the same as the worksheet shows it while the blanks are empty.
    """

    student: Student
    given: Mapping[str, Array]
    values: Mapping[str, Array]
    shown: Mapping[str, Array]


def variations_of(problem: Problem, plan: ExercisePlan) -> dict[str, Variation]:
    """How each given number may differ, so that it stays what it is: a weight, a code, a place of a 1."""
    found: dict[str, Variation] = {}
    for q in problem.graph:
        if q.expr is not None:
            continue
        if q.band.role is Role.WEIGHT:
            found[q.name] = replace(_real(problem.given[q.name]), personal="weights" in plan.vary)
        elif q.band.role is Role.INPUT:
            own = _of_input(problem, q)
            if own is not None:
                found[q.name] = replace(own, personal="inputs" in plan.vary)
    return found


def _real(value: Array) -> Variation:
    sizes = np.abs(value[value != 0])
    scale = float(np.median(sizes)) if sizes.size else 0.5
    return Variation("real", 0.2 * scale, scale)


def _of_input(problem: Problem, q: Quantity) -> Variation | None:
    """Codes stay codes, vectors with a single 1 stay such; zeros, with which texts are filled up, stay zeros."""
    every = problem.subject.every
    seen = np.concatenate([every[other.name].reshape(-1) for other in problem.graph if other.band == q.band])
    value = problem.given[q.name]
    if not (seen == np.round(seen)).all():
        return Variation("real")
    if q.shape[-1] > 1 and is_one_hot(value):
        return Variation("one_hot")
    low, high = float(seen.min()), float(seen.max())
    if low == 0 and high > 1:
        low = 1.0
    return Variation("whole", low, high) if low < high else None


class Drawer:
    """Draws the variants of one exercise."""

    def __init__(
        self,
        problem: Problem,
        variations: Mapping[str, Variation],
        secret: str,
        residuals: Mapping[str, Residual],
        tolerance: float,
        blanks: Mapping[Element, object],
    ) -> None:
        self._problem = problem
        self._variations = variations
        self._secret = secret
        self._marked = [(problem.graph[name], residual) for name, residual in residuals.items()]
        self._tolerance = tolerance
        base = evaluate(problem.graph, problem.given)
        self._blanks = blanks
        pairs = len(blanks) * sum(value.size for value in base.values())
        self._alike = _SAME_DIGITS if pairs <= _PAIRS else _SAME
        self._told = self._told_in(problem.given, base) | self._always_told()
        self._unsaturated = {q.name for q, _ in self._marked if not saturated(q, base)}
        self._seen = {self._digest(problem.given)}

    def variant(self, student: Student) -> Variant:
        """A student's numbers; no two students of one drawer have the same.

        Raises:
            UsageError: no draw is of use.
        """
        for attempt in range(ATTEMPTS):
            given = drawn(self._problem.given, self._variations, self._secret, student.id, attempt)
            digest = self._digest(given)
            if digest in self._seen:
                continue
            values = evaluate(self._problem.graph, given, until=self._is_saturated)
            last = self._problem.graph[next(reversed(values))]
            if self._is_saturated(last, values) or not self._is_of_use(values):
                continue
            if self._told_in(given, values) <= self._told:
                self._seen.add(digest)
                shown = with_empty_blanks(self._problem.graph, given, self._blanks)
                return Variant(replace(student, attempt=attempt), given, values, shown)
        raise UsageError(
            f"no numbers of use were found for the student {student.id!r} in {ATTEMPTS} draws: a gate is always "
            "saturated, or there are too few different inputs. Blank other cells, vary the weights too, or give "
            "everybody the same numbers (vary = [] in the plan)"
        )

    def _told_in(self, given: Mapping[str, Array], values: Mapping[str, Array]) -> set[Element]:
        shown = with_empty_blanks(self._problem.graph, given, self._blanks)
        return told(self._problem.graph, values, shown, self._blanks, self._alike)

    def _always_told(self) -> set[Element]:
        """The blanks that are copies by their nature, whatever is drawn: a sum of nothing and a bias."""
        draws = (
            drawn(self._problem.given, self._variations, self._secret, f"\nnobody\ncopies {k}") for k in range(_TRIED)
        )
        return set.intersection(*(self._told_in(given, evaluate(self._problem.graph, given)) for given in draws))

    def _is_of_use(self, values: Mapping[str, Array]) -> bool:
        return all(np.isfinite(value).all() for value in values.values()) and all(
            residual.forward or tells(residual, q, values, self._tolerance) for q, residual in self._marked
        )

    def _is_saturated(self, q: Quantity, values: Mapping[str, Array]) -> bool:
        return q.name in self._unsaturated and saturated(q, values)

    def _digest(self, given: Mapping[str, Array]) -> bytes:
        varied = b"".join(given[name].tobytes() for name in self._variations)
        return hashlib.sha256(varied).digest()


def told(
    graph: Graph,
    values: Mapping[str, Array],
    shown: Mapping[str, Array],
    blanks: Mapping[Element, object],
    alike: float,
) -> set[Element]:
    """The blanks whose number stands, to within `alike` of its size, in another cell; zeros and ones say nothing."""
    others = np.sort(np.abs(np.concatenate([shown[q.name].reshape(-1) for q in graph])))
    elements = list(blanks)
    answers = np.abs(np.array([values[name].reshape(-1)[index] for name, index in elements]))
    speaks = (answers > _NOTHING) & (answers != 1)
    places = np.searchsorted(others, answers).clip(1, len(others) - 1)
    nearest = np.minimum(np.abs(others[places] - answers), np.abs(others[places - 1] - answers))
    return {elements[k] for k in np.flatnonzero(speaks & (nearest <= alike * answers))}


def ask_keras(problem: Problem, variants: Sequence[Variant]) -> None:
    """Let Keras compute some variants, too.

    Raises:
        OracleError: it computes something else.
        MissingDependencyError: it is not installed.
    """
    for variant in variants:
        truth = asked_keras(problem.spec, problem.batch, variant.given)
        for q in problem.graph:
            own, desired = variant.values[q.name], truth[q.name]
            if (np.abs(own - desired) > _AGREES * max(1.0, float(np.abs(desired).max()))).any():
                raise OracleError(
                    f"for the numbers of the student {variant.student.id!r} Keras computes another {q.name}; please "
                    "report this model"
                )


def places_of(total: int, count: int) -> list[int]:
    """Some places of a list, evenly over it."""
    chosen = np.linspace(0, total - 1, min(count, total)).round().astype(int).tolist()
    return list(dict.fromkeys(chosen))
