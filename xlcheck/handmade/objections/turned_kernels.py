"""Which way the blocks of weights of a worksheet stand: a square one may be read with its rows for its columns."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import are_in_line, offset_on_sheet


def turned_kernel(
    table: CellTable, readings: Sequence[tuple[Reading, Mapping[str, Sequence[Address | None]]]]
) -> str | None:
    """Why the rows of a square kernel may be its columns: one that begins in line with it is read the other way.

    Whoever writes one block beside another one or below it writes them in one way. Keys of an attention are computed;
    and which way a recurrent kernel is meant is shown by the kernel of its layer, if this one is not square.

    Args:
        table: the cells.
        readings: the layers, each with the cells of its weights, by name in Keras row by row.
    """
    ways: dict[bool, list[tuple[bool, Address]]] = defaultdict(list)
    squares: dict[bool, list[int]] = defaultdict(list)
    for number, (reading, weights) in enumerate(readings):
        of_layer = _ways(table, reading, weights)
        for way, blocks in of_layer.items():
            is_shown = any(not is_square for is_square, _ in blocks)
            ways[way] += [(is_square and not is_shown, first) for is_square, first in blocks]
            squares[way] += [number for is_square, _ in blocks if is_square]
    several = [own for own in squares.values() if own]
    if len(several) == 1 < len({*several[0]}) < len(several[0]):
        return None  # who writes three of two layers in one way writes square blocks so
    for one, other in itertools.product(ways[False], ways[True]):
        square, its = next(((own[1], way) for own, way in ((one, False), (other, True)) if own[0]), (None, False))
        # Who writes other blocks in either way writes this one as some of them.
        is_usual = square and any(not also and are_in_line(square, first) for also, first in ways[its])
        if square is not None and not is_usual and are_in_line(one[1], other[1]):
            return f"the square block of weights from {show(square)} on is read the other way than one in line with it"
    return None


def turns_within(table: CellTable, reading: Reading, weights: Mapping[str, Sequence[Address | None]]) -> bool:
    """Whether a square kernel of a layer is read the other way than one that is not square.

    Args:
        table: the cells.
        reading: the layer.
        weights: the cells of its weights, by name in Keras row by row.
    """
    ways = _ways(table, reading, weights)
    return any({is_square, other} == {True, False} for is_square, _ in ways[False] for other, _ in ways[True])


def _ways(
    table: CellTable, reading: Reading, weights: Mapping[str, Sequence[Address | None]]
) -> dict[bool, list[tuple[bool, Address]]]:
    """Whether the units of a layer stand side by side → the blocks of which that is so: if square, and where."""
    width, units = reading.units * len(reading.gates), reading.units
    found: dict[bool, list[tuple[bool, Address]]] = {False: [], True: []}
    for places in (own for name, own in weights.items() if name.endswith("kernel") and units > 1):
        starts = range(0, len(places), width)
        rows = [[c for c in places[at : at + units] if c is not None and table.is_number(c)] for at in starts]
        for block in _even_runs(rows) if all(len(row) == units for row in rows) else ():
            by_unit, by_input = offset_on_sheet(block[0][0], block[0][1]), offset_on_sheet(block[0][0], block[1][0])
            if by_unit and by_input and 0 in by_unit and 0 in by_input and by_unit[0] != by_input[0]:
                found[by_unit[0] == 0].append((len(block) == units, block[0][0]))
    return found


def _even_runs(rows: Sequence[Sequence[Address]]) -> Iterator[Sequence[Sequence[Address]]]:
    """The rows of a kernel in runs of several that go on evenly on the worksheet, as those of two kinds of inputs."""
    block: list[Sequence[Address]] = []
    for row in rows:
        if len(block) > 1 and offset_on_sheet(block[-1][0], row[0]) != offset_on_sheet(block[0][0], block[1][0]):
            yield block
            block = []
        block.append(row)
    if len(block) > 1:
        yield block
