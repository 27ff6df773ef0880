"""Who reads what on worksheets as they are, or with other formulas in some cells."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from xlcheck.formulas import tree
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address, Term
from xlcheck.formulas.look_ups import SEARCHING
from xlcheck.formulas.parser import parsed
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.workbook.content import CellError

_MULTIPLIES = re.compile(r"\*|PRODUCT\(|MMULT\(", re.IGNORECASE)


class Reads:
    """Who reads what on worksheets as they are, or with other formulas in some cells.

    Args:
        table: the cells.
        precedents: who reads what as they are.
        terms: what each formula computes, also the other ones.
        edit: the cells with other formulas.

    Attributes:
        edited: the same.
    """

    def __init__(
        self, table: CellTable, precedents: Precedents, terms: CellTerms, edit: Mapping[Address, Term] | None = None
    ) -> None:
        self.table, self._precedents, self.terms = table, precedents, terms
        self.edited = edit or {}

    def under(self, terms: CellTerms) -> Reads:
        """The same with other terms."""
        return Reads(self.table, self._precedents, terms, self.edited)

    def of(self, cell: Address) -> Sequence[Address]:
        """The cells that a cell's formula reads, also those that it multiplies with nothing."""
        if cell in self.edited and cell in self.terms:
            return self.terms.reads[cell]
        named = self._precedents.of(cell)
        return [*named, *self.terms.reads.get(cell, ())] if cell in self.table.computing_references else named

    def of_single_cells(self, cell: Address) -> list[Address]:
        """The cells that the formula of the file names one by one."""
        return [(area.sheet, area.top, area.left) for area in self.areas(cell) if area.size == 1]

    def areas(self, cell: Address) -> Sequence[Range]:
        """The ranges that the formula of the file names."""
        return self._precedents.ranges(cell)

    def multiplies_blank(self, cell: Address) -> bool:
        """Whether a formula has products with blank cells, by mistake perhaps: no term shows them."""
        text = self.table.texts.get(cell, "")
        return bool(_MULTIPLIES.search(text)) and any(read not in self.table.index for read in self.of(cell))

    def is_copy(self, cell: Address) -> bool:
        """Whether a formula of the file only passes on another cell."""
        return cell not in self.edited and self._precedents.is_copy(cell)

    def said_of_words(self, groups: Iterable[Iterable[Address]], values: CellValues) -> Iterator[str]:
        """What is to be said of formulas that multiply numbers with words.

        Args:
            groups: their cells.
            values: what each cell holds.
        """
        for cell in itertools.chain.from_iterable(groups):
            if self._multiplies_words(cell, values):
                yield f"{show(cell)} multiplies numbers with words"

    def _multiplies_words(self, cell: Address, values: CellValues) -> bool:
        """Whether a formula has products of numbers with words, which `SUMPRODUCT` takes for 0, also after an edit.

        A word may be typed, or a formula may pass it on.
        """
        if not _MULTIPLIES.search(self.table.texts.get(cell, "")):
            return False
        before, index = self._precedents.of(cell), self.table.index
        if not set(self.of(cell)) <= set(before):
            return False  # an edit that reads another cell reads it in the word's place
        held = {read: values[index[read]] for read in before if read in index and read not in self.edited}
        passed_on = any(isinstance(value, str) and self.table.is_formula(read) for read, value in held.items())
        if cell in self.edited and isinstance(values[index[cell]], CellError) and not passed_on:
            return False  # a word was no 0 there, and so no term is left of it
        words: dict[int, set[int]] = defaultdict(set)
        searched = {*_searched(self.table.texts[cell], cell[0])}
        for area in self._precedents.ranges(cell):
            if area.size > 1 and area not in searched:
                words[area.size].add(
                    sum(isinstance(held.get((area.sheet, *at)), str) for at in self.table.clip(area).cells())
                )
        return any(len(counts) > 1 for counts in words.values())

    def is_formula(self, cell: Address) -> bool:
        """Whether a formula stands in a cell."""
        return cell in self.edited or self.table.is_formula(cell)

    def is_typed(self, cell: Address) -> bool:
        """Whether a number was typed in a cell, and stays there."""
        return self.table.is_number(cell) and cell not in self.edited

    def leading_to(self, cell: Address) -> set[Address]:
        """A formula cell and the formulas from which it is computed."""
        return {cell, *reached([cell], self.of, among=self.is_formula)}

    @cached_property
    def formulas(self) -> list[Address]:
        """The cells with formulas."""
        return list(dict.fromkeys((*self.table.texts, *self.edited)))

    @cached_property
    def read(self) -> Mapping[Address, int]:
        """How many formulas read each cell."""
        return {cell: len(formulas) for cell, formulas in self.readers.items()}

    def is_idle(self, cell: Address) -> bool:
        """Whether no formula reads a cell, or only ones that repeat it and that nobody reads either."""
        return not self.in_the_end(cell)

    def in_the_end(self, cell: Address) -> frozenset[Address]:
        """The formulas that read a cell, and those that read copies of it in place of the copies."""
        is_copy = self._precedents.is_copy
        found = reached([cell], lambda own: self.readers.get(own, ()), through=is_copy)
        return frozenset(reader for reader in found if not is_copy(reader))

    @cached_property
    def readers(self) -> Mapping[Address, Sequence[Address]]:
        """The formulas that read each cell."""
        found: dict[Address, list[Address]] = defaultdict(list)
        for cell in self.formulas:
            for other in self.of(cell):
                found[other].append(cell)
        return dict(found)


def _searched(text: str, sheet: str) -> Iterator[Range]:
    """The ranges that a formula searches or asks about: what stands there is compared, and not multiplied."""
    node = parsed(text)
    for call in tree.walk(node) if node is not None else ():
        match call:
            case tree.FunctionCall(name=name, arguments=(_, tree.Reference(area=area), *_)) if name in SEARCHING:
                yield replace(area, sheet=area.sheet or sheet)
            case tree.Operator(symbol="=" | "<>", operands=operands):
                areas = (own.area for own in operands if isinstance(own, tree.Reference))
                yield from (replace(area, sheet=area.sheet or sheet) for area in areas)
