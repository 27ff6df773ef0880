"""Numbers that are nearly equal, and compared: nobody is accused of taking them for equal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlcheck.arrays import Array
from xlcheck.building.backward import Backward
from xlcheck.building.build import build_model
from xlcheck.graph.expressions import BatchSum, Const, Expr, Greater, NotEqual, Ref
from xlcheck.model.keras_import import import_keras
from xlcheck.verdicts.generated.near_ties import near_ties
from xlcheck.verdicts.placement import Placement, Sighting
from xlcheck.verdicts.ranges import Verdicts

VALUES = {"a": np.array([[1.0], [1.0], [1.0], [0.0]]), "b": np.array([[1.0], [1 - 1e-15], [1 - 1e-12], [1e-300]])}
SMALL = {
    "compared": (NotEqual(Ref("a"), Ref("b")), [False, True, False, False]),
    "larger": (2 * Greater(Ref("b"), Ref("a")), [False, True, False, False]),
    "all samples": (BatchSum(NotEqual(Ref("a"), Ref("b"))), [True, True, True, True]),
    "with a number": (Greater(Ref("a"), Const(1 - 1e-15)), [True, True, True, False]),
    "not compared": (Ref("a") - Ref("b"), [False] * 4),
}


@pytest.mark.parametrize("name", SMALL)
def test_only_what_differs_in_the_last_digits_is_nearly_equal(name: str) -> None:
    """Neither what is the same to the last bit, nor what any program tells apart; of small numbers their own digits."""
    expr, expected = SMALL[name]
    one = np.array([True])
    sighting = Sighting(Placement("q", None, "S", one * 1, one * 0), np.zeros((4, 1)), {}, one, one, one)

    def follow(what: Any) -> Array:
        assert not isinstance(what, Expr)
        return np.broadcast_to(what(VALUES)[:, None], (4, 1))

    verdicts = Verdicts(sighting, np.zeros((4, 1)), None, np.zeros((4, 1), dtype=np.int8), 1.0, follow)

    assert near_ties(expr, verdicts)[:, 0].tolist() == expected


@pytest.mark.keras
def test_a_saturated_maximum_is_no_mistake(tmp_path: Path) -> None:
    """Far out many outputs of tanh are nearly 1, and which of them is the largest is a matter of the last bit."""
    keras: Any = import_keras()
    keras.utils.set_random_seed(1)
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((5, 3)), layers.Dense(4, "tanh"), layers.GlobalMaxPooling1D(), layers.Dense(1)]
    )
    asked = Backward(np.array([1.0, 0, 2]), "mean_squared_error")
    inputs = np.random.default_rng(0).normal(size=(3, 5, 3))

    assert build_model(model, inputs, tmp_path / "m.xlsx", backward=asked).report.ok
