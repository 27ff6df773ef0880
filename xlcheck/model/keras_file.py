"""Reading a `.keras` file from anybody without running its code."""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any

from xlcheck.documents import parse_json
from xlcheck.errors import ModelError
from xlcheck.exclusive import exclusively
from xlcheck.files import is_folder, open_input
from xlcheck.model.keras_import import import_keras
from xlcheck.model.layer_options import require_known, unknown
from xlcheck.shown import shortened
from xlcheck.sizes import ARCHIVES, excess

# Where Keras keeps what networks consist of. Other parts of it can load files and other modules.
_MODULES = {
    "keras", "keras.activations", "keras.constraints", "keras.initializers", "keras.layers", "keras.losses",
    "keras.metrics", "keras.models", "keras.optimizers", "keras.optimizers.schedules", "keras.random",
    "keras.regularizers", "keras.src.models.functional",
}  # fmt: skip
_OPERATIONS = "keras.src.ops."  # made by Keras where a mask is computed, or by an expression between layers
_ACTIVATIONS = ("ReLU", "keras.src.activations.activations")  # the one that is an operation as well
_LAMBDA = {"value"}  # a lambda function as activation: marshalled code, and nothing else
_BYTES = 4  # of a weight in single precision, the smallest that is supported


def load_model(path: str | Path) -> Any:
    """Load a Keras model in Keras's safe mode.

    The file's configuration is read first, so that a custom or Lambda layer is refused by name
    before Keras builds anything. A custom loss or metric is left out: the forward pass needs none.

    Raises:
        ModelError: there is no such file, it is not a whole `.keras` file, or it needs code that is not Keras's.
        NotSupportedError: a layer of Keras's is not supported.
        MissingDependencyError: Keras is not installed.
    """
    path = Path(path)
    config, size = _config(path)
    compiled = config.pop("compile_config", None)
    found = list(_objects(config))
    kinds = [(str(item.get("class_name")), owner) for owner, item in found if _module(item) == "keras.layers"]
    layers = [pair for pair in kinds if pair[0] != "InputLayer"]
    harms = {owner: harm for owner, item in reversed(found) if (harm := _harm(owner, item)) is not None}
    if harms:
        first, *more = reversed(harms)
        others = dict.fromkeys(more) | {name: kind for kind, name in unknown(layers) if name != first}
        named = ", ".join(f"{name!r}" + (f" ({kind})" if kind else "") for name, kind in others.items())
        raise ModelError(f"{path}: {harms[first]}" + (f"; nor are these supported: {named}" if others else ""))
    require_known(layers)
    standard = all(_module(item) in _MODULES for _, item in _objects(compiled))
    keras = import_keras()
    try:
        with exclusively(), warnings.catch_warnings(), _weights_limited(keras, size):
            # A model that was saved before its training has no optimiser state, and needs none here.
            warnings.filterwarnings("ignore", message="Skipping variable loading for optimizer")
            return keras.saving.load_model(path, compile=standard, safe_mode=True)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    except Exception as error:  # Keras raises whatever its parts raise
        reason = str(error).strip().split("\n", 1)[0] or type(error).__name__
        raise ModelError(f"{path}: Keras cannot load it: {reason}") from error


def require_file(model: Any) -> None:
    """Refuse a path at which no `.keras` file is; a model that is none, and what is in the file, is left to others.

    Raises:
        ModelError: there is no such file, or it is not a whole `.keras` file.
    """
    if isinstance(model, (str, Path)):
        _config(Path(model))


def loaded_model(model: Any) -> Any:
    """The model in a file, see `load_model`; a model as it is.

    Raises:
        ModelError: it is neither, or see `load_model`.
    """
    if isinstance(model, (str, Path)):
        return load_model(model)
    if isinstance(model, type) or not all(hasattr(model, part) for part in ("layers", "get_config", "weights")):
        raise ModelError(f"a model is a keras.Model, or the path of a .keras file, not {shortened(model)}")
    return model


def _config(path: Path) -> tuple[dict[str, Any], int]:
    """The model's configuration, straight from the zip, and how many bytes the file has for its weights."""
    try:
        with open_input(path) as file:
            start = file.read(8)
            if not start.startswith(b"PK") and (foreign := what_it_is(path, start)):
                raise ModelError(f"{path}: {foreign}")
            with zipfile.ZipFile(file) as archive:
                parts = archive.infolist()
                if (reason := excess(parts, ARCHIVES[".keras"])) is not None:
                    raise ModelError(f"{path}: it {reason}")
                config = parse_json(archive.read("config.json"))
        if not isinstance(config, dict):
            raise ValueError("a configuration is a dictionary")
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, RuntimeError) as error:
        said = what_it_is(path, b"") or "this is not a .keras file, or it is damaged; save it again with model.save"
        raise ModelError(f"{path}: {said}") from error
    except OSError as error:
        what = what_it_is(path, b"") if is_folder(path) else None
        missing = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or error
        raise ModelError(f"{path}: {what or f'{missing}; give a .keras file, as model.save writes it'}") from error
    stored = [part.file_size for part in parts if part.filename.endswith((".weights.h5", ".weights.npz"))]
    if not stored:
        raise ModelError(f"{path}: the file holds no weights; save it again with model.save")
    return config, sum(stored)


