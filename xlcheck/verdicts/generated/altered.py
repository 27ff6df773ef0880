"""What is no quantity and not as it was built, in sentences for a report.

Where rows or columns were put into a worksheet of xlcheck's, or taken out of it, programs let every formula follow, so
that the workbook is as right as before; but nothing stands any more where it was built. Where it went, the words of
the worksheet tell, of which the fingerprint knows where each belongs.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import column_name
from xlcheck.frozen import dataclass
from xlcheck.verdicts.generated.moves import LINES, MOST, STEPS, Move
from xlcheck.verdicts.messages import first_of, plural
from xlcheck.workbook.cell_codes import position
from xlcheck.workbook.content import ConstantCells, SheetContent, WorkbookContent
from xlcheck.workbook.looks.as_built import (
    DAMAGED,
    RECORD,
    Constants,
    alterations,
    bands,
    built_sheets,
    constants_of,
    fingerprint,
)
from xlcheck.workbook.manifest import Manifest, is_older, manifest_sheet


@dataclass(frozen=True)
class Altered:
    """What is no quantity and not as built: words are a note; what is `seen` may make a reader see wrong numbers.

    `rows` are those with such words and numbers; None if they were not compared.
    """

    words: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    rows: tuple[str, ...] | None = ()

    def kept(self, content: WorkbookContent) -> frozenset[str]:
        """Those of xlcheck's worksheets on which all words and numbers are certainly as they were built."""
        hidden = manifest_sheet(content)
        if hidden is None or self.rows is None:
            return frozenset()
        sheets = {*built_sheets(hidden), hidden.name}
        return frozenset(sheet for sheet in sheets if not any(row.endswith(f" of {sheet}") for row in self.rows))


def altered(content: WorkbookContent, manifest: Manifest) -> Altered:
    """What of a generated workbook is no quantity and not as it was built."""
    sheet = manifest_sheet(content)
    if sheet is None:
        return Altered()
    if is_older(sheet):
        return Altered(
            ("an older xlcheck made it, so words, looks and names were not compared; build it again",), rows=None
        )
    areas = [*(b.area for b in manifest.bindings), *([manifest.selector] if manifest.selector is not None else [])]
    found = alterations(content, sheet, areas)
    words = [f"words are not those that were written: {', '.join(found.texts)}"] if found.texts else []
    seen = []
    if found.numbers:
        seen.append(
            f"numbers that are no weights or inputs are not those that were written: {', '.join(found.numbers)}"
        )
    if found.names:
        seen.append(f"defined names are not where they were put: {', '.join(found.names)}")
    if found.formats:
        seen.append(f"numbers are not shown in the formats that were written on {', '.join(found.formats)}")
    if found.damaged:
        seen.append("what says which words and numbers were written is missing or damaged on the hidden worksheet")
    if found.shown:
        words.append(f"not as it was built: {first_of(found.shown, between='; ')}")
    return Altered(tuple(words), tuple(seen), None if found.damaged else (*found.texts, *found.numbers))


def require_places(content: WorkbookContent) -> None:
    """Blame no cell where everything stands elsewhere.

    Raises:
        NothingCheckedError: rows or columns were inserted or deleted.
    """
    hidden = manifest_sheet(content)
    if hidden is not None and (moved := list(shifted(content, hidden))):
        raise NothingCheckedError(
            f"{content.path}: {first_of(moved, between='; ')}, so its cells do not stand where they were built; undo "
            "that, or build the workbook again"
        )


_ENOUGH = 3
"""Bands of other words, below which a few words were changed and nothing has moved."""
_BEST = 8


def shifted(content: WorkbookContent, hidden: SheetContent) -> Iterator[str]:
    """What was inserted or deleted, in words: `2 rows were inserted above row 9 of lstm`."""
    try:
        sheets: Mapping[str, Any] = json.loads(fingerprint(hidden))["constants"][0]
        for name, sheet in content.sheets.items():
            if sheet is not hidden and name in sheets and not isinstance(sheet.cells, ConstantCells):
                yield from _on(name, sheets[name], constants_of(sheet).texts)
    except DAMAGED:
        return


def _on(name: str, built: Any, texts: Mapping[int, str]) -> Iterator[str]:
    height, was = int(built[0]), np.frombuffer(base64.b64decode(str(built[1])), dtype=RECORD)["texts"]
    others = np.flatnonzero(_others(was, texts, height))
    if others.size < _ENOUGH:
        return
    first = int(others[0]) * height
    places = [range(first, first + height + 1), range(max(position(code)[1] for code in texts) + 2)]
    tries = [Move.of_line(name, axis, at, -by) for axis in range(2) for by in STEPS for at in places[axis]]
    few, end = others[:_ENOUGH], (int(others[:_ENOUGH][-1]) + 1) * height + MOST
    near = {code: text for code, text in texts.items() if first - MOST <= position(code)[0] < end}
    # All are tried with the words around the first bands, and those that explain these best with all words.
    tries.sort(key=lambda back: int(_others(was, _moved(near, back), height)[few].sum()))
    scores = [(int(_others(was, _moved(texts, back), height).sum()), back) for back in tries[:_BEST]]
    left, best = min(scores, key=itemgetter(0))
    if left > others.size // _ENOUGH:
        return
    by, what = -best.by, LINES[best.axis]
    # Between those that explain as much no words stand.
    ends = sorted(back.at - max(by, 0) for score, back in scores if (score, back[:2], back.by) == (left, best[:2], -by))
    *early, last = [str(at + 1) if best.axis == 0 else column_name(at) for at in ends]
    where = f"{what} {', '.join(early)}{' or ' if early else ''}{last} of {name}"
    done = "deleted at" if by < 0 else f"inserted {('above', 'before')[best.axis]}"
    yield f"{plural(abs(by), f'{what} was', f'{what}s were')} {done} {where}"


def _moved(texts: Mapping[int, str], move: Move) -> dict[int, str]:
    there, left = move.of(np.fromiter(texts, dtype=np.int64, count=len(texts)))
    return dict(itertools.compress(zip(there.tolist(), texts.values(), strict=True), left))


def _others(was: NDArray[Any], texts: Mapping[int, str], height: int) -> NDArray[np.bool_]:
    """For each band, whether it holds other words."""
    numbers = np.array([], dtype=np.float64)
    record = bands(Constants(texts, numbers.astype(np.int64), numbers), height)[1]
    now = np.frombuffer(base64.b64decode(record), dtype=RECORD)["texts"]
    size = max(was.size, now.size)
    differs: NDArray[np.bool_] = np.pad(was, (0, size - was.size)) != np.pad(now, (0, size - now.size))
    return differs
