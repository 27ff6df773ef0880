"""Inputs of a model from a file: `.npy`, `.npz` or `.csv`; every number is looked at before it is used."""

from __future__ import annotations

import csv
import math
import os
import zlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import TextIOWrapper
from pathlib import Path
from tokenize import TokenError
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xlcheck.errors import DataError
from xlcheck.files import open_input
from xlcheck.sizes import ARCHIVES, TEXTS, excess, megabytes

Array = NDArray[np.float64]
Shape = tuple[int | None, ...]

_STATES = (".h_init", ".c_init")
_HOW = "give a .npy, .npz or .csv file"


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


def inputs_of(model: Any, inputs: Any, labels: Sequence[str] | None = None) -> ModelInputs:
    """What a model reads, out of a file or out of arrays.

    Args:
        model: a `keras.Model`.
        inputs: path of a file for `read_inputs`, `ModelInputs`, an array, or a list with an array for each input.
        labels: a short text for each sample.

    Raises:
        DataError: the inputs cannot be read or do not fit the model.
    """
    from xlcheck.model.keras_calls import input_names

    if isinstance(inputs, ModelInputs):
        return inputs
    shapes = {name: tuple(tensor.shape[1:]) for name, tensor in zip(input_names(model), model.inputs, strict=True)}
    if isinstance(inputs, (str, Path)):
        return read_inputs(inputs, shapes)
    arrays = inputs if isinstance(inputs, (list, tuple)) and len(shapes) > 1 else [inputs]
    return fit(arrays, shapes, "the inputs", labels)


