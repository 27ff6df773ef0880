"""Whether formulas form a circle, by what they name.

Where a condition keeps a formula from reading its own cell, some engines compute the branch that is taken and say
nothing, others call it an error; a circle that is read they compute again and again, if the file asks them to. So the
formulas are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.workbook.cell_codes import code_of

Cell = tuple[str, int]
Held = Mapping[str, Set[int]]
"""The formula cells, by worksheet."""


def circle_in(formulas: FormulaCells) -> Cell | None:
    """A cell that its own formula reads, at once or through others, in whichever branch of a condition; None if none.

    Every formula is read, which may take longer than computing them.
    """
    held = {sheet: frozenset(codes.tolist()) for sheet, codes in formulas.by_sheet()}
    done: set[Cell] = set()
    for sheet, codes in formulas.by_sheet():
        for code in codes.tolist():
            if (sheet, code) not in done and (found := _led_back(formulas, held, (sheet, code), done)):
                return found
    return None


def _led_back(formulas: FormulaCells, held: Held, start: Cell, done: set[Cell]) -> Cell | None:
    """A cell of a circle that can be reached from a cell; what cannot reach any is added to `done`."""
    path: dict[Cell, list[Cell]] = {start: list(_read(formulas, held, start))}
    order = [start]
    while order:
        rest = path[order[-1]]
        if not rest:
            done.add(order[-1])
            del path[order.pop()]
            continue
        cell = rest.pop()
        if cell in path:
            return cell
        if cell not in done:
            path[cell] = list(_read(formulas, held, cell))
            order.append(cell)
    return None


def _read(formulas: FormulaCells, held: Held, cell: Cell) -> Iterator[Cell]:
    """The formula cells that a cell may compute with."""
    for area in formulas.computes_with(*cell):
        if area.size > 1:
            yield from ((area.sheet, code) for code in formulas.within(area).tolist())
        elif (code := code_of(area)) in held.get(area.sheet, ()):
            yield area.sheet, code
