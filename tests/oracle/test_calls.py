"""Which of the calls of a shared layer is which."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.noted import _is_equal

pytestmark = pytest.mark.keras


def tensor(*numbers: float, mask: Any = None) -> Any:
    """A tensor of its own, with a mask if one is given."""
    keras = import_keras()
    made = keras.ops.convert_to_tensor(np.array([numbers]))
    if mask is not None:
        keras.src.backend.set_keras_mask(made, keras.ops.convert_to_tensor(np.array([mask])))
    return made


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((1.0, 2.0), (1.0, 2.0), True),
        ((1.0, 2.0), (1.0, 3.0), False),
        ((float("nan"), 2.0), (float("nan"), 2.0), True),
        ((1.0,), (1.0, 1.0), False),
    ],
)
def test_tensors_are_equal_by_their_numbers(one: tuple[float, ...], other: tuple[float, ...], same: bool) -> None:
    """A copy that Keras makes of what a layer is given counts as the same; other numbers and shapes do not."""
    assert _is_equal(tensor(*one), tensor(*other)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([True, False], [True, False], True),
        ([True, False], [True, True], False),
        ([True, True], None, False),
        (None, [True, True], False),
        (None, None, True),
    ],
)
def test_and_by_their_masks(one: list[bool] | None, other: list[bool] | None, same: bool) -> None:
    """Of equal numbers under other masks, or under none, a layer makes something else."""
    assert _is_equal(tensor(1.0, 2.0, mask=one), tensor(1.0, 2.0, mask=other)) is same
