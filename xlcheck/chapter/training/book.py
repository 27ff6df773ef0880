"""The weights that readers of the chapter have in front of them, and what Keras printed with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xlcheck.model.model_spec import Array


@dataclass(frozen=True)
class PrintedPrediction:
    """What Keras printed for one document.

    Attributes:
        document: the text.
        value: the printed probability, 8 digits.
    """

    document: str
    value: float


def _array(*rows: object) -> Array:
    return np.array(rows, dtype=np.float64)


BOOK_WEIGHTS: dict[str, dict[str, Array]] = {
    "simple-rnn": {
        "simple_rnn.kernel": _array([0.56373304]),
        "simple_rnn.recurrent_kernel": _array([-0.50989217]),
        "simple_rnn.bias": _array(-0.69803804),
        "dense.kernel": _array([0.5092683]),
        "dense.bias": _array(-0.27220774),
    },
    "lstm": {
        "lstm.kernel": _array([-0.32939184, -0.9811073, -0.6059296, -0.33957732]),
        "lstm.recurrent_kernel": _array([-0.04132899, -0.71698403, 0.55261445, -0.37336]),
        "lstm.bias": _array(0.24954776, 1.6016548, -0.4455776, 0.26094177),
        "dense.kernel": _array([1.7236937]),
        "dense.bias": _array(0.24704114),
    },
    "rnn-dimensions": {
        "simple_rnn.kernel": _array(
            [0.033, 0.021, 0.065], [0.052, -0.082, -0.04], [0.048, 0.04, -0.078], [0.056, -0.033, -0.064]
        ),
        "simple_rnn.recurrent_kernel": _array([-0.027, 0.043, 0.032], [-0.046, -0.048, 0.024], [-0.076, -0.032, 0.047]),
        "dense.kernel": _array(
            [0.058, -0.048, -0.008, 0.045], [0.007, 0.053, -0.092, -0.035], [-0.076, -0.072, -0.066, -0.004]
        ),
    },
}

BOOK_PREDICTIONS: dict[str, PrintedPrediction] = {
    "simple-rnn": PrintedPrediction("very good", 0.53199273),
    "lstm": PrintedPrediction("very bad", 0.47375038),
}
