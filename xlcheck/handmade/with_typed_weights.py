"""Worksheets whose formulas hold their own weights, as if these stood in cells; and what is said of them, put back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.errors import EngineError
from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import number_text
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.reading.typed_weights import TypedWeights, typed_weights
from xlcheck.handmade.summary import Abstention
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult
from xlcheck.workbook.content import Cell, SheetContent

_CLOSE = 1e-12
_ALONE = re.compile(r"(?<=\w): the number \S+ in \S+ is empty;.*")
"""What is said of a number that only the formula has in which it is typed."""


@dataclass(frozen=True)
class WithTypedWeights:
    """Some worksheets in which the typed weights stand in cells of their own.

    Attributes:
        part: the worksheets.
        answers: what they compute; the saved file says it, and these formulas give the same.
        original: the worksheets as they are.
        moved: the numbers that stood in formulas.
    """

    part: SheetGroup
    answers: Answers
    original: SheetGroup
    moved: TypedWeights

    def part_as_typed(self, part: Part) -> Part:
        """What became of the worksheets, told of the formulas that stand there."""
        results = [self._result(result) for result in part.results if isinstance(result, CellResult)]
        return replace(part, results=results, notes=(*map(self._text, part.notes),))

    def abstention_as_typed(self, left: Abstention) -> Abstention:
        """Cells without a verdict, told of the formulas that stand there."""
        table, values = self.original.table, self.original.values
        return replace(left, table=table, values=values, reason=self._text(left.reason))

    def _result(self, result: CellResult) -> CellResult:
        formulas = (None if text is None else self._text(text) for text in (result.formula, result.desired_formula))
        formula, desired = (None if text is None else _tidied(text) for text in formulas)
        diagnosis, message = result.diagnosis, self._text(result.message)
        alone = _ALONE.search(message)
        if alone is not None:
            diagnosis, message = None, f"{message[: alone.start()]}, and others in line with it have another number."
        return replace(result, formula=formula, desired_formula=desired, diagnosis=diagnosis, message=message)

    def _text(self, text: str) -> str:
        for cell, number in self.moved.numbers.items():
            text = text.replace(f"weights from {show(cell)} on", f"weights typed in {show(self._reader[cell])}")
            text = text.replace(show(cell), f"the number {number_text(number)} in {show(self._reader[cell])}")
            name = re.escape(cell_name(*cell[1:], fixed_row=True, fixed_column=True))
            text = re.sub(rf"{name}(?!\d)", number_text(number), text)
        return text

    @property
    def _reader(self) -> Mapping[Address, Address]:
        """The first formula in which each number stands."""
        found: dict[Address, Address] = {}
        for cell in self.moved.texts:
            for number in self.part.precedents.of(cell):
                found.setdefault(number, cell)
        return found


def with_typed_weights(part: SheetGroup, answers: Answers) -> WithTypedWeights | None:
    """Some worksheets with the weights that are typed in their formulas in cells of their own.

    None if there are none, if the engine takes no formulas, or if what it makes of these is not what it made of the
    file: then something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    moved = typed_weights(part.table, part.precedents)
    if moved is None or not answers.engine.takes_formulas:
        return None
    table = CellTable(replace(part.table.content, sheets=dict(_sheets(part.table, moved))))
    sessions = answers.sessions.amended(table, moved.texts, moved.numbers)
    try:
        again = table.recalculate(sessions.saved())
    except EngineError:
        return None
    numbers = np.array([_number(cell, part, moved) for cell in table.addresses])
    positions = [(table.index[cell], place) for place, cell in enumerate(part.table.addresses)]
    others = {i: part.values.others[place] for i, place in positions if place in part.values.others}
    if not np.allclose(again.numbers, numbers, rtol=_CLOSE, atol=_CLOSE, equal_nan=True):
        return None
    values = CellValues(numbers, others)
    own = SheetGroup(part.sheets, table, values, Precedents(table))
    return WithTypedWeights(own, replace(answers, sessions=sessions, values=values), part, moved)


def _sheets(table: CellTable, moved: TypedWeights) -> Iterator[tuple[str, SheetContent]]:
    for name, sheet in table.content.sheets.items():
        cells = dict(sheet.cells)
        for cell, text in moved.texts.items():
            if cell[0] == name:
                cells[cell[1:]] = replace(cells[cell[1:]], formula=text)
        for cell, number in moved.numbers.items():
            if cell[0] == name:
                cells[cell[1:]] = Cell(number)
        yield name, replace(sheet, cells=cells)


def _number(cell: Address, part: SheetGroup, moved: TypedWeights) -> float:
    return moved.numbers[cell] if cell in moved.numbers else float(part.values.numbers[part.table.index[cell]])


def _tidied(formula: str) -> str:
    """A formula with signs as people write them: `-0.3*B2` for `+-0.3*B2`."""
    return formula.replace("+-", "-").replace("--", "+")
