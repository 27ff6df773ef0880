"""Formulas beside layers that may be meant for something else: they stand in line with two others and do otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from itertools import product

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import Cut, Ref, cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.families.patterns import cells_read, is_a_slip
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.naming import names

_FEW_ALIKE = 2
"""Inputs that are scaled by one number, which says nothing of what another one should be scaled by."""


def beside_the_layers(table: CellTable, spare: Collection[Address], agreeing: Set[Address]) -> Iterator[str]:
    """Why formulas that belong to nothing may be meant for something else: they stand in line with two others.

    Those are two of a layer, or two that belong to nothing, either. Such a formula computes something else of just
    what it would read there, as `=2/(1+EXP(-…))` does in a column of gates, or `=L6` in one of squared errors, or the
    same of other cells.

    Args:
        table: all cells.
        spare: the formula cells that belong to nothing.
        agreeing: the formula cells that agree.
    """
    beside = {*spare}
    for cell in sorted(beside):
        for axis, (one, other) in product((0, 1), ((-1, 1), (1, 2), (-1, -2))):
            line = [(cell[0], cell[1] + by * (1 - axis), cell[2] + by * axis) for by in (one, other, -one, -other)]
            pair, behind = line[:2], line[2:]
            of_one_kind = agreeing >= {*pair} or (beside >= {*pair} and table.fills(*pair))
            if of_one_kind and table.arrays.keys().isdisjoint((cell, *pair)):
                own, *cuts = (cut(table.texts[place]) for place in (cell, *pair))
                wanted = [_along(a, b, one, other) for a, b in zip(cuts[0].refs, cuts[1].refs, strict=False)]
                is_odd = cuts[0].between == cuts[1].between and _is_odd(own, Cut(cuts[0].between, tuple(wanted)))
                across = (o for o in agreeing if o[0] == cell[0] and o[1 + axis] == cell[1 + axis])
                ends_a_line = one * other > 0 and len({skeleton(table.texts.get(c, "")) for c in (cell, *behind)}) == 1
                is_odd = (
                    is_odd and not _is_of_another_kind(cell, pair, table) and not _is_called_as_it_reads(cell, table)
                )
                if is_odd and not ends_a_line and not any(table.fills(other, cell) for other in across):
                    both = " and ".join(map(show, pair))
                    yield f"{show(cell)} computes something else than {both} in line with it"
                    break


def _is_of_another_kind(cell: Address, pair: Sequence[Address], table: CellTable) -> bool:
    """Whether a typed input is made of a word, or scaled by another number than two beside it: each has its own range.

    Of many that are scaled by one number, as pixels are, one that is not is odd.
    """
    texts = [table.texts[place] for place in (cell, *pair)]
    said = (own for ref in cut(texts[0]).refs if (own := ref.area(cell[0])).size == 1)
    if any((own.sheet, own.top, own.left) in table.words for own in said):
        return True
    read = [ref.area(cell[0]) for text in texts for ref in cut(text).refs]
    typed = all(area.size == 1 and table.is_number((area.sheet, area.top, area.left)) for area in read)
    if len(read) != len(texts) or not typed or len({*map(skeleton, texts)}) > 1:
        return False
    axis = 2 if pair[0][1] == cell[1] else 1
    in_line = (own for own in table.texts if own[0] == cell[0] and own[3 - axis] == cell[3 - axis])
    return sum(cut(table.texts[own]).between == cut(texts[1]).between for own in in_line) <= _FEW_ALIKE


def _is_called_as_it_reads(cell: Address, table: CellTable) -> bool:
    """Whether a formula reads just what the word above it says, or before it, as `=-LN(C39)` below `cat` in its row.

    So a loss is that of the class that is meant.
    """
    read = [ref.area(cell[0]) for ref in cut(table.texts[cell]).refs]
    if len(read) != 1 or read[0].size != 1:
        return False
    place = read[0].sheet, read[0].top, read[0].left
    return any(
        names(table.next_word(place, above=not above), table.next_word(cell, above=above, over_blanks=False))
        for above in (False, True)
    )


def _along(one: Ref, other: Ref, at: int, there: int) -> Ref:
    """What stands at 0 in a line that has one reference at a place and another one at a second place."""
    top, left, bottom, right = (
        round(a - at * (b - a) / (there - at)) for a, b in zip(one[2:6], other[2:6], strict=True)
    )
    return Ref(one.prefix, one.kind, top, left, bottom, right, one.fixed)


def _is_odd(own: Cut, wanted: Cut) -> bool:
    """Whether a formula computes something else of what it should read, or the same but of something else in part."""
    if len(own.refs) != len(wanted.refs) or not own.refs or not "".join(wanted.between).strip(" +"):
        return False
    others = sum(a != b for a, b in zip(cells_read(own.refs), cells_read(wanted.refs), strict=True))
    if own.between != wanted.between:
        return not others
    return others == 1 and is_a_slip(own.refs, wanted.refs)
