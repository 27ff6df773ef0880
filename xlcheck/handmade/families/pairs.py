"""Pairs of formulas that lie equally far apart and do the same: what they say of where a filled formula's cells go."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.offsets import Offset, offset_between

_T = TypeVar("_T")


@dataclass(frozen=True)
class Pair:
    """Two formulas that do the same.

    Attributes:
        one: the first one's cell.
        other: the second one's.
        does: what they do, whatever with.
        both: each cell that the first one reads, in the order of its text, with what the second one reads in its place.
    """

    one: Address
    other: Address
    does: Hashable
    both: tuple[tuple[Address, Address], ...]


class _Votes:
    """The votes of some pairs, each of them for some keys: cells that the first formula reads, or what it does."""

    def __init__(self, pairs: Iterable[tuple[Hashable, Pair]]) -> None:
        self.cells: dict[Hashable, Counter[Address]] = defaultdict(Counter)
        self.moves: dict[Hashable, Counter[Offset]] = defaultdict(Counter)
        self.reads: dict[Hashable, Counter[Address]] = defaultdict(Counter)
        for key, pair in pairs:
            if key != pair.does:
                self.cells[key].update(its for one, its in pair.both if one == key)
                continue
            for number, (one, its) in enumerate(pair.both):
                self.moves[key, number][offset_between(one, its)] += 1
                self.reads[key][one] += 1
                self.cells[key, one][its] += 1


class Pairs:
    """All pairs that lie so far apart.

    Args:
        pairs: each of them, in order.
        may_be_filled: whether a program may have filled the second formula of a pair from the first. Where any was,
            the others say nothing: what stands on a sheet for other reasons, such as means of any two cells, was not.
    """

    def __init__(self, pairs: Iterable[Pair], may_be_filled: Callable[[Address, Address], bool]) -> None:
        self._pairs = {pair.one: pair for pair in pairs}
        self._others = {pair.other: pair.one for pair in self._pairs.values()}
        self._filled = {pair.one for pair in self._pairs.values() if may_be_filled(pair.one, pair.other)}
        self._with_filled = {key for one in self._filled for key in _keys(self._pairs[one])}
        self._all = self._votes_of(self._pairs)
        self._left_out: dict[frozenset[Address], _Votes] = {}

    def _votes_of(self, ones: Iterable[Address]) -> _Votes:
        pairs = [self._pairs[one] for one in ones]
        return _Votes(
            (key, pair) for pair in pairs for key in _keys(pair)
            if pair.one in self._filled or key not in self._with_filled
        )  # fmt: skip

    def without(self, cells: Collection[Address] = ()) -> Told:
        """What those pairs say of which neither formula is one of some.

        Args:
            cells: the cells of these.
        """
        key = frozenset(cells)
        if key not in self._left_out:
            ones = {cell for cell in key if cell in self._pairs} | {self._others[o] for o in key if o in self._others}
            self._left_out[key] = self._votes_of(sorted(ones))
        return Told(self._all, self._left_out[key])


@dataclass(frozen=True)
class Told:
    """What pairs say.

    Args:
        votes: of all pairs.
        left_out: of those that do not count.
    """

    votes: _Votes
    left_out: _Votes

    def cell(self, read: Address, does: Hashable = None) -> Address | None:
        """What the second formulas read most in place of a cell that the first ones read; None if none says so.

        Args:
            read: the cell.
            does: what those do that are asked first.
        """
        own = _most(self.votes.cells, self.left_out.cells, (does, read))
        return _most(self.votes.cells, self.left_out.cells, read) if own is None else own

    def move(self, does: Hashable, number: int) -> Offset | None:
        """How far what formulas read at some place of their text goes along in most pairs that do the same."""
        return _most(self.votes.moves, self.left_out.moves, (does, number))

    def reads(self, does: Hashable, cell: Address) -> bool:
        """Whether the first one of a pair that does the same reads a cell."""
        votes, left_out = self.votes.reads, self.left_out.reads
        return does in votes and votes[does][cell] > (left_out[does][cell] if does in left_out else 0)


def _keys(pair: Pair) -> Iterable[Hashable]:
    return (pair.does, *dict.fromkeys(one for one, _ in pair.both))


def _most(votes: Mapping[Hashable, Counter[_T]], left_out: Mapping[Hashable, Counter[_T]], key: Hashable) -> _T | None:
    """What most say; of equally many the first."""
    own = votes.get(key)
    if own is None:
        return None
    less = left_out.get(key, Counter[_T]())
    best = max(own, key=lambda item: own[item] - less[item])
    return best if own[best] > less[best] else None
