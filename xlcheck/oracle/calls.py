"""Which noted call of a layer is which call of the spec."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xlcheck.errors import OracleError
from xlcheck.oracle.listen import LayerCall
from xlcheck.spec.keras_import import import_keras
from xlcheck.spec.model_spec import Call, ModelSpec


def match_calls(spec: ModelSpec, root: LayerCall, inputs: Sequence[Any]) -> Iterator[tuple[Call, LayerCall]]:
    """Pair the spec's calls with those that were noted, in the spec's order.

    A layer that is called once is known by its name; the calls of a shared layer are told apart by the
    very tensors that they were given.

    Args:
        spec: the model.
        root: what was noted.
        inputs: the tensors that the model was called with.

    Raises:
        OracleError: Keras made other calls than the spec names.
    """
    tensors = {item.tensor: tensor for item, tensor in zip(spec.inputs, inputs, strict=True)}
    waiting = list(root.calls)
    for call in spec.calls:
        found = [noted for noted in waiting if noted.layer.name == call.layer]
        if len([other for other in spec.calls if other.layer == call.layer]) > 1:
            given = [tensors[name] for name in call.inputs]
            found = [noted for noted in found if _is_given(noted, given)][:1]
        if len(found) != 1:
            raise OracleError(f"Keras called the layer {call.layer!r} in another way than the model's graph shows")
        waiting.remove(found[0])
        tensors.update(zip(call.outputs, import_keras().tree.flatten(found[0].result), strict=True))
        yield call, found[0]


def _is_given(noted: LayerCall, tensors: list[Any]) -> bool:
    read = import_keras().tree.flatten(noted.args[0])
    return len(read) == len(tensors) and all(a is b for a, b in zip(read, tensors, strict=True))
