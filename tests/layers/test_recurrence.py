"""What recurrent layers write down about time, masks and states."""

from __future__ import annotations

from typing import Any

import pytest

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.graph.expressions import refs
from xlcheck.graph.quantities import Graph, Role
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import Call, InputSpec, LayerSpec, ModelSpec, sequential

UNITS, FEATURES, STEPS = 2, 3, 3


def rnn(name: str = "rnn", **options: Any) -> LayerSpec:
    weights = {"kernel": (FEATURES, UNITS), "recurrent_kernel": (UNITS, UNITS), "bias": (UNITS,)}
    return LayerSpec(
        "SimpleRNN", name, {"units": UNITS, "activation": "tanh", "use_bias": True, "return_sequences": True} | options,
        weights,
    )  # fmt: skip


def graph(*layers: LayerSpec) -> Graph:
    return forward_graph(sequential("model", (STEPS, FEATURES), layers))


MASKING = LayerSpec("Masking", "masking", {"mask_value": 0.0})


def test_reading_backwards_keeps_the_columns_of_time() -> None:
    """Quantities carry the step of the input that they read; the state before step t is that of step t + 1."""
    backwards = graph(rnn(go_backwards=True))

    assert refs(backwards["rnn.xk[0]"].expr)[0] == "input.x[0]"  # type: ignore[arg-type]
    assert refs(backwards["rnn.hr[0]"].expr)[0] == "rnn.h[1]"  # type: ignore[arg-type]
    assert refs(backwards["rnn.hr[2]"].expr)[0] == "rnn.h_init"  # type: ignore[arg-type]
    assert backwards.outputs == ("rnn.h[2]", "rnn.h[1]", "rnn.h[0]")


def test_reading_backwards_turns_the_words_round() -> None:
    """Where a sheet would say hₜ₋₁ for a layer that reads forwards, it says hₜ₊₁."""
    bands = {band.symbol: band for band in graph(rnn(go_backwards=True)).bands("rnn")}

    assert bands["hr"].equation == "hₜ₊₁ · recurrent_kernel"
    assert not any("ₜ₋₁" in band.equation + band.label for band in bands.values())


def test_mask_adds_what_would_have_been_and_what_is_handed_on() -> None:
    """Under a mask there are the new state, the state that is kept, and the output; without one only the state."""
    masked = {band.symbol: band for band in graph(MASKING, rnn()).bands("rnn")}
    plain = {band.symbol for band in graph(rnn()).bands("rnn")}

    assert set(masked) - plain == {"h_new", "y"}
    assert masked["y"].equation == "h′ₜ if maskₜ, else yₜ₋₁ (at first 0)"
    assert masked["h"].role is Role.STATE


def test_zero_output_for_mask_is_said() -> None:
    """The equation on the sheet follows the option."""
    masked = {band.symbol: band for band in graph(MASKING, rnn(zero_output_for_mask=True)).bands("rnn")}

    assert masked["y"].equation == "h′ₜ if maskₜ, else 0"


def test_mask_shows_in_every_equation_that_reads_a_new_value() -> None:
    """An LSTM's output under a mask is made from the new cell state, c′ₜ, and not from the one that is kept."""
    weights = {"kernel": (FEATURES, 4 * UNITS), "recurrent_kernel": (UNITS, 4 * UNITS), "bias": (4 * UNITS,)}
    lstm = LayerSpec("LSTM", "lstm", {**rnn().options, "recurrent_activation": "sigmoid"}, weights)
    masked = {band.symbol: band for band in graph(MASKING, lstm).bands("lstm")}
    plain = {band.symbol: band for band in graph(lstm).bands("lstm")}

    assert masked["tanh_c"].equation == "tanh(c′ₜ)"
    assert masked["h_new"].equation == "oₜ · tanh(c′ₜ)"
    assert masked["c_new"].equation == "fₜ · cₜ₋₁ + iₜ · c̃ₜ"
    assert plain["h"].equation == "oₜ · tanh(cₜ)"


def encoder_decoder(states: int) -> ModelSpec:
    encoder, decoder = rnn("encoder", return_sequences=False, return_state=True), rnn("decoder")
    calls = (
        Call("encoder", "encoder", ("input",), ("encoder", "encoder:1")),
        Call("decoder", "decoder", ("input", *("encoder:1",) * states), ("decoder",)),
    )
    return ModelSpec("model", (InputSpec("input", (STEPS, FEATURES)),), (encoder, decoder), calls, ("decoder",))


def test_handed_over_state_is_computed() -> None:
    """A decoder's first state is a quantity with a formula, the encoder's last state, and not a given zero."""
    built = forward_graph(encoder_decoder(1))

    assert refs(built["decoder.h_init"].expr) == ("encoder.h[2]",)  # type: ignore[arg-type]
    assert built["encoder.h_init"].expr is None


def test_wrong_number_of_states_is_refused() -> None:
    """A layer with one state cannot start from two."""
    with pytest.raises(ModelError, match="layer 'decoder' has 1 states; 2 initial states are handed over"):
        forward_graph(encoder_decoder(2))


def test_keras_s_own_mistake_is_refused() -> None:
    """Keras applies a mask in the wrong order to an unrolled backward layer with zeros for skipped steps."""
    layer = rnn(unroll=True, go_backwards=True, zero_output_for_mask=True)

    with pytest.raises(NotSupportedError, match=r"Keras applies a mask in the wrong order .* unroll=False"):
        graph(MASKING, layer)
    assert graph(layer)
