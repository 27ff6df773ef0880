"""Edits that the cells of a worksheet tell of: they are tried before all others, which are many.

Two formulas that were filled from one another say what should stand on their line; and a cell that nobody reads says
that somebody meant to read it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from xlcheck.formulas.algebra import Address, Term
from xlcheck.formulas.shapes import operands, with_operand
from xlcheck.handmade import effort
from xlcheck.handmade.edits.changes import Changes
from xlcheck.handmade.families.sequences import out_of_sequence
from xlcheck.handmade.families.unlike_kin import unlike_kin
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.reading.cell_terms import leaves
from xlcheck.handmade.reading.offsets import are_in_line, distance, offset, offset_between

_NEAR = 6
"""Cells from one to another that may be meant instead of it."""


class Told(Changes):
    """The edits that the cells of a worksheet tell of."""

    _kin: list[Edit]
    """What kin would have, as far as it was asked for."""

    def _told(self, places: Iterable[Address], may_help: Callable[[Collection[Address]], bool]) -> Iterator[Edit]:
        """Cells as their kin would have them; formulas that read what nobody reads.

        Args:
            places: cells that may be edited, in the order in which they are looked at.
            may_help: whether an edit of some cells may be of use.
        """
        for said in filter(may_help, itertools.chain(unlike_kin(self._table, ()), out_of_sequence(self._table))):
            yield from self._of_kin(said, itertools.starmap(self._terms.term_of, said.items()))
        for family in self._wholes(places):
            effort.require_time()
            yield from self._as_all_beside(family)  # of a block some cells may be right
            for edits in (self._reading_twice, self._with_unread, self._as_line_beside) if may_help(family) else ():
                yield from edits(family)

    def has_kin(self, edit: Edit) -> bool:
        """Whether other formulas have what an edit has, as far as those were asked for that the cells tell of.

        Args:
            edit: cell → what it would compute.
        """
        return any(own.items() <= edit.items() for own in self._kin)

    def _of_kin(self, cells: Collection[Address], terms: Iterable[Term | None]) -> Iterator[Edit]:
        for edit in self._whole(cells, terms):
            self._kin.append(edit)
            yield edit

    def _wholes(self, places: Iterable[Address]) -> Iterator[Sequence[Address]]:
        """The formulas that were filled from one another, along a line or both ways, and those that stand alone."""
        for cell in places:
            if cell in self._terms:
                families = self._families(cell)
                first = [own for own in families if own[0] == cell]
                yield from first if families else [[cell]]
                if len(first) > 1:
                    yield self._block(first[0])

    def _with_unread(self, family: Sequence[Address]) -> Iterator[Edit]:
        """What nobody reads instead of a cell beside it that others read, too, or of a blank one, or added."""
        unread = [cell for cell in sorted(self._unread) if not self._follows(cell, family[0])]
        for own in (family, family[::-1]) if len(family) > 1 else (family,):
            for new, old in itertools.product(unread, self._terms.reads[own[0]]):
                if self._is_beside(new, old) and not {*family}.issuperset(self._terms.readers[old]):
                    yield from self._with_operand(own, old, new)
        if not all(map(self._terms.holds_number, self._operands[family[-1]][1])):
            yield from self._with_ranges(family)
        numbers = {*filter(self._table.is_number, unread)}  # a mean of errors may leave out one that is computed
        yield from (own for own in self._with_lengths(family) if not numbers.isdisjoint(leaves(*own.values())))
        for new in sorted(numbers):
            if any(self._is_beside(new, old) for old in self._weights_of(family[0])):
                yield from self._with_summand(family, new)

    def _is_beside(self, one: Address, other: Address) -> bool:
        """Whether two cells of one kind stand in line, and near."""
        is_one_kind = self._table.is_formula(one) == self._table.is_formula(other)
        return is_one_kind and are_in_line(one, other) and distance(one, other) <= _NEAR

    def _reading_twice(self, family: Sequence[Address]) -> Iterator[Edit]:
        """What a family reads twice, and the formula beside it does not: once what that one reads, or goes along to.

        It may go along as far as from one cell to the other, or as what both read in the other place does.
        """
        first, texts = family[0], self._table.texts
        own = [ref.area(first[0]) for ref in operands(texts[first])]
        for other in self._next_alike(first):
            its = [ref.area(other[0]) for ref in operands(texts[other])]
            pairs = itertools.combinations(range(len(own)), 2)
            for pair in (p for p in pairs if own[p[0]] == own[p[1]] and its[p[0]] != its[p[1]]):
                for number, old in itertools.product(pair, pair):
                    left = pair[number == pair[0]]
                    along = offset_between(*((a.sheet, a.top, a.left) for a in (its[left], own[left])))
                    for by in dict.fromkeys(((0, 0), offset_between(other, first), along)):
                        to = offset((its[old].sheet, its[old].top, its[old].left), by)
                        away = offset_between((own[number].sheet, own[number].top, own[number].left), to)
                        new = [(cell, with_operand(texts[cell], number, away, away)) for cell in family]
                        yield from self._of_kin(family, [self._terms.term_of(c, t) for c, t in new if t is not None])

    def _as_line_beside(self, family: Sequence[Address]) -> Iterator[Edit]:
        """A whole line as the one right beside it, which does something else with as many cells: one of two units."""
        does, read = self._operands[family[0]]
        for _, line in self._beside(family[0]) if len(family) > 1 else ():
            for other in (own for own in line if distance(own, family[0]) == 1 and own not in family):
                its = self._operands[other]
                is_line = any(own[0] == other and len(own) == len(family) for own in self._families(other))
                if is_line and its[0] != does and len(its[1]) == len(read):
                    yield from self._filled_over(other, family)

    def _as_all_beside(self, family: Sequence[Address]) -> Iterator[Edit]:
        """What a family reads where all others that do the same in its rows, or columns, read one and the same cell."""
        for axis, _ in self._beside(family[0]):
            new = {cell: self._as_others(cell, axis, family) for cell in family}
            meant = {cell: text for cell, text in new.items() if text is not None}
            yield from self._of_kin(meant, itertools.starmap(self._terms.term_of, meant.items())) if meant else ()

    def _as_others(self, cell: Address, axis: int, but_for: Sequence[Address]) -> str | None:
        """A formula with the cells that all others of its row or column name that do the same; None if it has them."""
        line = dict(self._beside(cell))[axis]
        alike = [o for o in line if o not in but_for and self._operands[o][0] == self._operands[cell][0]]
        named = ([ref.area(own[0]) for ref in operands(self._table.texts[own])] for own in (cell, *alike))
        text, is_new = self._table.texts[cell], False
        for number, (own, *its) in enumerate(zip(*named, strict=True)) if len(alike) > 1 else ():
            if len({*its}) == 1 and its[0] != own and its[0].sheet == own.sheet:
                by = (its[0].top - own.top, its[0].left - own.left)
                text, is_new = with_operand(text, number, by, by) or text, True
        return text if is_new else None

    def _next_alike(self, cell: Address) -> Iterator[Address]:
        """The formulas beside a cell in its row and column, on either side, that do the same as it does."""
        for _, line in self._beside(cell):
            alike = [other for other in line if self._operands[other][0] == self._operands[cell][0]]
            for side in ([o for o in alike if o < cell], [o for o in alike if o > cell]):
                yield from side[:1]
