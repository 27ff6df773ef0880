"""Counts, totals and shares of decisions: whether they are of all of a line, and divided by how many these are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from xlcheck.formulas import tree
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.reading.offsets import offset
from xlcheck.handmade.reading.reads import Reads

COUNTS: Final = frozenset({"COUNT", "COUNTA", "ROWS", "COLUMNS", "ROW", "COLUMN"})
"""Functions that count cells, whatever these hold."""
_LINES = {"ROWS": 1, "ROW": 1, "COLUMNS": 2, "COLUMN": 2}
_TWO = 2
"""Counts that are added, and conditions of one that two lines of a table make."""


def counts_a_part(cell: Address, found: Collection[Address], reads: Reads) -> bool:
    """Whether a formula adds up a part of the formulas of a line, or divides by another number than theirs.

    So does one that divides a count by the sum of it and of one that counts nothing in common with it.

    Args:
        cell: the formula.
        found: the formulas that are computed from decisions.
        reads: who reads what.
    """
    areas = [area for area in reads.areas(cell) if area.size > 1]
    if any(goes_on(area, reads, found) and not _in_turn(cell, area, found, reads) for area in areas):
        return True
    node = parsed(reads.table.texts[cell])
    match node:
        case tree.Operator(symbol="/", operands=(what, tree.Literal(value=number))):
            added = [*_added(what)]
            counted = areas or [area for own in added for area in _counted_in(own, cell[0], reads)]
            several = {len(added)} if len(added) > 1 else set[int]()  # a mean of as many is written out
            return bool(counted or several) and number not in {*_sizes(counted, cell[0], reads), *several, 100}
        case tree.Operator(symbol="/", operands=(tree.Reference() as what, tree.Operator(symbol="+") as total)):
            return _counts_another(what, [*_added(total)], cell[0], reads)
        case tree.Operator(symbol="/", operands=(_, tree.Reference() as divisor)):  # a cell that counts them
            counts = tree.single_cell(divisor, cell[0])
            others = [area for area in areas if area != divisor.area]
            return counts is not None and reads.terms.number(counts) not in _sizes(others, cell[0], reads)
        case tree.Operator(symbol="/", operands=(what, tree.FunctionCall(name=name) as divisor)) if name in COUNTS:
            held = [_cells_of(part, cell[0], reads) for part in (divisor, what)]
            own = {
                count
                for area in held[1]
                for count in (_how_many("COUNT", area, reads), _how_many("COUNTA", area, reads))
            }
            return bool(own) and {_how_many(name, area, reads) for area in held[0]}.isdisjoint(own)
    return False


def _in_turn(cell: Address, area: Range, found: Collection[Address], reads: Reads) -> bool:
    """Whether formulas like one in its line take cells in turn, as many each, and leave none: those of each epoch."""
    texts, size = reads.table.texts, (area.rows, area.columns)
    for axis in (1, 2):
        line = [own for own in found if (own[0], own[axis]) == (cell[0], cell[axis])]
        alike = [own for own in line if skeleton(texts[own]) == skeleton(texts[cell])]
        areas = [its for own in alike for its in reads.areas(own) if (its.rows, its.columns) == size]
        taken = {(its.sheet, *place) for its in areas for place in its.cells()}
        kinds = {skeleton(texts.get(own, "")) for own in taken}
        beyond = {offset(own, by, way) for own in taken for by in ((1, 0), (0, 1)) for way in (-1, 1)} - taken
        is_apart = len(taken) == area.size * len(areas) and len(areas) == len(alike) > 1
        if is_apart and not any(own in found and skeleton(texts[own]) in kinds for own in beyond):
            return True
    return False


def _counted_in(node: tree.Node, sheet: str, reads: Reads) -> list[Range]:
    """The ranges of a formula to which a part of another one points, as the count of which a share is made."""
    place = tree.single_cell(node, sheet)
    return [] if place is None else [area for area in reads.areas(place) if area.size > 1]


def _counts_another(what: tree.Node, added: Sequence[tree.Node], sheet: str, reads: Reads) -> bool:
    """Whether a count is divided by the sum of it and of one other, and the two ask each cell for something else."""
    if len(added) != _TWO or what not in added:
        return False
    asked = [_asked_by(own, sheet, reads) for own in added]
    return min(map(len, asked)) >= _TWO and asked[0].isdisjoint(asked[1])


def _asked_by(node: tree.Node, sheet: str, reads: Reads) -> set[tuple[tree.Node, ...]]:
    """What a formula that counts asks of cells: of which range, and for what."""
    place = tree.single_cell(node, sheet)
    counts = None if place is None else parsed(reads.table.texts.get(place, ""))
    found = set[tuple[tree.Node, ...]]()
    for part in () if counts is None else tree.walk(counts):
        match part:
            case tree.FunctionCall(name="COUNTIFS", arguments=arguments):
                found |= {*zip(arguments[::2], arguments[1::2], strict=False)}
            case tree.Operator(symbol="=", operands=operands):
                found.add((*operands,))
    return found


def _sizes(areas: Sequence[Range], sheet: str, reads: Reads) -> set[float]:
    """How many cells some ranges have, and in how many of these there are numbers."""
    return {float(area.size) for area in areas} | {
        _how_many("COUNT", reads.table.cells_in(area, sheet), reads) for area in areas
    }


def _added(node: tree.Node) -> Iterator[tree.Node]:
    """What is added up one by one."""
    match node:
        case tree.Operator(symbol="+", operands=(one, other)):
            yield from (*_added(one), *_added(other))
        case _:
            yield node


def _cells_of(node: tree.Node, sheet: str, reads: Reads) -> list[list[Address]]:
    """The cells of each range in a formula."""
    parts = (part for part in tree.walk(node) if isinstance(part, tree.Reference) and part.area.size > 1)
    return [reads.table.cells_in(part.area, sheet) for part in parts]


def _how_many(name: str, cells: Sequence[Address], reads: Reads) -> int:
    """What a function counts in a range: those that are not empty, or no typed words; or its rows or columns."""
    if name in _LINES:
        return len({cell[_LINES[name]] for cell in cells})
    filled = [cell for cell in cells if cell in reads.table.index]
    return len(filled) if name == "COUNTA" else sum(cell not in reads.table.words for cell in filled)


def goes_on(area: Range, reads: Reads, among: Collection[Address]) -> bool:
    """Whether a range is a part of a line, or of a block: a formula beyond an end of it does the same as that there.

    Args:
        area: the range.
        reads: who reads what.
        among: the formulas of which the line may be.
    """
    texts = reads.table.texts
    first = (area.sheet, area.top, area.left)
    last = (area.sheet, area.top + area.rows - 1, area.left + area.columns - 1)
    for along in [*[(1, 0)] * (area.rows > 1), *[(0, 1)] * (area.columns > 1)]:
        for end, way in ((first, -1), (last, 1)):
            beyond = offset(end, along, way)
            if end in texts and beyond in among and skeleton(texts.get(beyond, "")) == skeleton(texts[end]):
                return True
    return False
