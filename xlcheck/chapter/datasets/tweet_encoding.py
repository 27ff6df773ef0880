"""Which words of labelled texts get a code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from xlcheck.chapter.datasets.labelled import Indices
from xlcheck.chapter.datasets.tweets import LABEL_NAMES
from xlcheck.errors import DataError
from xlcheck.model.encoding import Encoding, Tokens
from xlcheck.model.words import Words, vocabulary

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
