"""The values that stand in a worksheet for the quantities of a network, and what follows from them.

An *instance* is one computation of the network in the workbook: the one that follows the selector
(None), or that of one sample which the workbook computes on its own. Each has its own values;
weights stand once for all.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.errors import NotSupportedError
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.verdicts.judge import close
from xlcheck.verdicts.placement import Sighting, distinct_rows, magnitude
from xlcheck.verdicts.ranges import Compute
from xlcheck.verdicts.tolerance import Tolerance

Instance = int | None


class Operands:
    """The values in the sheet, filled in calculation order.

    Args:
        graph: the quantities.
        sightings: what stands in the workbook.
        desired: the oracle's values, for what stands in it nowhere.
        settings: for each position of the selector, the sample it shows.
    """

    def __init__(
        self, graph: Graph, sightings: Iterable[Sighting], desired: Mapping[str, Array], settings: Sequence[int]
    ) -> None:
        self.settings = np.array(settings, dtype=np.intp)
        self._desired = desired
        self._placed: dict[str, dict[Instance, list[Sighting]]] = {}
        for sighting in sightings:
            by_instance = self._placed.setdefault(sighting.placement.quantity, {})
            by_instance.setdefault(sighting.placement.sample, []).append(sighting)
        found = {instance for name, by in self._placed.items() if not graph[name].is_weight for instance in by}
        self.instances: list[Instance] = sorted(found, key=lambda k: -1 if k is None else k)
        self._weights: dict[str, Array] = {}
        self._shared: dict[str, Array] = {}
        self._values: dict[Instance, dict[str, Array]] = {instance: {} for instance in self.instances}
        self._elsewhere: dict[tuple[Instance, str], list[Array]] = {}
        computed = {q.name: q for q in graph if q.expr is not None and q.name in self._placed}
        shared = {name for name, q in computed.items() if q.reads_batch}
        showing = {instance for name in computed for instance in self._placed[name]}
        # Most instances only show what one sample's network is given: nothing reads that.
        self._needed = {
            instance: self._read_by(graph, instance, shared) if shared or instance in showing else set()
            for instance in self.instances
        }

    def sightings(self, name: str, instance: Instance) -> list[Sighting]:
        """Where an instance shows a quantity."""
        return self._placed.get(name, {}).get(instance, [])

    def all_sightings(self, name: str) -> list[Sighting]:
        """Where any instance shows a quantity."""
        return [sighting for group in self._placed.get(name, {}).values() for sighting in group]

    def needs(self, name: str, instance: Instance) -> bool:
        """Whether a local verdict of an instance can depend on a quantity's value."""
        return name in self._needed[instance]

    def samples(self, instance: Instance) -> NDArray[np.intp]:
        """The sample that an instance shows in each setting."""
        return self.settings if instance is None else np.full(len(self.settings), instance)

    def covers(self, q: Quantity, instance: Instance) -> bool:
        """Whether an instance shows every element of a quantity."""
        seen = np.zeros(q.shape[-1], dtype=bool)
        for sighting in self.sightings(q.name, instance):
            seen[sighting.placement.elements] = True
        return bool(seen.all())

    def take_weight(self, q: Quantity) -> None:
        """Note a weight's values in the sheet; the oracle's where it has none."""
        values = np.array(self._desired[q.name].reshape(1, -1))
        for sighting in reversed(self.all_sightings(q.name)):  # the first one wins
            numbers = distinct_rows(sighting.numbers)
            steady = (numbers == numbers[:1]).all(axis=0)  # no weight is another one for another sample
            values[:, sighting.placement.elements] = np.where(steady, numbers[:1], np.nan)
        self._weights[q.name] = values.reshape(q.shape)

    def take_shared(self, q: Quantity, local: Array) -> None:
        """Note the values in the sheet of what is computed once for all samples; `local` where it stands nowhere."""
        values = np.array(local)
        for sighting in reversed(self.all_sightings(q.name)):
            values[:, sighting.placement.elements] = sighting.numbers
        self._shared[q.name] = values.reshape(-1, *q.shape)

    def shared_local(self, q: Quantity, expr: ex.Expr | Compute) -> Array:
        """What follows for it from the values in the sheet, `(settings, elements)`.

        Raises:
            NotSupportedError: it is not an expression; of single numbers nobody asks that here.
        """
        if not isinstance(expr, ex.Expr):
            raise NotSupportedError(f"{q.name} follows from expressions alone")
        names = [name for name in ex.refs(expr) if name not in self._weights and name not in self._shared]
        batch = {name: np.stack([self._of_sample(name, k) for k in range(len(self._desired[name]))]) for name in names}
        found: list[Array] = []
        before: list[Array] = []
        for setting in range(len(self.settings)):
            own = {name: values[:, setting] for name, values in batch.items()}
            own |= {name: self._shared[name][setting] for name in ex.refs(expr) if name in self._shared}
            read = list(own.values())
            if found and all(np.array_equal(a, b, equal_nan=True) for a, b in zip(read, before, strict=True)):
                found.append(found[-1])  # as a rule the selector changes nothing here
            else:
                found.append(np.broadcast_to(value_of(expr, ChainMap(own, self._weights)), q.shape).reshape(-1))
            before = read
        return np.array(found)

    def shared_locals(self, q: Quantity, expr: ex.Expr) -> list[Array]:
        """What follows for it from the values in the sheet, and from what is given as other places show it.

        So the inputs of all samples stand once more where a gradient reads them.
        """
        found = [self.shared_local(q, expr)]
        shown = [(k, name) for k, name in self._elsewhere if name in q.reads and self._elsewhere[k, name]]
        usual = {(k, name): self._values[k][name] for k, name in shown}
        for k, name in shown:
            self._values[k][name] = self._elsewhere[k, name][0]
        if shown:
            found.append(self.shared_local(q, expr))
        for (k, name), values in usual.items():
            self._values[k][name] = values
        return found

    def take(self, q: Quantity, instance: Instance, local: Array | None) -> None:
        """Note a quantity's values in the sheet, `(settings, n)`.

        Args:
            q: the quantity.
            instance: whose values.
            local: what follows from its own operands, for elements that stand nowhere; None for a
                given quantity, which is then borrowed from another instance.
        """
        sightings = self.sightings(q.name, instance)
        if len(sightings) == 1 and _in_order(sightings[0], q.shape[-1]):
            self._values[instance][q.name] = sightings[0].numbers
            return
        values = np.array(local) if local is not None else self._borrow(q, instance)
        for sighting in reversed(sightings):  # the first one wins
            values[:, sighting.placement.elements] = sighting.numbers
        self._values[instance][q.name] = values
        if q.expr is None:  # typed in one place and looked up in another, which may show something else
            shown = [_with(values, sighting) for sighting in sightings]
            self._elsewhere[instance, q.name] = [v for v in shown if not np.array_equal(v, values, equal_nan=True)]

    def locals_(self, q: Quantity, expr: ex.Expr, instance: Instance, tolerance: Tolerance) -> list[Array]:
        """What a quantity's expression gives for the values in the sheet, in each form it may be written in."""
        first, *others = (self.follow(q, instance, form) for form in forms(expr))
        # Of right operands a form that overflows (the logarithm of a saturated probability) says nothing.
        sound = bool(others) and all(self._is_right(name, instance, tolerance) for name in q.reads)
        written = [first, *(other for other in others if not sound or np.isfinite(other).all())]
        return [*written, *self._of_others(q, expr, instance)]

    def _of_others(self, q: Quantity, expr: ex.Expr, instance: Instance) -> Iterator[Array]:
        """What it gives for what is given as another place shows it."""
        own = self._values[instance]
        for name in q.reads:
            for values in self._elsewhere.get((instance, name), ()):
                usual, own[name] = own[name], values
                yield self.follow(q, instance, expr)
                own[name] = usual

    def follow(self, q: Quantity, instance: Instance, expr: ex.Expr | Compute) -> Array:
        """What another expression gives in the place of a quantity, `(settings, n)`.

        Raises:
            KeyError: it reads what the sheet does not hold.
            ValueError: it has another shape.
        """
        if isinstance(expr, ex.Expr):
            values = self._local(expr, instance)
        else:
            values = expr(ChainMap(self._values[instance], self._weights))[:, None]
        return np.broadcast_to(values, (len(self.settings), q.shape[-1]))

    def _read_by(self, graph: Graph, instance: Instance, shared: Collection[str]) -> set[str]:
        """The quantities that are read by what an instance shows, or that are shown nowhere in between."""
        needed: set[str] = set()
        for q in reversed(graph.quantities):
            if q.expr is None:
                continue
            if q.name in needed or q.name in shared or instance in self._placed.get(q.name, {}):
                needed.update(q.reads)
        return needed

    def _borrow(self, q: Quantity, instance: Instance) -> Array:
        """A given quantity's values from where another instance shows it, else from the oracle."""
        own = self.samples(instance)
        values: Array = self._desired[q.name][own]
        for other, sightings in self._placed.get(q.name, {}).items():
            for setting, sample in enumerate(own):
                shown = np.flatnonzero(self.settings == sample) if other is None else np.array([setting])
                if shown.size and other in {None, int(sample)}:
                    for sighting in sightings:
                        values[setting, sighting.placement.elements] = sighting.numbers[shown[0]]
        return values

    def _is_right(self, name: str, instance: Instance, tolerance: Tolerance) -> bool:
        """Whether an operand has the oracle's value in every setting."""
        want = self._desired[name]
        if name in self._weights:
            actual = self._weights[name]
        else:
            actual, want = self._values[instance][name], want[self.samples(instance)]
        return bool(close(actual, want, tolerance.of(name).limit(magnitude(want))).all())

    def _local(self, expr: ex.Expr, instance: Instance) -> Array:
        if ex.reads_batch(expr):
            return self._over_samples(expr, instance)
        return value_of(expr, ChainMap(self._values[instance], self._weights))

    def _over_samples(self, expr: ex.Expr, instance: Instance) -> Array:
        """The value of an expression that reads all samples; they stand along a new first axis."""
        names = [name for name in ex.refs(expr) if name not in self._weights]
        samples = len(self._desired[names[0]])
        batch = {name: np.stack([self._of_sample(name, k) for k in range(samples)]) for name in names}
        values = value_of(expr, ChainMap(batch, self._weights))  # (samples, settings, n)
        own: Array = values[self.samples(instance), np.arange(len(self.settings))]
        return own

    def _of_sample(self, name: str, sample: int) -> Array:
        """A quantity's values for one sample, `(settings, n)`: as shown, else as it follows, else the oracle's."""
        own = self._values.get(sample, {}).get(name)
        shown_by = self._placed.get(name, {})
        if own is not None and (sample in shown_by or None not in shown_by):
            return own
        selected = self._values.get(None, {}).get(name)
        shown = np.flatnonzero(self.settings == sample)
        one = selected[shown[:1]] if selected is not None and shown.size else self._desired[name][[sample]]
        return np.broadcast_to(one, (len(self.settings), one.shape[1]))


def _with(values: Array, sighting: Sighting) -> Array:
    values = values.copy()
    values[:, sighting.placement.elements] = sighting.numbers
    return values


def _in_order(sighting: Sighting, size: int) -> bool:
    """Whether a sighting shows all elements, the first one first."""
    elements = sighting.placement.elements
    return elements.size == size and bool((elements == np.arange(size)).all())


def forms(expr: ex.Expr) -> tuple[ex.Expr, ...]:
    """An expression, and the other ways in which a worksheet may write it with other operands."""
    if isinstance(expr, ex.BinaryCrossentropy):
        y, p = expr.target, expr.p
        return expr, -(y * ex.Log(p) + (1 - y) * ex.Log(1 - p))
    if isinstance(expr, ex.CategoricalCrossentropy):
        return expr, -ex.Sum(expr.target * ex.Log(expr.p))
    return (expr,)
