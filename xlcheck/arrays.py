"""Arrays out of NumPy's files that nobody vouches for: nothing is unpickled, and nothing unpacked that is too large."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import DataError
from xlcheck.files import open_input
from xlcheck.sizes import ARCHIVES, excess

BROKEN = (ValueError, EOFError, BadZipFile, zlib.error, NotImplementedError, MemoryError, KeyError, TypeError)
"""What NumPy raises for a file that is damaged, cut off or lies about its size."""


def read_archive(path: Path) -> dict[str, NDArray[Any]]:
    """All arrays of an `.npz` file, by name, in the order in which they stand there.

    Raises:
        DataError: the file is damaged, too large when unpacked, or holds Python objects.
    """
    try:
        with open_input(path) as file:
            with ZipFile(file) as archive:
                too_large = excess(archive.infolist(), ARCHIVES[".npz"])
            if too_large:
                raise DataError(f"{path}: the file {too_large}; save fewer or smaller arrays")
            with np.load(file, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    except BROKEN as error:
        raise DataError(
            f"{path}: this is not an archive of NumPy arrays, it is damaged, or it holds Python objects; "
            "save it with numpy.savez"
        ) from error
