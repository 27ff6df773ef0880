"""Random models: a hypothesis strategy that draws an input and layer after layer what may follow.

`XLCHECK_EXAMPLES=300` draws more of them, and each time others.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings, strategies as st
from models import codes, keras, numbers, padded

from xlcheck.layers.activations import ACTIVATIONS

L: Any = keras.layers
_CALM = sorted(set(ACTIVATIONS) - {"exponential"})  # fed back, e^x leaves the range of numbers
_SAMPLES = 2
_Layer = Callable[[Any], Any]


def drawing(examples: int) -> settings:
    """How a test of random models runs that draws so many of them, always the same, if nobody asks for more."""
    asked = os.environ.get("XLCHECK_EXAMPLES")
    return settings(
        max_examples=int(asked or examples),
        deadline=None,
        derandomize=asked is None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )


@dataclass
class Flow:
    """A tensor while its model is drawn: its shape without samples, and whether a mask may hang on it."""

    shape: tuple[int, ...]
    masked: bool = False

    @property
    def timed(self) -> bool:
        """Whether it is a sequence."""
        return len(self.shape) == 2


@dataclass(frozen=True)
class Drawn:
    """How to make a model, its inputs, and the same in words, for the report of a failure."""

    make: Callable[[], Any]
    seed: int
    inputs: np.ndarray
    recipe: str

    def __repr__(self) -> str:
        return self.recipe


def _later(name: str, *args: Any, **options: Any) -> _Layer:
    """A layer that is made only when the model is built, in the model's precision and outside the drawing."""

    def layer(x: Any) -> Any:
        return getattr(L, name)(*args, **options)(x)

    return layer


@st.composite
def models(draw: st.DrawFn) -> Drawn:
    """A model of up to six layers, with branches, models inside and states handed over."""
    recipe: list[str] = []
    flow, read, inputs = _input(draw, recipe)
    steps: list[_Layer] = []
    for _ in range(draw(st.integers(1, 6))):
        steps.append(_next(draw, flow, recipe))
    seed = draw(st.integers(0, 2**16))

    def make() -> Any:
        x = keras.Input(inputs.shape[1:])
        y = read(x)
        for step in steps:
            y = step(y)
        return keras.Model(x, y)

    return Drawn(make, seed, inputs, " → ".join([*recipe, f"weights of seed {seed}"]))


def _input(draw: st.DrawFn, recipe: list[str]) -> tuple[Flow, _Layer, np.ndarray]:
    kind = draw(st.sampled_from(["sequence", "masked sequence", "codes", "masked codes", "one-hot", "vector"]))
    timesteps, features = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    seed = draw(st.integers(0, 2**16))
    recipe.append(f"{kind} {timesteps} × {features}, seed {seed}")
    if kind == "vector":
        return Flow((features,)), lambda x: x, numbers(_SAMPLES, features, seed=seed)
    if kind == "sequence":
        return Flow((timesteps, features)), lambda x: x, numbers(_SAMPLES, timesteps, features, seed=seed)
    if kind == "masked sequence":
        return (
            Flow((timesteps, features), masked=True), _later("Masking"),
            padded(_SAMPLES, timesteps, features, seed=seed),
        )  # fmt: skip
    words = codes(_SAMPLES, timesteps, 6, seed=seed)
    if kind == "one-hot":
        flow = Flow((timesteps, 6) if timesteps > 1 else (6,))
        return flow, _later("CategoryEncoding", 6, output_mode="one_hot"), words
    masked = kind == "masked codes"
    return Flow((timesteps, features), masked), _later("Embedding", 6, features, mask_zero=masked), words


