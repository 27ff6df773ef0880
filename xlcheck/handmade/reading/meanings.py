"""The meaning of each formula cell as a term over given cells: follow references, cell by cell.

A formula that looks something up, or chooses between constants, is itself a given cell: what it
reads are words and codes, and what it hands on is an input of the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from xlcheck.formulas import tree as ast
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.algebra import (
    COMPARISONS,
    Address,
    Algebra,
    Expression,
    Function,
    Leaf,
    Term,
    below,
    number_of,
)
from xlcheck.formulas.functions import OpaqueError, Scalar, simple, two_dimensional
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.surroundings import Surroundings
from xlcheck.formulas.terms import FormulaValues
from xlcheck.handmade import effort
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.workbook.values import CellError, NotEvaluated

_LOOKUPS = frozenset(
    {"IF", "INDEX", "MATCH", "XMATCH", "VLOOKUP", "HLOOKUP", "XLOOKUP", "LOOKUP", "CHOOSE", "INDIRECT", "OFFSET"}
)
_PLACES = frozenset({"ROW", "COLUMN", "ROWS", "COLUMNS"})


class _NeededError(Exception):
    """A formula reads cells whose meaning is not known yet."""

    def __init__(self, cells: list[Address]) -> None:
        super().__init__()
        self.cells = cells


class Meanings:
    """Finds out, on demand, what cells mean.

    Args:
        table: the workbook's cells.
        values: what they hold.
        budget: how many terms may be made before it stops; large workbooks repeat themselves.

    Attributes:
        algebra: the terms.
        known: formula cell → its term.
        opaque: formula cell → why its meaning is not known; it counts as given.
        left_out: how many of the cells to be followed were not looked at when the budget was used up.
    """

    def __init__(self, table: CellTable, values: CellValues, budget: int = 150_000) -> None:
        self.algebra = Algebra()
        self.known: dict[Address, Scalar] = {}
        self.opaque: dict[Address, str] = {}
        self.left_out = 0
        self._table = table
        self._values = values
        self._budget = budget
        self._trees: dict[str, ast.Node] = {}
        self._varies: dict[Term, bool] = {}
        self._arrays: dict[tuple[str, str], object] = {}
        self._formulas = FormulaValues(
            Surroundings(self.algebra, self._scalar, table.clip, table.spill, table.names(), self._number_of)
        )

    def follow(self, cells: Iterable[Address]) -> None:
        """Find out the meaning of formula cells and of all that they read, as far as the budget goes."""
        for cell in cells:
            if len(self.algebra) <= self._budget:
                self._follow(cell)
            self.left_out += cell not in self.known

    def of_text(self, formula: str, cell: Address) -> Scalar:
        """The meaning that a formula would have in a cell, over the values of all cells that it reads.

        Raises:
            OpaqueError: it could not be found out.
            FormulaSyntaxError: it is no formula.
        """
        tree = parse(formula)
        for node in ast.walk(tree):
            if isinstance(node, ast.Reference):
                area = node.area if node.area.sheet else replace(node.area, sheet=cell[0])
                for row, column in self._table.clip(area).cells():
                    self.known[area.sheet, row, column] = self._constant((area.sheet, row, column))
        return two_dimensional(self._formulas.evaluate(tree, cell))[0, 0]  # type: ignore[no-any-return]

    def _follow(self, start: Address) -> None:
        stack = [start]
        begun: set[Address] = set()  # cells that wait for what they read; not those that only wait for their turn
        while stack:
            effort.require_time()
            cell = stack[-1]
            if cell in self.known:
                begun.discard(stack.pop())
                continue
            try:
                self.known[cell] = self._meaning(cell)
            except _NeededError as needed:
                begun.add(cell)
                for other in needed.cells:
                    if other in begun:
                        self._give_up(other, "it is part of a circular reference")
                fresh = [other for other in needed.cells if other not in begun]
                if len(self.algebra) > self._budget:
                    return
                stack.extend(fresh)

    def _give_up(self, cell: Address, reason: str) -> None:
        self.opaque[cell] = reason
        self.known[cell] = self.algebra.leaf(cell)

    def _meaning(self, cell: Address) -> Scalar:
        content = self._table.cell(cell)
        if content is None or content.formula is None:
            return self._constant(cell)
        try:
            tree = self._tree(content.formula)
            self._require(tree, cell)
            value = self._value(tree, cell, content.array)
        except (OpaqueError, FormulaSyntaxError) as error:
            self.opaque[cell] = str(error)
            return self.algebra.leaf(cell)
        if isinstance(value, str | bool) or value is None:
            return value
        if not isinstance(value, Term) or not varies(value, self._varies):
            return self.algebra.leaf(cell)
        if isinstance(value, Leaf) and (_looks_up(tree) or self._table.is_formula(value.cell)):
            return self.algebra.leaf(cell)
        return value

    def _value(self, tree: ast.Node, cell: Address, array: str | None) -> Scalar:
        if array is None:
            value: Scalar = two_dimensional(self._formulas.evaluate(tree, cell))[0, 0]
            return value
        top, left = (area := parse_range(array)).top, area.left
        key = (cell[0], array)
        if key not in self._arrays:
            self._arrays[key] = self._formulas.evaluate(tree, (cell[0], top, left))
        values = two_dimensional(simple(self._arrays[key]))  # type: ignore[arg-type]
        row, column = cell[1] - top, cell[2] - left
        row = 0 if values.shape[0] == 1 else row
        column = 0 if values.shape[1] == 1 else column
        if row >= values.shape[0] or column >= values.shape[1]:
            raise OpaqueError("the array formula has no value for this cell")
        return values[row, column]  # type: ignore[no-any-return]

    def _tree(self, formula: str) -> ast.Node:
        tree = self._trees.get(formula)
        if tree is None:
            tree = self._trees[formula] = parse(formula)
        return tree

    def _require(self, tree: ast.Node, cell: Address) -> None:
        """Ask for the cells that the formula names, all at once."""
        missing = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Reference):
                area = node.area
                if not area.sheet:
                    area = Range(cell[0], area.top, area.left, area.rows, area.columns)
                area = self._table.clip(area)
                if area.size > 100_000:
                    raise OpaqueError("a range is too large")
                missing += [c for r, k in area.cells() if self._unknown(c := (area.sheet, r, k))]
        if missing:
            raise _NeededError(list(dict.fromkeys(missing)))

    def _unknown(self, cell: Address) -> bool:
        return cell not in self.known and self._table.is_formula(cell)

    def _scalar(self, cell: Address) -> Scalar:
        known = self.known.get(cell)
        if known is not None:
            return known
        if cell in self.known:
            return None
        if self._table.is_formula(cell):
            raise _NeededError([cell])
        return self._constant(cell)

    def _constant(self, cell: Address) -> Scalar:
        position = self._table.index.get(cell)
        if position is None:
            return None
        value = self._values[position]
        if isinstance(value, CellError | NotEvaluated):
            raise OpaqueError(f"it reads a cell that holds {value}")
        return self.algebra.leaf(cell) if type(value) is float else value

    def _number_of(self, value: Scalar) -> float:
        if isinstance(value, str):
            raise OpaqueError("a text stands where a number is needed")
        return value_of(value or 0.0, self._table, self._values) if not isinstance(value, bool) else float(value)


def value_of(expression: Expression, table: CellTable, values: CellValues) -> float:
    """The number that an expression has in the saved workbook."""

    def given(term: Term) -> float | None:
        return float(values.numbers[table.index[term.cell]]) if isinstance(term, Leaf) else None

    return number_of(expression, given)


def evaluated(formula: str, cell: Address, table: CellTable, values: CellValues) -> float | None:
    """The number that a formula would give in a cell of the saved workbook; None if it cannot be told."""
    meanings = Meanings(table, values)
    try:
        value = meanings.of_text(formula, cell)
    except (OpaqueError, FormulaSyntaxError):
        return None
    return value_of(value, table, values) if isinstance(value, float | Term) else None


def varies(term: Term, known: dict[Term, bool]) -> bool:
    """Whether a term changes smoothly with the cells it reads; a comparison or a code only jumps.

    Args:
        term: the term.
        known: the answers for other terms of the same algebra; those found out now are added.
    """
    stack = [term]
    while stack:
        item = stack[-1]
        if item in known:
            stack.pop()
            continue
        inner = _smooth(item)
        missing = [part for part in inner if part not in known]
        if missing:
            stack.extend(missing)
            continue
        known[item] = isinstance(item, Leaf) or any(known[part] for part in inner)
        stack.pop()
    return known[term]


def _smooth(term: Term) -> tuple[Term, ...]:
    """The terms below a term with which it changes smoothly."""
    if isinstance(term, Function):
        if term.name in COMPARISONS or term.name in {"SIGN", "INT"}:
            return ()
        if term.name == "IF":
            return tuple(argument for argument in term.arguments[1:] if isinstance(argument, Term))
    return below(term)


def _looks_up(tree: ast.Node) -> bool:
    """Whether a formula picks a cell by what stands in other cells, not just by its own place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionCall) and node.name in _LOOKUPS:
            keys = node.arguments[:1] if node.name in {"IF", "CHOOSE", "INDIRECT"} else node.arguments[1:]
            if any(_depends(argument) for argument in keys):
                return True
    return False


def _depends(node: ast.Node) -> bool:
    if isinstance(node, ast.FunctionCall) and node.name in _PLACES:
        return False
    if isinstance(node, ast.Reference | ast.Name):
        return True
    return any(_depends(child) for child in ast.children(node))
