"""What people compute from the decisions of a network: the class that is likeliest, whether it is right, how many are.

A decision is constant but for jumps, and so is what is computed from decisions and typed numbers alone. No layer that
learns follows on it, unless it weighs decisions, as the next layer of a perceptron does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import IntEnum
from functools import lru_cache

from xlcheck.formulas import tree
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.handmade.beside.chosen_results import SAME, is_chosen
from xlcheck.handmade.beside.counted_parts import COUNTS, counts_a_part
from xlcheck.handmade.beside.showing import puts_together, says_words
from xlcheck.handmade.reading.cell_terms import in_order
from xlcheck.handmade.reading.lines import Lines
from xlcheck.handmade.reading.reads import Reads

_COMPARES = SAME | {"<", ">", "<=", ">="}
_DECIDES = frozenset(
    {"MATCH", "XMATCH", "COUNTIF", "COUNTIFS", "EXACT", "AND", "OR", "NOT", "SIGN", "INT", "RANK", "RANK.EQ"}
)
_PUTS_TOGETHER = frozenset(
    {"SUM", "AVERAGE", "SUMIF", "AVERAGEIF", "MIN", "MAX", "ABS", "N", "TEXT", "CONCAT", "CONCATENATE"}
    | {"IFERROR", "ROUND"}
)
_ADDS = frozenset({"SUM", "AVERAGE", "MIN", "MAX"})
_LARGEST = frozenset({"MAX", "LARGE"})
_CHOOSES = {
    "IF": slice(1, None), "CHOOSE": slice(1, None), "VLOOKUP": slice(1, None), "INDEX": slice(0, 1),
    "XLOOKUP": slice(2, None), "LOOKUP": slice(2, None),
}  # fmt: skip
"""Functions that choose → the arguments from which they do; the others say which."""
_LEAST = frozenset({"MIN", "SMALL"})
_parsed = lru_cache(maxsize=4096)(parsed)
_MAY_DECIDE = re.compile(r"[<>=]|\b(?:MATCH|COUNTIF|EXACT|SIGN|INT|RANK)", re.IGNORECASE)


class _Way(IntEnum):
    """How a number depends on the results of a network."""

    COUNTED = 0
    """Not at all: it is no number that a layer could have, as a digit in a formula."""
    TYPED = 1
    """Not at all: it is typed into a cell, or computed from such numbers, as weights are."""
    STEPS = 2
    """Constant but for jumps."""
    SMOOTH = 3
    """Otherwise, or it is not known how."""
    LEAST = 4
    """As the least of some results."""
    UNWANTED = 5
    """Constant but for jumps, and no evaluation: by which one is the least, or by the sum of several decisions."""


def evaluations(
    reads: Reads, taken: Collection[Address], decisions: Collection[Address]
) -> tuple[set[Address], set[Address]]:
    """The formulas that are computed from decisions, these among them, if nothing else reads them; and odd ones.

    One that is filled otherwise than those of its kind in line with it is odd, or counts a part of a line, or divides
    by the number of other cells, or looks for the least of some results.

    Args:
        reads: who reads what.
        taken: the cells of layers.
        decisions: the formulas that say of each result of a layer on which side of a threshold it is; others that say
            so of some may be an activation.
    """
    others = [cell for cell in reads.formulas if cell not in taken and cell not in reads.edited]
    if not decisions and not any(_MAY_DECIDE.search(reads.table.texts[cell]) for cell in others):
        return set(), set()
    ways = _Ways(reads, taken, decisions)
    found = {cell for cell in others if ways.of_cell(cell) is _Way.STEPS} - (ways.with_threshold - {*decisions})
    found |= {cell for cell in others if reads.readers.get(cell) and ways.is_largest(cell)}
    while read := {cell for cell in found if not found.issuperset(reads.readers.get(cell, ()))}:
        found -= read
    totals = {cell: reads.readers.get(cell, ()) for cell in others if ways.is_counted(cell)}
    found |= {cell for cell, read in totals.items() if read and found.issuperset(read)}
    lines = Lines(sorted(found), reads.table)
    odd = {cell for cell in found if lines.is_alone(cell) or counts_a_part(cell, found, reads)}
    unwanted = {cell for cell in others if ways.of_cell(cell) is _Way.UNWANTED}
    return found - odd, odd | unwanted


def counts_only(text: str) -> bool:
    """Whether a formula reads cells only to count them, whatever they hold.

    Args:
        text: the formula.
    """

    def is_read(node: tree.Node) -> bool:
        return isinstance(node, tree.Reference) or (not _is_count(node) and any(map(is_read, tree.children(node))))

    node = _parsed(text)
    return node is not None and not is_read(node)


class _Ways:
    """How each formula depends on the results of a network.

    Args:
        reads: who reads what.
        taken: the cells of layers.
        decisions: the formulas that are known to jump once.

    Attributes:
        with_threshold: the formulas that compare a result with a number, but for those that give words or totals.
    """

    def __init__(self, reads: Reads, taken: Collection[Address], decisions: Collection[Address]) -> None:
        self._reads, self._names = reads, reads.table.names()
        self._of: dict[Address, _Way] = dict.fromkeys(taken, _Way.SMOOTH)
        self._of |= {own: _Way.STEPS for own in decisions if not _MAY_DECIDE.search(reads.table.texts.get(own, ""))}
        self._cell = ("", 0, 0)
        self.with_threshold = set[Address]()
        for cell in in_order({cell: tuple(reads.of(cell)) for cell in reads.formulas}):
            if cell not in self._of:
                self._of[cell] = self._of_formula(cell)

    def of_cell(self, cell: Address) -> _Way:
        """How a cell does; one in a circle is not known."""
        return self._of.get(cell, _Way.SMOOTH if self._reads.is_formula(cell) else _Way.TYPED)

    def _is(self, way: _Way) -> Callable[[Address], bool]:
        return lambda cell: self.of_cell(cell) is way

    def is_counted(self, cell: Address) -> bool:
        """Whether a formula is the total of typed numbers, as a target may be that of a sample's inputs."""
        node = _parsed(self._reads.table.texts.get(cell, ""))
        return isinstance(node, tree.FunctionCall) and node.name in _ADDS and self.of_cell(cell) is _Way.TYPED

    def is_largest(self, cell: Address) -> bool:
        """Whether a formula is the largest of some results."""
        node = _parsed(self._reads.table.texts.get(cell, ""))
        return isinstance(node, tree.FunctionCall) and node.name in _LARGEST

    def _of_formula(self, cell: Address) -> _Way:
        if cell in self._reads.edited:
            return _Way.SMOOTH
        self._cell = cell
        node = _parsed(self._reads.table.texts.get(cell, ""))
        node = node and self._without_names(node)
        way = _Way.SMOOTH if node is None else max(self._of_node(node, cell[0]), _Way.TYPED)
        if node is not None and (says_words(node) or puts_together(node)):
            self.with_threshold.discard(cell)
        return way

    def _without_names(self, node: tree.Node) -> tree.Node:
        """A part of a formula with what its defined names stand for."""
        if isinstance(node, tree.Name):
            return self._names.get(node.name.lower(), node)
        return tree.rebuilt(node, self._without_names) if self._names else node

    def _of_node(self, node: tree.Node, sheet: str) -> _Way:
        if is_chosen(node, sheet, self._reads, self._is(_Way.STEPS), self._is(_Way.SMOOTH)):
            return _Way.STEPS
        match node:
            case tree.Literal() | tree.ArrayLiteral():
                return _Way.COUNTED
            case tree.Reference():
                return self._of_area(node.area, sheet)
            case tree.Operator():
                return self._of_operator(node, sheet)
            case tree.FunctionCall():
                adds_words = node.name in _ADDS and any(self._are_words(own, sheet) for own in node.arguments)
                ways = [self._of_node(argument, sheet) for argument in node.arguments]
                return _Way.SMOOTH if adds_words else self._of_call(node.name, ways)
        return _Way.SMOOTH

    def _of_operator(self, node: tree.Operator, sheet: str) -> _Way:
        ways = [self._of_node(operand, sheet) for operand in node.operands]
        if node.symbol in _COMPARES:
            if _Way.SMOOTH in ways and min(ways) <= _Way.TYPED and node.symbol not in SAME:
                self.with_threshold.add(self._cell)
            if any(isinstance(own, tree.Literal) and isinstance(own.value, str) for own in node.operands):
                return max(_decided(ways), _Way.STEPS)  # a word is no number that a layer could have
            is_neuron = any(self._adds_decisions(operand, sheet) for operand in node.operands)
            return _Way.UNWANTED if is_neuron else _decided(ways)
        if node.symbol == "*" and _Way.STEPS in ways and any(map(_is_count, node.operands)):
            return _Way.SMOOTH
        return _weighed(ways) if node.symbol in {"*", "/", "^"} else max(ways)

    def _adds_decisions(self, node: tree.Node, sheet: str) -> bool:
        """Whether something is the sum of several decisions, as what the next unit of a perceptron decides by."""
        if not isinstance(node, tree.Operator) or node.symbol not in {"+", "-"}:
            return False
        steps = [self._of_node(operand, sheet) is _Way.STEPS for operand in node.operands]
        return sum(steps) > 1 or any(self._adds_decisions(operand, sheet) for operand in node.operands)

    def _of_area(self, area: Range, sheet: str) -> _Way:
        text = self._reads.table.texts.get((area.sheet or sheet, area.top, area.left)) if area.size == 1 else None
        node = None if text is None else _parsed(text)
        if node is not None and _is_count(node):
            return _Way.COUNTED
        return max(map(self.of_cell, self._reads.table.cells_in(area, sheet)), default=_Way.TYPED)

    def _are_words(self, node: tree.Node, sheet: str) -> bool:
        """Whether something is a range of decisions in words or truths, of which the sum is 0 whatever they say."""
        cells = self._reads.table.cells_in(node.area, sheet) if isinstance(node, tree.Reference) else []
        holds = self._reads.terms.holds_number
        return any(self._reads.is_formula(cell) for cell in cells) and not any(map(holds, cells))

    def _of_call(self, name: str, ways: Sequence[_Way]) -> _Way:
        if name in COUNTS:
            return _Way.COUNTED
        if name in _LEAST and max(ways, default=_Way.TYPED) is _Way.SMOOTH:
            return _Way.LEAST
        if name in _DECIDES:
            return _decided(ways)
        if name in _CHOOSES:
            chosen = ways[_CHOOSES[name]]
            saying = [way for number, way in enumerate(ways) if number not in range(len(ways))[_CHOOSES[name]]]
            return max((_decided(saying), *chosen))
        if name == "SUMPRODUCT":
            return _weighed(ways)
        known = name in _PUTS_TOGETHER or max(ways, default=_Way.TYPED) <= _Way.TYPED
        return max(ways, default=_Way.TYPED) if known else _Way.SMOOTH


def _decided(ways: Iterable[_Way]) -> _Way:
    """The way of a decision: typed numbers that are compared are no number that a layer could have, either."""
    way = max(ways, default=_Way.COUNTED)
    if way >= _Way.LEAST:
        return _Way.UNWANTED
    return _Way.STEPS if way > _Way.TYPED else _Way.COUNTED


def _weighed(ways: Sequence[_Way]) -> _Way:
    """The way of a product: a typed number may be the weight of a decision."""
    way = max(ways, default=_Way.TYPED)  # of nothing in a damaged formula
    return _Way.SMOOTH if way is _Way.STEPS and _Way.TYPED in ways else way


def _is_count(node: tree.Node) -> bool:
    """Whether something is a number of cells, by which a share is divided and nothing is multiplied."""
    return isinstance(node, tree.FunctionCall) and node.name in COUNTS
