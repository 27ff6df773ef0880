"""A copy of a Keras model in another precision, made by Keras from the model's own configuration.

xlcheck's reading of the model has no part in it, so an error there cannot hide in the oracle.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xlcheck.model.keras_layers import walk, weights_by_name


def clone(model: Any, dtype: str) -> Any:
    """The same layers with the same weights, cast to `dtype`."""
    own = dict(walk(model))
    copy = type(model).from_config(_with_vocabularies(_in_precision(model.get_config(), dtype), own.values()))
    if not copy.built:
        copy.build(model.input_shape)
    for path, layer in walk(copy):  # by name: Keras lists the layers of a copy in another order at times
        for name, weight in weights_by_name(layer).items():
            weight.assign(weights_by_name(own[path])[name].numpy().astype(dtype))
        if layer.weights and hasattr(layer, "finalize_state"):  # Normalization computes with what follows from them
            layer.finalize_state()
    return copy


def _with_vocabularies(config: Any, layers: Iterable[Any]) -> Any:
    """Keras's configuration with the numbers that each IntegerLookup was adapted to, which it leaves out."""
    known = {layer.name: layer for layer in layers if type(layer).__name__ == "IntegerLookup"}

    def filled(item: Any) -> Any:
        if isinstance(item, (list, tuple)):
            return type(item)(map(filled, item))
        if not isinstance(item, dict):
            return item
        item = {key: filled(value) for key, value in item.items()}
        if item.get("class_name") == "IntegerLookup":
            vocabulary = known[item["config"]["name"]].get_vocabulary(include_special_tokens=False)
            item["config"]["vocabulary"] = [int(number) for number in vocabulary]
        return item

    return filled(config) if known else config


def _in_precision(config: Any, dtype: str) -> Any:
    """Keras's configuration with every floating-point precision replaced, and that of inputs whatever it is.

    An input holds what the model reads, so that no number changes when it is read in another precision.
    """
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return {**config, "config": {"name": dtype}}
        if config.get("class_name") == "InputLayer":
            return {**config, "config": {**config["config"], "dtype": dtype}}
        return {
            key: dtype if key == "dtype" and value in ("float32", "float64") else _in_precision(value, dtype)
            for key, value in config.items()
        }
    if isinstance(config, (list, tuple)):
        return type(config)(_in_precision(item, dtype) for item in config)
    return config
