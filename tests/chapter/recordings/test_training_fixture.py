"""Stored trainings: every bit comes back, and damaged files are refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xlcheck.chapter.recordings.training import load_training, read_training, write_training
from xlcheck.errors import DataError, UsageError


def test_every_bit_comes_back(tmp_path: Path) -> None:
    """What is written is what is read, values to the last bit."""
    fixture = load_training("simple-rnn-training")
    path = tmp_path / "copy.npz"
    write_training(fixture, path)
    again = read_training(path)

    assert (again.spec, again.samples, again.words) == (fixture.spec, fixture.samples, fixture.words)
    assert list(again.training.values) == list(fixture.training.values)
    assert all(np.array_equal(again.training.values[name], v) for name, v in fixture.training.values.items())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"\x00" * 100])
def test_damaged_file_is_refused(content: bytes, tmp_path: Path) -> None:
    """A file that is no such fixture gets a sentence that says what to do."""
    path = tmp_path / "damaged.npz"
    path.write_bytes(content)

    with pytest.raises(DataError, match="write it again"):
        read_training(path)


def test_unknown_lesson_is_refused() -> None:
    """There is no training for every name."""
    with pytest.raises(UsageError, match="no fixture of a training for 'nothing'"):
        load_training("nothing")
