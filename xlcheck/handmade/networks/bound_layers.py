"""The layers of a bindings file: Keras's options, the cells of their weights, and the shapes that follow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from xlcheck.errors import UsageError
from xlcheck.handmade.networks.layer_specs import CONVOLUTIONS, DEFAULTS, OPTIONAL, has_units, layer_spec
from xlcheck.handmade.networks.network import Places
from xlcheck.handmade.networks.ranges import Cells, Reader, places
from xlcheck.layers.gates import GATES
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential

Table = Mapping[str, Any]
Shape = tuple[int, ...]

SECOND_BIAS = "second_bias"
"""What units add besides a bias of Keras's: in the model it is the weight of one more input, which is always 1."""
_WEIGHTS = frozenset({"kernel", "recurrent_kernel", "bias", SECOND_BIAS})
_OTHER_WEIGHTS = {
    "Embedding": frozenset({"embeddings"}),
    "PReLU": frozenset({"alpha"}),
    "LayerNormalization": frozenset({"gamma", "beta"}),
    "GroupNormalization": frozenset({"gamma", "beta"}),
    "RMSNormalization": frozenset({"scale"}),
    "BatchNormalization": frozenset({"gamma", "beta", "moving_mean", "moving_variance"}),
}
_READ_CODES = ("Embedding", "CategoryEncoding")
_LAYER_KEYS = frozenset({"type", "name", "units", "gates", "negative"})


def bound_layers(
    tables: Sequence[Table], shape: Shape, reader: Reader
) -> tuple[tuple[LayerSpec, ...], dict[str, Places], dict[str, int]]:
    """The layers, each on the output of the one before, the cells of their weights, and which hold negative numbers.

    Of a weight with negative numbers these stand in its first columns, as many as are returned.

    Args:
        tables: what the file says of each.
        shape: of the model's input, without samples; with the input of 1 if the first layer has a second bias.
        reader: finds cells.

    Raises:
        UsageError: something does not fit together.
        NotSupportedError: a layer does not fit what it reads.
    """
    specs: list[LayerSpec] = []
    weights: dict[str, Places] = {}
    turned: dict[str, int] = {}
    before = shape
    for table in tables:
        name = str(table.get("name") or _default_name(str(table.get("type")), [spec.name for spec in specs]))
        if any(spec.name == name for spec in specs):
            raise UsageError(f"two layers are called {name!r}; give each a name of its own")
        if SECOND_BIAS in table and (specs or table.get("type") not in ("Dense", *GATES)):
            kinds = ", ".join(("Dense", *GATES))
            raise UsageError(
                f"layer {name!r}: only the first layer of a model may have a {SECOND_BIAS}, one of {kinds}"
            )
        layer, cells = _layer(table, name, before, reader)
        specs.append(layer)
        weights |= {f"{name}.{weight}": places(found) for weight, found in cells.items()}
        turned |= _negative(table, layer)
        before = forward_graph(sequential("model", shape, tuple(specs))).tensors[name]
    return tuple(specs), weights, turned


def _negative(table: Table, spec: LayerSpec) -> dict[str, int]:
    """Weight → of how many of its first columns the cells hold the negative numbers of Keras's."""
    said = table.get("negative")
    if said is None:
        return {}
    if said == "bias" and "bias" in spec.weights:
        return {f"{spec.name}.bias": spec.weights["bias"][-1]}
    if said == "z" and spec.kind == "GRU":
        return {f"{spec.name}.{weight}": spec.options["units"] for weight in spec.weights}
    raise UsageError(
        f'layer {spec.name!r}: negative = "bias" says that its units subtract their biases, and negative = "z" that '
        "the z of a GRU is 1 − z of Keras; nothing else can be said there"
    )


def _default_name(kind: str, taken: Sequence[str]) -> str:
    """Keras's name for a layer of a class: `SimpleRNN` → `simple_rnn`, and `simple_rnn_1` for the next one."""
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", kind)
    name = re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
    number = next(number for number in range(len(taken) + 1) if (f"{name}_{number}" if number else name) not in taken)
    return f"{name}_{number}" if number else name


