"""How a text becomes the integers that a model reads, by steps that all share; it travels inside the model's file."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.errors import DataError

Words = tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The words that have a code.

    Attributes:
        codes: word → code, from 1 in steps of 1; 0 is kept for padding.
        counts: word → how often it occurs, in the same order.
    """

    codes: Mapping[str, int]
    counts: Mapping[str, int]

    def __post_init__(self) -> None:
        if list(self.codes.values()) != list(range(1, len(self.codes) + 1)):
            raise DataError("the codes of a vocabulary must be 1, 2, 3, …; 0 is kept for padding")
        if list(self.codes) != list(self.counts):
            raise DataError("a vocabulary needs one count for each word, in the order of the codes")

    def __len__(self) -> int:
        return len(self.codes)

    def encode(self, words: Iterable[str]) -> tuple[int, ...]:
        """The code of each word.

        Raises:
            DataError: a word is not in the vocabulary.
        """
        words = tuple(words)
        unknown = [word for word in words if word not in self.codes]
        if unknown:
            raise DataError(
                f"{unknown[0]!r} is not in the vocabulary of {len(self)} words; known is {self._examples()}"
            )
        return tuple(self.codes[word] for word in words)

    def _examples(self) -> str:
        known = list(self.codes)
        return ", ".join(repr(word) for word in known[:5]) + (", …" if len(known) > 5 else "")


def split_words(documents: Iterable[str]) -> tuple[Words, ...]:
    """Each document's words, separated at white space."""
    return tuple(tuple(document.split()) for document in documents)


def vocabulary(documents: Iterable[Words]) -> Vocabulary:
    """Number the words by frequency, the most frequent first; ties in order of first appearance."""
    counts = Counter(word for words in documents for word in words)
    ranked = dict(counts.most_common())  # sorts stably, and a Counter remembers the order of first appearance
    return Vocabulary({word: code for code, word in enumerate(ranked, start=1)}, ranked)


def in_order(documents: Iterable[Words], order: Sequence[str]) -> Vocabulary:
    """Number the words in a given order instead of by frequency.

    Raises:
        DataError: `order` does not hold each word of the documents exactly once.
    """
    counts = Counter(word for words in documents for word in words)
    if sorted(order) != sorted(counts):
        raise DataError(f"the order {', '.join(order)} must name each of {', '.join(sorted(counts))} once")
    return Vocabulary({word: code for code, word in enumerate(order, start=1)}, {word: counts[word] for word in order})


def pad_front(codes: Iterable[Sequence[int]], timesteps: int) -> Array:
    """Codes as an array, with zeros in front of short documents, as Keras's `pad_sequences` does by default.

    Returns:
        Shape `(documents, timesteps)`.

    Raises:
        DataError: a document is longer than `timesteps`.
    """
    rows = []
    for number, row in enumerate(codes, start=1):
        if len(row) > timesteps:
            raise DataError(f"document {number} has {len(row)} words; at most {timesteps} fit")
        rows.append([0] * (timesteps - len(row)) + list(row))
    return np.array(rows, dtype=np.float64).reshape(len(rows), timesteps)


def one_hot(codes: Array, size: int) -> Array:
    """A vector for each code: 1 at position code − 1, 0 elsewhere; all zeros for code 0.

    Args:
        codes: any shape, values 0 … size.
        size: length of a vector.

    Returns:
        The shape of `codes` with one more axis of `size`.

    Raises:
        DataError: a code is outside 0 … size.
    """
    if codes.size and (codes.min() < 0 or codes.max() > size):
        raise DataError(f"codes must lie between 0 and {size}; these go from {codes.min():g} to {codes.max():g}")
    vectors: Array = np.vstack([np.zeros(size), np.eye(size)])[codes.astype(int)]
    return vectors


Codes = NDArray[np.int32]
PADDING = 0
FROM_FILE = "words"
"""The task of a model of which nothing is known but its vocabulary, which stands in a file of its own."""


class Tokens(StrEnum):
    """What counts as a word once the text is in lower case; named, so that a file from a stranger brings no pattern."""

    LETTERS_AND_DIGITS = "letters-and-digits"  # everything else is a space, as in the chapter
    PRINTED_WORDS = "printed-words"  # as in Keras's film reviews: apostrophes stay inside words

    def words(self, text: str) -> Words:
        """The words of a text."""
        return tuple(_PATTERNS[self].sub(" ", text.lower()).split())


_PATTERNS = {
    Tokens.LETTERS_AND_DIGITS: re.compile(r"[^a-z0-9]"),
    Tokens.PRINTED_WORDS: re.compile(r"""[!"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~\s]"""),
}


