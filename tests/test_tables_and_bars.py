"""Reports as tables, trainings epoch by epoch, and a progress bar that only a terminal sees."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from xlcheck.errors import MissingDependencyError
from xlcheck.formulas.scanner import number_text
from xlcheck.graph.trace import Training
from xlcheck.progress import progress_bar
from xlcheck.reports.frame import table


@dataclass
class Row:
    """Two columns."""

    cell: str
    points: float


def test_a_table_has_its_columns_also_without_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the record; without pandas the way to get it is said."""
    pytest.importorskip("pandas")
    full = table([{"points": 1.0, "cell": "A1"}], Row)

    assert list(full.columns) == list(table([], Row).columns) == ["cell", "points"]
    assert full.iloc[0].tolist() == ["A1", 1.0]
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingDependencyError, match="pip install pandas"):
        table([], Row)


def test_one_epoch_of_a_training_is_a_trace() -> None:
    """With the values of that epoch of every quantity."""
    training = Training("sgd", {}, {"w": np.arange(6.0).reshape(3, 2), "loss": np.array([[3.0], [2.0], [1.0]])})

    assert training.epochs == 3
    assert {name: values.tolist() for name, values in training.epoch(1).values.items()} == {
        "w": [2.0, 3.0],
        "loss": [2.0],
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.0, "2"), (-0.0, "0"), (0.1, "0.1"), (1e-7, "1E-07"), (1e16, "1E+16"), (123456789012345.0, "123456789012345")],
)
def test_a_number_is_written_exactly_and_as_excel_does(value: float, text: str) -> None:
    """Whole numbers without a point, as long as all their digits fit; E in capitals."""
    assert number_text(value) == text
    assert float(text) == value


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe, or where it was not asked for, there is nobody to tell."""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress_bar("work") as told:
        assert told is None
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress_bar("work", show=False) as told:
        assert told is None
    with progress_bar("work") as told:
        assert told is not None
        told(1, 2)
    assert "work" in terminal.getvalue()
