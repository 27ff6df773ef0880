"""Formulas in cells that merged ones cover, which IronCalc leaves out, and what reads them with them.

LibreOffice keeps what stands in the cells that it merges, and computes it as every other program does.
"""

from __future__ import annotations

from xlcheck.engines import engine as engine_named
from xlcheck.engines.base import Engine, Session
from xlcheck.errors import EngineError, MissingDependencyError
from xlcheck.verdicts.observe import Observation
from xlcheck.workbook.content import WorkbookContent


def who_computes_all(content: WorkbookContent, engine: str, seen: Observation) -> tuple[Engine, Session] | None:
    """Another engine, with the workbook, if this one has computed some formulas to nothing; else None.

    Args:
        content: the workbook.
        engine: the name of the one that computed it.
        seen: what it computed.
    """
    nothing = (
        s for s in seen.sightings for (_, cell), value in s.others.items() if value is None and s.is_formula[cell]
    )
    if engine != "ironcalc" or (next(nothing, None) is None and all(None not in c.values for _, c in seen.helpers)):
        return None
    try:
        other = engine_named("cellrune")
        return other, other.open(content.path)
    except (EngineError, MissingDependencyError):
        return None
