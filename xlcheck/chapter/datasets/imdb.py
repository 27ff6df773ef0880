"""Film reviews in the format of Keras's `imdb.npz`: the indices of words by frequency, and a label for each review.

Source of the format and of the special codes: `keras.datasets.imdb.load_data`.

Keras stores them as an array of lists in a pickle, which can run any code. So lists of integers are taken out of it and
nothing else: the few names that such a pickle refers to are answered with stand-ins of our own, so that not even code
of NumPy's runs that loads; any other name is refused. Source of the format: PEP 3154, and `numpy.ndarray.__reduce__`.
"""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from xlcheck.chapter.datasets.labelled import Labels, require_both_classes
from xlcheck.chapter.datasets.tweets import LABEL_NAMES
from xlcheck.documents import parse_json
from xlcheck.errors import DataError
from xlcheck.files import reading
from xlcheck.model.encoding import Encoding, Tokens


def lists_of_integers(file: IO[bytes], name: str) -> list[NDArray[np.int32]]:
    """Read one pickled array of lists of integers.

    Args:
        file: positioned at the pickle, behind the header of the `.npy` file.
        name: what to call it in messages.

    Returns:
        One array for each list.

    Raises:
        DataError: the pickle is damaged, refers to anything but an array, or holds anything but lists of integers.
    """
    try:
        array = _OnlyArrays(file).load()
    except _RefusedError as error:
        raise DataError(
            f"{name} refers to {error}, which is not an array of lists of integers: it was not loaded"
        ) from None
    except Exception as error:  # whatever a damaged pickle raises, it is the same to the user
        raise DataError(f"{name} is not a readable array of lists ({error}): fetch the file again") from None
    if not isinstance(array, _Array) or not isinstance(array.items, list):
        raise DataError(f"{name} is not an array of lists of integers: it was not loaded")
    return [_integers(item, name) for item in array.items]


def _integers(item: object, name: str) -> NDArray[np.int32]:
    # type() and not isinstance: True is an int, too
    if type(item) is not list or set(map(type, item)) - {int}:
        raise DataError(f"{name} holds something that is not a list of integers: it was not loaded")
    try:
        return np.array(item, dtype=np.int32)
    except OverflowError:
        raise DataError(f"{name} holds an integer that is too large to be a word's index: it was not loaded") from None


class _RefusedError(Exception):
    """A name that has no business in this file."""


class _Array:
    """Stands in for `numpy.ndarray`; keeps the items of the list behind it."""

    items: object = None

    def __setstate__(self, state: Any) -> None:
        _version, _shape, _dtype, _fortran, self.items = state


class _Dtype:
    """Stands in for `numpy.dtype`; the dtype of an array of objects says nothing."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


def _reconstruct(*_: object) -> _Array:
    return _Array()


def _encode(text: str, _encoding: str) -> bytes:
    return text.encode("latin1")  # how Python 3 writes bytes in the old protocols


_STAND_INS: dict[tuple[str, str], Callable[..., object]] = {
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
}


class _OnlyArrays(pickle.Unpickler):
    """The standard unpickler with a closed set of names."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="latin1")  # Keras's own file was written by Python 2

    def find_class(self, module: str, name: str) -> Callable[..., object]:
        """The stand-in for a name."""
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise _RefusedError(f"{module}.{name}") from None


START, UNKNOWN, INDEX_FROM = 1, 2, 3  # Keras's defaults: word 1, the most frequent, gets the code 4
SHORT = 100
_LARGEST_MEMBER = 256 * 1024**2

Review = NDArray[np.int32]


@dataclass(frozen=True)
class Reviews:
    """Film reviews as indices of words, 1 for the most frequent.

    Attributes:
        reviews: the indices of each review's words.
        labels: shape `(reviews,)`, 0 (negative) or 1 (positive).
    """

    reviews: tuple[Review, ...]
    labels: Labels

    def __post_init__(self) -> None:
        require_both_classes(self.labels)

    def __len__(self) -> int:
        return len(self.reviews)

    def take(self, which: NDArray[np.intp]) -> Reviews:
        """The reviews at these positions."""
        return Reviews(tuple(self.reviews[i] for i in which), self.labels[which])


@dataclass(frozen=True)
class FilmReviews:
    """The training part and the test part as Keras distributes them."""

    training: Reviews
    test: Reviews

    def short(self, fewer_than: int = SHORT) -> Reviews:
        """The short reviews of both parts together, as the Keras of the chapter's time returned them.

        Raises:
            DataError: there is no such review, or only of one class.
        """
        reviews = self.training.reviews + self.test.reviews
        labels = np.concatenate([self.training.labels, self.test.labels])
        which = np.flatnonzero([len(review) < fewer_than for review in reviews])
        return Reviews(reviews, labels).take(which)


