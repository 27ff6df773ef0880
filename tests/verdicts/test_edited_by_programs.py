"""Cells, rows and columns that LibreOffice inserts or deletes anywhere: nobody is blamed while numbers stay right."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from editing import KINDS, Edit, edit_with_libreoffice
from saving import save_with_libreoffice

from xlcheck import api
from xlcheck.engines.libreoffice import find_soffice
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import Range
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"


def edits(path: Path, random: Random, each: int) -> Iterator[Edit]:
    """Some edits of each worksheet that a reader sees, at places where something stands."""
    for name, sheet in read_workbook(path).sheets.items():
        cells = [*sheet.cells]
        for kind in random.sample([*KINDS], each) if cells and name != "xlcheck" else ():
            row, column = random.choice(cells)
            size = (1, 1) if kind.endswith("out") else (random.randrange(1, 4), random.randrange(1, 4))
            yield Edit(kind, Range(name, row, column, *size))


def results(path: Path) -> Counter[object]:
    """What formulas give, as it is stored."""
    cells = (cell for *_, cell in read_workbook(path).formula_cells())
    return Counter(f"{cell.value:.9g}" if isinstance(cell.value, float) else str(cell.value) for cell in cells)


def deletes_numbers(path: Path, edit: Edit) -> bool:
    """Whether a row or column is deleted in which formulas or numbers stand: these are missed."""
    axis, line = (0, edit.area.top) if edit.kind.startswith("rows") else (1, edit.area.left)
    cells = read_workbook(path).sheets[edit.area.sheet].cells
    own = (cells[place] for place in cells if place[axis] == line)
    return edit.kind.endswith("out") and any(cell.formula or isinstance(cell.value, float) for cell in own)


def blamed(path: Path, found: list[Edit], folder: Path) -> Iterator[Edit]:
    """The edits after which cells are called wrong, though no formula gives anything new, and no number is missing."""
    path = Path(shutil.copy(path, folder / "original.xlsx"))  # LibreOffice leaves a lock beside what it has open
    saved = [folder / f"{number}.xlsx" for number in range(len(found))]
    edit_with_libreoffice([(path, edit, to) for edit, to in zip(found, saved, strict=True)], folder)
    (folder / "as it was").mkdir()
    before = results(*save_with_libreoffice([path], folder / "as it was"))
    for edit, to in zip(found, saved, strict=True):
        try:
            code = api.check(to).exit_code
        except NothingCheckedError:
            continue
        if code == 1 and results(to) <= before and not deletes_numbers(path, edit):
            yield edit


@pytest.mark.thorough
@pytest.mark.skipif(find_soffice() is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(("lesson", "seed"), [("simple-rnn-small", 1), ("word-order", 2)])
def test_no_edit_that_formulas_follow_is_a_mistake(lesson: str, seed: int, tmp_path: Path) -> None:
    """Rule: on every worksheet; the check says what has moved, or that all agrees."""
    path = WORKBOOKS / f"{lesson}.xlsx"

    assert not [*blamed(path, [*edits(path, Random(seed), 1)], tmp_path)]
