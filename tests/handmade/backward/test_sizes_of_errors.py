"""Absolute errors and Huber's: which formulas speak of them, and whether errors tell where the bound lies."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from recognised_sheets import sheet

from xlcheck.handmade.backward.robust import is_robust, is_told, robust_losses
from xlcheck.learning.dense_gradients import ABSOLUTE, huber

_GIVEN = {"A1": 0.4, "B1": 0.9, "D1": 0.5, "D2": -0.5, "D3": 2, "D4": 3}


@pytest.mark.parametrize(
    ("formulas", "losses"),
    [
        (["=(A1-B1)^2"], []),
        (["=ABS(A1-B1)"], [ABSOLUTE]),
        (["=SIGN(A1-B1)*B1"], [ABSOLUTE]),
        (["=IF(ABS(A1-B1)<=1,0.5*(A1-B1)^2,ABS(A1-B1)-0.5)"], [ABSOLUTE, huber(1.0)]),
        (["=IF(D1<ABS(A1-B1),1,2)*A1"], [ABSOLUTE, huber(0.5)]),
        (["=IF(ABS(A1-B1)<D2,1,2)*A1"], [ABSOLUTE]),
        (["=IF(A1-B1<D1,1,2)*A1"], []),
        ([f"=IF(ABS(A1-B1)<D{row},1,2)*A1" for row in (1, 3, 4)], [ABSOLUTE, huber(0.5), huber(2.0)]),
    ],
)
def test_formulas_speak_of_a_loss(formulas: list[str], losses: list[str], tmp_path: Path) -> None:
    """Rule: sizes and signs speak of absolute errors, a positive bound of a size of Huber's; two bounds are tried."""
    cells = {f"F{row}": text for row, text in enumerate(formulas, start=1)}
    assert robust_losses(sheet(_GIVEN | cells, tmp_path).terms) == losses


def _step(loss: str, errors: object, targets: tuple[int, ...] = (1, 1)) -> Any:
    """A step of two samples of one output, of which errors are known under three settings."""
    samples = [SimpleNamespace(targets=(("S", 0, 0),) * many) for many in targets]
    y = np.array(errors, dtype=float)[:, :, None]
    layers, network = [SimpleNamespace(y=y)], SimpleNamespace(samples=samples)
    return SimpleNamespace(truth=SimpleNamespace(loss=loss, network=network, layers=layers, targets=np.zeros(y.shape)))


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ([[0.2, -3], [-2, 0.1], [9, 9]], True),
        ([[0.2, 0.3], [-2, 0.1], [9, 9]], False),
        ([[3, -3], [-2, 0.1], [9, 9]], False),
        ([[3, -3], [-2, 2], [0, 0]], False),
        ([[0.2, 0.3], [0.2, 0.1], [9, 9]], False),
    ],
    ids=["both", "one sample always small", "one sample always large", "the numbers shown alone", "all small"],
)
def test_errors_on_both_sides_of_a_bound_tell_it(errors: object, told: bool) -> None:
    """Rule: under the settings, of which the last is what is shown, errors are smaller than the bound and larger."""
    assert is_told([_step(huber(1.0), errors)]) is told
    assert is_told([_step(ABSOLUTE, errors)])


def test_a_sample_without_a_target_has_no_error() -> None:
    """Rule: only samples that are compared with something are asked."""
    errors = [[0.2, 0.3], [-2, 0.1], [9, 9]]
    assert is_told([_step(huber(1.0), errors, (1, 0))])
    assert not is_told([_step(huber(1.0), errors, (1, 0)), _step(huber(1.0), errors, (0, 1))])


def test_which_losses_are_robust() -> None:
    """Rule: absolute errors and Huber's are, squares and cross-entropies are not."""
    assert [is_robust(own) for own in (ABSOLUTE, huber(2.0), "mean_squared_error", "binary_crossentropy")] == [
        True, True, False, False,
    ]  # fmt: skip
