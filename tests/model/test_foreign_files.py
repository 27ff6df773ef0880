"""Model files of other kinds are called what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.model.keras_file import what_it_is

HDF5 = b"\x89HDF\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        ("model.keras", HDF5, "older HDF5 format"),
        ("m.weights.h5", HDF5, "weights of a Keras model without its layers"),
        ("m.weights.h5", b"", "weights of a Keras model without its layers"),
        ("model.bin", b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
        ("MODEL.ONNX", b"", "an ONNX model"),
        ("m.pt", b"PK\x03\x04", "a PyTorch model"),
    ],
)
def test_the_content_counts_before_the_name(name: str, start: bytes, said: str) -> None:
    """A file is what its first bytes say; where they say nothing, what its name says, in whichever letters."""
    found = what_it_is(Path(name), start)

    assert found is not None
    assert said in found


def test_a_folder_is_a_saved_model_only_with_a_graph(tmp_path: Path) -> None:
    """Any other folder is unknown, and so is a file that nobody knows."""
    assert what_it_is(tmp_path, b"") is None
    assert what_it_is(tmp_path / "model.keras", b"PK\x03\x04") is None
    (tmp_path / "saved_model.pb").touch()
    assert "SavedModel" in str(what_it_is(tmp_path, b""))
