"""Numbers that a network reads scaled, and which its results are compared with as they were typed.

A result that is put back on the scale of a number is this number where the network gives the scaled one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.evaluate import evaluate
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.scalars import OpaqueError
from xlcheck.formulas.shapes import shape_of
from xlcheck.formulas.tree import FunctionCall, Node, Operator, Reference, walk
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached

_COMPARES = frozenset({"SUMXMY2", "SUMX2MY2"})
_CLOSE = 1e-6
"""Numbers that are typed as a scale's may be rounded to seven digits."""


def compared_unscaled(
    table: CellTable,
    values: CellValues,
    reads: Precedents,
    made: Collection[Address],
    beside: Collection[Address],
    judged: Collection[Address],
) -> Iterator[str]:
    """Why an error may be none: it compares a result with an input that the network does not read as it was typed.

    So does the error of an autoencoder, whose results stand on the scale of `(B9-B$3)/B$4`, if it reads B9. A result
    that a formula of its own, or the same one, puts back on the scale of its input may be compared with this; that
    formula reads numbers of the scale, and undoes it.

    Args:
        table: all cells.
        values: what they hold.
        reads: who reads what.
        made: the formulas that make inputs.
        beside: the formulas that may compare.
        judged: the cells that have a verdict.
    """
    scaled = {number: cell for cell in made if (number := _scaled(cell, table)) is not None}
    kinds: dict[object, list[Address]] = defaultdict(list)
    for cell in sorted(beside) if scaled else ():
        kinds[cell[0], shape_of(table.texts[cell], *cell[1:])].append(cell)
    # Formulas that were filled compare alike: of each kind the first and the last one are asked about.
    for cell in sorted({own for cells in kinds.values() for own in (cells[0], cells[-1])}):
        for one, other in _compared(parsed(table.texts[cell]), cell[0]):
            for shown, result in ((one, other), (other, one)):
                typed = _copied(shown, reads)
                if typed not in scaled:
                    continue
                if result in judged and scaled[typed] in reached([result], reads.of):
                    makes = f"while the network reads it as {show(scaled[typed])} makes it"
                    yield f"{show(cell)} compares {show(result)} with {show(typed)}, {makes}"
                    return
                back = _put_back(result, scaled[typed], typed, reads, judged)
                if back is not None and not _undoes(result, back, scaled[typed], typed, table, values):
                    undoes = f"does not undo what {show(scaled[typed])} does"
                    yield f"{show(result)} is compared with {show(typed)}, and {undoes}"
                    return


def _copied(cell: Address, reads: Precedents) -> Address:
    """The cell that a formula only repeats; itself if it does not."""
    seen = set[Address]()
    while reads.is_copy(cell) and cell not in seen:
        seen.add(cell)
        (cell,) = reads.of(cell)
    return cell


def _put_back(
    cell: Address, scale: Address, typed: Address, reads: Precedents, judged: Collection[Address]
) -> Address | None:
    """The one result that a formula without a verdict makes something of with numbers of a typed one's scale."""
    read = {*reads.of(cell)}
    results = read.intersection(judged)
    is_with_scale = not read.isdisjoint({*reads.of(scale)} - {typed})
    return min(results) if cell not in judged and len(results) == 1 and is_with_scale else None


def _undoes(
    cell: Address, result: Address, scale: Address, typed: Address, table: CellTable, values: CellValues
) -> bool:
    """Whether a formula gives the typed number where the result that it reads is that number scaled, or may do so."""

    def held(own: Address) -> float | None:
        value = table.value(scale if own == result else own, values)
        return value if isinstance(value, float) else None

    try:
        number = evaluate(table.texts[cell], cell, table, table.names(), held, clip=table.clip)
    except OpaqueError:
        return True
    return math.isclose(number, table.typed_numbers[typed], rel_tol=_CLOSE, abs_tol=_CLOSE)


def _scaled(cell: Address, table: CellTable) -> Address | None:
    """The typed number from which a formula takes something off, or which it divides, and which it names first."""
    node = parsed(table.texts[cell])
    if not isinstance(node, Operator | FunctionCall):
        return None
    while True:
        match node:
            case Operator(symbol="-" | "/", operands=(first, _)):
                node = first
            case FunctionCall(name="STANDARDIZE", arguments=(first, *_)):
                node = first
            case _:
                break
    if not isinstance(node, Reference) or node.area.size > 1:
        return None
    place = _first(node.area, cell[0])
    return place if table.is_number(place) else None


def _compared(tree: Node | None, sheet: str) -> Iterator[tuple[Address, Address]]:
    """The cells that a formula subtracts from one another, also those of two ranges, the first ones in them."""
    for node in walk(tree) if tree is not None else ():
        match node:
            case Operator(symbol="-", operands=(Reference(area=one), Reference(area=other))):
                yield _first(one, sheet), _first(other, sheet)
            case FunctionCall(arguments=(Reference(area=one), Reference(area=other))) if node.name in _COMPARES:
                yield _first(one, sheet), _first(other, sheet)


def _first(area: Range, sheet: str) -> Address:
    return area.sheet or sheet, area.top, area.left
