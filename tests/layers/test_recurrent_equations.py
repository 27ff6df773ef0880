"""The equations of recurrent layers beside a few lines of NumPy: states, masks, directions, gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from made_layers import FEATURES, READ, UNITS, Array, X, layer, made, sigmoid, weights

from xlcheck.graph.expressions import Ref
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers import bidirectional, gru, lstm, recurrence, rnn, simple_rnn
from xlcheck.layers.gates import Columns
from xlcheck.layers.signals import Signal, Use
from xlcheck.model.model_spec import LayerSpec

RECURRENT = {"units": UNITS, "activation": "tanh", "recurrent_activation": "sigmoid", "return_sequences": True}


def simple_rnn_in_numpy(w: Mapping[str, Array], x: Array) -> Array:
    h, every = np.zeros(UNITS), []
    for row in x:
        h = np.tanh(row @ w["kernel"] + h @ w["recurrent_kernel"] + w["bias"])
        every.append(h)
    return np.array(every)


def lstm_in_numpy(w: Mapping[str, Array], x: Array) -> Array:
    h, c, every = np.zeros(UNITS), np.zeros(UNITS), []
    for row in x:
        i, f, new, o = np.split(row @ w["kernel"] + h @ w["recurrent_kernel"] + w["bias"], 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(new)
        h = sigmoid(o) * np.tanh(c)
        every.append(h)
    return np.array(every)


def gru_in_numpy(w: Mapping[str, Array], x: Array) -> Array:
    h, every = np.zeros(UNITS), []
    for row in x:
        xz, xr, xh = np.split(row @ w["kernel"] + w["bias"][0], 3)
        hz, hr, hh = np.split(h @ w["recurrent_kernel"] + w["bias"][1], 3)
        z = sigmoid(xz + hz)
        h = z * h + (1 - z) * np.tanh(xh + sigmoid(xr + hr) * hh)
        every.append(h)
    return np.array(every)


RECURRENCES = [
    ("SimpleRNN", simple_rnn, weights(), simple_rnn_in_numpy),
    ("LSTM", lstm, weights(4), lstm_in_numpy),
    ("GRU", gru, weights(3, rows=2), gru_in_numpy),
]


@pytest.mark.parametrize(("kind", "module", "w", "desired"), RECURRENCES, ids=[case[0] for case in RECURRENCES])
def test_recurrent_layers_hand_their_state_on(kind: str, module: Any, w: dict[str, Array], desired: Any) -> None:
    """A recurrent layer, and the same cell in an RNN, gives its state at each step; its last one is returned beside."""
    own = layer(kind, **RECURRENT, reset_after=True, return_state=True)
    cell = LayerSpec(f"{kind}Cell", "cell", RECURRENT | {"reset_after": True})
    inside = {f"cell.{name}": value for name, value in w.items()}

    every, last, *_ = made(module.equations, own, [X], w)

    np.testing.assert_allclose(every, desired(w, X), rtol=1e-14, atol=1e-14)
    np.testing.assert_array_equal(last, every[-1])
    (wrapped,) = made(rnn.equations, layer("RNN", (cell,), return_sequences=True), [X], inside)
    np.testing.assert_allclose(wrapped, desired(w, X), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_cell_upon_another_reads_its_states(backwards: bool) -> None:
    """At the same step, in either direction; as from Keras, what comes out stands in the order of reading."""
    lower, upper = weights(), weights()
    upper["kernel"] = upper["recurrent_kernel"].T
    cells = tuple(LayerSpec("SimpleRNNCell", name, RECURRENT) for name in ("a", "b"))
    given = {f"{cell}.{name}": value for cell, w in (("a", lower), ("b", upper)) for name, value in w.items()}

    (every,) = made(rnn.equations, layer("RNN", cells, return_sequences=True, go_backwards=backwards), [X], given)

    read = X[::-1] if backwards else X
    np.testing.assert_allclose(
        every, simple_rnn_in_numpy(upper, simple_rnn_in_numpy(lower, read)), rtol=1e-14, atol=1e-14
    )


def test_a_skipped_step_changes_no_state() -> None:
    """Under a mask the states that follow are those of the steps that are read, as if there were no others."""
    w = weights()
    (every,) = made(simple_rnn.equations, layer("SimpleRNN", **RECURRENT), [X], w, READ)

    desired = simple_rnn_in_numpy(w, X[READ == 1])
    np.testing.assert_allclose(every, np.repeat(desired, 2, axis=0), rtol=1e-14, atol=1e-14)


def test_the_loop_adds_up_in_either_direction() -> None:
    """The loop over time knows nothing of a layer: with `h + x` as its step it gives the sums from either end."""

    def running_sum(use: Use) -> tuple[Signal, ...]:
        def step(build: GraphBuilder, t: int, x: Ref, states: tuple[Ref, ...], bands: tuple[Band, ...]) -> tuple[Ref]:
            return (build.let(bands[0], states[0] + x, t),)

        return recurrence.recurrent(use, (recurrence.State("h", "hₜ", "", "", ""),), step)

    for backwards, rows in ((False, X), (True, X[::-1])):
        own = layer("Sum", units=FEATURES, return_sequences=True, go_backwards=backwards)
        np.testing.assert_allclose(made(running_sum, own, [X])[0], rows.cumsum(axis=0), rtol=1e-14, atol=1e-14)


def test_bidirectional_reads_the_other_way_round() -> None:
    """The second half of what a Bidirectional gives at a step is its backward layer's state, from the end."""
    w, back = weights(), weights()
    inner = tuple(
        LayerSpec("SimpleRNN", name, RECURRENT | {"go_backwards": name == "b"}) for name in ("f", "b")
    )  # fmt: skip
    given = {f"f.{name}": value for name, value in w.items()} | {f"b.{name}": value for name, value in back.items()}

    (both,) = made(bidirectional.equations, layer("Bidirectional", inner, merge_mode="concat"), [X], given)

    desired = [simple_rnn_in_numpy(w, X), simple_rnn_in_numpy(back, X[::-1])[::-1]]
    np.testing.assert_allclose(both, np.concatenate(desired, axis=1), rtol=1e-14, atol=1e-14)


def test_gates_take_their_own_columns() -> None:
    """Gate number two of two units reads columns 4 and 5 of kernel, recurrent kernel and each row of the bias."""
    build = GraphBuilder()
    shapes = {"kernel": (3, 8), "recurrent_kernel": (2, 8), "bias": (2, 8)}
    refs = {name: build.given(Band("gru", name, Role.WEIGHT, name), shape) for name, shape in shapes.items()}

    columns = Columns.of(refs, 2, 2, bias_rows=2)

    assert {(s.start, s.stop) for s in (columns.kernel, columns.recurrent_kernel, *columns.biases)} == {(4, 6)}
    assert [bias.row for bias in columns.biases] == [0, 1]
    both = Use(build, "w", LayerSpec("W", "w"), {"d.kernel": refs["kernel"], "e.kernel": refs["bias"]}, ())
    assert both.of_inner(LayerSpec("Dense", "d"), ()).weights == {"kernel": refs["kernel"]}
