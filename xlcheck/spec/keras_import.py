"""The one place that imports Keras: quietly, on TensorFlow, with a clear error if it is missing."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from threading import Thread
from types import ModuleType

from xlcheck.errors import MissingDependencyError, NotSupportedError, XlcheckError


def import_keras() -> ModuleType:
    """Keras on the TensorFlow backend.

    The environment's own settings win over those made here. TensorFlow's oneDNN kernels are switched
    off because they announce themselves on stderr and choose their order of summation by processor.

    Raises:
        MissingDependencyError: Keras or TensorFlow is not installed.
        NotSupportedError: Keras runs on another backend, whose arithmetic is not the one that is checked.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if "keras" not in sys.modules:
        _check_backend(os.environ["KERAS_BACKEND"])
    try:
        import keras
    except ImportError as error:
        raise MissingDependencyError(
            f"this needs Keras with TensorFlow, but {error.name or 'a part of it'} is missing; "
            "install it with: pip install 'xlcheck[keras]'"
        ) from error
    _check_backend(keras.config.backend())
    module: ModuleType = keras
    return module


def import_in_background() -> None:
    """Begin to import Keras while the caller goes on with other work; what goes wrong is said by `import_keras`."""
    if "keras" in sys.modules:
        return

    def run() -> None:
        with suppress(XlcheckError):
            import_keras()

    Thread(target=run, name="import of Keras").start()


def _check_backend(name: str) -> None:
    if name != "tensorflow":
        raise NotSupportedError(
            f"Keras runs on the backend {name!r} here, which rounds and clips differently; "
            "set the environment variable KERAS_BACKEND=tensorflow"
        )