def _next(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    """One more layer, or a small group of them; `flow` is changed to what comes out."""
    any_shape = [_dense, _activation, _activation_layer, _normalisation, _identity, _residual, _inner_model, _reshape]
    timed = [_recurrent, _recurrent, _bidirectional, _encoder_decoder, _conv, _pool, _global_pool, _rearrange, _attend]
    part = draw(st.sampled_from(any_shape + timed if flow.timed else [*any_shape, _repeat]))
    return part(draw, flow, recipe)


def _note(recipe: list[str], name: str, **options: Any) -> dict[str, Any]:
    recipe.append(f"{name}({', '.join(f'{key}={value!r}' for key, value in options.items())})")
    return options


def _dense(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    options = _note(
        recipe, "Dense", units=draw(st.integers(1, 4)), activation=draw(st.sampled_from(sorted(ACTIVATIONS))),
        use_bias=draw(st.booleans()),
    )  # fmt: skip
    flow.shape = (*flow.shape[:-1], options["units"])
    if flow.timed and draw(st.booleans()):
        recipe[-1] += " distributed"
        return lambda x: L.TimeDistributed(L.Dense(**options))(x)  # noqa: PLW0108, made when it is called
    return _later("Dense", **options)


def _activation(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    options = _note(recipe, "Activation", activation=draw(st.sampled_from(_CALM)))
    return _later("Activation", **options)


def _activation_layer(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    slope = draw(st.floats(0, 1))
    name, options = draw(
        st.sampled_from(
            [
                ("ReLU", {"negative_slope": slope, "max_value": draw(st.sampled_from([None, 0.7, 6.0]))}),
                ("ReLU", {"threshold": slope, "negative_slope": 0.1}),
                ("LeakyReLU", {"negative_slope": slope}),
                ("ELU", {"alpha": slope}),
                ("PReLU", {"shared_axes": [1] if flow.timed and slope < 0.5 else None}),
                *([] if flow.masked else [("Softmax", {})]),
            ]
        )
    )
    _note(recipe, name, **options)
    return _later(name, **options)


def _normalisation(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    name = draw(st.sampled_from(["LayerNormalization", "BatchNormalization", "GroupNormalization"]))
    grouped = {"groups": _groups(draw, flow.shape[-1])} if name == "GroupNormalization" else {}
    options = _note(recipe, name, center=draw(st.booleans()), scale=draw(st.booleans()), **grouped)
    return _later(name, **options)


def _groups(draw: st.DrawFn, size: int) -> int:
    """Into how many groups features can be divided."""
    return draw(st.sampled_from([n for n in range(1, size + 1) if size % n == 0]))


def _identity(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    name = draw(st.sampled_from(["Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout"]))
    _note(recipe, name)
    return _later(name, 0.5)


def _residual(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    """The tensor and a layer of it, merged."""
    name = draw(
        st.sampled_from(["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"])
    )  # fmt: skip
    options = _note(recipe, name, activation=draw(st.sampled_from(_CALM)))
    units = flow.shape[-1]
    if name == "Concatenate":
        flow.shape = (*flow.shape[:-1], 2 * units)
    return lambda x: getattr(L, name)()([x, L.Dense(units, **options)(x)])


def _inner_model(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    """A model inside the model, called twice."""
    shape = flow.shape
    recipe.append("a model inside, twice, added")

    def layer(x: Any) -> Any:
        inner = keras.Sequential([keras.Input(shape), L.Dense(shape[-1], activation="tanh"), L.ReLU()])
        return L.Add()([inner(x), inner(L.Rescaling(-1.0)(x))])

    return layer


def _reshape(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    size = int(np.prod(flow.shape))
    rows = draw(st.sampled_from([n for n in range(1, size + 1) if size % n == 0]))
    target = draw(st.sampled_from([(size,), (rows, size // rows), (rows, -1)]))
    _note(recipe, "Reshape", target_shape=target)
    flow.shape, flow.masked = (size,) if len(target) == 1 else (rows, size // rows), False
    return _later("Reshape", target)


def _repeat(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    options = _note(recipe, "RepeatVector", n=draw(st.integers(1, 4)))
    flow.shape = (options["n"], *flow.shape)
    return _later("RepeatVector", **options)


def _rnn_options(draw: st.DrawFn, flow: Flow, kind: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "units": draw(st.integers(1, 3)),
        "activation": draw(st.sampled_from(_CALM)),
        "use_bias": draw(st.booleans()),
    }
    if kind != "SimpleRNN":
        options["recurrent_activation"] = draw(st.sampled_from(["sigmoid", "hard_sigmoid", "softsign"]))
    if kind == "GRU":
        options["reset_after"] = draw(st.booleans())
    return options


def _recurrent(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    kind = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU"]))
    options = _rnn_options(draw, flow, kind)
    options |= {
        name: draw(st.booleans()) for name in ("return_sequences", "go_backwards", "unroll", "zero_output_for_mask")
    }
    if flow.masked and options["go_backwards"] and options["zero_output_for_mask"]:
        options["unroll"] = False  # refused: Keras itself is wrong there
    _note(recipe, kind, **options)
    if options["return_sequences"]:
        flow.shape = (flow.shape[0], options["units"])
    else:
        flow.shape, flow.masked = (options["units"],), False
    return _later(kind, **options)


def _bidirectional(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    kind = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU"]))
    options = _rnn_options(draw, flow, kind) | {"return_sequences": draw(st.booleans())}
    mode = draw(st.sampled_from(["concat", "sum", "mul", "ave"]))
    _note(recipe, f"Bidirectional {mode} {kind}", **options)
    units = options["units"] * (2 if mode == "concat" else 1)
    if options["return_sequences"]:
        flow.shape = (flow.shape[0], units)
    else:
        flow.shape, flow.masked = (units,), False
    return lambda x: L.Bidirectional(getattr(L, kind)(**options), merge_mode=mode)(x)  # noqa: PLW0108


def _encoder_decoder(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    """A layer whose last states are the first ones of another layer."""
    kind = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU"]))
    options = _rnn_options(draw, flow, kind)
    _note(recipe, f"encoder and decoder {kind}", **options)
    flow.shape = (flow.shape[0], options["units"])

    def layers(x: Any) -> Any:
        _, *states = getattr(L, kind)(**options, return_state=True)(x)
        return getattr(L, kind)(**options, return_sequences=True)(x, initial_state=states)

    return layers


def _conv(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    timesteps = flow.shape[0]
    padding = draw(st.sampled_from(["same", "causal", "valid"]))
    size = draw(st.integers(1, min(3, timesteps) if padding == "valid" else 3))
    strides = draw(st.integers(1, 3))
    fits = (timesteps - 1) // max(size - 1, 1) if padding == "valid" else 2
    dilation = draw(st.integers(1, min(2, max(fits, 1)))) if strides == 1 else 1
    groups = _groups(draw, flow.shape[1])
    options = _note(
        recipe, "Conv1D", filters=groups * draw(st.integers(1, 3)), groups=groups, kernel_size=size, strides=strides,
        padding=padding, dilation_rate=dilation, activation=draw(st.sampled_from(_CALM)), use_bias=draw(st.booleans()),
    )  # fmt: skip
    reach = (size - 1) * dilation + 1
    length = (timesteps - reach) // strides + 1 if padding == "valid" else -(-timesteps // strides)
    flow.shape, flow.masked = (length, options["filters"]), False
    return _later("Conv1D", **options)


def _pool(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    name = draw(st.sampled_from(["MaxPooling1D", "AveragePooling1D"]))
    padding = draw(st.sampled_from(["same", "valid"]))
    size = draw(st.integers(1, flow.shape[0] if padding == "valid" else 3))
    options = _note(recipe, name, pool_size=size, strides=draw(st.integers(1, 3)), padding=padding)
    length = (flow.shape[0] - size) // options["strides"] + 1
    flow.shape = (length if padding == "valid" else -(-flow.shape[0] // options["strides"]), flow.shape[1])
    flow.masked = False
    return _later(name, **options)


def _global_pool(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    # The average of no step at all is NaN in Keras, so masked sequences take the maximum.
    names = ["GlobalMaxPooling1D"] if flow.masked else ["GlobalMaxPooling1D", "GlobalAveragePooling1D"]
    name = draw(st.sampled_from(names))
    options = _note(recipe, name, keepdims=draw(st.booleans()))
    flow.shape = (1, flow.shape[1]) if options["keepdims"] else (flow.shape[1],)
    flow.masked = False
    return _later(name, **options)


def _rearrange(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    timesteps, features = flow.shape
    choice = draw(st.sampled_from(["Flatten", "Permute", "UpSampling1D", "Cropping1D", "Concatenate"]))
    if choice == "Concatenate" and flow.masked:
        choice = "Flatten"
    _note(recipe, choice)
    flow.masked = False
    if choice == "Flatten":
        flow.shape = (timesteps * features,)
        return _later("Flatten")
    if choice == "Permute":
        flow.shape = (features, timesteps)
        return _later("Permute", (2, 1))
    if choice == "UpSampling1D":
        flow.shape = (2 * timesteps, features)
        return _later("UpSampling1D", 2)
    if choice == "Cropping1D":
        crop = 1 if timesteps > 1 else 0
        flow.shape = (timesteps - crop, features)
        return _later("Cropping1D", (crop, 0))
    flow.shape = (2 * timesteps, features)
    return lambda x: L.Concatenate(axis=1)([x, L.Rescaling(0.5)(x)])


def _attend(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    """The similarity of every step with every step, and what the similar ones say: attention by hand."""
    _note(recipe, "attention")

    def layers(x: Any) -> Any:
        free = L.Reshape(flow_shape)(x)  # a softmax cannot be masked
        scores = L.Softmax()(L.Dot(axes=2)([free, free]))
        return L.Dot(axes=(2, 1))([scores, free])

    flow_shape = flow.shape
    flow.masked = False
    return layers
