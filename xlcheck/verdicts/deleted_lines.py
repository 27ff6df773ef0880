"""Rows and columns that were deleted although formulas read them: these say `#REF!`, and what stood behind has moved.

Every cell that is wrong then is so because of the one deletion, and most hold what another one held. So none is
blamed; what is left of the worksheet tells which line is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import Range, column_name
from xlcheck.formulas.shapes import skeleton
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.messages import plural
from xlcheck.verdicts.moved_cells import MOST, numbers_as_built
from xlcheck.verdicts.observe import Observation
from xlcheck.workbook.cell_codes import code_at, code_of, position
from xlcheck.workbook.manifest import Manifest

_LARGEST = 2**16  # cells
_LINES = ("row", "column")
_CLOSE = 1e-14  # as programs write numbers with 15 digits
_REFERENCE = re.compile(r"(?:(?:'[^']*'|[\w.]+)!)?#REF!|#:#|#")

Mark = float | str | None
"""What tells a cell: its number, or its formula without what it reads; None if only that it holds a formula."""
Cells = Mapping[int, Mark]


def require_no_deletion(
    path: Path, manifest: Manifest, seen: Observation, formulas: FormulaCells, tables: Sequence[Range]
) -> None:
    """Blame no cell of a workbook of which rows or columns were deleted that formulas read.

    Args:
        path: of the workbook.
        manifest: what it says of itself.
        seen: what stands in it.
        formulas: all its formulas.
        tables: ranges of formulas besides what was seen; nothing is said of their worksheets.

    Raises:
        NothingCheckedError: the cells of a worksheet are those that were built, but for a few lines of it, behind which
            all others have moved; and formulas have lost what they read.
    """
    lost = (formulas.said(sheet, codes, lambda text: "#REF!" in text.upper()) for sheet, codes in formulas.by_sheet())
    if not any(lost):
        return
    built = _as_built(manifest, seen)
    for sheet in built.keys() - {area.sheet for area in tables}:
        if len(built[sheet]) <= _LARGEST and (found := _deleted(built[sheet], _as_it_is(sheet, formulas))) is not None:
            axis, first, last, count = found
            names = [str(line + 1) if axis == 0 else column_name(line) for line in dict.fromkeys((first, last))]
            was = plural(count, f"{_LINES[axis]} was", f"{_LINES[axis]}s were")
            raise NothingCheckedError(
                f"{path}: {was} deleted at {_LINES[axis]} {' or '.join(names)} of {sheet}, and formulas have lost what "
                "they read there; undo that, or build the workbook again"
            )


def _as_built(manifest: Manifest, seen: Observation) -> dict[str, dict[int, Mark]]:
    """For each worksheet the cells that hold formulas, or numbers of the network, as built."""
    found: dict[str, dict[int, Mark]] = {}
    for sighting in seen.sightings:
        place, written = sighting.placement, sighting.must_be_formula
        on_sheet = found.setdefault(place.sheet, {})
        on_sheet.update(dict.fromkeys(place.codes[written].tolist()))
        if place.quantity in manifest.trace and not written.all():
            numbers = numbers_as_built(sighting, manifest, seen)[0, ~written]
            on_sheet.update(zip(place.codes[~written].tolist(), numbers.tolist(), strict=True))
    for helper in manifest.helpers:
        found.setdefault(helper.cell.sheet, {})[code_of(helper.cell)] = _done(helper.formula)
    for column, _ in seen.filled:
        own = zip(column.codes.tolist(), map(_done, column.written), strict=True)
        found.setdefault(column.area.sheet, {}).update(own)
    return found


def _as_it_is(sheet: str, formulas: FormulaCells) -> Cells:
    """The formulas of a worksheet and the numbers that are typed there."""
    codes, numbers = formulas.typed_numbers(sheet)
    held: dict[int, Mark] = dict(zip(codes.tolist(), numbers.tolist(), strict=True))
    return held | {code: _done(str(formulas.text(sheet, code))) for code in formulas.on(sheet).tolist()}


def _done(formula: str) -> str:
    """What a formula does, whatever it reads: a range of which lines were deleted may be a cell, or no reference."""
    return _REFERENCE.sub("#", skeleton(formula.removeprefix("=")))


def _deleted(built: Cells, now: Cells) -> tuple[int, int, int, int] | None:
    """Axis, the first and the last line at which the deleted ones may begin, and how many; None if none were deleted.

    The lines before the last one are like those that would take their places.
    """
    added = {code for code, mark in now.items() if not isinstance(mark, float)} - built.keys()
    changed = [position(code) for code in added | {code for code, mark in built.items() if not _fits(mark, code, now)}]
    for axis in range(2) if changed else ():
        begin = min(place[axis] for place in changed)
        for count in range(1, MOST + 1):
            if _explains(built, now, axis, begin, count):
                first = begin
                while first > 0 and _explains(built, now, axis, first - 1, count):
                    first -= 1
                return axis, first, begin, count
    return None


def _explains(built: Cells, now: Cells, axis: int, at: int, count: int) -> bool:
    """Whether all cells are where they are if so many lines were deleted, and some have moved."""
    there: dict[int, Mark] = {}
    has_moved = False
    for code, mark in built.items():
        place = [*position(code)]
        if not at <= place[axis] < at + count:
            has_moved |= place[axis] >= at + count
            place[axis] -= count * (place[axis] >= at + count)
            there[code_at(*place)] = mark
            if not _fits(mark, code_at(*place), now):
                return False
    return has_moved and all(code in there for code, mark in now.items() if not isinstance(mark, float))


def _fits(mark: Mark, code: int, now: Cells) -> bool:
    """Whether a cell holds what tells another one."""
    held = now.get(code)
    if isinstance(mark, float):
        return isinstance(held, float) and abs(held - mark) <= _CLOSE * abs(mark)
    return isinstance(held, str) and mark in {None, held}
