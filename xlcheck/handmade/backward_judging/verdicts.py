"""What has been said of the formula cells of a sheet that was read as training steps, and how one is compared."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from xlcheck.formulas.algebra import Address, Leaf
from xlcheck.formulas.rounding import rounded_whole
from xlcheck.formulas.scalars import Words
from xlcheck.handmade.backward.evaluation import value_of
from xlcheck.handmade.backward.quantities import Role
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward_judging.over_steps import OVER_STEPS
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.offsets import beside_at
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.results import result_at
from xlcheck.learning.dense_gradients import bound_of
from xlcheck.verdicts.judge import Alignment, verdict
from xlcheck.verdicts.placement import ulps
from xlcheck.verdicts.report import CellResult, Kind, Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.content import CellError, Value

LOSS_NAMES = {
    "mean_squared_error": "the squared error",
    "mean_absolute_error": "the absolute error",
    "binary_crossentropy": "the binary cross-entropy",
    "categorical_crossentropy": "the categorical cross-entropy",
}
"""Without the perceptron's rule, which makes nothing smaller."""
PROGRESS = "by how much E falls"
"""What is made of two losses, to be shown."""


@dataclass
class Verdicts:
    """The verdicts on the cells of a sheet, as they are found.

    Attributes:
        table: the cells.
        values: what an engine computed.
        tolerance: what counts as agreement.
        reading: the training steps.
        agree: cells that are right, and what they hold.
        results: the other cells.
        rounded: cells that are right but for a ROUND.
        differences: between cells and Keras.
        last_places: the largest of them in units in the last place.
    """

    table: CellTable
    values: CellValues
    tolerance: Tolerance
    reading: Reading
    agree: dict[Address, str] = field(default_factory=dict)
    results: dict[Address, CellResult] = field(default_factory=dict)
    rounded: dict[Address, Role] = field(default_factory=dict)
    differences: list[float] = field(default_factory=list)
    last_places: float = 0.0

    def compare(self, cell: Address, role: Role) -> None:
        """Say of a cell what follows from what it should hold, unless something was said before."""
        if cell in self.results:
            return
        name, actual, desired = role.quantity.name, self.actual(cell), role.desired
        alignment = Alignment(self.near(name, actual, desired, role.rounding))
        status = verdict(alignment, lambda: self.near(name, actual, self.local(cell)))
        if status is Status.AGREE and isinstance(actual, float):
            self.agree[cell] = name
            self.differences.append(abs(actual - desired))
            self.last_places = max(self.last_places, ulps(self.differences[-1], abs(desired)))
        elif status is Status.CARRIED:
            self.results[cell] = self.result(cell, status, "It follows from a wrong cell.", role)
        elif "ROUND" in self.table.texts.get(cell, "").upper():
            if self._shows_fewer_digits(cell, name) and self.near(name, self.local(cell), desired):
                self.agree[cell] = name
            else:
                self.rounded[cell] = role

    def agree_on_words(self, precedents: Precedents) -> None:
        """A word is right where all that go by what it says are, as each of them is compared for both words.

        So is one that nobody reads, if it is filled from such a word.

        Args:
            precedents: who reads what.
        """
        chosen = {cell for cell, own in (self.reading.sheet.terms.words or {}).items() if isinstance(own, Words)}
        readers = precedents.readers
        right = {cell for cell in chosen if self.agree.keys() >= {*readers(cell)}}
        spare = (cell for cell in self.table.texts if right and cell not in self.agree and not readers(cell))
        right |= {cell for cell in spare if any(self.table.fills(other, cell) for other in right)}
        self.agree |= dict.fromkeys(right, "word")

    def blame_rounded(self) -> None:
        """Single rounded cells are wrong; where rounding is the rule, or that of their line, it is meant."""
        meant = 4 * len(self.rounded) > len(self.agree)
        for cell, role in self.rounded.items():
            text = "This result is rounded, so that all that follows is inexact; format the cell instead."
            is_habit = meant or self._rounds_throughout(cell)
            status, name = (Status.NOT_EVALUATED, None) if is_habit else (Status.ROOT, "rounded-to-n-digits")
            self.results[cell] = self.result(cell, status, text, role, name)

    def _rounds_throughout(self, cell: Address) -> bool:
        """Whether the formulas in the same place of the steps before and after round as well."""
        own = self._beside(cell)
        return bool(own) and all(rounded_whole(text) is not None for text in own)

    def _shows_fewer_digits(self, cell: Address, name: str) -> bool:
        """Whether a formula rounds the number of a cell, or what it makes of several steps, and nobody reads that."""
        terms = self.reading.sheet.terms
        texts = self.table.texts[cell], *self._beside(cell)
        is_of_several = name == PROGRESS or name.endswith(OVER_STEPS)
        is_shown = (isinstance(terms[cell], Leaf) or is_of_several) and not terms.readers.get(cell)
        return is_shown and all(rounded_whole(text) is not None for text in texts)

    def _beside(self, cell: Address) -> list[str]:
        """The formulas in the same place of the steps before and after."""
        texts = self.table.texts
        return [texts[other] for other in beside_at(cell, self.reading.stride) if other in texts]

    def local(self, cell: Address) -> float:
        """What a cell should be, given what stands in the cells that it reads."""
        terms = self.reading.sheet.terms
        held = value_of(terms[cell], {c: np.array([terms.number(c)]) for c in terms.reads[cell]})
        return float(np.atleast_1d(held)[0])

    def near(self, name: str, actual: Value, desired: float, rounding: float = 0.0) -> bool:
        """Whether a value is what a quantity should be."""
        if type(actual) is not float or not math.isfinite(desired):
            return False
        return abs(actual - desired) <= self.tolerance.of(name).limit(max(1.0, abs(desired))) + rounding

    def result(
        self, cell: Address, status: Status, message: str, role: Role | None = None, diagnosis: str | None = None
    ) -> CellResult:
        """What is said of a cell."""
        actual, desired = self.actual(cell), None if role is None else role.desired
        is_formula = self.table.is_formula(cell)
        kind = Kind.EXCEL_ERROR if isinstance(actual, CellError) else Kind.VALUE if is_formula else Kind.NOT_A_FORMULA
        name = None if role is None else role.quantity.name
        return result_at(
            self.table, cell, status, message, actual, kind,
            quantity=name, desired=desired, local=desired, diagnosis=diagnosis,
        )  # fmt: skip

    def leave(self, cell: Address, why: str) -> None:
        """Give a cell of which nothing was said no verdict."""
        self.results.setdefault(cell, self.result(cell, Status.NOT_EVALUATED, why))

    def actual(self, cell: Address) -> Value:
        """What an engine computed."""
        return self.values[self.table.index[cell]]

    def assumed(self, accepted: Collection[int]) -> str:
        """What the sheet was read as: the steps with these numbers."""
        first = self.reading.steps[min(accepted)].truth
        kinds = ("SimpleRNN" if own.states else "Dense" for own in first.network.layers)
        layers = " → ".join(
            f"{kind}({len(own.kernel[0])}, {own.activation})"
            for kind, own in zip(kinds, first.network.layers, strict=True)
        )
        count = sum(not self.reading.steps[number].truth.network.is_held_out for number in accepted)
        steps, make = ("1 training step", "makes") if count == 1 else (f"{count} training steps", "make")
        loss = "Huber's loss" if bound_of(first.loss) is not None else LOSS_NAMES.get(first.loss)
        what = "by the perceptron's rule" if loss is None else f"that {make} {loss} smaller"
        return f"recognised {steps} of {layers} {what}"
