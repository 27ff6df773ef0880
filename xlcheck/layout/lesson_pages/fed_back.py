"""As printed: the sums of a recurrent layer fed back without their activation, beside what is right.

The mistake is in print and hardly shows in the answer; here every number of it stands under the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import column_name, quote_sheet
from xlcheck.layout.common import heading, title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.numerics import dot, exp, tanh
from xlcheck.texts import say

NAME = "As printed"
_LABEL, _UNIT, _FIRST = range(3)
_TOP = 5
_ROUNDING = 1e-14


def fed_back_sheet(draft: Draft, recurrent: str, dense: str, words: Sequence[str]) -> None:
    """Fill the sheet, for a SimpleRNN without bias that returns sequences, and the softmax without one behind it."""
    sheet = draft.sheet(NAME, "loss")
    title(sheet, say("fed_back.title"), say("fed_back.intro"), 9)
    sheet.heights[1] = 50
    steps = len(draft.graph.members(f"{recurrent}.h"))
    sheet.put_row(_TOP, 0, ["", say("words.unit"), *(f"t = {t + 1}" for t in range(steps))], "header")
    for t, word in enumerate(words):
        sheet.put(_TOP + 1, _FIRST + t, word, "word")
    sheet.widths.update({_LABEL: 54, _UNIT: 10, **{_FIRST + t: 13 for t in range(steps)}, _FIRST + steps: 70})
    _Page(draft, sheet, steps, recurrent, dense).fill(_TOP + 2)
    sheet.freeze = (_TOP + 2, 2)
    sheet.one_page = True


@dataclass
class _Page:
    draft: Draft
    sheet: SheetDraft
    steps: int
    recurrent: str
    dense: str

    def fill(self, row: int) -> None:
        """The recurrence, then the answer, each right, as printed, and the difference."""
        trace = self.draft.trace
        kernel, answers = trace[f"{self.recurrent}.recurrent_kernel"], trace[f"{self.dense}.kernel"]
        sums: list[Array] = []
        for t in range(self.steps):
            before = dot(sums[-1], kernel) if sums else np.zeros(len(kernel))
            sums.append(trace[f"{self.recurrent}.xk[{t}]"][0] + before)
        logits = [dot(tanh(z), answers) for z in sums]
        shares = [exp(z) / exp(z).sum() for z in logits]

        row = self._heading(row, say("fed_back.sums"))
        right = row
        row = self._references(row, "zₜ = xₜ · kernel + hₜ₋₁ · recurrent_kernel", f"{self.recurrent}.z")
        z = row
        row = self._computed(row, say("fed_back.printed_sum"), sums, partial(self._sum, z), "intermediate")
        row = self._differences(row, right, z, sums, f"{self.recurrent}.z")
        row = self._heading(row, say("common.the_answer"))
        h = row
        row = self._computed(
            row, say("fed_back.printed_tanh"), [tanh(v) for v in sums], partial(self._tanh, z), "state"
        )
        sum_of_h = row
        row = self._computed(row, say("fed_back.times_kernel"), logits, partial(self._logit, h), "intermediate")
        right = row
        row = self._references(row, say("fed_back.softmax"), f"{self.dense}.y")
        y = row
        row = self._computed(row, say("fed_back.as_printed"), shares, partial(self._share, sum_of_h), "output")
        self._differences(row, right, y, shares, f"{self.dense}.y")

    def _heading(self, row: int, text: str) -> int:
        heading(self.sheet, row, text, _FIRST + self.steps)
        return row + 1

    def _cell(self, row: int, t: int, unit: int) -> str:
        return self.sheet.at(row + unit, _FIRST + t).a1

    def _weight(self, name: str, column: int) -> str:
        area = self.draft.placed(name)
        return reference(area.part(area.rows, 1, right=column), NAME, fixed=True)

    def _sum(self, row: int, t: int, unit: int) -> str:
        area = self.draft.placed(f"{self.recurrent}.xk[{t}]")
        own = f"{quote_sheet(area.sheet)}!{column_name(area.left)}{area.top + unit + 1}"
        if t == 0:
            return own
        units = len(self.draft.trace[f"{self.recurrent}.recurrent_kernel"])
        before = self.sheet.at(row, _FIRST + t - 1, units).a1
        return f"{own}+SUMPRODUCT({before},{self._weight(f'{self.recurrent}.recurrent_kernel', unit)})"

    def _tanh(self, z: int, t: int, unit: int) -> str:
        return f"TANH({self._cell(z, t, unit)})"

    def _logit(self, states: int, t: int, unit: int) -> str:
        units = len(self.draft.trace[f"{self.dense}.kernel"])
        return f"SUMPRODUCT({self.sheet.at(states, _FIRST + t, units).a1},{self._weight(f'{self.dense}.kernel', unit)})"

    def _share(self, logits: int, t: int, unit: int) -> str:
        units = self.draft.trace[f"{self.dense}.kernel"].shape[1]
        every = "+".join(f"EXP({self._cell(logits, t, k)})" for k in range(units))
        return f"EXP({self._cell(logits, t, unit)})/({every})"

    def _labels(self, row: int, label: str, units: int, names: Sequence[str] = ()) -> None:
        self.sheet.put(row, _LABEL, label, "symbol_small")
        for unit in range(units):
            self.sheet.put(
                row + unit, _UNIT, names[unit] if names else float(unit + 1), "unit" if unit else "first_unit"
            )

    def _references(self, row: int, label: str, band: str) -> int:
        """The right numbers, read off the sheets of the layers; returns the row after them."""
        first = self.draft.graph[f"{band}[0]"]
        units, style = first.shape[-1], first.band.role.value
        self._labels(row, label, units, self.draft.unit_names.get(band, ()))
        for t in range(self.steps):
            area = self.draft.placed(f"{band}[{t}]")
            for unit in range(units):
                cell = area.cell(unit)
                values = self.draft.values(f"{band}[{t}]", unit)
                self.draft.helper(self.sheet, row + unit, _FIRST + t, reference(cell, NAME), values, style)
        return row + units

    def _computed(
        self, row: int, label: str, values: Sequence[Array], text: Callable[[int, int], str], style: str
    ) -> int:
        """Numbers that are calculated here; returns the row after them."""
        units = len(values[0])
        names = self.draft.unit_names.get(f"{self.dense}.y", ())
        self._labels(row, label, units, names if len(names) == units else ())
        for t, vector in enumerate(values):
            for unit, value in enumerate(vector):
                self.draft.helper(self.sheet, row + unit, _FIRST + t, text(t, unit), [float(value)], style, _ROUNDING)
        return row + units

    def _differences(self, row: int, right: int, printed: int, values: Sequence[Array], band: str) -> int:
        """What is printed minus what is right; returns the row after them and an empty one."""
        units = len(values[0])
        self._labels(row, say("fed_back.difference"), units, self.draft.unit_names.get(band, ()))
        for t, vector in enumerate(values):
            for unit, value in enumerate(vector):
                desired = float(value) - self.draft.value(f"{band}[{t}]", unit)
                text = f"{self._cell(printed, t, unit)}-{self._cell(right, t, unit)}"
                self.draft.helper(self.sheet, row + unit, _FIRST + t, text, [desired], "difference", _ROUNDING)
        return row + units + 1
