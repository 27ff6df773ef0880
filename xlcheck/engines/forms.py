"""What the tree of a formula says of ranges, percentages and brackets: forms that engines compute otherwise."""

from __future__ import annotations

from collections.abc import Callable, Set

from xlcheck.formulas import tree as ast
from xlcheck.formulas.parser import parsed

_OF_REFERENCES = {":", " ", ",", "#"}
_ARITHMETIC = {"+", "-", "*", "/", "^"}
_GIVE_ARRAYS = {"MMULT", "TRANSPOSE", "MINVERSE", "MUNIT", "FREQUENCY"}
_COMPARISONS = {"=", "<>", "<", ">", "<=", ">="}


def intersects(formula: str, by_cells: Callable[[str], bool], of_arrays: Set[str], ranges: frozenset[str]) -> bool:
    """Whether some function is given what an operator, or one of the functions, makes of ranges cell by cell.

    Args:
        formula: the text.
        by_cells: whether a function is computed for each cell of a range.
        of_arrays: those that calculate with arrays anyway, and so does whatever stands in their brackets.
        ranges: the defined names, in small letters, that stand for more than one cell.
    """
    tree = parsed(formula)
    waiting = [] if tree is None else [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionCall):
            if node.name in of_arrays:
                continue
            if any(_is_array(argument, by_cells, ranges) for argument in node.arguments):
                return True
        waiting.extend(ast.children(node))
    return False


def is_over_a_range(formula: str, takes_single_values: Callable[[str], bool], ranges: frozenset[str]) -> bool:
    """Whether a function that takes single values is given a range, minus a range or an array; see `intersects`."""
    return any(
        _is_range(_without_sign(argument), ranges) or _is_made_of_arrays(argument, takes_single_values)
        for node in _nodes(formula)
        if isinstance(node, ast.FunctionCall) and takes_single_values(node.name)
        for argument in node.arguments
    )


def goes_beyond_its_end(formula: str) -> bool:
    """Whether something stands behind a whole formula, or a space between two references: `A1)`, `A1 B1`, `A1#`."""
    tree = parsed(formula)
    symbols = {node.symbol for node in ([] if tree is None else ast.walk(tree)) if isinstance(node, ast.Operator)}
    return tree is None or not symbols.isdisjoint({" ", "#"})


def has_percentage_of_a_sum(formula: str) -> bool:
    """Whether a percentage is taken of more than a single operand."""
    return any(
        isinstance(node, ast.Operator) and node.symbol == "%" and isinstance(node.operands[0], ast.Operator)
        for node in _nodes(formula)
    )


def negates_a_product(formula: str) -> bool:
    """Whether it matters that a minus stands before the brackets of a product or quotient, and not inside them.

    So it is where a power begins the product, and where more is done with it that binds as tightly: `-(A1^2*B1)`,
    `-(A1*B1)^2`, `A1/-(B1*C1)`.
    """

    def matters(node: ast.Operator) -> bool:
        match node.symbol, node.operands:
            case "-", (operand,):
                return _is_product(operand) and _begins_with_a_power(operand)
            case "^", (base, _):
                return _is_signed_product(base)
            case "/", (_, divisor):
                return _is_signed_product(divisor)
        return False

    return any(isinstance(node, ast.Operator) and matters(node) for node in _nodes(formula))


def goes_on_with_a_text(formula: str) -> bool:
    """Whether it is calculated with joined texts, or a comparison is joined or compared: `(A1&B1)*2`, `A1=(B1=C1)`."""

    def is_one_of(node: ast.Node, symbols: Set[str]) -> bool:
        return isinstance(node, ast.Operator) and len(node.operands) > 1 and node.symbol in symbols

    def goes_on(node: ast.Operator) -> bool:
        if len(node.operands) > 1 and node.symbol in _ARITHMETIC:
            return any(is_one_of(operand, {"&"}) for operand in node.operands)
        inner = node.operands if node.symbol == "&" else node.operands[1:] if node.symbol in _COMPARISONS else ()
        return any(is_one_of(operand, _COMPARISONS) for operand in inner)

    return any(isinstance(node, ast.Operator) and goes_on(node) for node in _nodes(formula))


def _is_product(node: ast.Node) -> bool:
    return isinstance(node, ast.Operator) and node.symbol in {"*", "/"}


def _is_signed_product(node: ast.Node) -> bool:
    """Whether it is a product, or a quotient, with a minus before it."""
    inner = _without_sign(node)
    return inner is not node and _is_product(inner)


def _begins_with_a_power(node: ast.Node) -> bool:
    while isinstance(node, ast.Operator) and _is_product(node):
        node = node.operands[0]
    return isinstance(node, ast.Operator) and node.symbol == "^"


def _is_array(node: ast.Node, by_cells: Callable[[str], bool], ranges: frozenset[str]) -> bool:
    """Whether each cell of a range is calculated with: by an operator, or by one of the functions."""
    match node:
        case ast.Operator() if node.symbol not in _OF_REFERENCES:
            parts: tuple[ast.Node, ...] = node.operands
        case ast.FunctionCall() if by_cells(node.name):
            parts = node.arguments
        case _:
            return False
    return any(_is_range(part, ranges) or _is_array(part, by_cells, ranges) for part in parts)


def numbers_a_range(formula: str) -> bool:
    """Whether a formula asks for the numbers of the rows or columns of more than one cell."""
    return any(map(_numbers_a_range, _nodes(formula)))


def _numbers_a_range(node: ast.Node) -> bool:
    match node:
        case ast.FunctionCall(name="ROW" | "COLUMN", arguments=(ast.Reference(area=area),)):
            return area.size > 1
    return False


def _is_made_of_arrays(node: ast.Node, takes_single_values: Callable[[str], bool]) -> bool:
    """Whether a node is an array because of what a function in it gives, such as a product of matrices."""
    match node:
        case ast.FunctionCall(name=name) if name in _GIVE_ARRAYS or _numbers_a_range(node):
            return True
        case ast.FunctionCall(name=name) if not takes_single_values(name):
            return False
    return any(_is_made_of_arrays(part, takes_single_values) for part in ast.children(node))


def _is_range(node: ast.Node, ranges: frozenset[str]) -> bool:
    """Whether a node is more than one cell, as far as it says so."""
    match node:
        case ast.Reference():
            return node.area.size > 1
        case ast.Name():
            return node.name.casefold() in ranges
    return False


def _without_sign(node: ast.Node) -> ast.Node:
    while isinstance(node, ast.Operator) and node.symbol == "-" and len(node.operands) == 1:
        node = node.operands[0]
    return node


def _nodes(formula: str) -> list[ast.Node]:
    tree = parsed(formula)
    return [] if tree is None else list(ast.walk(tree))
