"""How a weight stands in a workbook: as in the model, transposed, or with its gates in another order."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from xlcheck.handmade.networks.weights import SINGLE, read_weight

KERNEL = np.random.default_rng(0).normal(size=(3, 8))
SQUARE = np.random.default_rng(1).normal(size=(2, 8))


def test_a_weight_as_it_is() -> None:
    """All numbers right is a share of 1 and no diagnosis; one wrong number lowers the share."""
    wrong = KERNEL.copy()
    wrong[1, 2] += 1e-3

    assert (read_weight(KERNEL, KERNEL, "LSTM").share, read_weight(KERNEL, KERNEL, "LSTM").diagnosis) == (1.0, None)
    assert read_weight(wrong, KERNEL, "LSTM").share == pytest.approx(23 / 24)
    assert read_weight(wrong, KERNEL, "LSTM").diagnosis is None


@pytest.mark.parametrize("order", [order for order in permutations(range(4)) if order != (0, 1, 2, 3)])
def test_every_order_of_gates_is_known(order: tuple[int, ...]) -> None:
    """Whichever gates stand at Keras's places, they are named."""
    blocks = np.split(KERNEL, 4, axis=1)
    reading = read_weight(np.concatenate([blocks[i] for i in order], axis=1), KERNEL, "LSTM")

    assert (reading.share, reading.diagnosis) == (1.0, "gate-order")
    assert reading.gates == tuple("ifco"[i] for i in order)


def test_a_transposed_kernel_is_known() -> None:
    """Each gate's square is turned over."""
    turned = np.concatenate([block.T for block in np.split(SQUARE, 4, axis=1)], axis=1)

    assert read_weight(turned, SQUARE, "LSTM").diagnosis == "kernel-transposed"


def test_single_precision_is_no_difference() -> None:
    """Numbers rounded to float32 are right; ten times that error is not."""
    assert read_weight(KERNEL.astype(np.float32).astype(float), KERNEL, "LSTM").share == 1.0
    assert read_weight(KERNEL + 10 * SINGLE * np.abs(KERNEL).max(), KERNEL, "LSTM").share == 0.0


def test_other_numbers_and_none_are_not_the_weight() -> None:
    """Numbers of another model, and cells without numbers, have no share."""
    assert read_weight(np.cos(KERNEL), KERNEL, "LSTM").share == 0.0
    assert read_weight(np.full_like(KERNEL, np.nan), KERNEL, "LSTM").share == 0.0
