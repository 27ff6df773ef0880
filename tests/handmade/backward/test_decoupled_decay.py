"""Adam with weight decay beside it (AdamW, Loshchilov and Hutter 2019): the weight shrinks by a part of itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training_sheets import DATA, FIRST, ROWS, Cells, filled, judged, roots, table_of, trained, with_gradients

from xlcheck.model.keras_import import import_keras
from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras

_WEIGHTS = {"E": ("J", 0.8), "F": ("K", -0.4), "G": ("L", 0.2)}
_DECAYED = "={w}-$C$1*$G$1*{w}-$C$1*{m}/(SQRT({v})+$F$1)"


def _adam(update: str = _DECAYED) -> Cells:
    """With gradients; rate, shares, epsilon and decay in row 1; averages, and both made up for, from column M on."""
    cells = with_gradients() | {"C1": 0.1, "D1": 0.9, "E1": 0.999, "F1": 1e-7, "G1": 0.05}
    for number, (weight, (gradient, first)) in enumerate(_WEIGHTS.items()):
        m, v, mhat, vhat = ("MNO"[number], "PQR"[number], "STU"[number], "VWX"[number])
        for step, row in enumerate(ROWS, start=1):
            for kept, share, own in ((m, "$D$1", f"{gradient}{row}"), (v, "$E$1", f"{gradient}{row}^2")):
                before = f"{share}*{kept}{row - 1}+" if row > FIRST else ""
                cells[f"{kept}{row}"] = f"={before}(1-{share})*{own}"
            cells |= {f"{mhat}{row}": f"={m}{row}/(1-$D$1^$A{row})", f"{vhat}{row}": f"={v}{row}/(1-$E$1^$A{row})"}
            names = {"w": f"{weight}{row - 1}", "m": f"{mhat}{row - 1}", "v": f"{vhat}{row - 1}"}
            cells |= {f"A{row}": step, f"{weight}{row}": update.format(**names) if row > FIRST else first}
    return cells


def test_a_training_with_decay_beside_adam_agrees(tmp_path: Path) -> None:
    """Rule: what the weight loses besides is told from what Adam takes; the last weights are those of Keras's AdamW."""
    cells = _adam()
    found = judged(cells, tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())
    keras = import_keras()
    weights = [keras.Variable(first, dtype="float64") for _, first in _WEIGHTS.values()]
    optimiser = keras.optimizers.AdamW(learning_rate=0.1, weight_decay=0.05, epsilon=1e-7)
    optimiser.build(weights)
    for one, other, target in DATA[:-1]:
        error = sum(float(w) * x for w, x in zip(weights, (one, other, 1.0), strict=True)) - target
        optimiser.apply([np.asarray(error * x) for x in (one, other, 1.0)], weights)
    table, values = table_of(filled(tmp_path / "v.xlsx", cells))
    last = [values[table.index["Sheet", ROWS[-1] - 1, column]] for column in (4, 5, 6)]
    assert np.allclose([float(w) for w in weights], last, rtol=1e-4)  # ε counts otherwise there


def _shrinking(weight: str = "=E{0}*(1-A{0}*$G$1)-A{0}*J{0}") -> Cells:
    """Without averages: kernels shrink by a share of themselves, written as one factor, and the bias does not."""
    cells = with_gradients() | {"G1": 0.05}
    for row in ROWS[:-1]:
        cells[f"E{row + 1}"] = weight.format(row)
        cells[f"F{row + 1}"] = f"=(1-A{row}*$G$1)*F{row}-A{row}*K{row}"
    return cells


def test_weights_that_shrink_by_a_factor_agree(tmp_path: Path) -> None:
    """Rule: `w·(1 − η·λ)` is the weight and what it loses; a bias need not shrink."""
    found = judged(_shrinking(), tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())


def test_one_weight_that_shrinks_otherwise_is_no_pass(tmp_path: Path) -> None:
    """Rule: a kernel that grows where the other one shrinks is open or wrong, and nobody else is blamed."""
    found = trained(filled(tmp_path / "w.xlsx", _shrinking("=E{0}*(1+A{0}*$G$1)-A{0}*J{0}")))
    assert found is None or found.results or found.gaps
    assert {own[0] for own in roots(found)} <= {"E"}


def test_weights_that_grow_in_all_steps_are_no_pass(tmp_path: Path) -> None:
    """Rule: where weights grow by a part of themselves, it is no AdamW, and nobody is blamed."""
    found = trained(filled(tmp_path / "w.xlsx", _adam("={w}+$C$1*$G$1*{w}-$C$1*{m}/(SQRT({v})+$F$1)")))
    assert found is None or found.results or found.gaps
    assert not roots(found)


def test_one_update_without_decay_is_no_pass(tmp_path: Path) -> None:
    """Rule: an update that leaves out what all others lose is not right, and no other cell is blamed for it."""
    wrong = {"F6": "=F5-$C$1*T5/(SQRT(W5)+$F$1)"}
    found = judged(_adam() | wrong, tmp_path / "w.xlsx")
    statuses = {own.cell: own.status for own in found.results}
    assert "F6" in statuses
    assert {cell for cell, status in statuses.items() if status is Status.ROOT} <= {"F6"}
