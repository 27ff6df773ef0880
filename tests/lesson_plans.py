"""What the workbooks of the repository are written from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xlcheck.building.lesson import plan_lesson
from xlcheck.chapter.lessons.catalogue import ALL_LESSONS, LESSONS
from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.chapter.recordings.training import load_training
from xlcheck.formulas.printing import Style
from xlcheck.workbook.plan import WorkbookPlan

WORKBOOKS = sorted(path.stem for path in (Path(__file__).parents[1] / "workbooks").glob("*.xlsx"))
"""Their names."""


def plan_of(workbook: str) -> WorkbookPlan:
    """What the workbook of a lesson is written from."""
    lesson, _, weights = workbook.rpartition("-")
    name = workbook if workbook in ALL_LESSONS else lesson
    if name in LESSONS:
        return plan_lesson(LESSONS[name], load_fixture(workbook if weights in {"book", "small"} else name))
    training = ALL_LESSONS[name]
    return training.plan(training, load_training(name), Style.TEACHING)


known_plan = cache(plan_of)
"""The same, made once for all tests of a process that only look at it."""
