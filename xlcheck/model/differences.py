"""Where a model differs from that of a workbook in what it computes, apart from the numbers in its weights."""

from __future__ import annotations

import json
from itertools import zip_longest

from xlcheck.model.model_spec import LayerSpec, ModelSpec


def first_difference(model: ModelSpec, stored: ModelSpec) -> str | None:
    """The first layer, option or connection in which a model is not the workbook's, in words; None if there is none."""
    for own, its in zip_longest(model.layers, stored.layers):
        if own is None or its is None or (own.name, own.kind) != (its.name, its.kind):
            return f"it has {_named(own)} where the workbook's has {_named(its)}"
        if difference := _layer_difference(own, its):
            return difference
    if model.calls != stored.calls or model.outputs != stored.outputs:
        return "its layers are connected in another way"
    return None


def _named(layer: LayerSpec | None) -> str:
    return "no layer" if layer is None else f"the {layer.kind} layer {layer.name!r}"


def _layer_difference(own: LayerSpec, its: LayerSpec) -> str | None:
    for option in sorted(own.options.keys() | its.options.keys()):
        here, there = (_plain(layer.options.get(option)) for layer in (own, its))
        if here != there:
            return f"its layer {own.name!r} has {option}={here} where the workbook's has {there}"
    for one, other in zip_longest(own.inner, its.inner):
        if one is None or other is None or one.kind != other.kind:
            return f"its layer {own.name!r} wraps {_named(one)} where the workbook's wraps {_named(other)}"
        if difference := _layer_difference(one, other):
            return difference
    return None


def _plain(value: object) -> str:
    """An option as JSON writes it, since one of the models may come out of a file."""
    return json.dumps(value, default=str)
