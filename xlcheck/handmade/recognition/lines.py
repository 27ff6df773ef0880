"""The formulas of a workbook by their shapes: rows and columns of one shape, and what they would be if amended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import LEFT, TOP, Ref
from xlcheck.formulas.shapes import moved, operands, shape_of, skeleton, with_operand
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.content import Cell

MOST_BESIDE = 8
_DIRECTIONS = ((0, -1), (0, 1), (-1, 0), (1, 0))

Edits = Mapping[Address, Cell]
"""Other formulas for some cells."""


class Lines:
    """The formulas of a workbook by their shapes."""

    def __init__(self, table: CellTable) -> None:
        self._table = table
        self._shapes = {cell: shape_of(text, cell[1], cell[2]) for cell, text in table.texts.items()}
        self._lines = self._by_line()
        self._numbers = {cell for cell, _ in table.typed_numbers()}

    def alone(self) -> Iterator[Address]:
        """The formulas that have no like in their row or column."""
        return filter(self._is_alone, self._shapes)

    def filled_over(self, cells: Iterable[Address]) -> Iterator[Edits]:
        """Each of some cells, as the next formula would be there in each direction."""
        for cell in cells:
            for direction in _DIRECTIONS:
                source = self._next(cell, direction)
                if source is not None and self._goes_on(source, direction):
                    yield self._fill(source, cell)

    def bands(self) -> Iterator[tuple[Address, ...]]:
        """Formulas of one shape in one row or column."""
        for line in self._lines.values():
            if len(line) > 1:
                yield tuple(line)

    def bands_filled_over(self) -> Iterator[Edits]:
        """Each band as the one beside it would be there, if that does the same with other cells."""
        for line in self._lines.values():
            if len(line) < 2:
                continue
            for direction in _DIRECTIONS:
                sources = [self._next(cell, direction) for cell in line]
                pairs = [(s, c) for s, c in zip(sources, line, strict=True) if s is not None]
                if len(pairs) == len(line) and all(self._does_the_same(s, c) for s, c in pairs):
                    edits: dict[Address, Cell] = {}
                    for s, c in pairs:
                        edits |= self._fill(s, c)
                    yield edits

    def evened(self) -> Iterator[Edits]:
        """Rows and columns with two formulas in them, as if either had been filled over all of it.

        Those that change in the same place from one formula to the other are changed together, then each alone.
        """
        together: dict[object, list[list[Address]]] = defaultdict(list)
        for axis, run in self._runs():
            shapes = [self._shapes[cell] for cell in run]
            if len(run) > 2 and len(set(shapes)) == 2:
                places = tuple(cell[2 - axis] for cell in run)
                together[run[0][0], axis, places, tuple(shape == shapes[0] for shape in shapes)].append(run)
        for runs in together.values():
            for source in (0, next(i for i, c in enumerate(runs[0]) if self._shapes[c] != self._shapes[runs[0][0]])):
                edits = [self._filled_along(run, source) for run in runs]
                yield {cell: content for own in edits for cell, content in own.items()}
                yield from edits if len(edits) > 1 else ()

    def _filled_along(self, run: Sequence[Address], source: int) -> Edits:
        """A row or column with one of its formulas in all cells that have another one."""
        edits: dict[Address, Cell] = {}
        for cell in run:
            if self._shapes[cell] != self._shapes[run[source]]:
                edits |= self._fill(run[source], cell)
        return edits

    def _runs(self) -> Iterator[tuple[int, list[Address]]]:
        """Formulas next to each other: in a row (axis 0), and in a column (axis 1)."""
        for axis, step in enumerate(((0, 1), (1, 0))):
            run: list[Address] = []
            for cell in sorted(self._shapes, key=_by_column if axis else None):
                if run and (run[-1][0], run[-1][1] + step[0], run[-1][2] + step[1]) != cell:
                    yield axis, run
                    run = []
                run.append(cell)
            if run:
                yield axis, run

    def reading_as_beside(self) -> Iterator[Edits]:
        """Each band in which a formula reads other computed cells than the one beside it, with what that one reads."""
        for line in self._lines.values():
            for direction in _DIRECTIONS if len(line) > 1 else ():
                sources = [self._next(cell, direction) for cell in line]
                pairs = [(s, c) for s, c in zip(sources, line, strict=True) if s is not None]
                if len(pairs) == len(line) and all(self._does_the_same(s, c) for s, c in pairs):
                    for number in range(len(operands(self._table.texts[line[0]]))):
                        edits = {c: self._with_operand_of(s, c, number) for s, c in pairs}
                        found = {c: content for c, content in edits.items() if content is not None}
                        if len(found) == len(edits):
                            yield found

    def reading_what_is_unread(self, precedents: Precedents) -> Iterator[Edits]:
        """Each band with one of its fixed ranges at another place, where only fractions stand that nothing reads.

        Then also with the bands that do the same, each moved as far, one after the other into the place left free.
        """
        fractions = (cell for cell, number in self._table.typed_numbers() if not number.is_integer())
        unread = {cell for cell in fractions if not precedents.readers(cell)}
        for line in self._longest() if unread else ():
            for number, ref in enumerate(operands(self._text(line))):
                if ref.fixed & (TOP | LEFT) != TOP | LEFT:
                    continue
                area = self._area_of(line[0], number)
                for start in sorted(unread):
                    by = (start[1] - ref.top, start[2] - ref.left)
                    if start[0] == min(area)[0] and _shifted(area, by) <= unread:
                        yield from self._moved_up(line, number, by)

    def _moved_up(self, line: Sequence[Address], number: int, by: tuple[int, int]) -> Iterator[Edits]:
        """A band with a range moved, and one after the other those whose range is moved to where the last one was."""
        edits: dict[Address, Cell] = {}
        left = [other for other in self._longest() if skeleton(self._text(other)) == skeleton(self._text(line))]
        moving: Sequence[Address] | None = line
        while moving is not None:
            edits |= self._edited(moving, partial(with_operand, number=number, first=by, last=by))
            yield dict(edits)
            place, free = moving[0][1:], self._area_of(moving[0], number)
            left = [other for other in left if not set(other) & edits.keys()]
            left.sort(key=partial(_distance, place))
            moving = next((o for o in left if _shifted(self._area_of(o[0], number), by) == free), None)

    def _longest(self) -> list[list[Address]]:
        """Each formula in the longer one of its lines, and every line once."""
        longest: dict[Address, list[Address]] = {}
        for line in self._lines.values():
            for cell in line:
                if len(line) > len(longest.get(cell, ())):
                    longest[cell] = line
        return list({id(line): line for line in longest.values()}.values())

    def _text(self, line: Sequence[Address]) -> str:
        return self._table.texts[line[0]]

    def _area_of(self, cell: Address, number: int) -> set[Address]:
        """The cells of one range of a formula."""
        return set(self._area(operands(self._table.texts[cell])[number], cell[0]))

    def _area(self, ref: Ref, sheet: str) -> Iterator[Address]:
        """The cells of a range; of a very large one those that can hold something."""
        area = self._table.clip(ref.area(sheet))
        return ((area.sheet, *place) for place in area.cells())

    def _with_operand_of(self, source: Address, cell: Address, number: int) -> Cell | None:
        """A formula with one range of another formula that does the same; None if the ranges are the same or typed."""
        ref, own = (operands(self._table.texts[c])[number] for c in (source, cell))
        if (ref.top, ref.left) == (own.top, own.left):
            return None
        if not any(map(self._table.is_formula, self._area(ref, source[0]))):
            return None
        by = ((ref.top - own.top, ref.left - own.left), (ref.bottom - own.bottom, ref.right - own.right))
        text = with_operand(self._table.texts[cell], number, *by)
        return None if text is None else Cell(None, text, self._table.arrays.get(cell))

    def _does_the_same(self, one: Address, other: Address) -> bool:
        """Whether two formulas do the same with cells that do not stand to them in the same way."""
        texts = self._table.texts
        return self._shapes[one] != self._shapes[other] and skeleton(texts[one]) == skeleton(texts[other])

    def shifted(self, precedents: Precedents) -> Iterator[Edits]:
        """Formulas that do the same, all reading one cell further, if nothing reads what they would read then."""
        for axis in (0, 1):
            for cells in self._alike(axis):
                for number, ref in enumerate(operands(self._table.texts[cells[0]])):
                    if ref.fixed & (LEFT if axis else TOP):
                        continue
                    for sign in (-1, 1):
                        by = (0, sign) if axis else (sign, 0)
                        edits = self._edited(cells, partial(with_operand, number=number, first=by, last=by))
                        if edits and self._read_anew(edits, precedents):
                            yield edits

    def shortened(self) -> Iterator[Edits]:
        """Formulas that do the same, their ranges shorter at one end: two that are multiplied, or one alone."""
        for cells in self._alike(0):
            places = operands(self._table.texts[cells[0]])
            for number in range(len(places)):
                for at_end in (True, False):
                    edits = self._edited(cells, partial(_shorter, number=number, at_end=at_end))
                    if edits:
                        yield edits

    def _alike(self, axis: int) -> Iterator[list[Address]]:
        """Formulas that do the same and, along one axis, with cells at the same distances."""
        groups: dict[object, list[Address]] = defaultdict(list)
        for cell, text in self._table.texts.items():
            distances = tuple(
                ref.left - cell[2] if axis else ref.top - cell[1]
                for ref in operands(text) if not ref.fixed & (LEFT if axis else TOP)
            )  # fmt: skip
            groups[cell[0], skeleton(text), distances].append(cell)
        yield from groups.values()

    def _edited(self, cells: Sequence[Address], change: Callable[[str], str | None]) -> dict[Address, Cell]:
        """The same change in all formulas; none if it cannot be made in one of them."""
        texts = {cell: change(self._table.texts[cell]) for cell in cells}
        if None in texts.values():
            return {}
        return {cell: Cell(None, text, self._table.arrays.get(cell)) for cell, text in texts.items()}

    def _read_anew(self, edits: Edits, precedents: Precedents) -> bool:
        """Whether changed formulas read a number or a formula that nothing reads."""
        for cell, content in edits.items():
            for ref in operands(content.formula or ""):
                for other in self._area(ref, cell[0]) if not ref.prefix else ():
                    holds_number = self._table.is_formula(other) or other in self._numbers
                    if holds_number and other not in edits and not precedents.readers(other):
                        return True
        return False

    def _by_line(self) -> Mapping[object, list[Address]]:
        lines: dict[object, list[Address]] = defaultdict(list)
        for cell, shape in self._shapes.items():
            lines[cell[0], "row", cell[1], shape].append(cell)
            lines[cell[0], "column", cell[2], shape].append(cell)
        return lines

    def _is_alone(self, cell: Address) -> bool:
        """Whether no formula in the same row or column has the same shape."""
        shape = self._shapes.get(cell)
        rows, columns = (
            self._lines.get((cell[0], "row", cell[1], shape)),
            self._lines.get((cell[0], "column", cell[2], shape)),
        )
        return shape is not None and rows == columns == [cell]

    def _next(self, cell: Address, direction: tuple[int, int]) -> Address | None:
        """The next formula in a direction."""
        for step in range(1, MOST_BESIDE + 1):
            other = (cell[0], cell[1] + step * direction[0], cell[2] + step * direction[1])
            if other in self._shapes:
                return other
        return None

    def _goes_on(self, source: Address, direction: tuple[int, int]) -> bool:
        """Whether a formula was filled along this direction, or is itself without a like."""
        line = ("row", source[1]) if direction[1] else ("column", source[2])
        return self._is_alone(source) or len(self._lines[(source[0], *line, self._shapes[source])]) > 1

    def _fill(self, source: Address, cell: Address) -> Edits:
        """A formula filled over a cell; an array formula over as many."""
        down, right = cell[1] - source[1], cell[2] - source[2]
        text = moved(self._table.texts[source], down, right)
        if text is None:
            return {}
        array = self._table.arrays.get(source)
        if array is None:
            return {cell: Cell(None, text)}
        area = moved(array, down, right)
        edits = {}
        for other, own in self._table.arrays.items():
            if other[0] == source[0] and own == array:
                edits[other[0], other[1] + down, other[2] + right] = Cell(None, text, area)
        return {c: e for c, e in edits.items() if c in self._table.index}


def _distance(place: tuple[int, int], line: Sequence[Address]) -> int:
    """How far the first cell of a line is from a row and column."""
    return abs(line[0][1] - place[0]) + abs(line[0][2] - place[1])


def _shifted(area: Collection[Address], by: tuple[int, int]) -> set[Address]:
    return {(sheet, row + by[0], column + by[1]) for sheet, row, column in area}


def _by_column(cell: Address) -> tuple[str, int, int]:
    return cell[0], cell[2], cell[1]


def _shorter(formula: str, number: int, *, at_end: bool) -> str | None:
    """A formula in which a range, and the next one if it is as long, lack their last or their first cells."""
    places = operands(formula)
    lengths = [(ref.bottom - ref.top + 1, ref.right - ref.left + 1) for ref in places]
    rows, columns = lengths[number]
    text: str | None = formula
    by: tuple[int, int]
    if max(rows, columns) < 2:
        return None
    partner = lengths[number + 1] if number + 1 < len(lengths) else (1, 1)
    pairs = [(number, (0, 1) if columns > 1 else (1, 0))]
    length = columns if columns > 1 else rows
    if partner[0] == length:
        pairs.append((number + 1, (1, 0)))
    elif partner[1] == length:
        pairs.append((number + 1, (0, 1)))
    for place, by in pairs:
        less = (-by[0], -by[1]) if at_end else by
        text = with_operand(text, place, (0, 0) if at_end else less, less if at_end else (0, 0)) if text else None
    return text
