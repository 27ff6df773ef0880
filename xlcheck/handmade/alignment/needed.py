"""What a cell may be meant to hold: every element of the networks is tried at once, and what reads the cell decides.

A cell that is wrong hides from those that read it what they should compute. So whatever it should hold, they compute
something that the networks have as soon as it holds that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.alignment.book_in_repair import BookInRepair, Repair, Repairs
from xlcheck.handmade.alignment.matching import Matching
from xlcheck.handmade.alignment.similarity import MIN_SIMILARITY
from xlcheck.handmade.networks.elements import Element

_MOST_READERS, _SEVERAL = 3, 2
_MOST_FOLLOWERS, _MOST_COUNTED, _MOST_LIKELY = 60, 80, 16
"""Formulas after a cell that are looked at; elements that explain most of them; and those tried in earnest."""
AT_ITS_PLACE, _CONSTANT, _RESULT, _AT_ITS_STEP, _ALIKE = 2.0, 4.0, 1.0, 1.0, 2.0
"""What speaks for a repair among equals: the cells around ask for it; a number was typed there; it is a result of the
network that stands nowhere; it belongs to the step of the other cells of the column; it needs just what the cell reads,
which weighs more than that something is a result."""

Weighed = tuple[Repairs, float]
"""Repairs that belong together, mostly one, and what speaks for them apart from their effect."""


@dataclass(frozen=True)
class _Evidence:
    """What speaks for an element as what a cell was meant to hold, apart from what follows."""

    now: Matching
    book: BookInRepair

    def reads(self, cell: Address) -> list[Element]:
        """What a cell reads of the networks."""
        return [e for p in self.book.precedents.of(cell) if (e := self.now.element(p)) is not None]

    def similarity(self, cell: Address, number: int) -> float:
        """How far the element needs what the cell reads."""
        return self.now.similarity.to(number, self.reads(cell))

    def is_at_its_step(self, cell: Address, number: int) -> bool:
        """Whether the element belongs to the step of the other cells of the column."""
        key = self.now.elements.key(number)
        return self.now.moment(cell, key) == (key.step, key.sample)

    def is_possible(self, cell: Address, number: int) -> bool:
        """Whether the element is one of the cell's step, or needs some of what it reads.

        A typed number may stand for anything, a copy may repeat anything, and what reads nothing of the networks may
        stand for any quantity. Nobody means a part of another unit's sum, though that belongs to the same step.
        """
        if cell in self.book.copies or not self.book.table.is_formula(cell):
            return True
        if self.now.elements.is_part[number]:
            return self.similarity(cell, number) >= MIN_SIMILARITY
        return not self.reads(cell) or self.similarity(cell, number) > 0 or self.is_at_its_step(cell, number)

    def preference(self, cell: Address, number: int, *, may_end: bool = True) -> float:
        """What speaks for the element among others that explain as much.

        Args:
            cell: the cell.
            number: the element.
            may_end: whether the network may end here: what reads the cell takes it for nothing else.
        """
        return (
            AT_ITS_PLACE * (number == self.now.expected(cell))
            + _CONSTANT * (not self.book.table.is_formula(cell))
            + _RESULT * (may_end and number in self.now.missing_results)
            + _AT_ITS_STEP * self.is_at_its_step(cell, number)
            + _ALIKE * self.similarity(cell, number)
        )

    def results(self, cell: Address) -> set[int]:
        """The results that stand nowhere and need much of what a cell reads, or some of it at their own step."""
        found = {n: self.similarity(cell, n) for n in self.now.missing_results}
        return {n for n, like in found.items() if like >= MIN_SIMILARITY or (like > 0 and self.is_at_its_step(cell, n))}


def proposed(near: Sequence[Address], now: Matching, book: BookInRepair) -> list[Weighed]:
    """Repairs that explain what follows from a cell, or that the places of cells ask for; best first.

    Args:
        near: a cell that computes nothing, and those that may be the reason.
        now: what the cells hold.
        book: the workbook in repair.
    """
    found: dict[Repairs, tuple[bool, int, float]] = {}
    evidence = _Evidence(now, book)
    for cell in (c for c in near if c not in book.spared):
        expected = now.expected(cell)
        certain = {*functions_of(cell, now), *(evidence.results(cell) if cell == near[0] else ())}
        certain |= set() if expected is None else {expected}
        numbers = [*dict.fromkeys((*_open(cell in book.copies, now), *sorted(certain)))]
        counts = dict(zip(numbers, _counts((cell,), numbers, near[0], now, book), strict=True))
        likely = [n for n in nlargest(_MOST_COUNTED, numbers, key=counts.__getitem__) if counts[n]]
        for number in dict.fromkeys((*likely, *sorted(certain))):
            whole = now.whole(number)
            if whole not in now.equal(cell) and (number in certain or evidence.is_possible(cell, whole)):
                may_end = counts[number] > 0 or not likely
                weight = (number in certain, counts[number], evidence.preference(cell, whole, may_end=may_end))
                repairs = (Repair(cell, whole),)
                found[repairs] = max(weight, found.get(repairs, weight))
    return [(repairs, found[repairs][-1]) for repairs in nlargest(_MOST_LIKELY, found, key=found.__getitem__)]


def proposed_together(near: Sequence[Address], now: Matching, book: BookInRepair) -> list[Weighed]:
    """Repairs of several cells that explain what reads them all.

    Of the cell that computes nothing its place says what it is meant to hold, if the cells around it are known.
    """
    found: dict[Repairs, tuple[int, float]] = {}
    evidence, expected = _Evidence(now, book), now.expected(near[0])
    for reader in dict.fromkeys((*near, *book.precedents.readers(near[0])[:_MOST_READERS])):
        for repairs, count in needed_together(reader, near, now, book):
            is_elsewhere = any(r.cell == near[0] and expected not in {None, r.number} for r in repairs)
            is_spared = any(r.cell in book.spared for r in repairs)
            if not is_elsewhere and not is_spared and all(evidence.is_possible(r.cell, r.number) for r in repairs):
                found[repairs] = count, min(evidence.preference(r.cell, r.number) for r in repairs)
    return [(repairs, found[repairs][-1]) for repairs in nlargest(_MOST_LIKELY, found, key=found.__getitem__)]


def _counts(
    cells: Sequence[Address],
    lines: Sequence[int] | Sequence[tuple[int, ...]],
    target: Address,
    now: Matching,
    book: BookInRepair,
) -> list[int]:
    """How many other cells would compute some element if some cells held one of many lines of elements.

    All lines are tried at once: one evaluation of each formula that follows. Where the target would be none of those
    cells, the count is 0.

    Args:
        cells: the cells.
        lines: the elements, one for each cell.
        target: a cell that is to be explained.
        now: what the cells hold.
        book: the workbook in repair.
    """
    if not lines:
        return []
    numbers = np.array(lines, dtype=np.intp).reshape(len(lines), len(cells))
    supposed = {cell: now.elements.values[:, numbers[:, i]] for i, cell in enumerate(cells)}
    counts = np.zeros(len(lines), dtype=np.intp)
    explains = np.full(len(lines), target in cells)
    for follower in book.right.following(cells)[:_MOST_FOLLOWERS]:
        if follower in supposed or book.right.is_unknown(follower):
            continue
        supposed[follower] = book.right.at_once(follower, supposed)
        known = now.elements.hold(supposed[follower])
        explains = known if follower == target else explains
        if follower not in book.copies:
            counts += known
    return [int(count) for count in counts * explains]


def functions_of(cell: Address, now: Matching) -> Iterator[int]:
    """Quantities that stand nowhere yet and are functions of what a cell holds alone, or of which it holds a part."""
    held = now.element(cell)
    if held is None:
        return
    if held.source.part:
        place = now.elements.by_name[held.source.network, held.source.quantity.name]
        whole = now.elements.number(place, held.sample, held.index)
        if held.source.size == held.source.quantity.shape[-1] and now.holders[whole] == 0:
            yield whole
        return
    for number in now.successors.get((held.source.network, held.source.quantity.name), ()):
        source = now.elements.sources[number]
        if held.index < source.size and held.sample < source.values.shape[1]:
            element = now.elements.number(number, held.sample, held.index)
            if now.holders[element] == 0:
                yield element


def needed_together(
    reader: Address, near: Sequence[Address], now: Matching, book: BookInRepair
) -> Iterator[tuple[Repairs, int]]:
    """What several cells may be meant to hold that a formula reads, all of one vector and in its order, with a count.

    Where each gives a part of something that stands nowhere, that is what they are meant to hold.
    """
    read = [c for c in book.precedents.of(reader) if book.table.is_formula(c) and (c in near or now.is_unknown(c))]
    if len(read) < _SEVERAL or book.right.is_unknown(reader):
        return
    wholes = [(c, n) for c in read for n in islice(functions_of(c, now), 1)]
    vectors = _lines(len(read), _open(all(c in book.copies for c in read), now), now)
    tried = [(sorted(read), [*vectors]), ([c for c, _ in wholes], [tuple(n for _, n in wholes)])]
    for cells, lines in tried:
        if len(cells) >= _SEVERAL:
            counts = _counts(cells, lines, reader, now, book)
            for line, count in zip(lines, counts, strict=True):
                repairs = tuple(Repair(c, n) for c, n in zip(cells, line, strict=True) if n not in now.equal(c))
                if count and repairs:
                    yield repairs, count


def _lines(length: int, numbers: Iterable[int], now: Matching) -> Iterator[tuple[int, ...]]:
    """Elements that follow one another along units, or along steps."""
    elements = now.elements
    for number in numbers:
        key = elements.key(number)
        for last in ((0, 0, length - 1), (length - 1, 0, 0)):
            if elements.at(key.moved(last)) is None:  # most are too near to the end
                continue
            keys = (key.moved((last[0] and i, 0, last[2] and i)) for i in range(length))
            line = tuple(n for other in keys if (n := elements.at(other)) is not None)
            if len(line) == length:
                yield line


def _open(is_copy: bool, now: Matching) -> list[int]:
    """The computed elements that stand nowhere, or not for certain at their own step; for a copy, all of them."""
    is_computed, key_of = now.elements.is_computed, now.elements.key
    if is_copy:
        return [number for number in range(len(now.elements)) if is_computed[number]]
    placed = {
        number for cell, number in now.held.items()
        if cell not in now.copies and now.moment(cell, key := key_of(number)) == (key.step, key.sample)
    }  # fmt: skip
    return [number for number in range(len(now.elements)) if is_computed[number] and number not in placed]
