"""Blocks of a worksheet that repeat, one for each sample or step, say: what only one of them has is odd.

The formulas of a block are those of another one so many rows below or columns beside it, whichever of their references
move along. A cell that breaks this is not what its block repeats, or that one is not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import Ref, cut
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import Offset, offset
from xlcheck.handmade.reading.reached import joined

_LEAST, _RARE, _MORE = 6, 6, 2
"""Formulas that a block repeats at least, in all, and for each one that it does not; fewer where several say so."""
_STEPS: Sequence[Offset] = ((1, 0), (0, 1))
_NEXT = 4
"""Formulas of one kind in a line to each of which the distance is looked at."""
_LARGE = 1_000
"""Cells of a range that are looked at, each by itself."""
_MOST = 4_000
"""Formulas of a workbook that are compared."""


@dataclass(frozen=True)
class Repeated:
    """What cells would hold if they repeated, or were repeated by, those of other blocks.

    Attributes:
        cells: cell → formula.
        others: the same of the cells with which they do not agree, where nothing says which of them are wrong.
        is_sure: whether these must be slips, whatever else the formulas are: several blocks say the same, only few
            cells differ, and no block reads another one, so that none has another thing to begin with.
    """

    cells: Mapping[Address, str]
    others: Mapping[Address, str]
    is_sure: bool = False


def unlike_blocks(table: CellTable) -> Iterator[Repeated]:
    """The cells of blocks that break what the others of these repeat, the most alike blocks first.

    Args:
        table: all cells of some worksheets.
    """
    texts = {cell: text for cell, text in table.texts.items() if cell not in table.arrays and cut(text).refs}
    if len(texts) > _MOST:
        return
    ends = {step: _ends(texts, step) for step in _STEPS}
    shifts = Counter(chain(*(_distances(texts, step, own) for step, own in ends.items())))
    for (sheet, step, away), count in shifts.most_common():
        if count >= _LEAST:
            yield from _broken(sheet, step, away, texts, ends[step], table)


def _along(cell: Address, step: Offset) -> int:
    """How far down or to the right a cell stands."""
    return cell[1] * step[0] + cell[2] * step[1]


def _ends(texts: Mapping[Address, str], step: Offset) -> Mapping[Address, int]:
    """Where the line ends along which each formula was filled down, or to the right."""
    found: dict[Address, int] = {}
    for cell in sorted(texts, reverse=True):
        behind = offset(cell, step)
        goes_on = behind in texts and _is_repeated(cell, behind, texts)
        found[cell] = found[behind] if goes_on else _along(cell, step)
    return found


def _distances(
    texts: Mapping[Address, str], step: Offset, ends: Mapping[Address, int]
) -> Iterator[tuple[str, Offset, int]]:
    """Worksheet, direction and distance of each two formulas in line that are the same, and were not filled."""
    lines = defaultdict[object, list[Address]](list)
    for cell, text in texts.items():
        lines[cell[0], _along(cell, step[::-1]), cut(text).between].append(cell)
    for line in lines.values():
        line.sort()
        for number, one in enumerate(line):
            for other in line[number + 1 : number + 1 + _NEXT]:
                if _along(other, step) > ends[one] and _is_repeated(one, other, texts):
                    yield one[0], step, _along(other, step) - _along(one, step)


def _is_repeated(one: Address, other: Address, texts: Mapping[Address, str]) -> bool:
    by = other[1] - one[1], other[2] - one[2]
    ours, theirs = cut(texts[one]), cut(texts[other])
    return ours.between == theirs.between and all(
        b in {a, a.shifted(by, by)} for a, b in zip(ours.refs, theirs.refs, strict=True)
    )


def _broken(
    sheet: str, step: Offset, away: int, texts: Mapping[Address, str], ends: Mapping[Address, int], table: CellTable
) -> Iterator[Repeated]:
    """What cells would hold that are not repeated so far away, if only few are not.

    Where a line goes on from one to the other, or would, the line says more.
    """
    by = step[0] * away, step[1] * away
    alike, unlike = list[Address](), list[Address]()
    for cell in (own for own in texts if own[0] == sheet):
        other, before = offset(cell, by), offset(cell, by, -1)
        if _along(other, step) > ends[cell] + 1 and (other in texts or table.is_number(other)):
            (alike if other in texts and _is_repeated(cell, other, texts) else unlike).append(cell)
        if before not in texts and table.is_number(before):
            unlike.append(before)
    rows, columns = [row for _, row, _ in alike] or [-1], [column for *_, column in alike] or [-1]
    inside = [
        own for own in dict.fromkeys(unlike)
        if min(rows) <= own[1] <= max(rows) and min(columns) <= own[2] <= max(columns)
    ]  # fmt: skip
    if not inside:
        return
    goes = _going_along(alike, by, texts)
    odd = {cell for own in inside for cell in (own, offset(own, by))}
    said = {cell: [*_said(cell, by, table, goes, odd & texts.keys())] for cell in sorted(odd)}
    # Behind the blocks something else may stand that far away, as an output of the last one.
    most = {cell: Counter(own).most_common(1)[0] for cell, own in said.items() if own}
    agreed = {cell: text for cell, (text, count) in most.items() if 1 < count > len(said[cell]) - count}
    sure = {cell: text for cell, text in agreed.items() if text != texts.get(cell)}
    if sure:
        if len(alike) >= _MORE * len(sure):
            is_rare = len(alike) >= _RARE * len(sure)
            yield Repeated(sure, {}, is_sure=is_rare and _are_samples(alike, by, texts, goes))
        return
    first = {own: said[own][0] for own in inside if said[own]}
    second = {cell: said[cell][0] for own in inside if said[cell := offset(own, by)]}
    for cells, others in ((first, second), (second, first)):
        if cells and len(alike) >= max(_LEAST, _RARE * len(inside)):
            yield Repeated(cells, others)


def _going_along(alike: Sequence[Address], by: Offset, texts: Mapping[Address, str]) -> Mapping[Ref, bool]:
    """Whether the block reads something else in the place of a reference, or the same again; by what is repeated."""
    votes = defaultdict[Ref, Counter[bool]](Counter)
    for cell in alike:
        for one, other in zip(cut(texts[cell]).refs, cut(texts[offset(cell, by)]).refs, strict=True):
            goes = one != other
            votes[one][goes] += 1
            votes[other][goes] += 1
    return {ref: own[True] > own[False] for ref, own in votes.items()}


def _are_samples(alike: Sequence[Address], by: Offset, texts: Mapping[Address, str], goes: Mapping[Ref, bool]) -> bool:
    """Whether what is repeated reads nothing of other blocks but what all of them read."""
    repeated = {*alike, *(offset(cell, by) for cell in alike)}
    areas = (
        (cell, ref.area(cell[0]))
        for cell in repeated for ref in cut(texts[cell]).refs if goes.get(ref, _moves(ref, by))
    )  # fmt: skip
    read = ((cell, (area.sheet, *own)) for cell, area in areas if area.size < _LARGE for own in area.cells())
    group = joined(chain(((cell, cell) for cell in repeated), read))
    return all(group[cell] != group[offset(cell, by)] for cell in alike)


def _said(
    cell: Address, by: Offset, table: CellTable, goes: Mapping[Ref, bool], odd: Collection[Address]
) -> Iterator[str]:
    """What the blocks before and behind a cell have in its place, as it would read there.

    It would read what is repeated there, too: else samples are of several lengths, or one has a first step.
    """
    for times in chain(range(1, _NEXT), range(-1, -_NEXT, -1)):
        other, far = offset(cell, by, -times), (by[0] * times, by[1] * times)
        text = cut(table.texts.get(other, ""))
        if not text.refs or other in table.arrays:
            continue
        moved = [ref.shifted(far, far) if goes.get(ref, _moves(ref, by)) else ref for ref in text.refs]
        areas = (ref.area(cell[0]) for ref, new in zip(text.refs, moved, strict=True) if new != ref)
        read = [(area.sheet, *place) for area in areas if area.size < _LARGE for place in area.cells()]
        if None not in moved and all(
            offset(own, far) in odd or _is_of_one_kind(own, offset(own, far), table) for own in read
        ):
            yield text.with_refs(moved)


def _is_of_one_kind(one: Address, other: Address, table: CellTable) -> bool:
    """Whether two cells hold the same formula, but for what it reads, a number each, or neither."""
    if table.is_formula(one) and table.is_formula(other):
        return cut(table.texts[one]).between == cut(table.texts[other]).between
    kinds = [(table.is_formula(own), table.is_number(own), own in table.index) for own in (one, other)]
    return kinds[0] == kinds[1]


def _moves(ref: Ref, by: Offset) -> bool:
    """Whether filling moves a reference."""
    return ref.moved(*by) != ref
