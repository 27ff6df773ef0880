"""The comparison itself: where is a value wrong, and where did it become wrong?

Two questions for each cell. *Global*: does it equal the oracle's value? *Local*: is it what its
quantity's expression gives for the values that stand in the sheet for the quantities it reads?
A cell that is wrong in both ways is a root; one that is only globally wrong is carried.

Everything works on whole ranges at once. Quantities are visited in order of computation, for
each *instance*: the one that follows the selector (None), and one for each sample that the
workbook computes on its own.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcheck.check.placement import Array, Mask, Placement, Reads, Sighting, codes_of
from xlcheck.check.tolerance import Tolerance, magnitude
from xlcheck.excel.values import NotEvaluated
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Graph, Quantity

AGREE, NOT_EVALUATED, CARRIED, ROOT = range(4)
"""Verdicts, from harmless to worst."""

Instance = int | None
Codes = NDArray[np.int8]


@dataclass(frozen=True)
class Verdicts:
    """The verdicts on one sighting.

    Attributes:
        sighting: what was judged.
        desired: the oracle's value of each cell, `(settings, cells)`.
        local: the value from the sheet's own operands, `(settings, cells)`; None where nothing disagrees.
        status: AGREE, NOT_EVALUATED, CARRIED or ROOT, `(settings, cells)`.
        scale: the largest magnitude of the quantity.
    """

    sighting: Sighting
    desired: Array
    local: Array | None
    status: Codes
    scale: float

    @property
    def placement(self) -> Placement:
        """Where the cells are."""
        return self.sighting.placement

    def worst(self) -> Codes:
        """The worst verdict on each cell over all settings, `(cells,)`."""
        worst: Codes = self.status.max(axis=0)
        return worst

    def worst_setting(self, cell: int) -> int:
        """The setting with the worst verdict on a cell; among several the one with the largest difference."""
        badness = np.abs(self.sighting.numbers[:, cell] - self.desired[:, cell])
        badness[np.isnan(badness)] = np.inf
        badness[self.status[:, cell] < self.status[:, cell].max()] = -1.0
        return int(badness.argmax())


def compare(
    graph: Graph,
    sightings: Iterable[Sighting],
    desired: Mapping[str, Array],
    tolerance: Tolerance,
    settings: Sequence[int],
    reads: Reads | None = None,
) -> list[Verdicts]:
    """Judge every cell of every sighting.

    Args:
        graph: the quantities, in order of computation.
        sightings: what stands in the workbook; quantities may be missing, or stand in it more than once.
        desired: the oracle's values: `(samples, n)`, weights as they are.
        tolerance: what counts as agreement.
        settings: for each position of the selector, the sample it shows.
        reads: which ranges a cell's formula reads; needed to recognise that one showing of a
            quantity is copied from another.

    Returns:
        Verdicts in the order of the graph; all showings of one quantity next to each other.
    """
    return list(_Comparison(graph, sightings, desired, tolerance, settings, reads).run())


class _Comparison:
    """The state of one walk over the graph: the values that stand in the sheet, instance by instance."""

    def __init__(
        self,
        graph: Graph,
        sightings: Iterable[Sighting],
        desired: Mapping[str, Array],
        tolerance: Tolerance,
        settings: Sequence[int],
        reads: Reads | None,
    ) -> None:
        self.graph = graph
        self.desired = desired
        self.tolerance = tolerance
        self.settings = np.array(settings, dtype=np.intp)
        self.reads = reads
        self.placed: dict[str, dict[Instance, list[Sighting]]] = {}
        for sighting in sightings:
            by_instance = self.placed.setdefault(sighting.placement.quantity, {})
            by_instance.setdefault(sighting.placement.sample, []).append(sighting)
        found = {instance for name, by in self.placed.items() if not graph[name].is_weight for instance in by}
        self.instances: list[Instance] = sorted(found, key=lambda k: -1 if k is None else k)
        self.weights: dict[str, Array] = {}
        self.actual: dict[Instance, dict[str, Array]] = {instance: {} for instance in self.instances}
        self.needed = {instance: self._needed(instance) for instance in self.instances}

    def run(self) -> Iterator[Verdicts]:
        for q in self.graph:
            if q.is_weight:
                yield from self._weight(q)
                continue
            for instance in self.instances:
                yield from self._quantity(q, instance)

    def _needed(self, instance: Instance) -> set[str]:
        """Quantities whose values an instance's local verdicts can depend on."""
        needed: set[str] = set()
        for q in reversed(self.graph.quantities):
            if q.expr is None:
                continue
            here = instance in self.placed.get(q.name, {})
            if q.name in needed or here or (q.name in self.placed and _reads_batch(q.expr)):
                needed.update(ex.refs(q.expr))
        return needed

    def _weight(self, q: Quantity) -> Iterator[Verdicts]:
        want = self.desired[q.name].reshape(1, -1)
        sightings = [s for group in self.placed.get(q.name, {}).values() for s in group]
        values = np.array(want)
        for sighting in reversed(sightings):
            _fill(values, sighting, slice(0, 1))
        self.weights[q.name] = values.reshape(q.shape)
        for sighting in sightings:
            yield self._judge(sighting, want, ())

    def _quantity(self, q: Quantity, instance: Instance) -> Iterator[Verdicts]:
        sightings = self.placed.get(q.name, {}).get(instance, [])
        if not sightings and q.name not in self.needed[instance]:
            return
        want = self.desired[q.name][self.settings if instance is None else [instance]]
        verdicts = [self._judge(sighting, want, None) for sighting in sightings]
        everywhere = bool(sightings) and _covers(sightings, want.shape[1])
        locals_: tuple[Array, ...] = ()
        if q.expr is not None and (not everywhere or any(v.status.any() for v in verdicts)):
            locals_ = self._locals(q.expr, instance)
            verdicts = [self._judge(sighting, want, locals_) for sighting in sightings]
        if q.name in self.needed[instance]:
            self.actual[instance][q.name] = self._assemble(q, instance, sightings, everywhere, locals_)
        for verdict in verdicts:
            self._forgive_copies(verdict, instance)
            yield verdict

    def _assemble(
        self, q: Quantity, instance: Instance, sightings: list[Sighting], everywhere: bool, locals_: tuple[Array, ...]
    ) -> Array:
        """A quantity's values as they stand in the sheet, `(settings, n)`; computed or borrowed where they don't."""
        if everywhere and len(sightings) == 1 and _in_order(sightings[0]):
            return sightings[0].numbers
        if everywhere:
            values = np.empty((len(self.settings), q.shape[0]))
        elif q.expr is not None:
            values = np.array(np.broadcast_to(locals_[0], (len(self.settings), q.shape[0])))
        else:
            values = self._borrow(q, instance)
        for sighting in reversed(sightings):  # the first one wins
            _fill(values, sighting, slice(None))
        return values

    def _borrow(self, q: Quantity, instance: Instance) -> Array:
        """A given quantity's values from where another instance shows it, else from the oracle."""
        own = self._samples(instance)
        values: Array = self.desired[q.name][own]
        for other, sightings in self.placed.get(q.name, {}).items():
            for sighting in sightings:
                for setting, sample in enumerate(own):
                    if other is None:
                        shown = np.flatnonzero(self.settings == sample)
                        if shown.size:
                            values[setting, sighting.placement.elements] = sighting.numbers[shown[0]]
                    elif other == sample:
                        values[setting, sighting.placement.elements] = sighting.numbers[setting]
        return values

    def _locals(self, expr: ex.Expr, instance: Instance) -> tuple[Array, ...]:
        """The local values of an expression and of the other forms in which a worksheet may write it."""
        first, *others = (self._local(form, instance) for form in _forms(expr))
        # Of right operands a form that overflows (the logarithm of a saturated probability) says nothing.
        sound = bool(others) and all(self._is_right(name, instance) for name in ex.refs(expr))
        return (first, *(other for other in others if not sound or np.isfinite(other).all()))

    def _is_right(self, name: str, instance: Instance) -> bool:
        """Whether an operand has the oracle's value in every setting."""
        want = self.desired[name]
        if name in self.weights:
            actual = self.weights[name]
        else:
            actual, want = self.actual[instance][name], want[self._samples(instance)]
        return bool(_close(actual, want, self.tolerance.limit(magnitude(want))).all())

    def _samples(self, instance: Instance) -> NDArray[np.intp]:
        """The sample that an instance shows in each setting."""
        return self.settings if instance is None else np.full(len(self.settings), instance)

    def _local(self, expr: ex.Expr, instance: Instance) -> Array:
        """What an expression gives for the values in the sheet, `(settings, n)`."""
        if not _reads_batch(expr):
            try:
                return value_of(expr, ChainMap(self.actual[instance], self.weights))
            except IndexError:  # a code that is no row of the matrix it selects from
                return np.full((len(self.settings), 1), np.nan)
        samples = next(iter(self.desired[name].shape[0] for name in ex.refs(expr) if name not in self.weights))
        batch = {
            name: np.stack([self._of_sample(name, k) for k in range(samples)])
            for name in ex.refs(expr)
            if name not in self.weights
        }
        values = value_of(expr, ChainMap(batch, self.weights))  # (samples, settings, n)
        chosen: Array = values[self._samples(instance), np.arange(len(self.settings))]
        return chosen

    def _of_sample(self, name: str, sample: int) -> Array:
        """A quantity's values for one sample, `(settings, n)`: its own, else the selector's, else the oracle's."""
        own = self.actual.get(sample, {}).get(name)
        if own is not None:
            return own
        selected = self.actual.get(None, {}).get(name)
        shown = np.flatnonzero(self.settings == sample)
        one = selected[shown[:1]] if selected is not None and shown.size else self.desired[name][[sample]]
        return np.broadcast_to(one, (len(self.settings), one.shape[1]))

    def _judge(self, sighting: Sighting, want: Array, locals_: tuple[Array, ...] | None) -> Verdicts:
        """Verdicts on one sighting; without local values a wrong cell of a computed quantity counts as a root."""
        numbers, elements = sighting.numbers, sighting.placement.elements
        scale = magnitude(self.desired[sighting.placement.quantity])
        desired = np.broadcast_to(want[:, elements], numbers.shape)
        agrees = _close(numbers, desired, self.tolerance.limit(scale))
        right: Mask = np.broadcast_to(sighting.as_written & sighting.is_formula, numbers.shape)
        local = None
        if locals_:
            local, right = self._locally_right(numbers, [values[:, elements] for values in locals_])
        status = np.where(agrees, AGREE, np.where(right, CARRIED, ROOT)).astype(np.int8)
        for (setting, cell), value in sighting.others.items():
            if isinstance(value, NotEvaluated):
                status[setting, cell] = NOT_EVALUATED
        status[:, sighting.must_be_formula & ~sighting.is_formula] = ROOT
        return Verdicts(sighting, desired, local, status, scale)

    def _locally_right(self, numbers: Array, locals_: list[Array]) -> tuple[Array, Mask]:
        """For each cell the local value that comes nearest, and whether the cell is right in itself."""
        own = np.stack([np.broadcast_to(values, numbers.shape) for values in locals_])
        close = np.array([_close(numbers, values, self.tolerance.local_limit(magnitude(values))) for values in own])
        # An operand that is no number makes the cell wrong, and the fault lies there.
        right = np.logical_or(close.any(axis=0), ~np.isfinite(own).all(axis=0))
        with np.errstate(invalid="ignore"):
            distance = np.nan_to_num(np.abs(own - numbers), nan=np.inf)
        nearest: Array = np.take_along_axis(own, distance.argmin(axis=0)[None], axis=0)[0]
        return nearest, right

    def _forgive_copies(self, verdicts: Verdicts, instance: Instance) -> None:
        """A cell that shows what another cell holds of the same quantity is not wrong in itself."""
        others = [
            (other, s)
            for other, group in self.placed[verdicts.placement.quantity].items()
            for s in group
            if s is not verdicts.sighting
        ]
        if self.reads is None or not others:
            return
        place = verdicts.placement
        for cell in np.flatnonzero(verdicts.worst() == ROOT):
            if not verdicts.sighting.is_formula[cell]:
                continue
            for area in self.reads(place.sheet, int(place.codes[cell])):
                for other, sighting in others:
                    self._forgive(verdicts, int(cell), instance, other, sighting, codes_of(area), area.sheet)

    def _forgive(
        self, verdicts: Verdicts, cell: int, instance: Instance, other: Instance, sighting: Sighting,
        read: NDArray[np.int64], sheet: str,
    ) -> None:  # fmt: skip
        place = sighting.placement
        if place.sheet != sheet:
            return
        same = (place.elements == verdicts.placement.elements[cell]) & np.isin(place.codes, read)
        own = self._samples(instance)
        comparable = np.full(len(own), True) if other is None else own == other
        for source in np.flatnonzero(same):
            equal = sighting.numbers[:, source] == verdicts.sighting.numbers[:, cell]
            copied = comparable & equal & (verdicts.status[:, cell] == ROOT)
            verdicts.status[copied, cell] = CARRIED


