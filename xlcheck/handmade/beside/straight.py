"""Whether what measures results compares them with targets one by one, in the order in which they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.beside.of_measures import Pairs
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import Offset, offset, offset_on_sheet, run_from
from xlcheck.handmade.reading.reached import reached

_List = Sequence[tuple[Address, Address]]
"""Pairs of a result and a target."""
_FEWEST = 3
"""Numbers that stand in one order in two places, so that this is no chance."""


def is_straight(
    measured: Iterable[Pairs], layers: Mapping[Address, int], table: CellTable, read: Collection[Address]
) -> bool:
    """Whether results and targets are one to one and in one order, and no number beside is unread.

    Several networks may be compared with the same targets, if each is compared with all of them; and one with several
    lists of targets, as what a discriminator says of what a generator makes, if they lie alike to its results.

    Args:
        measured: what each measure compares.
        layers: which layer's result stands in a cell.
        table: the cells.
        read: those that formulas read.
    """
    of_layers: dict[int | None, list[tuple[Address, Address]]] = defaultdict(list)
    for result, target in sorted({(r, t) for own in measured for r, t in own if t is not None}):
        of_layers[layers.get(result)].append((result, target))
    known: list[frozenset[Address]] = []
    for pairs in chain(*map(_lists, of_layers.values())):
        targets = [target for _, target in pairs]
        together = frozenset(targets)
        one_to_one = len(together) == len({result for result, _ in pairs}) == len(pairs)
        if (
            not one_to_one
            or targets != sorted(targets)
            or any(_is_left_out(own, together, table, read) for own in targets)
        ):
            return False
        known.append(together)
    return all(one == other or one.isdisjoint(other) for one, other in combinations(known, 2))


def is_given_targets(
    measured: Iterable[Pairs], reads: Mapping[Address, Sequence[Address]], data: Collection[Address]
) -> bool:
    """Whether a result is computed from what it should be, and not from such numbers alone, as an autoencoder's is.

    Args:
        measured: what each measure compares.
        reads: the formulas, each with the cells that it reads.
        data: the inputs and states that layers are given.
    """
    pairs = sorted({(result, target) for own in measured for result, target in own if target is not None})
    targets = {target for _, target in pairs}
    for result, target in (*pairs[:1], *pairs[-1:]):
        inputs = {own for own in reached([result], lambda cell: reads.get(cell, ())) if own in data}
        if target in inputs and not inputs <= targets:
            return True
    return False


def _lists(pairs: _List) -> Iterator[_List]:
    """The pairs of a layer, one for each result; else those whose targets lie in one direction."""
    lists: dict[Offset | None, list[tuple[Address, Address]]] = defaultdict(list)
    for result, target in pairs:
        lists[offset_on_sheet(result, target)].append((result, target))
    is_one = len({result for result, _ in pairs}) == len(pairs) or min(map(len, lists.values())) == 1
    yield from [pairs] if is_one else lists.values()


def _is_left_out(cell: Address, targets: Collection[Address], table: CellTable, read: Collection[Address]) -> bool:
    """Whether a number that no formula reads, and that names no line, stands right before or behind a target's line."""
    for down, right in ((0, 1), (1, 0)):
        on, back = (offset(cell, (down, right), k) for k in (1, -1))
        for one, other in ((on, back), (back, on)):
            is_unread = one in targets and table.is_number(other) and other not in read
            if is_unread and not names_a_line(other, (right, down), table, read):
                return True
    return False


def names_a_line(cell: Address, along: Offset, table: CellTable, read: Collection[Address]) -> bool:
    """Whether a number is one of several that no formula reads, and that stand in their order once more elsewhere.

    So do the numbers of users beside what each has rated, and beside what is predicted.

    Args:
        cell: the number's cell.
        along: from one of them to the next.
        table: the cells.
        read: those that formulas read.
    """

    def is_unread(own: Address) -> bool:
        return table.is_number(own) and own not in read

    before = run_from(cell, (-along[0], -along[1]), is_unread)
    run = run_from(before[-1], along, is_unread)
    numbers = [table.typed_numbers[own] for own in run]
    if len(run) < _FEWEST or len({*numbers}) < len(numbers):
        return False
    for first in (own for own, number in table.typed_numbers.items() if number == numbers[0] and own not in run):
        for by in ((0, 1), (1, 0)):
            again = run_from(first, by, is_unread) if is_unread(first) else []
            if [table.typed_numbers[own] for own in again] == numbers:
                return True
    return False
