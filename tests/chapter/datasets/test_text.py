"""A text as windows of words and the word that follows each."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.chapter.datasets.text import read_text, windows
from xlcheck.errors import DataError


def test_windows_of_a_small_text() -> None:
    """Words are indexed by frequency from 0, ties in order of appearance, and each window predicts the next word."""
    data = windows("B a, a! C b a", timesteps=2)

    assert data.encoding.words == ("a", "b", "c")
    assert data.inputs.tolist() == [[1, 0], [0, 0], [0, 2], [2, 1]]
    assert data.targets.tolist() == [0, 2, 1, 0]


def test_counts_follow_from_the_text() -> None:
    """There is one window less than words after the first window."""
    data = windows(" ".join(f"w{i % 7}" for i in range(50)))

    assert (len(data.words), data.encoding.size, data.inputs.shape) == (50, 7, (40, 10))


def test_windows_share_their_memory() -> None:
    """Windows are a view of the codes: a text of n words needs n integers, not ten times as many."""
    data = windows(" ".join("abcdefghijklmnop"))

    assert data.inputs.base is not None
    assert not data.inputs.flags.owndata


def test_byte_order_mark_is_no_word(tmp_path: Path) -> None:
    """A mark at the beginning of the file, as Project Gutenberg's files have, is not part of the text."""
    path = tmp_path / "text.txt"
    path.write_text("Alice was", encoding="utf-8-sig")

    assert read_text(path) == "Alice was"


@pytest.mark.parametrize("text", ["", "one two three", "one " * 10])
def test_text_shorter_than_a_window_is_refused(text: str) -> None:
    """Ten words leave nothing to predict."""
    with pytest.raises(DataError, match="need at least 11"):
        windows(text)


def test_unusable_files(tmp_path: Path) -> None:
    """Missing, empty and wrongly encoded files are each refused with what to do."""
    for name, content, message in (
        ("empty.txt", b" \n", "is empty"),
        ("latin.txt", b"caf\xe9", "not UTF-8 .byte 3"),
        ("none.txt", None, "No such file"),
    ):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(DataError, match=message):
            read_text(path)
    with pytest.raises(DataError, match="cannot be read"):
        read_text(tmp_path)
