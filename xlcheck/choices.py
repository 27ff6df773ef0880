"""What can be chosen by name: the words of the library's arguments and of the command line's options, written once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from xlcheck.errors import UsageError

EngineName = Literal["ironcalc", "cellrune", "formulon", "libreoffice"]
StyleName = Literal["teaching", "book", "robust", "compact"]
LessonStyleName = Literal["teaching", "book", "robust"]
WeightsName = Literal["trained", "book", "small"]
PaddingName = Literal["front", "back"]
StepName = Literal["sgd", "rmsprop", "adam", "compiled"]
FeedbackName = Literal["none", "count", "cells"]
FormatName = Literal["text", "json", "html", "junit"]

_MOST = 40


def require_known(name: str, known: Iterable[str], what: str) -> None:
    """Refuse a name that there is not, with the one that was probably meant, and `what` it would be: `lesson`.

    Raises:
        UsageError: it is none of them.
    """
    there = list(known)
    if name not in there:
        raise UsageError(f"there is no {what} {name!r}; {suggestion(str(name), there)}")


def suggestion(name: str, there: Sequence[str]) -> str:
    """The name that was probably meant, and what there is."""
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), there, n=1, cutoff=0.6)
    listed = ", ".join(there[:_MOST]) + (", …" if len(there) > _MOST else "")
    return f"did you mean {close[0]}? There are {listed}" if close else f"choose one of {listed}"