@dataclass(frozen=True)
class Encoding:
    """Pre-processing as plain data.

    Attributes:
        task: `text` (words to the next word), `sentiment` or `imdb` (words to a label), or `FROM_FILE`.
        tokens: what counts as a word.
        words: the known words in the order of their codes.
        first_code: the code of the first word; smaller codes have a meaning of their own.
        timesteps: how many codes the model reads; of longer texts the last ones are kept, with `back` the first.
        start: the code in front of each text, or None.
        unknown: the code of all other words; None if they are refused.
        context: words that stand in front of a text that is too short; without it `PADDING` does.
        labels: what the outputs of a classifier are called, by class number.
        back: whether `PADDING` stands behind a text that is too short instead of in front.
    """

    task: str
    tokens: Tokens
    words: Words
    first_code: int
    timesteps: int
    start: int | None = None
    unknown: int | None = None
    context: Words = ()
    labels: tuple[str, ...] = ()
    back: bool = False

    def __post_init__(self) -> None:
        if self.timesteps < 1 or self.first_code < 0 or not self.words:
            raise DataError("an encoding needs words, a first code of at least 0 and at least one time step")
        if len(set(self.words)) != len(self.words):
            raise DataError("an encoding must not know a word twice")
        if any(code is not None and not 0 <= code < self.first_code for code in (self.start, self.unknown)):
            raise DataError(f"the codes for 'start' and 'unknown' must lie below the first word's, {self.first_code}")
        if self.back and (self.start is not None or self.context):
            raise DataError("what stands in front of a text, such as a code for its start, needs padding in front")

    @property
    def size(self) -> int:
        """How many codes there are, from 0: the rows of an embedding, the width of a one-hot vector."""
        return self.first_code + len(self.words)

    @property
    def has_padding(self) -> bool:
        """Whether the code `PADDING` stands for no word."""
        return self.first_code > PADDING

    @cached_property
    def codes(self) -> Mapping[str, int]:
        """Word → code."""
        return {word: code for code, word in enumerate(self.words, start=self.first_code)}

    def word(self, code: int) -> str:
        """The word behind a code; special codes in angle brackets."""
        special = {self.start: "<start>", self.unknown: "<unknown>"}
        return self.words[code - self.first_code] if code >= self.first_code else special.get(code, "<pad>")

    def encode_words(self, words: Sequence[str]) -> list[int]:
        """The codes of words, without padding and at full length.

        Raises:
            DataError: a word is not known, and the model has no code for unknown words.
        """
        head = [] if self.start is None else [self.start]
        if self.unknown is not None:
            return head + [self.codes.get(word, self.unknown) for word in words]
        missing = [word for word in words if word not in self.codes]
        if missing:
            raise DataError(self._not_known(missing))
        return head + [self.codes[word] for word in words]

    def encode(self, text: str) -> Codes:
        """What the model reads for a text, shape `(timesteps,)`.

        Raises:
            DataError: there is no word in the text, or one that the model cannot know.
        """
        words = self.tokens.words(text)
        if not words:
            raise DataError(f"there is no word in {text!r}: give at least one")
        if len(words) < self.timesteps and self.context:
            words = (self.context + words)[-self.timesteps :]
        if len(words) < self.timesteps and not self.has_padding:
            raise DataError(
                f"the model reads {self.timesteps} words, and {text!r} has {len(words)}; no code is free to fill it up"
            )
        codes: Codes = self.pad([self.encode_words(words)])[0]
        return codes

    def pad(self, rows: Iterable[Sequence[int] | Codes]) -> Codes:
        """Rows of codes as one array, padded in front or behind; of longer rows the last or first codes are kept.

        Returns:
            Shape `(rows, timesteps)`.
        """
        rows = list(rows)
        padded = np.full((len(rows), self.timesteps), PADDING, dtype=np.int32)
        for target, row in zip(padded, rows, strict=True):
            kept = row[self.kept]
            start = 0 if self.back else self.timesteps - len(kept)
            target[start : start + len(kept)] = kept
        return padded

    @property
    def kept(self) -> slice:
        """What the model reads of a text that may be too long."""
        return slice(self.timesteps) if self.back else slice(-self.timesteps, None)

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries and lists."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Encoding:
        """Rebuild from `to_json`'s output after a round trip through JSON.

        Raises:
            DataError: a field is missing, unknown or of the wrong type.
        """
        try:
            return Encoding(
                task=str(data["task"]),
                tokens=Tokens(data["tokens"]),
                words=tuple(map(str, data["words"])),
                first_code=int(data["first_code"]),
                timesteps=int(data["timesteps"]),
                start=data["start"],
                unknown=data["unknown"],
                context=tuple(map(str, data["context"])),
                labels=tuple(map(str, data["labels"])),
                back=bool(data.get("back", False)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"the vocabulary stored with the model is damaged ({error!r}): train the model again"
            ) from None

    def _not_known(self, missing: Sequence[str]) -> str:
        word = missing[0]
        near = difflib.get_close_matches(word, self.words, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; use words of the text it was trained on"
        return f"the model has no code for {word!r}, which is not among its {len(self.words):,} words{hint}"
