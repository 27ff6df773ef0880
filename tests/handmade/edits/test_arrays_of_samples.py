"""A recurrent step of each sample in one array formula, with the recurrent weights transposed: what one should be."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from made_edits import edits_of, named
from openpyxl.worksheet.formula import ArrayFormula

_WEIGHTS = ("B2", "C2", "B4", "C4", "B5", "C5", "B7", "C7")
_STEP = "=TANH(TRANSPOSE($B$2:$C$2)*{0}3+MMULT(TRANSPOSE($B$4:$C$5),{0}5:{0}6)+TRANSPOSE($B$7:$C$7))"
_RIGHT = {
    column: {
        f"{column}8": {"B2", f"{column}3", "B4", "B5", f"{column}5", f"{column}6", "B7"},
        f"{column}9": {"C2", f"{column}3", "C4", "C5", f"{column}5", f"{column}6", "C7"},
    }
    for column in "EF"
}


def _cells(wrong: str | None = None, column: str = "F") -> dict[str, object]:
    """Two units over two steps of two samples, in E and F: inputs in rows 2 and 3, states in 5 and 6, 8 and 9."""
    numbers = (0.7, -0.4, 0.3, -0.6, 0.5, 0.2, 0.1, -0.2)
    cells: dict[str, object] = dict(zip(_WEIGHTS, numbers, strict=True))
    for own, first, second in (("E", 0.4, -0.3), ("F", -0.5, 0.5)):
        cells |= {f"{own}2": first, f"{own}3": second}
        cells |= {f"{own}5": f"=TANH({own}2*$B$2+$B$7)", f"{own}6": f"=TANH({own}2*$C$2+$C$7)"}
        text = wrong if wrong and own == column else _STEP
        cells[f"{own}8"] = ArrayFormula(f"{own}8:{own}9", text.format(own))
    return cells


@pytest.mark.parametrize("column", ["E", "F"])
@pytest.mark.parametrize(
    ("old", "new"),
    [("TRANSPOSE($B$4:$C$5)", "$B$4:$C$5"), ("+TRANSPOSE($B$7:$C$7)", ""), ("{0}5:{0}6", "{0}2:{0}3")],
    ids=["not transposed", "no bias", "inputs for the state"],
)
def test_an_array_is_what_that_of_the_other_sample_says(old: str, new: str, column: str, tmp_path: Path) -> None:
    """Rule: all cells of an array are edited as a whole, to what the other one would be in its place."""
    cells = _cells(_STEP.replace(old, new), column)
    assert _RIGHT[column] in named(edits_of(cells, tmp_path, weights=_WEIGHTS))


@pytest.mark.keras
@pytest.mark.parametrize("column", ["E", "F"])
def test_the_array_that_turns_the_matrix_is_wrong(column: str, tmp_path: Path) -> None:
    """Rule: the sample that reads the square matrix by columns is the wrong one, and not the other one."""
    cells = _cells(_STEP.replace("TRANSPOSE($B$4:$C$5)", "$B$4:$C$5"), column)
    assert answer(cells, tmp_path) == (1, {f"{column}8", f"{column}9"})


@pytest.mark.keras
def test_an_array_without_biases_is_no_layer_of_its_own(tmp_path: Path) -> None:
    """Rule: what has all weights of a recurrent layer but its biases is a step of it that lacks them."""
    assert answer(_cells(_STEP.replace("+TRANSPOSE($B$7:$C$7)", "")), tmp_path) == (1, {"F8", "F9"})


@pytest.mark.keras
def test_arrays_of_both_samples_agree(tmp_path: Path) -> None:
    assert answer(_cells(), tmp_path) == (0, set())
