"""What another engine is asked, where the one that recalculated a workbook is known to be wrong, or has no answer.

- Formulas that IronCalc leaves out or does not understand: it computes nothing in cells that merged ones cover, and
  finds no worksheet that a formula names in other capitals. LibreOffice keeps what stands in the cells that it
  merges, and computes it as every other program does.
- Numbers that are too large for a cell inside of a formula, where IronCalc goes on with an infinity: `1/(1+EXP(-F9))`
  is 0 there for -800, as Keras says, and `#NUM!` in Excel. CellRune knows such an error.
- Errors that only one engine gives, such as IronCalc's `#VALUE!` for `SUMIF(A1,">0")`, where another computes what
  Keras and Excel do: such an error is nobody's mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from xlcheck.engines import engine as engine_named
from xlcheck.engines.base import Engine, Session
from xlcheck.engines.differences import LARGE, MAY_OVERFLOW
from xlcheck.errors import EngineError, MissingDependencyError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.scanner import cut
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.observe import Observation
from xlcheck.verdicts.placement import Sighting, is_number
from xlcheck.verdicts.recalculate import recalculate
from xlcheck.workbook.cell_codes import position
from xlcheck.workbook.content import TOO_LARGE, CellError, NotEvaluated, WorkbookContent

_OTHER = {"ironcalc": "cellrune", "cellrune": "ironcalc"}
_NEAR = 1e-9
_CIRCLE = CellError("#CIRC!")  # which an engine that sees none cannot be right about
Cell = tuple[str, int]


def without_lone_errors(
    path: Path,
    engine: str,
    seen: Observation,
    graph: Graph,
    desired: Trace,
    formulas: FormulaCells,
    selector: Range | None,
    believed: Collection[CellError] = (),
) -> Observation:
    """The same, with no answer in the place of each error for which another engine gives what should be there.

    The errors that are `believed` this engine knows better than the other.
    """
    errors: dict[Cell, tuple[int, float]] = {}
    for sighting in seen.sightings:
        for (setting, cell), value in sighting.others.items():
            if isinstance(value, CellError) and value not in {_CIRCLE, *believed}:
                place = sighting.placement.sheet, int(sighting.placement.codes[cell])
                errors.setdefault(place, (setting, _wanted(sighting, setting, cell, seen, graph, desired)))
    if not errors or engine not in _OTHER:
        return seen
    found = _lone(path, _OTHER[engine], errors, seen, selector)
    lone = {cell for cell in found if not _may_take_more(formulas.text(*cell))}
    return replace(seen, sightings=tuple(_left_open(s, lone, engine) for s in seen.sightings)) if lone else seen


def _wanted(s: Sighting, setting: int, cell: int, seen: Observation, graph: Graph, desired: Trace) -> float:
    place = s.placement
    values = desired[place.quantity]
    if not graph[place.quantity].is_weight:
        values = values[seen.settings[setting] if place.sample is None else place.sample]
    return float(values.reshape(-1)[place.elements[cell]])


def _lone(
    path: Path, other: str, errors: Mapping[Cell, tuple[int, float]], seen: Observation, selector: Range | None
) -> Iterator[Cell]:
    """The cells for which another engine gives the number that is wanted."""
    settings = sorted({setting for setting, _ in errors.values()})
    areas = [Range(sheet, *position(code)) for sheet, code in errors]
    samples = [seen.settings[setting] for setting in settings]
    try:
        readings = recalculate(engine_named(other).open(path), areas, [True] * len(areas), selector, samples)
    except (EngineError, MissingDependencyError):
        return
    for (cell, (setting, wanted)), reading in zip(errors.items(), readings, strict=True):
        value = reading.value(settings.index(setting), 0)
        if is_number(value) and abs(value - wanted) <= _NEAR * max(1.0, abs(wanted)):
            yield cell


def _may_take_more(formula: str | None) -> bool:
    """Whether the other engine may give a number for more than one cell, where Excel gives an error.

    CellRune takes the first of a row that INDEX gives, a range that is written from its last corner as it is, and of
    ranges of several sizes that SUMPRODUCT multiplies as many cells as the shortest has.
    """
    if formula is None:
        return False
    refs = cut(formula).refs
    sizes = {(ref.bottom - ref.top, ref.right - ref.left) for ref in refs if ref.kind == "range"}
    if "SUMPRODUCT(" in formula.upper() and len(sizes) > 1:
        return True
    return "INDEX(" in formula.upper() or any(ref.bottom < ref.top or ref.right < ref.left for ref in refs)


def _left_open(s: Sighting, lone: Iterable[Cell], engine: str) -> Sighting:
    others = dict(s.others)
    for (setting, cell), value in s.others.items():
        if isinstance(value, CellError) and (s.placement.sheet, int(s.placement.codes[cell])) in lone:
            why = f"{engine} gives {value.code} here, and {_OTHER[engine]} a value; ask --engine libreoffice"
            others[setting, cell] = NotEvaluated(why)
    return replace(s, others=others)


WHY = "ironcalc goes on where a number is too large for a cell, so cellrune was asked, which does not"


def who_knows_overflows(
    content: WorkbookContent,
    engine: str,
    seen: Observation,
    graph: Graph,
    formulas: FormulaCells,
    selector: Range | None,
) -> tuple[Engine, Session] | None:
    """Another engine, with the workbook, if it finds an error where this one gives numbers; else None."""
    sightings = seen.sightings if engine == "ironcalc" else ()
    found = [(s.placement.quantity, np.any(np.abs(s.numbers) >= LARGE, axis=1)) for s in sightings]
    found = [(name, own) for name, own in found if own.any()]
    codes = _codes(graph) if found else ()
    large = [own for name, own in found if name not in codes]
    if not large:
        return None
    samples = [sample for sample, is_large in zip(seen.settings, np.any(large, axis=0), strict=True) if is_large]
    cells = _may_overflow(seen, formulas)
    try:
        other = engine_named("cellrune")
        session = other.open(content.path)
        areas = [Range(sheet, *position(code)) for sheet, codes in cells.items() for code in codes]
        readings = recalculate(session, areas, [True] * len(areas), selector, samples)
    except (EngineError, MissingDependencyError):
        return None
    if any(value == TOO_LARGE for reading in readings for value in reading.others.values()):
        return other, other.open(content.path)
    return None


def _codes(graph: Graph) -> frozenset[str]:
    """What is given and only says which row is taken, as the codes of words do, be they as large as a vocabulary."""
    computed_with = {name for q in graph if q.expr is not None for name in _computed_with(q.expr)}
    return frozenset(q.name for q in graph if q.expr is None and q.name not in computed_with)


def _computed_with(expr: ex.Expr) -> Iterator[str]:
    """The quantities with whose numbers an expression computes, and does not only compare them or take a row."""
    match expr:
        case ex.Ref():
            yield expr.name
        case ex.Gather():
            yield from _computed_with(expr.matrix)
        case ex.OneHot() | ex.NotEqual():
            return
        case _:
            for operand in ex.operands(expr):
                yield from _computed_with(operand)


def _may_overflow(seen: Observation, formulas: FormulaCells) -> Mapping[str, list[int]]:
    """The cells of quantities, by worksheet, whose formulas may make such numbers, and for which there is a number."""
    found: dict[str, list[int]] = {}
    for s in seen.sightings:
        codes = s.placement.codes[s.is_formula & np.isfinite(s.numbers).all(axis=0)]
        suspects = formulas.said(s.placement.sheet, codes, MAY_OVERFLOW.search)
        found.setdefault(s.placement.sheet, []).extend(suspects)
    return found


_LOST = CellError("#REF!")
_COVERED = "ironcalc leaves out what stands in cells that merged ones cover, so cellrune was asked, which does not"
_IN_CAPITALS = "ironcalc finds no worksheet that a formula names in other capitals, so cellrune was asked, which does"


def who_computes_all(
    content: WorkbookContent, engine: str, seen: Observation, formulas: FormulaCells
) -> tuple[Engine, Session, str] | None:
    """Another engine, with the workbook, and why, if this one has not computed some formulas; else None."""
    if engine != "ironcalc":
        return None
    cells = [
        *((s.placement.sheet, s.placement.codes[cell], v) for s in seen.sightings for (_, cell), v in s.others.items()),
        *((helper.sheet, helper.code, value) for _, helper in seen.helpers for value in helper.values),
    ]
    if any(value is None and formulas.text(sheet, code) is not None for sheet, code, value in cells):
        why = _COVERED
    elif any(value == _LOST and _names_otherwise(formulas.text(sheet, code), content) for sheet, code, value in cells):
        why = _IN_CAPITALS
    else:
        return None
    try:
        other = engine_named("cellrune")
        return other, other.open(content.path), why
    except (EngineError, MissingDependencyError):
        return None


def _names_otherwise(formula: str | None, content: WorkbookContent) -> bool:
    """Whether a formula names a worksheet that there is, in other capitals."""
    named = {ref.sheet for ref in cut(formula or "").refs} - {"", *content.sheets}
    return not {name.casefold() for name in content.sheets}.isdisjoint(name.casefold() for name in named)
