"""Weights inside a formula: which of its numbers they are, and the formula with something else in their places.

They multiply a cell, or several, beside other summands; and what is added to such products is a bias.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import chain

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.look_ups import CHOOSING, PICKING, REFERRING, SEARCHING
from xlcheck.formulas.tree import (
    ArrayLiteral,
    FunctionCall,
    Literal,
    Node,
    Operator,
    Reference,
    children,
    rebuilt,
    walk,
)

Spot = tuple[float, Range | None]
"""A typed number and the last cell that it multiplies; None for a number that is added."""
_Take = Callable[[float, Range | None], Node]
_MOST = 2_000
"""Cells of a sum of which it is asked what they hold."""
_COUNT_PLACES = SEARCHING | PICKING | CHOOSING | REFERRING
"""Functions that are told which of several cells is meant: `1+3*F6` in them is a place, and has no weight."""


@dataclass(frozen=True)
class Weighing:
    """How the weights of a formula are known.

    Attributes:
        sheet: its worksheet.
        alone: whether a product that is no summand has a weight, too.
        products: cells that hold products with weights, or sums of these: what is added to them is a bias.
    """

    sheet: str
    alone: bool = False
    products: Collection[Address] = ()

    def spots(self, tree: Node) -> list[Spot]:
        """The typed weights and biases of a formula, in order.

        Args:
            tree: the formula.
        """
        found: list[Spot] = []
        if not any(isinstance(own, Literal) for own in walk(tree)):
            return found

        def note(number: float, area: Range | None) -> Node:
            found.append((number, area))
            return Literal(number)

        self.replaced(tree, note)
        return found

    def replaced(self, node: Node, take: _Take) -> Node:
        """A formula in which each weight and bias is replaced.

        Args:
            node: the formula, or a part of it.
            take: what is put in place of a number, told the cell that it multiplies.
        """
        if isinstance(node, FunctionCall) and node.name in _COUNT_PLACES:
            return node
        addends = list(_addends(node, 1)) if _is_sum(node) or self.alone else []
        weighs = any(_weighted(addend) for _, addend in addends) or _is_weighted_sum(addends)
        if not (weighs or self._has_products(addends)):
            return rebuilt(node, partial(self.replaced, take=take))
        addends = _with_one_number(addends)
        total: Node | None = None
        for sign, addend in (self._taken(*item, take) for item in addends):
            if total is None:
                total = addend if sign == 1 else Operator("-", (addend,))
            else:
                total = Operator("+" if sign == 1 else "-", (total, addend))
        return node if total is None else total

    def _has_products(self, addends: Collection[tuple[int, Node]]) -> bool:
        return any(sign == 1 and self._holds_products(own) for sign, own in addends)

    def _holds_products(self, node: Node) -> bool:
        """Whether something is a cell with products, or the sum of some that all have them."""
        match node:
            case Reference():
                return self.cell(node) in self.products
            case FunctionCall("SUM", (Reference(area=area),)):
                sheet = area.sheet or self.sheet
                return 1 < area.size <= _MOST and all((sheet, *place) in self.products for place in area.cells())
        return False

    def _taken(self, sign: int, addend: Node, take: _Take) -> tuple[int, Node]:
        """A summand with its sign, in which a typed weight, with this sign, is replaced.

        A negative number that is subtracted stays: of its two signs one may be a mistake.
        """
        weighted, number = _weighted(addend), _number(addend)
        if sign < 0 and (weighted or number is not None) and _is_negative(addend):
            return sign, addend
        if weighted is not None:
            weight, cells = weighted
            whole = take(sign * weight, cells[-1].area)
            return 1, reduce(lambda product, cell: Operator("*", (product, cell)), cells, whole)
        if number is not None:
            return 1, take(sign * number, None)
        return sign, Weighing(self.sheet, products=self.products).replaced(addend, take)

    def cell(self, reference: Reference) -> Address:
        """The first cell that a reference names."""
        return reference.area.sheet or self.sheet, reference.area.top, reference.area.left

    def added(self, node: Node) -> Iterator[Address]:
        """The cells that a formula adds to something, alone or multiplied with others.

        Args:
            node: the formula, or a part of it.
        """
        for _, addend in _addends(node, 1):
            factors = [*_factors(addend)]
            cells = [self.cell(factor) for factor in factors if isinstance(factor, Reference)]
            if _is_sum(node) and len(cells) == len(factors):
                yield from cells
            yield from (cell for own in children(addend) for cell in self.added(own))


def written_out(node: Node) -> Node:
    """A formula in which `SUMPRODUCT(B2:C2,{0.6,0.3})` is the sum of products that it stands for.

    Args:
        node: the formula, or a part of it.
    """
    match node:
        case FunctionCall("SUMPRODUCT", (Reference() as cells, ArrayLiteral() as numbers)) | FunctionCall(
            "SUMPRODUCT", (ArrayLiteral() as numbers, Reference() as cells)
        ) if (len(numbers.rows), len(numbers.rows[0])) == (cells.area.rows, cells.area.columns):
            places = [Reference(Range(cells.area.sheet, *own, 1, 1), cells.fixed) for own in cells.area.cells()]
            pairs = zip(chain(*numbers.rows), places, strict=True)
            return reduce(lambda total, own: Operator("+", (total, own)), (Operator("*", own) for own in pairs))
    return rebuilt(node, written_out)


def is_product(node: Node) -> bool:
    """Whether a formula is a number times a cell, and nothing else.

    Args:
        node: the formula.
    """
    return _weighted(node) is not None


def is_sum_or_product(node: Node) -> bool:
    """Whether a formula is a sum or a product, and no activation of one.

    Args:
        node: the formula.
    """
    return isinstance(node, Operator) and node.symbol in {"+", "-", "*"}


def _is_sum(node: Node) -> bool:
    return isinstance(node, Operator) and node.symbol in {"+", "-"} and len(node.operands) == 2


def _is_weighted_sum(addends: Collection[tuple[int, Node]]) -> bool:
    """Whether a single number is added to products of cells: to two or more, or to all of two ranges at once."""
    others = [own for sign, own in addends if sign == 1 and _number(own) is None]
    products = [own for own in others if is_product_of_cells(own)]
    at_once = [own for own in others if isinstance(own, FunctionCall) and own.name in {"SUMPRODUCT", "MMULT"}]
    is_all = len(products) + len(at_once) == len(others) == len(addends) - 1
    return is_all and len(products) + 2 * len(at_once) > 1


def is_product_of_cells(node: Node) -> bool:
    """Whether something multiplies two cells, and does nothing else.

    Args:
        node: a formula, or a part of it.
    """
    factors = [*_factors(node)]
    return len(factors) == 2 and all(isinstance(own, Reference) and own.area.size == 1 for own in factors)


def _addends(node: Node, sign: int) -> Iterator[tuple[int, Node]]:
    if isinstance(node, Operator) and _is_sum(node):
        left, right = node.operands
        yield from _addends(left, sign)
        yield from _addends(right, sign if node.symbol == "+" else -sign)
    else:
        yield sign, node


def _with_one_number(addends: Sequence[tuple[int, Node]]) -> list[tuple[int, Node]]:
    """Summands of which the typed numbers are one: `3.5+1.8*B2+0.1` has one bias."""
    numbers = {at: sign * number for at, (sign, own) in enumerate(addends) if (number := _number(own)) is not None}
    whole = (1, Literal(float(f"{sum(numbers.values()):.15g}")))
    first = min(numbers, default=None)
    return [whole if at == first and len(numbers) > 1 else own for at, own in enumerate(addends)
            if at == first or at not in numbers]  # fmt: skip


def _factors(node: Node) -> Iterator[Node]:
    if isinstance(node, Operator) and node.symbol == "*":
        for own in node.operands:
            yield from _factors(own)
    else:
        yield node


def _is_negative(node: Node) -> bool:
    """Whether a number or a product begins with a minus."""
    while isinstance(node, Operator) and len(node.operands) > 1:
        node = node.operands[0]
    return isinstance(node, Operator) and node.symbol == "-"


def _weighted(node: Node) -> tuple[float, list[Reference]] | None:
    """A number and the cells that it multiplies."""
    factors = [*_factors(node)]
    numbers = [number for factor in factors if (number := _number(factor)) is not None]
    cells = [factor for factor in factors if isinstance(factor, Reference) and factor.area.size == 1]
    return (numbers[0], cells) if len(numbers) == 1 and cells and len(factors) == len(cells) + 1 else None


def _number(node: Node) -> float | None:
    if isinstance(node, Operator) and node.symbol == "-" and len(node.operands) == 1:
        number = _number(node.operands[0])
        return None if number is None else -number
    return node.value if isinstance(node, Literal) and isinstance(node.value, float) else None
