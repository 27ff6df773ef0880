"""Softmax units that make the squared error smaller: what flows back goes through a table of all slopes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training_sheets import Cells, judged, roots

from xlcheck.arrays import Array
from xlcheck.learning.dense_gradients import LayerGradients
from xlcheck.oracle.dense_steps import dense_gradients

pytestmark = pytest.mark.keras

_UNITS = "BCD"
_DATA = ((0.8, (1, 0, 0)), (-0.5, (0, 0, 1)), (1.1, (0, 1, 0)), (0.3, (1, 0, 0)))


def _sheet() -> Cells:
    """Four steps in blocks: input, targets, weights, biases, exponentials, shares, errors, slopes, gradients."""
    cells: Cells = {"B1": 0.7}
    firsts = {"weight": (0.2, -0.3, 0.6), "bias": (0.1, 0.4, -0.2)}
    for step, (given, target) in enumerate(_DATA):
        top = 3 + 14 * step
        x, t, w, b, e, p, r, jacobian, d, g = (top + k for k in (0, 1, 2, 3, 4, 5, 6, 7, 10, 11))
        cells |= {f"B{x}": given, f"B{top + 12}": f"=SUMSQ(B{r}:D{r})/2"}
        for k, unit in enumerate(_UNITS):
            cells[f"{unit}{t}"] = target[k]
            for row, name, gradient in ((w, "weight", g), (b, "bias", d)):
                moved = f"={unit}{row - 14}-$B$1*{unit}{gradient - 14}"
                cells[f"{unit}{row}"] = moved if step else firsts[name][k]
            cells |= {f"{unit}{e}": f"=EXP({unit}{w}*$B${x}+{unit}{b})", f"{unit}{p}": f"={unit}{e}/SUM($B{e}:$D{e})"}
            cells |= {f"{unit}{r}": f"={unit}{p}-{unit}{t}", f"{unit}{g}": f"=$B${x}*{unit}{d}"}
            for row, other in enumerate(_UNITS):
                own = f"={unit}{p}*(1-{unit}{p})" if unit == other else f"=-{other}{p}*{unit}{p}"
                cells[f"{unit}{jacobian + row}"] = own
            flows = "+".join(f"${other}{r}*{unit}{jacobian + row}" for row, other in enumerate(_UNITS))
            cells[f"{unit}{d}"] = f"={flows}"
    return cells


def test_a_table_of_slopes_is_known(tmp_path: Path) -> None:
    """Rule: each share by each sum is what Keras says, and so is what flows back through all of them."""
    found = judged(_sheet(), tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())


@pytest.mark.parametrize(("place", "wrong"), [("C24", "=B22*C22"), ("D26", "=D22"), ("B25", "=-C22*D22")])
def test_one_wrong_slope_is_the_root(place: str, wrong: str, tmp_path: Path) -> None:
    """Rule: a slope with another sign, without its second factor, or of another unit is blamed alone."""
    assert roots(judged(_sheet() | {place: wrong}, tmp_path / "w.xlsx")) == [place]


def test_shares_by_sums_are_slopes() -> None:
    """Rule: what Keras says of each share by each sum is how the shares change with the sums; others have none."""
    kernels, biases = [np.full((1, 1, 2), 0.3)], [np.array([[0.2, -0.4]])]
    inputs, target, step = np.array([[[0.7]]]), np.array([[[1.0, 0.0]]]), 1e-6

    def asked(bias: Array, name: str = "softmax") -> LayerGradients:
        layers, _ = dense_gradients([name], kernels, [bias], inputs, target, "mean_squared_error")
        return layers[0]

    first = asked(biases[0])
    for k in range(2):
        moved = asked(biases[0] + step * np.eye(2)[k])
        assert np.allclose((moved.y - first.y)[0, 0] / step, first.shares[0, 0, :, k], atol=1e-5)
    assert asked(biases[0], "sigmoid").shares.size == 0
