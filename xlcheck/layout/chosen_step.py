"""A drop-down for the time step, in view on the worksheet whose cells show the numbers of that step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.data.store import item
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say
from xlcheck.workbook.limits import MAX_ARGUMENTS
from xlcheck.workbook.plan import DropDown, Formula
from xlcheck.workbook.views import Factor, View

LISTED = 60  # numbers of a drop-down that are listed in itself, where Excel has room for 255 letters
UNSEEN = 108  # the first column in which more of them stand, beyond what is printed
LONG = 4000  # letters of a formula


class ChosenStep:
    """The cell that chooses the step, and the cells that follow it; at first it chooses the last one."""

    def __init__(self, draft: Draft, sheet: SheetDraft, at: tuple[int, int], steps: int) -> None:
        self._draft, self._sheet, self._steps = draft, sheet, steps
        row, column = at
        sheet.put(row, column, say("common.steps", steps=steps), "name")
        self.cell = sheet.put(row, column + 1, float(steps), "selector")
        choices: Range | list[str | int] = list(range(1, steps + 1))
        if steps > LISTED:
            choices = sheet.numbers(row, UNSEEN, np.arange(1.0, steps + 1)[None, :], "unseen")
        sheet.drop_downs.append(DropDown(self.cell, choices, say("common.choose_step"), say("common.sheet_shows")))

    def word(self, at: tuple[int, int], words: Sequence[tuple[str, Sequence[float | str]]]) -> None:
        """What is read at the step, if there is a formula for it: one for each, and what it gives for each sample."""
        text = f"CHOOSE({self.cell.fixed()},{','.join(text for text, _ in words)})"
        if len(text) < LONG and len(words) < MAX_ARGUMENTS:
            self.show(self._sheet.at(*at), text, [tuple(shown) for _, shown in words], "strong")

    def reference(self, places: Sequence[Range]) -> str:
        """A formula for the number of the step, of which each stands in a cell of its own."""
        first = places[0]
        row = first.part(1, len(places))
        if list(places) == [Range(first.sheet, *cell) for cell in row.cells()]:
            return item(row, f"1,{self.cell.fixed()}")
        texts = [reference(place, self._sheet.name) for place in places]
        return texts[0] if len(set(texts)) == 1 else f"CHOOSE({self.cell.fixed()},{','.join(texts)})"

    def element(self, cell: Range, line: Sequence[Quantity], unit: int, places: Sequence[Range], style: str) -> None:
        """Fill a cell with one element of a quantity, of which each step has its own in one of some places."""
        text, factor = self.reference(places), _factor(line, unit)
        if factor is None:
            values = [self._draft.trace[q.name].reshape(-1, q.shape[-1])[:, unit] for q in line]
            self.show(cell, text, [tuple(own.tolist()) for own in values], style)
        else:
            self._put(View(cell, text, self.cell, None, (factor,)), style)

    def show(
        self, cell: Range, text: str, desired: Sequence[tuple[float | str, ...]], style: str, atol: float = 0.0
    ) -> None:
        """Fill a cell; `desired` is for each step what it gives for each sample."""
        self._put(View(cell, text, self.cell, None, items=tuple(desired), atol=atol), style)

    def _put(self, view: View, style: str) -> None:
        first = view.helper(self._draft.trace, {self.cell: self._steps}).desired[0]
        self._draft.views.append(view)
        self._sheet.put(view.cell.top, view.cell.left, Formula(view.formula, first), style)


def _factor(line: Sequence[Quantity], unit: int) -> Factor | None:
    """An element of what stands at each step, if that is a band, of this step or of one beside it."""
    band, shift = next(((q.band.name, q.step - t) for t, q in enumerate(line) if q.step is not None), ("", 0))
    names = [(f"{band}[{t + shift}]", f"{band}_init" if shift and not 0 <= t + shift < len(line) else "")
             for t in range(len(line))]  # fmt: skip
    return Factor(band, shift, unit=unit) if all(q.name in own for q, own in zip(line, names, strict=True)) else None
