"""NumPy's `.npy` and `.npz`: what a file declares is compared with what it holds before anything of it is read."""

from __future__ import annotations

import math
import struct
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from xlcheck.errors import DataError
from xlcheck.exclusive import exclusively
from xlcheck.files import open_input
from xlcheck.sizes import ARCHIVES, TEXTS, excess, megabytes

AnyArray = NDArray[np.generic]
Shapes = Sequence[tuple[int, ...]]
Check = Callable[[Shapes], None]
"""Told of the shapes of arrays before they are read; it raises if they are of no use."""

_DOUBLE = 8  # bytes; numbers are read as float64
_BROKEN = (
    ValueError, EOFError, BadZipFile, AttributeError, TypeError, MemoryError, RuntimeError, zlib.error, TokenError,
    SyntaxError, struct.error,
)  # fmt: skip
"""What NumPy and zipfile raise for a file that is damaged, cut off or encrypted."""


def load_npy(path: Path, check: Check) -> AnyArray:
    """One array; pickled objects could run code and are refused.

    Raises:
        DataError: it holds no array of numbers, is damaged or is too large; and whatever `check` raises.
        OSError: it cannot be read.
    """
    try:
        with open_input(path) as file:
            size = file.seek(0, 2)
            file.seek(0)
            if file.read(2) == b"PK":
                raise DataError(f"{path}: this is not one array; name an archive .npz")
            file.seek(0)
            check([_declared(path, file, size)])
            file.seek(0)
            return _array(file)
    except _BROKEN as error:
        raise DataError(
            f"{path}: this is no array of numbers (Python objects are not loaded), or it is damaged; "
            "save it with numpy.save"
        ) from error


class NpzFile:
    """The arrays of an `.npz` archive by their names."""

    def __init__(self, path: Path, archive: ZipFile) -> None:
        self._path = path
        self._archive = archive
        self._parts: Mapping[str, ZipInfo] = {
            part.filename.removesuffix(".npy"): part for part in archive.infolist() if part.filename.endswith(".npy")
        }

    @property
    def names(self) -> list[str]:
        """What the arrays are called."""
        return list(self._parts)

    def load(self, names: Sequence[str], check: Check) -> list[AnyArray]:
        """Some of the arrays."""
        shapes = []
        for name in names:
            with self._archive.open(self._parts[name]) as file:
                shapes.append(_declared(self._path, file, self._parts[name].file_size))
        check(shapes)
        arrays = []
        for name in names:
            with self._archive.open(self._parts[name]) as file:
                arrays.append(_array(file))
        return arrays


@contextmanager
def open_npz(path: Path) -> Iterator[NpzFile]:
    """Open an archive of arrays.

    Raises:
        DataError: it is none, is damaged, holds two arrays of one name, or would unpack to more than anybody needs.
        OSError: it cannot be read.
    """
    try:
        with open_input(path) as file, ZipFile(file) as archive:
            reason = excess(archive.infolist(), ARCHIVES[".npz"])
            if reason is not None:
                raise DataError(f"{path}: it {reason}; save only what the model reads")
            called = Counter(part.filename.removesuffix(".npy") for part in archive.infolist())
            if (name := next((name for name, times in called.items() if times > 1), None)) is not None:
                raise DataError(
                    f"{path}: it holds two arrays called {name!r}, and programs read one or the other; save it with "
                    "numpy.savez"
                )
            yield NpzFile(path, archive)
    except _BROKEN as error:
        raise DataError(
            f"{path}: this is not an archive of NumPy arrays, or it holds Python objects: {error}"
        ) from error


@contextmanager
def _quietly() -> Iterator[None]:
    """Without what NumPy says of files that Python 2 has written: they are read all the same."""
    with exclusively(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Reading `.npy` or `.npz` file required")
        yield


def _array(file: IO[bytes]) -> AnyArray:
    with _quietly():
        array: AnyArray = npy.read_array(file, allow_pickle=False)
    return array


def _declared(path: Path, file: IO[bytes], size: int) -> tuple[int, ...]:
    """The shape of an array, from its header alone.

    Raises:
        DataError: as many numbers are too many.
        ValueError: the header is none, or says something else than the size.
    """
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    with _quietly():
        shape, _, dtype = read(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    numbers = math.prod(shape)
    if numbers * _DOUBLE > TEXTS[".npy"]:
        raise DataError(
            f"{path}: an array of {' × '.join(f'{n:,}' for n in shape)} numbers takes "
            f"{megabytes(numbers * _DOUBLE)}, more than the limit of {megabytes(TEXTS['.npy'])}; save fewer samples"
        )
    if numbers * dtype.itemsize != size - file.tell():
        raise ValueError("it does not hold the numbers that its header declares")
    return tuple(shape)