@contextmanager
def _weights_limited(keras: Any, size: int) -> Iterator[None]:
    """While Keras makes the layers of a file, refuse a weight before it is made that the file cannot hold.

    Raises:
        ModelError: the layers need more.
    """
    thread, left = get_ident(), [size]
    layer = keras.layers.Layer
    add_weight = layer.add_weight

    def limited(self: Any, *args: Any, **kwargs: Any) -> Any:
        shape = kwargs.get("shape", args[0] if args else ()) or ()
        if get_ident() == thread:
            left[0] -= _BYTES * math.prod(shape)
            if left[0] < 0:
                raise ModelError(
                    f"its layer {self.name!r} needs weights of the shape {tuple(shape)}, which are more than the "
                    f"{size:,} bytes of weights in the file; save it again with model.save"
                )
        return add_weight(self, *args, **kwargs)

    layer.add_weight = limited
    try:
        yield
    finally:
        layer.add_weight = add_weight


def _harm(owner: str, item: dict[str, Any]) -> str | None:
    """Why loading an object could run code of the file, or other code than that of Keras's layers; None if not."""
    kind, module = item.get("class_name"), _module(item)
    if kind == "Lambda":
        return (
            f"layer {owner!r} is a Lambda layer, which holds Python code; xlcheck never runs it, but reads what needs "
            "none: x[:, -1], x + y, keras.ops.sum(x, axis=1)"
        )
    if kind in (None, "__lambda__"):
        return f"{owner!r} holds Python code, a lambda function; xlcheck never runs it"
    if module not in _MODULES and not module.startswith(_OPERATIONS) and (kind, module) != _ACTIVATIONS:
        name = item.get("config") if kind == "function" else kind  # a function is called what its configuration says
        what = f"the class {name}" if not module else f"{module}.{name}"
        whose = "no layer that xlcheck knows needs" if module.startswith("keras.") else "is not part of Keras"
        return f"{owner!r} needs {what}, which {whose}; xlcheck runs no code of a file"
    return None


def _module(item: dict[str, Any]) -> str:
    """Where an object's class is defined, whatever stands there; empty if nothing does."""
    module = item.get("module")
    return "" if module is None else str(module)


def _objects(config: Any, owner: str = "model") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every serialised object, with the name of the layer that it belongs to."""
    if isinstance(config, list):
        for item in config:
            yield from _objects(item, owner)
    elif isinstance(config, dict):
        inner = config.get("config")
        owner = str(config.get("name") or (inner.get("name") if isinstance(inner, dict) else None) or owner)
        if "module" in config or config.get("class_name") == "__lambda__" or set(config) == _LAMBDA:
            yield owner, config
        for value in config.values():
            yield from _objects(value, owner)


_SAVE_AGAIN = "load it where it was made and save it with model.save('model.keras')"
_KERAS_WEIGHTS = "make the model, load them with model.load_weights, and save it with model.save('model.keras')"
_NO_KERAS = "xlcheck reads Keras models only; build the same layers in Keras and give them its weights"

_ENDINGS = {
    ".weights.h5": ("holds the weights of a Keras model without its layers", _KERAS_WEIGHTS),
    ".h5": ("is a Keras model in the older HDF5 format", _SAVE_AGAIN),
    ".hdf5": ("is a Keras model in the older HDF5 format", _SAVE_AGAIN),
    ".pb": ("is a TensorFlow graph", _SAVE_AGAIN),
    ".tflite": ("is a TensorFlow Lite model", _NO_KERAS),
    ".onnx": ("is an ONNX model", _NO_KERAS),
    ".pt": ("is a PyTorch model", _NO_KERAS),
    ".pth": ("is a PyTorch model", _NO_KERAS),
    ".safetensors": ("holds weights without layers", _NO_KERAS),
    ".pkl": ("is a Python pickle, which could run code", _NO_KERAS),
    ".joblib": ("is a Python pickle, which could run code", _NO_KERAS),
}
FOREIGN = tuple(_ENDINGS)
"""How the names of such files end."""


def what_it_is(path: Path, start: bytes) -> str | None:
    """What a file is that is no `.keras` file, and what to do, as the rest of a sentence; None if nobody knows.

    Args:
        path: the file or folder; its name counts where its content says nothing.
        start: its first bytes, at least eight if it has them.
    """
    if is_folder(path) and (path / "saved_model.pb").is_file():
        return f"this folder is a TensorFlow SavedModel; {_SAVE_AGAIN}"
    if start.startswith(b"\x89HDF\r\n\x1a\n"):
        ending = ".weights.h5" if path.name.lower().endswith(".weights.h5") else ".h5"
    elif start[4:8] == b"TFL3":
        ending = ".tflite"
    else:
        ending = next((known for known in _ENDINGS if path.name.lower().endswith(known)), "")
    if ending not in _ENDINGS:
        return None
    what, do = _ENDINGS[ending]
    return f"this {what}; {do}"
