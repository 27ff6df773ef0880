"""Where data comes from."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import pytest

from xlcheck.chapter.datasets.sources import ALICE, IMDB, TWEETS, Source, locate
from xlcheck.errors import DataError


def test_a_given_path_is_taken_as_it_is(tmp_path: Path) -> None:
    """With a path nothing is downloaded."""
    assert locate(IMDB, tmp_path / "mine.npz") == tmp_path / "mine.npz"


@pytest.mark.parametrize("source", [ALICE, TWEETS], ids=lambda source: source.file)
def test_directions_where_nothing_can_be_downloaded(source: Source) -> None:
    """Without a stable place to download from, the message says where the data is to be had and in which form."""
    with pytest.raises(DataError, match="--data FILE") as error:
        locate(source, None)

    assert source.directions in str(error.value)


@pytest.mark.keras
def test_download_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with the right SHA-256 is handed on; one that differs is refused, and the user is told what to do."""
    from xlcheck.model.keras_import import import_keras

    utils = import_keras().utils
    monkeypatch.setattr(utils, "get_file", partial(utils.get_file, cache_dir=str(tmp_path / "home")))
    origin = tmp_path / "original.npz"
    origin.write_bytes(b"content")
    right = Source("right.npz", "ask us", origin.as_uri(), hashlib.sha256(b"content").hexdigest())
    wrong = Source("wrong.npz", "ask us", origin.as_uri(), "0" * 64)

    assert locate(right, None).read_bytes() == b"content"
    with pytest.raises(DataError, match=r"could not be downloaded.*--data FILE; ask us"):
        locate(wrong, None)
