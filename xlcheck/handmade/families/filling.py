"""How formulas go on in their rows and columns: which were filled from one another, and what one becomes elsewhere.

How references go along when a formula is filled from one place to another is learnt from all other pairs of formulas
that lie as far apart; so it does not matter whether somebody fixed references with `$` or typed each of them.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence

from xlcheck.formulas.algebra import Address, Term
from xlcheck.formulas.shapes import moved, operands, shape_of, skeleton, with_operands_moved
from xlcheck.handmade.families.pairs import Pair, Pairs
from xlcheck.handmade.forms.term_changes import TermChanges
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import by_line, lines_of
from xlcheck.handmade.reading.offsets import Offset, distance, offset, offset_between, run_from

STEP = 8
"""Formulas of a line that may belong to one step: an LSTM has a sum and an activation for each of its gates."""
_FAR = 60
"""Cells between a cell and the next formula in its line that may be of its kind."""
_MOST = 2_000
"""Cells of a range that are looked at one by one."""
_FEW = 3
"""References of which each may move by itself when a formula is filled."""
_AROUND, _STEPS = 2, 8
"""Formulas on each side of one that say where it stands in its step; and those that may stand there in other steps."""
_SOURCES, _KINDS = 3, 5
"""Formulas in each direction that a cell may have been meant to be filled from, and of how many kinds a number may."""


class Filling(TermChanges):
    """The formulas of a worksheet, as they were filled along its rows and columns.

    Args:
        terms: what each formula computes from the cells that it reads.
        table: the cells.
        weights: cells that seem to be weights.
        unread: numbers and formulas that no formula reads.
    """

    def __init__(
        self, terms: CellTerms, table: CellTable, weights: Collection[Address], unread: Collection[Address] = ()
    ) -> None:
        super().__init__(terms)
        self._table, self._weights, self._unread = table, frozenset(weights), unread
        self._lines, self._texts_in = by_line(sorted(terms)), by_line(sorted(table.texts))
        self._operands = {cell: self._read(cell) for cell in terms}
        self._found: dict[Offset, Pairs] = {}
        self._families_of: dict[Address, list[list[Address]]] = {}
        self._unsure: Collection[Address] = ()  # formulas that may be wrong, and so say nothing of others

    def _read(self, cell: Address) -> tuple[object, tuple[Address, ...]]:
        """What a formula does, whatever with, and the cells that it reads in the order of its text."""
        text = self._table.texts[cell]
        if ":" in self._table.arrays.get(cell, "") and cell in self._terms:
            return (skeleton(text), len(self._terms.reads[cell])), self._read_by_one(cell)
        cells: list[Address] = []
        for ref in operands(text):
            area = ref.area(cell[0])
            if area.size > _MOST:
                return (cell,), ()
            cells += ((area.sheet, *place) for place in area.cells())
        return (skeleton(text), len(cells)), tuple(cells)

    def _read_by_one(self, cell: Address) -> tuple[Address, ...]:
        """The cells that one result of an array formula is computed from, by the ranges that its text names in turn."""
        areas = [ref.area(cell[0]) for ref in operands(self._table.texts[cell])]

        def place(read: Address) -> tuple[int, Address]:
            within = (n for n, area in enumerate(areas) if area.sheet == read[0] and area.holds(*read[1:]))
            return next(within, len(areas)), read

        return tuple(sorted(self._terms.reads[cell], key=place))

    def _beside(self, cell: Address) -> Iterator[tuple[int, list[Address]]]:
        """The formulas in the row of a cell and in its column, nearest first; and what they differ in: 2 or 1."""
        for axis, line in zip((2, 1), lines_of(cell), strict=True):
            others = (o for o in self._lines.get(line, ()) if o != cell)
            yield axis, sorted(others, key=lambda o: (distance(cell, o), o))

    def _sources(self, cell: Address) -> Iterator[Address]:
        """The next formulas in each direction, those that do the same, and those in its place in other steps.

        For a number the next formulas of each kind.
        """
        is_formula = self._table.is_formula(cell)
        does = self._read(cell)[0] if is_formula else None
        for axis, line in self._beside(cell):
            yield from self._in_other_steps(cell, axis) if cell in self._terms else ()
            for side in ([o for o in line if o < cell], [o for o in line if o > cell]):
                near = [o for o in side if distance(cell, o) <= _FAR]
                alike = [o for o in near if self._operands[o][0] == does]
                next_ones = near[: _SOURCES if cell in self._terms else 1] if is_formula else []
                kinds = (
                    []
                    if is_formula
                    else [
                        *self._first_of(near, lambda o: self._operands[o][0]),
                        *self._first_of(near, self._reads_what),
                    ]
                )
                yield from dict.fromkeys((*next_ones, *kinds, *alike[:_SOURCES]))

    def _in_other_steps(self, cell: Address, axis: int) -> Iterator[Address]:
        """The formulas around which the same is done as around one in its row or column: its place in other steps.

        Before a first step and behind a last one nothing is done; then the two on the other side have to differ, as
        those of all units of a layer do not.
        """
        line = self._lines[lines_of(cell)[2 - axis]]
        at = bisect_left(line, cell)
        before, behind = line[max(0, at - _AROUND) : at], line[at + 1 : at + 1 + _AROUND]
        found: dict[Address, None] = {}
        sides = (side for side in (before, behind) if len({self._operands[own][0] for own in side}) > 1)
        for around in ((*before, *behind), *sides):
            for other in self._alike_in(line, around[0]) if len(around) > 1 else ():
                by = offset_between(around[0], other)
                place = offset(cell, by)
                if place in self._terms and all(self._does_same(own, by) for own in around):
                    found[place] = None
        yield from found

    def _alike_in(self, line: Sequence[Address], cell: Address) -> Iterator[Address]:
        """The formulas of a line that do what one of it does, the nearest of them on either side."""
        at = bisect_left(line, cell)
        for side in (line[max(0, at - _FAR) : at][::-1], line[at + 1 : at + 1 + _FAR]):
            alike = (other for other in side if self._operands[other][0] == self._operands[cell][0])
            yield from itertools.islice(alike, _STEPS)

    def _does_same(self, cell: Address, by: Offset) -> bool:
        """Whether the formula that stands so far from another one does the same."""
        other = offset(cell, by)
        return other in self._operands and self._operands[other][0] == self._operands[cell][0]

    def _first_of(self, cells: Sequence[Address], kind: Callable[[Address], object]) -> list[Address]:
        """The first of some formulas of each kind, a few."""
        first = {kind(other): other for other in reversed(cells)}
        return [other for other in cells if first[kind(other)] == other][:_KINDS]

    def _reads_what(self, cell: Address) -> object:
        """What a formula reads besides weights, and what it does with that."""
        return self._operands[cell][0], frozenset(x for x in self._terms.reads[cell] if x not in self._weights)

    def _numbers_like(self, family: Collection[Address], away: Offset) -> list[Address]:
        """The cells that stand to those of a family in one way, if numbers are typed there."""
        cells = [offset(cell, away) for cell in family]
        return cells if all(map(self._table.is_number, cells)) else []

    def _runs(self, cell: Address) -> Iterator[list[Address]]:
        """The formulas from one on that may have been filled from it, if it is the first of several."""
        for line in (self._texts_in[own] for own in lines_of(cell)):
            at = bisect_left(line, cell)
            if at > 0 and self._table.fills(line[at - 1], cell):
                continue
            run = [cell]
            for other in line[at + 1 :]:
                if not self._table.fills(run[-1], other):
                    break
                run.append(other)
            if len(run) > 1:
                yield run

    def _numbers_from(self, cell: Address) -> Iterator[list[Address]]:
        """The typed numbers from one on, in its row and in its column, if it is the first of several."""
        for by in ((0, 1), (1, 0)) if self._table.is_number(cell) else ():
            if not self._table.is_number(offset(cell, by, -1)) and self._table.is_number(offset(cell, by)):
                yield run_from(cell, by, self._table.is_number)

    def _pairs(self, away: Offset) -> Pairs:
        """Pairs of formulas so far apart that do the same."""
        if away not in self._found:
            found = []
            for cell, (does, read) in self._operands.items():
                other = offset(cell, away)
                if other in self._operands and self._operands[other][0] == does:
                    found.append(Pair(cell, other, does, tuple(zip(read, self._operands[other][1], strict=True))))
            self._found[away] = Pairs(found, self._table.fills)
        return self._found[away]

    def _filled(self, source: Address, cell: Address, *, freely: bool = True) -> list[Term]:
        """What a formula may become in another cell.

        That is what a program would fill there; or, where a cell goes that it reads, other pairs tell that read the
        same cell, or else pairs that do the same; where nobody does, inputs go along and weights do not, or the other
        way round.

        Args:
            source: the formula's cell.
            cell: the other one.
            freely: consider also what goes along as it does in the formula that stands there.
        """
        away = offset_between(source, cell)
        told_by = self._pairs(away).without(self._unsure if cell in self._unsure else {cell, *self._unsure})
        does, read = self._operands[source]
        known: dict[Address, Address] = {}
        sure: dict[Address, Address] = {}
        for number, leaf in enumerate(read):
            if leaf in known:
                continue
            if (its := told_by.cell(leaf, does)) is not None:
                known[leaf] = sure[leaf] = its
            elif (by := told_by.move(does, number)) is not None:
                known[leaf] = offset(leaf, by)
        own_kind = {leaf: to for leaf, to in known.items() if leaf not in sure or told_by.reads(does, leaf)}
        found: dict[Term, None] = {}
        for text in self._texts(source, away) if freely and ":" not in self._table.arrays.get(source, "") else ():
            plain = self._terms.term_of(cell, text)
            found |= {} if plain is None else {plain: None}
        for told in (known, sure, own_kind) if freely else (known,):
            open_cells = [leaf for leaf in self._terms.reads[source] if leaf not in told]
            for rule in self._rules(source, cell, away, freely=freely) if open_cells else (dict[Address, Address](),):
                to = {**told, **{leaf: rule[leaf] for leaf in open_cells if leaf in rule}}
                term = self._replaced(self._terms[source], to)
                if isinstance(term, Term):
                    found[term] = None
        return list(found)

    def _texts(self, source: Address, away: Offset) -> Iterator[str]:
        """What a program would fill so far away; of a formula with few references, each moves or stays as well."""
        text = self._table.texts[source]
        filled = moved(text, *away)
        yield from () if filled is None else (filled,)
        yield from self._with_weights_fixed(text, source, away)
        numbers = range(len(operands(text)))
        for count in numbers[1:] if len(numbers) <= _FEW else ():
            for moving in itertools.combinations(numbers, count):
                other = with_operands_moved(text, moving, away)
                yield from () if other is None else (other,)

    def _with_weights_fixed(self, text: str, source: Address, away: Offset) -> Iterator[str]:
        """A formula filled so far away in which weights stay, and what would go to an empty cell."""
        moving = set[int]()
        for number, ref in enumerate(operands(text)):
            area = ref.area(source[0])
            cells = [(area.sheet, *place) for place in area.cells()] if area.size <= _MOST else []
            to = [offset(cell, away) for cell in cells]
            if self._weights.isdisjoint(cells) and any(cell in self._table.index for cell in to):
                moving.add(number)
        other = with_operands_moved(text, moving, away)
        yield from () if other is None else (other,)

    def _put_to_use(self, sources: Sequence[Address], cells: Sequence[Address]) -> Iterator[dict[Address, Term]]:
        """Formulas in other cells, with all their weights moved to numbers.

        Of these some are read by no formula yet, or with them is read all that is read there already.
        """
        own = [self._weights_of(source) for source in sources]
        there = [{*filter(self._table.is_number, self._terms.reads.get(cell, ()))} for cell in cells]
        for by in sorted({offset_between(x, y) for y in {*self._unread, *there[0]} for x in own[0] if y[0] == x[0]}):
            to = [{x: offset(x, by) for x in weights} for weights in own]
            if not all(self._table.is_number(x) for goes in to for x in goes.values()):
                continue
            is_new = any(x in self._unread for goes in to for x in goes.values())
            for along in (True, False):
                edit = {}
                for source, cell, goes, known in zip(sources, cells, to, there, strict=True):
                    away = offset_between(source, cell) if along else (0, 0)
                    rest = (x for x in self._terms.reads[source] if x not in goes)
                    moved_to = {**{x: offset(x, away) for x in rest}, **goes}
                    term = self._replaced(self._terms[source], moved_to)
                    if isinstance(term, Term) and (is_new or known <= {*moved_to.values()}):
                        edit[cell] = term
                if len(edit) == len(cells):
                    yield edit

    def _weights_of(self, cell: Address) -> list[Address]:
        return [x for x in self._terms.reads[cell] if x in self._weights]

    def _rules(self, source: Address, cell: Address, away: Offset, *, freely: bool) -> Iterator[dict[Address, Address]]:
        """Where what a formula reads may go: nowhere, along with it, or as the other formula has it if that can be."""
        along = {x: offset(x, away) for x in self._terms.reads[source]}
        rules = [{x: to for x, to in along.items() if self._terms.holds_number(to)}] if freely else []
        rules += [
            {x: to for x, to in along.items() if x not in self._weights},
            {x: to for x, to in along.items() if x in self._weights},
            {x: offset(x, (away[1], away[0])) for x in along if x in self._weights},
            {x: to for x, to in along.items() if self._table.is_formula(x)},
            along,
        ]
        yield from rules
        if freely and cell in self._operands and self._operands[cell][0] == self._operands[source][0]:
            pairs = list(zip(self._operands[source][1], self._operands[cell][1], strict=True))
            as_there = {x: to for x, to in pairs if to in (x, along.get(x))}
            for rest in (*rules, {}):
                yield {**rest, **as_there}

    def _families(self, cell: Address) -> list[list[Address]]:
        """Formulas next to one another in a line that were filled from one, in its row and in its column."""
        if cell not in self._families_of:
            self._families_of[cell] = list(self._filled_along(cell))
        return self._families_of[cell]

    def _filled_along(self, cell: Address) -> Iterator[list[Address]]:
        if cell not in self._terms:
            yield from self._alike(cell)
            return
        for _, line in self._beside(cell):
            alike = sorted((cell, *(o for o in line if self._operands[o][0] == self._operands[cell][0])))
            first = last = alike.index(cell)
            while first > 0 and self._goes_on(alike[first - 1], alike[first]):
                first -= 1
            while last + 1 < len(alike) and self._goes_on(alike[last], alike[last + 1]):
                last += 1
            if last > first:
                yield alike[first : last + 1]

    def _alike(self, cell: Address) -> Iterator[list[Address]]:
        """Formulas in a line of which nobody knows what they compute, and which do the same."""
        texts = self._table.texts
        for axis in (1, 2) if cell in texts else ():
            own = [
                other for other in texts
                if other[axis] == cell[axis] and other[0] == cell[0] and other not in self._terms
                and skeleton(texts[other]) == skeleton(texts[cell])
            ]  # fmt: skip
            if len(own) > 1:
                yield sorted(own)

    def _goes_on(self, one: Address, other: Address) -> bool:
        """Whether one formula is what the other becomes in its place; two that read the same cells are no family."""
        mine, its = self._terms[one], self._terms[other]
        shapes = [shape_of(self._table.texts[cell], *cell[1:]) for cell in (one, other)]
        return mine is not its and (
            shapes[0] == shapes[1]
            or any(term is its for term in self._filled(one, other, freely=False))
            or any(term is mine for term in self._filled(other, one, freely=False))
        )

    def _along(self, cell: Address, away: Offset) -> Address:
        """Where a cell goes if a formula that reads it is filled along."""
        if away == (0, 0):
            return cell
        if (its := self._pairs(away).without().cell(cell)) is not None:
            return its
        return offset(cell, away) if self._table.is_formula(cell) else cell
