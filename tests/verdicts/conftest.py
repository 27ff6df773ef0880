"""The small workbook, once for all tests of the check, and a function that plants changes in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_book import Change, Checker, SmallBook, right_book

from xlcheck.engines import engine
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.report import CheckReport
from xlcheck.workbook.reader import read_workbook


@pytest.fixture(scope="session")
def small_book() -> SmallBook:
    """The right workbook."""
    return right_book()


@pytest.fixture
def check_small(small_book: SmallBook, tmp_path: Path) -> Checker:
    """A function that changes cells of the small workbook, saves it and checks the saved file with ironcalc."""

    def check(changes: Mapping[str, Change] | None = None, **options: object) -> CheckReport:
        path = tmp_path / "small.xlsx"
        small_book.write(path, changes)
        return check_content(read_workbook(path), engine("ironcalc"), **options)  # type: ignore[arg-type]

    return check
