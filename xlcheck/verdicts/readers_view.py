"""What somebody who opens the file sees, where that is not what its formulas give.

The engines compute what the formulas say. A file can make Excel and LibreOffice show something else: by its
settings, by number formats with digits of their own, by stored values that nobody computes anew. The rule:

- A value that a reader certainly sees and that is wrong is a wrong cell: a stored value that differs from the
  calculated one, unless Excel is told to calculate when it opens the file (`stale`).
- Where the readers' programs calculate differently than the engine, nobody knows what they show: a *reservation*,
  with which no check is complete.
- What is merely hidden (worksheets, rows, formats that show nothing, one cell below a merged one) shows nothing
  wrong: it is checked like everything else.
- What changes nothing in this workbook is a note.

Circles are looked for in the formulas themselves. Where a condition keeps a formula from reading its own cell, some
engines compute the branch that is taken and say nothing, others call it an error; a circle that is read they compute
again and again, if the file asks them to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

import numpy as np

from xlcheck.engines.base import Engine
from xlcheck.formulas.addresses import quote_sheet
from xlcheck.formulas.scanner import tokens
from xlcheck.graph.quantities import Graph
from xlcheck.graph.single_precision import lost_answers
from xlcheck.verdicts.elsewhere import DEPENDS_ON
from xlcheck.verdicts.formula_cells import QUICK_CELLS, FormulaCells
from xlcheck.verdicts.messages import first_of
from xlcheck.workbook.cell_codes import address, code_of
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest

_LAMBDA = re.compile(r"=?(?:_xlfn\.)?LAMBDA\(", re.IGNORECASE)
_BRANCHES = ("IF", "IFS", "IFERROR", "IFNA", "SWITCH", "SUMIF", "SUMIFS", "COUNTIF", "OFFSET", "ROW", "COLUMN", "LET")


def hidden_circle(content: WorkbookContent, formulas: FormulaCells | None = None) -> str | None:
    """A cell that reads itself, if only in a branch that is not taken; None if there is none.

    Not sought among many formulas, unless the file asks to compute circles.
    """
    formulas = formulas or FormulaCells(content)
    if not content.calculation.iterates and sum(codes.size for _, codes in formulas.by_sheet()) > QUICK_CELLS:
        return None

    found = circle_in(formulas)
    return None if found is None else f"{quote_sheet(found[0])}!{address(found[1])}"


def reservations(
    content: WorkbookContent,
    engine: Engine,
    *,
    circle: str | None = None,
    circular: bool = False,
    built: bool = False,
    compared: bool = True,
) -> Iterator[str]:
    """Why a reader of the file may see other values than those that were checked, in words.

    Args:
        content: the workbook.
        engine: recalculated it.
        circle: a cell that reads itself, as found by `hidden_circle`.
        circular: whether an engine found that formulas form a circle, and so says it of each of them.
        built: whether xlcheck made the workbook.
        compared: whether the stored values were compared with the calculated ones.
    """
    settings = content.calculation
    if engine.name == "libreoffice":  # it rounds as it is told, so its values are those that are seen
        settings = replace(settings, as_displayed=False)
    yield from settings.differences(_formulas(content), circular=circular or circle is not None, built=built)
    if circle is not None and not settings.iterates:
        yield (
            f"{circle} reads itself, at once or through other cells, if only in a branch that is not taken now: some "
            "programs call that a circular reference and do not compute it; write a formula that does not"
        )
    for name in _called_names(content, built=built):
        yield (
            f"the defined name {name} is called like a function that formulas use, and programs take one or the other; "
            "give it another name"
        )
    if (
        settings.manual
        and settings.shows_stored
        and (empty := sum(cell.value is None for *_, cell in content.formula_cells()))
    ):
        yield (
            f"{empty} formula cells have no stored value and calculation is manual, so a reader sees nothing in them; "
            "calculate and save the workbook (in Excel: F9)"
        )
    if settings.shows_stored and not compared:
        yield "the file does not tell Excel to calculate when it is opened, and what it stores could not be compared"
    looks = content.odd_looks
    if looks:
        yield (
            f"the number format of {first_of(looks)} shows digits that are not those of the value; "
            "give these cells another format"
        )


def without_effect(content: WorkbookContent, *, circular: bool, built: bool = False) -> Iterator[str]:
    """Unusual settings of a workbook that change nothing in it; for what is given see `reservations`."""
    return content.calculation.without_effect(_formulas(content), circular=circular, built=built)


def _called_names(content: WorkbookContent, *, built: bool) -> Iterator[str]:
    """The defined names that stand before a bracket in some formula, as functions do, unless they are one's own."""
    names = {name.rpartition("!")[2].upper(): name for name in content.names}
    if built:  # with many formulas; xlcheck calls no function with a dot in its name, and puts one into each name
        names = {upper: name for upper, name in names.items() if "." not in upper}
    if names:
        from xlcheck.formulas.algebra import Algebra
        from xlcheck.formulas.functions import Functions

        called = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, names))})\(", re.IGNORECASE)
        texts = [text for text in (*_formulas(content), *content.names.values()) if called.search(text)]
        found = {text.upper() for formula in texts for kind, text in tokens(formula) if kind == "function"}
        known = {*Functions(Algebra(), lambda _: 0.0).names, *DEPENDS_ON, *_BRANCHES}
        own = {name for name, text in content.names.items() if _LAMBDA.match(text)}
        yield from (name for upper, name in names.items() if upper in found and (upper in known or name not in own))


def _formulas(content: WorkbookContent) -> Iterable[str]:
    return (cell.formula for _, _, _, cell in content.formula_cells() if cell.formula is not None)


def lost_digits(manifest: Manifest, graph: Graph) -> Iterator[str]:
    """A sentence for each output of which single precision leaves less than half of the digits for some sample."""
    rows = manifest.prediction.reshape(len(manifest.prediction), -1)
    ends = np.cumsum([manifest.trace[name][0].size for name in graph.outputs])
    if not ends.size or ends[-1] != rows.shape[1]:  # a lesson that predicts something else
        return
    single = dict(zip(graph.outputs, np.split(rows, ends[:-1], axis=1), strict=True))
    for lost in lost_answers(graph, manifest.trace.values, single):
        yield (
            f"in single precision, in which it was trained, the model answers {lost.single:.6g} for "
            f"{graph[lost.quantity].element_at(lost.element)} of sample {lost.sample + 1}, where it loses half of the "
            f"digits or more; the workbook agrees with its answer in double precision, {lost.exact:.6g}"
        )


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