def read_imdb(path: Path) -> FilmReviews:
    """Read `imdb.npz` without running anything that is in it.

    Raises:
        DataError: the file is missing, damaged, not in the format, or holds anything but integers.
    """
    try:
        with reading(path, DataError, "check the path given with --data"), zipfile.ZipFile(path) as archive:
            return FilmReviews(_part(path, archive, "train"), _part(path, archive, "test"))
    except (zipfile.BadZipFile, EOFError) as error:
        raise DataError(f"{path} is not an .npz file ({error}): give Keras's imdb.npz") from None


def read_word_index(path: Path) -> dict[str, int]:
    """Word → index, 1 for the most frequent, from Keras's `imdb_word_index.json`.

    Raises:
        DataError: the file is missing, or is not an object of words and indices 1, 2, 3, …
    """
    then = "it holds the words behind the indices: put it beside the reviews, or name it with --word-index"
    try:
        with reading(path, DataError, then):
            index = parse_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is not JSON ({error}): give Keras's imdb_word_index.json") from None
    if not isinstance(index, dict) or sorted(map(repr, index.values())) != sorted(map(repr, range(1, len(index) + 1))):
        raise DataError(f"{path} does not give each word an index of its own from 1: give Keras's imdb_word_index.json")
    return index


def imdb_encoding(word_index: Mapping[str, int], num_words: int, timesteps: int) -> Encoding:
    """The codes that Keras's `load_data(num_words=...)` gives: 0 padding, 1 start, 2 unknown, from 4 the words.

    Args:
        word_index: word → index by frequency.
        num_words: how many codes there are, special ones included; rarer words are unknown.
        timesteps: codes that the model reads.
    """
    words = sorted(word_index, key=lambda word: word_index[word])[: max(1, num_words - INDEX_FROM - 1)]
    return Encoding(
        task="imdb",
        tokens=Tokens.PRINTED_WORDS,
        words=tuple(words),
        first_code=INDEX_FROM + 1,
        timesteps=timesteps,
        start=START,
        unknown=UNKNOWN,
        labels=LABEL_NAMES,
    )


def encode_reviews(reviews: Reviews, encoding: Encoding) -> NDArray[np.int32]:
    """What the model reads for reviews that are already indices.

    Returns:
        Shape `(reviews, timesteps)`.
    """
    return encoding.pad(_codes(review, encoding.size) for review in reviews.reviews)


def _codes(review: Review, size: int) -> Review:
    codes = review + INDEX_FROM
    codes[codes >= size] = UNKNOWN
    return np.concatenate([[START], codes]).astype(np.int32)


def _part(path: Path, archive: zipfile.ZipFile, part: str) -> Reviews:
    reviews, labels = _reviews(path, archive, f"x_{part}.npy"), _labels(path, archive, f"y_{part}.npy")
    if len(reviews) != len(labels):
        raise DataError(f"{path}: {part} has {len(reviews):,} reviews and {len(labels):,} labels; fetch the file again")
    return Reviews(tuple(reviews), labels)


def _reviews(path: Path, archive: zipfile.ZipFile, member: str) -> list[Review]:
    with archive.open(_member(path, archive, member)) as file:
        try:
            version = npy.read_magic(file)
            read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            _shape, _fortran, dtype = read_header(file)
        except ValueError as error:
            raise DataError(f"{path}, {member}: {error}; give Keras's imdb.npz") from None
        if dtype != np.dtype(object):
            raise DataError(f"{path}, {member} is an array of {dtype}, not of lists of integers: give Keras's imdb.npz")
        reviews = lists_of_integers(file, f"{path}, {member}")
    if any(len(review) == 0 or review.min() < 1 for review in reviews):
        raise DataError(f"{path}, {member} holds an empty review or an index below 1: give Keras's imdb.npz")
    return reviews


def _labels(path: Path, archive: zipfile.ZipFile, member: str) -> Labels:
    with archive.open(_member(path, archive, member)) as file:
        try:
            labels = npy.read_array(file, allow_pickle=False)
        except ValueError as error:
            raise DataError(f"{path}, {member}: {error}; give Keras's imdb.npz") from None
    if labels.ndim != 1 or not np.isin(labels, (0, 1)).all():
        raise DataError(f"{path}, {member}: labels must be 0 (negative) or 1 (positive), one for each review")
    return labels.astype(np.int32)


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    try:
        member = archive.getinfo(name)
    except KeyError:
        raise DataError(f"{path} has no {name}, only {', '.join(archive.namelist())}: give Keras's imdb.npz") from None
    if member.file_size > _LARGEST_MEMBER:
        raise DataError(f"{path}, {name} unpacks to {member.file_size:,} bytes, more than any such file: not loaded")
    return member
