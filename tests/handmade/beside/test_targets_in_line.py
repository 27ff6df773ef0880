"""Losses beside results: samples may stand in columns, and the last target of a series may be typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_WEIGHTS = {"A1": 0.7, "A2": -0.4, "B1": 0.3, "B2": 0.9, "C1": 0.15, "D1": -0.2, "E1": 0.1}
_SAMPLES = {"F": (0.2, 0.8), "G": (-0.5, 0.4), "H": (0.9, -0.1)}


def _autoencoder(loss: str) -> dict[str, object]:
    """Two inputs, a tanh and both inputs again, a sample a column: inputs in rows 4 and 5, results in 9 and 10."""
    cells: dict[str, object] = {**_WEIGHTS}
    for column, (first, second) in _SAMPLES.items():
        cells |= {f"{column}4": first, f"{column}5": second}
        cells[f"{column}7"] = f"=TANH({column}4*$A$1+{column}5*$A$2+$C$1)"
        cells |= {f"{column}9": f"={column}7*$B$1+$D$1", f"{column}10": f"={column}7*$B$2+$E$1"}
        cells[f"{column}12"] = loss.format(column)
    return cells


@pytest.mark.parametrize(
    ("loss", "said"),
    [("=SUMXMY2({0}4:{0}5,{0}9:{0}10)/2", (0, set())), ("=SUMXMY2(F4:F5,{0}9:{0}10)/2", (1, {"G12", "H12"}))],
    ids=["its own inputs", "those of the first sample"],
)
def test_targets_of_samples_in_columns(loss: str, said: tuple[int, set[str]], tmp_path: Path) -> None:
    """Rule: the loss of an autoencoder compares the outputs of each sample with its own inputs, also in columns."""
    assert answer(_autoencoder(loss), tmp_path) == said


def _series(last: object) -> dict[str, object]:
    """What comes next in a series: inputs in B, a result in C, the next input as the target in D, its error in E."""
    cells: dict[str, object] = {"A1": 0.6, "A2": 0.2}
    for row, x in enumerate((0.1, 0.4, -0.3, 0.7, 0.5), 4):
        cells |= {f"B{row}": x, f"C{row}": f"=TANH($A$1*B{row}+$A$2)", f"E{row}": f"=(C{row}-D{row})^2"}
        cells[f"D{row}"] = f"=B{row + 1}" if row < 8 else last
    return cells


def test_the_last_target_of_a_series_may_be_typed(tmp_path: Path) -> None:
    """Rule: targets are the next inputs; the last one is typed, as no input comes behind it."""
    assert answer(_series(0.35), tmp_path) == (0, set())
