"""Every gradient that follows from the graph beside the one that TensorFlow's tape gives, layer by layer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import models
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from models import chain, codes, keras, numbers, padded
from thorough import EVERY_CASE, spread

from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.gradients import backward
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_reader import read_model
from xlcheck.oracle.gradients import record_gradients
from xlcheck.oracle.record import record

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore:.*was passed an input with a mask"),  # what Keras says of odd models
]

SAMPLES, TIMESTEPS, FEATURES = 3, 4, 2
layers: Any = keras.layers


def largest_difference(model: Any, inputs: np.ndarray, targets: np.ndarray) -> tuple[float, int]:
    """Ours against Keras's, relative to each quantity's largest magnitude; and how many gradients there are."""
    trace = record(model, inputs, targets)
    spec = read_model(model, [inputs.shape[1:]])
    desired = record_gradients(spec, trace)
    graph = backward(forward_graph(spec), len(inputs))
    actual = evaluate(graph, {q.name: trace[q.name] for q in graph if q.expr is None})
    found = [q.name for q in graph if q.name in desired and q.name not in trace]
    missing = [q.name for q in graph if q.name not in desired]
    assert not missing, missing
    worst = 0.0
    for name in found:
        scale = max(1.0, float(np.abs(desired[name]).max()))
        assert actual[name].shape == desired[name].shape, name
        worst = max(worst, float(np.abs(actual[name] - desired[name]).max()) / scale)
    return worst, len(found)


def classifier(*hidden: Any, shape: tuple[int, ...] = (TIMESTEPS, FEATURES), timed: bool = False, seed: int = 5) -> Any:
    """Hidden layers, made anew by the functions given, and a softmax over three classes; with its random inputs."""

    def make() -> Any:
        head = [] if timed else [layers.Flatten(name="flat")]
        model = chain(shape, *(layer() for layer in hidden), *head, layers.Dense(3, activation="softmax", name="out"))
        model.compile(loss="categorical_crossentropy")
        return model

    return models.build(make, seed)


def one_hot(*shape: int) -> np.ndarray:
    return np.eye(3)[np.random.default_rng(3).integers(0, 3, shape)]


HIDDEN: dict[str, tuple[Callable[[], Any], ...]] = {
    "SimpleRNN": (lambda: layers.SimpleRNN(3, name="a"),),
    "SimpleRNN relu, unrolled": (lambda: layers.SimpleRNN(3, activation="relu", unroll=True, name="a"),),
    "SimpleRNN backwards": (lambda: layers.SimpleRNN(3, go_backwards=True, return_sequences=True, name="a"),),
    "LSTM": (lambda: layers.LSTM(3, return_sequences=True, name="a"),),
    "LSTM hard": (lambda: layers.LSTM(2, recurrent_activation="hard_sigmoid", activation="softsign", name="a"),),
    "LSTM without bias": (lambda: layers.LSTM(3, use_bias=False, name="a"),),
    "GRU": (lambda: layers.GRU(3, name="a"),),
    "GRU classic": (lambda: layers.GRU(3, reset_after=False, return_sequences=True, name="a"),),
    "two LSTMs": (lambda: layers.LSTM(3, return_sequences=True, name="a"), lambda: layers.LSTM(2, name="b")),
    "Bidirectional": (lambda: layers.Bidirectional(layers.LSTM(2, return_sequences=True, name="r"), name="a"),),
    "Bidirectional sum": (lambda: layers.Bidirectional(layers.GRU(2, name="r"), merge_mode="sum", name="a"),),
    "TimeDistributed": (lambda: layers.TimeDistributed(layers.Dense(3, activation="tanh", name="d"), name="a"),),
    "TimeDistributed model": (
        lambda: layers.TimeDistributed(keras.Sequential([layers.Dense(3, "tanh"), layers.Dense(2)]), name="a"),
    ),
    "EinsumDense": (lambda: layers.EinsumDense("abc,cde->abde", (TIMESTEPS, 2, 3), "tanh", bias_axes="e", name="a"),),
    "Conv1D": (lambda: layers.Conv1D(3, 2, activation="relu", name="a"),),
    "Conv1D same": (lambda: layers.Conv1D(2, 3, padding="same", strides=2, name="a"),),
    "Conv1D in groups": (lambda: layers.Conv1D(4, 2, groups=2, padding="same", name="a"),),
    "SeparableConv1D": (lambda: layers.SeparableConv1D(3, 2, depth_multiplier=2, activation="tanh", name="a"),),
    "DepthwiseConv1D": (lambda: layers.DepthwiseConv1D(2, depth_multiplier=2, activation="tanh", name="a"),),
    "GroupNormalization": (
        lambda: layers.GRU(4, return_sequences=True, name="g"),
        lambda: layers.GroupNormalization(2, name="a"),
    ),
    "BatchNormalization": (lambda: layers.BatchNormalization(name="a"), lambda: layers.SimpleRNN(2, name="b")),
    "BatchNormalization of steps": (
        lambda: layers.BatchNormalization(axis=1, name="a"),
        lambda: layers.GRU(2, name="b"),
    ),
    "MaxPooling": (lambda: layers.Dense(3, name="d"), lambda: layers.MaxPooling1D(2, name="a")),
    "AveragePooling": (lambda: layers.Dense(3, name="d"), lambda: layers.AveragePooling1D(2, name="a")),
    "GlobalMax": (lambda: layers.Dense(3, name="d"), lambda: layers.GlobalMaxPooling1D(name="a")),
    "GlobalAverage": (lambda: layers.Dense(3, name="d"), lambda: layers.GlobalAveragePooling1D(name="a")),
    "RepeatVector": (
        lambda: layers.SimpleRNN(2, name="a"),
        lambda: layers.RepeatVector(3, name="r"),
        lambda: layers.GRU(2, name="b"),
    ),
    **{
        f"activation {name}": (lambda name=name: layers.Dense(3, activation=name, name="a"),)
        for name in ("elu", "selu", "gelu", "softplus", "softsign", "exponential", "silu", "relu6", "softmax", "mish")
    },
    "PReLU": (lambda: layers.Dense(3, name="d"), lambda: layers.PReLU(name="a")),
    "ZeroPadding1D": (lambda: layers.Dense(3, name="d"), lambda: layers.ZeroPadding1D(1, name="a")),
    "RMSNormalization": (lambda: layers.Dense(3, name="d"), lambda: layers.RMSNormalization(name="a")),
    "UnitNormalization": (lambda: layers.Dense(3, name="d"), lambda: layers.UnitNormalization(name="a")),
    "LeakyReLU": (lambda: layers.Dense(3, name="d"), lambda: layers.LeakyReLU(name="a")),
}


@pytest.mark.parametrize("name", spread(list(HIDDEN), 7))
def test_gradients_of_each_layer_are_those_of_the_tape(name: str) -> None:
    """Weights and every intermediate quantity of a layer change the loss as the tape says, within 1e-14."""
    model = classifier(*HIDDEN[name])
    worst, found = largest_difference(model, numbers(SAMPLES, TIMESTEPS, FEATURES), one_hot(SAMPLES))

    assert found > len(model.trainable_weights)
    assert worst <= 1e-14


def test_an_embedding_with_a_mask() -> None:
    """Only the rows of the words that were read have a gradient; masked steps pass it by."""
    make = (lambda: layers.Embedding(6, 3, mask_zero=True, name="words"), lambda: layers.LSTM(2, name="lstm"))
    model = classifier(*make, shape=(TIMESTEPS,))
    worst, _ = largest_difference(model, codes(SAMPLES, TIMESTEPS, 6), one_hot(SAMPLES))

    assert worst <= 1e-14


def test_truth_values_have_no_gradient() -> None:
    """Nothing flows back through what is compared, however the answers are combined."""

    def make() -> Any:
        x, ops = keras.Input((FEATURES,)), keras.ops
        y = layers.Dense(3, name="y")(x)
        positive = ops.logical_or(ops.logical_not(y > 0.2), ops.logical_and(y > 0.3, y < 0.7))
        model = keras.Model(x, layers.Dense(3, activation="softmax", name="out")(y * ops.cast(positive, y.dtype)))
        model.compile(loss="categorical_crossentropy")
        return model

    worst, _ = largest_difference(models.build(make, 5), numbers(SAMPLES, FEATURES), one_hot(SAMPLES))
    assert worst < 1e-14


def test_products_of_tensors() -> None:
    """However the elements that are multiplied stand in their tensors, gradients flow back to all of them."""

    def make() -> Any:
        x, ops = keras.Input((TIMESTEPS, FEATURES)), keras.ops
        y, z = layers.Dense(2, name="y")(x), layers.Dense(2, name="z")(x)
        made = [
            ops.einsum(subscripts, y, z)
            for subscripts in ("btd,bsd->bts", "bij,bkj->bkji", "bij,bij->bji", "bij,bkj->bi", "bij,bij->bj")
        ]
        made += [ops.matmul(y, ops.transpose(z, (0, 2, 1))), ops.einsum("bij->bj", y)]
        made += [layers.Dot(1, normalize=True)([y, z])]
        flat = layers.Concatenate(name="flat")([layers.Flatten()(own) for own in made])
        model = keras.Model(x, layers.Dense(3, activation="softmax", name="out")(flat))
        model.compile(loss="categorical_crossentropy")
        return model

    model = models.build(make, 5)
    worst, count = largest_difference(model, numbers(SAMPLES, TIMESTEPS, FEATURES), one_hot(SAMPLES))
    assert count > 10
    assert worst < 1e-13


@pytest.mark.parametrize("causal", [False, True])
def test_heads_and_an_average_under_a_mask(causal: bool) -> None:
    """Scores of skipped steps and masks themselves have no gradient."""

    def make() -> Any:
        x = keras.Input((TIMESTEPS,))
        read = layers.Embedding(6, 3, mask_zero=True)(x)
        found = layers.MultiHeadAttention(2, 2, name="heads")(read, read, use_causal_mask=causal)
        answer = layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling1D()(found))
        model = keras.Model(x, answer)
        model.compile(loss="categorical_crossentropy")
        return model

    worst, _ = largest_difference(
        models.build(make, 5), 1 + codes(SAMPLES, TIMESTEPS, 5) * [1, 1, 1, 0], one_hot(SAMPLES)
    )

    assert worst <= 1e-14


def test_masked_sequences() -> None:
    """Where a Masking layer hides a step, the gradient flows on to the step before."""
    model = classifier(lambda: layers.Masking(name="mask"), lambda: layers.GRU(2, name="gru"))
    worst, _ = largest_difference(model, padded(SAMPLES, TIMESTEPS, FEATURES), one_hot(SAMPLES))

    assert worst <= 1e-14


@pytest.mark.parametrize("lesson", ["simple-rnn", "lstm", "rnn-dimensions"])
def test_gradients_of_the_lessons_are_those_of_the_tape(lesson: str) -> None:
    """With the weights of each lesson all gradients agree within 1e-14."""
    fixture = load_fixture(lesson)
    desired = record_gradients(fixture.spec, fixture.trace)
    graph = backward(forward_graph(fixture.spec), len(fixture.samples))
    actual = evaluate(graph, fixture.trace.values)

    assert {q.name for q in graph} == set(desired.values)
    for name, values in desired.values.items():
        np.testing.assert_allclose(actual[name], values, rtol=0, atol=1e-14, err_msg=name)


@pytest.mark.exhaustive
def test_hundreds_of_units() -> None:
    """With 200 units and 20 steps, gradients agree within 1e-12 of each quantity's largest magnitude."""
    make = (lambda: layers.LSTM(200, name="a"),)
    model = classifier(*make, shape=(20, 8))
    worst, _ = largest_difference(model, numbers(4, 20, 8), one_hot(4))

    assert worst <= 1e-12


