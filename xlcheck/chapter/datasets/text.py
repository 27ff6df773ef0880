"""Word-level text generation: windows of words predict the word that follows."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xlcheck.errors import DataError, InputNote
from xlcheck.files import reading
from xlcheck.model.encoding import Codes, Encoding, Tokens, Words, vocabulary
from xlcheck.verdicts.messages import plural

WINDOW = 10


@dataclass(frozen=True)
class Windows:
    """A text as training data.

    Attributes:
        words: all words in order.
        encoding: their codes, from 0 for the most frequent.
        inputs: shape `(windows, timesteps)`, a view: neighbouring windows share their words.
        targets: shape `(windows,)`, the word after each window.
    """

    words: Words
    encoding: Encoding
    inputs: Codes
    targets: Codes


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark.

    Raises:
        DataError: the file is missing, empty or in another encoding.
    """
    try:
        with reading(path, DataError, "check the path given with --data"):
            text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 (byte {error.start:,}): save it as plain text in UTF-8") from None
    if not text.strip():
        raise DataError(f"{path} is empty: give a plain text of at least {WINDOW + 1} words")
    note_other_letters(path, text)
    return text


def note_other_letters(path: Path, text: str) -> None:
    """Say how many letters become spaces since they are none from a to z: é in some words, or the whole of a text."""
    others = sum(char.isalpha() and not char.isascii() for char in text)
    if others:
        said = f"{path}: {plural(others, 'letter', 'letters')} other than a to z, such as é or 好, count as spaces"
        warnings.warn(said, InputNote, stacklevel=2)


def windows(text: str, timesteps: int = WINDOW) -> Windows:
    """Lower-case a text, index its words by frequency and cut it into overlapping windows.

    Args:
        text: the text; everything that is not a letter or digit separates words.
        timesteps: words in a window.

    Raises:
        DataError: the text has no word to predict after the first window.
    """
    tokens = Tokens.LETTERS_AND_DIGITS
    words = tokens.words(text)
    if len(words) <= timesteps:
        raise DataError(
            f"the text has {len(words)} words, and windows of {timesteps} that predict the next need at least "
            f"{timesteps + 1}: give a longer text"
        )
    encoding = Encoding(
        task="text",
        tokens=tokens,
        words=tuple(vocabulary([words]).codes),
        first_code=0,
        timesteps=timesteps,
        context=words[:timesteps],
    )
    codes = np.array(encoding.encode_words(words), dtype=np.int32)
    inputs = np.lib.stride_tricks.sliding_window_view(codes[:-1], timesteps)
    return Windows(words, encoding, inputs, codes[timesteps:])