def read_inputs(path: str | Path, inputs: Mapping[str, Shape]) -> ModelInputs:
    """Read a file of inputs.

    Args:
        path: `.npy` with one array `(samples, …)`; `.npz` with an array for each input by its name, and if
            wanted with states from which recurrent layers start, `lstm.h_init` and `lstm.c_init`;
            `.csv` with one sample a row, its numbers in the order in which NumPy flattens an array.
        inputs: the model's inputs: name → shape without the samples, None where the model leaves it open.

    Raises:
        DataError: the file cannot be read, or its arrays do not fit the inputs.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path}: {'this is a folder' if path.is_dir() else 'there is no such file'}; {_HOW}")
    try:
        match path.suffix.lower():
            case ".npy":
                return fit([_load(path)], inputs, str(path))
            case ".npz":
                states = _states(path, inputs)
                arrays = _from_archive(path, list(inputs), ignored=states)
                return replace(fit(arrays, inputs, str(path)), states=states)
            case ".csv":
                return _from_csv(path, inputs)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    raise DataError(f"{path}: files of this kind are not read; {_HOW}")


def read_array(source: str | Path | ArrayLike, name: str) -> tuple[Array, str]:
    """One array of numbers with a leading axis of samples, and what to call its source in messages.

    Args:
        source: an array, or the path of an `.npy`, `.npz` or `.csv` file, as for `read_inputs`.
        name: what it holds; an `.npz` file may have an array of this name.

    Raises:
        DataError: it cannot be read, or holds anything but finite numbers.
    """
    if not isinstance(source, (str, Path)):
        array, where = np.asarray(source), f"the {name}"
    else:
        array, where = _one_array(Path(source), name), str(source)
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
    return array.astype(np.float64), where


def _one_array(path: Path, name: str) -> NDArray[np.generic]:
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; {_HOW}")
    try:
        match path.suffix.lower():
            case ".npy":
                return _load(path)
            case ".npz":
                return _from_archive(path, [name], f"the {name}")[0]
            case ".csv":
                return _table(path)[0]
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    raise DataError(f"{path}: files of this kind are not read; {_HOW}")


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
        raise DataError(
            f"{where}: the model has {len(inputs)} inputs ({', '.join(inputs)}), but got {len(arrays)} arrays"
        )
    fitted = tuple(
        _fit(np.asarray(array), name, shape, where) for array, (name, shape) in zip(arrays, inputs.items(), strict=True)
    )
    counts = {name: len(array) for name, array in zip(inputs, fitted, strict=True)}
    if len(set(counts.values())) > 1:
        raise DataError(f"{where}: every input needs the same number of samples, but they have {counts}")
    samples = len(fitted[0])
    names = tuple(labels) if labels is not None else tuple(f"sample {k + 1}" for k in range(samples))
    if len(names) != samples:
        raise DataError(f"{where}: {len(names)} labels for {samples} samples")
    return ModelInputs(fitted, names)


def _fit(array: NDArray[np.generic], name: str, shape: Shape, where: str) -> Array:
    if array.dtype.kind not in "biuf":
        raise DataError(f"{where}: input {name!r} holds {array.dtype}, not numbers")
    wanted = ", ".join("?" if n is None else str(n) for n in shape)
    fits = array.ndim == len(shape) + 1 and all(
        n is None or n == have for n, have in zip(shape, array.shape[1:], strict=True)
    )
    if not fits:
        raise DataError(f"{where}: input {name!r} has the shape {array.shape}; the model needs (samples, {wanted})")
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


_BROKEN = (
    ValueError, EOFError, BadZipFile, AttributeError, MemoryError, NotImplementedError, zlib.error,
    SyntaxError, TokenError, RecursionError,
)  # fmt: skip
"""What NumPy raises for a file that is damaged, cut off or lies about its size, or whose header is no description."""


def _opened(path: Path) -> BinaryIO:
    """A file that is read; refused, before anything is unpacked, if more would come out than any workbook shows.

    Raises:
        DataError: it is too large, or would be.
        OSError: it is no file, or cannot be read.
    """
    file = open_input(path)
    try:
        suffix, size = path.suffix.lower(), os.fstat(file.fileno()).st_size
        limit = TEXTS.get(suffix, size)
        too_large = f"has more than the limit of {megabytes(limit)}" if size > limit else None
        if suffix == ".npz":
            with suppress(*_BROKEN), ZipFile(file) as archive:
                too_large = excess(archive.infolist(), ARCHIVES[suffix])
        if too_large is not None:
            raise DataError(f"{path} {too_large}; give fewer samples")
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _load(path: Path) -> NDArray[np.generic]:
    """One array; pickled objects could run code and are refused."""
    try:
        with _opened(path) as file:
            array = np.load(file, allow_pickle=False)
    except _BROKEN as error:
        raise DataError(
            f"{path}: this is no array of numbers (Python objects are not loaded), or it is damaged; "
            "save it with numpy.save"
        ) from error
    if not isinstance(array, np.ndarray):
        raise DataError(f"{path}: this is not one array; name an archive .npz")
    return array


def _states(path: Path, inputs: Collection[str]) -> dict[str, Array]:
    """The initial states in an archive."""
    try:
        with _opened(path) as file, np.load(file, allow_pickle=False) as archive:
            names = [name for name in archive.files if name.endswith(_STATES) and name not in inputs]
    except (*_BROKEN, TypeError):
        return {}  # said where the inputs are read
    return {name: read_array(path, name)[0] for name in names}


def _from_archive(
    path: Path, names: Sequence[str], what: str = "the model's input of this name", ignored: Collection[str] = ()
) -> list[NDArray[np.generic]]:
    try:
        with _opened(path) as file, np.load(file, allow_pickle=False) as archive:
            files = [name for name in archive.files if name not in ignored]
            if len(names) == len(files) == 1:
                return [_member(archive, files[0], path)]
            missing = [name for name in names if name not in files]
            if missing:
                raise DataError(
                    f"{path}: there is no array {missing[0]!r} for {what}; "
                    f"the file holds {', '.join(files) or 'nothing'}"
                )
            return [_member(archive, name, path) for name in names]
    except (*_BROKEN, TypeError) as error:  # TypeError: a single array is no archive
        raise DataError(
            f"{path}: this is not an archive of NumPy arrays, or it holds Python objects: {error}"
        ) from error


def _member(archive: Any, name: str, path: Path) -> NDArray[np.generic]:
    member = archive[name]
    if not isinstance(member, np.ndarray):  # NumPy hands out the bytes of whatever else is in the zip
        raise DataError(f"{path}: {name!r} is no array in it; save it with numpy.savez")
    return member


def _from_csv(path: Path, inputs: Mapping[str, Shape]) -> ModelInputs:
    """One sample a row; a first row without numbers is a header, a first column without numbers labels."""
    if len(inputs) != 1:
        raise DataError(f"{path}: the model has {len(inputs)} inputs ({', '.join(inputs)}); give them as .npz")
    ((name, shape),) = inputs.items()
    table, labels = _table(path)
    return fit([_shaped(table, name, shape, path)], inputs, str(path), labels)


def _table(path: Path) -> tuple[Array, list[str] | None]:
    """The rows of numbers, and a label for each if there are any."""
    try:
        with TextIOWrapper(_opened(path), encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: this is not a CSV file in UTF-8: {error}") from error
    if rows and not any(_is_number(cell) for cell in rows[0]):
        rows = rows[1:]
    if not rows:
        raise DataError(f"{path}: the file holds no sample")
    labels = None
    if all(not _is_number(row[0]) for row in rows):
        labels = [row[0] for row in rows]
        rows = [row[1:] for row in rows]
    width = len(rows[0])
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise DataError(f"{path}: sample {number} has {len(row)} numbers, the first one has {width}")
        for column, cell in enumerate(row, start=1):
            if not _is_number(cell):
                raise DataError(f"{path}: sample {number}, column {column}: {cell!r} is not a number")
    return np.array([[float(cell) for cell in row] for row in rows]), labels


def _shaped(table: Array, name: str, shape: Shape, path: Path) -> Array:
    """Rows of numbers as samples of the input's shape."""
    known = math.prod(n for n in shape if n is not None)
    open_sizes = sum(n is None for n in shape)
    width = table.shape[1]
    if open_sizes > 1 or width % known or (open_sizes == 0 and width != known):
        wanted = " × ".join("?" if n is None else str(n) for n in shape)
        raise DataError(f"{path}: a sample has {width} numbers; the model's input {name!r} needs {wanted}")
    return table.reshape(len(table), *(width // known if n is None else n for n in shape))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
