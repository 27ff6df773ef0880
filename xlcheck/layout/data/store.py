"""Where the samples are stored, and how other worksheets fetch the selected one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say
from xlcheck.workbook.plan import DropDown, Link

Words = Sequence[tuple[str, tuple[str, ...]]]
"""For each time step a formula, as any worksheet may write it, and what it shows for each sample."""


class Order(Enum):
    """What the rows of a stored band are."""

    SAMPLES = auto()
    """One row a sample, with the numbers of each step side by side."""
    STEPS = auto()
    """One row for each time step of each sample."""
    UNITS = auto()
    """One row for each unit of each sample, with a column for each step."""


@dataclass(frozen=True)
class Store:
    """Where the samples are stored.

    Attributes:
        areas: for each given band (`input.x`) the stored numbers.
        orders: what their rows are; one row a sample unless it is said here.
        timesteps: for each band the number of its steps; 1 without a time axis.
        selected: the number of the selected sample, as a formula on another worksheet writes it.
        label: a formula for the selected sample's name.
        prompt: the text of the link that leads to where the input is chosen.
        chosen: that cell, if it is not the selector.
        words: what the network reads at each time step, if these are words.
        kind: what a sample is called.
    """

    areas: Mapping[str, Range]
    orders: Mapping[str, Order]
    timesteps: Mapping[str, int]
    selected: str
    label: str
    prompt: str = field(default_factory=lambda: say("store.choose_sample"))
    chosen: Range | None = None
    words: Words = field(default=())
    kind: str = field(default_factory=lambda: say("kinds.sample"))

    def lookup(self, q: Quantity, unit: str) -> str:
        """The formula that fetches an element of a given quantity; `unit` is its number, counted from 1."""
        band, step = q.band.name, q.step or 0
        row, column = self.selected, unit
        match self.orders.get(band, Order.SAMPLES):
            case Order.STEPS:
                row = _place(self.selected, self.timesteps[band], str(step + 1))
            case Order.UNITS:
                row, column = _place(self.selected, q.shape[-1], unit), str(step + 1)
            case Order.SAMPLES if self.timesteps[band] > 1:
                column = str(step + 1)
        return item(self.areas[band], f"{row},{column}")

    def numbers(self, draft: Draft, members: Sequence[Quantity]) -> Array:
        """What Keras was given, in the order in which it is stored."""
        values = np.stack([draft.trace[q.name].reshape(len(draft.samples), -1) for q in members], axis=1)
        if self.orders.get(members[0].band.name) is Order.UNITS:
            values = values.transpose(0, 2, 1)
        return values


def item(area: Range, place: str) -> str:
    """A formula for an item of a range on another worksheet; engines differ about INDEX of a single cell."""
    text = reference(area, "", fixed=True)
    return text if area.size == 1 else f"INDEX({text},{place})"


def _place(sample: str, rows: int, row: str) -> str:
    """The number of a row of a sample, of which each has as many."""
    return row if sample == "1" else f"({sample}-1)*{rows}+{row}"


_BESIDE = 22  # letters of a sample's name that have room between the selector and the link


def selection(draft: Draft, sheet: SheetDraft, cell: Range, kind: str, numbers: Range, names: Range) -> None:
    """Fill the row that says which sample is selected, and give the selector its drop-down."""
    row, column = cell.top, cell.left
    sheet.put(row, 0, kind, "name")
    sheet.heights[row] = 26
    if draft.selector is None:
        draft.selector = sheet.put(row, column, 1.0, "selector")
        sheet.put(row, column + 3, say("selection.here"), "hint")
    else:
        count = [k + 1.0 for k in range(len(draft.samples))]
        draft.helper(sheet, row, column, reference(draft.selector, sheet.name), count, "selected")
        short = max(map(len, draft.samples)) <= _BESIDE
        place = (row, column + 3) if short else (row + 1, column)
        sheet.put(*place, Link(say("selection.another_link", kind=kind), draft.selector), "link")
    text = f"INDEX({reference(names, sheet.name, fixed=True)},{cell.a1})"
    draft.helper(sheet, row, column + 1, text, draft.samples, "strong")
    own = draft.sheets[draft.selector.sheet]
    message = say("selection.follows", kind=kind)
    own.drop_downs.append(DropDown(draft.selector, numbers, say("selection.choose", kind=kind), message))
