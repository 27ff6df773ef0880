"""Numbers that are too large for a cell inside of a formula, where IronCalc goes on with an infinity.

`1/(1+EXP(-F9))` is 0 there for -800, as Keras says, and `#NUM!` in Excel. Where numbers are so large that this may be,
CellRune, which knows such an error, is asked about the formulas in which it may.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from xlcheck.engines import engine as engine_named
from xlcheck.engines.base import Engine, Session
from xlcheck.engines.differences import LARGE, MAY_OVERFLOW
from xlcheck.errors import EngineError, MissingDependencyError
from xlcheck.formulas.addresses import Range
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.observe import Observation
from xlcheck.verdicts.recalculate import recalculate
from xlcheck.workbook.cell_codes import position
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.values import TOO_LARGE

WHY = "ironcalc goes on where a number is too large for a cell, so cellrune was asked, which does not"


def who_knows_overflows(
    content: WorkbookContent,
    engine: str,
    seen: Observation,
    graph: Graph,
    formulas: FormulaCells,
    selector: Range | None,
) -> tuple[Engine, Session] | None:
    """Another engine, with the workbook, if it finds an error where this one gives numbers; else None.

    Args:
        content: the workbook.
        engine: the name of the one that computed it.
        seen: what it computed.
        graph: the quantities.
        formulas: the workbook's formulas.
        selector: the cell that selects the sample, or None.
    """
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
        suspects = formulas.that_say(s.placement.sheet, codes, MAY_OVERFLOW.search)
        found.setdefault(s.placement.sheet, []).extend(suspects)
    return found
