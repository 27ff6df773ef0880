"""Random models with a loss: every gradient, every new weight and every cell of the workbook, against Keras.

What once failed stands at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import Drawn, drawing, models as hidden_models
from drawn_images import image_models
from hypothesis import assume, given, strategies as st
from models import build, chain, keras, numbers, odd_models_allowed, padded
from thorough import EVERY_CASE

from xlcheck.building.backward import Backward, prepare
from xlcheck.building.build import build_model
from xlcheck.engines import engine
from xlcheck.errors import NotSupportedError
from xlcheck.graph.evaluate import evaluate
from xlcheck.learning.optimisers.batch import batch_graph
from xlcheck.model.keras_reader import read_model
from xlcheck.oracle.batch import record_batch
from xlcheck.oracle.record import record
from xlcheck.verdicts.generated.check import check_content
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

L: Any = keras.layers

_TOLERANCE = 1e-12  # relative to a quantity's largest magnitude, at least 1
_SECOND_OPINIONS = 4  # one workbook of so many is also recalculated by another engine

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
    hidden = draw(hidden_models() | image_models())
    loss = draw(st.sampled_from(sorted(HEADS)))
    activation, fewest, most = HEADS[loss]
    units = draw(st.integers(fewest, most))

    each_step = draw(st.booleans())

    def make() -> Any:
        inner = hidden.make()
        x = inner.output
        timed = each_step and len(x.shape) == 3 and getattr(x, "_keras_mask", None) is None
        x = x if timed else L.Flatten()(x)
        return keras.Model(inner.input, L.Dense(units, activation=activation, name="answer")(x))

    recipe = f"{hidden.recipe} → {'' if each_step else 'Flatten → '}Dense({units}, {activation}) with {loss}"
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


def require(condition: bool) -> None:
    """What `assume` is for models that are not drawn."""
    assert condition


_REFUSED = (
    "not all of its rows are used",  # a sequence too short, or an image too small, for the kernel of a convolution
    "the output is a sequence with a mask",  # which a model inside may hand on
)
"""What is refused by name, and why a random model may come to it."""


def agree(
    drawn: Drawn, loss: str, step: str | None, seed: int, folder: Path, only_if: Callable[[bool], object]
) -> None:
    """Our gradients, and those in the workbook, are Keras's."""
    model = build(drawn.make, drawn.seed)
    targets = targets_for(loss, (len(drawn.inputs), *model.output_shape[1:]), seed)
    asked = asked_for(loss, targets, step)
    with odd_models_allowed():
        spec = replace(read_model(model, [drawn.inputs.shape[1:]]), loss=loss)
        try:
            batch, settings_ = prepare(model, spec, len(drawn.inputs), asked)
        except NotSupportedError as error:
            if "leave --step out" in str(error):  # a layer trains differently than it answers
                agree(drawn, loss, None, seed, folder, only_if)
                return
            if any(reason in str(error) for reason in _REFUSED):
                return
            raise
        trace = record(model, drawn.inputs, targets, loss=loss)
        only_if(all(np.isfinite(values).all() for values in trace.values.values()))
        desired = record_batch(spec, trace, batch, settings_)
        only_if(all(np.isfinite(values).all() for values in desired.values.values()))
    graph = batch_graph(spec, batch)
    actual = evaluate(graph, {q.name: desired[q.name] for q in graph if q.expr is None})
    for q in graph:
        scale = max(1.0, float(np.abs(desired[q.name]).max()))
        difference = float(np.abs(actual[q.name] - desired[q.name]).max()) / scale
        assert difference <= _TOLERANCE, q.name

    with odd_models_allowed():
        report = build_model(model, drawn.inputs, folder / "drawn.xlsx", backward=asked).report
    assert report.counts.agree == report.counts.formula_cells > 0, report.cells[:3]
    assert report.exit_code == 0, report.reservations
    if seed % _SECOND_OPINIONS == 0:
        report = check_content(read_workbook(folder / "drawn.xlsx"), engine("cellrune", guarded=False))
        assert report.counts.agree == report.counts.formula_cells > 0, report.cells[:3]


@drawing(10 if EVERY_CASE else 2)
@given(drawn=learning_models())
def test_gradients_of_random_models_agree_with_the_tape(drawn: tuple[Drawn, str, str, int], tmp_path: Path) -> None:
    """Whatever is put together from supported layers, each gradient, new weight and cell is Keras's."""
    model, loss, step, seed = drawn
    agree(model, loss, step, seed, tmp_path, assume)


