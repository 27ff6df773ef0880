"""Labelled texts from CSV files, good and bad."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.chapter.datasets.tweets import read_tweets
from xlcheck.errors import DataError, InputNote

HEADER = b"airline_sentiment,text\n"


def written(tmp_path: Path, content: bytes) -> Path:
    """A CSV file."""
    path = tmp_path / "tweets.csv"
    path.write_bytes(content)
    return path


def test_texts_and_labels(tmp_path: Path) -> None:
    """Quotes, commas and line breaks inside a text are part of it."""
    path = written(tmp_path, HEADER + b'1,"good, ""very"" good"\n0,"late\nagain"\n')

    data = read_tweets(path)

    assert data.texts == ('good, "very" good', "late\nagain")
    assert data.labels.tolist() == [1, 0]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_bytes_that_are_not_utf8(tmp_path: Path, mark: bytes) -> None:
    """Any byte can be read, with or without the mark that Excel puts in front of a CSV file; lost letters are told."""
    with pytest.warns(InputNote, match="tweets.csv: 2 letters other than a to z"):
        data = read_tweets(written(tmp_path, mark + HEADER + b"1,caf\xe9\n0,\xe2\x80\x99late\x93\n"))

    assert [text.count("caf") + text.count("late") for text in data.texts] == [1, 1]


def test_letters_of_other_languages_are_told(tmp_path: Path) -> None:
    """They become spaces, and with them whole texts."""
    with pytest.warns(InputNote, match="tweets.csv: 6 letters other than a to z, such as é or 好, count as spaces"):
        read_tweets(written(tmp_path, HEADER + "1,很好\n0,très 嬉しい！\n".encode()))


@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
def test_other_columns(separator: bytes, tmp_path: Path) -> None:
    """The columns can have other names, other neighbours, and what Excel of another country puts between them."""
    path = written(tmp_path, b"id,says,positive\n7,nice,1\n8,bad,0\n".replace(b",", separator))

    assert read_tweets(path, "says", "positive").texts == ("nice", "bad")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (HEADER, "no rows"),
        (b"label,text\n1,a\n0,b\n", "no column 'airline_sentiment', only label, text.*--label-column"),
        (b"airline_sentiment,tweet\n1,a\n0,b\n", "no column 'text'"),
        (HEADER + b"1,a\n2,b\n", "line 3: the label is '2'; labels must be 0"),
        (HEADER + b"1,a\nneutral,b\n", "the label is 'neutral'"),
        (HEADER + b"1,a\n1,b\n", r"\.csv: every label is 1"),
        (HEADER + b'1,"a\n', "not a well-formed CSV"),
        ("airline_sentiment,text\n1,a\n0,b\n".encode("utf-16"), "not a plain CSV file"),
        (b"PK\x03\x04rest of a workbook", "not a plain CSV file"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_unusable_files(tmp_path: Path, content: bytes, message: str) -> None:
    """Each kind of bad file is refused with a sentence of its own."""
    with pytest.raises(DataError, match=message):
        read_tweets(written(tmp_path, content))


def test_missing_file(tmp_path: Path) -> None:
    """A path that does not exist is named."""
    with pytest.raises(DataError, match=r"nowhere\.csv cannot be read"):
        read_tweets(tmp_path / "nowhere.csv")