def test_targets_that_add_up_to_something_else_are_refused() -> None:
    """TensorFlow differentiates a softmax with cross-entropy as if targets added up to 1; others are refused."""
    model = classifier(lambda: layers.SimpleRNN(2, name="a"))
    x = numbers(SAMPLES, TIMESTEPS, FEATURES)

    with pytest.raises(ModelError, match="must add up to 1"):
        largest_difference(model, x, one_hot(SAMPLES) * 0.7)


@st.composite
def layer_options(draw: st.DrawFn) -> tuple[str, int, dict[str, Any]]:
    """The kind of a layer, its units and options."""
    kind = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU", "Dense", "Conv1D"]))
    options: dict[str, Any] = {
        "activation": draw(st.sampled_from(["tanh", "sigmoid", "linear", "softsign"])),
        "use_bias": draw(st.booleans()),
    }
    if kind in ("SimpleRNN", "LSTM", "GRU"):
        options |= {"return_sequences": True, "go_backwards": draw(st.booleans()), "unroll": draw(st.booleans())}
    if kind == "Conv1D":
        options |= {"kernel_size": draw(st.integers(1, 3)), "padding": "causal"}
    return kind, draw(st.integers(1, 4)), options


@settings(
    max_examples=10 if EVERY_CASE else 4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(
    chosen=st.lists(layer_options(), min_size=1, max_size=3),
    sizes=st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 3)),
    timed=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_gradients_of_random_models(
    chosen: list[tuple[str, int, dict[str, Any]]], sizes: tuple[int, int, int], timed: bool, seed: int
) -> None:
    """For any stack of layers, gradients of all quantities are those of the tape."""
    samples, *shape = sizes
    assume(all(options.get("kernel_size", 1) <= shape[0] for _, _, options in chosen))  # else refused, in a sentence
    hidden = [
        lambda kind=kind, units=units, options=options, number=number: getattr(layers, kind)(
            units, name=f"layer{number}", **options
        )
        for number, (kind, units, options) in enumerate(chosen)
    ]
    model = classifier(*hidden, shape=tuple(shape), timed=timed, seed=seed)
    targets = one_hot(samples, shape[0]) if timed else one_hot(samples)
    worst, _ = largest_difference(model, numbers(samples, *shape), targets)

    assert worst <= 1e-13


def test_a_state_that_is_handed_on_as_it_is_has_a_gradient_of_its_own() -> None:
    """Keras's linear activation gives back the very tensor of the cell state, which the next step reads as well."""
    hidden = functools.partial(layers.LSTM, 2, activation="linear", return_sequences=True, name="a")
    worst, _ = largest_difference(classifier(hidden), numbers(SAMPLES, TIMESTEPS, FEATURES), one_hot(SAMPLES))

    assert worst <= 1e-14


def test_a_convolution_that_reaches_too_far_is_refused() -> None:
    """Rows of its kernel that meet no step have no gradient on a sheet; the sentence says so."""
    hidden = functools.partial(layers.Conv1D, 2, TIMESTEPS + 1, padding="causal", name="a")
    model = classifier(hidden)

    with pytest.raises(
        NotSupportedError, match="not all of its rows are used, as of a convolution that reaches further"
    ):
        largest_difference(model, numbers(SAMPLES, TIMESTEPS, FEATURES), one_hot(SAMPLES))
