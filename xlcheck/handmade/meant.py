"""Whether cells that seem wrong may be meant as they are: as another network beside, or as a step that is left out.

A reading that calls cells wrong has a rival in one that calls no cell wrong. Such a rival is good enough to blame
nobody if it leaves out no more than the first one blames.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import is_filled_from, moved, operands, skeleton
from xlcheck.handmade.pieces import alone, connected
from xlcheck.handmade.reading.cells import beside, show
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.showing import bends

_TOTAL = re.compile(r"(?:SUM|AVERAGE|MEDIAN|MIN|MAX|COUNT|COUNTA|(?:STDEV|VAR)(?:\.?[SP])?)\([^(),]+\)$", re.IGNORECASE)
"""A number that describes one range."""
_IsRight = Callable[[SheetGroup], bool]
_SEVERAL = 2
"""Wrong cells of a network that may be meant otherwise."""
_STEPS = 100
"""Steps in a row that may be left out."""


def why_meant(part: SheetGroup, roots: Collection[Address], is_right: _IsRight | None) -> str | None:
    """Why cells that seem wrong may be meant as they are; None if they cannot.

    Args:
        part: the worksheets.
        roots: the cells.
        is_right: whether some worksheets are a network in which no cell is wrong; None to look for none beside.
    """
    return next(_reasons(part, roots, is_right), None) if roots else None


def _reasons(part: SheetGroup, roots: Collection[Address], is_right: _IsRight | None) -> Iterator[str]:
    left_out = [cell for cell in sorted(roots) if _leaves_a_step_out(part, cell)]
    if left_out:
        yield f"{show(left_out[0])} may repeat the state because its step has no input, as Keras's Masking does"
    if is_right is None:
        return
    found = connected(part, through_numbers=False)
    own = set[Address]().union(*(group for group in found if not group.isdisjoint(roots)))
    stands_alone = len(own) < len(part.table.texts) and not _is_filled_into(part, own)
    if len(roots) >= _SEVERAL and stands_alone and is_right(alone(part, own)):
        yield f"the formulas from {show(min(own))} on are a network of their own, in which no cell is wrong"
    shown = shown_beside(part)
    groups = [own for own in shown if own.isdisjoint(roots)]
    together = [set[Address]().union(*groups)] if len(groups) > 1 else []
    for cells in (*groups, *together, *(own for own in shown if own <= {*roots})):
        if is_right(without(part, cells)):
            yield f"without {show(min(cells))}, which nothing reads, no cell is wrong"


def _is_filled_into(part: SheetGroup, cells: Collection[Address]) -> bool:
    """Whether formulas are some samples of a table: others beside them were filled from the same one."""
    texts = part.table.texts
    for cell in cells:
        for other in beside(cell):
            if other in texts and other not in cells and is_filled_from(texts[cell], cell[1:], texts[other], other[1:]):
                return True
    return False


def _leaves_a_step_out(part: SheetGroup, cell: Address) -> bool:
    """Whether a formula repeats the result of the step before, where its own step has zeros or blanks for inputs."""
    table, source, before = part.table, cell, part.precedents.of(cell)
    for _ in range(_STEPS):
        if not part.precedents.is_copy(source):
            break
        (source,) = part.precedents.of(source)
    text = table.texts.get(source)
    filled = None if text is None else moved(text, cell[1] - source[1], cell[2] - source[2])
    if source == cell or source[0] != cell[0] or filled is None or text is None:
        return False
    there, here = _operands(filled, cell), _operands(text, cell)
    inputs = {x for own, other in zip(there, here, strict=True) for x in own - other if not table.is_formula(x)}
    is_state = any(own.issuperset(before) for own in there)
    return is_state and bool(inputs) and all(not table.is_number(x) or not table.typed_numbers.get(x) for x in inputs)


def _operands(text: str, cell: Address) -> list[set[Address]]:
    areas = (ref.area(cell[0]) for ref in operands(text))
    return [{(area.sheet, *place) for place in area.cells()} for area in areas]


def unread(part: SheetGroup) -> list[set[Address]]:
    """The formulas that no formula reads, those together that do the same.

    Args:
        part: the worksheets.
    """
    alike: dict[str, set[Address]] = defaultdict(set)
    for cell, text in part.table.texts.items():
        if not part.precedents.readers(cell):
            alike[skeleton(text)].add(cell)
    return list(alike.values())


def shown_beside(part: SheetGroup) -> list[set[Address]]:
    """The formulas that may only show results in another way, as 1 − z, those together that do the same.

    Nothing reads them, and no typed number is in them. What they are computed from is read by others, too, as what
    leads to a result of a layer is not.

    Args:
        part: the worksheets.
    """
    precedents, is_formula = part.precedents, part.table.is_formula
    read = {cell: precedents.of(cell) for group in unread(part) for cell in group}
    return [
        group for group in unread(part)
        if all(read[cell] and all(map(is_formula, read[cell])) for cell in group)
        and not any(group.issuperset(precedents.readers(own)) for cell in group for own in read[cell])
    ]  # fmt: skip


def is_sure_to_be_shown(part: SheetGroup, cells: Collection[Address]) -> bool:
    """Whether formulas do nothing else than to show results, as no slip looks like that.

    An activation that nobody reads may be missed somewhere, and a copy may stand in the place of a result; a single
    formula may be anything.

    Args:
        part: the worksheets.
        cells: formulas that may only show results.
    """
    texts, (first, *others) = part.table.texts, sorted(cells)
    if not others or any(bends(texts[cell]) or part.precedents.is_copy(cell) for cell in cells):
        return False
    return all(is_filled_from(texts[first], first[1:], texts[other], other[1:]) for other in others)


def totals(part: SheetGroup) -> set[Address]:
    """The formulas that sum up a whole row or column, or its mean or largest number, and that nobody reads.

    Beyond the ends of the line stands no further number, so that nothing is left out of it by mistake.

    Args:
        part: the worksheets.
    """
    texts, table = part.table.texts, part.table
    areas = {cell: part.precedents.ranges(cell) for cell, text in texts.items() if _TOTAL.match(text)}
    found = {cell for cell in areas if not part.precedents.readers(cell)}

    def is_whole(area: Range) -> bool:
        if area.rows == 1:
            ends = [(area.top, area.left - 1), (area.top, area.left + area.columns)]
        else:
            ends = [(area.top - 1, area.left), (area.top + area.rows, area.left)]
        places = [(area.sheet, *end) for end in ends]
        return not any((table.is_number(place) or table.is_formula(place)) and place not in found for place in places)

    def is_line(area: Range) -> bool:
        return area.size > 1 and 1 in (area.rows, area.columns)

    return {cell for cell in found if len(areas[cell]) == 1 and is_line(areas[cell][0]) and is_whole(areas[cell][0])}


def without(part: SheetGroup, cells: Collection[Address]) -> SheetGroup:
    """Worksheets without some formulas.

    Args:
        part: the worksheets.
        cells: the formulas.
    """
    return alone(part, part.table.texts.keys() - {*cells})
