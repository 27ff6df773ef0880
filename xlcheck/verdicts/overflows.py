"""Numbers that are too large for a cell inside of a formula, where IronCalc goes on with an infinity.

`1/(1+EXP(-F9))` is 0 there for -800, as Keras says, and `#NUM!` in Excel. Where numbers are so large that this may be,
CellRune, which knows such an error, is asked about the formulas in which it may.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlcheck.engines import engine as engine_named
from xlcheck.engines.base import Engine, Session
from xlcheck.engines.differences import LARGE, MAY_OVERFLOW
from xlcheck.errors import EngineError, MissingDependencyError
from xlcheck.formulas.addresses import Range
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.observe import Observation
from xlcheck.verdicts.recalculate import recalculate
from xlcheck.workbook.cell_codes import position
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.values import TOO_LARGE


def who_knows_overflows(
    content: WorkbookContent, engine: str, seen: Observation, formulas: FormulaCells, selector: Range | None
) -> tuple[Engine, Session] | None:
    """Another engine, with the workbook, if it finds an error where this one gives numbers; else None.

    Args:
        content: the workbook.
        engine: the name of the one that computed it.
        seen: what it computed.
        formulas: the workbook's formulas.
        selector: the cell that selects the sample, or None.
    """
    large = np.zeros(len(seen.settings), dtype=bool)
    for sighting in seen.sightings if engine == "ironcalc" else ():
        large |= np.any(np.abs(sighting.numbers) >= LARGE, axis=1)
    if not large.any():
        return None
    samples = [sample for sample, is_large in zip(seen.settings, large, strict=True) if is_large]
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


def _may_overflow(seen: Observation, formulas: FormulaCells) -> Mapping[str, list[int]]:
    """The cells of quantities, by worksheet, whose formulas may make such numbers, and for which there is a number."""
    found: dict[str, list[int]] = {}
    for s in seen.sightings:
        codes = s.placement.codes[s.is_formula & np.isfinite(s.numbers).all(axis=0)]
        suspects = formulas.that_say(s.placement.sheet, codes, MAY_OVERFLOW.search)
        found.setdefault(s.placement.sheet, []).extend(suspects)
    return found
