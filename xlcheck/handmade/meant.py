"""Whether cells that seem wrong may be meant as they are: as another network beside, or as a step that is left out.

A reading that calls cells wrong has a rival in one that calls no cell wrong. Such a rival is good enough to blame
nobody if it leaves out no more than the first one blames.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import moved, operands, skeleton
from xlcheck.handmade.pieces import alone, connected
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.sheet_groups import SheetGroup

_SEVERAL = _OUTVOTED = 2
"""Cells of a network that may be meant so; and networks as large as it that say how it is meant."""
_NEXT = ((0, 1), (1, 0), (0, -1), (-1, 0))
_STEPS = 100
"""Steps in a row that may be left out."""


def why_meant(part: SheetGroup, roots: Collection[Address], is_right: Callable[[SheetGroup], bool]) -> str | None:
    """Why cells that seem wrong may be meant as they are; None if they cannot.

    Args:
        part: the worksheets.
        roots: the cells.
        is_right: whether some worksheets are a network in which no cell is wrong.
    """
    return next(_reasons(part, roots, is_right), None) if roots else None


def _reasons(part: SheetGroup, roots: Collection[Address], is_right: Callable[[SheetGroup], bool]) -> Iterator[str]:
    left_out = [cell for cell in sorted(roots) if _leaves_a_step_out(part, cell)]
    if left_out:
        yield f"{show(left_out[0])} may repeat the state because its step has no input, as Keras's Masking does"
    found = connected(part, through_numbers=False)
    own = set[Address]().union(*(group for group in found if not group.isdisjoint(roots)))
    others = [group for group in found if group.isdisjoint(roots)]
    may_be_rivals = len(roots) >= _SEVERAL and not _is_outvoted(own, others) and len(own) < len(part.table.texts)
    if may_be_rivals and is_right(alone(part, own)):
        yield f"the formulas from {show(min(own))} on are a network of their own, in which no cell is wrong"
    for shown in (*_only_shown(part, roots), {cell for cell in roots if _only_shows(part, cell, roots)}):
        if shown and is_right(alone(part, part.table.texts.keys() - shown)):
            yield f"without {show(min(shown))}, which nothing reads, no cell is wrong"


def _is_outvoted(own: Collection[Address], others: Sequence[Collection[Address]]) -> bool:
    """Whether formulas are one of several samples in one table: others as many stand next to them in the same way."""
    beside = [{(cell[0], cell[1] + down, cell[2] + right) for cell in own} for down, right in _NEXT]
    return any(group in beside for group in others) and sum(len(group) == len(own) for group in others) >= _OUTVOTED


def _leaves_a_step_out(part: SheetGroup, cell: Address) -> bool:
    """Whether a formula repeats the result of the step before, where its own step has zeros or blanks for inputs."""
    table, source = part.table, cell
    for _ in range(_STEPS):
        if not part.precedents.is_copy(source):
            break
        (source,) = part.precedents.of(source)
    away = (cell[1] - source[1], cell[2] - source[2])
    text = table.texts.get(source)
    filled = None if text is None or source[0] != cell[0] else moved(text, *away)
    if source == cell or filled is None or text is None:
        return False
    read = zip(_operands(filled, cell), _operands(text, cell), strict=True)
    inputs = {x for there, before in read for x in there - before if not table.is_formula(x)}
    return bool(inputs) and all(not table.is_number(x) or table.typed_numbers.get(x) == 0 for x in inputs)


def _operands(text: str, cell: Address) -> list[set[Address]]:
    areas = (ref.area(cell[0]) for ref in operands(text))
    return [{(area.sheet, *place) for place in area.cells()} for area in areas]


def _only_shown(part: SheetGroup, roots: Collection[Address]) -> Iterator[set[Address]]:
    """Formulas that nobody reads: those that do the same, and all together.

    They are no more than there are roots; or they have no numbers in common with these, as results of samples have.
    """
    alike: dict[str, set[Address]] = defaultdict(set)
    for cell, text in part.table.texts.items():
        if not part.precedents.readers(cell):
            alike[skeleton(text)].add(cell)
    numbers = _numbers_of(part, roots)
    groups = [own for own in alike.values() if own.isdisjoint(roots)]
    groups = [own for own in groups if len(own) <= len(roots) or numbers.isdisjoint(_numbers_of(part, own))]
    yield from groups
    yield from [set[Address]().union(*groups)] if len(groups) > 1 else []


def _numbers_of(part: SheetGroup, cells: Collection[Address]) -> set[Address]:
    return {read for cell in cells for read in part.precedents.of(cell) if not part.table.is_formula(read)}


def _only_shows(part: SheetGroup, cell: Address, roots: Collection[Address]) -> bool:
    """Whether a formula that nobody reads computes only from others, each of which is read elsewhere, too."""
    read, readers = part.precedents.of(cell), part.precedents.readers
    if readers(cell) or not read or _numbers_of(part, [cell]):
        return False
    return all(any(other not in roots for other in readers(own)) for own in read)
