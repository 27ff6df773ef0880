"""Cells of a worksheet that were moved together, as they are where somebody inserts some above or before them.

Programs let every formula follow, so that all is computed as before; but the cells do not stand any more where they
were built, and beside other words. What they hold tells it: behind the first that is not as it was built each holds
what stood some rows above it, or some columns before it, to the last, which stands where nothing was.

Formulas that read them, or went with them, tell it, too. Whoever inserts cells beside numbers that are none of the
network's, as Keras's, or deletes some, moves these, and programs let every formula follow. Such a formula is not as it
was written, and yet right. One move tells of all of them: each reads what it read, where that has gone; where cells
were inserted, none stands, and nothing reads what stood where some were deleted.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence, Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from xlcheck.arrays import Array
from xlcheck.engines.base import Session
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range, cell_name, parse_range
from xlcheck.formulas.meaning import same_formula
from xlcheck.formulas.scanner import Ref, cut
from xlcheck.frozen import dataclass
from xlcheck.verdicts.filled_columns import FilledVerdict
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.judge import close
from xlcheck.verdicts.messages import plural
from xlcheck.verdicts.observe import Observation
from xlcheck.verdicts.placement import Sighting, magnitude
from xlcheck.verdicts.recalculate import recalculate
from xlcheck.verdicts.report import CellResult, Kind, Status
from xlcheck.verdicts.summary import Judged
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.bindings import Helper
from xlcheck.workbook.cell_codes import Codes, Mask, code_at, codes_at, contained, positions
from xlcheck.workbook.content import Cell, WorkbookContent
from xlcheck.workbook.manifest import Manifest

MOST = 5
"""So many rows or columns at once are tried."""
_ENOUGH = 2
"""Different numbers that stand elsewhere; one may do so by chance, as zeros do, but not where none were built."""
_LARGEST = 2**18  # cells
_WAYS = (("down", "up"), ("to the right", "to the left"))


class _Cells(NamedTuple):
    """Cells of a worksheet as they were built: numbers in each setting, their limits, and whether they stand there."""

    codes: Codes
    numbers: Array
    limits: Array
    same: Mask


def require_own_places(
    content: WorkbookContent, manifest: Manifest, seen: Observation, session: Session, tolerance: Tolerance
) -> None:
    """Blame no cell where those that are not as they were built have moved together.

    Raises:
        NothingCheckedError: they have.
    """
    built: dict[str, list[_Cells]] = {}
    for sighting in seen.sightings:
        if sighting.placement.quantity in manifest.trace:
            built.setdefault(sighting.placement.sheet, []).append(_as_built(sighting, manifest, seen, tolerance))
    others = [sheet for sheet, parts in built.items() if not all(part.same.all() for part in parts)]
    if len(others) != 1:
        return
    cells = _Cells(*(np.concatenate(column, axis=-1) for column in zip(*built[others[0]], strict=True)))
    for axis in range(2):
        if (found := _moved(others[0], cells, axis, manifest, seen, session)) is not None:
            raise NothingCheckedError(said_of_move(content.path, others[0], *found, axis))


def said_of_move(path: Path, sheet: str, first: tuple[int, int], by: int, axis: int) -> str:
    """Why a workbook is not checked in which cells were moved, in a sentence.

    Args:
        path: of the workbook.
        sheet: on which they stand.
        first: the first of them, where it was built.
        by: how many rows or columns; below 0 up or to the left.
        axis: 0 for rows, 1 for columns.
    """
    line = ("row", "column")[axis]
    way = f"{plural(abs(by), line, f'{line}s')} {_WAYS[axis][by < 0]}"
    return (
        f"{path}: cells of {sheet} from {cell_name(*first)} on were moved {way}, so they do not stand where they were "
        "built; undo that, or build the workbook again"
    )


def _as_built(sighting: Sighting, manifest: Manifest, seen: Observation, tolerance: Tolerance) -> _Cells:
    place, numbers = sighting.placement, numbers_as_built(sighting, manifest, seen)
    limit = tolerance.limit(magnitude(manifest.trace[place.quantity]))
    same: Mask = np.all(close(sighting.numbers, numbers, limit), axis=0)
    return _Cells(place.codes, numbers, np.full(place.codes.size, limit), same)


def numbers_as_built(sighting: Sighting, manifest: Manifest, seen: Observation) -> Array:
    """What cells held when they were built, `(settings, cells)`."""
    place, values = sighting.placement, manifest.trace[sighting.placement.quantity]
    rows = values.reshape(-1, place.elements.max() + 1) if place.sample is None else values[[place.sample]]
    numbers = rows.reshape(len(rows), -1)[:, place.elements]
    return np.broadcast_to(numbers[list(seen.settings)] if len(numbers) > 1 else numbers, sighting.numbers.shape)


def _moved(
    sheet: str, cells: _Cells, axis: int, manifest: Manifest, seen: Observation, session: Session
) -> tuple[tuple[int, int], int] | None:
    """The first cell that has moved along an axis, and by how many rows or columns; None if they have not."""
    place = np.stack(positions(cells.codes))
    along, across = place[axis], place[1 - axis]
    first = {line: int(along[(across == line) & ~cells.same].min()) for line in np.unique(across[~cells.same]).tolist()}
    behind = along >= np.array([first.get(line, MAX_ROWS) for line in across.tolist()])
    corner = np.maximum(place[:, behind].min(axis=1) - MOST, 0)
    end = np.minimum(place[:, behind].max(axis=1) + MOST + 1, (MAX_ROWS, MAX_COLUMNS))
    area = Range(sheet, *corner.tolist(), *(end - corner).tolist())
    numbers = cells.numbers[:, behind]
    if area.size > _LARGEST:
        return None
    differ = np.unique(numbers[0, ~cells.same[behind]]).size >= _ENOUGH
    (reading,) = recalculate(session, [area], [True], manifest.selector, seen.settings)
    grid = reading.numbers.reshape(-1, area.rows, area.columns)
    for by in (step * sign for step in range(1, MOST + 1) for sign in (1, -1)):
        there = place[:, behind] - corner[:, None]
        there[axis] += by
        if (there < 0).any() or not close(grid[:, there[0], there[1]], numbers, cells.limits[behind]).all():
            continue
        on_numbers = contained(codes_at(*(there + corner[:, None])), np.sort(cells.codes))
        if differ or (~on_numbers).sum() >= _ENOUGH:
            top, left = place[:, behind][:, np.lexsort((across[behind], along[behind]))[0]].tolist()
            return (top, left), by
    return None


Place = tuple[int, int]
_EMPTY = Cell(None)
_STEPS = tuple(by * sign for by in range(1, MOST + 1) for sign in (1, -1))


@dataclass(frozen=True)
class _Move:
    """Cells of a worksheet that go so many places along an axis: 0 down, 1 to the right; below 0 back."""

    sheet: str
    axis: int
    by: int

    def at(self, along: int, across: int) -> Place:
        """The row and column of a cell so far along the axis, and so far across it."""
        return (along, across) if self.axis == 0 else (across, along)

    def of(self, place: Place) -> Place:
        """Where a cell goes."""
        return place[0] + self.by * (self.axis == 0), place[1] + self.by * (self.axis == 1)


def require_formulas_in_place(
    content: WorkbookContent, judged: Judged, formulas: FormulaCells, roots: Collection[CellResult]
) -> None:
    """Blame no formula where all that are not as they were written follow cells that have moved together.

    Args:
        content: the workbook.
        judged: the verdicts, also those on formulas that are no quantities.
        formulas: those that stand there.
        roots: the cells of the workbook that are wrong.

    Raises:
        NothingCheckedError: they do.
    """
    found = [*judged.helpers, *(own for column in judged.filled for own in column.wrong)]
    wrong = [own.helper for own in found if own.status is Status.ROOT]
    look_ups = [root for root in roots if root.quantity is not None and root.kind is Kind.NOT_AS_WRITTEN]
    others = {(root.sheet, (area.top, area.left)) for root in roots for area in [parse_range(root.cell)]}
    others -= {(root.sheet, (area.top, area.left)) for root in look_ups for area in [parse_range(root.cell)]}
    others -= {(helper.cell.sheet, _place(helper)) for helper in wrong}
    if len({sheet for sheet, _ in others}) > 1 or not wrong:
        return
    right = [*(own.helper for own in judged.helpers if own.status is not Status.ROOT), *_right(judged.filled, formulas)]
    sheets = dict.fromkeys(sheet for helper in wrong for sheet in (helper.cell.sheet, *_sheets(helper)))
    moves = itertools.product((sheet for sheet in sheets if sheet in content.sheets), (0, 1), _STEPS)
    for move in itertools.starmap(_Move, moves):
        given = {place for sheet, place in others if sheet == move.sheet}
        read = [_read_back(root, move) for root in look_ups]
        if len(given) < len(others) or not all(read):
            continue
        given = given.union(*read)
        if (first := _first_moved(move, wrong, right, formulas, content, given)) is not None:
            raise NothingCheckedError(said_of_move(content.path, move.sheet, first, move.by, move.axis))


def _read_back(root: CellResult, move: _Move) -> set[Place]:
    """What the formula of an input or a weight reads of the worksheet, where it stood before the move."""
    refs = [ref for ref in cut(str(root.formula)).refs if (ref.sheet or root.sheet) == move.sheet]
    return {replace(move, by=-move.by).of(place) for ref in refs for place in _corners(ref)}


def _right(filled: Sequence[FilledVerdict], formulas: FormulaCells) -> Iterator[Helper]:
    """The cells of columns that are as they were written."""
    for column in filled:
        wrong = {_place(own.helper) for own in column.wrong}
        for cell in (column.area.cell(row) for row in range(column.area.rows)):
            text = formulas.text(cell.sheet, code_at(cell.top, cell.left))
            if text is not None and (cell.top, cell.left) not in wrong:
                yield Helper(cell, text, ())


def _sheets(helper: Helper) -> Iterator[str]:
    yield from (ref.sheet for ref in cut(helper.formula).refs if ref.sheet)


def _first_moved(
    move: _Move, wrong: Sequence[Helper], right: Sequence[Helper], formulas: FormulaCells, content: WorkbookContent,
    given: AbstractSet[Place],
) -> Place | None:  # fmt: skip
    """The first cell that has moved, if a move explains all formulas that are not as they were written.

    So it does where what is missing elsewhere on the worksheet, as an input, is read where it has gone.
    """
    moved, kept, gone = set[Place](), set[Place](), set[int]()
    for helper in wrong:
        if not _follows(helper, move, formulas, moved, kept):
            if move.by > 0 or helper.cell.sheet != move.sheet:
                return None
            gone.add(_place(helper)[move.axis])  # it may have stood where cells were deleted
    if not moved or not given <= moved:
        return None
    for helper in right:
        if _went_too(helper, move, formulas):
            continue
        refs = (ref for ref in _on(cut(helper.formula).refs, move.sheet, helper) if not _is_torn(ref, moved, move.axis))
        kept.update(place for ref in refs for place in _corners(ref))
        kept |= {_place(helper)} if helper.cell.sheet == move.sheet else set()
    along, across = [place[move.axis] for place in moved], [place[1 - move.axis] for place in moved]
    ends = range(min(across), max(across) + 1)
    cells = content.sheets[move.sheet].cells
    last = max((p[move.axis] + 1 for p in kept if p[1 - move.axis] in ends), default=0)
    if any(cells.get(move.of(place), _EMPTY) == _EMPTY for place in moved):
        return None
    if move.by < 0:
        deleted = range(min(gone, default=min(along) + move.by), max(gone, default=last - 1) + 1)
        fits = last <= deleted.start and deleted.stop <= min(along) and len(deleted) <= -move.by
        return move.at(min(along), ends[0]) if fits and min(along) + move.by >= last else None
    for start in range(min(along), last - 1, -1):
        inserted = (move.at(line, other) for line in range(start, start + move.by) for other in ends)
        if all(cells.get(place, _EMPTY) == _EMPTY for place in inserted):
            return move.at(start, ends[0])
    return None


def _is_torn(ref: Ref, moved: AbstractSet[Place], axis: int) -> bool:
    """Whether some cells of a range have moved and those beside them not: programs leave it as it is."""
    first, last = _corners(ref)
    inside = (p for p in moved if all(low <= at <= high for low, at, high in zip(first, p, last, strict=True)))
    lines = {place[1 - axis] for place in inside}
    return 0 < len(lines) <= last[1 - axis] - first[1 - axis]


def _follows(helper: Helper, move: _Move, formulas: FormulaCells, moved: set[Place], kept: set[Place]) -> bool:
    """Whether a formula is as it was written, but for cells that have moved; notes these, and those that have not."""
    own = _place(helper)
    is_there = helper.cell.sheet == move.sheet
    for place in [move.of(own), own] if is_there else [own]:
        text = formulas.text(helper.cell.sheet, code_at(*place)) if min(place) >= 0 else None
        found = None if text is None else _read(helper, text, move)
        if found is not None:
            moved |= found[0]
            kept |= found[1]
            if is_there:
                (kept if place == own else moved).add(own)
            return True
    return False


def _went_too(helper: Helper, move: _Move, formulas: FormulaCells) -> bool:
    """Whether a formula went with what it reads, though one stands there as it was written: that of the cell beside."""
    place = move.of(_place(helper))
    text = formulas.text(helper.cell.sheet, code_at(*place)) if min(place) >= 0 else None
    found = None if text is None or helper.cell.sheet != move.sheet else _read(helper, text, move)
    return found is not None and bool(found[0]) and not found[1]


def _read(helper: Helper, text: str, move: _Move) -> tuple[set[Place], set[Place]] | None:
    """The cells that a formula reads where they have gone, and where they were; None if it is another formula."""
    now, was = cut(text), cut(f"={helper.formula.removeprefix('=')}")
    if len(now.refs) != len(was.refs):
        return None
    moved, kept = set[Place](), set[Place]()
    for one, other in zip(now.refs, was.refs, strict=True):
        if (one.sheet or helper.cell.sheet, one.kind) != (other.sheet or helper.cell.sheet, other.kind):
            return None
        is_there = (other.sheet or helper.cell.sheet) == move.sheet
        for place, before in zip(_corners(one), _corners(other), strict=True):
            if place == before:
                kept |= {before} if is_there else set()
            elif is_there and place == move.of(before):
                moved.add(before)
            else:
                return None
    back = now.between[0] + "".join(f"{ref}{rest}" for ref, rest in zip(was.refs, now.between[1:], strict=True))
    return (moved, kept) if same_formula(back, helper.formula, helper.cell.sheet) else None


def _on(refs: Sequence[Ref], sheet: str, helper: Helper) -> Iterator[Ref]:
    return (ref for ref in refs if (ref.sheet or helper.cell.sheet) == sheet)


def _corners(ref: Ref) -> tuple[Place, Place]:
    rows = (0, 0) if ref.kind == "columns" else (ref.top, ref.bottom)
    columns = (0, 0) if ref.kind == "rows" else (ref.left, ref.right)
    return (rows[0], columns[0]), (rows[1], columns[1])


def _place(helper: Helper) -> Place:
    return helper.cell.top, helper.cell.left
