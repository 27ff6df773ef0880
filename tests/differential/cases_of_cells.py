"""RNN around each of Keras's cells, and around several of them."""

from __future__ import annotations

from typing import Any

from models import Case, chain, keras, numbers, padded

L: Any = keras.layers
X, PADDED = numbers(3, 5, 4), padded(4, 5, 4)


def _one(cell: Any) -> Any:
    return L.RNN(cell, return_sequences=True, go_backwards=True, name="rnn")


def _stack(**options: Any) -> Any:
    return L.RNN([L.LSTMCell(3, name="a"), L.GRUCell(2, name="b"), L.SimpleRNNCell(3, name="c")], name="rnn", **options)


def _handed_over() -> Any:
    x = keras.Input((5, 4))
    _, *states = _stack(return_state=True)(x)
    again = L.RNN([L.LSTMCell(3), L.GRUCell(2), L.SimpleRNNCell(3)], return_sequences=True, name="again")
    return keras.Model(x, again(x, initial_state=states))


CELLS = {
    "RNN of an LSTMCell": Case(
        lambda: chain((5, 4), L.RNN(L.LSTMCell(3, name="cell"), name="rnn"), L.Dense(1)), X,
        {"rnn.cell.h_init": numbers(3, 3, seed=5), "rnn.cell.c_init": numbers(3, 3, seed=6)},
    ),
    "RNN of a GRUCell": Case(
        lambda: chain((5, 4), _one(L.GRUCell(3, reset_after=False, name="cell")), L.Dense(1)), X,
        {"rnn.cell.h_init": numbers(3, 3, seed=5)},
    ),
    "RNN of a cell under a mask": Case(
        lambda: chain((5, 4), L.Masking(), _one(L.SimpleRNNCell(3)), L.Dense(1)), PADDED
    ),
    "RNN of several cells": Case(
        lambda: chain(
            (5, 4), _stack(return_sequences=True), L.RNN(L.StackedRNNCells([L.GRUCell(2)]), unroll=True, name="second")
        ),
        X,
    ),
    "RNN of several cells, backwards": Case(
        lambda: chain((5, 4), _stack(return_sequences=True, go_backwards=True), L.Dense(1)), X
    ),
    "RNN of several cells, states": Case(_handed_over, X),
    "RNN in both directions": Case(
        lambda: chain((5, 4), L.Bidirectional(_stack(return_sequences=True)), L.Bidirectional(L.RNN(L.LSTMCell(2)))), X
    ),
}  # fmt: skip
