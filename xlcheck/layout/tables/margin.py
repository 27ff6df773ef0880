"""What stands to the left of a table's numbers: symbol, unit, equation and meaning of each band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import wrap

import numpy as np

from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.layout.common import UNIT, pixels
from xlcheck.layout.draft import Draft, View
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.idioms import takes_row
from xlcheck.layout.widening import equation_width
from xlcheck.texts import meant, say
from xlcheck.workbook.styles import ONE_LINE, STYLES

SYMBOL, EQUATION, MEANING = 0, 2, 3
_WIDTHS, _NARROW = (17.0, 50.0), (17.0, 26.0)  # of symbols and meanings
_NARROW_EQUATION = 20.0
_LINE, _EDGE, _ONE_UNIT = 13.0, 5.0, 20.0  # points: of a line of text, around it, and of the only row of a band
_LETTERS = 1.14  # to a unit of width, as the widest program draws them
_SYMBOL_LETTER = 1.05  # of a symbol, which units stand beside, to a unit of width
_WHOLE = 1000.0  # as wide as no text is


@dataclass(frozen=True)
class Margin:
    """The widths of the columns, in letters.

    Attributes:
        symbol: of the symbols.
        unit: of the numbers, or the names, of units.
        equation: of the equations.
        meaning: of the sentences.
        wraps: whether equations take several lines, as beside many time steps.
    """

    symbol: float
    unit: float
    equation: float
    meaning: float
    wraps: bool

    @staticmethod
    def of(draft: Draft, bands: Mapping[Band, Sequence[Quantity]], *, narrow: bool) -> Margin:
        """For these bands; narrow where many time steps need the room."""
        named = max((len(name) for band in bands for name in unit_names(draft, band)), default=0)
        equation = equation_width(band.equation for band in bands)
        if narrow:
            equation = min(equation, _NARROW_EQUATION)
        symbol, meaning = _NARROW if narrow else _WIDTHS
        numbered = [len(band.label) for band, members in bands.items() if members[0].shape[-1] > 1]
        symbol = max(symbol, _SYMBOL_LETTER * max(numbered, default=0))
        return Margin(symbol, min(max(5.5, named + 2), 20), equation, meaning, narrow)

    def apply(self, sheet: SheetDraft) -> None:
        """Give the columns their widths."""
        sheet.widths.update({SYMBOL: self.symbol, UNIT: self.unit, EQUATION: self.equation, MEANING: self.meaning})

    def describe(self, draft: Draft, sheet: SheetDraft, row: int, band: Band, q: Quantity, *, full: bool) -> None:
        """Symbol and units; and, unless it stands above already, what a band is.

        A text that needs several lines runs down beside the units; where these are too few, their last row is higher.
        """
        units = q.shape[-1]
        sheet.put(row, SYMBOL, band.label, "symbol")
        if units == 1:
            sheet.heights[row] = _ONE_UNIT
        if full:
            row_only = q.expr is not None and takes_row(q.expr, View(draft, sheet.name, None))
            meaning = " ".join(
                filter(
                    None, (meant(band.meaning), say("margin.row_of_kernel") if row_only else "", pixels(band, units))
                )
            )
            style = "long_equation" if self.wraps or band.role is Role.GRADIENT else "equation"
            put_text(sheet, row, EQUATION, band.equation, style, self.equation if self.wraps else _WHOLE, units)
            put_text(sheet, row, MEANING, meaning, "meaning", self.meaning, units)
        name_units(draft, sheet, row, band, units)


def put_text(sheet: SheetDraft, row: int, column: int, text: str, style: str, width: float, units: int) -> None:
    """A text in lines of its own as far as there are rows; the last row is as high as what is left needs."""
    lines = wrap(text, int(_LETTERS * width)) or [text]
    alone = min(len(lines), units) - 1
    rest = len(lines) - alone
    for below, line in enumerate([*lines[:alone], joined := " ".join(lines[alone:])]):
        own = f"{style}_below" if below else style
        is_line = f"{own}{ONE_LINE}" in STYLES and (below < alone or rest == 1)  # which may run on
        sheet.put(row + below, column, line, f"{own}{ONE_LINE}" if is_line else own)
    if rest > 1:
        rest = max(rest, ceil(len(joined) / width))
        sheet.heights[row + alone] = max(sheet.heights.get(row + alone, 0.0), _LINE * rest + _EDGE)


def unit_names(draft: Draft, band: Band) -> Sequence[str]:
    """The names of a band's units, if they have any."""
    return draft.unit_names.get(band.name, ())


def name_units(draft: Draft, sheet: SheetDraft, row: int, band: Band, units: int) -> None:
    """Beside each unit of a band its name or its number, unless it is the only one."""
    if units == 1:
        sheet.put(row, UNIT, None, "first_unit")
    elif names := unit_names(draft, band):
        for unit, name in enumerate(names):
            sheet.put(row + unit, UNIT, name, "unit" if unit else "first_unit")
    else:
        sheet.numbers(row, UNIT, np.arange(1.0, units + 1)[:, None], "unit")
