"""Edits of all blocks that repeat: a slip that was copied with its block stands in each of its copies.

A block is what is computed for one sample, say; its copies stand so many rows below or columns beside it, and each of
their formulas does the same with what stands there, and with the same weights.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from xlcheck.formulas.algebra import Address, Expression, Term
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.lines import by_line
from xlcheck.handmade.reading.offsets import Offset, are_in_line, offset, offset_between, run_from

_LEAST, _SHARE = 4, 3
"""Formulas that a block repeats at least, and one of how many of its worksheet."""
_NEXT = 4
"""Formulas of one kind in a line to each of which the distance is looked at."""
_MOST = 600
"""Formulas that are compared."""


class InAllBlocks:
    """The edits of worksheets, made in each copy of a block.

    Args:
        terms: what each formula computes.
        does: formula → what it does, whatever with.
        replaced: gives a term that reads other cells.
    """

    def __init__(
        self,
        terms: CellTerms,
        does: Mapping[Address, object],
        replaced: Callable[[Term, Mapping[Address, Address]], Expression],
    ) -> None:
        self._terms, self._does, self._replaced = terms, does, replaced

    def of(self, edit: Edit) -> Iterator[Edit]:
        """An edit as it is, or made in all copies of the cells if each of them is repeated.

        Args:
            edit: cell → what it would compute.
        """
        found = {cell: self._copies.get(cell, {}) for cell in edit}
        times = set.intersection(*({*own} for own in found.values())) if found else set[tuple[Offset, int]]()
        apart = {key for key in times if {found[cell][key] for cell in edit}.isdisjoint(edit)}
        whole = {**edit}
        for by, many in sorted(apart):
            far = (by[0] * many, by[1] * many)
            for cell, term in edit.items():
                to = {leaf: offset(leaf, far) for leaf in leaves(term) if self._goes(leaf, by)}
                copy = self._replaced(term, to)
                if not isinstance(copy, Term):
                    return
                whole[found[cell][by, many]] = copy
        yield whole

    def _goes(self, leaf: Address, by: Offset) -> bool:
        """Whether the copy of a formula reads what stands so far from a cell, and not that cell again."""
        votes = self._votes[by].get(leaf)
        return leaf in self._terms if votes is None else votes > 0

    @cached_property
    def _pairs(self) -> Mapping[Offset, Mapping[Address, Address]]:
        """How far copies are, if many formulas are repeated so far away → formula → its copy."""
        found: dict[Offset, dict[Address, Address]] = defaultdict(dict)
        lines = by_line(sorted(self._does)) if len(self._does) <= _MOST else {}
        for line in lines.values():
            for number, one in enumerate(line):
                alike = [o for o in line[number + 1 :] if self._does[o] == self._does[one]]
                for other in alike[:_NEXT]:
                    if not self._is_filled(one, other) and self._is_repeated(one, other):
                        found[offset_between(one, other)][one] = other
        counts = Counter((cell[0], by) for by in sorted(found) for cell in found[by])
        best: dict[tuple[str, bool], Offset] = {}
        for (sheet, by), count in counts.most_common():  # of as many, the nearest ones
            if count >= self._least(sheet):
                best.setdefault((sheet, by[0] > 0), by)
        kept = {by: {c: o for c, o in own.items() if best.get((c[0], by[0] > 0)) == by} for by, own in found.items()}
        return {by: own for by, own in kept.items() if own}

    def _least(self, sheet: str) -> float:
        return max(_LEAST, sum(cell[0] == sheet for cell in self._does) / _SHARE)

    def _is_filled(self, one: Address, other: Address) -> bool:
        """Whether a formula was filled along its line up to another one."""
        down, right = offset_between(one, other)
        step = (min(down, 1), min(right, 1))
        run = run_from(one, step, lambda own: own == one or self._is_next(offset(own, step, -1), own))
        return other in run

    def _is_next(self, one: Address, other: Address) -> bool:
        return {one, other} <= self._does.keys() and self._is_repeated(one, other)

    def _is_repeated(self, one: Address, other: Address) -> bool:
        by, read = offset_between(one, other), {*self._terms.reads[other]}
        to = {leaf: far for leaf in self._terms.reads[one] if (far := offset(leaf, by)) in read}
        return are_in_line(one, other) and self._replaced(self._terms[one], to) is self._terms[other]

    @cached_property
    def _votes(self) -> Mapping[Offset, Mapping[Address, int]]:
        """How far copies are → cell → how many formulas more have what stands so far from it in its place than not."""
        found: dict[Offset, Counter[Address]] = defaultdict(Counter)
        for by, own in self._pairs.items():
            for one, other in own.items():
                read = {*self._terms.reads[other]}
                for leaf in self._terms.reads[one]:
                    goes = 1 if offset(leaf, by) in read else -1
                    found[by][leaf] += goes
                    found[by][offset(leaf, by) if goes > 0 else leaf] += goes
        return found

    @cached_property
    def _copies(self) -> Mapping[Address, Mapping[tuple[Offset, int], Address]]:
        """Formula → how far its copies are, and how many blocks away → the copy."""
        found: dict[Address, dict[tuple[Offset, int], Address]] = defaultdict(dict)
        for by, own in self._pairs.items():
            for start in own:
                cell, times = start, 0
                while cell in own:
                    cell, times = own[cell], times + 1
                    found[start][by, times] = cell
                    found[cell][by, -times] = start
        return found
