"""Formulas that break the line in which they stand: what the same cell of every other step computes.

People fill a step down or to the right. A cell that differs from what its siblings would be in its place is amended,
and the sheet is read again; only if the amended sheet is a training without a fault is the cell blamed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import Ref, cut
from xlcheck.formulas.shapes import shape_of, skeleton, with_operands_moved
from xlcheck.handmade.backward.data import behind
from xlcheck.handmade.backward.network_cells import FAR
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import Offset, beside_at, offset, offset_between, run_from

_MOST = 1_000
_SIBLINGS = 2
"""So many cells at least have to agree on what an outlier should be, and more than all that do not."""


def amendments(table: CellTable, reading: Reading) -> dict[Address, str]:
    """Cell that breaks its line → the formula that its siblings would have in its place."""
    found: dict[Address, str] = {}
    updates = reading.sheet.updates.keys()
    places = reading.steps[0].truth.network.places
    for stride, length in _strides(reading):
        lines = [*_lines(table, stride)]
        # A sample whose output is wrong may not be known as one: it stands in line with those of the others.
        beside = {cell for line in lines if {*places} < {*line} and length == len(line) - 1 for cell in line}
        samples = {place_of(cell, stride) for cell in beside.union(places)}
        wanted: dict[Address, str] = {}
        typed: set[Address] = set()
        for line in lines:
            own = dict(_amended(table, line, stride)) if length in {None, len(line), len(line) - 1} else {}
            if length is not None:  # what begins a batch, sums it up or stands elsewhere is no sample
                own = {c: text for c, text in own.items()
                       if place_of(c, stride) in samples and not _reads(table, [c], {*line, *updates})}  # fmt: skip
            wanted |= own
            copies = [cell for cell in line if not "".join(cut(table.texts.get(cell, "")).between)]
            goes_on = _goes_on(table, line) or _reads(table, copies, updates)
            typed |= {cell for cell in own if cell not in table.texts and goes_on}
        # A step whose weights are all typed begins anew.
        starts = {place_of(cell, stride) for cell in typed} - {place_of(cell, stride) for cell in reading.sheet.updates}
        starts |= _with_other_numbers(table, reading, wanted, stride)
        found = {
            c: text
            for c, text in wanted.items()
            if not (place_of(c, stride) in starts and (c in typed or c in reading.sheet.updates))
        } | found
    return {cell: text for cell, text in found.items() if not _is_as_beside(cell, found, table)}


def _is_as_beside(cell: Address, wanted: Mapping[Address, str], table: CellTable) -> bool:
    """Whether a formula is filled as those on both sides of it, which stay as they are: then others break the line."""

    def shape(own: Address) -> str | None:
        stays = own in table.texts and (own == cell or own not in wanted)
        return shape_of(table.texts[own], *own[1:]) if stays else None

    sides = ({shape(own) for own in beside_at(cell, by)} for by in ((1, 0), (0, 1)))
    return cell in table.texts and {shape(cell)} in sides


def _with_other_numbers(
    table: CellTable, reading: Reading, wanted: Mapping[Address, str], stride: Offset
) -> set[tuple[str, int]]:
    """The places at which all updates have other numbers than in the rest of their lines, such as a smaller rate."""
    updates = [cell for cell in reading.sheet.updates if cell in table.texts]
    places = {place_of(cell, stride) for cell in updates if cell in wanted}
    return places - {
        place_of(cell, stride) for cell in updates
        if cell not in wanted or skeleton(wanted[cell].replace("$", "")) != skeleton(table.texts[cell].replace("$", ""))
    }  # fmt: skip


def _strides(reading: Reading) -> Iterator[tuple[Offset, int | None]]:
    """How far the next step is away, and the next sample of a batch; of these also how many there are."""
    updates = reading.sheet.updates
    far = Counter(offset_between(at, to) for to, at in updates.items() if to[0] == at[0])
    if stride := reading.stride or max(far, key=lambda own: far[own], default=None):
        yield stride, None
    outputs = reading.steps[0].truth.network.places
    between = Counter(offset_between(a, b) for a, b in pairwise(outputs))
    # One sample that is wrong may not be known as one.
    yield from ((own, len(outputs)) for own, _ in between.most_common(1) if own != stride)


def place_of(cell: Address, stride: Offset) -> tuple[str, int]:
    """Where a cell stands in the direction in which steps go on."""
    return cell[0], cell[1] if stride[0] else cell[2] % FAR


def stands_for_learnt(cell: Address, reading: Reading) -> bool:
    """Whether what stands in a cell's place at the steps beside is computed from weights.

    Args:
        cell: the cell.
        reading: the sheet as training steps.
    """
    updates, stride = reading.sheet.updates, reading.stride
    learnt = behind({*updates, *updates.values()}, reading.sheet.order, reading.sheet.terms)
    return stride is not None and all(
        other in learnt or other not in reading.sheet.terms for other in beside_at(cell, stride)
    )


def _lines(table: CellTable, stride: Offset) -> Iterator[list[Address]]:
    """The lines of numbers and formulas, as far as each goes on."""
    cells = {cell for cell in table.addresses if cell not in table.words}
    for cell in cells:
        if offset(cell, stride, -1) not in cells:
            yield run_from(cell, stride, cells.__contains__)


def _amended(table: CellTable, line: Sequence[Address], stride: Offset) -> Iterator[tuple[Address, str]]:
    """The cells of a line that break it, and the formula that the others would have in the place of each."""
    if len({shape_of(table.texts[cell], *cell[1:]) if cell in table.texts else None for cell in line}) < 2:
        return
    fitting = _fitting(table, dict(enumerate(line)), stride)[0]
    outliers = [number for number in range(len(line)) if number not in fitting]
    first = table.texts.get(line[0])
    if not fitting:
        return
    begins = 0 in outliers and (first is None or _kind(first) != _kind(table.texts[line[max(fitting)]]))
    goes_on = first is not None and begins and _goes_on(table, line)
    for number in outliers if len(outliers) - begins < len(fitting) else ():
        cell = line[number]
        if not table.arrays.get(cell) and not (number == 0 and goes_on):  # nothing is before it, to be read
            others = {at - number: other for at, other in enumerate(line) if other != cell}
            text = _wanted(table, cell, others, stride)
            # Most may be those that were filled without a `$`, and read nothing where this one reads a number.
            if text is not None and _blanks(table, text, cell) <= _blanks(table, table.texts.get(cell, ""), cell):
                yield cell, text


def _blanks(table: CellTable, text: str, cell: Address) -> int:
    """How many of the single cells that a formula names hold no number."""
    areas = (ref.area(cell[0]) for ref in cut(text).refs)
    cells = [(area.sheet, area.top, area.left) for area in areas if area.size == 1]
    return sum(own not in table.index or own in table.words for own in cells)


def _fitting(table: CellTable, line: Mapping[int, Address], stride: Offset) -> tuple[list[int], list[bool]]:
    """Which cells of a line, by their distances, have the formula of most of them; and which references move."""
    kinds: dict[object, list[int]] = defaultdict(list)
    for steps, other in line.items():
        if other in table.texts:
            kinds[_kind(table.texts[other])].append(steps)
    if not kinds:
        return [], []
    alike = max(kinds.values(), key=len)
    refs = {steps: cut(table.texts[line[steps]]).refs for steps in alike}
    rules = [_rule({n: own[k] for n, own in refs.items()}, stride) for k in range(len(refs[alike[0]]))]
    return [steps for steps in alike if all(steps in fits for _, fits in rules)], [moves for moves, _ in rules]


def _wanted(table: CellTable, cell: Address, line: Mapping[int, Address], stride: Offset) -> str | None:
    """The formula that most others of a line would have in a cell's place; None if they do not agree, or it has it."""
    fitting, moves = _fitting(table, line, stride)
    if len(fitting) < _SIBLINGS:
        return None
    number, own = fitting[0], table.texts.get(cell)
    moving = [k for k, is_moving in enumerate(moves) if is_moving]
    text = with_operands_moved(table.texts[line[number]], moving, (-number * stride[0], -number * stride[1]))
    if text is None:
        return None
    if own is None:
        is_start = not (min(fitting) < 0 < max(fitting)) and _goes_on(table, [*line.values()])
        return text if 2 * len(fitting) > len(line) and not is_start else None
    if _areas(own, cell[0]) == _areas(text, cell[0]) and _kind(own) == _kind(text):
        return None
    rivals = sum(table.fills(cell, other) for other in line.values() if other in table.texts)
    # With the cell itself its own kin must be fewer: of three, two may read what moves and two what stays.
    return text if len(fitting) > max(rivals + 1, rivals + len(line) - len(fitting)) else None


