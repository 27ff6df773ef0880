"""Inputs of a model from a file: `.npy`, `.npz` or `.csv`; every number is looked at before it is used."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xlcheck.array_files import Check, Shapes, load_npy, open_npz
from xlcheck.arrays import Array, array_of
from xlcheck.building.csv_table import read_table
from xlcheck.building.input_names import chosen_names, leaves, names_of, structure_of
from xlcheck.errors import DataError, InputNote
from xlcheck.files import is_folder, reading
from xlcheck.verdicts.messages import plural

Shape = tuple[int | None, ...]

_STATES = (".h_init", ".c_init")
_HOW = "give a .npy, .npz or .csv file"
_FILE_HOLDS = "the file holds"


@dataclass(frozen=True)
class ModelInputs:
    """What a model reads.

    Attributes:
        arrays: one array for each input of the model, in its order, `(samples, …)`.
        labels: a short text for each sample.
        states: the states from which recurrent layers start, by name: `lstm.h_init`; others start from zeros.
    """

    arrays: tuple[Array, ...]
    labels: tuple[str, ...]
    states: Mapping[str, Array] = field(default_factory=dict)

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shape of each input, without the axis of samples."""
        return [array.shape[1:] for array in self.arrays]

    @property
    def for_keras(self) -> Array | list[Array]:
        """The arrays as a model is called with them: the only one, or a list."""
        return list(self.arrays) if len(self.arrays) > 1 else self.arrays[0]


def inputs_of(
    model: Any, inputs: Any, labels: Sequence[str] | None = None, check: Check = lambda shapes: None
) -> ModelInputs:
    """What a model reads, out of a file or out of arrays.

    Args:
        model: a `keras.Model`.
        inputs: path of a file for `read_inputs`, `ModelInputs`, an array or a table with one sample a row; for a model
            with several inputs a list with one for each, nested as Keras takes them, or a dictionary by the names of
            `names_of`.
        labels: a short text for each sample.
        check: told of the shapes, before the arrays in a file are read.

    Raises:
        DataError: the inputs cannot be read or do not fit the model.
    """
    from xlcheck.model.keras_calls import input_names

    if isinstance(inputs, ModelInputs):
        return inputs
    shapes = {name: tuple(tensor.shape[1:]) for name, tensor in zip(input_names(model), model.inputs, strict=True)}
    return fitted(inputs, shapes, names_of(model), structure_of(model), labels, check)


def fitted(
    inputs: Any,
    shapes: Mapping[str, Shape],
    names: Sequence[tuple[str, ...]] = (),
    structure: Any = None,
    labels: Sequence[str] | None = None,
    check: Check = lambda shapes: None,
) -> ModelInputs:
    """The same where of a model no more is known than the shapes of its inputs, or this as well.

    Args:
        inputs: as for `inputs_of`.
        shapes: name → shape without the samples, None where the model leaves it open.
        names: all names of each input, see `names_of`; without them those of `shapes`.
        structure: how Keras takes the inputs, see `structure_of`; without it as a list.
        labels: a short text for each sample.
        check: told of the shapes, before the arrays in a file are read.

    Raises:
        DataError: the inputs cannot be read or do not fit.
    """
    names = list(names) or [(name,) for name in shapes]
    if isinstance(inputs, (str, Path)):
        return read_inputs(inputs, shapes, names, check)
    if isinstance(inputs, Mapping):
        arrays: Sequence[Any] = [inputs[key] for key in chosen_names(list(inputs), names, "the inputs", "")]
    elif len(shapes) == 1:
        (shape,) = shapes.values()
        alone = isinstance(inputs, (list, tuple)) and len(inputs) == 1 and _array(inputs[0]).ndim > len(shape)
        arrays = inputs if alone else [inputs]
    else:
        arrays = leaves(list(shapes) if structure is None else structure, inputs)
    given = fit(arrays, shapes, "the inputs", labels)
    check([array.shape for array in given.arrays])
    return given


