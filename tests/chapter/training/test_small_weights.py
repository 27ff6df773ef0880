"""Small whole numbers as weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from xlcheck import build, check
from xlcheck.errors import UsageError
from xlcheck.verdicts.generated.expectation import expectation_of
from xlcheck.workbook.reader import read_workbook


def test_weights_are_small_whole_numbers(tmp_path: Path) -> None:
    """Every weight is a whole number from -2 to 2, the same on every machine, and the workbook agrees with Keras."""
    built = build("simple-rnn", tmp_path / "small.xlsx", weights="small")
    manifest, graph = expectation_of(read_workbook(built.path))
    weights = np.concatenate([manifest.trace[q.name].reshape(-1) for q in graph if q.is_weight and q.expr is None])

    assert built.report.ok
    assert set(weights.tolist()) <= {-2.0, -1.0, 1.0, 2.0}


def test_no_small_numbers_for_a_model_that_training_makes(tmp_path: Path) -> None:
    """A lesson without a model of its own says so."""
    with pytest.raises(UsageError, match="only made by its training"):
        build("sentiment", tmp_path / "small.xlsx", weights="small")


@pytest.mark.parametrize("lesson", ["simple-rnn-small", "lstm-small"])
def test_every_number_can_be_found_in_the_head(lesson: str) -> None:
    """Each number that Keras computes is a multiple of one half, and no cell shows more digits than that needs."""
    path = Path(__file__).parents[3] / "workbooks" / f"{lesson}.xlsx"
    manifest, graph = expectation_of(read_workbook(path))
    page = openpyxl.load_workbook(path)[next(q for q in graph if q.band.symbol == "h").band.layer]
    formats = {cell.number_format for row in page.iter_rows() for cell in row if str(cell.value).startswith("=")}

    assert all((2 * manifest.trace[q.name] % 1 == 0).all() for q in graph)
    assert formats <= {"General", "0"}
    assert check(path).max_abs_error == 0
