"""Which engine to believe: a second one is asked where the first has no answer, or is known to err in silence."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from xlcheck.engines import engine as engine_named
from xlcheck.engines.base import Engine
from xlcheck.errors import EngineError, MissingDependencyError
from xlcheck.excel.values import CellError, NotEvaluated
from xlcheck.foreign.cells import CellTable, CellValues

# IronCalc 0.9 takes a single cell of a range to which such a function is applied outside of an array formula.
_OVER_A_RANGE = re.compile(
    r"\b(?:EXP|LN|TANH|SQRT|ABS|SIGN|POWER|SUMXMY2|ROUND)\(\s*-?\s*(?:(?:'[^']+'|[\w.]+)!)?\$?[A-Z]{1,3}\$?\d+:",
    re.IGNORECASE,
)
_OTHER = {"ironcalc": "cellrune", "cellrune": "ironcalc", "libreoffice": "cellrune"}
_SAME = 1e-9


@dataclass(frozen=True)
class Opinion:
    """What the workbook computes, and by whose account.

    Attributes:
        engine: the engine whose values are used.
        values: what it computed.
        notes: what a reader should know about it.
    """

    engine: Engine
    values: CellValues
    notes: tuple[str, ...] = ()


def consult(table: CellTable, engine: Engine) -> Opinion:
    """Recalculate the workbook, with a second engine if the first one is not to be relied on.

    Raises:
        EngineError: the engine cannot load the file, and no other can.
    """
    try:
        values = table.recalculate(engine.open(table.content.path))
    except EngineError:
        second = _second(table, engine)
        if second is None:
            raise
        return Opinion(*second, (f"{engine.name} cannot load the file; {second[0].name} was used",))
    if not _is_doubtful(table, values):
        return Opinion(engine, values)
    second = _second(table, engine)
    if second is None:
        return Opinion(engine, values)
    other, others = second
    if _unanswered(table, others) > _unanswered(table, values):
        return Opinion(engine, values)
    count = _disagreements(table, values, others)
    if not count:
        return Opinion(engine, values)
    note = f"{engine.name} cannot be relied on for {count} formula cells; {other.name} computed the workbook"
    return Opinion(other, others, (note,))


def _second(table: CellTable, engine: Engine) -> tuple[Engine, CellValues] | None:
    try:
        other = engine_named(_OTHER[engine.name])
        return other, table.recalculate(other.open(table.content.path))
    except (EngineError, MissingDependencyError):
        return None


def _is_doubtful(table: CellTable, values: CellValues) -> bool:
    if any(isinstance(values.others.get(i), NotEvaluated | CellError) for i in table.formulas):
        return True
    for i in table.formulas:
        cell = table.cell(table.addresses[i])
        if cell is not None and cell.formula and cell.array is None and _OVER_A_RANGE.search(cell.formula):
            return True
    return False


def _unanswered(table: CellTable, values: CellValues) -> int:
    return sum(isinstance(values.others.get(i), NotEvaluated) for i in table.formulas)


def _disagreements(table: CellTable, first: CellValues, second: CellValues) -> int:
    """How many formula cells the two engines see differently."""
    a, b = first.numbers[table.formulas], second.numbers[table.formulas]
    with np.errstate(invalid="ignore"):
        same = np.abs(a - b) <= _SAME * np.maximum(1.0, np.abs(b))
    neither = np.isnan(a) & np.isnan(b)
    texts = [i for i in table.formulas if i in first.others or i in second.others]
    differing = sum(first.others.get(i) != second.others.get(i) for i in texts)
    return int((~(same | neither)).sum()) or differing