def _kind(text: str) -> object:
    """What a formula does, without what it does it with."""
    found = cut(text)
    return found.between, tuple((ref.prefix, ref.kind) for ref in found.refs)


def _areas(text: str, sheet: str) -> list[Range]:
    return [ref.area(sheet) for ref in cut(text).refs]


def _corners(ref: Ref, steps: int, stride: Offset) -> tuple[int, int, int, int]:
    """What a reference would name so many steps before."""
    down, right = steps * stride[0], steps * stride[1]
    return ref.top - down, ref.left - right, ref.bottom - down, ref.right - right


def _rule(refs: Mapping[int, Ref], stride: Offset) -> tuple[bool, set[int]]:
    """Whether a reference moves with its cell or stays, as in most formulas; and in which ones it does."""
    stays, moves = (Counter(_corners(ref, n * far, stride) for n, ref in refs.items()) for far in (0, 1))
    is_moving = max(moves.values()) > max(stays.values())
    votes = moves if is_moving else stays
    best = max(votes, key=lambda corners: votes[corners])
    return is_moving, {n for n, ref in refs.items() if _corners(ref, n * is_moving, stride) == best}


def _goes_on(table: CellTable, line: Sequence[Address]) -> bool:
    """Whether formulas read their own line: a number at its end is then where it starts."""
    return _reads(table, line, {*line})


def _reads(table: CellTable, line: Sequence[Address], cells: Collection[Address]) -> bool:
    """Whether formulas of a line read any of some cells."""
    formulas = [cell for cell in line if cell in table.texts]
    areas = [area for cell in formulas for area in _areas(table.texts[cell], cell[0]) if area.size < _MOST]
    return any((area.sheet, *place) in cells for area in areas for place in area.cells())
