"""What another program makes of a workbook when it saves it changes no verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from saving import SAVERS, require_same_roots
from thorough import EVERY_CASE

from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.lessons.training import TRAINING_LESSONS
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
# One with the layout of the toy lessons, one with that of models.
TYPICAL = ["lstm", "architectures"]
NAMES = sorted({*LESSONS, *TRAINING_LESSONS}) if EVERY_CASE else TYPICAL[:1]
FAULTS = 12 if EVERY_CASE else 3


ALONE = {"libreoffice": [pytest.mark.libreoffice, pytest.mark.thorough]}


@pytest.mark.parametrize("saver", [pytest.param(name, marks=ALONE.get(name, [])) for name in SAVERS])
def test_the_roots_in_a_lesson_stay_the_same(saver: str, tmp_path: Path) -> None:
    """A formula that is wrong in a lesson's workbook is the same root after the workbook was saved elsewhere."""
    paths = [WORKBOOKS / f"{name}.xlsx" for name in NAMES]
    for path, saved in zip(paths, SAVERS[saver](paths, tmp_path / saver), strict=True):
        require_same_roots(read_workbook(path), read_workbook(saved), FAULTS)
