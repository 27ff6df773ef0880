"""Inputs that are scaled by numbers of one table, each by those of its own row or column: all of them in one way.

And numbers of which one formula takes exponentials.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.formulas.tree import FunctionCall, Name, Operator, Reference, walk
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import are_in_line, distance, offset, offset_between

_POWERS = re.compile(r"\bEXP\(.*\bEXP\(", re.IGNORECASE)
_SCALED = re.compile(r" *\( *# *- *# *\) */ *#")
_BACK = re.compile(r" *# *(?:\* *# *\+|\+ *# *\*) *#")
"""How an input is scaled, and how a result is put back on a scale."""
_LARGE = 100
"""Cells of a range that are not looked at one by one."""
_SEVERAL = 2
"""Formulas that read the same numbers, and how many numbers they read."""
_MOST = 100
"""Groups of numbers, of which any two are compared."""
_CELLS = (Reference, Name)
_Cells = Callable[[Address], Sequence[Address]]


def scaled_otherwise(cells: Sequence[Address], table: CellTable) -> Iterator[str]:
    """Why inputs may be scaled wrongly: as nothing scales those whose numbers stand beside theirs in the same order.

    In `(A2-H$1)/SQRT(H$2)` and `(B2-I$1)/I$2` the second row holds variances, or it holds deviations. What is made of
    an input before it is scaled, as in `(LN(B2)-I$1)/I$2`, does not matter.

    Args:
        cells: the formulas that make inputs.
        table: all cells.
    """
    readers = defaultdict[Address, int](int)
    for cell in cells:
        for read in {*single_cells(cell, table)}:
            readers[read] += 1
    scaled = defaultdict[tuple[Address, ...], list[Address]](list)
    for cell in cells:
        numbers = sorted(own for own in {*single_cells(cell, table)} if readers[own] >= _SEVERAL)
        if len(numbers) >= _SEVERAL:
            scaled[tuple(numbers)].append(cell)
    groups = [own for own in scaled.items() if len(own[1]) >= _SEVERAL][:_MOST]
    for (one, ours), (other, theirs) in combinations(groups, 2):
        away = {offset_between(a, b) for a, b in zip(one, other, strict=False)}
        is_beside = len(one) == len(other) and len(away) == 1 and 0 in next(iter(away)) and one[0][0] == other[0][0]
        if is_beside and {_way(own, one, table) for own in ours}.isdisjoint(_way(own, other, table) for own in theirs):
            what = "by the numbers beside those that scale"
            yield f"{show(theirs[0])} scales an input {what} {show(ours[0])}, and in another way"
    yield from _named_twice(cells, table)
    made = {*cells}
    for cell, near in ((own, offset(own, by)) for own in cells for by in ((0, 1), (1, 0))):
        if near in made and cut(table.texts[cell]).between == cut(table.texts[near]).between:
            pairs = zip(single_cells(cell, table), single_cells(near, table), strict=False)
            shared = [(a, b) for a, b in pairs if a != b and min(readers[a], readers[b]) >= _SEVERAL]
            if len({offset_between(a, b) for a, b in shared}) > 1:
                yield f"{show(near)} scales an input as {show(cell)} does, but by a number in another place"


def _named_twice(cells: Sequence[Address], table: CellTable) -> Iterator[str]:
    """Why a formula may scale wrongly: it reads one number twice where most that do the same read two numbers."""
    alike = defaultdict[object, dict[tuple[int, ...], list[Address]]](lambda: defaultdict(list))
    for cell in cells:
        read = single_cells(cell, table)
        if len(read) > _SEVERAL:
            alike[cell[0], cut(table.texts[cell]).between][tuple(map(read.index, read))].append(cell)
    for ways in alike.values():
        most = max(ways.values(), key=len)
        others = (own for cells in ways.values() for own in cells if cells is not most and len(most) >= _SEVERAL)
        for cell in (own for own in others if not any(table.fills(own, known) for known in most)):
            yield f"{show(cell)} reads other numbers than {show(most[0])}, which scales an input in the same way"


def scaled_crosswise(table: CellTable) -> Iterator[str]:
    """Why a result may be put on a wrong scale: by what others take off it is multiplied, and the other way round.

    All of these numbers are typed into the same two columns or rows of a worksheet, as means and deviations are.

    Args:
        table: all cells.
    """
    scaled, back = set[tuple[Address, Address]](), dict[Address, tuple[Address, Address]]()
    for cell, text in table.texts.items():
        way, read = skeleton(text), single_cells(cell, table)
        if _SCALED.fullmatch(way) and len(read) > _SEVERAL:
            scaled.add((read[1], read[2]))
        elif _BACK.fullmatch(way) and len(numbers := [*filter(table.is_number, read)]) == _SEVERAL:
            back[cell] = (numbers[0], numbers[1]) if way.index("+") < way.index("*") else (numbers[1], numbers[0])
    typed = [pair for pair in scaled if all(map(table.is_number, pair)) and pair[0][0] == pair[1][0]]
    for cell, (shift, scale) in back.items():
        for axis in (1, 2):
            across = (pair for pair in typed if pair[0][0] == shift[0] and pair[0][3 - axis] == pair[1][3 - axis])
            known = {(mean[axis], size[axis]) for mean, size in across}
            ours = shift[axis], scale[axis]
            if shift[3 - axis] == scale[3 - axis] and ours not in known and ours[::-1] in known:
                yield f"{show(cell)} adds {show(shift)}, and others divide by what stands in line with that"


def scales_in_part(cell: Address, table: CellTable) -> bool:
    """Whether a formula scales one of two numbers side by side of which it takes exponentials, and not the other.

    So it is no share of a softmax, as `EXP(D5/B2)/(EXP(D5/B2)+EXP(E5))` seems to be.

    Args:
        cell: the formula's cell.
        table: all cells.
    """
    tree = parsed(table.texts[cell]) if _POWERS.search(table.texts[cell]) else None
    powers = (
        [own.arguments[0] for own in walk(tree) if isinstance(own, FunctionCall) and own.name == "EXP"] if tree else []
    )
    found = []
    for power in powers:
        areas = [own.area for own in walk(power) if isinstance(own, Reference)]
        read = {(a.sheet or cell[0], *place) for a in areas if a.size <= _LARGE for place in a.cells()}
        found.append((skeleton(unparse(power)), read))
    return any(
        one[0] != other[0] and any(distance(a, b) == 1 for a in one[1] for b in other[1])
        for one, other in combinations(found, 2)
    )


def is_in_another_unit(cell: Address, table: CellTable, of: _Cells, readers: _Cells) -> bool:
    """Whether a formula multiplies a typed number of its own by one that others filled like it multiply theirs by.

    So does `=B10*$M$5` beside `=B11*$M$5` and `=B12*$M$5`, as `=B10/$M$5` would. Whatever else reads M5 multiplies or
    divides all that it computes by it, as `=(…)/$M$5` does with results, and nobody does with a weight or a bias.

    Args:
        cell: the formula's cell.
        table: all cells.
        of: what a formula reads.
        readers: the formulas that read a cell.
    """
    if not _multiplies_two(cell, table) or not all(map(table.is_number, read := of(cell))) or len(read) != _SEVERAL:
        return False
    for shared, own in (read, read[::-1]):
        users = [other for other in readers(shared) if other in table.texts]
        filled = [other for other in users if table.fills(cell, other)]
        alike = [other for other in filled if own not in of(other)]
        scales = all(other in filled or _scales_by(shared, other, table, of) for other in users)
        if len(alike) >= _SEVERAL and scales and _is_nearest(own, cell, table, readers):
            return True
    return False


def _multiplies_two(cell: Address, table: CellTable) -> bool:
    """Whether a formula is a product of two cells."""
    tree = parsed(table.texts.get(cell, ""))
    if not isinstance(tree, Operator) or tree.symbol != "*":
        return False
    return all(isinstance(own, _CELLS) for own in tree.operands)


def _scales_by(shared: Address, cell: Address, table: CellTable, of: _Cells) -> bool:
    """Whether a formula multiplies or divides all else that it computes by a number, which it reads last and once."""
    tree = parsed(table.texts[cell])
    is_scaled = isinstance(tree, Operator) and tree.symbol in {"*", "/"} and isinstance(tree.operands[-1], _CELLS)
    return is_scaled and of(cell)[-1] == shared


def _is_nearest(own: Address, cell: Address, table: CellTable, readers: _Cells) -> bool:
    """Whether no number that nothing reads stands between a number and the formula in line with it."""
    if not are_in_line(own, cell):
        return False
    down, right = offset_between(own, cell)
    far = max(abs(down), abs(right))
    between = (offset(own, (down // far, right // far), times) for times in range(1, far))
    return not any(table.is_number(place) and not readers(place) for place in between)


def single_cells(cell: Address, table: CellTable) -> list[Address]:
    """The cells that a formula reads one by one, as often as it names them.

    Args:
        cell: the formula's cell.
        table: all cells.
    """
    areas = (ref.area(cell[0]) for ref in cut(table.texts[cell]).refs)
    return [(area.sheet, area.top, area.left) for area in areas if area.size == 1]


def _way(cell: Address, numbers: Sequence[Address], table: CellTable) -> tuple[object, ...]:
    """What a formula does with some numbers, each of which is called by its place among them, from the first one on."""
    between, refs = cut(table.texts[cell])
    areas = (ref.area(cell[0]) for ref in refs)
    places = [(area.sheet, area.top, area.left) if area.size == 1 else None for area in areas]
    named = [numbers.index(own) if own in numbers else None for own in places]
    first = next(at for at, own in enumerate(named) if own is not None)
    before, behind, *rest = (own.replace(" ", "") for own in between[first:])
    return (*named[first:], before[-1:], behind.lstrip(")"), *rest)
