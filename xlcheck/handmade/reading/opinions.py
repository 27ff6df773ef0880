"""Which engine to believe: a second one is asked where the first has no answer, or is known to err in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from xlcheck.engines import engine as engine_named
from xlcheck.engines.base import Engine
from xlcheck.errors import EngineError, MissingDependencyError
from xlcheck.formulas import tree as ast
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.sessions import Sessions
from xlcheck.workbook.values import CellError, NotEvaluated

_OF_SINGLE_NUMBERS = {"EXP", "LN", "TANH", "SQRT", "ABS", "SIGN", "POWER", "SUMXMY2", "ROUND"}
_OTHER = {"ironcalc": "cellrune", "cellrune": "ironcalc", "libreoffice": "cellrune"}
_SAME = 1e-9


@dataclass(frozen=True)
class Opinion:
    """What the workbook computes, and by whose account.

    Attributes:
        sessions: of the engine whose values are used.
        values: what it computed.
        notes: what a reader should know about it.
    """

    sessions: Sessions
    values: CellValues
    notes: tuple[str, ...] = ()

    @property
    def engine(self) -> Engine:
        """The engine whose values are used."""
        return self.sessions.engine


def consult(table: CellTable, engine: Engine) -> Opinion:
    """Recalculate the workbook, with a second engine if the first one is not to be relied on.

    Raises:
        EngineError: the engine cannot load the file, and no other can.
    """
    first = Sessions(engine, table)
    try:
        values = table.recalculate(first.saved())
    except EngineError:
        second = _second(table, engine)
        if second is None:
            raise
        return Opinion(*second, (f"{engine.name} cannot load the file; {second[0].engine.name} was used",))
    if not _is_doubtful(table, values):
        return Opinion(first, values)
    second = _second(table, engine)
    if second is None:
        return Opinion(first, values)
    other, others = second
    if _unanswered(table, others) > _unanswered(table, values):
        return Opinion(first, values)
    count = _disagreements(table, values, others)
    if not count:
        # An error upstream may hide where they would differ.
        return Opinion(other, others) if _is_hidden(table, values) else Opinion(first, values)
    note = f"{engine.name} cannot be relied on for {count} formula cells; {other.engine.name} computed the workbook"
    return Opinion(other, others, (note,))


def _second(table: CellTable, engine: Engine) -> tuple[Sessions, CellValues] | None:
    try:
        other = Sessions(engine_named(_OTHER[engine.name]), table)
        return other, table.recalculate(other.saved())
    except (EngineError, MissingDependencyError):
        return None


def _is_doubtful(table: CellTable, values: CellValues) -> bool:
    formulas = values.others.keys() & set(table.formulas)
    if any(isinstance(values.others[i], NotEvaluated | CellError) for i in formulas):
        return True
    return any(_silent(table))


def _silent(table: CellTable) -> Iterator[Address]:
    """The formulas that IronCalc may compute wrongly without saying so."""
    for cell, text in table.texts.items():
        if (":" in text and cell not in table.arrays) or "%" in text:
            try:
                nodes = list(ast.walk(ast.parse(text)))
            except ast.FormulaSyntaxError:
                continue
            over_a_range = cell not in table.arrays and any(map(_is_over_a_range, nodes))
            if over_a_range or any(map(_is_percentage_of_a_sum, nodes)):
                yield cell


def _is_over_a_range(node: ast.Node) -> bool:
    """IronCalc 0.9 takes a single cell of the range to which such a function is applied outside of an array formula."""
    if not isinstance(node, ast.FunctionCall) or node.name not in _OF_SINGLE_NUMBERS:
        return False
    argument = node.arguments[0] if node.arguments else node
    while isinstance(argument, ast.Operator) and argument.symbol == "-" and len(argument.operands) == 1:
        argument = argument.operands[0]
    return isinstance(argument, ast.Reference) and argument.area.size > 1


def _is_percentage_of_a_sum(node: ast.Node) -> bool:
    """And of `(A1+B1)%` it takes the percentage of B1 alone."""
    return isinstance(node, ast.Operator) and node.symbol == "%" and isinstance(node.operands[0], ast.Operator)


def _is_hidden(table: CellTable, values: CellValues) -> bool:
    return any(isinstance(values.others.get(table.index[cell]), CellError) for cell in _silent(table))


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