def _close(actual: Array, wanted: Array, limit: float) -> Mask:
    """Whether values are within the limit; NaN never is."""
    with np.errstate(invalid="ignore"):
        return np.less_equal(np.abs(actual - wanted), limit)


def _covers(sightings: list[Sighting], size: int) -> bool:
    """Whether sightings together show every element of a quantity."""
    if len(sightings) == 1:
        return sightings[0].placement.elements.size == size
    seen = np.zeros(size, dtype=bool)
    for sighting in sightings:
        seen[sighting.placement.elements] = True
    return bool(seen.all())


def _in_order(sighting: Sighting) -> bool:
    elements = sighting.placement.elements
    return bool((elements == np.arange(elements.size)).all())


def _fill(values: Array, sighting: Sighting, settings: slice) -> None:
    values[:, sighting.placement.elements] = sighting.numbers[settings]


def _forms(expr: ex.Expr) -> tuple[ex.Expr, ...]:
    """An expression, and the other ways in which a worksheet may write it with other operands."""
    if isinstance(expr, ex.BinaryCrossentropy):
        y, p = expr.target, expr.p
        return expr, -(y * ex.Log(p) + (1 - y) * ex.Log(1 - p))
    if isinstance(expr, ex.CategoricalCrossentropy):
        return expr, -ex.Sum(expr.target * ex.Log(expr.p))
    return (expr,)


def _reads_batch(expr: ex.Expr) -> bool:
    return isinstance(expr, ex.BatchMean) or any(map(_reads_batch, ex.operands(expr)))
