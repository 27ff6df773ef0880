"""Inputs that formulas scale where they read them, as in `=$A2/$A$9*E$1+…`: each as a formula in a cell of its own.

A typed number that is divided by another one, or from which one is subtracted, and which is then multiplied by a weight
is an input that was scaled, as it is where the quotient stands in a cell. So is one of which a logarithm is taken.
Ranges are scaled number by number, as in `=SUMPRODUCT((A2:C2-A$9:C$9)/A$10:C$10,E$1:G$1)`.

A word, or a code, is an input of 1 or 0 for each that formulas ask for: `(D2="yes")*E$1`, `IF(D2="yes",E$1,0)`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from xlcheck.formulas.addresses import MAX_COLUMNS, Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.scanner import BOTTOM, LEFT, RIGHT, TOP, cut
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.formulas.tree import FunctionCall, Literal, Name, Node, Operator, Reference, children, rebuilt, walk
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import Line, lines_of
from xlcheck.handmade.reading.precedents import Precedents

_APART = 2
"""Columns between what stands on a worksheet and these cells."""
_MOST, _LARGE = 4_000, 1_000
"""Numbers that are scaled within formulas, and in one range; to look at more takes too long."""
_OF_RANGES = frozenset({"SUMPRODUCT", "MMULT"})
"""What multiplies ranges; their arguments are factors, whatever stands beside them."""
_OF_NUMBERS = frozenset({"LN", "LOG10", "SQRT", "SIN", "COS"})
"""What people make features with, and no layer applies."""
_FIXED = TOP | LEFT | BOTTOM | RIGHT
Asked = str | float | None
"""The word or code that a formula asks for; None where a number is scaled."""
_ADDS, _MULTIPLIES = frozenset({"+", "-"}), frozenset({"*", "/"})


@dataclass(frozen=True)
class ScaledInputs:
    """Inputs that are scaled within formulas.

    Attributes:
        inputs: a cell that is empty in the workbook → the typed number that it scales, or the word that it encodes.
        texts: these cells and the formula cells that read them → their formulas, without `=`.
    """

    inputs: Mapping[Address, Address]
    texts: Mapping[Address, str]


def scaled_inputs(table: CellTable, precedents: Precedents) -> ScaledInputs | None:
    """The inputs that formulas of a workbook scale before they multiply them; None if there are none, or no room.

    Args:
        table: its cells.
        precedents: who reads what.
    """
    found = _Scaled(table, precedents)
    trees = {cell: parsed(text) for cell, text in table.texts.items() if cell not in table.arrays}
    texts: dict[Address, str] = {}
    for cell, whole in trees.items():
        new = whole and found.without_scaling(whole, cell[0])
        if new is not None and new != whole:
            texts[cell] = unparse(new)
            found.end_formula()
    own = {found.place(*key): unparse(_on_sheet(node, key[0][0])) for key, node in found.scaled.items()}
    has_room = all(cell[2] < MAX_COLUMNS for cell in own) and len(own) <= _MOST
    if not own or found.is_uneven or not has_room or not _is_even(own):
        return None
    return ScaledInputs({found.place(*key): key[0] for key in found.scaled}, {**texts, **own})


def _is_even(texts: Mapping[Address, str]) -> bool:
    """Whether all numbers of each column, or all of each row, are scaled in one way; one that is not may be a slip.

    Nor do two ways read as many numbers beside an input, as `(A2-A$9)/A$10` and `B2-B$9/B$10` do.
    """
    shapes: list[dict[Line, set[str]]] = [defaultdict(set), defaultdict(set)]
    ways: dict[int, set[str]] = defaultdict(set)
    for cell, text in texts.items():
        for own, line in zip(shapes, lines_of(cell), strict=True):
            own[line].add(shape_of(text, *cell[1:]))
        count = len(cut(text).refs)
        ways[count].update([skeleton(text)] if count > 1 else ())
    is_one_way = all(len(own) < 2 for own in ways.values())
    return is_one_way and any(all(len(alike) == 1 for alike in own.values()) for own in shapes)


class _Scaled:
    """Collects what is scaled, and how.

    Attributes:
        scaled: a typed number, or a word with one that formulas ask for → what they make of it before they multiply it.
        is_uneven: whether two formulas make different things of one.
    """

    def __init__(self, table: CellTable, precedents: Precedents) -> None:
        self.scaled: dict[tuple[Address, Asked], Node] = {}
        self.is_uneven = False
        self._table, self._precedents = table, precedents
        self._codes: dict[tuple[str, Asked], int] = {}
        self._asked: dict[Address, Counter[Asked]] = defaultdict(Counter)
        self._ways: dict[Address, set[Asked]] = {}

    def end_formula(self) -> None:
        """What a formula asks of a word all others ask, too, each as often as the other: one that does not is odd."""
        for cell, counts in self._asked.items():
            same = self._ways.setdefault(cell, {*counts}) == {*counts} and len({*counts.values()}) == 1
            self.is_uneven |= not same
        self._asked.clear()

    def place(self, cell: Address, asked: Asked = None) -> Address:
        """The cell for what is made of a number: all stand to one another as the numbers do, each code apart."""
        block = 0 if asked is None else self._codes.setdefault((cell[0], asked), 1 + len(self._codes))
        return (*cell[:2], cell[2] + (1 + block) * self._away(cell[0]))

    def _away(self, sheet: str) -> int:
        bounds = self._table.bounds[sheet]
        return bounds.left + bounds.columns + _APART

    def without_scaling(self, node: Node, sheet: str) -> Node:
        """A formula of a worksheet that reads what is scaled from cells of its own."""
        match node:
            case Operator("/", (FunctionCall(arguments=(_, _)) as call, divisor)) if call.name in _OF_RANGES:
                if (once := self._scaled_once(call, divisor, sheet)) is not None:
                    return once
        if isinstance(node, FunctionCall) and node.name in _OF_RANGES:
            return rebuilt(node, lambda own: self._read(own, sheet) or self.without_scaling(own, sheet))
        if (encoded := self._encoded(node, sheet)) is not None:
            return encoded
        factors = [*_factors(node)]
        pair = _scaling(factors) if len(factors) > 1 else None
        if pair is None:
            return rebuilt(node, lambda own: self.without_scaling(own, sheet))
        scaled, first, below = pair
        place = self._read(scaled, sheet)
        if place is None:
            return rebuilt(node, lambda own: self.without_scaling(own, sheet))
        kept = [
            (place if number == first else self.without_scaling(own, sheet), is_above)
            for number, (own, is_above) in enumerate(factors) if number == first or number not in below
        ]  # fmt: skip
        return _product(kept)

    def _encoded(self, node: Node, sheet: str) -> Node | None:
        """A choice of a weight or 0 by a word as their product; the same for products of weights and conditions."""
        match node:
            case FunctionCall("IF", (condition, weight, Literal(0.0))) if not isinstance(weight, Literal):
                code = self._code(condition, sheet)
                return None if code is None else Operator("*", (code, self.without_scaling(weight, sheet)))
            case Operator("*", (one, other)) if not isinstance(one, Literal) and not isinstance(other, Literal):
                codes = [self._code(own, sheet) for own in (one, other)]
                if any(codes):
                    pairs = zip(codes, (one, other), strict=True)
                    return Operator("*", tuple(code or self.without_scaling(own, sheet) for code, own in pairs))
        return None

    def _code(self, node: Node, sheet: str) -> Node | None:
        """The reference that stands for the 1 or 0 of a condition, which asks for one word or code of a typed cell."""
        match node:
            case FunctionCall("IF", (condition, Literal(1.0), Literal(0.0))):
                return self._code(condition, sheet)
            case Operator("=", (Reference() as own, Literal(value=asked))) if own.area.size == 1:
                area, its = own.area, own.area.sheet or sheet
                cell = (its, area.top, area.left)
                if cell not in self._table.typed_numbers and cell not in self._table.words:
                    return None
                condition = FunctionCall("IF", (_qualified(node, sheet), Literal(1.0), Literal(0.0)))
                self.scaled[cell, asked] = condition
                self._asked[cell][asked] += 1
                return Reference(replace(area, left=self.place(cell, asked)[2]), own.fixed)
        return None

    def _scaled_once(self, call: FunctionCall, below: Node, sheet: str) -> Node | None:
        """A sum of products of two ranges that is divided: the inputs are, which do not stay where the weights do."""
        moving = [own for own in call.arguments if isinstance(own, Reference) and own.fixed != _FIXED]
        place = self._read(Operator("/", (moving[0], below)), sheet) if len(moving) == 1 else None
        if place is None:
            return None
        return replace(call, arguments=tuple(place if own is moving[0] else own for own in call.arguments))

    def _read(self, node: Node, sheet: str) -> Node | None:
        """The reference that stands for what scales a number, or each of a range; None if it does something else."""
        own = _first_reference(node)
        if own is None or own is node or not self._is_typed(own, sheet) or not self._only_scales(node, own, sheet):
            return None
        area, its = own.area, own.area.sheet or sheet
        for place in area.cells():
            scaled = _qualified(_element(node, area, place), sheet)
            self.is_uneven |= self.scaled.setdefault(((its, *place), None), scaled) != scaled
        return Reference(replace(area, left=area.left + self._away(its)), own.fixed)

    def _is_typed(self, own: Reference, sheet: str) -> bool:
        typed = self._table.typed_numbers
        return own.area.size <= _LARGE and all((own.area.sheet or sheet, *cell) in typed for cell in own.area.cells())

    def _only_scales(self, node: Node, scaled: Reference, sheet: str) -> bool:
        """Whether all else in it are numbers, typed or made of typed ones alone, as a mean is."""
        match node:
            case Reference():
                same = (node.area.rows, node.area.columns) in {(1, 1), (scaled.area.rows, scaled.area.columns)}
                return node is scaled or (node != scaled and same and self._is_given(node, sheet))
            case Literal() | Name():
                return True
            case Operator(symbol=symbol) if symbol in _ADDS | _MULTIPLIES:
                return all(self._only_scales(own, scaled, sheet) for own in node.operands)
            case FunctionCall(name=name, arguments=(own,)) if name in _OF_NUMBERS and scaled in walk(own):
                return self._only_scales(own, scaled, sheet)
            case FunctionCall():
                read = [own for own in walk(node) if isinstance(own, Reference)]
                typed = all(own.area.size > 1 or self._is_typed(own, sheet) for own in read)  # a layer takes roots, too
                return typed and all(own is not scaled and self._is_given(own, sheet) for own in read)
        return False

    def _is_given(self, own: Reference, sheet: str) -> bool:
        cells = self._table.cells_in(own.area, sheet) if own.area.size <= _LARGE else []
        return bool(cells) and not any(
            self._table.is_formula(read) for cell in cells for read in self._precedents.of(cell)
        )


def _factors(node: Node) -> Iterator[tuple[Node, bool]]:
    """The factors of a product, in their order, and whether they stand above the line."""
    match node:
        case Operator(symbol=symbol, operands=(left, right)) if symbol in _MULTIPLIES:
            yield from _factors(left)
            for own, is_above in _factors(right):
                yield own, is_above == (symbol == "*")
        case _:
            yield node, True


def _product(factors: list[tuple[Node, bool]]) -> Node:
    whole: Node | None = None
    for own, is_above in factors:
        if whole is None:
            whole = own if is_above else Operator("/", (Literal(1.0), own))
        else:
            whole = Operator("*" if is_above else "/", (whole, own))
    return whole or Literal(1.0)


def _scaling(factors: list[tuple[Node, bool]]) -> tuple[Node, int, list[int]] | None:
    """The part of a product that scales a number, if another factor stands beside it, and which of its factors it is.

    It is a difference, or else what stands right before the line, and what stands below the line.
    """
    below = [number for number, (_, is_above) in enumerate(factors) if not is_above]
    above = [number for number, (_, is_above) in enumerate(factors) if is_above]
    differences = [number for number in above if _is_difference(factors[number][0]) or _is_feature(factors[number][0])]
    if len(below) > 1 or len(above) < 2 or len(differences) > 1 or not (below or differences):
        return None
    before = [number for number in above if not below or number < below[0]]
    first = differences[0] if differences else before[-1] if before else above[0]
    own = factors[first][0]
    return Operator("/", (own, factors[below[0]][0])) if below else own, first, below


def _is_difference(node: Node) -> bool:
    """Whether something is added to a number, or taken from it; one that is taken from 1 is what a share leaves."""
    return (
        isinstance(node, Operator)
        and node.symbol in _ADDS
        and len(node.operands) > 1
        and _first_reference(node.operands[0]) is not None
    )


def _is_feature(node: Node) -> bool:
    return isinstance(node, FunctionCall) and node.name in _OF_NUMBERS


def _first_reference(node: Node) -> Reference | None:
    return next((own for own in walk(node) if isinstance(own, Reference)), None)


def _element(node: Node, whole: Range, cell: tuple[int, int]) -> Node:
    """How one number of a range is scaled: ranges as large give the number in its place; those in functions stay."""
    match node:
        case Reference(area=area) if area.size > 1:
            place = {"top": area.top + cell[0] - whole.top, "left": area.left + cell[1] - whole.left}
            return replace(node, area=Range(area.sheet, **place))
        case Operator() | FunctionCall() if isinstance(node, Operator) or node.name in _OF_NUMBERS:
            return rebuilt(node, partial(_element, whole=whole, cell=cell))
    return node


def _qualified(node: Node, sheet: str) -> Node:
    """With the worksheet in each reference."""
    return _with_sheets(node, lambda own: own or sheet)


def _on_sheet(node: Node, sheet: str) -> Node:
    """As a formula of this worksheet writes it."""
    return _with_sheets(node, lambda own: "" if own == sheet else own)


def _with_sheets(node: Node, name: Callable[[str], str]) -> Node:
    if isinstance(node, Reference):
        return replace(node, area=replace(node.area, sheet=name(node.area.sheet)))
    return rebuilt(node, partial(_with_sheets, name=name)) if children(node) else node
