"""What is said of consecutive stretches of a line: the mean of each month, the error of the training and the test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from itertools import pairwise

from xlcheck.formulas import tree
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents

_DESCRIBES = {"AVERAGE", "COUNT", "MAX", "MEDIAN", "MIN", "SQRT", "SUM", "SUMSQ", "SUMXMY2"} | {
    f"{kind}{of}" for kind in ("STDEV", "VAR") for of in ("", ".P", ".S", "P")
}
_COUNTS = {"COUNT", "ROWS", "COLUMNS"}
_FACTORS = {2.0, 0.5, 100.0}
"""What a square root, half of an error and a percentage are made with."""


def stretches(table: CellTable, precedents: Precedents, cells: Collection[Address]) -> set[Address]:
    """The formulas that describe stretches of a line, if these cover the whole line one after the other, none twice.

    One range that is too short leaves a gap, one that is too long an overlap: then nobody knows of any of them.

    Args:
        table: all cells.
        precedents: who reads what.
        cells: the formulas that may be such.
    """
    lines: dict[tuple[str, bool, tuple[int, ...]], dict[tuple[int, int], list[Address]]] = defaultdict(dict)
    for cell in cells:
        areas = {area for area in precedents.ranges(cell) if area.size > 1}
        ends = {_ends(area) for area in areas}
        if len(ends) == 1 and _describes(parsed(table.texts[cell]), next(iter(areas)).size):
            (down, *between), first = next(iter(ends)), next(iter(areas))
            across = tuple(sorted({area.left if down else area.top for area in areas}))
            lines[first.sheet, bool(down), across].setdefault((between[0], between[1]), []).append(cell)
    found = set[Address]()
    for (sheet, down, across), ends_of in lines.items():
        whole = min(start for start, _ in ends_of), max(stop for _, stop in ends_of)
        parts = sorted(ends_of.keys() - {whole})
        covers = len(parts) > 1 and all(one[1] == other[0] for one, other in pairwise(parts))
        beyond = [(place, at) for place in (whole[0] - 1, whole[1]) for at in across]
        outside = [(sheet, *(own if down else own[::-1])) for own in beyond]
        if (
            covers
            and (parts[0][0], parts[-1][1]) == whole
            and not any(own in table.index and own not in table.words for own in outside)
        ):
            found.update(cell for own in parts for cell in ends_of[own])
    return found


def _ends(area: Range) -> tuple[bool, int, int]:
    """Whether a range is a column, and between which places of it it lies; a block counts for a column."""
    down = area.rows > 1
    return (True, area.top, area.top + area.rows) if down else (False, area.left, area.left + area.columns)


def _describes(node: tree.Node | None, size: int) -> bool:
    """Whether a formula adds up, or finds the mean, the spread or an extreme of as many numbers as it divides by."""
    match node:
        case tree.Literal(value=float() | int() as number):
            return number in _FACTORS
        case tree.Reference(area=area):
            return area.size > 1
        case tree.Operator(symbol="/", operands=(what, by)):
            is_count = isinstance(by, tree.FunctionCall) and by.name in _COUNTS
            parts: tuple[tree.Node, ...] = (what,) if is_count or by == tree.Literal(size) else ()
        case tree.Operator(symbol="*" | "-" | "^", operands=parts):
            pass
        case tree.FunctionCall(name="ROUND", arguments=(what, _)):
            parts = (what,)
        case tree.FunctionCall(name=name, arguments=own):
            parts = own if name in _DESCRIBES else ()
        case _:
            parts = ()
    return bool(parts) and all(_describes(part, size) for part in parts)
