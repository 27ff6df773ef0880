"""Targets that may be other numbers: where formulas calculate with them, and do not choose by them.

A target that is 0 hides what it is multiplied with, and one that is 1 that it is multiplied at all. A loss that adds up
products of targets is the same function for any numbers; one that compares them, looks something up by them, or takes
a logarithm of what was picked by them, is a loss only for the numbers that stand there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from xlcheck.formulas import tree as ast
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.graph.quantities import Role
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached

MANY = 2_000
"""Formula cells from which on targets stay as they are."""
_LINEAR = frozenset({"SUM", "SUMPRODUCT", "AVERAGE", "MMULT", "TRANSPOSE", "PRODUCT"})
_PRODUCTS = frozenset({"SUMPRODUCT", "MMULT", "PRODUCT", "*"})
_OPERATORS = frozenset({"+", "-", "*", "/"})


def free_targets(table: CellTable, networks: Sequence[Network], precedents: Precedents) -> frozenset[Address]:
    """The cells of targets, if all formulas that depend on them only add up and multiply what does.

    Args:
        table: the workbook's cells.
        networks: the models.
        precedents: who reads what.
    """
    targets = frozenset(
        cell for network in networks for quantity, _, _, cell in network.cells() if quantity.band.role is Role.TARGET
    )
    if not targets or len(table.formulas) > MANY:
        return frozenset()
    dependent = targets | reached(targets, precedents.readers)
    formulas = [cell for cell in dependent - targets if cell in table.texts]
    return targets if all(_only_calculates(cell, table, dependent) for cell in formulas) else frozenset()


def _only_calculates(cell: Address, table: CellTable, dependent: Collection[Address]) -> bool:
    """Whether a formula only adds up and multiplies what depends on targets."""
    tree = parsed(table.texts[cell])
    if tree is None:
        return False

    def depends(node: ast.Node) -> bool:
        return any(_reads(inner, cell[0], table, dependent) for inner in ast.walk(node))

    def is_linear(node: ast.Node) -> bool:
        parts = ast.children(node)
        varying = [depends(part) for part in parts]
        if not any(varying):
            return not isinstance(node, ast.Name)
        name = node.name if isinstance(node, ast.FunctionCall) else getattr(node, "symbol", "")
        if name not in _LINEAR | _OPERATORS or (name in _PRODUCTS and sum(varying) > 1):
            return False
        return (name != "/" or not varying[-1]) and all(map(is_linear, parts))

    return is_linear(tree)


def _reads(node: ast.Node, sheet: str, table: CellTable, dependent: Collection[Address]) -> bool:
    if isinstance(node, ast.Name):
        return True  # nobody has looked at what stands behind it
    if not isinstance(node, ast.Reference):
        return False
    area = node.area
    used = table.clip(Range(area.sheet or sheet, area.top, area.left, area.rows, area.columns))
    return any((used.sheet, row, column) in dependent for row, column in used.cells())
