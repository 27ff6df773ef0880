"""The one place that imports Keras: quietly, on the backend that this process is to use, or with a clear error."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from types import ModuleType

from xlcheck.errors import MissingDependencyError, NotSupportedError, install_command
from xlcheck.interrupts import raise_if_ended

_backends = {"tensorflow"}


def import_keras() -> ModuleType:
    """Keras, on the TensorFlow backend wherever `use_numpy` has not been called.

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
        # Models are made and compiled anew again and again; TensorFlow takes that for a mistake and warns.
        log = logging.getLogger("tensorflow")
        log.setLevel(log.level or logging.ERROR)
    try:
        with _without_jax():
            import keras
    except ImportError as error:
        raise MissingDependencyError(
            f"this needs Keras with TensorFlow, but {error.name or 'a part of it'} is missing; "
            f"install it with: {install_command('keras')}"
        ) from error
    raise_if_ended()  # a signal may have come meanwhile, and been lost
    _check_backend(keras.config.backend())
    module: ModuleType = keras
    return module


def use_numpy() -> None:
    """Import Keras on NumPy, in double precision, for everything that this process does.

    Raises:
        NotSupportedError: this Keras computes in single precision nevertheless.
    """
    os.environ |= {"KERAS_BACKEND": "numpy", "JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu"}
    _backends.add("numpy")
    keras = import_keras()
    # Keras allows double precision to layers of TensorFlow, and takes it from the results of all others' operations.
    sys.modules["keras.src.backend.common.dtypes"].BIT64_TO_BIT32_DTYPE.clear()
    if keras.backend.result_type("float64", float) != "float64":
        raise NotSupportedError("this version of Keras has no double precision on NumPy")


def import_in_background() -> None:
    """Begin to import Keras while the caller goes on with other work; what goes wrong is said by `import_keras`."""
    if "keras" in sys.modules:
        return

    def run() -> None:
        # A command that ends first interrupts the import, and nobody needs it then.
        with suppress(Exception):
            import_keras()

    Thread(target=run, name="import of Keras").start()


@contextmanager
def _without_jax() -> Iterator[None]:
    """Let TensorFlow think that JAX is not installed, unless somebody has imported it.

    A part of TensorFlow that is not used here would import it, which takes half a second and 100 MB. Keras on
    NumPy cannot do without.
    """
    if "jax" in sys.modules or "numpy" in _backends:
        yield
        return
    sys.modules["jax"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["jax"]


def _check_backend(name: str) -> None:
    if name not in _backends:
        raise NotSupportedError(
            f"Keras runs on the backend {name!r} here, which rounds and clips differently; "
            "set the environment variable KERAS_BACKEND=tensorflow"
        )
