"""What may be meant in formulas that were filled from one another: the same change in all of them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from xlcheck.formulas.algebra import Address, Term
from xlcheck.formulas.shapes import moved, operands, with_operand
from xlcheck.handmade.edits.typed_cells import TypedCells
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.reading.offsets import Offset, offset, offset_between

_NEAR = 6
"""Formulas in line with one that may be meant instead of it."""
_SEVERAL = _PAIR = 2
_EXCHANGED = 4
"""Weights of a formula of which two may be exchanged."""
_AROUND = {(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)}
_WIDE = 20
"""Cells of a range that may be meant to stand elsewhere."""


class Changes(TypedCells):
    """The same change in all formulas of a family."""

    def _filled_over(self, source: Address, family: Sequence[Address]) -> Iterator[Edit]:
        """A family as another formula would be in each cell, or as the formulas that stand to each cell as this one."""
        away = offset_between(family[0], source)
        along = [offset(cell, away) for cell in family]
        yield from self._as_array(source, family, along)
        for sources in ([source] * len(family), along):
            if not set(sources) & set(family) and all(s in self._terms for s in sources):
                options = [self._filled(s, cell) for s, cell in zip(sources, family, strict=True)]
                for number in range(max(map(len, options)) if all(options) else 0):
                    edit = {c: own[min(number, len(own) - 1)] for c, own in zip(family, options, strict=True)}
                    if all(term is not self._terms.get(cell) for cell, term in edit.items()):
                        yield edit
                yield from self._put_to_use(sources, family)

    def _as_array(self, source: Address, family: Sequence[Address], along: Sequence[Address]) -> Iterator[Edit]:
        """The results of one array formula as another one of as many cells would give them in their place."""
        arrays = self._table.arrays
        if ":" in arrays.get(source, "") and all(len({*map(arrays.get, own)}) == 1 for own in (family, along)):
            text = moved(self._table.texts[source], *offset_between(source, family[0]))
            if text is not None:
                terms = {cell: self._terms.term_of(cell, text) for cell in family}
                edit = {cell: term for cell, term in terms.items() if term is not None}
                yield from (edit,) if len(edit) == len(family) else ()

    def _changed(self, family: Sequence[Address]) -> Iterator[Edit]:
        """The same change in all cells of a family."""
        for name in ("TANH", "sigmoid"):
            yield from self._each(family, partial(self._activated, name=name))
            yield from self._each(family, partial(self._bent, name=name))
        yield from self._each(family, self._turned)
        yield from self._each(family, self._without)
        yield from self._with_ranges(family)
        yield from self._with_inputs(family)
        yield from self._each(family, self._once)
        yield from self._joined(family)
        yield from self._with_factor(family)
        for pair in itertools.combinations(self._weights_of(family[0])[:_EXCHANGED], _PAIR):
            yield from self._each(family, partial(self._exchanged, pair=pair))
        for new in sorted(self._unread):
            if new not in family:
                for old in self._terms.reads[family[0]]:
                    if not self._may_be_meant(new, old):
                        continue
                    yield from self._with_operand(family, old, new)
                    yield from self._with_weights(family, offset_between(old, new))
                yield from self._with_summand(family, new)
                yield from self._with_product(family, new)
        for old in self._terms.reads[family[0]]:
            for new in self._in_place_of(old):
                yield from self._with_operand(family, old, new)
                yield from self._with_states(self._block(family), old, offset_between(old, new))

    def _may_be_meant(self, new: Address, old: Address) -> bool:
        """Whether a cell is of the kind of another one: computed as well, a number for a weight, or one in its line."""
        if self._table.is_formula(new) or self._table.is_formula(old):
            return self._table.is_formula(new) == self._table.is_formula(old)
        away = (abs(new[1] - old[1]), abs(new[2] - old[2]))
        return old in self._weights or (new[0] == old[0] and min(away) == 0 and max(away) <= _NEAR)

    def _in_place_of(self, cell: Address) -> Iterator[Address]:
        """Computed cells in line with one that may have been meant instead."""
        if self._table.is_formula(cell):
            for _, line in self._beside(cell):
                yield from line[:_NEAR]

    def _with_operand(self, family: Sequence[Address], old: Address, new: Address) -> Iterator[Edit]:
        """One cell read in place of another one, and in the rest of the family those that go along."""
        edit: dict[Address, Term] = {}
        for cell in family:
            away = offset_between(family[0], cell)
            one, other = (self._along(item, away) for item in (old, new))
            if other == new:  # nobody reads it, and so nobody knows where it goes
                other = offset(new, offset_between(old, one))
            if one not in self._terms.reads[cell]:
                return
            term = self._replaced(self._terms[cell], {one: other})
            if not isinstance(term, Term):
                return
            edit[cell] = term
        yield edit

    def _rows(self) -> Iterator[list[Address]]:
        """The formulas that read a weight, if there are several: a unit at all steps, also one without a state."""
        readers: dict[Address, list[Address]] = defaultdict(list)
        for cell in self._terms:
            for weight in self._weights.intersection(self._terms.reads[cell]):
                readers[weight].append(cell)
        yield from (list(own) for own in dict.fromkeys(tuple(own) for own in readers.values() if len(own) > 1))

    def _with_ranges(self, family: Sequence[Address]) -> Iterator[Edit]:
        """A range read elsewhere, where numbers stand of which nobody reads some: all of them, or for blank cells.

        Single cells may also be read a step further along the family, or a step before.
        """
        texts = self._table.texts
        by_a_step = {offset_between(x, y) for x, y in itertools.permutations(family[:2], 2)}
        for number in range(min(len(operands(texts[cell])) for cell in family)):
            areas = [operands(texts[cell])[number].area(cell[0]) for cell in family]
            if len({area.size for area in areas}) > 1 or any(area.size > _WIDE for area in areas):
                continue
            cells = [(area.sheet, *place) for area in areas for place in area.cells()]
            is_one = len(cells) == len(family)
            moving = [cell for cell in cells if not is_one or not self._terms.holds_number(cell)]
            away = {offset_between(x, new) for x in moving for new in self._unread if new[0] == x[0]}
            away = {by for by in away if max(map(abs, by)) <= _NEAR} | (by_a_step if is_one else set())
            away |= _AROUND if is_one and moving else set()
            for by in sorted(away):
                if all(self._terms.holds_number(offset(x, by)) for x in cells):
                    new = [(cell, with_operand(texts[cell], number, by, by)) for cell in family]
                    terms = [self._terms.term_of(cell, text) for cell, text in new if text is not None]
                    yield from self._whole(family, terms)

    def _with_lengths(self, family: Sequence[Address]) -> Iterator[Edit]:
        """A range, or all of them together, one cell longer at one end, or a block a row or a column larger.

        Or shorter, where there are words in it.
        """
        refs = [operands(self._table.texts[cell]) for cell in family]
        ranges = [number for number, ref in enumerate(refs[0]) if ref.area(family[0][0]).size > 1]
        more = (1,) if self._terms.keys() >= {*family} else (1, -1)
        blocks = (ref.area(family[0][0]) for ref in refs[0])
        ways = (False, True) if any(min(area.rows, area.columns) > 1 for area in blocks) else (False,)
        sides = itertools.product([*([n] for n in ranges), ranges], (True, False), more, ways)
        for numbers, is_last, by_how_many, is_wider in sides:
            edit: dict[Address, Term] = {}
            for cell in family if numbers else ():
                text: str | None = self._table.texts[cell]
                for number in numbers:
                    area = operands(self._table.texts[cell])[number].area(cell[0])
                    is_row = area.rows == 1 or (is_wider and area.columns > 1)
                    by = (0, by_how_many) if is_row else (by_how_many, 0)
                    ends = ((0, 0), by) if is_last else ((-by[0], -by[1]), (0, 0))
                    text = None if text is None else with_operand(text, number, *ends)
                term = None if text is None else self._terms.term_of(cell, text)
                edit |= {} if term is None else {cell: term}
            if len(edit) == len(family):
                yield edit

    def _with_inputs(self, family: Sequence[Address]) -> Iterator[Edit]:
        """All the inputs that a formula reads where one in line with it reads as many: those of another step."""
        own = self._inputs_of(family[0])
        for _, line in self._beside(family[0]):
            for other in line[:_NEAR] if own else ():
                its = self._inputs_of(other)
                away = {offset_between(x, y) for x, y in zip(own, its, strict=False)}
                if len(its) == len(own) and len(away) == 1 and its != own:
                    (by,) = away
                    to = [{x: offset(x, by) for x in self._inputs_of(cell)} for cell in family]
                    yield from self._whole(family, map(self._replaced, map(self._terms.__getitem__, family), to))

    def _inputs_of(self, cell: Address) -> list[Address]:
        """The given numbers that a formula reads and that are no weights, in order."""
        return sorted(x for x in self._terms.reads[cell] if x not in self._weights and x not in self._terms)

    def _block(self, family: Sequence[Address]) -> list[Address]:
        """A family, and those beside it that were filled from its cells."""
        return list(dict.fromkeys((*family, *(c for cell in family for own in self._families(cell) for c in own))))

    def _with_states(self, family: Sequence[Address], old: Address, by: Offset) -> Iterator[Edit]:
        """All formulas that a family reads at other places, as after the activation; or those like one of them."""
        alike = {cell for cell, own in self._operands.items() if own[0] == self._operands.get(old, ((),))[0]}
        for among in (self._table.texts, alike):
            edit: dict[Address, Term] = {}
            for cell in family:
                moved = {x: offset(x, by) for x in self._terms.reads[cell] if x in among}
                to = {x: other for x, other in moved.items() if self._table.is_formula(other)}
                if to and isinstance(term := self._replaced(self._terms[cell], to), Term):
                    edit[cell] = term
            yield edit

    def _with_other_weights(self, row: Sequence[Address]) -> Iterator[Edit]:
        """What stands in one line of those that read a weight, with weights that nobody reads in place of its own."""
        for axis in (1, 2):
            for line in sorted({cell[axis] for cell in row}):
                own = [cell for cell in row if cell[axis] == line]
                known = self._weights_of(own[-1]) if _SEVERAL <= len(own) < len(row) else []
                away = {offset_between(x, new) for new in self._unread for x in known if new[0] == x[0]}
                for by in sorted(away):
                    yield from self._with_weights(own, by)

    def _with_weights(self, family: Sequence[Address], by: Offset) -> Iterator[Edit]:
        """All weights that a family reads at other places, as those of another gate, or those that are unread there."""
        moved = {x: offset(x, by) for x in self._weights}
        unread = {x: to for x, to in moved.items() if to in self._unread}
        for own in (moved, unread):
            edit: dict[Address, Term] = {}
            for cell in family:
                to = {x: own[x] for x in self._terms.reads[cell] if x in own}
                term = self._replaced(self._terms[cell], to)
                if len(to) < _SEVERAL or not isinstance(term, Term):
                    break
                edit[cell] = term
            else:
                yield edit
