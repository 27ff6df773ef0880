"""Worksheets in which formulas are written otherwise, with cells that are empty in the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from xlcheck.errors import EngineError
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.cells import CellTable, CellValues, address_of, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.verdicts.cell_result import Found
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult
from xlcheck.workbook.content import Cell, SheetContent

_CLOSE = 1e-9
"""Above what another order of summation does, and below what a formula that was misread gives."""


@dataclass(frozen=True)
class Rewritten:
    """Some worksheets in which formulas are written otherwise; and what is said of them, put back.

    Attributes:
        part: the worksheets.
        answers: what they compute; the saved file says it, and these formulas give the same.
        original: the worksheets as they are.
    """

    part: SheetGroup
    answers: Answers
    original: SheetGroup

    @property
    def changed(self) -> set[Address]:
        """The cells that are written otherwise."""
        texts = self.part.table.texts
        return {cell for cell, text in self.original.table.texts.items() if texts.get(cell) != text}

    def may_be_told(self, found: Iterable[Part]) -> bool:
        """Whether what became of the worksheets may be said of the formulas that stand there."""
        return True

    def put_back(self, found: Iterable[Part], left_out: Iterable[Abstention]) -> tuple[list[Part], list[Abstention]]:
        """What became of the worksheets and the cells without a verdict, told of the formulas that stand there."""
        return [*map(self._part, found)], [*map(self._abstention, left_out)]

    def _part(self, part: Part) -> Part:
        results = [self._result(result) for result in part.results if isinstance(result, CellResult)]
        return replace(part, results=results, notes=(*map(self._text, part.notes),))

    def _abstention(self, left: Abstention) -> Abstention:
        table, values = self.original.table, self.original.values
        return replace(left, table=table, values=values, reason=self._text(left.reason))

    def _result(self, result: CellResult) -> CellResult:
        return replace(result, message=self._text(result.message))

    def _text(self, text: str) -> str:
        return text


@dataclass(frozen=True)
class ToldAsItStands(Rewritten):
    """The same, of which each cell is told with the formula that stands there."""

    def _result(self, result: CellResult) -> CellResult:
        """What is said of a cell, with the formula that stands there; what should stand there only where it is that."""
        text = self.original.table.texts.get(address_of(result.sheet, result.cell))
        formula = result.formula if text is None else f"={text}"
        desired = result.desired_formula if formula == result.formula else None
        return replace(result, formula=formula, desired_formula=desired, message=self._text(result.message))


@dataclass(frozen=True)
class WithOwnCells(ToldAsItStands):
    """The same, with a formula in a cell of its own for what formulas of the workbook do to a number they read.

    Attributes:
        own_cells: such a cell, which is empty in the workbook → the number that it reads.
        done: what it does to it, in a word.
    """

    own_cells: Mapping[Address, Address]
    done: ClassVar[str]

    def _part(self, part: Part) -> Part:
        kept = [result for result in part.results if not self._is_own(result)]
        held = {cell: name for cell, name in part.held.items() if cell not in self.own_cells}
        apart = len(part.held) - len(held)
        return super()._part(
            replace(
                part, results=kept, held=held, formula_cells=part.formula_cells - apart, checked=part.checked - apart
            )
        )

    def _is_own(self, result: CellResult | Found) -> bool:
        return isinstance(result, CellResult) and address_of(result.sheet, result.cell) in self.own_cells

    def _abstention(self, left: Abstention) -> Abstention:
        return replace(super()._abstention(left), cells=[cell for cell in left.cells if cell not in self.own_cells])

    def _text(self, text: str) -> str:
        return renamed(text, {cell: f"{show(read)}, {self.done}," for cell, read in self.own_cells.items()})


def renamed(text: str, names: Mapping[Address, str]) -> str:
    """A text that calls some cells otherwise; `Sheet1!B2` is not the beginning of `Sheet1!B20`.

    Args:
        text: the text.
        names: cell → what to call it.
    """
    for cell, name in names.items():
        if (own := show(cell)) in text:
            text = name.join(re.split(rf"(?<!\w){re.escape(own)}(?!\d)", text))
    return text


def rewritten(
    part: SheetGroup,
    answers: Answers,
    texts: Mapping[Address, str],
    numbers: Mapping[Address, float],
    stands_for: Mapping[Address, Address] = MappingProxyType({}),
    emptied: Set[Address] = frozenset(),
) -> tuple[SheetGroup, Answers] | None:
    """Some worksheets with other formulas, and what they compute: what the saved file says, which these give as well.

    None if the engine cannot say, or if what it makes of these formulas is not what it made of the file: then something
    was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
        texts: the formulas, without `=`, in cells that have one or are empty.
        numbers: the numbers in empty cells, or in the place of formulas and words.
        stands_for: which of these cells has an input, scaled, and where that stands.
        emptied: cells that are left out, which changes nothing that is computed.
    """
    content = replace(part.table.content, sheets=dict(_sheets(part.table, texts, numbers, emptied)))
    inside = frozenset(numbers).difference(part.table.index).union(part.table.inside)
    table = CellTable(content, inside=inside, stands_for={**part.table.stands_for, **stands_for})
    sessions = answers.sessions.amended(table, {**texts, **dict.fromkeys(emptied, "")}, numbers)
    try:
        again = table.recalculate(sessions.saved())
    except EngineError:
        return None
    own = {i: table.index[cell] for i, cell in enumerate(part.table.addresses) if cell not in emptied}
    saved = again.numbers.copy()
    saved[[*own.values()]] = part.values.numbers[[*own]]
    saved[[table.index[cell] for cell in numbers]] = [*numbers.values()]
    if not np.allclose(again.numbers, saved, rtol=_CLOSE, atol=_CLOSE, equal_nan=True):
        return None
    kept = {i: place for i, place in own.items() if part.table.addresses[i] not in numbers}
    others = {place: part.values.others[i] for i, place in kept.items() if i in part.values.others}
    values = CellValues(saved, others)
    copies = {cell: text for cell, text in part.as_in_copies.items() if cell not in texts}
    other = SheetGroup(part.sheets, table, values, Precedents(table), copies)
    return other, replace(answers, sessions=sessions, values=values)


def with_formulas(
    part: SheetGroup, answers: Answers, texts: Mapping[Address, str]
) -> tuple[SheetGroup, Answers] | None:
    """Some worksheets with other formulas, and what these compute; None if the engine cannot say.

    What the file stores for them, and for what follows from them, is left out.

    Args:
        part: the worksheets.
        answers: what they compute.
        texts: the formulas, without `=`, in cells that have one.
    """
    changed = {*texts, *reached(texts, part.precedents.readers, among=part.table.is_formula)}
    sheets = {
        name: replace(
            sheet,
            cells={
                at: replace(cell, value=None) if (name, *at) in changed else cell for at, cell in sheet.cells.items()
            },
        )
        for name, sheet in _sheets(part.table, texts, {})
    }
    table = CellTable(replace(part.table.content, sheets=sheets))
    sessions = answers.sessions.amended(table, texts, {})
    try:
        values = table.recalculate(sessions.saved())
    except EngineError:
        return None
    own = SheetGroup(part.sheets, table, values, Precedents(table))
    return own, replace(answers, sessions=sessions, values=values)


def _sheets(
    table: CellTable,
    texts: Mapping[Address, str],
    numbers: Mapping[Address, float],
    emptied: Set[Address] = frozenset(),
) -> Iterator[tuple[str, SheetContent]]:
    for name, sheet in table.content.sheets.items():
        cells = {at: cell for at, cell in sheet.cells.items() if (name, *at) not in emptied}
        cells |= {cell[1:]: Cell(number) for cell, number in numbers.items() if cell[0] == name}
        for cell, text in texts.items():
            if cell[0] == name:
                cells[cell[1:]] = replace(cells.get(cell[1:], Cell(None)), formula=text)
        yield name, replace(sheet, cells=cells)
