"""Whether a label names a word, as `P(cat)` and `loss of cat` name `cat`."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\s()\[\]=:|,;]+")


def names(label: str, word: str) -> bool:
    """Whether a word is one of those of a label, or all of it, in whatever letters; an empty one is not."""
    word, label = word.strip().casefold(), label.strip().casefold()
    return bool(word) and (word == label or word in _WORD.findall(label))
