"""Recorders by themselves: which of the things that were noted in a call is which quantity, without Keras."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from xlcheck.errors import OracleError
from xlcheck.oracle.noted import Event, LayerCall
from xlcheck.oracle.recorders import attention, outputs, recurrent, wrappers
from xlcheck.oracle.recorders.recurrent import projections

STEPS, SAMPLES, UNITS = 3, 2, 2
DRAWN = np.random.default_rng(11)


def drawn(width: int = UNITS) -> np.ndarray:
    """What a cell makes at all steps, as if it had been called for each."""
    return DRAWN.normal(size=(STEPS, SAMPLES, width))


def event(name: str, result: np.ndarray | None = None, *args: Any) -> Event:
    return Event(name, args or (drawn(),), drawn() if result is None else result)


def looped(events: list[Event], states: int, **options: Any) -> LayerCall:
    """The call of a recurrent layer whose cell did all this, and whose loop handed its states on."""
    new = [drawn() for _ in range(states)]
    own = SimpleNamespace(name="own", implementation=2, bias=None, compute_dtype="float64", **options)
    x, before = drawn(3), [drawn() for _ in range(states)]
    cell = LayerCall(own, (x, before), {}, (new[0], new), events, steps=STEPS)
    loop = Event("inner_loop", (), (None, new[0].swapaxes(0, 1)))
    layer = SimpleNamespace(name="own", cell=own, go_backwards=False)
    return LayerCall(layer, (x.swapaxes(0, 1),), {}, None, [loop], [cell])


def by_step(value: np.ndarray) -> np.ndarray:
    return value.swapaxes(0, 1)


def test_gates_of_an_lstm_stand_in_keras_s_order() -> None:
    """The gates are activated as i, f, o and the candidate, then the new cell state; columns are i, f, c, o."""
    gates = [event("recurrent_activation") for _ in range(3)]
    candidate, tanh_c = event("activation"), event("activation")
    xk, hr = event("matmul", drawn(8)), event("matmul", drawn(8))
    call = looped([xk, hr, *gates, candidate, tanh_c], states=2)

    found = recurrent.lstm(call)

    for symbol, noted in zip(("i", "f", "o", "c_tilde"), (*gates, candidate), strict=True):
        np.testing.assert_array_equal(found[symbol], by_step(noted.result))
        total = "z_c" if symbol == "c_tilde" else f"z_{symbol}"
        np.testing.assert_array_equal(found[total], by_step(noted.args[0]))
    np.testing.assert_array_equal(found["xk_c"], by_step(xk.result[..., 4:6]))
    np.testing.assert_array_equal(found["tanh_c"], by_step(tanh_c.result))
    np.testing.assert_array_equal(found["c"], by_step(call.calls[0].result[1][1]))
    np.testing.assert_array_equal(found["c_init"], call.calls[0].args[1][1][0])


def test_the_reset_gate_must_lead_to_the_candidate() -> None:
    """What a GRU's reset gate lets through is r · hr only if that leads to the sum that Keras activated."""
    z, r = event("recurrent_activation"), event("recurrent_activation")
    xk, hr = event("matmul", drawn(6)), event("matmul", drawn(6))
    product = r.result * hr.result[..., 4:]
    right = event("activation", None, xk.result[..., 4:] + product)

    found = recurrent.gru(looped([xk, hr, z, r, right], states=1, reset_after=True))

    np.testing.assert_array_equal(found["r_hr"], by_step(product))
    np.testing.assert_array_equal(found["a_z"], by_step(z.args[0]))
    with pytest.raises(OracleError, match="'own': the reset gate does not lead"):
        recurrent.gru(looped([xk, hr, z, r, event("activation")], states=1, reset_after=True))


def test_a_simple_rnn_read_backwards_has_its_steps_in_order_of_time() -> None:
    """Steps stand where their input does, whichever end Keras begins with; an RNN names them like its cell."""
    xk, hr, act = event("matmul"), event("matmul"), event("activation")
    call = looped([xk, hr, act], states=1)
    forwards, wrapped = recurrent.simple_rnn(call), looped([xk, hr, act], states=1)
    call.layer.go_backwards = True
    kind = type("SimpleRNNCell", (), {"name": "cell", "implementation": 2})
    wrapped.layer = type("RNN", (), {})()
    wrapped.layer.cell = wrapped.calls[0].layer = kind()
    wrapped.layer.go_backwards = False

    np.testing.assert_array_equal(forwards["z"], by_step(act.args[0]))
    np.testing.assert_array_equal(recurrent.simple_rnn(call)["z"], forwards["z"][:, ::-1])
    np.testing.assert_array_equal(wrappers.rnn(wrapped)["cell.xk"], forwards["xk"])


def test_products_of_each_gate_may_stand_alone() -> None:
    """With recurrent dropout Keras multiplies each gate's columns for itself: first those of the input."""
    events = [event("matmul") for _ in range(6)]
    xk, hr = projections(LayerCall(SimpleNamespace(implementation=1, name="cell"), (), {}, None, events), 3)

    assert [id(a) for a in (*xk, *hr)] == [id(e.result) for e in events]


def test_attention_is_read_from_its_softmax() -> None:
    """Scores go into the softmax, shares come out; what was lowered under a mask was the third operand of a where."""
    layer, softmax = SimpleNamespace(name="a"), event("softmax")
    lowered = event("where", None, "mask", -1e9, drawn())

    plain = attention.quantities(LayerCall(layer, (), {}, drawn(), [softmax]))
    masked = attention.quantities(LayerCall(layer, (), {}, drawn(), [lowered, softmax]))

    np.testing.assert_array_equal(plain["scores"], softmax.args[0])
    np.testing.assert_array_equal(masked["scores"], lowered.args[2])
    np.testing.assert_array_equal(masked["seen"], lowered.result)


def test_dense_has_its_sum_before_the_activation() -> None:
    """`z` goes into the activation, `y` is what the layer returns."""
    act, y = event("activation"), drawn()
    found = outputs.dense(LayerCall(SimpleNamespace(name="d"), (), {}, y, [act]))

    np.testing.assert_array_equal(found["z"], act.args[0])
    np.testing.assert_array_equal(found["y"], y)


@pytest.mark.parametrize(
    "recorder",
    [outputs.dense, attention.quantities, outputs.layer_normalization, outputs.group_normalization],
)
@pytest.mark.parametrize("count", [0, 2])
def test_another_way_of_computing_is_no_recording(recorder: Callable[[LayerCall], Any], count: int) -> None:
    """If Keras calls an operation more or less often than it did, nobody knows which is which, and it is an error."""
    events = [event(name) for _ in range(count) for name in ("activation", "softmax", "moments")]
    with pytest.raises(OracleError, match=rf"'own': Keras called .* {count} times where 1 were expected"):
        recorder(LayerCall(SimpleNamespace(name="own"), (), {}, drawn(), events))
