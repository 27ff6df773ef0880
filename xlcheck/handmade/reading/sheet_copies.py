"""Worksheets that are copies of one another, for each student or sample, say: what only one of them has is odd."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache, reduce

from xlcheck.formulas.addresses import quote_sheet
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.handmade.reading.cells import CellTable, show

_WITNESSES = 2
"""Other copies that must agree: one against one is no majority."""
_MOST = 100
"""Worksheets that are compared with one another."""

_Place = tuple[int, int]
_Part = str | tuple[str | int, str]
"""A text; or a reference to another worksheet, which is named, or is so many behind."""
_Written = tuple[frozenset[_Part], ...]
"""The parts of a formula, each in the ways in which copies may have it."""


def meant_otherwise(table: CellTable, among: Collection[Address]) -> Iterator[str]:
    """Why formulas that agree with Keras may yet be wrong: all other copies of their worksheet have another one there.

    Args:
        table: all cells of a workbook.
        among: the formula cells that agree.
    """
    for cell, text in sorted(unlike_copies(table).items()):
        if cell in among:
            others = f"={text}, as all other copies of its worksheet have it"
            yield f"{show(cell)} may be meant to be {others}"


@lru_cache(maxsize=1)  # asked for before worksheets are looked at, and once more for the report
def unlike_copies(table: CellTable) -> Mapping[Address, str]:
    """The cells that all other copies of their worksheet have otherwise, with the formula that stands there in these.

    Copies have the same formulas in most places; a reference to another worksheet is the same if it names the same one,
    or the one so many behind. What the others go on from may be typed on the first of them.

    Args:
        table: all cells of a workbook.
    """
    number = {name: at for at, name in enumerate(table.content.sheets)}
    formulas: dict[str, dict[_Place, _Written]] = defaultdict(dict)
    plain: dict[str, _Written] = {}  # the same object for the same text, as most formulas name no worksheet
    for (sheet, row, column), text in table.texts.items():
        if (sheet, row, column) not in table.arrays:
            written = (
                _written(text, number[sheet], number) if "!" in text else plain.setdefault(text, (frozenset({text}),))
            )
            formulas[sheet][row, column] = written
    found: dict[Address, str] = {}
    for sheet, own in formulas.items() if _WITNESSES < len(formulas) <= _MOST else ():
        others = {name: other for name, other in formulas.items() if name != sheet}
        copies = {
            name: other for name, other in others.items() if 2 * _alike(own, other) > len(own.keys() | other.keys())
        }
        for place in {place for copy in copies.values() for place in copy}:
            having = [copy[place] for copy in copies.values() if place in copy]
            begins = (table.is_number((name, *place)) for name, copy in copies.items() if place not in copy)
            if len(having) < _WITNESSES or not all(begins):
                continue
            said = reduce(_common, having)
            is_there = place in own or table.is_number((sheet, *place))
            if said and is_there and not (place in own and _common(said, own[place])):
                meant = _rendered(said, number[sheet], [*number], {sheet, *copies})
                if meant is not None and not _reads_itself((sheet, *place), meant):
                    found[sheet, *place] = meant
    return found


def _reads_itself(cell: Address, text: str) -> bool:
    """Whether a formula reads its own cell, as where all copies read a number that is typed on the first worksheet."""
    areas = (ref.area(cell[0]) for ref in cut(text).refs)
    return any(area.size == 1 and (area.sheet, area.top, area.left) == cell for area in areas)


def _alike(own: Mapping[_Place, _Written], copy: Mapping[_Place, _Written]) -> int:
    return sum(bool(_common(text, copy.get(place, ()))) for place, text in own.items())


def _common(one: _Written, other: _Written) -> _Written:
    """What two formulas have in common; nothing if they are not the same."""
    if one is other:
        return one
    both = tuple(a & b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else ()
    return both if all(both) else ()


def _written(text: str, own: int, number: Mapping[str, int]) -> _Written:
    """The parts of a formula that names worksheets: of each reference the name, and how far behind its own it is.

    Args:
        text: the formula.
        own: the number of its worksheet.
        number: those of all.
    """
    (first, *between), refs = cut(text)
    parts: list[frozenset[_Part]] = [frozenset({first})]
    for ref, after in zip(refs, between, strict=True):
        place = str(ref._replace(prefix=""))
        at = number.get(ref.sheet) if ref.prefix else None
        known: set[_Part] = {str(ref)} if at is None else {(ref.sheet, place), (at - own, place)}
        parts += (frozenset(known), frozenset({after}))
    return tuple(parts)


def _rendered(said: _Written, own: int, sheets: Sequence[str], copies: Collection[str]) -> str | None:
    """A formula on another worksheet; None if it goes on from what that one begins with, or reads what that one holds.

    Args:
        said: its parts.
        own: the number of that worksheet.
        sheets: the names of all.
        copies: that worksheet, and those of which it is a copy.
    """
    text = ""
    for part in said:
        named = next((way for way in part if not isinstance(way, str) and isinstance(way[0], str)), next(iter(part)))
        if isinstance(named, str):
            text += named
            continue
        sheet, place = named
        if sheet == sheets[own]:
            return None  # what others read of this worksheet, it does not read of itself
        if isinstance(sheet, int):
            sheet = sheets[own + sheet] if 0 <= own + sheet < len(sheets) else ""
            if sheet not in copies:
                return None
        text += f"{quote_sheet(sheet)}!{place}"
    return text
