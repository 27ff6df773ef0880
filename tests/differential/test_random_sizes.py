"""Random sizes: models of many layers, steps, samples, features or outputs, for which every page must make room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from models import build, keras, odd_models_allowed
from thorough import EVERY_CASE

from xlcheck.building.build import build_model

pytestmark = pytest.mark.keras

L: Any = keras.layers
_SIZES = (1, 2, 3, 9, 20, 61, 100, 256)
"""Of lists, rows, columns and choices, on both sides of what a page, a drop-down or a formula has room for."""


def one_large(seed: int) -> tuple[Any, np.ndarray]:
    """A model with inputs, of which one size is drawn from all, and the others are small."""
    rng = np.random.default_rng(seed)
    large = ("layers", "recurrent layers", "steps", "samples", "features", "outputs")[seed % 6]
    size = {large: int(rng.choice(_SIZES[:6] if "layers" in large else _SIZES))}
    steps, samples, features = (size.get(name, int(rng.integers(1, 4))) for name in ("steps", "samples", "features"))
    kind = str(rng.choice(["SimpleRNN", "LSTM", "GRU"]))
    has_steps = bool(rng.random() < 0.5) or large in ("steps", "recurrent layers")
    shape = (steps, features) if has_steps else (features,)

    def make() -> Any:
        layers = [getattr(L, kind)(1, return_sequences=True) for _ in range(size.get("recurrent layers", 1) // 6)]
        layers = [*layers, getattr(L, kind)(2)] if has_steps else []
        layers += [L.Dense(1, activation="tanh") for _ in range(size.get("layers", 1))]
        return keras.Sequential([keras.Input(shape), *layers, L.Dense(size.get("outputs", 1))])

    return build(make, seed), rng.normal(size=(samples, *shape)).astype("float32").astype("float64")


@pytest.mark.parametrize("seed", range(48) if EVERY_CASE else (1, 2))
def test_a_model_of_any_size_is_built(seed: int, tmp_path: Path) -> None:
    """Every page has room for it, or is left out; nothing is computed otherwise because of it."""
    model, inputs = one_large(seed)
    with odd_models_allowed():
        report = build_model(model, inputs, tmp_path / "m.xlsx").report

    assert report.counts.agree == report.counts.formula_cells > 0, report.cells[:3]
