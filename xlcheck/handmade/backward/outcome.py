"""What became of the cells of a backward pass: accept the reading, compare with Keras, say which cells are wrong."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.backward.cell_terms import CellTerms
from xlcheck.handmade.backward.culprits import Findings, Search
from xlcheck.handmade.backward.diagnosis import diagnosed
from xlcheck.handmade.backward.exchange import explained_by_exchange
from xlcheck.handmade.backward.quantities import Quantity, Role
from xlcheck.handmade.backward.roles import Reading, best_reading
from xlcheck.handmade.backward.steps import Sheet, may_learn, usual_rate
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.verdicts.messages import UNBOUND
from xlcheck.verdicts.report import CellResult, Kind, Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.values import CellError, NotEvaluated, Value

LOSS_NAMES = {
    "mean_squared_error": "the squared error",
    "binary_crossentropy": "the binary cross-entropy",
    "categorical_crossentropy": "the categorical cross-entropy",
}
_ORDER = (Status.ROOT, Status.CARRIED, Status.NOT_EVALUATED, Status.UNBOUND, Status.AGREE)
_KINKED = frozenset({"relu", "leaky_relu"})
_ENOUGH = 2
"""Updates, or gradients where nothing is updated, that have to be exact before anything is believed."""


@dataclass(frozen=True)
class BackwardOutcome:
    """What became of the formula cells of a part that trains a dense network.

    Attributes:
        agree: cells that are right.
        results: every other formula cell, roots first.
        notes: what a reader should know.
        quantities: what was compared.
        max_abs_error: the largest difference from Keras of a cell with a role.
        samples: of the step with most of them.
    """

    agree: frozenset[Address]
    results: tuple[CellResult, ...]
    notes: tuple[str, ...]
    quantities: tuple[str, ...]
    max_abs_error: float
    samples: int


def backward_outcome(table: CellTable, values: CellValues, tolerance: Tolerance) -> BackwardOutcome | None:
    """Check a part of a workbook as the training of a dense network.

    Args:
        table: its cells.
        values: what an engine computed.
        tolerance: what counts as agreement.

    Returns:
        None if the part is no such thing, or nothing that could be recognised for certain.
    """
    terms = CellTerms(table, values)
    if not may_learn(terms):
        return None
    sheet = Sheet(terms)
    if not sheet.networks:
        return None
    reading = best_reading(sheet)
    accepted = _accepted(reading)
    near = best_reading(Sheet(terms, sheet)) if _has_kinks(sheet) else None
    if accepted:
        return _Judge(table, values, tolerance, reading, accepted, near).outcome()
    if near is not None and _accepted(near):
        return _Judge(table, values, tolerance, near, _accepted(near), None).outcome()
    return None


def _accepted(reading: Reading) -> frozenset[int]:
    return frozenset(number for number in range(len(reading.steps)) if is_accepted(reading, number))


def _has_kinks(sheet: Sheet) -> bool:
    """Whether an activation has a kink, so that a formula may be right on one side of it only."""
    return any(layer.activation in _KINKED for network in sheet.networks for layer in network.layers)


def is_accepted(reading: Reading, number: int) -> bool:
    """Whether a network is trained for certain: updates of the usual form follow its gradients, at least half of them.

    Where nothing is updated, the gradients of half of the weights must stand somewhere.
    """
    step, usual = reading.steps[number], usual_rate(reading.steps)
    exact = sum(rate is not None and rate.form == usual for rate in step.rates.values())
    if step.rates:
        return exact >= _ENOUGH and 2 * exact >= len(step.rates)
    held = reading.held_gradients(number)
    return held >= _ENOUGH and 2 * held >= len(step.truth.network.weights)


@dataclass
class _Judge:
    table: CellTable
    values: CellValues
    tolerance: Tolerance
    reading: Reading
    accepted: frozenset[int]
    near: Reading | None
    agree: dict[Address, str] = field(default_factory=dict)
    results: dict[Address, CellResult] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    error: float = 0.0

    def outcome(self) -> BackwardOutcome:
        """Look at everything."""
        self._forward()
        for cell, (number, role) in self.reading.roles.items():
            if number in self.accepted and cell not in self.agree:
                self._compare(cell, role)
        for number in sorted(self.accepted):
            self._updates(number)
        self._only_here()
        shapes = {self._shape(cell) for cell in (*self.agree, *self.results) if cell in self.table.texts}
        for cell in self.table.texts:
            if cell not in self.agree and cell not in self.results:
                self.results[cell] = self._rest(cell, shapes)
        steps = [self.reading.steps[number] for number in self.accepted]
        return BackwardOutcome(
            frozenset(self.agree),
            tuple(sorted(self.results.values(), key=lambda result: _ORDER.index(result.status))),
            (self._assumed(), *self.notes),
            tuple(dict.fromkeys(self.agree.values())),
            self.error,
            max(len(step.truth.network.samples) for step in steps),
        )

    def _forward(self) -> None:
        """The cells between weights and outputs: their sums were recognised term by term, their values are compared."""
        for cell, number in self.reading.forward.items():
            if number in self.accepted:
                held = self.reading.roles.get(cell)
                if held is None:
                    self.agree[cell] = "part of a sum"
                else:
                    self._compare(cell, held[1])

    def _compare(self, cell: Address, role: Role) -> None:
        actual, desired = self._actual(cell), role.desired
        if self._near(role.quantity.name, actual, desired):
            self.agree[cell] = role.quantity.name
            self.error = max(self.error, abs(actual - desired))  # type: ignore[operator]

    def _near(self, name: str, actual: Value, desired: float) -> bool:
        if type(actual) is not float or not math.isfinite(desired):
            return False
        return abs(actual - desired) <= self.tolerance.of(name).limit(max(1.0, abs(desired)))

    def _only_here(self) -> None:
        """What is right as long as no sum changes its sign."""
        near = self.reading if self.reading.sheet.near else self.near
        found = []
        for cell, (_, role) in near.roles.items() if near is not None else ():
            if cell in self.agree or cell in self.results or near is self.reading:
                continue
            self._compare(cell, role)
            found += [cell] if cell in self.agree else []
        if near is self.reading or found:
            cells = f"the formulas in {', '.join(show(cell) for cell in found[:5])}" if found else "some formulas"
            self.notes.append(f"right only as long as no sum before a ReLU changes its sign: {cells}")

    def _updates(self, number: int) -> None:
        step, usual = self.reading.steps[number], usual_rate(self.reading.steps)
        for update, rate in step.rates.items():
            if rate is not None:
                factor = rate.factor * (1.0 if rate.cell is None else self.reading.sheet.cells[rate.cell])
                weight = self.reading.sheet.updates[update]
                after = self.reading.sheet.cells[weight] - factor * step.gradients[weight]
                self._compare(update, Role(Quantity(f"{show(weight)} after the step", after)))
        if usual is None or self.reading.sheet.near or all(rate is not None for rate in step.rates.values()):
            return
        found = Search(self.reading, number, usual, self._is_regular).run()
        if self._is_doubtful(number, found):
            for update in {*found.settled, *found.open}:
                self.results[update] = self._result(
                    update, Status.NOT_EVALUATED,
                    "This update does not follow its gradient; a mistake in the gradients explains it, but two weights "
                    "exchanged in the forward part explain it as well, so no cell is blamed.",
                )  # fmt: skip
            return
        self._blame(found)

    def _is_doubtful(self, number: int, found: Findings) -> bool:
        """Whether several culprits may be one mistake in the forward part."""
        rates = [rate for rate in self.reading.steps[number].rates.values() if rate is not None]
        return len(found.roots) > 1 and explained_by_exchange(self.reading, number, rates[0])

    def _blame(self, found: Findings) -> None:
        for cell, role in found.roots.items():
            self.agree.pop(cell, None)
            actual = self._actual(cell)
            if self._near(role.quantity.name, actual, role.desired):
                self.agree[cell] = role.quantity.name
                self.notes.append(f"right only for the numbers shown: the formula in {show(cell)}")
                continue
            name, message = diagnosed(self.reading, cell, role)
            self.results[cell] = self._result(cell, Status.ROOT, message, role, name)
        for update in found.settled - found.roots.keys():
            self.results[update] = self._result(update, Status.CARRIED, "It follows from a wrong gradient.")
        for cell in self._between(found):
            self.results[cell] = self._result(cell, Status.CARRIED, "It follows from a wrong cell.")
        for update, reason in found.open.items():
            if update not in self.results:
                text = f"This looks like the update of a weight, but {reason}; no cell is blamed."
                self.results[update] = self._result(update, Status.NOT_EVALUATED, text)

    def _between(self, found: Findings) -> Iterator[Address]:
        """The cells between culprits and the updates that they spoil."""
        sheet = self.reading.sheet
        reached = set(found.roots)
        for cell in sheet.order:
            if reached & set(sheet.terms.reads[cell]) and cell not in self.reading.forward:
                reached.add(cell)
                if cell not in found.roots and cell not in self.agree:
                    yield cell

    def __post_init__(self) -> None:
        self._shapes: Counter[tuple[str, str]] = Counter()

    def _is_regular(self, cell: Address) -> bool:
        """Whether cells that are right were filled from the same formula."""
        if not self._shapes:
            for other in self.agree:
                if other in self.table.texts:
                    self._shapes[self._shape(other)] += 1
        return self._shapes[self._shape(cell)] > 1

    def _shape(self, cell: Address) -> tuple[str, str]:
        return cell[0], shape_of(self.table.texts[cell], cell[1], cell[2])

    def _rest(self, cell: Address, shapes: Collection[tuple[str, str]]) -> CellResult:
        """A formula cell without a role: one filled like those with a role was not checked, others are not ours."""
        sheet = self.reading.sheet
        belongs = cell in self.reading.forward or cell in sheet.updates or self._shape(cell) in shapes
        if isinstance(self._actual(cell), NotEvaluated) or belongs:
            text = "This formula seems to belong to a training step, but it was not recognised what it should compute."
            return self._result(cell, Status.NOT_EVALUATED, text)
        return self._result(cell, Status.UNBOUND, UNBOUND)

    def _result(
        self, cell: Address, status: Status, message: str, role: Role | None = None, diagnosis: str | None = None
    ) -> CellResult:
        actual, desired = self._actual(cell), None if role is None else role.desired
        kind = Kind.EXCEL_ERROR if isinstance(actual, CellError) else Kind.VALUE
        shown = actual.code if isinstance(actual, CellError) else None if isinstance(actual, NotEvaluated) else actual
        return CellResult(
            cell[0], cell_name(cell[1], cell[2]), status, kind, None if role is None else role.quantity.name, shown,
            desired, desired, f"={self.table.texts[cell]}", diagnosis, message,
        )  # fmt: skip

    def _actual(self, cell: Address) -> Value:
        return self.values[self.table.index[cell]]

    def _assumed(self) -> str:
        first = self.reading.steps[min(self.accepted)].truth
        layers = " → ".join(f"Dense({len(c.kernel[0])}, {c.activation})" for c in first.network.layers)
        steps = f"{len(self.accepted)} training step{'s' if len(self.accepted) > 1 else ''}"
        return (
            f"no bindings were given; assumed {steps} of {layers} that make {LOSS_NAMES[first.loss]} smaller, which "
            f"explains {len(self.agree)} of {len(self.table.formulas)} formula cells"
        )
