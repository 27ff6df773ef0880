"""Worksheets in which a typed word says what a result should be, as `Pass` in `=E5-IF(D5="Pass",1,0)`: as numbers.

Each word is then the number of a class, which a target may be made of; what is said of the cells is put back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Operator, Reference, rebuilt, single_cell, walk
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import ToldAsItStands, rewritten

_ASKS = frozenset({"=", "<>"})
_FEWEST = 2
"""Samples, and words that tell their classes apart."""


def with_numbered_words(part: SheetGroup, answers: Answers) -> ToldAsItStands | None:
    """Some worksheets with numbers for the words that targets are; None if there are none, or words say more.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    table = part.table
    trees = {cell: tree for cell, text in table.texts.items() if '"' in text and (tree := parsed(text)) is not None}
    asked = {own for cell, tree in trees.items() for own, _ in _questions(tree, cell[0]) if own in table.words}
    targets = {own for cell, tree in trees.items() for part in walk(tree) if _is_error(part)
               for own, _ in _questions(part, cell[0])} & asked  # fmt: skip
    lines = {(cell[0], cell[axis], axis) for cell in targets for axis in (1, 2)}
    asked = {cell for cell in asked if any((cell[0], cell[axis], axis) in lines for axis in (1, 2))}
    said = sorted({str(table.words[cell]).casefold() for cell in asked})
    wanted = {word for cell, tree in trees.items() for own, word in _questions(tree, cell[0]) if own in asked}
    is_told = min(len(asked), len(said)) >= _FEWEST and wanted <= {*said}  # else a class is one that no sample has
    if not targets or not is_told or not answers.engine.takes_formulas:
        return None
    numbers = {word: float(number) for number, word in enumerate(said, 1)}
    texts = {}
    for cell, tree in trees.items():
        if any(own in asked for own, _ in _questions(tree, cell[0])):
            texts[cell] = unparse(_numbered(tree, cell[0], asked, numbers))
    new = rewritten(part, answers, texts, {cell: numbers[str(table.words[cell]).casefold()] for cell in asked})
    return None if new is None else ToldAsItStands(*new, part)


def _questions(tree: Node, sheet: str) -> Iterator[tuple[Address, str]]:
    """The cells that are compared with words, and the words."""
    for node in walk(tree):
        if isinstance(node, Operator) and node.symbol in _ASKS:
            for own, other in (node.operands, node.operands[::-1]):
                cell = single_cell(own, sheet) if isinstance(own, Reference) else None
                if cell is not None and isinstance(other, Literal) and isinstance(other.value, str):
                    yield cell, other.value.casefold()


def _is_error(node: Node) -> bool:
    """Whether something is taken off a number that is 1 for a word and 0 for others, or that off something."""
    if not isinstance(node, Operator) or node.symbol != "-" or len(node.operands) != _FEWEST:
        return False
    choices = (own.arguments[1:] for own in node.operands if isinstance(own, FunctionCall) and own.name == "IF")
    return any(all(isinstance(way, Literal) for way in ways) for ways in choices)  # no weight that a word chooses


def _numbered(node: Node, sheet: str, asked: Collection[Address], numbers: Mapping[str, float]) -> Node:
    """A formula with the number of its class in the place of each word that is asked for."""
    if isinstance(node, Operator) and node.symbol in _ASKS and any(own in asked for own, _ in _questions(node, sheet)):
        words = {
            own: own.value.casefold()
            for own in node.operands
            if isinstance(own, Literal) and isinstance(own.value, str)
        }
        return rebuilt(node, lambda own: Literal(numbers[words[own]]) if own in words else own)
    return rebuilt(node, lambda own: _numbered(own, sheet, asked, numbers))
