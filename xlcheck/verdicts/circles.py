"""Whether formulas form a circle, by what they name: the one thing that iterative calculation changes.

Some engines say so of a circle, others compute it again and again as the file asks them to; so the formulas are read.
"""

from __future__ import annotations

from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.workbook.content import WorkbookContent

Cell = tuple[str, int]


def has_circle(content: WorkbookContent) -> bool:
    """Whether some formula reads its own cell, at once or through others, in whichever branch of a condition."""
    formulas = FormulaCells(content)
    done: set[Cell] = set()
    for sheet, codes in formulas.by_sheet():
        for code in codes.tolist():
            if (sheet, code) not in done and _leads_back(formulas, (sheet, code), done):
                return True
    return False


def _leads_back(formulas: FormulaCells, start: Cell, done: set[Cell]) -> bool:
    """Whether a circle can be reached from a cell; what cannot reach any is added to `done`."""
    path: dict[Cell, list[Cell]] = {start: _read(formulas, start)}
    order = [start]
    while order:
        rest = path[order[-1]]
        if not rest:
            done.add(order[-1])
            del path[order.pop()]
            continue
        cell = rest.pop()
        if cell in path:
            return True
        if cell not in done:
            path[cell] = _read(formulas, cell)
            order.append(cell)
    return False


def _read(formulas: FormulaCells, cell: Cell) -> list[Cell]:
    """The formula cells that a cell names."""
    areas = formulas.reads(*cell)
    return [(area.sheet, code) for area in areas for code in formulas.within(area).tolist()]
