"""The numbers that somebody typed beside results, as a program printed them: which edits make the results just these?

An edit that does is not meant otherwise, and others need not be tried to be sure of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from math import nan

from xlcheck.formulas.algebra import Address, Term, number_at
from xlcheck.handmade import effort
from xlcheck.handmade.beside.typed_beside import Compared, agree_to_the_last, said_beside_results
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.reached import in_turn, reached
from xlcheck.handmade.reading.sheet_groups import SheetGroup


class TypedResults:
    """What results should be, as numbers beside them say, in sets of which each says so by itself.

    Args:
        part: the worksheets.
        terms: what each formula computes.
    """

    def __init__(self, part: SheetGroup, terms: CellTerms) -> None:
        self._terms, self._typed = terms, part.table.typed_numbers
        said = said_beside_results(part.table, part.values, part.precedents)
        self._open = [own for own in said if own and not self._agree(own, terms.number)]

    def __bool__(self) -> bool:
        """Whether a result is not what somebody typed beside it."""
        return bool(self._open)

    def hold_under(self, edit: Mapping[Address, Term]) -> bool:
        """Whether an edit makes all results of a set what they should be.

        Args:
            edit: cell → what it would compute.
        """
        changed = {*edit, *reached(edit, lambda cell: self._terms.readers.get(cell, ()))}
        sets = [pairs for pairs in self._open if any(own in changed for own, _ in pairs)]
        if not sets:
            return False
        terms, numbers = self._terms.edited(edit), dict[Address, float]()

        def number(cell: Address) -> float:
            for own in in_turn([cell], lambda own: (o for o in terms.reads.get(own, ()) if o in changed)):
                if own in changed and own not in numbers:
                    read = terms.reads[own]
                    given = {o: numbers.get(o, nan if o in changed else terms.number(o)) for o in read}
                    numbers[own] = number_at(terms[own], given)  # not a number in a circle
            return numbers.get(cell, terms.number(cell))

        return any(self._agree(pairs, number) for pairs in sets)

    def told(self, said: Iterable[Mapping[Address, str]]) -> Iterator[Mapping[Address, str]]:
        """Those of some formulas that make results what they should be.

        Args:
            said: cell → the formula that it may be meant to hold, for one edit after the other.
        """
        for texts in said if self else ():
            effort.require_time()
            terms = {cell: self._terms.term_of(cell, text) for cell, text in texts.items()}
            edit = {cell: term for cell, term in terms.items() if term is not None}
            if len(edit) == len(texts) and self.hold_under(edit):
                yield texts

    def _agree(self, pairs: Collection[Compared], number: Callable[[Address], float]) -> bool:
        return all(agree_to_the_last(number(own), self._typed[typed]) for own, typed in pairs)
