"""Formulas beside a network that nobody reads: they show results in another way, or sum numbers up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence, Set
from itertools import pairwise

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.handmade.accepting.pieces import alone
from xlcheck.handmade.beside.showing import bends, is_difference
from xlcheck.handmade.beside.stretches import stretches
from xlcheck.handmade.reading.cells import CellTable, beside
from xlcheck.handmade.reading.digits import COMPUTED, digits_of
from xlcheck.handmade.reading.offsets import offset
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.sheet_groups import SheetGroup

_TOTAL = re.compile(
    r"(?:SUM|SUMSQ|AVERAGE|MEDIAN|MIN|MAX|COUNT|COUNTA|(?:STDEV|VAR)(?:\.?[SP])?)\([^(),]+\)$|SQRT\(SUMSQ\([^(),]+\)\)$",
    re.IGNORECASE,
)
"""A number that describes one range, as its length does."""
_AGREEMENT = re.compile(r"(?:CORREL|PEARSON|RSQ)\([^(),]+,[^(),]+\)$", re.IGNORECASE)
"""A number that says how well two ranges agree."""
_ROUNDED = re.compile(r"(?:ROUND|ROUNDUP|ROUNDDOWN|TRUNC)\([^()]+\)$", re.IGNORECASE)
_MANY, _DIGITS = 3, 2
"""Results that a book gives, and digits of each behind its point, so that they agree by no chance."""


def unread(part: SheetGroup) -> list[set[Address]]:
    """The formulas that no formula reads, those together that do the same."""
    alike: dict[str, set[Address]] = defaultdict(set)
    for cell, text in part.table.texts.items():
        if not part.precedents.readers(cell):
            alike[skeleton(text)].add(cell)
    return list(alike.values())


def shown_beside(part: SheetGroup) -> list[set[Address]]:
    """The formulas that may only show results in another way, as 1 − z, those together that do the same.

    Nothing reads them, and no typed number is in them. What they are computed from is read by others, too, as what
    leads to a result of a layer is not.
    """
    precedents, is_formula, groups = part.precedents, part.table.is_formula, unread(part)
    read = {cell: precedents.of(cell) for group in groups for cell in group}
    return [
        group for group in groups
        if all(read[cell] and all(map(is_formula, read[cell])) for cell in group)
        and not any(group.issuperset(precedents.readers(own)) for cell in group for own in read[cell])
    ]  # fmt: skip


def only_shown(part: SheetGroup) -> set[Address]:
    """The formulas that do nothing else than to show results or to sum numbers up, as no slip looks like that."""
    return max(shown_in_turn(part), key=len, default=set())


def shown_in_turn(part: SheetGroup, spare: Set[Address] = frozenset()) -> Iterator[set[Address]]:
    """Those that nobody reads; with those that only they read, as what a total adds up; and so on.

    Args:
        part: the worksheets.
        spare: formulas that are known to be no part of any layer.
    """
    shown, totals, rest = set[Address](), set[Address](), part
    while True:
        totals |= _totals(rest, part.table, totals)
        own = _shown_at_the_end(rest, spare) | (totals - shown)
        if not own:
            return
        shown |= own
        yield {*shown}
        rest = without(part, shown)


def _shown_at_the_end(part: SheetGroup, spare: Set[Address]) -> set[Address]:
    """The formulas that nobody reads and that only show results, or are spare, or filled from these; totals aside.

    An activation that nobody reads may be missed somewhere, a copy may stand in the place of a result, and a single
    formula may be anything. What scales one result each may also read results of which nothing else is computed.
    """
    texts, precedents, beside = part.table.texts, part.precedents, shown_beside(part)

    def is_sure(group: Collection[Address]) -> bool:
        first, *others = sorted(group)
        of_one = all(len(own := precedents.of(c)) == 1 and part.table.is_formula(own[0]) for c in group)
        of_one = of_one and not any("(" in _ROUNDED.sub("", texts[cell]) for cell in group)  # it may be an activation
        is_known = spare >= {*group}  # one that is odd among them was not filled, either
        if not others or not (of_one or group in beside or is_known):
            return False
        if any(bends(texts[cell]) or precedents.is_copy(cell) for cell in group):
            return False
        return all(part.table.fills(first, other) for other in others)

    groups = unread(part)
    ends = set[Address]().union(*groups)
    # Of many alike, one that nobody reads may be left out by who reads the others, and one that is not spare be odd.
    others = {skeleton(text) for cell, text in texts.items() if cell not in ends or cell not in spare}
    apart = {cell for cell in ends & spare if skeleton(texts[cell]) not in others}
    return stretches(part.table, precedents, ends).union(apart, *filter(is_sure, groups))


def answer_key(part: SheetGroup) -> set[Address]:
    """The formulas that compare results with typed ones, as with those of a book, and what marks and sums these up.

    Most of the typed numbers are the results to a unit of their last digit, as whoever goes on with rounded numbers
    has them, of two digits behind the point or more; and they are those of several kinds of formulas, or of so many
    digits that they were computed: so they are no targets of a training.
    """
    table, precedents = part.table, part.precedents
    families: dict[tuple[str, str], list[tuple[Address, Address, Address]]] = defaultdict(list)  # by what they do
    for cell, text in table.texts.items():
        read = precedents.of(cell)
        typed, results = ([own for own in read if table.is_formula(own) is is_result] for is_result in (False, True))
        marks = is_difference(text) or isinstance(table.value(cell, part.values), str | bool)
        if marks and len(typed) == len(results) == 1 and typed[0] in table.typed_numbers:
            families[cell[0], skeleton(text)].append((cell, results[0], typed[0]))
    key: set[Address] = set()
    for own in families.values():
        same = [
            (digits, skeleton(table.texts[result])) for _, result, typed in own
            if (digits := digits_of(number := table.typed_numbers[typed])) >= _DIGITS
            and isinstance(value := table.value(result, part.values), float) and abs(value - number) <= 10.0**-digits
        ]  # fmt: skip
        is_filled = len({shape_of(table.texts[cell], *cell[1:]) for cell, *_ in own}) == 1  # without a slip
        kinds = len({kind for _, kind in same})  # results of one kind may be near to what they should become
        is_book = 2 * len(same) >= len(own) and len(same) >= _MANY and (kinds > 1 or min(same)[0] >= COMPUTED)
        if is_filled and is_book:
            key.update(cell for cell, *_ in own)
    behind = key | reached(key, precedents.readers)
    compared = {own for cell in key for own in precedents.of(cell)}
    typed_only = all(behind.issuperset(precedents.readers(own)) for own in compared if not table.is_formula(own))
    others = {own for cell in behind - key for own in precedents.of(cell) if table.is_formula(own) or own in compared}
    return behind if typed_only and others <= behind | compared else set()


def _totals(part: SheetGroup, before: CellTable, others: Collection[Address]) -> set[Address]:
    """The formulas that sum up a whole row, column or block, or say how two lines agree, and that nobody reads.

    Beyond its ends stands no further number, so that nothing is left out of it by mistake, and all of it is computed,
    or all typed, so that nothing was typed over.

    Args:
        part: the worksheets.
        before: their cells, with those that others are known to show.
        others: such formulas that are known.
    """
    texts, table = part.table.texts, part.table
    many = {cell: 2 if _AGREEMENT.match(text) else 1 for cell, text in texts.items() if describes_a_line(text)}
    areas = {cell: part.precedents.ranges(cell) for cell in many}
    found = {cell for cell in areas if not part.precedents.readers(cell)}

    def is_whole(area: Range, *, counts: bool) -> bool:
        within = [(area.sheet, *place) for place in table.clip(area).cells()]
        held = [own for own in within if table.is_formula(own) or table.is_number(own)]
        if not _is_line(area) and len(held) < area.size:
            return False
        kinds = {table.is_formula(own) for own in held}
        numbers = (place for place in _around(area, held) if before.is_number(place) or before.is_formula(place))
        beyond = any(place not in found and place not in others for place in numbers)
        says = all(isinstance(table.value(place, part.values), str | bool) for place in within)
        return len(kinds) == 1 and not beyond and (counts or not says)  # words add up to 0, whatever they say

    def describes(cell: Address) -> bool:
        own, counts = areas[cell], texts[cell].upper().startswith("COUNT")
        shapes = {(area.rows, area.columns) for area in own}
        may_be = all(_is_line(area) if many[cell] > 1 else area.size > 1 for area in own)
        whole = may_be and all(is_whole(area, counts=counts) for area in own)
        return len(own) == many[cell] and len(shapes) == 1 and whole

    return {*filter(describes, found)}


def _is_line(area: Range) -> bool:
    return area.size > 1 and 1 in (area.rows, area.columns)


def _around(area: Range, held: Sequence[Address]) -> list[Address]:
    """The places right beyond the ends of a line, also where blanks stand between its numbers; all around a block.

    Args:
        area: the line or block.
        held: its cells that hold something.
    """
    if not _is_line(area):
        return [own for place in area.cells() for own in beside((area.sheet, *place)) if not area.holds(*own[1:])]
    apart = min((b[1] - a[1] + b[2] - a[2] for a, b in pairwise(held)), default=1)
    by = (0, 1) if area.rows == 1 else (1, 0)
    first = (area.sheet, area.top, area.left)
    last = (area.sheet, area.top + area.rows - 1, area.left + area.columns - 1)
    further = [*(offset(own, by, -apart) for own in held[:1]), *(offset(own, by, apart) for own in held[-1:])]
    return [offset(first, by, -1), offset(last, by), *further]


def describes_a_line(text: str) -> bool:
    """Whether a formula gives a number that describes one range, or says how well two agree."""
    return bool(_TOTAL.match(text) or _AGREEMENT.match(text))


def without(part: SheetGroup, cells: Collection[Address]) -> SheetGroup:
    """Worksheets without some formulas.

    Args:
        part: the worksheets.
        cells: the formulas.
    """
    return alone(part, part.table.texts.keys() - {*cells})
