"""Formulas that do otherwise than their kin: those beside them, or in their place at the steps before and after.

Two that were filled from one another say what should stand beside them; it may not be meant, and so is only tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import moved
from xlcheck.handmade.families.patterns import as_in_pattern
from xlcheck.handmade.families.sequences import out_of_sequence
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import by_line
from xlcheck.handmade.reading.offsets import Offset, offset, run_from
from xlcheck.handmade.reading.reached import joined

Said = Mapping[Address, str]
"""Cell → the formula that others would have there."""

_MANY, _FEW = 6, 3
"""Formulas around one that breaks their pattern, from which on that is tried first; and of how many that is."""
_OTHERS = 3
"""Formulas of a line that say what another one should be."""
_SIDES = ((-1, 1), (-2, -1), (1, 2))
"""Where the two stand that say what should stand between them, behind them or before them."""
_ACROSS = ((0, 1), (1, 0))


def in_pattern(table: CellTable) -> list[Said]:
    """The formulas that break a pattern of many others, as these have it: all of one line that do, and each alone."""
    said = {cell: (text, followers) for cell, text, followers in as_in_pattern(table) if followers >= _MANY}
    line = max(by_line(said).values(), key=len, default=())
    alone = sorted(said, key=lambda own: -said[own][1])[:_FEW]
    groups = [*([line] if len(line) > 1 else ()), *([own] for own in alone)]
    return [{cell: said[cell][0] for cell in own} for own in groups]


def between(table: CellTable) -> list[Said]:
    """The formulas between two that were filled from one another, as these are there; few, or they are no slips."""
    said = ((cell, text) for by in _ACROSS for cell, text in _said(table, by, *_SIDES[0]).items())
    found: list[Said] = [{cell: text} for cell, text in said if cell in table.texts and _has_as_many(table, cell, text)]
    return found if len(found) <= _FEW else []


def told_surely(table: CellTable) -> list[Said]:
    """What all others of a line say of formulas, of each alone and of all together, and what formulas say themselves.

    Args:
        table: the cells.
    """
    said = unlike_all_others(table)
    alone = [{cell: text} for cell, text in said.items()]
    return [*alone, *([said] if len(said) > 1 else []), *islice(out_of_sequence(table), _FEW)]


def unlike_all_others(table: CellTable) -> Said:
    """The formulas that all others of their line, which were filled from one another, have otherwise: few, or none.

    At least three others stand there without a gap, on both sides, and three for each further one that is unlike them.

    Args:
        table: the cells.
    """
    found: dict[Address, str] = {}
    for by in _ACROSS:
        for cell, text in _said(table, by, *_SIDES[0]).items():
            back = (-by[0], -by[1])
            before, behind = (run_from(offset(cell, way), way, table.texts.__contains__) for way in (back, by))
            first, *others = (*before, *behind)
            alike = [first, *(own for own in others if table.fills(first, own))]
            is_line = len(alike) >= _OTHERS * max(1, 1 + len(others) - len(alike))
            if cell in table.texts and is_line and not all(table.fills(own, cell) for own in alike):
                found[cell] = text  # what does not move on from the one before it may still be filled from that one
    return found if len(found) <= _FEW else {}


def unlike_kin(table: CellTable, strides: Collection[Offset]) -> Iterator[Said]:
    """The cells that two in line with them, or at steps on one side or both, would have otherwise: as these have it.

    Those of one step that stand side by side go together. In a row or a column, formulas with other operands do
    something else, and are no kin.

    Args:
        table: the cells.
        strides: how far the next step is away, if that is known.
    """
    for sides in _SIDES:
        for by in dict.fromkeys((*strides, *_ACROSS)):
            said = _said(table, by, *sides)
            if by not in strides:
                said = {cell: text for cell, text in said.items() if _has_as_many(table, cell, text)}
            near = ((cell, offset(cell, across)) for cell in said for across in ((0, 0), *_ACROSS))
            above = joined(pair for pair in near if pair[1] in said and len({*map(table.is_formula, pair)}) == 1)
            for first in dict.fromkeys(above.values()):
                yield {cell: said[cell] for cell in said if above[cell] == first}


def unlike_one_beside(table: CellTable) -> Iterator[Said]:
    """The formulas, and the numbers among formulas, that the one right beside them would have otherwise.

    Args:
        table: the cells.
    """
    for cell in (*table.texts, *table.typed_numbers):
        for by in ((0, -1), (0, 1), (-1, 0), (1, 0)):
            text = moved(table.texts.get(offset(cell, by), ""), -by[0], -by[1])
            if text and _has_as_many(table, cell, text) and not _is_so(table, cell, text):
                yield {cell: text}


def _has_as_many(table: CellTable, cell: Address, text: str) -> bool:
    """Whether a formula that stands in a cell reads as many cells and ranges as another one."""
    return cell not in table.texts or len(cut(table.texts[cell]).refs) == len(cut(text).refs)


def _said(table: CellTable, by: Offset, one: int, other: int) -> dict[Address, str]:
    """The cells that two formulas in line with each would have otherwise, and what they would have there."""
    found: dict[Address, str] = {}
    for cell in (*table.texts, *table.typed_numbers):
        a, b = offset(cell, by, one), offset(cell, by, other)
        is_one = a in table.arrays and table.arrays[a] == table.arrays.get(b)  # one formula, whose results both are
        if {a, b} <= table.texts.keys() and not is_one and table.fills(a, b):
            text = _goes_on(table, (a, b), (one, other))
            if text is not None and not _is_so(table, cell, text):
                found[cell] = text
    return found


def _goes_on(table: CellTable, pair: tuple[Address, Address], at: tuple[int, int]) -> str | None:
    """The formula that stands where a pair of formulas that were filled from one another goes on to, or came from.

    Each reference goes on as it goes from the one to the other.
    """
    one, other = (cut(table.texts[cell]) for cell in pair)
    refs = []
    for a, b in zip(one.refs, other.refs, strict=True):
        corners = zip((a.top, a.left, a.bottom, a.right), (b.top, b.left, b.bottom, b.right), strict=True)
        top, left, bottom, right = ((y - x) // (at[1] - at[0]) * -at[0] for x, y in corners)
        refs.append(a.shifted((top, left), (bottom, right)))
    found = [ref for ref in refs if ref is not None]
    return one.with_refs(found) if len(found) == len(refs) else None


def _is_so(table: CellTable, cell: Address, text: str) -> bool:
    """Whether a formula stands in a cell that does the same, be its references fixed or not."""
    own, its = cut(table.texts.get(cell, "")), cut(text)
    return own.between == its.between and [ref[:6] for ref in own.refs] == [ref[:6] for ref in its.refs]
