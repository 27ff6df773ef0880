"""Saving models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.training.fit import fit, set_seed
from xlcheck.chapter.training.lessons import untrained
from xlcheck.chapter.training.model_file import save_model
from xlcheck.errors import UsageError

pytestmark = [
    pytest.mark.keras,
    pytest.mark.usefixtures("eagerly"),
]


def trained() -> Any:
    """A model with a state of its optimiser."""
    data = LESSONS["rnn-dimensions"].data()
    set_seed(1)
    model = untrained("rnn-dimensions")
    fit(model, data.inputs, data.targets, 2)
    return model


def test_same_model_same_bytes_which_keras_reads(tmp_path: Path) -> None:
    """Built and trained twice, a model is saved with the same bytes: no time of day, no counters, no addresses.

    Keras loads the file as its own: same weights, same optimiser state, same prediction.
    """
    from xlcheck.model.keras_import import import_keras

    model, again = trained(), trained()  # both alive, so that their objects lie at other addresses
    save_model(model, tmp_path / "model.keras")
    save_model(again, tmp_path / "again.keras")
    loaded = import_keras().saving.load_model(tmp_path / "model.keras")
    inputs = LESSONS["rnn-dimensions"].data().inputs

    assert (tmp_path / "model.keras").read_bytes() == (tmp_path / "again.keras").read_bytes()
    assert np.array_equal(loaded(inputs), model(inputs))
    for one, other in zip(loaded.optimizer.variables, model.optimizer.variables, strict=True):
        assert np.array_equal(one.numpy(), other.numpy())


def test_other_suffix_is_refused(tmp_path: Path) -> None:
    """A name that Keras would not load again is refused, and nothing is written."""
    with pytest.raises(UsageError, match=r"must end in \.keras"):
        save_model(untrained("lstm"), tmp_path / "model.h5")

    assert not list(tmp_path.iterdir())


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """A folder that does not exist is an error with the file's name."""
    with pytest.raises(UsageError, match=r"cannot write .*nowhere.*model\.keras"):
        save_model(untrained("lstm"), tmp_path / "nowhere" / "model.keras")


@pytest.mark.parametrize("interruption", [OSError("No space left on device"), KeyboardInterrupt()])
def test_interrupted_saving_leaves_the_old_file(
    interruption: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk or Ctrl-C in the middle leaves an existing file as it was and no other file."""
    target = tmp_path / "model.keras"
    target.write_bytes(b"old")
    model = untrained("lstm")

    def write_half(path: Path) -> None:
        path.write_bytes(b"half")
        raise interruption

    monkeypatch.setattr(model, "save", write_half)
    with pytest.raises((UsageError, KeyboardInterrupt)):
        save_model(model, target)

    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
