"""What Keras itself computes for a layout's network, element by element, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fixtures.handmade.network import Layer, Network

Values = dict[str, float]


def truth(network: Network, sample: int) -> Values:
    """Every quantity of the network on one document, by the element's name."""
    values: Values = {}
    signal = np.array(network.inputs[sample])
    _store(values, "input.x", signal, timed=True)
    for layer in network.layers:
        signal = (_dense if layer.kind == "Dense" else _recurrent)(values, layer, signal)
    if network.targets:
        _loss(values, np.array(network.targets[sample]), signal)
    return values


def _keras_layer(layer: Layer, shape: tuple[int, ...]) -> Any:
    import keras

    made = getattr(keras.layers, layer.kind)(layer.units, dtype="float64", **layer.options)
    made.build((1, *shape))
    made.set_weights([np.array(weight) for weight in layer.weights.values()])
    return made


def _recurrent(values: Values, layer: Layer, x: np.ndarray) -> np.ndarray:
    """Call Keras's own cell step by step and listen to its activations."""
    made = _keras_layer(layer, x.shape)
    cell = made.cell
    heard: list[tuple[np.ndarray, np.ndarray]] = []
    cell.activation = _listener(cell.activation, heard)
    if hasattr(cell, "recurrent_activation"):
        cell.recurrent_activation = _listener(cell.recurrent_activation, heard)
    states = [np.zeros((1, layer.units))] * (2 if layer.kind == "LSTM" else 1)
    outputs = []
    for t, row in enumerate(x):
        heard.clear()
        before = np.array(states[0])[0]
        output, states = cell(row[None], states)
        outputs.append(np.array(output)[0])
        step = _STEPS[layer.kind](layer, row, before, heard, np.array(states[-1])[0], outputs[-1])
        for symbol, array in step.items():
            _store(values, f"{layer.name}.{symbol}[{t}]", np.atleast_1d(array))
    result = np.array(outputs) if layer.options.get("return_sequences") else outputs[-1]
    np.testing.assert_allclose(np.array(_keras_layer(layer, x.shape)(x[None]))[0], result, rtol=0, atol=1e-15)
    return result


def _listener(function: Callable[..., Any], heard: list[tuple[np.ndarray, np.ndarray]]) -> Callable[..., Any]:
    def activation(x: Any) -> Any:
        y = function(x)
        heard.append((np.array(x)[0], np.array(y)[0]))
        return y

    return activation


def _projections(layer: Layer, x: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from keras import ops

    kernel, recurrent = (np.array(layer.weights[name]) for name in ("kernel", "recurrent_kernel"))
    return np.array(ops.matmul(x[None], kernel))[0], np.array(ops.matmul(h[None], recurrent))[0]


def _simple_rnn(layer: Layer, x: Any, before: Any, heard: Any, _: Any, h: Any) -> dict[str, np.ndarray]:
    xk, hr = _projections(layer, x, before)
    return {"xk": xk, "hr": hr, "z": heard[0][0], "h": h}


def _lstm(layer: Layer, x: Any, before: Any, heard: Any, c: Any, h: Any) -> dict[str, np.ndarray]:
    step = {"c": c, "tanh_c": heard[4][1], "h": h}
    for (z, value), symbol, name in zip(heard[:4], "ifco", ("i", "f", "c_tilde", "o"), strict=True):
        step |= {f"z_{symbol}": z, name: value}
    return step


def _gru(layer: Layer, x: Any, before: Any, heard: Any, _: Any, h: Any) -> dict[str, np.ndarray]:
    step = {"h": h}
    for (a, value), name in zip(heard, ("z", "r", "hh"), strict=True):
        step |= {f"a_{name}": a, name: value}
    if layer.options.get("reset_after", True):
        # Keras has no name for what the reset gate multiplies; the candidate's sum gives it away.
        xk, _ = _projections(layer, x, before)
        bias = np.array(layer.weights["bias"])[0]
        units = layer.units
        step["r_hr"] = step["a_hh"] - (xk + bias)[2 * units :]
        step["with_bias"] = step["r_hr"] / step["r"]
    else:
        step["r_h"] = step["r"] * before
    return step


_STEPS = {"SimpleRNN": _simple_rnn, "LSTM": _lstm, "GRU": _gru}


def _dense(values: Values, layer: Layer, x: np.ndarray) -> np.ndarray:
    made = _keras_layer(layer, x.shape)
    linear = _keras_layer(
        Layer(layer.kind, layer.name, layer.units, layer.weights, _without_activation(layer)), x.shape
    )
    z, y = (np.array(item(x[None]))[0] for item in (linear, made))
    for symbol, array in (("z", z), ("y", y)):
        _store(values, f"{layer.name}.{symbol}", array, timed=array.ndim == 2)
    return np.asarray(y)


def _without_activation(layer: Layer) -> dict[str, object]:
    return {name: value for name, value in layer.options.items() if name != "activation"}


def _loss(values: Values, targets: np.ndarray, y: np.ndarray) -> None:
    import keras

    losses = np.array(keras.losses.categorical_crossentropy(targets, y))
    for t, loss in enumerate(losses):
        values[f"loss.loss[{t}]"] = float(loss)
    values["loss.sample"] = float(losses.mean())


def _store(values: Values, name: str, array: np.ndarray, *, timed: bool = False) -> None:
    for index, value in np.ndenumerate(array):
        values[name + "".join(f"[{i}]" for i in index)] = float(value)
