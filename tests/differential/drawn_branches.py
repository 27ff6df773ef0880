"""Random models of several inputs and outputs: two drawn chains, merged, and what was made on the way as outputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from drawn import Flow, _input, _later, _Layer, _next, _note, _rnn_options
from hypothesis import strategies as st
from models import keras

from xlcheck.formulas.printing import Style

L: Any = keras.layers


@dataclass(frozen=True)
class Branching:
    """How to make a model, its inputs, the style of its workbook, and the same in words."""

    make: Callable[[], Any]
    seed: int
    inputs: tuple[np.ndarray, np.ndarray]
    style: Style
    recipe: str

    def __repr__(self) -> str:
        return self.recipe


@dataclass(frozen=True)
class _Chain:
    """One input with the layers that follow; `outputs` says of which of them the model returns what they make."""

    read: _Layer
    steps: tuple[_Layer, ...]
    outputs: tuple[bool, ...]

    def follow(self, x: Any, results: list[Any]) -> Any:
        y = self.read(x)
        for step, is_output in zip(self.steps, self.outputs, strict=True):
            y = step(y)
            if is_output:
                results.append(y)
        return y


@st.composite
def branching_models(draw: st.DrawFn) -> Branching:
    """Two inputs, each with up to three layers, merged, and up to two layers more."""
    recipe: list[str] = []
    flow_a, a, inputs_a = _chain(draw, recipe)
    recipe.append("and")
    flow_b, b, inputs_b = _chain(draw, recipe)
    merge, flow = _merged(draw, flow_a, flow_b, recipe)
    last = _steps(draw, flow, recipe, 2)
    style = draw(st.sampled_from([Style.ROBUST, Style.COMPACT, Style.TEACHING]))
    seed = draw(st.integers(0, 2**16))
    recipe.append(f"weights of seed {seed}, {style.value}")

    def make() -> Any:
        x, results = [keras.Input(inputs_a.shape[1:], name="a"), keras.Input(inputs_b.shape[1:], name="b")], list[Any]()
        y = last.follow(merge([a.follow(x[0], results), b.follow(x[1], results)]), results)
        return keras.Model(x, [*results, y])

    return Branching(make, seed, (inputs_a, inputs_b), style, " → ".join(recipe))


def _chain(draw: st.DrawFn, recipe: list[str]) -> tuple[Flow, _Chain, np.ndarray]:
    flow, read, inputs = _input(draw, recipe)
    steps = _steps(draw, flow, recipe, 3)
    return flow, _Chain(read, steps.steps, steps.outputs), inputs


def _steps(draw: st.DrawFn, flow: Flow, recipe: list[str], most: int) -> _Chain:
    steps, outputs = [], []
    for _ in range(draw(st.integers(0, most))):
        parts = [
            _next,
            _next,
            _quiet,
            _measured,
            _with_constants,
            *([_distributed, _with_states, _heads] if flow.timed else []),
        ]
        steps.append(draw(st.sampled_from(parts))(draw, flow, recipe))
        outputs.append(draw(st.integers(0, 3)) == 0)
        if outputs[-1]:
            recipe.append("an output")
    return _Chain(lambda x: x, tuple(steps), tuple(outputs))


def _merged(draw: st.DrawFn, a: Flow, b: Flow, recipe: list[str]) -> tuple[_Layer, Flow]:
    """Attention of one sequence to another; or side by side: sequences of one length, everything else as vectors."""
    if a.timed and b.timed and a.shape[1] == b.shape[1] and draw(st.booleans()):
        name = draw(st.sampled_from(["Attention", "AdditiveAttention"]))
        modes = {"score_mode": draw(st.sampled_from(["dot", "concat"]))} if name == "Attention" else {}
        options = {"use_scale": draw(st.booleans()), **modes}
        recipe.append(f"{name}({options}) of the first to the second")
        return _later(name, **options), Flow((a.shape[0], b.shape[1]), a.masked)
    recipe.append("side by side")
    if a.timed and b.timed and a.shape[0] == b.shape[0]:
        flow = Flow((a.shape[0], a.shape[1] + b.shape[1]), a.masked or b.masked)
        return lambda ys: L.Concatenate()(ys), flow  # noqa: PLW0108, made when it is called
    flow = Flow((int(np.prod(a.shape)) + int(np.prod(b.shape)),))
    return lambda ys: L.Concatenate()([L.Flatten()(y) for y in ys]), flow


def _quiet(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    """What does nothing when a model answers."""
    names = ["ActivityRegularization", "Identity", "Dropout", *(["SpatialDropout1D"] if flow.timed else [])]
    name = draw(st.sampled_from(names))
    _note(recipe, name)
    return _later(name, *([0.5] if "Dropout" in name else []))


def _with_constants(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    """An operation with an array that is the same for all samples; it hands no mask on."""
    shape = draw(st.sampled_from([flow.shape, flow.shape[-1:], (*flow.shape[:-1], 1), (1,)]))
    seed = draw(st.integers(0, 2**16))
    name = draw(st.sampled_from(["add", "subtract", "multiply", "maximum", "minimum"]))
    flow.masked = False
    recipe.append(f"{name} with an array of shape {shape} and seed {seed}")
    array = np.random.default_rng(seed).normal(size=shape).astype("float32")
    first = draw(st.booleans())
    return lambda x: getattr(keras.ops, name)(*((array, x) if first else (x, array)))


def _measured(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    """Normalization by given numbers, or Rescaling."""
    if draw(st.booleans()):
        options = _note(recipe, "Rescaling", scale=draw(st.floats(-2, 2)), offset=draw(st.floats(-1, 1)))
        return _later("Rescaling", **options)
    numbers = st.lists(st.floats(0.25, 2), min_size=flow.shape[-1], max_size=flow.shape[-1])
    options = _note(recipe, "Normalization", mean=draw(numbers), variance=draw(numbers), invert=draw(st.booleans()))
    return _later("Normalization", axis=-1, **options)


def _distributed(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    name = draw(st.sampled_from(["LayerNormalization", "BatchNormalization", "ReLU", "ELU", "LeakyReLU", "Rescaling"]))
    recipe.append(f"TimeDistributed({name})")
    arguments = [0.5] if name == "Rescaling" else []
    return lambda x: L.TimeDistributed(getattr(L, name)(*arguments))(x)  # noqa: PLW0108, made when it is called


def _heads(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    """Attention of a sequence to itself, under its mask, if one hangs on it, and perhaps only backwards."""
    options = _note(
        recipe, "MultiHeadAttention", num_heads=draw(st.integers(1, 2)), key_dim=draw(st.sampled_from([1, 4]))
    )
    called = _note(recipe, "called", use_causal_mask=draw(st.booleans()))
    return lambda x: L.MultiHeadAttention(**options)(x, x, **called)


def _with_states(draw: st.DrawFn, flow: Flow, recipe: list[str]) -> _Layer:
    """A recurrent layer whose last states stand beside its last output; perhaps in both directions."""
    kind = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU"]))
    both = draw(st.booleans())
    options = _rnn_options(draw, flow, kind)
    _note(recipe, f"{'both ways ' if both else ''}{kind} with its states", **options)
    units = options["units"] * (3 if kind == "LSTM" else 2) * (2 if both else 1)
    flow.shape, flow.masked = (units,), False

    def layer(x: Any) -> Any:
        rnn = getattr(L, kind)(**options, return_state=True)
        return L.Concatenate()(list((L.Bidirectional(rnn) if both else rnn)(x)))

    return layer
