"""A model, and inputs, that a workbook is compared with: is it this one, and does it read these?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import DataError, ModelError, UsageError
from xlcheck.model.model_spec import Call, LayerSpec, ModelSpec
from xlcheck.verdicts.layer_numbers import called, numbering, quantity_called
from xlcheck.verdicts.messages import plural

if TYPE_CHECKING:
    from xlcheck.handmade.networks.by_value import GivenModel
    from xlcheck.workbook.content import WorkbookContent


def required(content: WorkbookContent, model: Any, inputs: Any) -> dict[str, Array] | None:
    """The weights of the model that a generated workbook must be about; None without one. It must hold the inputs, too.

    Raises:
        ModelError: the model cannot be used, or is another one.
        DataError: the inputs cannot be read, or are others.
        UsageError: the workbook trains its model instead of showing a trained one.
    """
    loaded, weights = None, None
    if model is not None:
        from xlcheck.model.keras_file import loaded_model
        from xlcheck.model.keras_reader import weights_of

        loaded = loaded_model(model)
        numbers = _require_model(content, loaded)
        weights = {quantity_called(name, numbers): values for name, values in weights_of(loaded).items()}
    if inputs is not None:
        _require_inputs(content, inputs, loaded)
    return weights


def _require_model(content: WorkbookContent, model: Any) -> dict[str, str]:
    """The workbook says that it computes what this model computes, whatever the weights are, and Keras's numbers.

    Returns:
        What the model's layers are called in the workbook, if otherwise.

    Raises:
        ModelError: it says something else.
        UsageError: it trains a model instead of showing a trained one.
    """
    from xlcheck.model.keras_reader import fits, in_words, read_model, require_supported
    from xlcheck.verdicts.generated.expectation import expectation_of

    manifest, _ = expectation_of(content)
    if manifest.epochs is not None:
        raise UsageError(f"{content.path} trains its model from the first weights; leave --model out")
    shapes = [item.shape for item in manifest.spec.inputs]
    require_supported(model)
    own = [tuple(tensor.shape[1:]) for tensor in model.inputs]
    numbers: dict[str, str] = {}
    if fits(own, shapes):
        spec = read_model(model, shapes)
        numbers = numbering(_names(spec), _names(manifest.spec))
        difference = first_difference(_called(spec, numbers), manifest.spec)
    else:
        difference = f"it reads {in_words(own)} for each sample where the workbook's reads {in_words(shapes)}"
    if difference is not None:
        raise ModelError(
            f"the model is not the one of {content.path}: {difference}; pass the model from which it was built"
        )
    return numbers


def _names(spec: ModelSpec) -> Iterator[str]:
    """What may have a number of Keras's."""
    yield from (item.tensor for item in spec.inputs)
    layers = list(spec.layers)
    for layer in layers:
        yield layer.name
        layers += layer.inner


def _called(spec: ModelSpec, numbers: Mapping[str, str]) -> ModelSpec:
    """The same with the names of the other model."""

    def others(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(called(name, numbers) for name in names)

    return replace(
        spec,
        layers=tuple(replace(layer, name=called(layer.name, numbers)) for layer in spec.layers),
        calls=tuple(
            Call(called(call.name, numbers), called(call.layer, numbers), others(call.inputs), others(call.outputs))
            for call in spec.calls
        ),
        outputs=others(spec.outputs),
    )


def _require_inputs(content: WorkbookContent, inputs: Any, model: Any) -> None:
    """The workbook's stored samples are these; a model, if there is one, knows what its inputs are called elsewhere.

    Raises:
        DataError: they are others, or of another shape.
    """
    from xlcheck.building.inputs import fitted, inputs_of
    from xlcheck.verdicts.generated.expectation import expectation_of

    manifest, graph = expectation_of(content)
    shapes = {item.tensor: item.shape for item in manifest.spec.inputs}
    read = fitted(inputs, shapes) if model is None else inputs_of(model, inputs)
    for tensor, array in zip(shapes, read.arrays, strict=True):
        steps = [q for q in graph if q.band.name == f"{tensor}.x"]
        stored = np.concatenate([manifest.trace[q.name] for q in steps], axis=1)
        if len(array) != len(stored):
            raise DataError(f"{content.path} holds {plural(len(stored), 'sample', 'samples')}; {len(array)} are given")
        given = array.reshape(stored.shape)
        different = np.argwhere(given != stored)
        if different.size:
            sample, number = different[0]
            raise DataError(
                f"{content.path} holds other inputs than those given: sample {sample + 1} of {tensor!r} has "
                f"{float(stored[sample, number])!r} where {float(given[sample, number])!r} is given; build it anew"
            )


def given_model(model: Any, inputs: Any) -> GivenModel:
    """A model with its weights, and with inputs if there are any, as a hand-made workbook is compared with them.

    Raises:
        ModelError: the model cannot be used, or leaves open how long its inputs are and there are none.
        DataError: the inputs cannot be read or do not fit the model.
    """
    if isinstance(model, (str, Path)) and (inputs is None or isinstance(inputs, (str, Path))):
        from xlcheck.oracle import numpy_process

        return numpy_process.call(_given_model, model, inputs)
    return _given_model(model, inputs)


def _given_model(model: Any, inputs: Any) -> GivenModel:
    from xlcheck.building.inputs import inputs_of
    from xlcheck.handmade.networks.by_value import GivenModel
    from xlcheck.learning.forward import forward_graph
    from xlcheck.model.keras_file import loaded_model
    from xlcheck.model.keras_reader import read_model, weights_of
    from xlcheck.oracle.quantities import spread

    loaded = loaded_model(model)
    given = None if inputs is None else inputs_of(loaded, inputs)
    spec = read_model(loaded, None if given is None else given.shapes)
    spec = replace(spec, loss=None)
    values = weights_of(loaded)
    if given is not None:
        graph = forward_graph(spec)
        for item, array in zip(spec.inputs, given.arrays, strict=True):
            values |= spread(graph, f"{item.tensor}.x", array)
    return GivenModel(spec, values)


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
