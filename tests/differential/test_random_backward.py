"""Random models with a loss: every gradient, every new weight and every cell of the workbook, against Keras.

`XLCHECK_EXAMPLES=300` draws more of them. Each model that once failed stands in `REGRESSIONS`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import Drawn
from drawn import models as hidden_models
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from models import build, keras, odd_models_allowed

from xlcheck.errors import NotSupportedError
from xlcheck.graph.evaluate import evaluate
from xlcheck.models.backward import Backward, prepare
from xlcheck.models.build import build_model
from xlcheck.optimisers.batch import batch_graph
from xlcheck.oracle.batch import record_batch
from xlcheck.oracle.record import record
from xlcheck.spec.keras_reader import read_model

pytestmark = pytest.mark.keras

EXAMPLES = int(os.environ.get("XLCHECK_EXAMPLES", "5"))
L: Any = keras.layers

# loss → activation of the last layer, and how many units it may have.
HEADS = {
    "binary_crossentropy": ("sigmoid", 1, 2),
    "binary_crossentropy_from_logits": ("linear", 1, 2),
    "categorical_crossentropy": ("softmax", 2, 3),
    "categorical_crossentropy_from_logits": ("linear", 2, 3),
    "sparse_categorical_crossentropy": ("softmax", 2, 3),
    "sparse_categorical_crossentropy_from_logits": ("linear", 2, 3),
    "mean_squared_error": ("tanh", 1, 3),
}


@st.composite
def learning_models(draw: st.DrawFn) -> tuple[Drawn, str, str, int]:
    """A random model with a last layer and a loss that fit together, an optimiser, and a seed for the targets."""
    hidden = draw(hidden_models())
    loss = draw(st.sampled_from(sorted(HEADS)))
    activation, fewest, most = HEADS[loss]
    units = draw(st.integers(fewest, most))

    def make() -> Any:
        inner = hidden.make()
        flat = L.Flatten()(inner.output)
        return keras.Model(inner.input, L.Dense(units, activation=activation, name="answer")(flat))

    recipe = f"{hidden.recipe} → Flatten → Dense({units}, {activation}) with {loss}"
    drawn = replace(hidden, make=make, recipe=recipe)
    return drawn, loss, draw(st.sampled_from(["sgd", "rmsprop", "adam"])), draw(st.integers(0, 2**16))


def targets_for(loss: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Random right answers of the kind that a loss needs."""
    rng = np.random.default_rng(seed)
    if loss.startswith("mean"):
        return rng.normal(size=shape)
    classes = rng.integers(0, shape[-1], shape[:-1])
    if loss.startswith("sparse"):
        return classes
    return np.eye(shape[-1])[classes] if loss.startswith("categorical") else rng.integers(0, 2, shape) * 1.0


def asked_for(loss: str, targets: np.ndarray, step: str | None) -> Backward:
    """The request for that loss."""
    name = loss.removesuffix("_from_logits")
    return Backward(targets, name, from_logits=name != loss, step=step)


def agree(drawn: Drawn, loss: str, step: str | None, seed: int, folder: Path, tolerance: float = 1e-12) -> None:
    """Our gradients, and those in the workbook, are Keras's."""
    model = build(drawn.make, drawn.seed)
    targets = targets_for(loss, (len(drawn.inputs), *model.output_shape[1:]), seed)
    asked = asked_for(loss, targets, step)
    with odd_models_allowed():
        spec = replace(read_model(model, [drawn.inputs.shape[1:]]), loss=loss)
        try:
            batch, settings_ = prepare(model, spec, len(drawn.inputs), asked)
        except NotSupportedError as error:
            if "leave --step out" not in str(error):
                raise
            step = None  # a layer trains differently than it answers
            asked = replace(asked, step=None)
            batch, settings_ = prepare(model, spec, len(drawn.inputs), asked)
        trace = record(model, drawn.inputs, targets, loss=loss)
        assume(all(np.isfinite(values).all() for values in trace.values.values()))
        desired = record_batch(spec, trace, batch, settings_)
        assume(all(np.isfinite(values).all() for values in desired.values.values()))
    graph = batch_graph(spec, batch)
    actual = evaluate(graph, {q.name: desired[q.name] for q in graph if q.expr is None})
    for q in graph:
        scale = max(1.0, float(np.abs(desired[q.name]).max()))
        difference = float(np.abs(actual[q.name] - desired[q.name]).max()) / scale
        assert difference <= tolerance, q.name

    with odd_models_allowed():
        report = build_model(model, drawn.inputs, folder / "drawn.xlsx", backward=asked).report
    assert report.counts.agree == report.counts.formula_cells > 0, report.cells[:3]


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="XLCHECK_EXAMPLES" not in os.environ,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(drawn=learning_models())
def test_gradients_of_random_models_agree_with_the_tape(drawn: tuple[Drawn, str, str, int], tmp_path: Path) -> None:
    """Whatever is put together from supported layers, each gradient, new weight and cell is Keras's."""
    model, loss, step, seed = drawn
    agree(model, loss, step, seed, tmp_path)
