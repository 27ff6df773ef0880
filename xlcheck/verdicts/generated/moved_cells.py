"""Cells that do not stand where they were built, or read what does not, because others were inserted or deleted.

Nobody is blamed where one move explains what is not as it was built. Three things tell of one, each by itself: that
behind some line every number of the network stands so many lines on; that every other formula of the workbook reads
what it read, where that has gone, and nothing stands where cells were inserted; and where formulas say `#REF!`, so that
all that is computed with them is lost, that all of a worksheet behind some lines is what stood so many lines further.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterable, Iterator, Set as AbstractSet

import numpy as np

from xlcheck.arrays import Array
from xlcheck.engines.base import Session
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range, column_name, parse_range
from xlcheck.formulas.meaning import same_formula
from xlcheck.formulas.scanner import Ref, cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.frozen import dataclass
from xlcheck.grouping import grouped
from xlcheck.verdicts.cell_result import CellResult
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.moves import LINES, MOST, STEPS, Move
from xlcheck.verdicts.generated.observe import CellKey, Observation
from xlcheck.verdicts.judge import close
from xlcheck.verdicts.messages import plural
from xlcheck.verdicts.placement import Sighting, magnitude
from xlcheck.verdicts.recalculate import recalculate
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import Codes, Mask, code_at, code_of, codes_of, contained, position, positions, within
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest

_ENOUGH = 2
"""Different numbers that stand elsewhere; one may do so by chance, as zeros do, but not where none were built."""
_LARGEST = 2**18  # cells
_LOST = "#REF!"
_REFERENCE = re.compile(rf"(?:(?:'[^']*'|[\w.]+)!)?{_LOST}|#:#|#")
_CLOSE = 1e-14  # as programs write numbers with 15 digits
_TRIED = tuple(itertools.product(range(2), STEPS))

Written = tuple[str, int, str]
"""Worksheet, cell and formula."""
Mark = float | str | None
"""What tells a cell: its number, or what its formula does; None if only that it holds a formula."""
Marks = dict[int, Mark]


def require_cells_in_place(
    content: WorkbookContent,
    manifest: Manifest,
    seen: Observation,
    formulas: FormulaCells,
    session: Session,
    tolerance: Tolerance,
    roots: Iterable[CellResult],
    kept: AbstractSet[str],
) -> None:
    """Blame no cell of a workbook in which one move explains all that is not as it was built.

    Args:
        content: the workbook.
        manifest: what it says of itself.
        seen: what stands in it.
        formulas: all its formulas.
        session: the workbook in an engine.
        tolerance: how far numbers may be from those that were built.
        roots: the cells that are wrong.
        kept: the worksheets on which all other words and numbers are as they were built.

    Raises:
        NothingCheckedError: it does.
    """
    wrong = {(root.sheet, code_of(parse_range(root.cell))) for root in roots}
    search = _Search(manifest, seen, formulas, session, tolerance, wrong, kept)
    for found in itertools.chain(search.of_numbers(), search.of_lines(), search.of_formulas()):
        raise NothingCheckedError(f"{content.path}: {found}; undo that, or build the workbook again")


@dataclass(frozen=True)
class _Numbers:
    """Cells of a worksheet that hold elements of quantities.

    Attributes:
        built: what they held when they were built, `(settings, cells)`.
        limits: how far from it they may be.
        formulas: whether they held formulas.
        same: whether they hold the same now.
    """

    codes: Codes
    built: Array
    limits: Array
    formulas: Mask
    same: Mask

    def around(self, sheet: str) -> Range:
        """The range in which they may have moved."""
        rows, columns = (lines.tolist() for lines in positions(self.codes))
        top, left = max(min(rows) - MOST, 0), max(min(columns) - MOST, 0)
        bottom, right = min(max(rows) + MOST + 1, MAX_ROWS), min(max(columns) + MOST + 1, MAX_COLUMNS)
        return Range(sheet, top, left, bottom - top, right - left)

    def tell(self, there: Codes) -> bool:
        """Whether they stand elsewhere not by chance alone."""
        new = ~contained(there, np.sort(self.codes))
        return max(int(new.sum()), np.unique(self.built[0, ~self.same]).size) >= _ENOUGH


_NO_NUMBERS = _Numbers(np.zeros(0, int), np.zeros((1, 0)), np.zeros(0), np.zeros(0, bool), np.zeros(0, bool))


class _Search:
    """What was built, what stands there, and what may have moved, in words."""

    def __init__(
        self,
        manifest: Manifest,
        seen: Observation,
        formulas: FormulaCells,
        session: Session,
        tolerance: Tolerance,
        wrong: AbstractSet[CellKey],
        kept: AbstractSet[str] = frozenset(),
    ) -> None:
        self._manifest, self._seen, self._formulas, self._session = manifest, seen, formulas, session
        self._kept = kept
        parts = grouped(
            (sighting.placement.sheet, _as_built(sighting, manifest, seen, tolerance))
            for sighting in seen.sightings
            if sighting.placement.quantity in manifest.trace
        )
        fields = [field.name for field in dataclasses.fields(_Numbers)]
        self._numbers = {
            sheet: _Numbers(*(np.concatenate([getattr(part, name) for part in own], axis=-1) for name in fields))
            for sheet, own in parts.items()
        }
        self._written: list[Written] = [(h.cell.sheet, code_of(h.cell), h.formula) for h in manifest.helpers]
        columns = [(column.area, column.written) for column, _ in seen.filled if not column.stored]
        for area, texts in [*((helper.area, helper.formulas()) for helper in manifest.filled), *columns]:
            self._written += [(area.sheet, *own) for own in zip(codes_of(area).tolist(), texts, strict=True)]
        self._texts = {(sheet, code): text for sheet, code, text in self._written}
        self._changed = [own for own in self._written if not self._stands(*own)]
        self._others = wrong - {(sheet, code) for sheet, code, _ in self._changed}

    def of_numbers(self) -> Iterator[str]:
        """What has moved if all numbers of the network are right in other places of one worksheet."""
        moved = [sheet for sheet, own in self._numbers.items() if not own.same.all()]
        for sheet in moved if len(moved) == 1 else ():
            own = self._numbers[sheet]
            area = own.around(sheet)
            if area.size > _LARGEST:
                return
            (reading,) = recalculate(self._session, [area], [True], self._manifest.selector, self._seen.settings)
            grid = reading.numbers.reshape(-1, area.rows, area.columns)
            for axis, by in _TRIED:
                move = Move.least(sheet, axis, by, own.codes[~own.same])
                there, left = move.of(own.codes)
                rows, columns = positions(there[left])
                if not within(there[left], area).all() or not own.tell(there) or self._is_taken(move, own.codes):
                    continue
                if close(grid[:, rows - area.top, columns - area.left], own.built[:, left], own.limits[left]).all():
                    yield str(move)

    def _is_taken(self, move: Move, codes: Codes) -> bool:
        """Whether formulas stand where cells have gone back and nothing was built that came after them."""
        there, left = move.of(codes)
        step = code_at(move.by, 0) if move.axis == 0 else move.by
        after = np.setdiff1d(codes[left & (there != codes)], there[left]).tolist() if move.by < 0 else []
        free = (code for code in after if (move.sheet, code - step) not in self._texts)
        return any(self._formulas.text(move.sheet, code) is not None for code in free)

    def of_formulas(self) -> Iterator[str]:
        """What has moved if all other formulas read what they read, where it has gone."""
        sheets = {name for sheet, _, text in self._changed for name in _sheets(text, sheet)}
        for sheet, (axis, by) in itertools.product(sorted(sheets), _TRIED):
            move = self._followed(sheet, axis, by)
            written = itertools.chain(self._changed, self._written)  # most moves do not explain the first changed one
            if move is not None and all(self._follows(move, *own) for own in written):
                yield str(move)

    def _followed(self, sheet: str, axis: int, by: int) -> Move | None:
        """The least move that formulas may have followed; None if one has not, or if something else has moved."""
        moved, gone = set[int](), set[int]()
        step = code_at(by, 0) if axis == 0 else by
        if not any(self._is_seen(home, code, step if home == sheet else 0) for home, code, _ in self._changed):
            return None
        for formula in self._changed:
            elsewhere = self._read_elsewhere(*formula, sheet, step)
            if elsewhere:
                moved |= elsewhere
            elif by < 0 and formula[0] == sheet:
                gone.add(formula[1])  # it may have stood where cells were deleted
            else:
                return None
        if not moved or not self._others <= {(sheet, code) for code in moved}:
            return None
        move = Move.least(sheet, axis, by, [*moved, *gone])
        if gone:
            move = move._replace(at=max(position(code)[axis] for code in gone) + 1)
        while by > 0 and self._is_filled(move.inserted()):
            if not move.at:
                return None
            move = move._replace(at=move.at - 1)
        codes = np.array([*moved], dtype=np.int64)
        there, _ = move.of(codes)
        has_moved = there.min() >= 0 and (there != codes).all() and self._formulas.fills(sheet, there).all()
        return move if has_moved and not self._stay(move, moved) else None

    def _is_seen(self, home: str, code: int, step: int) -> bool:
        """Whether a formula has become another one, or one stands where it may have gone that was not built there."""
        there = self._formulas.text(home, code + step)
        return self._formulas.text(home, code) is not None or not (
            there is not None and self._stands(home, code + step, self._texts.get((home, code + step), ""))
        )

    def _stay(self, move: Move, moved: AbstractSet[int]) -> bool:
        """Whether cells that must have moved are where they were built, or hold what nothing has moved there."""
        sheet, own = move.sheet, self._numbers.get(move.sheet, _NO_NUMBERS)
        step = code_at(move.by, 0) if move.axis == 0 else move.by
        built = dict(zip(own.codes.tolist(), own.built.T.tolist(), strict=True))
        still = own.codes[own.same & (move.of(own.codes)[0] != own.codes)].tolist()
        if any(built.get(code - step, built[code]) != built[code] for code in still):
            return True  # where another number would have come
        as_built = dict(zip(own.codes.tolist(), own.same.tolist(), strict=True))
        written = {code: self._stands(home, code, text) for home, code, text in self._written if home == sheet}
        as_built |= written
        if not moved <= as_built.keys():
            return sheet in self._kept
        strange = (code for code in moved & written.keys() if code - step not in as_built)
        return all(as_built[c] for c in moved) or any(self._formulas.text(sheet, c) for c in strange)

    def _read_elsewhere(self, home: str, code: int, formula: str, sheet: str, step: int) -> set[int]:
        """The cells of a worksheet that a formula reads a step from where it did, and its own if it has moved."""
        for away in (step, 0) if home == sheet else (0,):
            was, now = cut(formula).refs, cut(self._formulas.text(home, code + away) or "").refs
            steps = {
                one: other - one for a, b in zip(was, now, strict=False) for one, other in _ends(a, b) if one != other
            }
            on_sheet = all((a.sheet or home) == sheet for a, b in zip(was, now, strict=False) if a != b)
            if len(was) == len(now) and on_sheet and {*steps.values()} <= {step} and (steps or away):
                return {*steps} | ({code} if away else set())
        return set()

    def _is_filled(self, area: Range) -> bool:
        return bool(self._formulas.within(area).size or self._formulas.constants_within(area).size)

    def _follows(self, move: Move, sheet: str, code: int, formula: str) -> bool:
        """Whether a formula stands where a move has taken it, and reads what it read."""
        there, left = move.of(np.array([code], dtype=np.int64)) if sheet == move.sheet else ([code], [True])
        return not left[0] or any(self._stands(sheet, int(there[0]), text) for text in move.followed(formula, sheet))

    def _stands(self, sheet: str, code: int, formula: str) -> bool:
        return same_formula(self._formulas.text(sheet, code), formula, sheet)

    def of_lines(self) -> Iterator[str]:
        """What was deleted where formulas have lost what they read: all that was behind it stands in its place."""
        if not any(self._formulas.said(*own, lambda text: _LOST in text.upper()) for own in self._formulas.by_sheet()):
            return
        sheets = {*self._numbers, *(sheet for sheet, *_ in self._written)}
        for sheet in sorted(sheets - {table.area.sheet for table in self._manifest.tables}):
            built, now = self._marks(sheet)
            changed = [code for code, mark in now.items() if isinstance(mark, str) and code not in built]
            changed += [code for code, mark in built.items() if not _fits(mark, now.get(code))]
            for axis, by in _TRIED if changed and len(built) < _LARGEST else ():
                # Those before the last one are like those that would take their places.
                last = min(position(code)[axis] for code in changed)
                first = last
                while by < 0 <= first and _is_left(Move.of_line(sheet, axis, first, by), built, now):
                    first -= 1
                if first < last:
                    names = [str(line + 1) if axis == 0 else column_name(line) for line in sorted({first + 1, last})]
                    what = plural(-by, f"{LINES[axis]} was", f"{LINES[axis]}s were")
                    where = f"{LINES[axis]} {' or '.join(names)} of {sheet}"
                    yield f"{what} deleted at {where}, and formulas have lost what they read there"

    def _marks(self, sheet: str) -> tuple[Marks, Marks]:
        """What tells the cells of a worksheet with numbers of the network, typed ones or formulas: as built, now."""
        own = self._numbers.get(sheet, _NO_NUMBERS)
        typed = ~own.formulas
        built: Marks = dict.fromkeys(own.codes[own.formulas].tolist())
        built |= zip(own.codes[typed].tolist(), own.built[0, typed].tolist(), strict=True)
        built |= {code: _form(text) for home, code, text in self._written if home == sheet}
        now: Marks = dict(zip(*(array.tolist() for array in self._formulas.typed_numbers(sheet)), strict=True))
        return built, now | {
            code: _form(str(self._formulas.text(sheet, code))) for code in self._formulas.on(sheet).tolist()
        }


def _as_built(sighting: Sighting, manifest: Manifest, seen: Observation, tolerance: Tolerance) -> _Numbers:
    place, values = sighting.placement, manifest.trace[sighting.placement.quantity]
    rows = values.reshape(-1, place.elements.max() + 1) if place.sample is None else values[[place.sample]]
    built = rows.reshape(len(rows), -1)[:, place.elements]
    built = np.broadcast_to(built[list(seen.settings)] if len(built) > 1 else built, sighting.numbers.shape)
    limits = np.full(place.codes.size, tolerance.limit(magnitude(values)))
    same = np.all(close(sighting.numbers, built, limits), axis=0)
    return _Numbers(place.codes, built, limits, sighting.must_be_formula, same)


def _form(formula: str) -> str:
    """What a formula does, whatever it reads: a range of which lines were deleted may be a cell, or no reference."""
    return _REFERENCE.sub("#", skeleton(formula.removeprefix("=")))


def _fits(mark: Mark, held: Mark) -> bool:
    """Whether a cell holds what tells another one."""
    if isinstance(mark, float):
        return isinstance(held, float) and abs(held - mark) <= _CLOSE * abs(mark)
    return isinstance(held, str) and mark in {None, held}


def _is_left(move: Move, built: Marks, now: Marks) -> bool:
    """Whether all that stands on a worksheet is what a move has left of it, and some has moved."""
    codes = np.fromiter(built, dtype=np.int64)
    there, left = move.of(codes)
    kept = dict(itertools.compress(zip(there.tolist(), built.values(), strict=True), left))
    fit = all(_fits(mark, now.get(code)) for code, mark in kept.items())
    return fit and bool((there != codes).any()) and all(code in kept for code in now if isinstance(now[code], str))


def _sheets(formula: str, sheet: str) -> set[str]:
    """Where a formula stands, and what it reads."""
    return {sheet, *(ref.sheet or sheet for ref in cut(formula).refs)}


def _ends(one: Ref, other: Ref) -> Iterator[tuple[int, int]]:
    """The first cells of two references, and the last."""
    yield code_at(one.top, one.left), code_at(other.top, other.left)
    yield code_at(one.bottom, one.right), code_at(other.bottom, other.right)
