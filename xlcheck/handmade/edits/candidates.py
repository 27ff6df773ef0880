"""What somebody may have meant to type: a cell filled as its neighbours are, a number that nobody reads put to use.

An edit gives one cell, or cells that were filled from one another, other terms.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

from xlcheck.formulas.algebra import Address, Term
from xlcheck.formulas.rounding import rounded_whole
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade import effort
from xlcheck.handmade.edits.dollars import with_other_dollars
from xlcheck.handmade.edits.in_all_blocks import InAllBlocks
from xlcheck.handmade.edits.told import Told
from xlcheck.handmade.edits.whole_softmaxes import whole_softmaxes
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import offset, offset_between, run_from

_PAIR = 2


class Edits(Told):
    """The edits of a worksheet.

    Args:
        terms: what each formula computes from the cells that it reads.
        table: the cells.
        unread: numbers and formulas that no formula reads.
        weights: cells that seem to be weights.
        may_help: whether an edit of some cells may be of use; of others there are none.
        order: by what cells are looked at before others.
    """

    def __init__(
        self, terms: CellTerms, table: CellTable, unread: Collection[Address], weights: Collection[Address],
        may_help: Callable[[Collection[Address]], bool] = bool,
        order: Callable[[Address], tuple[bool, ...]] = lambda _: (),
    ) -> None:  # fmt: skip
        super().__init__(terms, table, weights, unread)
        self._may_help = may_help
        self._order = order
        self._kin, self._told_of = list[Edit](), list[Edit]()
        self._seen: set[frozenset[tuple[Address, Term]]] = set()
        does = {cell: own[0] for cell, own in self._operands.items()}
        self._in_all_blocks = InAllBlocks(terms, does, self._replaced)

    def __iter__(self) -> Iterator[Edit]:
        """All of them that were not asked for before, each once."""
        return self._once_each(self._all())

    def told(self) -> Iterator[Edit]:
        """Those that the cells tell of; see `Told`."""
        for edit in self._once_each(self._told(self._places(), self._may_help)):
            self._told_of.append(edit)
            yield edit

    def is_told(self, edit: Edit) -> bool:
        """Whether the cells of a worksheet tell of an edit, or it reads what nobody reads.

        Args:
            edit: cell → what it would compute.
        """
        is_known = any(own.items() <= edit.items() for own in self._told_of)
        return is_known or not {*self._unread}.isdisjoint(leaves(*edit.values()))

    def _once_each(self, edits: Iterable[Edit]) -> Iterator[Edit]:
        for edit in itertools.chain.from_iterable(map(self._in_all_blocks.of, edits)):
            effort.require_time()
            new = {cell: term for cell, term in edit.items() if term is not self._terms.get(cell)}
            key = frozenset(new.items())
            if not self._may_help(new.keys()):
                continue
            if new and key not in self._seen and all(_can_be_typed(cell, term) for cell, term in new.items()):
                self._seen.add(key)
                yield new

    def _all(self) -> Iterator[Edit]:
        yield from whole_softmaxes(self._terms)
        for cell in self._places():
            yield from self._in(cell)
            yield from self._filled_from(cell) if cell in self._table.texts else ()
        yield from self._rounded()
        yield from self._typed(self._may_help)
        for own in filter(self._may_help, self._rows()):
            for new in sorted(self._unread):
                yield from self._each(own, partial(self._added, cell=new))
            yield from self._with_factor(own)
            yield from self._with_other_weights(own)
            yield from self._with_ranges(own)

    def _filled_from(self, cell: Address) -> Iterator[Edit]:
        """The same change in a formula and in those that were filled from it."""
        if cell in self._terms:
            families = [family for family in self._families(cell) or [[cell]] if family[0] == cell]
            for family in families:
                if self._may_help(family) or self._may_help(self._block(family)):
                    yield from self._changed(family)
            if len(families) == _PAIR and self._may_help(block := self._block(families[0])):
                yield from self._changed(block)
            for run in self._runs(cell):
                yield from self._in_a_run(run) if self._terms.keys() >= set(run) else ()
            if self._families(cell) and self._may_help([cell]):  # the gates of a step do the same by mistake, too
                for name in ("TANH", "sigmoid"):
                    yield from self._each([cell], partial(self._activated, name=name))
        alone = [] if cell in self._terms else [[cell]]
        for run in filter(self._may_help, (*alone, *self._runs(cell))):
            for own in (run, run[1:], run[:-1]) if len(run) > _PAIR else (run,):
                yield from self._with_ranges(own)
            yield from self._with_lengths(run)
            yield from self._with_dollars(run)

    def _in(self, cell: Address) -> Iterator[Edit]:
        """A cell, and cells that were filled from it, as other formulas would be there."""
        families = self._families(cell)
        if not any(map(self._may_help, ([cell], *families, *self._same_from(cell)))):
            return
        for source in self._sources(cell):
            if not families or self._may_go_alone(source, cell, families):
                yield from self._completed(source, cell)
                yield from ({cell: term} for term in self._filled(source, cell))
                yield from self._put_to_use([source], [cell]) if source in self._terms else ()
            together = (*(own for own in families if own[0] == cell), *self._same_from(cell))
            for family in filter(self._may_help, together):
                yield from self._filled_over(source, family)
            for family in self._families(source) if self._table.is_number(cell) else ():
                numbers = self._numbers_like(family, offset_between(source, cell))
                if family[0] == source and numbers and self._may_help(numbers):
                    yield from self._filled_over(source, numbers)
            for run in filter(self._may_help, self._numbers_from(cell)):
                yield from self._filled_over(source, run)

    def _same_from(self, cell: Address) -> Iterator[list[Address]]:
        """The formulas from one on that all compute the same of the same cells, or are one array formula.

        They are a unit at all samples, perhaps; of a gate and the one beside it no family can be made.
        """
        array, terms = self._table.spill(cell), self._terms

        def is_same(own: Address) -> bool:
            is_one = own[0] == cell[0] and array.holds(*own[1:])
            return own in terms and (terms[own] is terms[cell] or is_one)

        for by in ((0, 1), (1, 0)) if cell in terms else ():
            run = [] if is_same(offset(cell, by, -1)) else run_from(cell, by, is_same)
            yield from (run,) if len(run) > 1 else ()

    def _places(self) -> Iterator[Address]:
        """Cells that may be meant to hold another formula: those with formulas, and numbers in line with them."""
        words = (cell for cell in self._table.texts if cell not in self._terms)
        places = [*self._terms, *words, *self._table.typed_numbers]
        yield from sorted(places, key=self._order)

    def _may_go_alone(self, source: Address, cell: Address, families: Sequence[Sequence[Address]]) -> bool:
        """Whether a cell may be meant to be filled from another one, though formulas in line with it are like it.

        At the end of a family another formula may go on into it, and what was left out there makes it look so; and of
        two formulas that were not filled from one another, no third one says that they are alike.
        """
        if cell not in self._terms:
            return True
        texts = self._table.texts
        is_typed = shape_of(texts[source], *source[1:]) != shape_of(texts[cell], *cell[1:])
        if is_typed and any(source in own and len(own) == _PAIR for own in families):
            return True
        return all(cell in (own[0], own[-1]) and source not in own for own in families)

    def _rounded(self) -> Iterator[Edit]:
        """Formulas that round a number, without that: each alone, and all that do the same in a line."""
        texts = {cell: found[0] for cell, own in self._table.texts.items() if (found := rounded_whole(own)) is not None}
        terms = {cell: term for cell, text in texts.items() if (term := self._terms.term_of(cell, text)) is not None}
        for cell, term in terms.items():
            yield {cell: term}
            for family in self._alike(cell):
                if family[0] == cell and terms.keys() >= set(family):
                    yield {other: terms[other] for other in family}

    def _with_dollars(self, run: Sequence[Address]) -> Iterator[Edit]:
        """Formulas that were filled from one, along its line or both ways, with a `$` more or less in it."""
        cells = dict.fromkeys((*run, *(c for cell in run for own in self._runs(cell) for c in own)))
        for texts in with_other_dollars({cell: self._table.texts[cell] for cell in cells}, self._weights):
            yield from self._whole(texts, itertools.starmap(self._terms.term_of, texts.items()))

    def _in_a_run(self, run: Sequence[Address]) -> Iterator[Edit]:
        """One summand less or more in all formulas that may have been filled from one."""
        yield from self._each(run, self._without)
        for new in sorted(self._unread):
            yield from self._with_summand(run, new)

    def _completed(self, source: Address, cell: Address) -> Iterator[Edit]:
        """A cell with one more summand, which another formula would have there that adds some of the same."""
        for term in self._filled(source, cell) if {source, cell} <= self._terms.keys() else ():
            new, own = self._summands(term), self._summands(self._terms[cell])
            for part, factor in new.items() - own.items() if new.items() & own.items() else ():
                whole = self._terms.algebra.scale(part, factor)
                yield from self._each([cell], partial(self._inner, change=partial(self._plus, whole)))


def _can_be_typed(cell: Address, term: Term) -> bool:
    """Whether a formula reads neither its own cell nor what lies above or to the left of a worksheet."""
    read = leaves(term)
    return cell not in read and all(min(own[1:]) >= 0 for own in read)
