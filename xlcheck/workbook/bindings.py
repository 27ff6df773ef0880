"""Bindings: which range of a workbook holds which quantity; and what else its formula cells are.

Helpers are kept as JSON in which a formula that was filled into many cells is written once. An item is
`[cell, formula, desired, atol?]`, or, for cells beside or below each other, `[range, formula of the first,
[desired of each], atol?]`. In place of a formula an item may have the number, from 0, of an earlier item whose formula
is the same when it is moved, as a spreadsheet fills it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.shared import SharedFormula
from xlcheck.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Binding:
    """A range that holds one quantity.

    Attributes:
        quantity: the quantity's full name (`lstm.i[1]`, `lstm.kernel`, `input.x[0]`).
        area: the range. Read row by row it gives the quantity's elements in C order, so that a
            vector may run down a column or along a row.
        sample: which sample's value it is, from 0; None if it follows the selector.
        transposed: a matrix stands with rows and columns exchanged.
    """

    quantity: str
    area: Range
    sample: int | None = None
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Helper:
    """A formula cell that is no quantity of the network: a look-up, a difference, a verdict.

    Attributes:
        cell: where it stands.
        formula: its text as written, without `=`.
        desired: the value it must have for each selected sample; one item if it does not depend on it.
        atol: how far a number may lie from it, if more than the workbook's tolerance.
    """

    cell: Range
    formula: str
    desired: tuple[float | str, ...]
    atol: float = 0.0


@dataclass(frozen=True, slots=True)
class FilledHelper:
    """Cells of a column that hold one formula, filled down from the first.

    Attributes:
        area: where they stand.
        formula: the text in the first cell; in the others its relative references move along.
        desired: the value of all of them, as for `Helper`; empty where a binding or `band` says it.
        atol: as for `Helper`.
        band: the band (`lstm.h`) whose stored values they look up: every unit, step by step.
    """

    area: Range
    formula: str
    desired: tuple[float | str, ...] = ()
    atol: float = 0.0
    band: str = ""

    def formulas(self) -> list[str]:
        """The text of every cell, without `=`."""
        return SharedFormula(self.formula, self.area.top, self.area.left).down(self.area.rows)


@dataclass(frozen=True, slots=True)
class Copy:
    """Cells of a column that refer to the cells where a band stands: every unit, step by step."""

    area: Range
    band: str


_Place = tuple[int, int]


def helpers_to_json(helpers: Iterable[Helper]) -> list[list[Any]]:
    """The items: those that share a formula one after the other."""
    groups: dict[tuple[str, str, float, bool], dict[_Place, Helper]] = {}
    for h in helpers:
        place = h.cell.top, h.cell.left
        shared = SharedFormula(h.formula, *place)
        moves = shared.at(*place) == h.formula  # else it is spelled as nobody would spell it who moved it here
        text = shared.at(0, 0) if moves else h.formula  # the same for all that were filled from one
        groups.setdefault((h.cell.sheet, text, h.atol, moves), {})[place] = h
    items: list[list[Any]] = []
    for (*_, moves), group in groups.items():
        start = len(items)
        for run in _runs(group) if moves else ([helper] for helper in group.values()):
            items.append(_item(run, start if moves and len(items) > start else run[0].formula))
    return items


def helpers_from_json(items: Iterable[Sequence[Any]]) -> tuple[Helper, ...]:
    """The helpers of the items.

    Raises:
        ValueError, TypeError, IndexError: an item says something else.
    """
    helpers: list[Helper] = []
    firsts: list[Helper] = []
    for item in items:
        first = len(helpers)
        helpers += _helpers(firsts, *item)
        firsts.append(helpers[first])
    return tuple(helpers)


def _helpers(
    earlier: Sequence[Helper], place: str, formula: str | int, desired: Sequence[Any], *atol: float
) -> Iterator[Helper]:
    area = parse_range(place)
    if isinstance(formula, int):
        owner = earlier[formula]
        formula = SharedFormula(owner.formula, owner.cell.top, owner.cell.left).at(area.top, area.left)
    if area.rows * area.columns == 1:
        yield Helper(area, formula, tuple(desired), *atol)
        return
    if len(desired) != area.rows * area.columns:
        raise ValueError(f"{len(desired)} values for {place}")
    shared = SharedFormula(formula, area.top, area.left)
    for number, values in enumerate(desired):
        down, right = divmod(number, area.columns)
        row, column = area.top + down, area.left + right
        yield Helper(Range(area.sheet, row, column), shared.at(row, column), tuple(values), *atol)


def _runs(group: dict[_Place, Helper]) -> Iterator[list[Helper]]:
    """Rows of neighbours; what has none beside it, in columns."""
    while group:
        first = next(iter(group))
        run: list[Helper] = []
        for down, right in ((0, 1), (1, 0)):
            run, (row, column) = [], first
            while (helper := group.get((row, column))) is not None:
                run.append(helper)
                row, column = row + down, column + right
            if len(run) > 1:
                break
        for helper in run:
            del group[helper.cell.top, helper.cell.left]
        yield run


def _item(run: list[Helper], formula: str | int) -> list[Any]:
    first, last = run[0], run[-1]
    atol = [first.atol] if first.atol else []
    if first is last:
        return [str(first.cell), formula, list(first.desired), *atol]
    rows, columns = last.cell.top - first.cell.top + 1, last.cell.left - first.cell.left + 1
    area = first.cell.part(rows, columns)
    return [str(area), formula, [list(h.desired) for h in run], *atol]
