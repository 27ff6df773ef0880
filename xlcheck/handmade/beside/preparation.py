"""Formulas that only make what a network is given: they look something up, or scale it; they get no verdict.

So they must be nothing more than that. A formula that multiplies cells, or computes from one judged cell for another,
may be a layer that nobody recognised; one that is filled otherwise than those beside it, or reads an empty cell
where they read numbers, may look up the wrong thing; and one that pools a range must pool all of it, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from itertools import chain, islice, takewhile

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.look_ups import CHOOSING, PICKING, REFERRING, calls
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Operator, walk
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.beside.lookups import finds_by
from xlcheck.handmade.beside.pooled_inputs import pooled_otherwise, pools, ranges_of
from xlcheck.handmade.beside.scaled_alike import (
    is_in_another_unit,
    scaled_crosswise,
    scaled_otherwise,
    scales_in_part,
    single_cells,
)
from xlcheck.handmade.beside.scales import between_ends
from xlcheck.handmade.beside.showing import is_difference
from xlcheck.handmade.networks.formula_text import may_be_layer
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues, beside, show
from xlcheck.handmade.reading.forecasts import forecasts
from xlcheck.handmade.reading.lines import MANY, Lines
from xlcheck.handmade.reading.offsets import are_in_line, offset, offset_between
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached

_OPERATES = re.compile(r"[-+*/^<>]|=")
_LOOKS_UP = calls(PICKING | CHOOSING | REFERRING)
_COUNTS = re.compile(r"\bOFFSET\( *$", re.IGNORECASE)
_DESCRIBES = re.compile(r" *(?:SUM|AVERAGE|MAX|MIN|MEDIAN|(?:STDEV|VAR)(?:\.?[SP])?)\( *#:# *\) *$", re.IGNORECASE)
"""A number by which others are scaled."""
_MOST = 2_000
_SMALL = 4_000
"""Formulas of a workbook of which it is asked what they compute."""


def feeders(
    table: CellTable,
    values: CellValues,
    precedents: Precedents,
    judged: Collection[Address],
    others: Collection[Address],
) -> list[Address]:
    """The formula cells without a verdict that lead to cells with one, in the order of the workbook.

    Args:
        table: the cells.
        values: what they hold; where a reference is computed, they say what is read.
        precedents: who reads what by what formulas say.
        judged: the cells that have a verdict.
        others: the formula cells that have none.
    """
    reads = CellTerms(table, values).reads if table.computing_references else {}
    found = reached(judged, lambda cell: (*precedents.of(cell), *reads.get(cell, ())), among=others.__contains__)
    return [cell for cell in table.texts if cell in found]


def against(
    table: CellTable, values: CellValues, precedents: Precedents, made: Sequence[Address], judged: set[Address]
) -> Iterator[str]:
    """Why formulas that lead to judged ones may be more than preparation, or prepare the wrong thing.

    Args:
        table: the cells.
        values: what they hold.
        precedents: who reads what.
        made: these formulas.
        judged: the cells that have a verdict.
    """
    computing = [cell for cell in made if _computes(cell, table, precedents, judged)]
    of, readers = precedents.of, precedents.readers
    computing = [cell for cell in computing if not is_in_another_unit(cell, table, of, readers)]
    if computing and len(table.texts) <= _SMALL:
        terms = CellTerms(table, values)
        scaled = between_ends([cell for cell in computing if cell in terms], terms)
        computing = [cell for cell in computing if cell not in scaled and not terms.is_mask(cell)]
    if computing:
        more = f" and {len(computing) - 1} more feed" if len(computing) > 1 else " feeds"
        yield f"{show(computing[0])}{more} the layers that were recognised, and were not recognised themselves"
    looked_up = [cell for cell in judged if _LOOKS_UP.search(table.texts.get(cell, ""))]
    kept = sorted({*made, *looked_up} - {*computing})
    lines = Lines(kept, table)
    ends = {cell for cell in kept if _DESCRIBES.match(skeleton(table.texts[cell])) and _heads(cell, lines, precedents)}
    yield from (why for cell in kept if cell not in ends and (why := _odd(cell, lines, table)) is not None)
    yield from _missed_words(kept, table, precedents)
    describing = {cell: ranges_of(cell, table)[0] for cell in made if _DESCRIBES.match(skeleton(table.texts[cell]))}
    each = {*made} - describing.keys()
    repeated = {*filter(precedents.is_copy, judged)} - forecasts(table, precedents).keys()
    of_inputs = {cell for cell in repeated if judged.isdisjoint(precedents.of(cell))}
    copies, inputs = (Lines(sorted(each | own), table) for own in (repeated, of_inputs))
    for cell in sorted(each - {*computing}):
        # Beside the state of the step before, as in [h, x], a column of inputs may be scaled.
        if not precedents.of(cell):  # it says at which step a sample begins
            continue
        is_filled = any(table.fills(cell, other) for line in lines.of(cell) for other in line)
        if (inputs if is_filled else copies).differs(cell) and not lines.differs(cell):
            yield f"{show(cell)} makes something of a number that formulas in line with it only repeat"
    for cell in sorted(repeated):
        if copies.differs(cell) and any(line and {*line} <= {*made} for line in copies.of(cell)):
            yield f"{show(cell)} only repeats a number that formulas in line with it make something of"
    yield from (why for cell in kept if (why := _by_several_ranges(cell, table, describing)) is not None)
    yield from _by_numbers_of_others(kept, table, precedents)
    yield from islice(chain(scaled_otherwise(kept, table), scaled_crosswise(table)), 1)
    yield from (f"{show(cell)} scales some numbers in its exponentials" for cell in kept if scales_in_part(cell, table))
    pooled = [cell for cell in made if pools(cell, table) and not judged.isdisjoint(precedents.users(cell))]
    yield from (why for cell in pooled if (why := pooled_otherwise(cell, pooled, table)) is not None)
    scales = [cell for cell in describing if cell not in pooled]
    yield from (why for cell in scales if (why := _described_otherwise(cell, scales, table)) is not None)


def is_feature(cell: Address, table: CellTable, read: Sequence[Address]) -> bool:
    """Whether a formula makes an input of typed ones of its sample alone, as `=A2*B2`, and was filled like one beside.

    Args:
        cell: the formula.
        table: the cells.
        read: the cells that it reads.
    """
    if cell not in table.texts:  # a typed number for which another formula is tried
        return False
    typed = all(table.is_number(own) and own not in table.texts for own in read)
    in_line = any(all(own[axis] == cell[axis] and own[0] == cell[0] for own in read) for axis in (1, 2))
    near = (own for own in beside(cell) if own in table.texts)
    is_filled = any(table.fills(own, cell) or table.fills(cell, own) for own in near)
    return typed and in_line and is_filled and not any(ref.fixed for ref in cut(table.texts[cell]).refs)


def _computes(cell: Address, table: CellTable, precedents: Precedents, judged: Set[Address]) -> bool:
    read = precedents.of(cell)
    readers = [*precedents.readers(cell)]
    # As MOD(2*(A7-1),8) says a row, or (A7-1)*B$1+1 the first one of a batch.
    says_where = (
        bool(readers)
        and (len(read) == 1 or judged.isdisjoint(read))
        and all(own in table.texts and (_only_finds(table.texts[own]) or finds_by(cell, own, table)) for own in readers)
    )
    if says_where or is_feature(cell, table, read) or _only_finds(table.texts[cell]):
        return False
    between = any(other in judged for other in read)
    if (
        between
        and is_difference(table.texts[cell])
        and any(other not in judged and table.is_number(other) for other in read)
    ):
        return False  # an error on the way to a loss, which is judged
    text = skeleton(table.texts[cell])
    applies = "(" in text and not (_LOOKS_UP.search(text) or pools(cell, table))  # as MEDIAN(0,z,1) does
    return may_be_layer(table.texts[cell]) or (between and (applies or bool(_OPERATES.search(text))))


def _only_finds(text: str) -> bool:
    """Whether a formula gives a cell, be it that it multiplies to say which: the number of a batch by its size."""
    found = parsed(text)
    if not isinstance(found, FunctionCall) or found.name not in {"INDEX", "OFFSET"}:
        return False
    return not isinstance(found.arguments[0], FunctionCall | Operator)  # as MMULT in INDEX is


def _heads(cell: Address, lines: Lines, precedents: Precedents) -> bool:
    """Whether all others in a row or column are computed with a cell, as scaled numbers are with the least of them."""
    readers = {*precedents.readers(cell)}
    return any(len(line) > 1 and readers.issuperset(line) for line in lines.of(cell))


def _odd(cell: Address, lines: Lines, table: CellTable) -> str | None:
    """Why a formula may prepare the wrong thing: those in line with it do otherwise, all alike."""
    if lines.differs(cell) or lines.adds_to_its_twin(cell):
        return f"{show(cell)} prepares an input otherwise than the formulas in line with it"
    for line in lines.of(cell):
        alike = len(line) >= MANY and len({cut(table.texts[other]).between for other in line}) == 1
        if alike and _reads_nothing(cell, table) and not all(_reads_nothing(other, table) for other in line):
            return f"{show(cell)} prepares an input from an empty cell, unlike formulas in line with it"
    if _divides_by_another_number(parsed(table.texts[cell])):
        return f"{show(cell)} adds up several numbers alike and divides by another number than theirs"
    if not pools(cell, table) and lines.is_alone(cell):
        return f"{show(cell)} prepares an input otherwise than formulas of its kind in line with it"
    return None


def _divides_by_another_number(node: Node | None) -> bool:
    """Whether a mean of numbers that are found alike, as of the words of a sentence, is one of fewer or more."""
    match node:
        case Operator(symbol="/", operands=(Operator(symbol="+") as total, Literal(value=float(number)))):
            added = [own for own in walk(total) if isinstance(own, FunctionCall)]
            alike = {skeleton(unparse(own)) for own in added}
            return len(added) >= MANY and len(alike) == 1 and number != len(added)
    return False


def _by_several_ranges(cell: Address, table: CellTable, describing: Mapping[Address, Range]) -> str | None:
    """Why a formula may scale a number wrongly: by what describes its row or column, and by that of another one.

    What describes a range may stand in a cell of its own.
    """
    read = [ref.area(cell[0]) for ref in cut(table.texts[cell]).refs]
    areas = [describing.get((area.sheet, area.top, area.left), area) if area.size == 1 else area for area in read]
    own = [
        (a, x)
        for x in areas
        if x.size == 1
        for a in areas
        if a.size > 1 and a.sheet == x.sheet and a.holds(x.top, x.left)
    ]
    if not own or _LOOKS_UP.search(table.texts[cell]):
        return None
    its, (first, scaled) = {a for a, _ in own}, own[0]
    others = [a for a in areas if a.size > 1 and a not in its and (a.rows, a.columns) == (first.rows, first.columns)]
    if len(its) == 1 and not others:
        return None
    other = next(a for a in areas if a != first and (a in its or a in others))
    ranges = f"by what describes {first.a1} and by what describes {other.a1}"
    return f"{show(cell)} scales {show((scaled.sheet, scaled.top, scaled.left))} {ranges}"


def _by_numbers_of_others(cells: Sequence[Address], table: CellTable, precedents: Precedents) -> Iterator[str]:
    """Why formulas may scale inputs wrongly: by numbers of another one, where their own are read by nothing."""
    kin: dict[tuple[str, int, str], list[Address]] = {}
    for cell in (own for own in cells if own not in table.computing_references):  # which name where they begin to count
        kin.setdefault((cell[0], cell[1], skeleton(table.texts[cell])), []).append(cell)
    for first, *others in kin.values():
        ours = single_cells(first, table)
        for other in others:
            theirs = single_cells(other, table)
            away = {offset_between(a, b) for a, b in zip(ours, theirs, strict=False) if a != b}
            for shared in (a for a, b in zip(ours, theirs, strict=False) if a == b):
                missed = [offset(shared, (down, right)) for down, right in sorted(away)]
                for own in (c for c in missed if table.is_number(c) and not precedents.readers(c)):
                    yield f"{show(other)} reads {show(shared)} as {show(first)} does, and nothing reads {show(own)}"


def _missed_words(cells: Sequence[Address], table: CellTable, precedents: Precedents) -> Iterator[str]:
    """Why formulas may ask for the wrong words: beside a line of those that they ask for, as many stand unread."""
    asked = {read for cell in cells for read in single_cells(cell, table) if read in table.words}
    known = {str(table.words[read]).casefold() for cell in cells for read in precedents.of(cell) if read in table.words}
    for step in ((1, 0), (0, 1)):
        for first in sorted(own for own in asked if offset(own, step, -1) not in asked):
            line = [*takewhile(asked.__contains__, (offset(first, step, n) for n in range(len(asked))))]
            for side in (-1, 1):
                beside = [offset(own, step[::-1], side) for own in line]
                missed = [own for own in beside if own in table.words and not precedents.readers(own)]
                if len(missed) == len(line) > 1 and all(str(table.words[own]).casefold() in known for own in missed):
                    yield f"no formula reads the words from {show(missed[0])} on, and their neighbours are looked up"


def _described_otherwise(cell: Address, scales: Sequence[Address], table: CellTable) -> str | None:
    """Why a number that scales inputs may describe the wrong cells, or describe them wrongly, as a mean of all but one.

    What stands in line with it describes the same cells, or others: as many, in the same ways but for none or several,
    since one input may well be scaled by its ends and another one by its mean. Windows that go on are no slip.
    """
    ways: dict[Range, set[str]] = {}
    for own in scales:
        ways.setdefault(ranges_of(own, table)[0], set()).add(skeleton(table.texts[own]))
    (area,) = ranges_of(cell, table)
    for other in (own for own in scales if own != cell and are_in_line(own, cell)):
        (theirs,) = ranges_of(other, table)
        if theirs == area:
            continue
        as_many = (theirs.rows, theirs.columns) == (area.rows, area.columns)
        small = theirs.sheet == area.sheet and max(theirs.size, area.size) <= _MOST
        overlap = small and not {*theirs.cells()}.isdisjoint(area.cells())
        other_way = [len(ways[one] - ways[two]) for one, two in ((area, theirs), (theirs, area))] == [1, 1]
        odd_way = other_way and skeleton(table.texts[cell]) not in ways[theirs]
        if not as_many or odd_way or (overlap and not table.fills(cell, other)):
            return f"{show(cell)} describes {area.a1} otherwise than {show(other)} in line with it does {theirs.a1}"
    return None


def _reads_nothing(cell: Address, table: CellTable) -> bool:
    """Whether a formula reads an empty cell, or a range with one; it does not read that from which an OFFSET counts.

    Where the words of a sentence stand, a shorter one has empty cells.
    """
    counted = counted_from(cell, table)
    areas = [ref.area(cell[0]) for ref in cut(table.texts[cell]).refs]
    areas = [area for area in areas if area.size == 1 or not _holds_words(area, cell, table)]
    read = ((a.sheet, *place) for a in areas if a.size <= _MOST for place in a.cells())
    return any(own not in table.index and own not in counted for own in read)


def _holds_words(area: Range, cell: Address, table: CellTable) -> bool:
    """Whether a range holds typed words, and no numbers or formulas."""
    cells = list(table.cells_in(area, cell[0]))
    return any(own in table.index for own in cells) and not any(
        table.is_number(c) or table.is_formula(c) for c in cells
    )


def counted_from(cell: Address, table: CellTable) -> set[Address]:
    """The cells from which OFFSETs in a formula count, as the heading of a column."""
    found = cut(table.texts[cell])
    pairs = zip(found.between, found.refs, strict=False)
    starts = (ref.area(cell[0]) for before, ref in pairs if _COUNTS.search(before))
    return {(area.sheet, area.top, area.left) for area in starts}
