"""Worksheets in which most formulas round what they compute, as if none did; and what is said of them, put back.

A whole sheet of rounded results is a habit, as in an exam, and no mistake. Its formulas are checked without that, as
long as rounding at each step changes no result by more than the last digit that is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.errors import EngineError
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.rounding import rounded_whole
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.accepting.stored import stored_values
from xlcheck.handmade.reading.cells import CellTable, address_of
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import Rewritten
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult
from xlcheck.workbook.content import SheetContent

_FEWEST = 2
"""Digits that are kept at least: fewer say which class it is, or which code."""


@dataclass(frozen=True)
class WithoutRounding(Rewritten):
    """Some worksheets in which results are not rounded.

    Attributes:
        digits: formula that rounds → how many digits behind the point it keeps.
    """

    digits: Mapping[Address, int]

    def _part(self, part: Part) -> Part:
        results = [self._result(result) if isinstance(result, CellResult) else result for result in part.results]
        kept = sorted({*self.digits.values()})
        digits = f"{kept[0]}" if len(kept) == 1 else f"{kept[0]} to {kept[-1]}"
        note = f"{len(self.digits)} formulas round to {digits} digits; they were checked as if they did not"
        return replace(part, results=results, notes=(*part.notes, note))

    def _result(self, result: CellResult) -> CellResult:
        cell = address_of(result.sheet, result.cell)
        text, desired = self.original.table.texts.get(cell), result.desired_formula
        actual, message = result.actual, result.message
        if cell in self.digits and isinstance(actual, float):
            actual = float(self.original.values.numbers[self.original.table.index[cell]])
            message = message.replace(f"gives {result.actual:.7g}", f"gives {actual:.7g}")
        if cell in self.digits and desired is not None:
            desired = f"=ROUND({desired.removeprefix('=')},{self.digits[cell]})"
        formula = None if text is None else f"={text}"
        return replace(result, formula=formula, desired_formula=desired, actual=actual, message=message)


def without_rounding(part: SheetGroup, answers: Answers) -> WithoutRounding | None:
    """Some worksheets as if no formula rounded its result.

    None if most do not, if the engine takes no formulas, or if rounding step by step adds up to more than a last digit.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    whole = {cell: found for cell, text in part.table.texts.items() if (found := rounded_whole(text)) is not None}
    texts, digits = {cell: text for cell, (text, _) in whole.items()}, {cell: n for cell, (_, n) in whole.items()}
    kinds, rounded = ({skeleton(part.table.texts[cell]) for cell in own} for own in (part.table.texts, texts))
    many = 2 * len(texts) > len(part.table.texts) and min(digits.values()) >= _FEWEST
    many = many and 2 * len(rounded) > len(kinds)  # a habit is one of all kinds of formulas, not of one long line
    if not many or part.table.arrays or not answers.engine.takes_formulas:
        return None
    table = CellTable(replace(part.table.content, sheets=dict(_sheets(part, texts))))
    sessions = answers.sessions.amended(table, texts, {})
    try:
        values = table.recalculate(sessions.saved())
    except EngineError:
        return None
    shown = np.array([part.values.numbers[part.table.index[cell]] for cell in texts])
    computed = np.array([values.numbers[table.index[cell]] for cell in texts])
    if not (np.abs(shown - computed) <= [10.0 ** -digits[cell] for cell in texts]).all():
        return None
    own = SheetGroup(part.sheets, table, values, Precedents(table))
    return WithoutRounding(own, replace(answers, sessions=sessions, values=values), part, digits)


def _sheets(part: SheetGroup, texts: Mapping[Address, str]) -> Iterator[tuple[str, SheetContent]]:
    """The worksheets with other formulas; what is stored for a formula is left out if it is what that gives."""
    old = {address_of(own.sheet, own.cell) for own in stored_values(part.table, part.values, (), [*part.table.texts])}
    for name, sheet in part.table.content.sheets.items():
        cells = dict(sheet.cells)
        for at, cell in sheet.cells.items():
            if cell.formula is not None and (own := (name, *at)) in part.table.texts:
                value = cell.value if own in old else None
                cells[at] = replace(cell, formula=texts.get(own, cell.formula), value=value)
        yield name, replace(sheet, cells=cells)
