"""What the inputs of a model may be called, and how what is given for them may be nested: as Keras takes it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from xlcheck.errors import DataError, InputNote

_TENSOR = re.compile(r"keras_tensor(?:_(\d+))?")


def names_of(model: Any) -> list[tuple[str, ...]]:
    """What each input of a model may be called, each name for one of them alone.

    First comes the name in the dictionary that Keras takes, if the model is made of one, then xlcheck's own, that of
    the layer, of the tensor, and of its place as `numpy.savez` counts. A name that could mean two inputs means the one
    for which it comes first: Keras does not ask layers for their names where there is a dictionary.
    """
    from xlcheck.model.keras_calls import input_names

    structure = structure_of(model)
    keys = {id(tensor): key for key, tensor in structure.items()} if isinstance(structure, Mapping) else {}
    names = []
    for place, (tensor, own) in enumerate(zip(model.inputs, input_names(model), strict=True)):
        key, layer = keys.get(id(tensor), own), tensor._keras_history.operation.name
        names.append((str(key), own, str(layer), str(tensor.name), f"arr_{place}"))
    meant: dict[str, int] = {}
    for rank in zip(*names, strict=True):
        for place, name in enumerate(rank):
            meant.setdefault(name, place)
    return [tuple(name for name in dict.fromkeys(own) if meant[name] == place) for place, own in enumerate(names)]


def structure_of(model: Any) -> Any:
    """The tensors that a model reads as Keras takes them: one, or a list or a dictionary of them."""
    return getattr(model, "input", model.inputs)  # a Sequential that has not been called has no `input`


def leaves(structure: Any, given: Any) -> list[Any]:
    """What is given for each of Keras's tensors, in its order.

    Args:
        structure: what `structure_of` says.
        given: as many items as the structure has, nested in the same way; a dictionary's stand in the order of its
            keys. Where it is no list of as many it is taken as it is.
    """
    if isinstance(structure, Mapping):
        structure = [structure[key] for key in sorted(structure)]
    if isinstance(given, (list, tuple)) and isinstance(structure, (list, tuple)) and len(given) == len(structure):
        return [leaf for own, item in zip(structure, given, strict=True) for leaf in leaves(own, item)]
    return [given]


def chosen_names(given: Sequence[str], names: Sequence[tuple[str, ...]], where: str, holds: str) -> list[str]:
    """For each input the name under which it is given.

    Raises:
        DataError: one is missing.
    """
    chosen = [next((name for name in each if name in given), None) for each in names]
    if None in chosen and len(given) == len(names) and (numbers := _of_tensors(given)) is not None:
        if numbers != sorted(numbers):
            raise DataError(
                f"{where}: {', '.join(map(_shown, given))} are names that Keras gives anew when a model is loaded, "
                f"and they do not stand in their order; call the arrays {', '.join(each[0] for each in names)}"
            )
        inputs = ", ".join(each[0] for each in names)
        note = f"{where}: {', '.join(map(_shown, given))} are taken in this order for the model's inputs {inputs}"
        warnings.warn(note, InputNote, stacklevel=2)
        return list(given)
    for name, each in zip(chosen, names, strict=True):
        if name is None:
            raise DataError(
                f"{where}: there is no array {each[0]!r} for the model's input of this name; "
                f"{holds or 'they are called'} {', '.join(map(_shown, given)) or 'nothing'}"
            )
    return [name for name in chosen if name is not None]


def _of_tensors(names: Sequence[str]) -> list[int] | None:
    """The numbers in names such as `keras_tensor_3`; None if a name is another one.

    Keras counts tensors in each process, so a file of a model does not know what its inputs were called elsewhere.
    """
    found = [_TENSOR.fullmatch(name) for name in names]
    return [int(match[1] or 0) for match in found if match is not None] if all(found) else None


def _shown(name: object) -> str:
    """A name out of a file as a sentence may show it."""
    text = str(name)
    return text if text.isprintable() else repr(text)
