"""Formulas that IronCalc leaves out or does not understand, and what reads them with them.

It computes nothing in cells that merged ones cover, and finds no worksheet that a formula names in other capitals.
LibreOffice keeps what stands in the cells that it merges, and computes it as every other program does.
"""

from __future__ import annotations

from xlcheck.engines import engine as engine_named
from xlcheck.engines.base import Engine, Session
from xlcheck.errors import EngineError, MissingDependencyError
from xlcheck.formulas.scanner import cut
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.observe import Observation
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.values import CellError

_LOST = CellError("#REF!")
_COVERED = "ironcalc leaves out what stands in cells that merged ones cover, so cellrune was asked, which does not"
_IN_CAPITALS = "ironcalc finds no worksheet that a formula names in other capitals, so cellrune was asked, which does"


def who_computes_all(
    content: WorkbookContent, engine: str, seen: Observation, formulas: FormulaCells
) -> tuple[Engine, Session, str] | None:
    """Another engine, with the workbook, and why, if this one has not computed some formulas; else None.

    Args:
        content: the workbook.
        engine: the name of the one that computed it.
        seen: what it computed.
        formulas: of the workbook.
    """
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
