"""When a stored value is out of date: the limit grows with the number, as rounding does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_book import Checker, SmallBook

from xlcheck.engines import engine
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.report import Kind, Status
from xlcheck.verdicts.stale import _same_numbers
from xlcheck.workbook.reader import read_workbook


@pytest.mark.parametrize("actual", [1.0, 1e6, -1e9, 1e15])
def test_the_limit_is_relative_to_large_numbers(actual: float) -> None:
    """The last digits of a large number may differ between programs; a billionth of it may not."""
    cached = actual * np.array([1 + 4e-13, 1 - 4e-13, 1 + 1e-9, 1 - 1e-11])

    assert _same_numbers(cached, np.full(4, actual)).tolist() == [True, True, False, False]


@pytest.mark.parametrize("actual", [0.0, 1e-6])
def test_the_limit_is_absolute_for_small_numbers(actual: float) -> None:
    """What is left of a difference of numbers near 1 may be anything below the limit."""
    cached = actual + np.array([4e-13, -4e-13, 1e-9])

    assert _same_numbers(cached, np.full(3, actual)).tolist() == [True, True, False]


def test_what_is_no_number_is_never_the_same() -> None:
    """A text or an error is NaN here, and is compared elsewhere."""
    assert not _same_numbers(np.array([np.nan, 1.0]), np.array([1.0, np.nan])).any()


@pytest.mark.parametrize(("stored", "stale"), [(0.5, []), (0.5 + 9e-10, []), (0.5 - 9e-9, ["C3"])])
def test_a_stored_value_that_is_keras_s_is_shown_rightly(check_small: Checker, stored: float, stale: list[str]) -> None:
    """Both numbers are Keras's within the tolerance, though they differ by more than programs round."""
    report = check_small({"Net!C3": ("C2*Weights!$B$2-4E-10", stored)}, atol=1e-9, perturb=0)

    assert [c.cell for c in report.cells if c.sheet == "Net" and c.kind is Kind.STALE_CACHE] == stale


def test_a_stale_stored_value_is_noticed_and_changes_no_verdict(small_book: SmallBook, tmp_path: Path) -> None:
    """The stored value is compared with the recalculated one, never used."""
    path = tmp_path / "stale.xlsx"
    old = small_book.formulas["Net!C9"]
    small_book.write(path, {})
    small_book_with_poison = {**small_book.formulas, "Net!C9": (old[0], 999.25)}
    book = type(small_book)(
        small_book.graph, small_book.trace, small_book.constants, small_book_with_poison, small_book.bindings,
        small_book.helpers,
    )  # fmt: skip
    book.write(path)
    report = check_content(read_workbook(path), engine("ironcalc"))

    assert report.ok
    (stale,) = report.cells
    assert (stale.sheet, stale.cell, stale.kind, stale.status) == ("Net", "C9", Kind.STALE_CACHE, Status.AGREE)
    assert stale.actual == 999.25
    assert report.stale == (stale,)


@pytest.mark.parametrize(("atol", "is_stale"), [(1e-4, True), (1e-2, False)])
def test_a_stored_value_may_be_as_far_off_as_a_calculated_one(
    small_book: SmallBook, tmp_path: Path, atol: float, is_stale: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A difference that is allowed to a helper cell is no mistake where it was stored, and a larger one is."""
    path = tmp_path / "stored.xlsx"
    monkeypatch.setitem(small_book.formulas, "Check!A2", ("A1-B1", 1e-3))
    small_book.write(path)
    report = check_content(read_workbook(path), engine("ironcalc"), atol=atol)

    assert {c.cell for c in report.stale} == ({"A2"} if is_stale else set())


def test_stored_values_belong_to_the_sample_that_was_shown(small_book: SmallBook, tmp_path: Path) -> None:
    """With the selector at 2 the values stored for the first sample are stale, and no verdict changes."""
    path = tmp_path / "second.xlsx"
    small_book.write(path, {"Data!B1": 2.0})
    report = check_content(read_workbook(path), engine("ironcalc"))

    assert report.ok
    assert "D9" in {c.cell for c in report.stale}
    assert {c.sheet for c in report.stale} == {"Net", "Check"}