def _encoder_decoder(kind: str = "SimpleRNN") -> Any:
    x = keras.Input((1, 1))
    _, *states = getattr(L, kind)(1, return_state=True)(x)
    return keras.Model(x, L.Flatten()(getattr(L, kind)(1, return_sequences=True)(x, initial_state=states)))


def _branches() -> Any:
    x = keras.Input((2,))
    hidden = L.Dense(2)(x)
    return keras.Model(x, L.Add()([L.Dense(2)(hidden), L.Identity()(hidden)]))


MASKED = np.array([[1, 2, 0], [3, 0, 0]])


def looks_at_itself(shape: tuple[int, ...], attention: Any) -> Any:
    """An attention of the steps of a GRU to each other."""
    x = keras.Input(shape)
    h = L.GRU(shape[1], return_sequences=True)(x)
    return keras.Model(x, L.Flatten()(attention([h, h])))


FAILED: dict[str, tuple[Callable[[], Any], np.ndarray]] = {
    # Keras differentiates nothing that follows from whole numbers alone, unless it is told to.
    "nothing before it is trained": (
        lambda: chain((1,), L.CategoryEncoding(6, output_mode="one_hot"), L.Activation("celu"), L.Flatten()),
        np.array([[5], [3]]),
    ),
    # With a single step, nothing but the state handed over has a gradient of its own.
    "one step from a state handed over": (_encoder_decoder, numbers(2, 1, 1)),
    # A state handed over is one tensor in two layers, and so is what a layer passes on unchanged.
    "memory handed over": (lambda: _encoder_decoder("LSTM"), numbers(2, 1, 1)),
    "passed on unchanged": (_branches, numbers(2, 2)),
    # The first of several equal maxima receives the gradient, where Keras pools.
    "equal maxima": (
        lambda: chain((4, 2), L.Dense(2, activation="relu"), L.MaxPooling1D(2, 1), L.Flatten()), padded(2, 4, 2),
    ),
    "equal maxima of repeated words": (
        lambda: chain((4,), L.Embedding(5, 2), L.MaxPooling1D(2), L.GlobalMaxPooling1D()),
        np.array([[1, 1, 1, 1], [2, 0, 2, 2]]),
    ),
    # What a masked layer hands on goes from step to step.
    "masked GRU": (lambda: chain((3,), L.Embedding(5, 2, mask_zero=True), L.GRU(2)), MASKED),
    "masked LSTM, zeros": (
        lambda: chain((3,), L.Embedding(5, 2, mask_zero=True), L.LSTM(2, zero_output_for_mask=True)), MASKED,
    ),
    "masked, unrolled, backwards": (
        lambda: chain((3,), L.Embedding(5, 2, mask_zero=True), L.SimpleRNN(2, unroll=True, go_backwards=True)), MASKED,
    ),
    # Between the steps that a pooling reads are some that nobody reads, whose gradient is the constant 0.
    "steps that nobody reads": (
        lambda: chain((6,), L.Dense(6), L.Reshape((6, 1)), L.MaxPooling1D(1, 2), L.Flatten()), numbers(2, 6),
    ),
    # The weights of a normalisation stand along a row, and what it normalises along a column.
    "normalised vectors": (lambda: chain((3, 2), L.GRU(3), L.LayerNormalization()), numbers(2, 3, 2)),
    # Of a normalisation in groups each reads its part of the weights.
    "groups": (
        lambda: chain(
            (4, 4), L.Conv1D(4, 2, groups=2), L.GroupNormalization(2), L.DepthwiseConv1D(2, depth_multiplier=2),
            L.Flatten(),
        ),
        numbers(2, 4, 4),
    ),
    # One number that all scores are multiplied by: its gradient is a sum over steps of the query and of the key.
    "weighed scores": (lambda: looks_at_itself((4, 3), L.Attention(use_scale=True)), numbers(2, 4, 3)),
    "weighed sums": (lambda: looks_at_itself((3, 2), L.Attention(True, "concat")), numbers(2, 3, 2)),
    # Each gate's kernel of a GRU that is not `reset_after` is multiplied by another vector.
    "GRU of Keras 1": (lambda: chain((3, 2), L.GRU(2, reset_after=False)), numbers(2, 3, 2)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FAILED)[:: 1 if EVERY_CASE else 14])
def test_what_once_failed(name: str, tmp_path: Path) -> None:
    """Models whose gradients once were not Keras's, or could not be written."""
    hidden, inputs = FAILED[name]

    def make() -> Any:
        inner = hidden()
        return keras.Model(inner.inputs, L.Dense(2, activation="softmax", name="answer")(inner.outputs[0]))

    agree(Drawn(make, 3, inputs, name), "sparse_categorical_crossentropy", "adam", 0, tmp_path, require)