def input_shape(model: Table, layers: Sequence[Table], document: Table, reader: Reader) -> Shape:
    """The shape of one sample: from what the first layer's kernel and the first document's x hold.

    Raises:
        UsageError: they do not fit together.
    """
    place = document.get("x")
    if place is None:
        raise UsageError("each [[model.document]] needs x, the range of its inputs")
    size = _size(place, reader)
    if not size:
        raise UsageError("x, the range of a document's inputs, is empty")
    kind, steps = str(layers[0].get("type")), model.get("timesteps")
    if kind in _READ_CODES or (steps is None and kind not in (*CONVOLUTIONS, *GATES)):
        return (size,)
    if steps is None:
        features = _features(layers[0], reader)
        if size % features:
            raise UsageError(f"x has {size} cells, which is no multiple of the {features} features of the kernel")
        return size // features, features
    if type(steps) is not int or steps < 1 or size % steps:
        raise UsageError(f"x has {size} cells, which cannot be divided into {steps} timesteps")
    return (size,) if kind == "Dense" and steps == 1 else (steps, size // steps)


def _features(layer: Table, reader: Reader) -> int:
    """How many features the kernel of a layer reads."""
    kind, name = str(layer.get("type")), layer.get("name", layer.get("type"))
    if kind in CONVOLUTIONS:
        whole = layer_spec(kind, str(name), None, 1, {**_options(layer, kind), "use_bias": False})
        units, columns = 0, prod(whole.weights["kernel"])
    else:
        units = _units(layer)
        columns = units * len(GATES.get(kind, ("y",)))
    for key, place in layer.items():
        names = [part.strip() for part in key.split("+")]
        if "kernel" in names:
            rows = _size(place, reader) // columns
            rest = (units if "recurrent_kernel" in names else 0) + ("bias" in names)
            if rows - rest >= 1 and _size(place, reader) % columns == 0:
                return rows - rest
            raise UsageError(f"{key}: {_size(place, reader)} cells do not fit {units or columns} units")
    raise UsageError(f"layer {name!r} needs a range for its kernel")


def _size(place: Any, reader: Reader) -> int:
    if isinstance(place, str):
        return int(reader.area(place).size)
    if isinstance(place, Mapping):
        if "cells" in place:
            return len(place["cells"])
        return sum(_size(item, reader) for key, item in place.items() if key != "transposed")
    if isinstance(place, Sequence):
        return sum(_size(item, reader) for item in place)
    raise UsageError(f"{place!r} is no range; write one such as 'Sheet1!B2:E3'")


def _units(layer: Table) -> int:
    units = layer.get("units")
    if not isinstance(units, int) or isinstance(units, bool) or units < 1:
        raise UsageError(f"layer {layer.get('name', layer.get('type'))!r} needs units, a whole number above 0")
    return units


def _layer(table: Table, name: str, before: Shape, reader: Reader) -> tuple[LayerSpec, dict[str, Cells]]:
    kind = str(table.get("type"))
    ranges = {key: place for key, place in table.items() if _is_weight_key(key, kind)}
    options = _options(table, kind)
    named = {part.strip() for key in ranges for part in key.split("+")}
    for weight, option in OPTIONAL.items():
        if option in DEFAULTS[kind] and option not in options and kind != "Rescaling":  # whose `scale` is a number
            options[option] = weight in named
    if not has_units(kind) and "units" in table:
        raise UsageError(f"layer {name!r}: {kind} has no units")
    units = _units(table) if has_units(kind) else None
    spec = layer_spec(kind, name, units, before[-1], options, before[0] if len(before) > 1 else 0)
    order = _gate_order(table, kind, name)
    shapes = _shapes_in_cells(spec, has_second_bias=SECOND_BIAS in named)
    cells: dict[str, Cells] = {}
    for key, place in ranges.items():
        cells |= _weights(key, place, spec, shapes, order, reader)
    if SECOND_BIAS in cells and "kernel" in cells:
        cells["kernel"] = np.concatenate([cells["kernel"], cells.pop(SECOND_BIAS)])
    missing = set(spec.weights) - set(cells)
    if missing:
        raise UsageError(f"layer {name!r} needs a range for its {min(missing)}")
    return spec, cells


def _shapes_in_cells(spec: LayerSpec, *, has_second_bias: bool) -> Mapping[str, Shape]:
    """The shape of each weight that stands in cells: the last row of a kernel may be called a second bias."""
    if not has_second_bias:
        return spec.weights
    inputs, columns = spec.weights["kernel"]
    return {**spec.weights, "kernel": (inputs - 1, columns), SECOND_BIAS: (1, columns)}


def _options(table: Table, kind: str) -> dict[str, Any]:
    """What a table says besides the layer's class, name and size, and the cells of its weights."""
    return {key: v for key, v in table.items() if key not in _LAYER_KEYS and not _is_weight_key(key, kind)}


def _is_weight_key(key: str, kind: str) -> bool:
    known = _OTHER_WEIGHTS.get(kind, _WEIGHTS)
    return all(part.strip() in known for part in key.split("+"))


def _gate_order(table: Table, kind: str, name: str) -> tuple[str, ...]:
    own = GATES.get(kind, ("y",))
    order = table.get("gates", own)
    if isinstance(order, str):
        order = order.replace(",", " ").split()
    if not isinstance(order, list | tuple) or sorted(map(str, order)) != sorted(own):
        raise UsageError(f"layer {name!r}: gates must name each of {', '.join(own)} once, in the order of the sheet")
    return tuple(order)


def _weights(
    key: str, place: Any, spec: LayerSpec, shapes: Mapping[str, Shape], order: tuple[str, ...], reader: Reader
) -> dict[str, Cells]:
    """The cells of the weights that one key names, side by side along the first axis."""
    names = [part.strip() for part in key.split("+")]
    unknown = [name for name in names if name not in shapes]
    if unknown:
        raise UsageError(f"layer {spec.name!r}: {spec.kind} with these options has no {unknown[0]}")
    own = GATES.get(spec.kind, ("y",))
    units = shapes[names[0]][-1] // len(own)
    rows = [prod(shapes[name][:-1]) for name in names]
    what = f"{spec.name}.{key}"
    if isinstance(place, Mapping) and set(place) <= {*own, "transposed"}:
        missing = set(own) - set(place)
        if missing:
            raise UsageError(f"{what}: the gate {min(missing)} is missing")
        turned = place.get("transposed")
        blocks = {
            gate: reader.tensor(place[gate], (sum(rows), units), f"{what}.{gate}", transposed=turned) for gate in own
        }
    else:
        whole = reader.tensor(place, (sum(rows), units * len(own)), what)
        blocks = {gate: whole[:, i * units : (i + 1) * units] for i, gate in enumerate(order)}
    stacked = np.concatenate([blocks[gate] for gate in own], axis=1)
    found = {}
    start = 0
    for name, count in zip(names, rows, strict=True):
        found[name] = stacked[start : start + count].reshape(shapes[name])
        start += count
    return found
