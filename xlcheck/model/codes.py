"""Codes of words and categories: which inputs hold them, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import ModelError
from xlcheck.model.model_spec import ModelSpec

_SIZES = {"Embedding": "input_dim", "CategoryEncoding": "num_tokens"}


def code_inputs(spec: ModelSpec) -> dict[str, tuple[str, int]]:
    """Inputs that hold codes: tensor → the layer that looks them up, and how many codes it knows."""
    tensors = {item.tensor for item in spec.inputs}
    found: dict[str, tuple[str, int]] = {}
    for call in spec.calls:
        layer = spec.layer(call.layer)
        if layer.kind in _SIZES and call.inputs[0] in tensors:
            size = int(layer.options[_SIZES[layer.kind]])
            if call.inputs[0] not in found or size < found[call.inputs[0]][1]:
                found[call.inputs[0]] = (layer.name, size)
    return found


def check_codes(spec: ModelSpec, inputs: Mapping[str, Array]) -> None:
    """Raise ModelError if an input holds a code that its layer does not know, or a number that is no code."""
    for tensor, (layer, size) in code_inputs(spec).items():
        values = inputs[tensor]
        wrong = values[(values != np.floor(values)) | (values < 0) | (values >= size)]
        if wrong.size:
            raise ModelError(f"input {tensor!r} holds {wrong[0]:g}; layer {layer!r} knows the codes 0 to {size - 1}")
