"""The other side of `numpy_process`: Keras on NumPy, for the process that started this one, over a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from xlcheck.child_process import serve
from xlcheck.errors import XlcheckError

# Of no use here, and slow to import; Keras does so wherever they are installed.
_LEFT_OUT = ("matplotlib", "pandas", "PIL", "tensorflow")


def main() -> None:
    """Answer requests until the pipe is closed."""
    for name in _LEFT_OUT:
        sys.modules[name] = None  # type: ignore[assignment]
    from xlcheck.model.keras_import import use_numpy

    use_numpy()
    serve(_answer)


def _answer(message: tuple[Any, Callable[..., Any], tuple[Any, ...], dict[str, Any]]) -> tuple[bool, Any]:
    folder, function, arguments, options = message
    os.chdir(folder)  # so that a relative path means the same file in both processes
    try:
        return True, function(*arguments, **options)
    except XlcheckError as error:
        return False, error