def read_inputs(
    path: str | Path,
    inputs: Mapping[str, Shape],
    names: Sequence[tuple[str, ...]] = (),
    check: Check = lambda shapes: None,
) -> ModelInputs:
    """Read a file of inputs.

    Args:
        path: `.npy` with one array `(samples, …)`; `.npz` with an array for each input by its name, and if
            wanted with states from which recurrent layers start, `lstm.h_init` and `lstm.c_init`;
            `.csv` with one sample a row, its numbers in the order in which NumPy flattens an array, or with the steps
            of one sample as its rows.
        inputs: the model's inputs: name → shape without the samples, None where the model leaves it open.
        names: all names of each input, see `names_of`; without them those of `inputs`.
        check: told of the shapes of the arrays before they are read.

    Raises:
        DataError: the file cannot be read, or its arrays do not fit the inputs.
    """
    path = Path(path)
    names = list(names) or [(name,) for name in inputs]

    def checked(shapes: Shapes) -> None:
        for shape, (name, wanted) in zip(shapes, inputs.items(), strict=True):
            _require_shape(shape, name, wanted, str(path))
        check(shapes)

    with _reading(path):
        match path.suffix.lower():
            case ".npy":
                return fit([load_npy(path, checked if len(inputs) == 1 else check)], inputs, str(path))
            case ".npz":
                with open_npz(path) as archive:
                    known = {name for each in names for name in each}
                    states = [name for name in archive.names if name.endswith(_STATES) and name not in known]
                    given = [name for name in archive.names if name not in states]
                    chosen = (
                        given if len(names) == len(given) == 1 else chosen_names(given, names, str(path), _FILE_HOLDS)
                    )
                    read = fit(archive.load(chosen, checked), inputs, str(path))
                    kept = {name: _finite(archive.load([name], _anything)[0], name, str(path)) for name in states}
                return replace(read, states=kept)
            case ".csv":
                return _from_csv(path, inputs)
    raise _other_kind(path)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Say in one sentence why a file cannot be read."""
    with reading(path, DataError):
        try:
            yield
        except FileNotFoundError:
            raise DataError(f"{path}: there is no such file; {_HOW}") from None
        except IsADirectoryError:
            raise DataError(f"{path}: this is a folder; {_HOW}") from None


def _other_kind(path: Path) -> DataError:
    kinds = "this is a folder" if is_folder(path) else "files of this kind are not read"
    return DataError(f"{path}: {kinds if os.path.lexists(path) else 'there is no such file'}; {_HOW}")


def _anything(shapes: Shapes) -> None:
    """Every shape is welcome."""


def read_array(source: str | Path | ArrayLike, name: str) -> tuple[Array, str]:
    """One array of numbers with a leading axis of samples, and what to call its source in messages.

    Args:
        source: an array, or the path of an `.npy`, `.npz` or `.csv` file, as for `read_inputs`.
        name: what it holds; an `.npz` file may have an array of this name.

    Raises:
        DataError: it cannot be read, or holds anything but finite numbers.
    """
    if not isinstance(source, (str, Path)):
        return _finite(_array(source), name, f"the {name}"), f"the {name}"
    return _finite(_one_array(Path(source), name), name, str(source)), str(source)


def _finite(array: NDArray[np.generic], name: str, where: str) -> Array:
    if array.dtype.kind not in "biuf":
        raise DataError(f"{where}: the {name} are {array.dtype}, not numbers")
    if array.ndim == 0 or array.size == 0:
        raise DataError(f"{where}: there are no {name} in it")
    bad = np.argwhere(~np.isfinite(array.astype(np.float64)))
    if bad.size:
        raise DataError(
            f"{where}: {len(bad)} of the {name} are no finite numbers, the first at {[int(i) for i in bad[0]]}; "
            "replace them"
        )
    return array.astype(np.float64)


def _one_array(path: Path, name: str) -> NDArray[np.generic]:
    with _reading(path):
        match path.suffix.lower():
            case ".npy":
                return load_npy(path, _anything)
            case ".npz":
                with open_npz(path) as archive:
                    one = len(archive.names) == 1
                    chosen = archive.names if one else chosen_names(archive.names, [(name,)], str(path), _FILE_HOLDS)
                    return archive.load(chosen, _anything)[0]
            case ".csv":
                return read_table(path).numbers
    raise _other_kind(path)


def fit(
    arrays: Sequence[ArrayLike], inputs: Mapping[str, Shape], where: str, labels: Sequence[str] | None = None
) -> ModelInputs:
    """Arrays as a model's inputs.

    Args:
        arrays: one for each input, with a leading axis of samples.
        inputs: name → shape without the samples, None where the model leaves it open.
        where: what to call their source in messages.
        labels: a text for each sample; `sample 1`, `sample 2`, … without it.

    Raises:
        DataError: number, shape or type of the arrays do not fit, or a value is not finite.
    """
    if len(arrays) != len(inputs):
        got = "1 array" if len(arrays) == 1 else f"{len(arrays)} arrays"
        raise DataError(f"{where}: the model has {len(inputs)} inputs ({', '.join(inputs)}), but got {got}")
    fitted = tuple(
        _fit(_array(array), name, shape, where) for array, (name, shape) in zip(arrays, inputs.items(), strict=True)
    )
    counts = {name: len(array) for name, array in zip(inputs, fitted, strict=True)}
    if len(set(counts.values())) > 1:
        raise DataError(f"{where}: every input needs the same number of samples, but they have {counts}")
    samples = len(fitted[0])
    names = tuple(labels) if labels is not None else tuple(f"sample {k + 1}" for k in range(samples))
    if len(names) != samples:
        raise DataError(f"{where}: {plural(len(names), 'label', 'labels')} for {plural(samples, 'sample', 'samples')}")
    return ModelInputs(fitted, names)


def _array(source: ArrayLike) -> NDArray[np.generic]:
    """See `array_of`.

    Raises:
        DataError: it is no array.
    """
    try:
        return array_of(source)
    except (TypeError, ValueError) as error:
        raise DataError(f"a {type(source).__name__} of numbers is no array: {error}") from None


def _require_shape(have: tuple[int, ...], name: str, shape: Shape, where: str) -> None:
    """Refuse an array whose shape is neither that of samples nor that of a single one."""
    for inner in (have[1:], have):
        if len(inner) == len(shape) and all(n is None or n == m for n, m in zip(shape, inner, strict=True)):
            return
    wanted = ", ".join("any" if n is None else str(n) for n in shape)
    raise DataError(f"{where}: input {name!r} has the shape {have}; the model needs (samples, {wanted})")


def _fit(array: NDArray[np.generic], name: str, shape: Shape, where: str) -> Array:
    if array.dtype.kind not in "biuf":
        raise DataError(f"{where}: input {name!r} holds {array.dtype}, not numbers")
    _require_shape(array.shape, name, shape, where)
    if array.ndim == len(shape):
        warnings.warn(
            f"{where}: input {name!r} has the shape {array.shape}, without an axis of samples; it is taken for one "
            "sample", InputNote, stacklevel=2,
        )  # fmt: skip
        array = array[None]
    if array.size == 0:
        raise DataError(f"{where}: input {name!r} holds no sample")
    numbers = array.astype(np.float64)
    bad = np.argwhere(~np.isfinite(numbers))
    if bad.size:
        index = tuple(int(i) for i in bad[0])
        raise DataError(
            f"{where}: input {name!r} has {len(bad)} values that are no finite numbers, the first at {list(index)}; "
            "replace them"
        )
    return numbers


def _from_csv(path: Path, inputs: Mapping[str, Shape]) -> ModelInputs:
    """One sample a row, or the only one a step a row; a first row without numbers is a header, such a column labels."""
    if len(inputs) != 1:
        raise DataError(f"{path}: the model has {len(inputs)} inputs ({', '.join(inputs)}); give them as .npz")
    ((name, shape),) = inputs.items()
    table = read_table(path, None if None in shape else math.prod(n for n in shape if n is not None))
    array = _shaped(table.numbers, name, shape, path)
    return fit([array], inputs, str(path), table.labels if array.ndim > len(shape) else None)


def _shaped(table: Array, name: str, shape: Shape, path: Path) -> Array:
    """Rows of numbers as samples of the input's shape, or, where they can be nothing else, as the one sample itself."""
    known = math.prod(n for n in shape if n is not None)
    open_sizes = sum(n is None for n in shape)
    width = table.shape[1]
    if open_sizes > 1 or width % known or (open_sizes == 0 and width != known):
        if table.shape == shape:
            return table
        wanted = " × ".join("?" if n is None else str(n) for n in shape)
        raise DataError(f"{path}: a sample has {width} numbers; the model's input {name!r} needs {wanted}")
    return table.reshape(len(table), *(width // known if n is None else n for n in shape))
