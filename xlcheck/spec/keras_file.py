"""Reading a `.keras` file from anybody without running its code."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xlcheck.errors import ModelError
from xlcheck.spec.keras_import import import_keras

_MAX_RATIO = 100  # Keras compresses nothing; other tools may, but no weights shrink to a hundredth


def load_model(path: str | Path) -> Any:
    """Load a Keras model in Keras's safe mode.

    The file's configuration is read first, so that a custom or Lambda layer is refused by name
    before Keras builds anything. A custom loss or metric is left out: the forward pass needs none.

    Raises:
        ModelError: there is no such file, it is not a whole `.keras` file, or it needs code that is not Keras's.
        MissingDependencyError: Keras is not installed.
    """
    path = Path(path)
    config = _config(path)
    for layer, name in _classes(config.get("config", {})):
        if name == "Lambda":
            raise ModelError(
                f"{path}: layer {layer!r} is a Lambda layer, which holds Python code; xlcheck never runs it"
            )
        if name is not None and not name.startswith("keras."):
            raise ModelError(
                f"{path}: {layer!r} needs {name}, which is not part of Keras; xlcheck runs no code of a file"
            )
    standard = all(name is None or name.startswith("keras.") for _, name in _classes(config.get("compile_config", {})))
    keras = import_keras()
    try:
        with warnings.catch_warnings():
            # A model that was saved before its training has no optimiser state, and needs none here.
            warnings.filterwarnings("ignore", message="Skipping variable loading for optimizer")
            return keras.saving.load_model(path, compile=standard, safe_mode=True)
    except Exception as error:  # Keras raises whatever its parts raise
        reason = str(error).strip().split("\n", 1)[0] or type(error).__name__
        raise ModelError(f"{path}: Keras cannot load it: {reason}") from error


def _config(path: Path) -> dict[str, Any]:
    """The model's configuration, straight from the zip."""
    if not path.is_file():
        what = "this is a folder" if path.is_dir() else "there is no such file"
        raise ModelError(f"{path}: {what}; give a .keras file, as model.save writes it")
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > _MAX_RATIO * path.stat().st_size:
                raise ModelError(f"{path}: it would unpack to {unpacked} bytes, far too many for a file of its size")
            config = json.loads(archive.read("config.json"))
        if not isinstance(config, dict):
            raise ValueError("a configuration is a dictionary")
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, RuntimeError) as error:
        raise ModelError(
            f"{path}: this is not a .keras file, or it is damaged; save it again with model.save"
        ) from error
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error
    return config


def _classes(config: Any, owner: str = "model") -> Iterator[tuple[str, str | None]]:
    """Every serialised object: the layer it belongs to, and its class as `module.name` (None for plain values)."""
    if isinstance(config, list):
        for item in config:
            yield from _classes(item, owner)
    elif isinstance(config, dict):
        inner = config.get("config")
        owner = config.get("name") or (inner.get("name") if isinstance(inner, dict) else None) or owner
        if "class_name" in config and "module" in config:
            name = config["class_name"]
            yield str(owner), "Lambda" if name == "Lambda" else f"{config['module']}.{_own_name(config)}"
        for value in config.values():
            yield from _classes(value, str(owner))


def _own_name(config: dict[str, Any]) -> Any:
    """A function is serialised as the class `function`; what it is called stands in its configuration."""
    return config["config"] if config["class_name"] == "function" else config["class_name"]
