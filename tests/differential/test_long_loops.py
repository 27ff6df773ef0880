"""Loops over time that are run as one graph: each layer and option, bit for bit what is recorded step by step."""

from __future__ import annotations

import numpy as np
import pytest
from cases import CASES, Case
from models import build, chain, keras, traced
from thorough import spread

from xlcheck.errors import OracleError
from xlcheck.oracle import loops
from xlcheck.oracle.record import predict, record

pytestmark = pytest.mark.keras

L = keras.layers
RECURRENT = [name for name in CASES if name.startswith(("LSTM", "GRU", "SimpleRNN", "RNN"))]
NEVER = 10**9


def drawn(seed: int) -> Case:
    """Two or three recurrent layers with random options over some dozens of steps, some of them under a mask."""
    rng = np.random.default_rng(seed)
    steps, features = int(rng.integers(loops.LONG, 2 * loops.LONG)), 3
    x = rng.normal(size=(2, steps, features))
    x[rng.random((2, steps)) < 0.3] = 0
    layers = [L.Masking()] if rng.random() < 0.5 else []
    for number in range(int(rng.integers(2, 4))):
        kind = [L.SimpleRNN, L.GRU, L.LSTM][rng.integers(3)]
        options = {
            "use_bias": bool(rng.random() < 0.7), "go_backwards": bool(rng.random() < 0.3),
            "recurrent_dropout": float(rng.choice([0, 0.2])), "activation": str(rng.choice(["tanh", "softsign"])),
            "zero_output_for_mask": bool(rng.random() < 0.3),
        }  # fmt: skip
        if number and not options["go_backwards"] and rng.random() < 0.4:
            layers.append(L.Bidirectional(kind(2, return_sequences=True, use_bias=options["use_bias"])))
        else:
            layers.append(kind(int(rng.integers(1, 5)), return_sequences=True, **options))
    return Case(lambda: chain((steps, features), *layers, L.Dense(1)), x)


def assert_same(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keras's float64 values and its float32 answers have the same bits, with each loop in a graph and with none."""
    model = build(case.make)
    inputs = case.inputs if isinstance(case.inputs, np.ndarray) else list(case.inputs)
    found = []
    for long in (1, NEVER):
        monkeypatch.setattr(loops, "LONG", long)
        found.append([traced(model, case.inputs, case.states)[1], predict(model, inputs, case.states)])
    for actual, desired in zip(*found, strict=True):
        assert list(actual.values) == list(desired.values)
        for name, values in desired.values.items():
            np.testing.assert_array_equal(actual[name], values, err_msg=name)


@pytest.mark.parametrize("name", spread(RECURRENT, 96))
def test_every_quantity_has_the_same_bits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Masks, states, backward loops, shared layers, wrappers: a graph changes no number."""
    assert_same(CASES[name], monkeypatch)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(24))
def test_long_random_models_have_the_same_bits(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several layers with random options over many steps, where the order of the steps counts."""
    assert_same(drawn(seed), monkeypatch)


def test_long_loops_are_run_as_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    """From so many steps on the cell is called twice from Python, however many steps there are, and then left alone."""
    model = build(lambda: chain((loops.LONG, 2), L.LSTM(2)))
    calls = []
    follow = loops.Steps.follow
    monkeypatch.setattr(loops.Steps, "follow", lambda self, cell: (calls.append(cell), follow(self, cell)))
    trace = record(model, np.ones((1, loops.LONG, 2)))

    assert len(calls) == 2
    assert f"lstm.c[{loops.LONG - 1}]" in {name.replace(model.layers[0].name, "lstm") for name in trace.values}
    assert "inner_loop" not in vars(model.layers[0])


def test_steps_in_another_order_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """If steps were told in another order than they were computed in, that is noticed, and no wrong trace is made."""
    joined = loops.Steps.joined

    def reversed_(self: loops.Steps) -> object:
        self._rows.reverse()
        return joined(self)

    monkeypatch.setattr(loops.Steps, "joined", reversed_)
    model = build(lambda: chain((loops.LONG, 2), L.LSTM(2), L.Dense(1)))
    with pytest.raises(OracleError, match="hands on something else than what its cell makes"):
        record(model, np.ones((1, loops.LONG, 2)))
