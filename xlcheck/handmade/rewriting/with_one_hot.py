"""Worksheets that look up the weights of a word, as if they multiplied all weights with its one-hot vector.

`x·W` of a word is a row of W, so people fetch it by `VLOOKUP` and add it to the rest of the sum, in one formula or in
two. Here each such look-up is the sum of products that it stands for, with the vector in empty cells; and what is said
of it is put back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from xlcheck.formulas.addresses import MAX_COLUMNS, cell_name, quote_sheet
from xlcheck.formulas.algebra import Address, Leaf
from xlcheck.formulas.look_ups import PICKING, calls
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.references import References
from xlcheck.formulas.tree import FunctionCall, Node, children, rebuilt
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.beside.lookups import looked_up_wrongly
from xlcheck.handmade.networks.formula_text import looks_up
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.first_terms import adds, terms_of
from xlcheck.handmade.rewriting.rewritten import ToldAsItStands, renamed, rewritten

_PICKING = PICKING | {"SUMIF"}
"""What gives one number of a list; the sum of those of a word is one where each word has one."""
_LOOKS_UP = calls(_PICKING)
_AT = 3
"""Arguments of an INDEX that says both a row and a column."""
_APART = 2
"""Columns between what stands on a worksheet and the vectors."""
_FEW, _MOST = 2, 200
"""Words of a vocabulary."""


@dataclass(frozen=True)
class _LookUp:
    """A part of a formula, or all of it, that looks up one weight.

    Attributes:
        whole: the formula.
        node: the part.
        word: the cell of what it looks for.
        weights: the cells of which it may give one, in their order.
        number: which one it gives.
    """

    whole: Node
    node: Node
    word: Address
    weights: tuple[Address, ...]
    number: int


@dataclass(frozen=True)
class WithOneHot(ToldAsItStands):
    """Some worksheets in which words are one-hot vectors.

    Attributes:
        words: cell of a vector → the word that it stands for.
    """

    words: Mapping[Address, Address]

    def _text(self, text: str) -> str:
        return renamed(text, {cell: f"the word in {show(word)}" for cell, word in self.words.items()})


def with_one_hot(part: SheetGroup, answers: Answers) -> WithOneHot | None:
    """Some worksheets with the products that formulas stand for which look up the weights of a word.

    None if there are none, if the engine takes no formulas, or if something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    found: dict[Address, list[_LookUp]] = defaultdict(list)
    for cell, own in _looked_up(part) if answers.engine.takes_formulas else ():
        found[cell].append(own)
    if not found or any(looked_up_wrongly(part.table, part.values, found)):
        return None
    vectors = _vectors(chain(*found.values()), part.table)
    if vectors is None:
        return None
    texts, numbers = dict[Address, str](), dict[Address, float]()
    words: dict[Address, Address] = {}
    for cell, several in found.items():
        sums = dict[Node, Node | None]()
        for own in several:
            vector = vectors[own.word]
            pairs = zip(vector, own.weights, strict=True)
            sums[own.node] = parsed(
                "+".join(f"{_name(x, cell, fixed_row=False)}*{_name(weight, cell)}" for x, weight in pairs)
            )
            numbers |= {x: float(number == own.number) for number, x in enumerate(vector)}
            words |= dict.fromkeys(vector, own.word)
        texts[cell] = unparse(_put_in(several[0].whole, sums))
    new = rewritten(part, answers, texts, numbers)
    return None if new is None else WithOneHot(*new, part, words)


def _name(cell: Address, beside: Address, *, fixed_row: bool = True) -> str:
    sheet = "" if cell[0] == beside[0] else f"{quote_sheet(cell[0])}!"
    return f"{sheet}{cell_name(*cell[1:], fixed_row=fixed_row, fixed_column=True)}"


def _put_in(node: Node, others: Mapping[Node, Node | None]) -> Node:
    """A formula with something else in the place of some of its parts."""
    return others.get(node) or rebuilt(node, lambda own: _put_in(own, others))


def _looked_up(part: SheetGroup) -> Iterator[tuple[Address, _LookUp]]:
    """Where formulas look up a typed number, by a word or code that is typed, and only add it, or others do."""
    table, references = part.table, References(part.table.content.names)
    trees = {cell: parsed(text) for cell, text in table.texts.items() if _LOOKS_UP.search(text)}
    terms = terms_of(part) if trees else None
    for cell, whole in trees.items():
        if terms is None or whole is None or cell in table.arrays:
            continue
        for node in _outer(whole):
            term, readers = terms.term_of(cell, unparse(node)), terms.readers.get(cell, ())
            if not isinstance(term, Leaf) or not table.is_number(term.cell):
                continue
            is_added = bool(readers) and all(adds(terms, reader, cell) for reader in readers)
            if is_added if node is whole else cell in terms and adds(terms, cell, term.cell):
                own = _weights(whole, node, term.cell, cell, part, references)
                if own is not None:
                    yield cell, own


def _outer(node: Node) -> Iterator[FunctionCall]:
    """The look-ups in a formula, without those in others."""
    if isinstance(node, FunctionCall) and node.name in _PICKING:
        yield node
    else:
        for own in children(node):
            yield from _outer(own)


def _weights(
    whole: Node, node: FunctionCall, given: Address, cell: Address, part: SheetGroup, references: References
) -> _LookUp | None:
    """The number that a look-up gives among those that it may give."""
    table = part.table
    for area in references.of(unparse(node), cell[0]):
        own = [(area.sheet, *place) for place in table.clip(area).cells()]
        if given not in own:
            continue
        along = 1 if node.name == "HLOOKUP" or area.rows == 1 else 2
        line = tuple(place for place in own if place[along] == given[along] and table.is_number(place))
        is_both = node.name == "INDEX" and len(node.arguments) == _AT
        asks = node.arguments[along % 2 + 1] if is_both else node
        single = (read for read in references.of(unparse(asks), cell[0]) if read.size == 1)
        words = [word for own in single if _is_a_code(word := (own.sheet, own.top, own.left), part)]
        if _FEW <= len(line) <= _MOST and len(words) == 1:
            return _LookUp(whole, node, words[0], line, line.index(given))
    return None


def _is_a_code(cell: Address, part: SheetGroup) -> bool:
    """Whether a word or number is typed, or a formula looks it up by one that is, as the number of a word."""
    content = part.table.cell(cell)
    if content is None or content.formula is None:
        return content is not None and content.value is not None
    asked = [(area.sheet, area.top, area.left) for area in part.precedents.ranges(cell) if area.size == 1]
    is_typed = len(asked) == 1 and asked[0] in part.table.index and not part.table.is_formula(asked[0])
    return is_typed and looks_up(content.formula)


def _vectors(found: Iterable[_LookUp], table: CellTable) -> dict[Address, Sequence[Address]] | None:
    """Word → the cells of its vector, in its row, right of all that stands there; None if one is of several lists."""
    sizes: dict[Address, set[tuple[int, int]]] = defaultdict(set)
    for own in found:
        sizes[own.word].add((len(own.weights), own.number))
    if any(len(own) > 1 for own in sizes.values()):
        return None
    vectors: dict[Address, Sequence[Address]] = {}
    taken = Counter[tuple[str, int]]()
    for word in sorted(sizes):
        ((size, _),) = sizes[word]
        sheet, row, _ = word
        bounds = table.bounds[sheet]
        first = bounds.left + bounds.columns + _APART + taken[sheet, row]
        if first + size >= MAX_COLUMNS:
            return None
        taken[sheet, row] += size + _APART
        vectors[word] = [(sheet, row, first + number) for number in range(size)]
    return vectors
