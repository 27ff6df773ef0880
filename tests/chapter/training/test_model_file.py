"""A model, its vocabulary and its pre-processing in one file."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlcheck.chapter.training.model_file import (
    MEMBER,
    Companion,
    read_companion,
    read_encoding,
    save_model,
    write_model,
)
from xlcheck.errors import DataError, ModelError, UsageError
from xlcheck.model.encoding import Encoding, Tokens
from xlcheck.model.keras_file import load_model
from xlcheck.model.keras_import import import_keras

pytestmark = pytest.mark.keras

COMPANION = Companion(
    Encoding("sentiment", Tokens.LETTERS_AND_DIGITS, ("late", "‘good’"), 2, 3, unknown=1), {"seed": 3, "losses": [0.5]}
)


@pytest.fixture(scope="module")
def model() -> Any:
    """A small Keras model."""
    keras = import_keras()
    return keras.Sequential([keras.Input((3,)), keras.layers.Embedding(4, 2), keras.layers.LSTM(1)])


def rewritten(path: Path, content: str) -> Path:
    """The file with another companion."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in (parts | {MEMBER: content.encode()}).items():
            archive.writestr(name, value)
    return path


def test_companion_comes_back(model: Any, tmp_path: Path) -> None:
    """What was written with the model is read back equal."""
    write_model(tmp_path / "m.keras", model, COMPANION)

    assert read_companion(tmp_path / "m.keras") == COMPANION


def test_keras_still_loads_the_file(model: Any, tmp_path: Path) -> None:
    """For Keras, in its safe mode and without this project, the file is a model like any other."""
    path = tmp_path / "m.keras"
    write_model(path, model, COMPANION)
    inputs = np.array([[0, 2, 3]])

    loaded = import_keras().saving.load_model(path, safe_mode=True)

    assert np.array_equal(loaded(inputs), model(inputs))
    assert np.array_equal(load_model(path)(inputs), model(inputs))


def test_same_model_same_bytes(model: Any, tmp_path: Path) -> None:
    """Writing a model twice gives the same file."""
    for name in ("a.keras", "b.keras"):
        write_model(tmp_path / name, model, COMPANION)

    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()


def test_plain_model_has_no_companion(model: Any, tmp_path: Path) -> None:
    """A `.keras` file from elsewhere is told apart, and cannot be used with text."""
    save_model(model, tmp_path / "plain.keras")

    assert read_companion(tmp_path / "plain.keras") is None
    with pytest.raises(ModelError, match="holds no vocabulary"):
        read_encoding(tmp_path / "plain.keras")


def test_other_task_is_refused(model: Any, tmp_path: Path) -> None:
    """A classifier cannot be asked to continue a text."""
    write_model(tmp_path / "m.keras", model, COMPANION)

    assert read_encoding(tmp_path / "m.keras", "sentiment") == COMPANION.encoding
    with pytest.raises(ModelError, match="trained for 'sentiment', not for 'text'"):
        read_encoding(tmp_path / "m.keras", "text")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not a whole"),
        ("[]", "not in format 1"),
        ('{"format": 2}', "not in format 1"),
        ('{"format": 1}', "damaged"),
    ],
)
def test_damaged_companion(model: Any, tmp_path: Path, content: str, message: str) -> None:
    """A companion that is damaged or from a later version is refused, never half used."""
    path = tmp_path / "m.keras"
    write_model(path, model, COMPANION)

    with pytest.raises((ModelError, DataError), match=message):
        read_companion(rewritten(path, content))


def test_unreadable_files(tmp_path: Path) -> None:
    """A missing file and a file that is no zip are refused in words."""
    (tmp_path / "text.keras").write_text("no zip")
    for name, message in (("none.keras", "cannot be read"), ("text.keras", "not a whole .keras file")):
        with pytest.raises(ModelError, match=message):
            read_companion(tmp_path / name)


def test_failure_leaves_the_old_file(model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk fills up while the companion is written, the old file stays and nothing else remains."""
    path = tmp_path / "m.keras"
    path.write_text("old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(UsageError, match="No space left"):
        write_model(path, model, COMPANION)

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
