"""Lists of integers out of a pickled NumPy array, and nothing else: a pickle can otherwise run any code.

Keras stores its film reviews as an array of lists. The few names that such a pickle refers to are answered with
stand-ins of our own, so that not even NumPy's loading code runs; any other name is refused.

Source of the format: PEP 3154, and `numpy.ndarray.__reduce__`.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import DataError


def lists_of_integers(file: IO[bytes], name: str) -> list[NDArray[np.int32]]:
    """Read one pickled array of lists of integers.

    Args:
        file: positioned at the pickle, behind the header of the `.npy` file.
        name: what to call it in messages.

    Returns:
        One array for each list.

    Raises:
        DataError: the pickle is damaged, refers to anything but an array, or holds anything but lists of integers.
    """
    try:
        array = _OnlyArrays(file).load()
    except _RefusedError as error:
        raise DataError(
            f"{name} refers to {error}, which is not an array of lists of integers: it was not loaded"
        ) from None
    except Exception as error:  # whatever a damaged pickle raises, it is the same to the user
        raise DataError(f"{name} is not a readable array of lists ({error}): fetch the file again") from None
    if not isinstance(array, _Array) or not isinstance(array.items, list):
        raise DataError(f"{name} is not an array of lists of integers: it was not loaded")
    return [_integers(item, name) for item in array.items]


def _integers(item: object, name: str) -> NDArray[np.int32]:
    # type() and not isinstance: True is an int, too
    if type(item) is not list or set(map(type, item)) - {int}:
        raise DataError(f"{name} holds something that is not a list of integers: it was not loaded")
    try:
        return np.array(item, dtype=np.int32)
    except OverflowError:
        raise DataError(f"{name} holds an integer that is too large to be a word's index: it was not loaded") from None


class _RefusedError(Exception):
    """A name that has no business in this file."""


class _Array:
    """Stands in for `numpy.ndarray`; keeps the items of the list behind it."""

    items: object = None

    def __setstate__(self, state: Any) -> None:
        _version, _shape, _dtype, _fortran, self.items = state


class _Dtype:
    """Stands in for `numpy.dtype`; the dtype of an array of objects says nothing."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


def _reconstruct(*_: object) -> _Array:
    return _Array()


def _encode(text: str, _encoding: str) -> bytes:
    return text.encode("latin1")  # how Python 3 writes bytes in the old protocols


_STAND_INS: dict[tuple[str, str], Callable[..., object]] = {
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
}


class _OnlyArrays(pickle.Unpickler):
    """The standard unpickler with a closed set of names."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="latin1")  # Keras's own file was written by Python 2

    def find_class(self, module: str, name: str) -> Callable[..., object]:
        """The stand-in for a name."""
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise _RefusedError(f"{module}.{name}") from None
