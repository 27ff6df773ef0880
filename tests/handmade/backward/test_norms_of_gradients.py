"""Gradients that are cut to a length all together before the weights move along them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training_sheets import DATA, FIRST, ROWS, Cells, filled, judged, roots, table_of, trained, with_gradients

from xlcheck.model.keras_import import import_keras

pytestmark = pytest.mark.keras

_FIRST = (0.8, -0.4, 0.2)


def _sheet(bound: str = "$C$1") -> Cells:
    """With gradients; their norm in N, what is left of them in O, the rate in B1 and the bound in C1."""
    cells = with_gradients() | {"B1": 0.2, "C1": 0.7}
    for row in ROWS:
        cells |= {f"N{row}": f"=SQRT(SUMSQ(J{row}:L{row}))", f"O{row}": f"=MIN(1,{bound}/N{row})", f"A{row}": None}
        for weight, gradient in zip("EFG", "JKL", strict=True) if row > FIRST else ():
            before = row - 1
            cells[f"{weight}{row}"] = f"={weight}{before}-$B$1*O{before}*{gradient}{before}"
    return cells


@pytest.mark.parametrize("bound", ["$C$1", "0.7"])
def test_gradients_within_a_norm_agree(bound: str, tmp_path: Path) -> None:
    """Rule: the norm, what it leaves of the gradients, and the weights are those of Keras's `global_clipnorm`."""
    found = judged(_sheet(bound), tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())
    keras = import_keras()
    weights = [keras.Variable(first, dtype="float64") for first in _FIRST]
    optimiser = keras.optimizers.SGD(learning_rate=0.2, global_clipnorm=0.7)
    optimiser.build(weights)
    for one, other, target in DATA[:-1]:
        error = sum(float(w) * x for w, x in zip(weights, (one, other, 1.0), strict=True)) - target
        optimiser.apply([np.asarray(error * x) for x in (one, other, 1.0)], weights)
    table, values = table_of(filled(tmp_path / "v.xlsx", _sheet(bound)))
    last = [values[table.index["Sheet", ROWS[-1] - 1, column]] for column in (4, 5, 6)]
    assert np.allclose([float(w) for w in weights], last, rtol=1e-6)


@pytest.mark.parametrize(
    ("place", "wrong"),
    [("N6", "=SQRT(SUMSQ(J6:K6))"), ("O6", "=MAX(1,$C$1/N6)"), ("F7", "=F6-$B$1*K6"), ("K5", "=(H5-D5)*B5")],
)
def test_one_wrong_cell_is_the_root(place: str, wrong: str, tmp_path: Path) -> None:
    """Rule: a norm without the bias, the larger share, an update that is not cut, and a wrong gradient are blamed."""
    assert {*roots(judged(_sheet() | {place: wrong}, tmp_path / "w.xlsx"))} == {place}


def test_a_norm_without_the_bias_in_all_steps_is_no_pass(tmp_path: Path) -> None:
    """Rule: where a weight moves by what the norm leaves, it is in the norm; nobody is blamed for it."""
    cells = _sheet() | {f"N{row}": f"=SQRT(SUMSQ(J{row}:K{row}))" for row in ROWS}
    found = trained(filled(tmp_path / "w.xlsx", cells))
    assert found is None or found.results
    assert not roots(found)


def _cut_in_updates(rows: range) -> Cells:
    """A row a step, two inputs whose gradients have one size in the first row; updates cut the gradients themselves."""
    cells: Cells = {"B1": 0.2, "D1": 0.5, "M4": 0.1, "N4": -0.1, "O4": 0}
    data = ((0.49, -0.49, 1.43), (0.31, 0.72, -0.4), (-0.65, 0.2, 0.9), (0.54, 0.21, 1.0), (-0.88, 0.46, -1.23))
    for row, (one, other, target) in zip(rows, data, strict=True):
        cells |= {
            f"B{row}": one,
            f"C{row}": other,
            f"D{row}": target,
            f"H{row}": f"=E{row}*B{row}+F{row}*C{row}+G{row}",
        }
        cells |= {f"{own}{row}": f"={new}{row - 1}" for own, new in zip("EFG", "MNO", strict=True)}
        factors = {"I": f"*B{row}", "J": f"*C{row}", "K": ""}
        cells |= {f"{g}{row}": f"=2*(H{row}-D{row}){factor}" for g, factor in factors.items()}
        cells |= {f"L{row}": f"=SQRT(I{row}^2+J{row}^2+K{row}^2)"}
        for new, own, gradient in zip("MNO", "EFG", "IJK", strict=True):
            cells[f"{new}{row}"] = f"={own}{row}-$B$1*{gradient}{row}*IF(L{row}>$D$1,$D$1/L{row},1)"
    return cells


def test_gradients_that_are_always_cut_are_cut_as_others_are(tmp_path: Path) -> None:
    """Rule: where no random setting leaves the gradients of a step as they are, other steps say what is meant."""
    cells = _cut_in_updates(range(5, 10))
    found = judged(cells, tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())
    wrong = judged(cells | {"M5": "=E5-$B$1*J5*IF(L5>$D$1,$D$1/L5,1)"}, tmp_path / "v.xlsx")
    assert wrong.results
    assert {*roots(wrong)} <= {"M5"}
