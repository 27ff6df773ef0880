"""Labelled short texts from a CSV file, such as the tweets to US airlines of February 2015, and as codes."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xlcheck.chapter.datasets.labelled import Indices, LabelledTexts
from xlcheck.chapter.datasets.text import note_other_letters
from xlcheck.errors import DataError
from xlcheck.files import reading
from xlcheck.model.encoding import Encoding, Tokens, Words, vocabulary

TEXT_COLUMN = "text"
LABEL_COLUMN = "airline_sentiment"
LABEL_NAMES = ("negative", "positive")
_HOW = "check the path given with --data"
_BYTE_ORDER_MARK = "\xef\xbb\xbf"  # of UTF-8, read as Latin-1


def read_tweets(path: Path, text_column: str = TEXT_COLUMN, label_column: str = LABEL_COLUMN) -> LabelledTexts:
    """Read a CSV file with a header, one text a row, with commas, semicolons or tabs between the columns.

    The file is read as Latin-1, in which every byte is a character: real collections of tweets hold bytes
    that are not UTF-8, and pre-processing turns all of them into spaces anyway.

    Raises:
        DataError: the file is missing, empty, not text, lacks a column or a class, or has a label other than 0 and 1.
    """
    try:
        with reading(path, DataError, _HOW), path.open(encoding="latin-1", newline="") as file:
            start = file.read(4)
            if start.startswith(("\xff\xfe", "\xfe\xff", "PK\x03\x04")) or "\0" in start:
                raise DataError(f"{path} is not a plain CSV file: save it as CSV in UTF-8 or Latin-1")
            header = start + file.readline()
            file.seek(0)
            rows = csv.DictReader(file, strict=True, delimiter=max(",;\t", key=header.count))
            rows.fieldnames = _columns(path, rows.fieldnames, (label_column, text_column))
            pairs = [(_label(path, rows.line_num, row[label_column]), row[text_column]) for row in rows]
    except csv.Error as error:
        raise DataError(f"{path} is not a well-formed CSV file ({error}): export it again as CSV") from None
    if not pairs:
        raise DataError(f"{path} has a header and no rows: give at least one text of each class")
    note_other_letters(path, "".join(_in_utf8(text or "") for _, text in pairs))
    labels = np.array([label for label, _ in pairs], dtype=np.int32)
    try:
        return LabelledTexts(tuple(text or "" for _, text in pairs), labels)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _in_utf8(text: str) -> str:
    """What was read as Latin-1 as UTF-8, if it is that."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError:
        return text


def _columns(path: Path, header: Sequence[str] | None, wanted: tuple[str, ...]) -> list[str]:
    if not header:
        raise DataError(f"{path} is empty: give a CSV file with the columns {' and '.join(wanted)}")
    names = [name.removeprefix(_BYTE_ORDER_MARK) for name in header]
    for name in wanted:
        if name not in names:
            raise DataError(
                f"{path} has no column {name!r}, only {', '.join(names)}: "
                "name yours with --label-column and --text-column"
            )
    return names


def _label(path: Path, line: int, value: str | None) -> int:
    if value not in ("0", "1"):
        raise DataError(f"{path}, line {line}: the label is {value!r}; labels must be 0 (negative) or 1 (positive)")
    return int(value)


_UNKNOWN = 1


@dataclass(frozen=True)
class TweetEncoding:
    """How tweets become codes.

    Attributes:
        timesteps: codes that the model reads.
        least_count: how often a word must occur in the training part to have a code of its own; rarer words share
            the code for unknown words, which so learns a vector. 0 gives every word of all parts a code and
            has none for unknown words, as the chapter does.
    """

    timesteps: int = 200
    least_count: int = 0


def tweet_encoding(words: Sequence[Words], training: Indices, how: TweetEncoding) -> Encoding:
    """Number the words by frequency.

    Args:
        words: the words of each text.
        training: the texts of the training part; a real user has not seen the others.
        how: which words are known, and how long a text may be.

    Raises:
        DataError: no word occurs often enough.
    """
    if how.least_count == 0:
        known, first_code, unknown = tuple(vocabulary(words).codes), 1, None
    else:
        counts = Counter(word for sample in sorted(training) for word in words[sample])
        known = tuple(word for word, count in counts.most_common() if count >= how.least_count)
        first_code, unknown = _UNKNOWN + 1, _UNKNOWN
    if not known:
        raise DataError(f"no word occurs {how.least_count} times in the training part: give more data")
    return Encoding(
        task="sentiment",
        tokens=Tokens.LETTERS_AND_DIGITS,
        words=known,
        first_code=first_code,
        timesteps=how.timesteps,
        unknown=unknown,
        labels=LABEL_NAMES,
    )
