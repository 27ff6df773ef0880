"""Where the public data sets come from: a path that the user gives, a download with a known hash, or directions."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from xlcheck.errors import DataError, MissingDependencyError, install_command


@dataclass(frozen=True)
class Source:
    """A public file.

    Attributes:
        directions: where it is to be had otherwise, and in which form.
        url: where it is, if it stays there unchanged; None without such a place.
        digest: what it must hash to; SHA-256 unless its publisher gives MD5 only.
    """

    file: str
    directions: str
    url: str | None = None
    digest: str | None = None


_KERAS_FILES = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

ALICE = Source(
    "alice.txt",
    "any plain text in UTF-8 will do; the chapter uses 'Alice's Adventures in Wonderland', "
    "book 11 of Project Gutenberg, as 'Plain Text UTF-8'",
)
TWEETS = Source(
    "airline_sentiment.csv",
    "a CSV file with the columns airline_sentiment (1 positive, 0 negative) and text; the chapter uses "
    "'Twitter US Airline Sentiment' by Crowdflower (Tweets.csv on Kaggle) without its neutral tweets",
)
IMDB = Source(
    "imdb.npz",
    "Keras distributes it for keras.datasets.imdb",
    _KERAS_FILES + "imdb.npz",
    "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
)
IMDB_WORDS = Source(
    "imdb_word_index.json",
    "Keras distributes it for keras.datasets.imdb",
    _KERAS_FILES + "imdb_word_index.json",
    "bfafd718b763782e994055a2d397834f",
)


def locate(source: Source, given: Path | None) -> Path:
    """The file to read: the one that was given, or else a verified download.

    Raises:
        DataError: none was given, and there is nothing to download or the download failed.
        MissingDependencyError: Keras, which downloads, is not installed.
    """
    if given is not None:
        return given
    if source.url is None:
        raise DataError(f"give {source.file} with --data FILE: {source.directions}; or try the command with --sample")
    return _download(source, source.url)


def _download(source: Source, url: str) -> Path:
    try:
        from keras.utils import get_file
    except ImportError:
        raise MissingDependencyError(f"downloading needs Keras: {install_command('keras')}") from None
    try:
        with redirect_stdout(sys.stderr):  # where Keras tells of the download
            return Path(get_file(source.file, origin=url, file_hash=source.digest, cache_subdir="xlcheck"))
    except Exception as error:  # Keras wraps what the network raises in a plain Exception
        raise DataError(
            f"{source.file} could not be downloaded ({error}): fetch it elsewhere and give it with --data FILE; "
            f"{source.directions}"
        ) from None
