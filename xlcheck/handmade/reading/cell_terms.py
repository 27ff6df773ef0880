"""What each formula computes from the cells that it reads directly, as one term a cell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from functools import cached_property, lru_cache
from itertools import chain
from math import isfinite
from types import MappingProxyType

from xlcheck.formulas import tree as ast
from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.algebra import (
    COMPARISONS,
    Address,
    Algebra,
    Expression,
    Function,
    Leaf,
    Product,
    Sum,
    Term,
    number_of,
    subterms,
)
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.rounding import rounded_whole, rounds
from xlcheck.formulas.scalars import OpaqueError, Scalar, Words, simple, two_dimensional
from xlcheck.formulas.surroundings import Surroundings
from xlcheck.formulas.terms import FormulaValues
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.reached import in_turn
from xlcheck.workbook.content import CellError, Value

CHOOSING = COMPARISONS | {"IF"}
"""What asks for a number and goes one way or another."""
NOTHING = Sum(-1, 0.0, ())
"""The term of a formula that is 0 because all that it would multiply is blank, as the state before the first step."""


_LEAST = -745.0
"""The exponential of what is less is 0."""


class CellTerms(Mapping[Address, Term]):
    """Formula cell → its term over the cells that it reads; what computes no number from others is left out.

    A formula that is a typed number (`=0.5`), a text or a formula that nobody here understands has no term: for those
    who read it, it is a given number.

    Args:
        table: the cells.
        values: what they hold.
        amended: formulas that stand in some cells instead of what the workbook has there.
        given: cells that count as numbers though they may be empty.
        taken_for: cells that count as empty (None), or as just the number that they hold, whatever reads them.
        literal: whether terms show all that formulas say, that they round too.
        words: whether a cell that holds one of two words, as `=IF(B2<>C2,"yes","no")`, is known by what it says; else
            it is the word that it holds now.

    Attributes:
        algebra: makes the terms.
        words: the cells that hold a word, as far as they are read; None if words are what they are now.
        looked_at: the cells by whose numbers each formula chooses, as they stand in the workbook.
        reads: the numbers that each of these cells reads, in the order of their terms.
        activations: a term and those that it reads → the activation that they are, and of what; filled by who looks.
    """

    def __init__(
        self, table: CellTable, values: CellValues, amended: Mapping[Address, str] | None = None,
        given: Collection[Address] = (), *, taken_for: Mapping[Address, float | None] = MappingProxyType({}),
        literal: bool = False, words: bool = False,
    ) -> None:  # fmt: skip
        self._counted, self._taken_for = given, taken_for
        self.algebra = Algebra(literal=literal)
        self.looked_at: dict[Address, set[Address]] = {}
        self._looked_at = set[Address]()
        self._counts_on = False
        """Whether a formula takes a cell whose place it counts itself."""
        self._table, self._values = table, values
        self._texts = {**table.texts, **(amended or {})}
        self._around = Surroundings(self.algebra, self._scalar, table.clip, table.spill, table.names(), self._number)
        self._formulas = FormulaValues(self._around)
        self.words: dict[Address, Scalar] | None = {} if words else None
        self._trees: dict[str, ast.Node] = {}
        self._read: set[object] = set()
        self._arrays: dict[tuple[str, str, str], object] = {}
        self._found: dict[tuple[Address, str], Term | None] = {}
        self.activations: dict[tuple[Term, ...], tuple[str, Expression] | None] = {}
        self._given: frozenset[Address] = frozenset()
        self._literal: list[CellTerms] = []
        self._fetching: set[tuple[Address, str]] = set()
        """Formulas that only fetch an input, from a place that they count themselves: no part of a network."""
        self._constant: set[tuple[Address, str]] = set()
        terms = {cell: term for cell, text in self._texts.items() if (term := self.term_of(cell, text)) is not None}
        self._terms = {cell: term for cell, term in terms.items() if (cell, self._texts[cell]) not in self._fetching}
        self.reads: dict[Address, tuple[Address, ...]] = {cell: leaves(term) for cell, term in self._terms.items()}

    def __getitem__(self, cell: Address) -> Term:
        return self._terms[cell]

    def __iter__(self) -> Iterator[Address]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def _copied(self) -> CellTerms:
        """The same, and nothing yet of what is found out about the terms together."""
        new = copy(self)
        for found in ("in_no_circle", "readers"):
            new.__dict__.pop(found, None)
        return new

    def edited(self, edit: Mapping[Address, Term]) -> CellTerms:
        """The same with other terms in some cells."""
        new = self._copied()
        new._terms = {**self._terms, **edit}
        new.reads = {**self.reads, **{cell: leaves(term) for cell, term in edit.items()}}
        return new

    def restricted(self, cells: Collection[Address], given: Collection[Address]) -> CellTerms:
        """Some of the terms, for which other cells are given numbers.

        Args:
            cells: the cells of these terms.
            given: the cells that count as given, though formulas compute them.
        """
        new = self._copied()
        new._given = frozenset(given)
        new._terms = {cell: self._terms[cell] for cell in cells}
        new.reads = {cell: self.reads[cell] for cell in cells}
        return new

    def rounding(self, cells: Iterable[Address]) -> CellTerms:
        """The same, in which those of some formulas that round and that no edit has changed show that they do."""
        own = [cell for cell in cells if rounds(text := self._texts.get(cell, "")) and cell in self
               and self[cell] is self.term_of(cell, text)]  # fmt: skip
        if own and not self._literal:  # all copies know of it
            self._literal.append(CellTerms(self._table, self._values, taken_for=self._taken_for, literal=True))
        return self.edited({cell: self._literal[0][cell] for cell in own if cell in self._literal[0]}) if own else self

    def deciding(self) -> CellTerms:
        """The same, in which formulas that round to whole numbers show that they do: they say which class it is."""
        whole = {cell: rounded_whole(text) for cell, text in self._texts.items()}
        return self.rounding(cell for cell, found in whole.items() if found is not None and not found[1])

    def term_of(self, cell: Address, text: str) -> Term | None:
        """What another formula would compute in a cell; None if it is not understood, or computes no number."""
        if (cell, text) not in self._found:
            self._found[cell, text] = self._term(cell, text)
        return self._found[cell, text]

    def is_opaque(self, cell: Address) -> bool:
        """Whether a formula stands there that reads other cells, and of which it is not known how."""
        text = self._table.texts.get(cell)
        if text is None or cell in self._terms or cell in self._given:
            return False
        tree = self._trees.get(text)
        return tree is None or any(isinstance(node, ast.Reference | ast.Name) for node in ast.walk(tree))

    def is_mask(self, cell: Address) -> bool:
        """Whether a cell holds, whatever others do, a number without an exponential: `-1E9`, `=IF(2>1,-1E9,B2*C2)`."""
        is_constant = self._table.is_number(cell) or (cell, self._texts.get(cell, "")) in self._constant
        return is_constant and self.number(cell) < _LEAST

    def fetched(self, cell: Address) -> Address:
        """What a formula that only fetches an input fetches, which it counts itself; of any other cell, that cell."""
        text = self._texts.get(cell, "")
        own = self._found[cell, text] if (cell, text) in self._fetching else None
        return own.cell if isinstance(own, Leaf) else cell

    def is_computed(self, cell: Address) -> bool:
        """Whether a formula makes a cell from others, be it that it counts as given."""
        return cell in self._terms or cell in self._given or self.is_opaque(cell)

    def holds_number(self, cell: Address) -> bool:
        """Whether a cell holds a number, typed or computed, or an error in the place of one that is computed."""
        value = self.value(cell)
        return isinstance(value, float) or (isinstance(value, CellError) and cell in self._texts)

    def in_order(self) -> list[Address]:
        """The cells in order of calculation, then those of circles."""
        return list(dict.fromkeys((*self.in_no_circle, *self)))

    @cached_property
    def in_no_circle(self) -> Mapping[Address, int]:
        """The place of each cell in the order of calculation, without those of circles and what reads them."""
        return {cell: place for place, cell in enumerate(in_order(self.reads))}

    @cached_property
    def readers(self) -> Mapping[Address, Sequence[Address]]:
        """Cell → the cells whose terms read it."""
        found: dict[Address, list[Address]] = {}
        for cell, reads in self.reads.items():
            for read in reads:
                found.setdefault(read, []).append(cell)
        return found

    def value(self, cell: Address) -> Value:
        """What a cell holds; None for an empty one."""
        return self._table.value(cell, self._values)

    def number(self, cell: Address) -> float:
        """What a cell holds; 0 for an empty one, NaN where no number stands."""
        position = self._table.index.get(cell)
        return 0.0 if position is None else float(self._values.numbers[position])

    def _term(self, cell: Address, text: str) -> Term | None:
        array = self._table.arrays.get(cell)
        self._read.clear()
        self._looked_at = self.looked_at[cell] = set()
        self._counts_on = False
        try:
            if text not in self._trees:
                self._trees[text] = parse(text)
            value = self._value(text, cell, array)
        except (OpaqueError, FormulaSyntaxError):
            return None
        if value == 0 and self._read == {None}:
            return NOTHING
        if isinstance(value, float):
            self._constant.add((cell, text))
        if isinstance(value, Leaf) and self._counts_on:
            self._fetching.add((cell, text))
        return value if isinstance(value, Term) and cell not in leaves(value) and not is_spoilt(value) else None

    def _value(self, text: str, cell: Address, array: str | None) -> Scalar:
        tree = self._trees[text]
        if array is None:
            found = two_dimensional(self._formulas.evaluate(tree, cell))
            if not found.size:
                raise OpaqueError("it gives nothing")
            scalar: Scalar = found[0, 0]
            return scalar
        area = parse_range(array, cell[0])
        key = (text, cell[0], array)
        if key not in self._arrays:
            self._arrays[key] = self._formulas.evaluate(tree, (cell[0], area.top, area.left))
        values = two_dimensional(simple(self._arrays[key]))  # type: ignore[arg-type]
        row = 0 if values.shape[0] == 1 else cell[1] - area.top
        column = 0 if values.shape[1] == 1 else cell[2] - area.left
        if row >= values.shape[0] or column >= values.shape[1]:
            raise OpaqueError("the array formula has no value for this cell")
        return values[row, column]  # type: ignore[no-any-return]

    def _scalar(self, cell: Address) -> Scalar:
        position = self._table.index.get(cell)
        if position is None and cell in self._counted:
            return self.algebra.leaf(cell)
        if position is None or cell in self._taken_for:
            self._read.add(own := self._taken_for.get(cell))
            return own
        value = self._values[position]
        if not isinstance(value, float):
            self._read.add(value)
        if isinstance(value, float) or (isinstance(value, CellError) and cell in self._texts):
            return self.algebra.leaf(cell)
        if isinstance(value, str) and cell in self._texts and self.words is not None:
            return self._words_of(cell, value)
        if isinstance(value, str | bool) or value is None:
            return value
        raise OpaqueError(f"it reads a cell that holds {value}")

    def _words_of(self, cell: Address, value: str) -> Scalar:
        if self.words is not None and cell not in self.words:
            self.words[cell] = value  # while it is found out: no word is made of itself
            with suppress(OpaqueError, FormulaSyntaxError):
                found = simple(FormulaValues(self._around).evaluate(parse(self._texts[cell]), cell))
                self.words[cell] = found if isinstance(found, Words) else value
        return value if self.words is None else self.words[cell]

    def _number(self, value: Scalar) -> float:
        if isinstance(value, Term) and not is_spoilt(value):  # also of a number that is 1 more, as of codes from 0 on
            self._looked_at.update(leaves(value))
            place = number_of(value, lambda own: self.number(own.cell) if isinstance(own, Leaf) else None)
            if isfinite(place):
                self._counts_on |= not isinstance(value, Leaf)
                return place
        if isinstance(value, Term | str | Words):
            raise OpaqueError("a place is computed")
        return float(value or 0.0)


def conditions_in(term: Term) -> list[Term]:
    """The parts of a term by whose numbers it chooses what it gives: comparisons, and what an IF asks."""
    functions = [own for own in subterms(term) if isinstance(own, Function)]
    asked = [own if own.name in COMPARISONS else own.arguments[0] for own in functions if own.name in CHOOSING]
    return [*dict.fromkeys(own for own in asked if isinstance(own, Term))]


@lru_cache(maxsize=2**16)  # asked for the same terms again and again
def leaves(*terms: Term) -> tuple[Address, ...]:
    """The cells that terms are made of, each once."""
    return tuple(dict.fromkeys(part.cell for part in subterms(*terms) if isinstance(part, Leaf)))


def source(cell: Address, terms: Mapping[Address, Term]) -> Address:
    """What a copy, perhaps of a copy, repeats in the end; of copies in a circle any.

    Args:
        cell: the copy, or any other cell.
        terms: what formulas compute.
    """
    seen = set[Address]()
    while cell not in seen and isinstance(term := terms.get(cell), Leaf):
        seen.add(cell)
        cell = term.cell
    return cell


def is_spoilt(expression: Expression) -> bool:
    """Whether a word stands where a number should, or what is divided by nothing or too large to be one."""
    stack: list[Expression] = [expression]
    while stack:
        item = stack.pop()
        if not isinstance(item, Term):
            if not isfinite(item):
                return True
        elif isinstance(item, Sum):
            stack.append(item.constant)
            stack += chain(*item.parts)
        elif isinstance(item, Function):
            stack += item.arguments
        elif isinstance(item, Product):
            stack += chain(*item.factors)
    return False


def in_order(reads: Mapping[Address, tuple[Address, ...]]) -> list[Address]:
    """Cells in order of calculation; those of a circle are left out, with all that read them."""
    needs = {cell: [other for other in reversed(own) if other in reads] for cell, own in reads.items()}
    whole = dict[Address, None]()
    for cell in in_turn(reads, needs.__getitem__):
        if all(other in whole for other in needs[cell]):
            whole[cell] = None
    return [*whole]
