"""What a cell may be meant to hold: every element of the networks is tried at once, and what reads the cell decides.

A cell that is wrong hides from those that read it what they should compute. So whatever it should hold, they compute
something that the networks have as soon as it holds that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import islice

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.placing.likeness import MIN_LIKENESS
from xlcheck.handmade.placing.matching import Matching
from xlcheck.handmade.placing.order import Moments, moments_of
from xlcheck.handmade.placing.workshop import Repair, Repairs, Workshop

_MOST_READERS, _SEVERAL = 3, 2
_MOST_FOLLOWERS, _MOST_COUNTED, _MOST_LIKELY = 60, 80, 16
"""Formulas after a cell that are looked at; elements that explain most of them; and those tried in earnest."""
AT_ITS_PLACE, _CONSTANT, _RESULT, _AT_ITS_STEP = 2.0, 4.0, 1.0, 1.0
"""What speaks for a repair among equals: the cells around ask for it; a number was typed there; it is a result of the
network that stands nowhere; it belongs to the step of the other cells of the column."""

Weighed = tuple[Repairs, float]
"""Repairs that belong together, mostly one, and what speaks for them apart from their effect."""


def proposed(near: Sequence[Address], now: Matching, shop: Workshop) -> list[Weighed]:
    """Repairs that explain what follows from a cell, or that the places of cells ask for; best first.

    Args:
        near: a cell that computes nothing, and those that may be the reason.
        now: what the cells hold.
        shop: what is needed.
    """
    found: dict[Repairs, tuple[bool, int, float]] = {}
    moments = moments_of(now)
    for cell in near:
        expected = now.expected(cell)
        certain = {*functions_of(cell, now), *(_results(cell, moments, now, shop) if cell == near[0] else ())}
        certain |= set() if expected is None else {expected}
        numbers = [*dict.fromkeys((*_open(cell in shop.copies, now), *sorted(certain)))]
        counts = dict(zip(numbers, _counts((cell,), numbers, near[0], now, shop), strict=True))
        likely = [n for n in nlargest(_MOST_COUNTED, numbers, key=counts.__getitem__) if counts[n]]
        for number in dict.fromkeys((*likely, *sorted(certain))):
            whole = now.whole(number)
            if whole not in now.equal(cell) and (number in certain or _may_be_meant(cell, whole, moments, now, shop)):
                key = now.elements.key(whole)
                preference = (
                    AT_ITS_PLACE * (whole == expected)
                    + _CONSTANT * (not shop.table.is_formula(cell))
                    + _RESULT * (whole in now.missing_results)
                    + _AT_ITS_STEP * (moments(cell, key) == (key.step, key.sample))
                )
                weight, repairs = (number in certain, counts[number], preference), (Repair(cell, whole),)
                found[repairs] = max(weight, found.get(repairs, weight))
    return [(repairs, found[repairs][-1]) for repairs in nlargest(_MOST_LIKELY, found, key=found.__getitem__)]


def _may_be_meant(cell: Address, number: int, moments: Moments, now: Matching, shop: Workshop) -> bool:
    """Whether a cell may be meant to hold an element: one of its own step, or that needs some of what it reads.

    A typed number may stand for anything, and a copy may repeat anything. Nobody means a part of another unit's sum,
    though that belongs to the same step.
    """
    if not shop.table.is_formula(cell) or cell in shop.copies:
        return True
    reads = [e for p in shop.precedents.of(cell) if (e := now.element(p)) is not None]
    likeness, key = now.likeness.to(number, reads).likeness, now.elements.key(number)
    if now.elements.is_part[number]:
        return likeness >= MIN_LIKENESS
    return likeness > 0 or moments(cell, key) == (key.step, key.sample)


def _results(cell: Address, moments: Moments, now: Matching, shop: Workshop) -> Iterator[int]:
    """The results that stand nowhere and are computed from much of what a cell reads, or of its step from some of it."""
    reads = [e for p in shop.precedents.of(cell) if (e := now.element(p)) is not None]
    for number in now.missing_results:
        likeness, key = now.likeness.to(number, reads).likeness, now.elements.key(number)
        if likeness >= MIN_LIKENESS or (likeness > 0 and moments(cell, key) == (key.step, key.sample)):
            yield number


def proposed_together(near: Sequence[Address], now: Matching, shop: Workshop) -> list[Weighed]:
    """Repairs of several cells that explain what reads them all."""
    found: dict[Repairs, int] = {}
    for reader in dict.fromkeys((*near, *shop.precedents.readers(near[0])[:_MOST_READERS])):
        found |= needed_together(reader, near, now, shop)
    return [(repairs, 0.0) for repairs in nlargest(_MOST_LIKELY, found, key=found.__getitem__)]


def _counts(
    cells: Sequence[Address],
    lines: Sequence[int] | Sequence[tuple[int, ...]],
    target: Address,
    now: Matching,
    shop: Workshop,
) -> list[int]:
    """How many other cells would compute some element if some cells held one of many lines of elements.

    All lines are tried at once: one evaluation of each formula that follows. Where the target would be none of those
    cells, the count is 0.

    Args:
        cells: the cells.
        lines: the elements, one for each cell.
        target: a cell that is to be explained.
        now: what the cells hold.
        shop: what is needed.
    """
    if not lines:
        return []
    numbers = np.array(lines, dtype=np.intp).reshape(len(lines), len(cells))
    supposed = {cell: now.elements.values[:, numbers[:, i]] for i, cell in enumerate(cells)}
    counts = np.zeros(len(lines), dtype=np.intp)
    explains = np.full(len(lines), target in cells)
    for follower in shop.probe.following(cells)[:_MOST_FOLLOWERS]:
        if follower in supposed or shop.probe.is_unknown(follower):
            continue
        supposed[follower] = shop.probe.at_once(follower, supposed)
        known = now.elements.hold(supposed[follower])
        explains = known if follower == target else explains
        if follower not in shop.copies:
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
    reader: Address, near: Sequence[Address], now: Matching, shop: Workshop
) -> Iterator[tuple[Repairs, int]]:
    """What several cells may be meant to hold that a formula reads, all of one vector and in its order, with a count.

    Where each gives a part of something that stands nowhere, that is what they are meant to hold.
    """
    read = [c for c in shop.precedents.of(reader) if shop.table.is_formula(c) and (c in near or now.is_unknown(c))]
    wholes = [(c, n) for c in read for n in islice(functions_of(c, now), 1)]
    if shop.probe.is_unknown(reader):
        return
    moments = moments_of(now)
    lines = _lines(len(read), _open(all(c in shop.copies for c in read), now), now)
    tried = [(sorted(read), [*lines]), ([c for c, _ in wholes], [tuple(n for _, n in wholes)])]
    for cells, lines in tried:
        if len(cells) >= _SEVERAL:
            counts = _counts(cells, lines, reader, now, shop)
            for line, count in zip(lines, counts, strict=True):
                repairs = tuple(Repair(c, n) for c, n in zip(cells, line, strict=True) if n not in now.equal(c))
                if count and repairs and all(_may_be_meant(r.cell, r.number, moments, now, shop) for r in repairs):
                    yield repairs, count


def _lines(length: int, numbers: Iterable[int], now: Matching) -> Iterator[tuple[int, ...]]:
    """Elements that follow one another along units, or along steps."""
    elements = now.elements
    for number in numbers:
        key = elements.key(number)
        for steps, units in ((0, 1), (1, 0)):
            keys = (key.moved((steps * i, 0, units * i)) for i in range(length))
            line = tuple(n for other in keys if (n := elements.at(other)) is not None)
            if len(line) == length:
                yield line


def _open(is_copy: bool, now: Matching) -> list[int]:
    """The computed elements that stand nowhere, or not for certain at their own step; for a copy, all of them."""
    is_computed, key_of, moments = now.elements.is_computed, now.elements.key, moments_of(now)
    if is_copy:
        return [number for number in range(len(now.elements)) if is_computed[number]]
    placed = {
        number for cell, number in now.held.items()
        if cell not in now.copies and moments(cell, key := key_of(number)) == (key.step, key.sample)
    }  # fmt: skip
    return [number for number in range(len(now.elements)) if is_computed[number] and number not in placed]
