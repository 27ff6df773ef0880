"""Weights that are typed inside formulas, as in `=0.5*B2+0.3*C2+0.1`: each as a number in a cell of its own.

Formulas that were filled from one another have the same weights, also where the first one lacks a summand because
nothing stands before it. A formula in line with such a family that has most of its numbers shares these. A product that
stands alone has a weight only if a sum in line with it goes on with the same one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.scanner import BOTTOM, LEFT, RIGHT, TOP
from xlcheck.formulas.shapes import shape_of
from xlcheck.formulas.tree import Application, FunctionCall, Literal, Node, Operator, Reference
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents

_Spot = tuple[float, Range | None]
"""A typed number and the cell that it multiplies; None for a number that is added."""
_Take = Callable[[float, Range | None], Node]
_APART, _FAR = 2, 40
"""Rows and columns between what stands on a worksheet and the numbers; and to those that a family does not share."""


@dataclass(frozen=True)
class TypedWeights:
    """Numbers out of formulas.

    Attributes:
        numbers: a cell that is empty in the workbook → the number that it stands for.
        texts: formula cell → its formula with these cells in place of its numbers, without `=`.
    """

    numbers: Mapping[Address, float]
    texts: Mapping[Address, str]


def typed_weights(table: CellTable, precedents: Precedents) -> TypedWeights | None:
    """The weights that are typed inside the formulas of a workbook; None if there are none, or no room for them.

    Args:
        table: the workbook's cells.
        precedents: who reads what.
    """
    trees: dict[Address, Node] = {}
    for cell, text in table.texts.items():
        if "*" in text and cell not in table.arrays:
            with suppress(FormulaSyntaxError):
                trees[cell] = parse(text)
    spots = {cell: found for cell, tree in trees.items() if (found := _spots(tree, alone=False))}
    like, alone = _families(spots, table), dict[Address, list[_Spot]]()
    for cell, tree in trees.items():
        found = [] if cell in spots else _spots(tree, alone=True)
        sums = [other for other in _in_line(cell, spots) if len(found) == 1 and _goes_on(cell, found[0], other, spots)]
        if sums:
            alone[cell] = found
            like[cell] = like[sums[0]]
    spots |= alone
    places = _places(spots, like, table, precedents)
    if places is None:
        return None
    numbers, texts = {}, {}
    for cell in spots:
        own = iter(places[cell])

        def take(number: float, area: Range | None, own: Iterator[Address] = own) -> Node:
            place = next(own)
            numbers[place] = number
            return Reference(Range("", *place[1:], 1, 1), TOP | LEFT | BOTTOM | RIGHT)

        texts[cell] = unparse(_spread(trees[cell], take, alone=cell in alone))
    return TypedWeights(numbers, texts) if numbers else None


def _spots(tree: Node, *, alone: bool) -> list[_Spot]:
    """The typed weights of a formula, and the numbers added to their products, in order."""
    found: list[_Spot] = []
    _spread(tree, partial(_noted, found), alone=alone)
    return found


def _goes_on(cell: Address, spot: _Spot, other: Address, spots: Mapping[Address, Sequence[_Spot]]) -> bool:
    """Whether a sum multiplies what lies to it as to a product with the same number."""
    number, area = spot
    if area is None:
        return False
    by = (other[1] - cell[1], other[2] - cell[2])
    return (number, Range(area.sheet, area.top + by[0], area.left + by[1], 1, 1)) in spots[other]


def _in_line(cell: Address, among: Iterable[Address]) -> Iterator[Address]:
    """Other cells in the row or column of one."""
    for other in among:
        if other != cell and other[0] == cell[0] and (other[1] == cell[1] or other[2] == cell[2]):
            yield other


def _noted(found: list[_Spot], number: float, area: Range | None) -> Node:
    """Note a typed weight, and leave it as it is."""
    found.append((number, area))
    return Literal(number)


def _spread(node: Node, take: _Take, *, alone: bool) -> Node:
    """A tree in which each typed weight, and each number added to its product, is replaced.

    Args:
        node: the tree.
        take: what is put in place of a number, told the cell that it multiplies.
        alone: whether a product that is no summand has a weight, too.
    """
    addends = list(_addends(node, 1)) if _is_sum(node) or alone else []
    if not any(_weighted(addend) for _, addend in addends):
        return _rebuilt(node, partial(_spread, take=take, alone=alone))
    total: Node | None = None
    for sign, addend in (_taken(*item, take) for item in addends):
        if total is None:
            total = addend if sign == 1 else Operator("-", (addend,))
        else:
            total = Operator("+" if sign == 1 else "-", (total, addend))
    return node if total is None else total


def _taken(sign: int, addend: Node, take: _Take) -> tuple[int, Node]:
    """A summand with its sign, in which a typed weight, with this sign, is replaced."""
    weighted, number = _weighted(addend), _number(addend)
    if weighted is not None:
        weight, reference = weighted
        return 1, Operator("*", (take(sign * weight, reference.area), reference))
    return (sign, _spread(addend, take, alone=False)) if number is None else (1, take(sign * number, None))


def _is_sum(node: Node) -> bool:
    return isinstance(node, Operator) and node.symbol in {"+", "-"} and len(node.operands) == 2


def _addends(node: Node, sign: int) -> Iterator[tuple[int, Node]]:
    if isinstance(node, Operator) and _is_sum(node):
        left, right = node.operands
        yield from _addends(left, sign)
        yield from _addends(right, sign if node.symbol == "+" else -sign)
    else:
        yield sign, node


def _weighted(node: Node) -> tuple[float, Reference] | None:
    """A number and the one cell that it multiplies."""
    if not isinstance(node, Operator) or node.symbol != "*":
        return None
    for one, other in (node.operands, node.operands[::-1]):
        number = _number(one)
        if number is not None and isinstance(other, Reference) and other.area.size == 1:
            return number, other
    return None


def _number(node: Node) -> float | None:
    if isinstance(node, Operator) and node.symbol == "-" and len(node.operands) == 1:
        number = _number(node.operands[0])
        return None if number is None else -number
    return node.value if isinstance(node, Literal) and isinstance(node.value, float) else None


def _rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    if isinstance(node, Operator):
        return Operator(node.symbol, tuple(map(change, node.operands)))
    if isinstance(node, FunctionCall):
        return FunctionCall(node.name, tuple(map(change, node.arguments)))
    if isinstance(node, Application):
        return Application(change(node.function), tuple(map(change, node.arguments)))
    return node


def _places(
    spots: Mapping[Address, Sequence[_Spot]], like: Mapping[Address, Address], table: CellTable, precedents: Precedents
) -> dict[Address, list[Address]] | None:
    """Formula cell → for each of its numbers the cell that stands for it; None if there is no room.

    Formulas have a row each, in which the numbers stand in the order of the cells that they multiply: those of inputs
    before those of what is computed with typed weights.
    """
    computed = _following(spots, precedents)
    rows: Counter[str] = Counter()
    found: dict[Address, list[Address]] = {}
    for cell in sorted(spots, key=lambda cell: (like[cell] != cell, cell)):
        bounds, own = table.bounds[cell[0]], spots[cell]
        row, column = bounds.top + bounds.rows + _APART + rows[cell[0]], bounds.left + bounds.columns + _APART
        order = sorted(range(len(own)), key=lambda number: _order(cell[0], own[number], computed))
        places = [(cell[0], row, column + order.index(number)) for number in range(len(own))]
        if like[cell] != cell:
            shared = _shared(own, spots[like[cell]])
            places = [
                (*place[:2], place[2] + _FAR) if other is None else found[like[cell]][other]
                for place, other in zip(places, shared, strict=True)
            ]
        rows[cell[0]] += 1
        found[cell] = places
        if row >= MAX_ROWS or column + len(own) + _FAR >= MAX_COLUMNS:
            return None
    return found


def _order(sheet: str, spot: _Spot, computed: Collection[Address]) -> tuple[bool, bool, Address]:
    """What a number multiplies: an input before what is computed, each by its place; behind all of them nothing."""
    area = spot[1]
    cell = ("", 0, 0) if area is None else (area.sheet or sheet, area.top, area.left)
    return area is None, cell in computed, cell


def _following(cells: Iterable[Address], precedents: Precedents) -> set[Address]:
    """Some cells, and all that is computed from them."""
    found, stack = {*cells}, [*cells]
    while stack:
        new = set(precedents.readers(stack.pop())) - found
        found |= new
        stack += new
    return found


def _families(spots: Mapping[Address, Sequence[_Spot]], table: CellTable) -> dict[Address, Address]:
    """Formula cell → the one of its family by which all its numbers are known.

    It has most numbers, as nothing may stand before a first step, and of these those that most have.
    """
    like = _alike(spots, table)
    members: dict[Address, list[Address]] = defaultdict(list)
    for cell, first in like.items():
        members[first].append(cell)
    for own in members.values():
        numbers = {cell: tuple(number for number, _ in spots[cell]) for cell in own}
        shared = Counter(numbers.values())
        known = max(own, key=lambda cell: (len(spots[cell]), shared[numbers[cell]], cell))
        like |= dict.fromkeys(own, known)
    return like


def _alike(spots: Mapping[Address, Sequence[_Spot]], table: CellTable) -> dict[Address, Address]:
    """Formula cell → the first one of its family."""
    members: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for cell in spots:
        members[cell[0], shape_of(table.texts[cell], *cell[1:])].append(cell)
    like = {cell: own[0] for own in members.values() for cell in own}
    sizes = Counter(like.values())
    in_line: dict[tuple[str, bool, int], list[Address]] = defaultdict(list)
    for cell in spots:
        in_line[cell[0], True, cell[1]].append(cell)
        in_line[cell[0], False, cell[2]].append(cell)
    followed: set[Address] = set()  # such a cell has a family, and joins no other one
    for cell in (cell for cell in spots if sizes[like[cell]] == 1):
        if cell in followed:
            continue
        near = {*in_line[cell[0], True, cell[1]], *in_line[cell[0], False, cell[2]]} - {cell}
        others = [other for other in near if like[other] == other or sizes[like[other]] > 1]
        others.sort(key=lambda other: (sizes[like[other]] == 1, abs(other[1] - cell[1]) + abs(other[2] - cell[2])))
        for other in others:
            first = like[other]
            if like[first] == first != cell and _is_alike(spots[cell], spots[other], several=sizes[first] > 1):
                like[cell] = first
                followed.add(first)
                break
    return like


def _is_alike(own: Sequence[_Spot], others: Sequence[_Spot], *, several: bool) -> bool:
    """Whether a formula has the weights of a family: most of them, or of a single other formula all that it has."""
    if {area for _, area in own} == {area for _, area in others}:  # another unit, which reads the same
        return False
    common = sum(other is not None for other in _shared(own, others))
    return common > 1 and (2 * common > len(others) if several else common == len(own))


def _shared(own: Sequence[_Spot], others: Sequence[_Spot]) -> list[int | None]:
    """For each number of a formula, which one of another formula it is."""
    left = dict(enumerate(others))
    found: list[int | None] = []
    for number, area in own:
        same = [i for i, (other, at) in left.items() if other == number and (at is None) == (area is None)]
        found.append(same[0] if same else None)
        if same:
            del left[same[0]]
    return found
