"""The layers' equations: one file for each Keras layer; `LAYERS` is the list of what is supported."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Ref
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.layers import dense, gru, lstm, simple_rnn
from xlcheck.layers.signals import Signal
from xlcheck.spec.model_spec import LayerSpec

Equations = Callable[[GraphBuilder, str, LayerSpec, Mapping[str, Ref], tuple[Signal, ...]], tuple[Signal, ...]]

LAYERS: dict[str, Equations] = {
    "SimpleRNN": simple_rnn.equations,
    "LSTM": lstm.equations,
    "GRU": gru.equations,
    "Dense": dense.equations,
}


def equations_of(layer: LayerSpec) -> Equations:
    """The function that writes down a layer's equations.

    Raises:
        NotSupportedError: xlcheck does not know this kind of layer.
    """
    try:
        return LAYERS[layer.kind]
    except KeyError:
        raise NotSupportedError(
            f"layer {layer.name!r}: {layer.kind} is not supported; supported are {', '.join(sorted(LAYERS))}"
        ) from None
