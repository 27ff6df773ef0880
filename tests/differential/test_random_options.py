"""Random arguments of operations and attentions: every cell, and every gradient, against Keras.

Ordinary runs try a few of them; `XLCHECK_EXAMPLES=400 XLCHECK_FIRST=81000` tries so many from that one on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_options import DrawnOptions
from models import build, keras, numbers, odd_models_allowed
from test_gradients import largest_difference, one_hot
from thorough import EVERY_CASE

from xlcheck.building.build import build_model
from xlcheck.errors import NotSupportedError
from xlcheck.model.layer_options import OPERATIONS

pytestmark = pytest.mark.keras

L: Any = keras.layers
ops: Any = keras.ops

FIRST = int(os.environ.get("XLCHECK_FIRST") or 2)
SEEDS = range(FIRST, FIRST + int(os.environ.get("XLCHECK_EXAMPLES") or (100 if EVERY_CASE else 2)))
TOGETHER = 4
"""So many operations are the outputs of one model."""


def operations(seed: int) -> tuple[Any, list[np.ndarray], str]:
    """A vector, a sequence or an image, and what some operations make of it; each operation has its turn."""
    drawn = DrawnOptions(rng := np.random.default_rng(seed))
    every = drawn.operations()
    shape = tuple(rng.integers(1, 5 if seed % 3 < 2 else 4, 1 + seed % 3).tolist())
    names = [list(every)[(seed // 3 * TOGETHER + k) % len(every)] for k in range(TOGETHER)]
    x = keras.Input(shape)
    return keras.Model(x, [every[name](x) for name in names]), [numbers(2, *shape, seed=seed)], f"{shape}: {names}"


def layers(seed: int) -> tuple[Any, list[np.ndarray], str]:
    """A vector, a sequence or an image, and what some layers make of it."""
    drawn = DrawnOptions(rng := np.random.default_rng(seed))
    shape = tuple(rng.integers(1, 5, 1 + seed % 3).tolist())
    x = keras.Input(shape)
    made = [drawn.layer(x) for _ in range(TOGETHER)]
    return keras.Model(x, made), [numbers(2, *shape, seed=seed)], f"{shape}: {[y.name for y in made]}"


def attention(seed: int) -> tuple[Any, list[np.ndarray], str]:
    """An Attention or AdditiveAttention."""
    return *DrawnOptions(np.random.default_rng(seed)).attention(), ""


def heads(seed: int) -> tuple[Any, list[np.ndarray], str]:
    """A MultiHeadAttention."""
    return *DrawnOptions(np.random.default_rng(seed)).heads(), ""


@pytest.mark.parametrize("draw", [operations, layers, attention, heads])
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_keras_takes_for_an_argument(
    seed: int, draw: Callable[[int], tuple[Any, list[np.ndarray], str]], tmp_path: Path
) -> None:
    """Each value and each formula cell is Keras's, whatever axes, masks, arrays and numbers are given."""
    drawn: list[Any] = []

    def make() -> Any:
        drawn[:] = draw(seed)
        return drawn[0]

    model, inputs, what = build(make, seed), drawn[1], drawn[2]
    is_built(model, inputs, tmp_path, what)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_keras_differentiates(seed: int) -> None:
    """Each gradient behind an operation is the tape's, whatever it is told; each operation has its turn."""
    drawn = DrawnOptions(rng := np.random.default_rng(seed))
    name, operation = list(drawn.operations().items())[seed // 3 % len(OPERATIONS)]
    shape = tuple(rng.integers(1, 5 if seed % 3 < 2 else 4, 1 + seed % 3).tolist())

    def make() -> Any:
        x = keras.Input(shape)
        y = L.Reshape((-1,))(operation(L.Dense(3, activation="tanh", name="hidden")(x)))
        model = keras.Model(x, L.Dense(3, activation="softmax", name="out")(y))
        model.compile(loss="categorical_crossentropy")
        return model

    with of_one_mind():
        difference, _ = largest_difference(build(make, seed), numbers(3, *shape, seed=seed), one_hot(3))
    assert difference < 1e-12, (name, shape)


@contextmanager
def of_one_mind() -> Iterator[None]:
    """Skip what Keras computes otherwise for other numbers of samples."""
    try:
        yield
    except NotSupportedError as error:
        if "along another axis" not in str(error):
            raise
        pytest.skip(str(error))


def is_built(model: Any, inputs: list[np.ndarray], folder: Path, what: str = "") -> None:
    """Assert that every cell agrees, and nothing is doubted."""
    with odd_models_allowed(), of_one_mind():
        report = build_model(model, inputs, folder / "drawn.xlsx").report
    assert report.counts.agree == report.counts.formula_cells > 0, (report.cells[:3], what)
    assert report.exit_code == 0, (report.reservations, what)


def test_steps_of_constants(tmp_path: Path) -> None:
    """No formula asks whether a constant is above 0, which would be a condition that its equation has not."""
    x, array = keras.Input((2,)), np.array([0.5, 0.0], dtype="float32")
    made = [ops.heaviside(array, x), ops.heaviside(-array[:1], x), ops.heaviside(np.zeros(1), x)]
    is_built(build(lambda: keras.Model(x, made)), [numbers(2, 2)], tmp_path)


def test_every_operation_is_drawn() -> None:
    """What xlcheck knows of `keras.ops`, and nothing else."""
    known = {name.removeprefix("ops.") for name in OPERATIONS}
    assert set(DrawnOptions(np.random.default_rng(0)).operations()) == known
