"""References within one formula that go on in equal steps: in `B5*P5+C5*P6+C5*P7` C5 is read where D5 would follow.

Whoever types a sum goes along its inputs and its weights; a reference that stays behind or goes too far may be a slip.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import Ref, cut
from xlcheck.formulas.shapes import skeleton, with_operand
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import by_line
from xlcheck.handmade.reading.offsets import Offset, offset

_PERIODS = (1, 2, 3)
"""References from one of a sequence to the next, as every second one where products of two are added."""
_FEW = 3
"""References of a sequence of which any two say what the third one is, so that one cell has to be read twice."""


def out_of_sequence(table: CellTable) -> Iterator[Mapping[Address, str]]:
    """The formulas of which one reference breaks a sequence of all others, each as it goes on, where numbers stand.

    All that do the same on a worksheet go together, and those of them in one row or column.

    Args:
        table: the cells.
    """
    odd: dict[tuple[str, str, int, int], dict[Address, str]] = defaultdict(dict)
    for cell, text in ((own, text) for own, text in table.texts.items() if own not in table.arrays):
        for number, ways in _odd_references(text).items():
            area = cut(text).refs[number].area(cell[0])
            for way, by in enumerate(ways):
                new = with_operand(text, number, by, by)
                read = (offset((area.sheet, *place), by) for place in area.cells())
                if new is not None and all(table.is_number(own) or table.is_formula(own) for own in read):
                    odd[cell[0], skeleton(text), number, way][cell] = new
    for _, said in sorted(odd.items()):
        yield said
        for line in by_line(sorted(said)).values() if len(said) > 1 else ():
            yield from ({cell: said[cell] for cell in line},) if len(line) < len(said) else ()


@lru_cache(maxsize=32_768)
def _odd_references(text: str) -> Mapping[int, Sequence[Offset]]:
    """The references of a formula that break a sequence of all others, and how far away it may go on."""
    found: dict[int, list[Offset]] = {}
    for run in _runs(text):
        for own in (run, run[:-1], run[1:]):  # at an end another one may only look alike, as a bias does
            refs = [cut(text).refs[number] for number in own]
            for at, by in _odd(refs):
                is_another = own[at] in (run[0], run[-1]) and cut(text).refs.count(refs[at]) == 1
                ways = [] if is_another else found.setdefault(own[at], [])
                ways += [by] if by not in ways else []
    return found


def _runs(text: str) -> Iterator[Sequence[int]]:
    """The references that stand in the same place of summands or factors that are written alike."""
    between, refs = cut(text)
    for period in _PERIODS:
        for first in range(min(period, len(refs))):
            numbers = range(first, len(refs), period)
            joints = [(between[a + 1 : b + 1], _kind(refs[a]), _kind(refs[b])) for a, b in pairwise(numbers)]
            start = 0
            for end in range(1, len(numbers)):
                if end == len(joints) or joints[end] != joints[end - 1]:
                    yield numbers[start : end + 1]
                    start = end


def _kind(ref: Ref) -> tuple[object, ...]:
    """Where a reference leads to, and how large it is."""
    return ref.prefix, ref.kind, ref.bottom - ref.top, ref.right - ref.left


def _odd(refs: Sequence[Ref]) -> Iterator[tuple[int, Offset]]:
    """Which reference alone is not where the others go on in equal steps, and how far away that is."""
    places = [(ref.top, ref.left) for ref in refs]
    if len(places) < _FEW or (len(places) == _FEW and len({*places}) == len(places)):
        return
    for at in range(len(places)):
        (one, first), (other, second), *rest = ((n, place) for n, place in enumerate(places) if n != at)
        down, right = ((b - a) / (other - one) for a, b in zip(first, second, strict=True))
        wanted = [(first[0] + down * (n - one), first[1] + right * (n - one)) for n in range(len(places))]
        by = (wanted[at][0] - places[at][0], wanted[at][1] - places[at][1])
        goes_on = any((down, right)) and all(place == wanted[n] for n, place in rest)
        if goes_on and any(by) and all(own == int(own) for own in by):
            yield at, (int(by[0]), int(by[1]))
