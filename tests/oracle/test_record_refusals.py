"""What cannot be recorded is refused in one sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from recorded_models import SAMPLES, UNITS, classifier, inputs, recurrent

from xlcheck.errors import ModelError
from xlcheck.oracle.record import record

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("states", "message"),
    [
        ({"rnn.h_init": (SAMPLES, UNITS)}, "rnn.h_init and rnn.c_init; only rnn.h_init"),
        ({"rnn.h_init": (SAMPLES, UNITS), "rnn.c_init": (1, UNITS)}, r"rnn.c_init has the shape \(1, 3\)"),
        ({"other.h_init": (SAMPLES, UNITS)}, "no initial state other.h_init"),
    ],
)
def test_bad_initial_states(states: dict[str, tuple[int, ...]], message: str) -> None:
    """A missing, misshapen or unknown state is named instead of being replaced by zeros."""
    with pytest.raises(ModelError, match=message):
        record(recurrent("LSTM"), inputs(), initial_states={name: np.zeros(shape) for name, shape in states.items()})


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 4)), r"reads \(4, 2\) for each sample; the inputs have \(4\)"),
        (np.zeros((3, 5, 2)), r"reads \(4, 2\) for each sample; the inputs have \(5, 2\)"),
        (np.full((3, 4, 2), np.nan), "finite"),
        (np.zeros((0, 4, 2)), "at least one"),
        (np.float64(1.0), "axis of samples"),
    ],
)
def test_bad_inputs(array: Any, message: str) -> None:
    """Inputs of another shape, without samples or with a NaN are refused in one sentence."""
    with pytest.raises(ModelError, match=message):
        record(recurrent("LSTM"), array)


@pytest.mark.parametrize(
    ("targets", "message"), [(np.zeros((3, 2)), "answers in the shape"), ([[1], [np.inf], [0]], "finite")]
)
def test_bad_targets(targets: Any, message: str) -> None:
    """Targets of another shape are refused, not broadcast; so is an infinity."""
    with pytest.raises(ModelError, match=message):
        record(classifier("binary_crossentropy"), inputs(), targets)
