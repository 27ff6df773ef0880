"""What somebody may have meant to type: a cell filled as its neighbours are, a number that nobody reads put to use.

An edit gives one cell, or cells that were filled from one another, other terms. How references go along when a
formula is filled from one place to another is learnt from all other pairs of formulas that lie as far apart; so it
does not matter whether somebody fixed references with `$` or typed each of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

from xlcheck.formulas.algebra import Address, Expression, Term
from xlcheck.formulas.shapes import operands, skeleton
from xlcheck.handmade.equations.term_changes import TermChanges
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.cells import CellTable

Edit = Mapping[Address, Term]
"""Cell → what it would compute."""
Away = tuple[int, int]
"""Rows and columns between two cells."""
_Pair = tuple[Address, Address, tuple[tuple[Address, Address], ...]]
"""Two formulas, and what the second one reads in the place of each cell that the first one does."""

_FAR = 60
"""Cells between a cell and the next formula in its line that may be of its kind."""
_MOST, _NEAR = 2_000, 6
"""Cells of a range that are looked at one by one, and formulas in line with one that may be meant instead of it."""
_SEVERAL = 2
_SOURCES = 3
"""Formulas in each direction that a cell may have been meant to be filled from."""


class Edits(TermChanges):
    """The edits of a worksheet.

    Args:
        terms: what each formula computes from the cells that it reads.
        table: the cells.
        unread: numbers and formulas that no formula reads.
        weights: cells that seem to be weights.
        may_help: whether an edit of some cells may be of use; of others there are none.
    """

    def __init__(
        self, terms: CellTerms, table: CellTable, unread: Collection[Address], weights: Collection[Address],
        may_help: Callable[[Collection[Address]], bool] = bool,
    ) -> None:  # fmt: skip
        super().__init__(terms)
        self._may_help = may_help
        self._table, self._unread, self._weights = table, unread, weights
        self._lines: dict[object, list[Address]] = defaultdict(list)
        for cell in sorted(terms):
            self._lines[cell[0], "row", cell[1]].append(cell)
            self._lines[cell[0], "column", cell[2]].append(cell)
        self._operands = {cell: self._read(cell) for cell in terms}
        self._found: dict[Away, Mapping[object, list[_Pair]]] = {}
        self._families_of: dict[Address, list[list[Address]]] = {}

    def __iter__(self) -> Iterator[Edit]:
        """All of them, each once."""
        seen: set[frozenset[tuple[Address, Term]]] = set()
        for edit in self._all():
            new = {cell: term for cell, term in edit.items() if term is not self._terms.get(cell)}
            key = frozenset(new.items())
            if not self._may_help(new.keys()):
                continue
            if new and key not in seen and not any(cell in leaves(term) for cell, term in new.items()):
                seen.add(key)
                yield new

    def _all(self) -> Iterator[Edit]:
        for cell in self._places():
            families = self._families(cell)
            if not any(map(self._may_help, ([cell], *families))):
                continue
            for source in self._sources(cell):
                if not families or cell not in self._terms or self._is_last_but(source, cell, families):
                    yield from ({cell: term} for term in self._filled(source, cell))
                for family in filter(self._may_help, families if families and families[0][0] == cell else ()):
                    yield from self._filled_over(source, family)
        for cell in self._terms:
            for family in self._families(cell) or [[cell]]:
                if family[0] == cell and (self._may_help(family) or self._may_help(self._block(family))):
                    yield from self._changed(family)

    @staticmethod
    def _is_last_but(source: Address, cell: Address, families: Sequence[Sequence[Address]]) -> bool:
        """Whether another formula may go on into the end of a family: what was left out there may make it look so."""
        return all(cell in (own[0], own[-1]) and source not in own for own in families)

    def _places(self) -> Iterator[Address]:
        """Cells that may be meant to hold another formula: those with formulas, and numbers in line with them."""
        yield from self._terms
        yield from (cell for cell in self._table.texts if self._terms.is_opaque(cell))
        for cell, _ in self._table.typed_numbers():
            yield cell

    def _read(self, cell: Address) -> tuple[object, tuple[Address, ...]]:
        """What a formula does, whatever with, and the cells that it reads in the order of its text."""
        text = self._table.texts[cell]
        if cell in self._table.arrays:
            return (skeleton(text), len(self._terms.reads[cell])), tuple(sorted(self._terms.reads[cell]))
        cells: list[Address] = []
        for ref in operands(text):
            area = ref.area(cell[0])
            if area.size > _MOST:
                return (cell,), ()
            cells += ((area.sheet, *place) for place in area.cells())
        return (skeleton(text), len(cells)), tuple(cells)

    def _beside(self, cell: Address) -> Iterator[tuple[int, list[Address]]]:
        """The formulas in the row of a cell and in its column, nearest first; and what they differ in: 2 or 1."""
        row = self._lines.get((cell[0], "row", cell[1]), ())
        yield 2, sorted((o for o in row if o != cell), key=lambda o: (abs(o[2] - cell[2]), o))
        column = self._lines.get((cell[0], "column", cell[2]), ())
        yield 1, sorted((o for o in column if o != cell), key=lambda o: (abs(o[1] - cell[1]), o))

    def _sources(self, cell: Address) -> Iterator[Address]:
        """The next formulas in each direction, and the next that do the same."""
        does = self._operands[cell][0] if cell in self._operands else None
        for _, line in self._beside(cell):
            for side in ([o for o in line if o < cell], [o for o in line if o > cell]):
                near = [o for o in side if abs(o[1] - cell[1]) + abs(o[2] - cell[2]) <= _FAR]
                alike = [o for o in near if self._operands[o][0] == does]
                yield from dict.fromkeys((*near[: _SOURCES if cell in self._terms else 1], *alike[:_SOURCES]))

    def _pairs(self, away: Away) -> Mapping[object, list[_Pair]]:
        """Pairs of formulas so far apart that do the same: by what they do, and by each cell that the first reads."""
        if away not in self._found:
            found: dict[object, list[_Pair]] = defaultdict(list)
            for cell, (does, read) in self._operands.items():
                other = (cell[0], cell[1] + away[0], cell[2] + away[1])
                if other in self._operands and self._operands[other][0] == does:
                    pair = (cell, other, tuple(zip(read, self._operands[other][1], strict=True)))
                    found[does].append(pair)
                    for leaf in dict.fromkeys(read):
                        found[leaf].append(pair)
            self._found[away] = found
        return self._found[away]

    def _filled(self, source: Address, cell: Address, *, freely: bool = True) -> list[Term]:
        """What a formula may become in another cell.

        Where a cell goes that it reads, other pairs tell that read the same cell, or else pairs that do the same; where
        nobody does, inputs go along and weights do not, or the other way round.

        Args:
            source: the formula's cell.
            cell: the other one.
            freely: consider also what goes along as it does in the formula that stands there.
        """
        away = (cell[1] - source[1], cell[2] - source[2])
        pairs = self._pairs(away)
        does, read = self._operands[source]
        known: dict[Address, Address] = {}
        sure: dict[Address, Address] = {}
        alike = [pair for pair in pairs.get(does, ()) if cell not in pair[:2]]
        for number, leaf in enumerate(read):
            if leaf in known:
                continue
            own = (pair for pair in pairs.get(leaf, ()) if cell not in pair[:2])
            cast = Counter(its for _, _, both in own for one, its in both if one == leaf)
            if cast:
                known[leaf] = sure[leaf] = cast.most_common(1)[0][0]
            elif alike:
                moves = Counter((b[1] - a[1], b[2] - a[2]) for a, b in (pair[2][number] for pair in alike))
                by = moves.most_common(1)[0][0]
                known[leaf] = (leaf[0], leaf[1] + by[0], leaf[2] + by[1])
        found: dict[Term, None] = {}
        for told in (known, sure) if freely else (known,):
            open_cells = [leaf for leaf in self._terms.reads[source] if leaf not in told]
            for rule in self._rules(source, cell, away, freely=freely) if open_cells else (dict[Address, Address](),):
                to = {**told, **{leaf: rule[leaf] for leaf in open_cells if leaf in rule}}
                term = self._replaced(self._terms[source], to)
                if isinstance(term, Term):
                    found[term] = None
        return list(found)

    def _rules(self, source: Address, cell: Address, away: Away, *, freely: bool) -> Iterator[dict[Address, Address]]:
        """Where what a formula reads may go: nowhere, along with it, or as the other formula has it if that can be."""
        moved = {x: (x[0], x[1] + away[0], x[2] + away[1]) for x in self._terms.reads[source]}
        rules = [
            {x: to for x, to in moved.items() if x not in self._weights},
            {x: to for x, to in moved.items() if x in self._weights},
            {x: (x[0], x[1] + away[1], x[2] + away[0]) for x in moved if x in self._weights},
            {x: to for x, to in moved.items() if self._table.is_formula(x)},
            moved,
        ]
        yield from rules
        if freely and cell in self._operands and self._operands[cell][0] == self._operands[source][0]:
            pairs = list(zip(self._operands[source][1], self._operands[cell][1], strict=True))
            as_there = {x: to for x, to in pairs if to in (x, moved.get(x))}
            for rest in rules:
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
        return mine is not its and (
            any(term is its for term in self._filled(one, other, freely=False))
            or any(term is mine for term in self._filled(other, one, freely=False))
        )

    def _filled_over(self, source: Address, family: Sequence[Address]) -> Iterator[Edit]:
        """A family as another formula would be in each cell, or as the formulas that stand to each cell as this one."""
        away = (source[1] - family[0][1], source[2] - family[0][2])
        along = [(cell[0], cell[1] + away[0], cell[2] + away[1]) for cell in family]
        for sources in ([source] * len(family), along):
            if not set(sources) & set(family) and all(s in self._terms for s in sources):
                options = [self._filled(s, cell) for s, cell in zip(sources, family, strict=True)]
                for number in range(max(map(len, options)) if all(options) else 0):
                    edit = {c: own[min(number, len(own) - 1)] for c, own in zip(family, options, strict=True)}
                    if all(term is not self._terms.get(cell) for cell, term in edit.items()):
                        yield edit

    def _changed(self, family: Sequence[Address]) -> Iterator[Edit]:
        """The same change in all cells of a family."""
        for name in ("TANH", "sigmoid"):
            yield from self._each(family, partial(self._activated, name=name))
        yield from self._each(family, self._turned)
        for new in sorted(self._unread):
            if new not in family:
                for old in self._terms.reads[family[0]]:
                    if not self._may_be_meant(new, old):
                        continue
                    yield from self._with_operand(family, old, new)
                    yield from self._with_weights(family, (new[1] - old[1], new[2] - old[2]))
                yield from self._with_summand(family, new)
        for old in self._terms.reads[family[0]]:
            for new in self._in_place_of(old):
                yield from self._with_operand(family, old, new)
                yield self._with_states(self._block(family), (new[1] - old[1], new[2] - old[2]))

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
            away = (cell[1] - family[0][1], cell[2] - family[0][2])
            one, other = (self._along(item, away) for item in (old, new))
            if one not in self._terms.reads[cell]:
                return
            term = self._replaced(self._terms[cell], {one: other})
            if not isinstance(term, Term):
                return
            edit[cell] = term
        yield edit

    def _block(self, family: Sequence[Address]) -> list[Address]:
        """A family, and those beside it that were filled from its cells."""
        return list(dict.fromkeys((*family, *(c for cell in family for own in self._families(cell) for c in own))))

    def _with_states(self, family: Sequence[Address], by: Away) -> Edit:
        """All formulas that a family reads at other places, as those before or after the activation."""
        edit: dict[Address, Term] = {}
        for cell in family:
            moved = {x: (x[0], x[1] + by[0], x[2] + by[1]) for x in self._terms.reads[cell]}
            to = {x: other for x, other in moved.items() if self._table.is_formula(x) and self._table.is_formula(other)}
            term = self._replaced(self._terms[cell], to)
            if to and isinstance(term, Term):
                edit[cell] = term
        return edit

    def _with_weights(self, family: Sequence[Address], by: Away) -> Iterator[Edit]:
        """All weights that a family reads at other places, as those of another gate."""
        edit: dict[Address, Term] = {}
        for cell in family:
            to = {x: (x[0], x[1] + by[0], x[2] + by[1]) for x in self._terms.reads[cell] if x in self._weights}
            term = self._replaced(self._terms[cell], to)
            if len(to) < _SEVERAL or not isinstance(term, Term):
                return
            edit[cell] = term
        yield edit

    def _along(self, cell: Address, away: Away) -> Address:
        """Where a cell goes if a formula that reads it is filled along."""
        if away == (0, 0):
            return cell
        cast = Counter(its for *_, both in self._pairs(away).get(cell, ()) for one, its in both if one == cell)
        if cast:
            return cast.most_common(1)[0][0]
        return (cell[0], cell[1] + away[0], cell[2] + away[1]) if self._table.is_formula(cell) else cell

    def _each(self, family: Sequence[Address], change: Callable[[Term], Iterator[Expression]]) -> Iterator[Edit]:
        options = [list(change(self._terms[cell])) for cell in family]
        for own in zip(*options, strict=False):
            if all(isinstance(term, Term) for term in own):
                yield {cell: term for cell, term in zip(family, own, strict=True) if isinstance(term, Term)}

    def _with_summand(self, family: Sequence[Address], new: Address) -> Iterator[Edit]:
        """One more summand in the sums of a family: one for all, or in each that which goes along."""
        ways = [[self._along(new, (cell[1] - family[0][1], cell[2] - family[0][2])) for cell in family]]
        for cells in ways:
            options = [list(self._added(self._terms[c], x)) for c, x in zip(family, cells, strict=True)]
            for own in zip(*options, strict=False):
                yield {cell: term for cell, term in zip(family, own, strict=True) if isinstance(term, Term)}
