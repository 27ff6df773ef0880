"""Cells of a hand-made network that may give something else on another day, in another program or language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.verdicts.elsewhere import CHANCE, DEPENDS_ON, depends_on, said_of

_FINDS_CELLS = {"INDIRECT"}
"""What people write to find a cell by its name; by itself that is the same cell everywhere."""


def depending_cells(table: CellTable, unknown: Collection[Address]) -> Iterator[str]:
    """Why cells that agree may be others elsewhere, in sentences.

    Numbers that are drawn are an input like any other: only a formula of the network that draws is no pass.

    Args:
        table: the cells of the workbook.
        unknown: the formula cells without a verdict.
    """
    texts = table.texts
    names = {name.casefold(): what for name, text in table.content.names.items() if (what := _reason(text, {}))}
    found = {cell: what for cell, text in texts.items() if (what := _reason(text, names)) is not None}
    outside = {cell: what for cell, what in found.items() if cell in unknown and what != CHANCE}
    inside = {cell: what for cell, what in found.items() if cell not in unknown}
    if outside:
        inside |= _reading(table, outside, set(unknown), inside.keys())
    yield from said_of((show(cell), what) for cell, what in inside.items())


def _reason(text: str, names: dict[str, str]) -> str | None:
    if not names and '"' not in text and not any(word in text.upper() for word in DEPENDS_ON):
        return None
    return depends_on(text, names, but=_FINDS_CELLS)


def _reading(
    table: CellTable, outside: dict[Address, str], unknown: Set[Address], known: Set[Address]
) -> dict[Address, str]:
    """The cells with a verdict that read cells which depend on something, through others without one or at once."""
    readers = Precedents(table)
    found: dict[Address, str] = {}
    reached, new = dict(outside), list(outside)
    while new:
        cell = new.pop()
        for reader in readers.readers(cell):
            if reader not in unknown and reader not in known:
                found.setdefault(reader, reached[cell])
            elif reader in unknown and reader not in reached:
                reached[reader] = reached[cell]
                new.append(reader)
    return found
