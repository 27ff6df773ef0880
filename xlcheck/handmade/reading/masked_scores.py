"""Scores of an attention that are masked where a condition holds, as `=IF($A$5>$A4,-1E9,…)` where the word comes later.

The condition compares the numbers of two steps, or asks a mask that is typed elsewhere, and does so in a whole table of
scores alike: all of a row, or of a column, ask for one step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Operator, Reference, single_cell, walk
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.offsets import offset_on_sheet
from xlcheck.handmade.reading.reached import joined
from xlcheck.workbook.content import Value

_COMPARES = frozenset({"=", "<>", "<", ">", "<=", ">="})
LEAST = -745.0
"""The exponential of what is less is 0."""
_IF = 3
"""Arguments of an IF that says what to do otherwise."""
_SEVERAL = 2
"""Steps of an attention."""
_Positions = Mapping[tuple[int, int], Address]
"""Row and column of a score → a cell that its condition asks."""


@dataclass(frozen=True)
class Score:
    """A formula that gives a score, or a number that makes no share of a softmax.

    Attributes:
        whole: the formula.
        asked: the cells that its condition compares.
        asks: the condition, without the cells: the same in all scores of a table.
        masking: which of its arguments is the mask.
        mask: that number.
        is_masked: whether it is masked today.
    """

    whole: FunctionCall
    asked: tuple[Address, ...]
    asks: str
    masking: int
    mask: float
    is_masked: bool

    def typed_mask(self, sheet: str) -> Iterator[Address]:
        """The cell of the mask, if it is not typed into the formula.

        Args:
            sheet: the worksheet of the formula.
        """
        cell = single_cell(self.whole.arguments[self.masking], sheet)
        yield from () if cell is None else (cell,)

    @property
    def taken(self) -> str:
        """The formula without its condition."""
        first = (self.masking == 1) == self.is_masked
        mask = Operator("-", (Literal(-self.mask),))
        arguments = (mask if number == self.masking else own for number, own in enumerate(self.whole.arguments[1:], 1))
        condition = Operator(">", (Literal(1.0), Literal(0.0))[:: 1 if first else -1])
        return unparse(FunctionCall("IF", (condition, *arguments)))


def masked_scores(table: CellTable, values: CellValues) -> dict[Address, Score]:
    """The scores of whole tables that ask alike, some of which are masked.

    Args:
        table: the cells.
        values: what they hold.
    """
    found = dict(_scores(table, values))
    several = [own for own in _tables(found) if _is_asked_alike(own, table, values, found)]
    return {cell: found[cell] for own in several if any(found[x].is_masked for x in own) for cell in own}


def _scores(table: CellTable, values: CellValues) -> Iterator[tuple[Address, Score]]:
    for cell, text in table.texts.items():
        node = parsed(text) if text[:3].upper() == "IF(" and cell not in table.arrays else None
        if not isinstance(node, FunctionCall) or node.name != "IF" or len(node.arguments) != _IF:
            continue
        condition, *branches = node.arguments
        numbers = [_number(own, cell[0], table) for own in branches]
        masks = [n for n, own in enumerate(numbers, 1) if own is not None and own < LEAST]
        value = table.value(cell, values)
        asked = _asked(condition, cell[0])
        if len(masks) == 1 and None in numbers and isinstance(value, float) and asked:
            ((masking, mask),) = ((n, numbers[n - 1]) for n in masks)
            asks = unparse(_without_cells(condition))
            yield cell, Score(node, asked, asks, masking, mask or 0.0, value < LEAST)


def _number(node: Node, sheet: str, table: CellTable) -> float | None:
    """The number that a part of a formula is, typed there or in a cell."""
    match node:
        case Literal(value=float() as number):
            return number
        case Operator(symbol="-", operands=(Literal(value=float() as number),)):
            return -number
        case Reference():
            cell = single_cell(node, sheet)
            return None if cell is None else table.typed_numbers.get(cell)
    return None


def _asked(condition: Node, sheet: str) -> tuple[Address, ...]:
    """The cells that a condition compares with one another, or with a number; none if it does anything else."""
    match condition:
        case Operator(symbol=symbol, operands=operands) if symbol in _COMPARES:
            pass
        case Reference():
            operands = (condition,)
        case _:
            return ()
    if any(isinstance(own, Operator | FunctionCall) for part in operands for own in walk(part)):
        return ()
    cells = [single_cell(own, sheet) for own in operands if isinstance(own, Reference)]
    return tuple(cell for cell in cells if cell is not None) if None not in cells else ()


def _without_cells(condition: Node) -> Node:
    """A condition with one cell in the place of each that it asks."""
    if isinstance(condition, Operator):
        return Operator(condition.symbol, tuple(map(_without_cells, condition.operands)))
    return Reference(Range("", 0, 0)) if isinstance(condition, Reference) else condition


def _tables(found: Mapping[Address, Score]) -> list[list[Address]]:
    """Scores that ask alike and stand side by side or one below the other."""
    pairs: list[tuple[Address, Address]] = []
    for cell, own in found.items():
        for down, right in ((0, 0), (0, 1), (1, 0)):
            beside = (cell[0], cell[1] + down, cell[2] + right)
            other = found.get(beside)
            if other is not None and (other.asks, other.masking) == (own.asks, own.masking):
                pairs.append((cell, beside))
    tables: dict[Address, list[Address]] = defaultdict(list)
    for cell, first in joined(pairs).items():
        tables[first].append(cell)
    return [*tables.values()]


def _is_asked_alike(
    cells: Sequence[Address], table: CellTable, values: CellValues, found: Mapping[Address, Score]
) -> bool:
    """Whether a table of scores asks for the steps of its rows and columns, or each for its own place of a mask."""
    rows, columns = sorted({row for _, row, _ in cells}), sorted({column for *_, column in cells})
    if len(cells) != len(rows) * len(columns) or min(len(rows), len(columns)) < _SEVERAL:
        return False
    counts = {len(found[cell].asked) for cell in cells}
    if counts == {1}:
        away = {offset_on_sheet(cell, found[cell].asked[0]) for cell in cells}
        return len(away) == 1 and None not in away and all(table.is_number(found[cell].asked[0]) for cell in cells)
    if counts != {_SEVERAL}:
        return False
    sides = [{cell[1:]: found[cell].asked[side] for cell in cells} for side in (0, 1)]
    turned = [{(column, row): cell for (row, column), cell in own.items()} for own in sides]
    at = partial(table.value, values=values)
    return any(
        _one_each(sides[side], rows, columns, at) and _one_each(turned[1 - side], columns, rows, at) for side in (0, 1)
    )


def _one_each(
    asked: _Positions, lines: Sequence[int], across: Collection[int], number: Callable[[Address], Value]
) -> bool:
    """Whether all of a line ask for one cell, each line for another one, and these count on by 1."""
    first = [asked[line, min(across)] for line in lines]
    is_one = all(asked[line, other] == cell for cell, line in zip(first, lines, strict=True) for other in across)
    numbers = [*map(number, first)]
    return is_one and all(isinstance(b, float) and isinstance(a, float) and b == a + 1 for a, b in pairwise(numbers))
