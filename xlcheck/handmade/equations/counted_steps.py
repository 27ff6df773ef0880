"""Numbers of steps that people write beside them: 0, 1, 2, 3 for one sample, and from 0 again for the next one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import offset_on_sheet

_STARTS = frozenset({0.0, 1.0})
_FEWEST = 3
"""Steps from which on numbers that count are no inputs or targets, which often are 0 and 1 in turn."""


def begin_anew(
    table: CellTable, read: Collection[Address], documents: Sequence[Sequence[int]], first: Mapping[int, Address]
) -> bool:
    """Whether numbers beside the steps of samples count them, from the same number in each sample.

    Args:
        table: the cells.
        read: the cells that formulas read.
        documents: the steps of each sample, in their order.
        first: step → the first cell in which a result of it stands.
    """
    lines = _numbers_beside(table, read, documents[0], first) if max(map(len, documents)) >= _FEWEST else ()
    for line in lines:
        numbers = [[line.get(step) for step in own] for own in documents]
        begin = numbers[0][0]
        if begin in _STARTS and all(own == [begin + k for k in range(len(own))] for own in numbers):
            return True
    return False


def counted_again(
    table: CellTable, read: Collection[Address], document: Sequence[int], first: Mapping[int, Address]
) -> int | None:
    """The step of a sample at which numbers beside its steps begin to count again; None if there is none.

    It stands right behind the step before it: who carries a state on from elsewhere knows that the count begins anew.

    Args:
        table: the cells.
        read: the cells that formulas read.
        document: the steps of the sample.
        first: step → the first cell in which a result of it stands.
    """
    for line in _numbers_beside(table, read, document, first):
        numbers = [line.get(step) for step in document]
        begin = numbers[0]
        again = [k for k, number in enumerate(numbers) if number == begin and k]
        if begin in _STARTS and again and again[0] >= _FEWEST:
            expected = [begin + k - max((a for a in again if a <= k), default=0) for k in range(len(numbers))]
            before, step = document[again[0] - 1], document[again[0]]
            stride = offset_on_sheet(first[document[0]], first[document[1]])
            if numbers == expected and offset_on_sheet(first[before], first[step]) == stride:
                return step
    return None


def _numbers_beside(
    table: CellTable, read: Collection[Address], document: Sequence[int], first: Mapping[int, Address]
) -> Iterator[_Line]:
    """What is typed in each row or column beside the steps that no formula reads."""
    if document[0] not in first:
        return
    sheet, row, column = first[document[0]]
    numbers = table.typed_numbers
    for _, down, right in (own for own in numbers if own[0] == sheet and own not in read):
        if down == row and right != column:
            places = {step: (own[0], own[1], right) for step, own in first.items()}
        elif right == column and down != row:
            places = {step: (own[0], down, own[2]) for step, own in first.items()}
        else:
            continue
        yield {step: numbers[place] for step, place in places.items() if place in numbers}


_Line = Mapping[int, float]
"""Step → the number beside it."""
