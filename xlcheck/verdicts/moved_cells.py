"""Cells of a worksheet that were moved together, as they are where somebody inserts some above or before them.

Programs let every formula follow, so that all is computed as before; but the cells do not stand any more where they
were built, and beside other words. What they hold tells it: behind the first that is not as it was built each holds
what stood some rows above it, or some columns before it, to the last, which stands where nothing was.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from xlcheck.arrays import Array
from xlcheck.engines.base import Session
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range, cell_name
from xlcheck.verdicts.judge import close
from xlcheck.verdicts.messages import plural
from xlcheck.verdicts.observe import Observation
from xlcheck.verdicts.placement import Sighting
from xlcheck.verdicts.recalculate import recalculate
from xlcheck.verdicts.tolerance import Tolerance, magnitude
from xlcheck.workbook.cell_codes import Codes, Mask, codes_at, contained, positions
from xlcheck.workbook.content import WorkbookContent
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

    Args:
        content: the workbook.
        manifest: what it says of itself.
        seen: what stands in it.
        session: the workbook in an engine.
        tolerance: what counts as agreement.

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
    place, values = sighting.placement, manifest.trace[sighting.placement.quantity]
    rows = values.reshape(-1, place.elements.max() + 1) if place.sample is None else values[[place.sample]]
    numbers = rows.reshape(len(rows), -1)[:, place.elements]
    numbers = np.broadcast_to(numbers[list(seen.settings)] if len(numbers) > 1 else numbers, sighting.numbers.shape)
    limit = tolerance.limit(magnitude(values))
    same: Mask = np.all(close(sighting.numbers, numbers, limit), axis=0)
    return _Cells(place.codes, numbers, np.full(place.codes.size, limit), same)


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
