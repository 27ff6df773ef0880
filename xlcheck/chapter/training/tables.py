"""A model's summary and its named weights as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SummaryRow:
    """One layer of a model's summary: name, kind, shape of its output without the batch axis, number of weights."""

    layer: str
    kind: str
    output_shape: tuple[int | None, ...]
    parameters: int


@dataclass(frozen=True)
class WeightRow:
    """One weight array: the layer's name, Keras's name of the weight, its shape and values as trained."""

    layer: str
    weight: str
    shape: tuple[int, ...]
    values: NDArray[Any]


def summary_rows(model: Any) -> tuple[SummaryRow, ...]:
    """One row a layer, as `model.summary()` prints them; of several outputs the first."""
    return tuple(
        SummaryRow(layer.name, type(layer).__name__, tuple(_first(layer.output).shape[1:]), layer.count_params())
        for layer in model.layers
    )


def _first(output: Any) -> Any:
    return output[0] if isinstance(output, list | tuple) else output


def weight_rows(model: Any) -> tuple[WeightRow, ...]:
    """One row a weight, layers in order."""
    return tuple(
        WeightRow(layer.name, variable.name, tuple(variable.shape), np.asarray(variable.numpy()))
        for layer in model.layers
        for variable in layer.weights
    )
