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
_Written = tuple[frozenset[str], ...]
"""The parts of a formula, each in the ways in which it may be written."""


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
    or the one so many behind.

    Args:
        table: all cells of a workbook.
    """
    sheets = [*table.content.sheets]
    formulas: dict[str, dict[_Place, str]] = defaultdict(dict)
    for (sheet, row, column), text in table.texts.items():
        if (sheet, row, column) not in table.arrays:
            formulas[sheet][row, column] = text
    found: dict[Address, str] = {}
    for sheet in formulas if _WITNESSES < len(formulas) <= _MOST else ():
        there = {
            name: {place: _on(sheet, text, name, sheets) for place, text in own.items()}
            for name, own in formulas.items()
        }
        own = there.pop(sheet)
        copies = {name: copy for name, copy in there.items() if 2 * _alike(own, copy) > len(own.keys() | copy.keys())}
        for place in set[_Place].intersection(*map(set, copies.values())) if len(copies) >= _WITNESSES else ():
            said = reduce(_common, (copy[place] for copy in copies.values()))
            is_there = place in own or table.is_number((sheet, *place))
            if said and is_there and not (place in own and _common(said, own[place])):
                text = "".join(map(min, said))
                named = set[str].intersection(*(_named(formulas[name][place]) for name in copies))
                if _named(text) <= named | copies.keys() | {sheet}:  # else they go on from what this one begins with
                    found[sheet, *place] = text
    return found


def _named(text: str) -> set[str]:
    """The worksheets that a formula names."""
    return {ref.sheet for ref in cut(text).refs if ref.sheet} if "!" in text else set()


def _alike(own: Mapping[_Place, _Written], copy: Mapping[_Place, _Written]) -> int:
    return sum(bool(_common(text, copy.get(place, ()))) for place, text in own.items())


def _common(one: _Written, other: _Written) -> _Written:
    """What two formulas have in common; nothing if they are not the same."""
    both = tuple(map(frozenset[str].__and__, one, other)) if len(one) == len(other) else ()
    return both if all(both) else ()


def _on(sheet: str, text: str, source: str, sheets: Sequence[str]) -> _Written:
    """What a formula of another worksheet may be on this one: a name in it stays, or goes along with it.

    Args:
        sheet: this one.
        text: the formula.
        source: where it stands.
        sheets: all of them, in their order.
    """
    if "!" not in text:
        return (frozenset({text}),)
    (first, *between), refs = cut(text)
    written = [frozenset({first})]
    for ref, after in zip(refs, between, strict=True):
        at = sheets.index(ref.sheet) + sheets.index(sheet) - sheets.index(source) if ref.sheet in sheets else -1
        along = [f"{quote_sheet(sheets[at])}!"] if 0 <= at < len(sheets) else []
        stays = f"{quote_sheet(ref.sheet)}!" if ref.sheet in sheets else ref.prefix
        written += (frozenset(str(ref._replace(prefix=own)) for own in (stays, *along)), frozenset({after}))
    return tuple(written)
