"""Model files of other kinds than `.keras`, called what they are."""

from __future__ import annotations

from pathlib import Path

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
    if path.is_dir() and (path / "saved_model.pb").is_file():
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
