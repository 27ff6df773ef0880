"""Formulas that ask whether a sample begins at their step, as `IF(B2=1,0,P1)*C$7` does in a sum."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.shapes import shape_of
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Operator, Reference, rebuilt, single_cell, walk
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.reading.cells import CellTable

_COMPARES: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq, "<>": operator.ne, ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
_NOTHING = Literal(0.0)
_Questions = Mapping[Node, Node]
"""The part of a formula that asks → what it gives today: a state, or 0 where a sample begins."""


def as_begun(table: CellTable) -> dict[Address, str]:
    """The formulas that ask whether a sample begins → the same with the state, or 0, which they have today.

    Those of a family only of which some begin a sample and others go on: else nobody knows what they do in the other
    case.

    Args:
        table: the cells.
    """
    alike: dict[str, dict[Address, tuple[Node, _Questions]]] = defaultdict(dict)
    for cell, text in table.texts.items():
        node = parsed(text) if "IF(" in text.upper() and cell not in table.arrays else None
        if node is not None and (questions := dict(_questions(node, cell, table))):
            alike[shape_of(text, *cell[1:])][cell] = node, questions
    both = (
        own for own in alike.values()
        if len({given == _NOTHING for _, asked in own.values() for given in asked.values()}) > 1
    )  # fmt: skip
    return {cell: unparse(_answered(*found)) for own in both for cell, found in own.items()}


def _questions(tree: Node, cell: Address, table: CellTable) -> Iterator[tuple[Node, Node]]:
    for node in walk(tree):
        match node:
            case FunctionCall("IF", (Operator(symbol, (Reference() as count, Literal(float(number)))), one, other)):
                counted, states = single_cell(count, cell[0]), [own for own in (one, other) if _is_cell(own)]
                counts = table.typed_numbers.get(counted) if counted is not None else None
                # A relu asks for what it gives.
                is_choice = len(states) == 1 and _NOTHING in {one, other} and single_cell(states[0], cell[0]) != counted
                if counts is not None and is_choice and symbol in _COMPARES:
                    yield node, one if _COMPARES[symbol](counts, number) else other


def _is_cell(node: Node) -> bool:
    return isinstance(node, Reference) and node.area.size == 1


def _answered(node: Node, questions: _Questions) -> Node:
    return questions[node] if node in questions else rebuilt(node, lambda own: _answered(own, questions))
