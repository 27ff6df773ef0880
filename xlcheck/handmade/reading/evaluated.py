"""What a formula would give in a cell, in numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

from xlcheck.formulas.algebra import Address, Algebra, Expression, Leaf, Term, number_of
from xlcheck.formulas.functions import OpaqueError, Scalar, two_dimensional
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.surroundings import Surroundings
from xlcheck.formulas.terms import FormulaValues
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.workbook.values import CellError, NotEvaluated, Value

_ROUNDS = re.compile(r"\b(?:ROUND|ROUNDUP|ROUNDDOWN|TRUNC)\(", re.IGNORECASE)
_ROUNDS_ALL = re.compile(r"\s*ROUND\((.*),\s*\d+\s*\)\s*$", re.IGNORECASE | re.DOTALL)


def rounds(formula: str) -> bool:
    """Whether a formula rounds anything: its term does not show that, only its numbers do."""
    return bool(_ROUNDS.search(formula))


def unrounded(formula: str) -> str | None:
    """What a formula rounds that does nothing else; None for any other.

    Args:
        formula: its text, without `=`.
    """
    found = _ROUNDS_ALL.match(formula)
    return None if found is None else found[1]


def evaluated(formula: str, cell: Address, table: CellTable, values: CellValues) -> float | None:
    """The number that a formula would give in a cell of the saved workbook; None if it cannot be told.

    Args:
        formula: its text, without `=`.
        cell: where it would stand.
        table: the workbook's cells.
        values: what they hold.
    """
    return computed(formula, cell, table, lambda read: table.value(read, values), as_terms=True)


def computed(
    formula: str, cell: Address, table: CellTable, held: Callable[[Address], Value], *, as_terms: bool = False
) -> float | None:
    """The number that a formula would give in a cell if other cells held something; None if it cannot be told.

    Args:
        formula: its text, without `=`.
        cell: where it would stand.
        table: the workbook's cells.
        held: what each cell holds.
        as_terms: whether a rounded number is taken for the number, and none is turned into a text.
    """
    algebra = Algebra()

    def scalar(read: Address) -> Scalar:
        value = held(read)
        if isinstance(value, CellError | NotEvaluated):
            raise OpaqueError(f"it reads a cell that holds {value}")
        return algebra.leaf(read) if as_terms and type(value) is float else value

    def number(value: Scalar) -> float:
        if isinstance(value, str):
            raise OpaqueError("a text stands where a number is needed")
        return float(value) if isinstance(value, bool) else saved(value or 0.0)

    def saved(expression: Expression) -> float:
        return number_of(expression, given)

    def given(term: Term) -> float | None:
        value = held(term.cell) if isinstance(term, Leaf) else None
        return value if isinstance(value, float) else None  # only a number has become a leaf

    formulas = FormulaValues(Surroundings(algebra, scalar, table.clip, table.spill, table.names(), number))
    try:
        value = two_dimensional(formulas.evaluate(parse(formula), cell))[0, 0]
    except (OpaqueError, FormulaSyntaxError):
        return None
    return saved(value) if isinstance(value, float | Term) else None
