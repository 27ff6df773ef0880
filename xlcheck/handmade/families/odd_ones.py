"""Formulas that break the line in which they stand, and what the others of their line would be in their places."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from xlcheck.formulas.algebra import Address, Leaf, Term
from xlcheck.formulas.shapes import moved, shape_of, skeleton
from xlcheck.handmade.families.filling import STEP, Filling
from xlcheck.handmade.networks.formula_text import looks_up
from xlcheck.handmade.reading.lines import Line, lines_of
from xlcheck.handmade.reading.offsets import Offset, are_in_line, distance, offset, offset_between

_ASKED = 3
"""Formulas on each side that are asked."""
_AXES = (2, 1)
"""In a row the columns differ, and in a column the rows."""
_OUTVOTED = 2
"""How many times as many formulas are in one line and alike as are like a formula in the other one."""
_MANY = 6
"""Formulas that follow a pattern before the one that breaks it may be wrong: some around it, not only beside it."""
_STRIDES = 8
"""How far formulas are looked for that others may have been filled from: the most usual distances."""
_WITNESSES = 2
"""Formulas that must agree: one against one is no majority."""


_Said = Mapping[tuple[Term, object], Counter[bool]]
"""A term and what kind of formulas give it → how many of them stand before a cell, and how many behind it."""


@dataclass(frozen=True)
class Odd:
    """A cell that is not what others in line with it would be there.

    Attributes:
        cell: the cell.
        meant: what they would compute there.
        votes: how many say so.
        is_between: whether some of these stand on either side of it.
    """

    cell: Address
    meant: Term
    votes: int
    is_between: bool

    @property
    def sureness(self) -> tuple[bool, int]:
        """How sure it is: more so with formulas on either side, and with more of them."""
        return self.is_between, self.votes


class OddOnes(Filling):
    """The cells of a worksheet that break their lines; see `Filling`."""

    def odd(self) -> list[Odd]:
        """The cells that others in their rows or columns would have otherwise, and that are like none.

        A cell occurs with each term that enough others agree on; what most say comes first.
        """
        found: list[Odd] = []
        for cell in self._places():
            asked = [self._asked(cell, axis) for axis in _AXES]
            lines = self._lines if cell in self._terms else self._texts_in  # what gives words has no terms
            like = max(self._like(cell, self._nearest(cell, axis, STEP, lines)) for axis in _AXES)
            if like >= _WITNESSES and not self._is_outvoted(cell, like, asked):
                continue
            there = [self._said(cell, line) for line in asked]
            so = max(_votes(by, self._terms.get(cell)) for by in there)
            like = max(like, so)
            # One of its row and one of its column that do the same as it does, with other cells.
            in_both = {
                own: there[0][own] + there[1][own] for own in there[0].keys() & there[1].keys()
                if own[1] == self._kind(cell)
            }  # fmt: skip
            both = [(by, other) for by, other in (there, there[::-1])]
            own = {odd.meant: odd for odd in self._odd(cell, in_both, so)}
            own |= {odd.meant: odd for by, other in both for odd in self._odd(cell, by, like, other)}
            found += own.values() if like < _WITNESSES or self._is_outvoted(cell, like, asked) else ()
        return sorted(found, key=attrgetter("sureness"), reverse=True)

    def out_of_pattern(self, broken: Iterable[tuple[Address, str, int]]) -> list[Odd]:
        """The formulas that read what goes on otherwise in all of many others of their kind, between which some stand.

        Args:
            broken: cell, what would stand there, and how many formulas say so.
        """
        found: list[Odd] = []
        for cell, text, followers in broken:
            meant = self._terms.term_of(cell, text)
            beside = [[skeleton(self._table.texts[own]) for own in self._nearest(cell, axis, 1)] for axis in _AXES]
            is_between = [skeleton(self._table.texts[cell])] * 2 in beside
            if followers >= _MANY and meant is not None:
                found.append(Odd(cell, meant, followers, is_between))
        return found

    def _is_outvoted(self, cell: Address, like: int, asked: Sequence[Sequence[Address]]) -> bool:
        """Whether one of the lines of a formula has it otherwise on both sides, far more than are like it elsewhere."""
        votes = [self._like(line[0], line[1:]) + 1 if line else 0 for line in asked]
        return any(
            count == len(line) > _OUTVOTED * like and not self._like(cell, line)
            for count, line in zip(votes, asked, strict=True)
        )

    def odd_lines(self) -> Iterator[tuple[Odd, ...]]:
        """Formulas that were filled from one another, all of which those on both sides of their line have otherwise."""
        for along, across in (_AXES, _AXES[::-1]):
            for line in self._lines_along(along):
                self._unsure = frozenset(line)
                meant = [self._across(cell, along, across) for cell in line]
                for is_odd, run in itertools.groupby(meant, key=bool):
                    own = [odd for odd in run if odd is not None]
                    if is_odd and len(own) > 1:
                        yield tuple(own)
        self._unsure = ()

    def twin_lines(self) -> Iterator[tuple[Odd, ...]]:
        """Cells of a line that are not what those so far away say, where as many others are: units, steps, samples.

        One line beside them is enough, as all the others tell how references go along from one to the next. They are
        numbers, or were filled from one another: several slips in one line are none.
        """
        found: dict[tuple[tuple[Address, Term], ...], tuple[float, tuple[Odd, ...]]] = {}
        for away in self._strides():
            sources = {cell: offset(cell, away) for cell in self._anywhere()}
            sources = {cell: source for cell, source in sources.items() if source in self._terms}
            kinds: dict[object, dict[Address, list[Term]]] = defaultdict(dict)
            broken = set[Address]()
            for line in self._lines_in(sources):
                self._unsure = frozenset(line)
                said = {cell: self._filled(sources[cell], cell, freely=False) for cell in line}
                odd = [cell for cell in line if not self._is_filled(cell, sources[cell], said[cell])]
                broken |= {*odd}
                first = [cell for cell in odd if sources[cell] not in odd]  # others follow these
                own = itertools.pairwise(cell for cell in first if cell in self._terms)
                filled = all(self._shape(one) == self._shape(other) or self._goes_on(one, other) for one, other in own)
                for cell in odd if len(odd) > 1 and filled else ():
                    kinds[self._kind(cell), self._kind(sources[cell])][cell] = said[cell]
            alike = len(sources) - len(broken)
            wrong = (self._first_broken(own, sources) for own in kinds.values())
            for kind in (own for own in wrong if 1 < len(own) <= alike and all(own.values())):
                if any(len(self._names(sources[cell])) < len(self._names(cell)) for cell in kind):
                    continue  # who reads more than others means something else
                for number in range(max(map(len, kind.values()))):
                    terms = {cell: said[min(number, len(said) - 1)] for cell, said in kind.items()}
                    lines = tuple(Odd(cell, term, alike, False) for cell, term in terms.items())
                    found.setdefault(tuple(terms.items()), (len(broken) / len(sources), lines))
        self._unsure = ()
        yield from (own for _, own in sorted(found.values(), key=itemgetter(0)))

    def _first_broken(
        self, broken: Mapping[Address, list[Term]], sources: Mapping[Address, Address]
    ) -> Mapping[Address, list[Term]]:
        """Cells that are not what others say, but for those that only follow one of these: the next others fit them."""
        first = {cell: said for cell, said in broken.items() if sources[cell] not in broken}
        self._unsure = frozenset(broken)
        for cell in broken.keys() - first.keys():
            further = sources.get(sources[cell])
            if further is None or not self._is_filled(cell, further, self._filled(further, cell, freely=False)):
                return {}
        return first

    def _anywhere(self) -> Iterator[Address]:
        """The formulas, and the typed numbers."""
        yield from self._terms
        yield from self._table.typed_numbers

    def _kind(self, cell: Address) -> object:
        """What a formula does, whatever with; one kind for all typed numbers."""
        return self._operands[cell][0] if cell in self._operands else None

    def _names(self, cell: Address) -> Sequence[Address]:
        """The cells that a formula names, each as often as it does; none of a typed number."""
        return self._operands[cell][1] if cell in self._operands else ()

    def _is_filled(self, cell: Address, source: Address, said: Collection[Term]) -> bool:
        """Whether a cell holds what another formula becomes there; what computes the very same was not filled."""
        term = self._terms.get(cell)
        return self._shape(cell) == self._shape(source) or (
            term is not self._terms[source] and any(term is other for other in said)
        )

    def _shape(self, cell: Address) -> str:
        return shape_of(self._table.texts.get(cell, ""), *cell[1:])

    def _strides(self) -> list[Offset]:
        """How far the next formulas of the same kind are away, in a row or column, and those in other steps."""
        votes = Counter[Offset]()
        for cell in self._terms:
            for axis in _AXES:
                near = (o for o in self._nearest(cell, axis, STEP) if self._kind(o) == self._kind(cell))
                first = next(near, None)
                for other in (*(() if first is None else (first,)), *self._in_other_steps(cell, axis)):
                    by = offset_between(cell, other)
                    votes.update((by, (-by[0], -by[1])))
        return [by for by, _ in votes.most_common(_STRIDES)]

    def _lines_in(self, cells: Collection[Address]) -> Iterator[list[Address]]:
        """Some cells by the rows and by the columns in which they stand, where several do."""
        for axis in _AXES:
            lines: dict[object, list[Address]] = defaultdict(list)
            for cell in sorted(cells):
                lines[cell[0], cell[3 - axis], self._kind(cell)].append(cell)
            yield from (own for own in lines.values() if len(own) > 1)

    def of_two_rows(self, unread: Collection[Address]) -> Iterator[tuple[Odd, ...]]:
        """All formulas of a row, by their other weights, that read a weight of another row where one is unread beside.

        Args:
            unread: numbers near weights that no formula reads.
        """
        rows: dict[Address, dict[frozenset[Address], list[Address]]] = defaultdict(lambda: defaultdict(list))
        for cell, read in self._terms.reads.items():
            own = self._weights.intersection(read)
            for weight in own:
                rows[weight][own - {weight}].append(cell)
        for weight, new in itertools.product(rows, unread):
            for others, cells in rows[weight].items() if len(rows[weight]) > 1 else ():
                if any(are_in_line(other, new) for other in others):
                    terms = ((cell, self._replaced(self._terms[cell], {weight: new})) for cell in cells)
                    yield tuple(Odd(cell, term, len(cells), True) for cell, term in terms if isinstance(term, Term))

    def _lines_along(self, axis: int) -> Iterator[list[Address]]:
        """The formulas of each row, or of each column."""
        found: dict[object, list[Address]] = defaultdict(list)
        for cell in sorted(self._table.texts):
            found[cell[0], cell[3 - axis]].append(cell)
        yield from found.values()

    def _across(self, cell: Address, along: int, across: int) -> Odd | None:
        """What formulas on both sides of a cell's line say that it should be, where its line says what it is."""
        beside = self._nearest(cell, across, 1)
        is_one = ":" in self._table.arrays.get(cell, "")  # formula for all of the line
        if not (is_one or self._like(cell, self._asked(cell, along))) or (
            len(beside) > 1 and self._like(cell, beside) == len(beside)
        ):
            return None
        said = self._said(cell, self._asked(cell, across))
        like = _votes(self._said(cell, self._nearest(cell, across, STEP)), self._terms.get(cell))
        odd = [own for own in self._odd(cell, said, like) if own.is_between]
        return max(odd, key=attrgetter("sureness"), default=None)

    def _places(self) -> Iterator[Address]:
        """The formulas, and the numbers right between two of them."""
        yield from self._table.texts
        for cell in self._table.typed_numbers:
            if any(map(self._asked, (cell, cell), _AXES)):
                yield cell

    def _asked(self, cell: Address, axis: int) -> Sequence[Address]:
        """The nearest formulas on either side of a cell, in its row or column, and those in its place in other steps.

        Of a number only those right beside.
        """
        if cell in self._table.texts:
            near = self._nearest(cell, axis, _ASKED)
            steps = self._in_other_steps(cell, axis) if cell in self._terms else ()
            return tuple(dict.fromkeys((*near, *steps)))
        near = [o for o in self._nearest(cell, axis, 1) if distance(cell, o) == 1]
        return near if len(near) > 1 else ()

    def _nearest(
        self, cell: Address, axis: int, most: int, lines: Mapping[Line, Sequence[Address]] | None = None
    ) -> Sequence[Address]:
        """The nearest formulas on either side of a cell, so many on each, in its row or column."""
        line = (self._lines if lines is None else lines).get(lines_of(cell)[2 - axis], [])
        first = bisect_left(line, cell)
        after = first + (first < len(line) and line[first] == cell)
        return *reversed(line[max(0, first - most) : first]), *line[after : after + most]

    def _like(self, cell: Address, asked: Sequence[Address]) -> int:
        """How many of some formulas a cell may have been filled from; one with the very same text was copied."""
        texts = self._table.texts
        own = texts.get(cell)
        others = (o for o in asked if texts[o] != own)
        return 0 if own is None else sum(self._table.fills(cell, o) for o in others)

    def _said(self, cell: Address, asked: Sequence[Address]) -> _Said:
        """What formulas in line with a cell would be there, and how many of a kind on each side of it say so."""
        found: dict[tuple[Term, object], Counter[bool]] = defaultdict(Counter)
        for other in asked:
            for term in self._there(other, cell):
                found[term, self._operands[other][0]][other < cell] += 1
        return found

    def _odd(self, cell: Address, said: _Said, like: int, across: _Said | None = None) -> Iterator[Odd]:
        """What formulas in line with a cell say that it should be, if there are enough more than those like it.

        Of those like it, as many do not count as formulas in its other line say the same.
        """
        own = self._terms.get(cell)
        for (term, _), by in said.items():
            against = max(0, like - _votes(across or {}, term))
            is_sure = by.total() >= _WITNESSES + against and (cell in self._table.texts or len(by) > 1)
            if is_sure and term is not own:
                yield Odd(cell, term, by.total(), len(by) > 1)

    def _there(self, source: Address, cell: Address) -> set[Term]:
        """What a formula would be in another cell, as a program fills it or as the others go on.

        What computes something does not become a copy there, as it would where its weights are empty cells. What looks
        something up finds what it finds: where that stands for two words says nothing of a third one.
        """
        text = moved(own := self._table.texts[source], *offset_between(source, cell))
        plain = None if text is None else self._terms.term_of(cell, text)
        is_copy = isinstance(self._terms.get(source), Leaf)
        goes_on = not (is_copy and looks_up(own))
        found = {*(self._filled(source, cell, freely=False) if goes_on else ()), *(() if plain is None else (plain,))}
        return {term for term in found if is_copy or not isinstance(term, Leaf)}


def _votes(said: _Said, term: Term | None) -> int:
    return sum(by.total() for (other, _), by in said.items() if other is term)
