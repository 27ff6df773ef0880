"""Where samples begin: with a first state, and with the number 0 or 1 if somebody counts the steps beside them."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import Offset, offset, offset_between, offset_on_sheet

_STARTS = frozenset({0.0, 1.0})
_FEWEST = 3
"""Steps from which on numbers that count from 0 are no inputs or targets, which often are 0 and 1 in turn."""
_STATEFUL = re.compile(r"\bstateful\b", re.IGNORECASE)
_FIRST = "_init"
"""What symbols of first states end with."""
_FEW = 2
"""Samples of one length that may be one sample, in which a state is not read in the middle."""


def broken(table: CellTable, read: Collection[Address], reading: Reading) -> str | None:
    """Why a sample may go on with steps that begin anew: without a state, or with the first one of another sample.

    Other samples begin with a state, or it stands right behind one of them and no number beside it says that it begins.
    So may one that begins with other numbers than 0, as others do: a state may have been typed there.
    """
    if len(reading.documents) < _FEW or reading.kind == "Dense":
        return None
    first = _first_results(reading)
    if _begin_anew(table, read, reading.documents, first):
        return None
    begins: dict[int, set[Atom]] = defaultdict(set)
    for given in reading.given.values():
        for (step, _), atom in given.items():
            begins[step].add(atom)
    for document in (own for own in reading.documents if own[0] in first):
        start, others = document[0], [own[0] for own in reading.documents if own is not document]
        goes_on = _goes_on(document, reading.documents, first)
        if start not in begins and (goes_on or any(other in begins for other in others)):
            return f"{show(first[start])} reads no state, though it may be a further step of a sample"
        if goes_on and any(begins[start] & begins.get(other, set()) for other in others if start in begins):
            return (
                f"{show(first[start])} reads the first state of another sample, though it may be a further step of it"
            )
        typed = [cell for atom in sorted(begins.get(start, ())) if table.typed_numbers.get(cell := cell_of(atom))]
        if goes_on and typed and any(_is_zero(begins.get(other, ()), table) for other in others):
            return f"{show(typed[0])} is typed, though {show(first[start])} may be a further step of a sample"
    return None


def unread_beginning(table: CellTable, read: Collection[Address], reading: Reading) -> str | None:
    """Why a first state may have been typed elsewhere or forgotten: nobody reads the number where it would stand.

    That is where another state of its step stands, seen from that one's result, as the two of an LSTM; a step before
    its own result; or where the line of the result crosses that of the state which is read.
    """
    unread = {cell for cell in table.typed_numbers if cell not in read} - table.numbering(read)
    unread -= {cell_of(atom) for states in reading.given.values() for atom in states.values()}  # its reader is wrong
    for place in _for_first_states(table, reading):
        if place in unread and (table.typed_numbers[place] == 0 or not table.may_count(place)):
            return f"{show(place)} stands where a first state would, and no formula reads it"
    return None


def _for_first_states(table: CellTable, reading: Reading) -> Iterator[Address]:
    """Where states before a first step would stand, by others of that step and by their results."""
    strides = {by for by in _strides(reading.documents, _first_results(reading)) if by is not None}
    results = {symbol: reading.values[symbol.removesuffix(_FIRST)] for symbol in reading.given}
    for symbol, states in reading.given.items():
        for at in sorted(states.keys() & results[symbol].keys()):  # a result that breaks its line may not be known
            state, result = cell_of(states[at]), cell_of(results[symbol][at])
            if state[0] == result[0]:
                others = (cell_of(own[at]) for other, own in results.items() if other != symbol and at in own)
                yield from (offset(other, offset_between(result, state)) for other in others)
            if table.is_number(state):
                yield from (offset(result, stride, -1) for stride in strides)
                yield from (offset(state, by, -1) for by in strides if offset(result, by, -1) == state)
                yield from ((state[0], state[1], result[2]), (state[0], result[1], state[2]))


def input_before(table: CellTable, read: Collection[Address], reading: Reading) -> str | None:
    """Why a sample may begin earlier: it is shorter than another one, and nobody reads an input before its first ones.

    Zeros may fill samples up.
    """
    longest = max(map(len, reading.documents), default=0)
    for document in reading.documents if reading.kind != "Dense" else ():
        if not _FEW <= len(document) < longest:
            continue
        slots = [reading.layer.slots[step] for step in document[:_FEW]]
        for slot in reading.features:
            cells = [cell_of(own[slot]) for own in slots if slot in own]
            by = offset_on_sheet(*cells) if len(cells) == _FEW else None
            before = offset(cells[0], by, -1) if by is not None and by != (0, 0) else None
            if before is not None and table.typed_numbers.get(before) and before not in read:
                return f"{show(before)} stands where an input of a step before would, and no formula reads it"
    return None


def state_for_input(reading: Reading) -> str | None:
    """Why a first state may be an input: the first step reads none, and the state stands where it would.

    That is before the input of the next step, as far as from its result as that is from the result of its own.

    Args:
        reading: the layer.
    """
    first, slots = _first_results(reading), reading.layer.slots
    for one, other in (own[:_FEW] for own in reading.documents if len(own) >= _FEW and reading.kind != "Dense"):
        by = offset_on_sheet(first[other], first[one]) if {one, other} <= first.keys() else None
        missing = [slot for slot in reading.features if slot in slots[other] and slot not in slots[one]]
        states = {cell_of(atom) for given in reading.given.values() for (step, _), atom in given.items() if step == one}
        for cell in (offset(cell_of(slots[other][slot]), by) for slot in missing if by is not None):
            if cell in states:
                return f"{show(cell)} is read as a first state, and stands where the input of its step would"
    return None


def _is_zero(begins: Collection[Atom], table: CellTable) -> bool:
    """Whether a first state is 0, or none is read."""
    return not any(table.typed_numbers.get(cell_of(atom), 0) for atom in begins)


def _first_results(reading: Reading) -> dict[int, Address]:
    """Step → the first cell in which a result of it stands."""
    found: dict[int, Address] = {}
    for (step, _), atom in sorted(outputs(reading).items(), key=lambda item: item[1], reverse=True):
        found[step] = cell_of(atom)
    return found


def goes_past(table: CellTable, read: Collection[Address], reading: Reading) -> str | None:
    """Why a step may begin another sample: the number of the step beside it begins to count again."""
    if reading.kind == "Dense":
        return None
    first = _first_results(reading)
    for document in reading.documents:
        step = _counted_again(table, read, document, first)
        if step is not None:
            return f"{show(first[step])} reads the state before it, though the steps beside it are counted anew"
    if len({*map(len, reading.documents)}) > 1 and any(_is_carried(own, first) for own in reading.documents):
        start = min(first[own[0]] for own in reading.documents if own[0] in first)
        return f"{show(start)} begins a sample, where others carry the state of another place on"
    return None


def _is_carried(document: Sequence[int], first: Mapping[int, Address]) -> bool:
    """Whether a state of a sample comes from another worksheet than that of the step that reads it."""
    sheets = [first[step][0] for step in document if step in first]
    return len({*sheets}) > 1


def _goes_on(document: Sequence[int], documents: Sequence[Sequence[int]], first: Mapping[int, Address]) -> bool:
    """Whether a document stands where one step more of another one would; not where all of many are as long."""
    if len(documents) > _FEW and len({*map(len, documents)}) == 1:
        return False
    start, strides = first[document[0]], _strides(documents, first) - {None}
    behind = any(offset_on_sheet(first[own[-1]], start) in strides for own in documents if own[-1] in first)
    others = [own for own in documents if not _are_of_a_batch(document, own, first)]
    return behind or any(_is_between(start, *pair) for pair in _one_after_the_other(others, first))


def _are_of_a_batch(one: Sequence[int], other: Sequence[int], first: Mapping[int, Address]) -> bool:
    """Whether two samples go on side by side, and behind each of their steps lies more than the two of it."""
    if len(one) != len(other) or not first.keys() >= {*one, *other}:
        return False
    apart = {offset_on_sheet(first[a], first[b]) for a, b in zip(one, other, strict=True)}
    by, strides = apart.pop(), _strides([one, other], first)
    if by is None or apart or not strides or None in strides:
        return False
    return strides.isdisjoint((k * by[0], k * by[1]) for k in (-_FEW, _FEW))


def _one_after_the_other(
    documents: Sequence[Sequence[int]], first: Mapping[int, Address]
) -> Iterator[tuple[Address, Address]]:
    for document in documents:
        for one, other in itertools.pairwise(document):
            if one in first and other in first:
                yield first[one], first[other]


def _strides(documents: Sequence[Sequence[int]], first: Mapping[int, Address]) -> set[Offset | None]:
    """How far the first result of a step is from that of the step before it; None for two worksheets."""
    return {offset_on_sheet(*pair) for pair in _one_after_the_other(documents, first)}


def _is_between(cell: Address, one: Address, other: Address) -> bool:
    """Whether a cell stands in one line with two others, between them."""
    near, far = offset_on_sheet(one, cell), offset_on_sheet(one, other)
    if near is None or far is None or near[0] * far[1] != near[1] * far[0]:
        return False
    return 0 < near[0] * far[0] + near[1] * far[1] < far[0] ** 2 + far[1] ** 2


def _begin_anew(
    table: CellTable, read: Collection[Address], documents: Sequence[Sequence[int]], first: Mapping[int, Address]
) -> bool:
    """Whether numbers beside the steps of samples count them, from the same number in each sample.

    Args:
        table: the cells.
        read: the cells that formulas read.
        documents: the steps of each sample, in their order.
        first: step → the first cell in which a result of it stands.
    """
    longest = max(map(len, documents))
    for line in _numbers_beside(table, read, documents[0], first):
        numbers = [[line.get(step) for step in own] for own in documents]
        starts = _STARTS if longest >= _FEWEST else {1.0} if longest >= _FEW else ()
        if any(all(own == [begin + k for k in range(len(own))] for own in numbers) for begin in starts):
            return True
    return False


def _counted_again(
    table: CellTable, read: Collection[Address], document: Sequence[int], first: Mapping[int, Address]
) -> int | None:
    """The step of a sample at which numbers beside its steps begin to count again; None if there is none.

    It stands right behind the step before it: who carries a state on from elsewhere knows that the count begins anew,
    and so does who calls a layer stateful, as Keras does.

    Args:
        table: the cells.
        read: the cells that formulas read.
        document: the steps of the sample.
        first: step → the first cell in which a result of it stands.
    """
    is_carried = any(_STATEFUL.search(word) for word in table.words.values())
    for line in _numbers_beside(table, read, document, first) if not is_carried else ():
        numbers = [line.get(step) for step in document]
        begin = numbers[0]
        again = [k for k, number in enumerate(numbers) if number == begin and k]
        if begin in _STARTS and again and again[0] >= (_FEW if begin else _FEWEST):  # a mask is 1 throughout
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
