"""What the sheets say, apart from what stands where on them: one file a language.

English is `en.toml`, which lies beside this module. A translation is a copy of it, anywhere: the same names, other
words. Names of worksheets, symbols and equations are the same in every language, because formulas and keys refer to
them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from xlcheck.documents import read_toml
from xlcheck.errors import UsageError

ENGLISH = Path(__file__).with_name("en.toml")
_LITERAL = 255
"""Characters that Excel takes in a text of a formula; it counts those beyond U+FFFF twice."""
_spoken: ContextVar[Mapping[str, Any] | None] = ContextVar("spoken", default=None)
"""What a translation says, while its language is spoken."""


def say(name: str, /, **fields: object) -> str:
    """A text of the sheets, by its table and its name there (`matrices.intro`), in the language that is spoken.

    Raises:
        KeyError: there is no such text, or it needs another field.
    """
    return _text(name).format(**fields)


def say_live(name: str, /, **formulas: object) -> str:
    """A formula that says a text: what stands in its braces are formulas, or numbers that never change."""
    parts, text = list[str](), ""
    for words, field, *_ in Formatter().parse(_text(name)):
        text += words
        if field is not None and isinstance(formula := formulas[field], str):
            parts += [in_quotes(text), formula] if text else [formula]
            text = ""
        elif field is not None:
            text += str(formula)
    return "&".join([*parts, in_quotes(text)] if text or not parts else parts)


def in_quotes(text: str) -> str:
    """A text as a formula writes it, in pieces that Excel takes."""
    size = _LITERAL if max(text, default="") <= "\uffff" else _LITERAL // 2
    pieces = [text[start : start + size] for start in range(0, len(text), size)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def beginning(name: str) -> str:
    """How a text begins, whatever stands in its braces."""
    return _text(name).partition("{")[0]


def say_all(name: str) -> list[str]:
    """The texts of a row, such as headings, in the language that is spoken."""
    table, _, own = name.partition(".")
    return [str(text) for text in texts("sheets")[table][own]]


def meant(sentence: str) -> str:
    """What stands beside an equation, which says it in English; a translation has its own in the table `equations`."""
    return str(texts("equations").get(sentence, sentence))


def texts(table: str) -> Mapping[str, Any]:
    """A table of the file whose language is spoken: `sheets`, `lessons` or `equations`."""
    found: Mapping[str, Any] = (_spoken.get() or _english())[table]
    return found


@contextmanager
def language(file: Path) -> Iterator[None]:
    """While this lasts, sheets speak the language of a file.

    Raises:
        UsageError: it cannot be read, is no TOML file, lacks a text, or has one with other braces than the English one,
            or names and words that do not fit together.
    """
    own = read_toml(file, UsageError)
    _complete(own, _english(), (), file)
    for lesson, english in _english()["lessons"].items():
        _fit(own["lessons"][lesson], english, f"{file}: lessons.{lesson}.")
    before = _spoken.set(own)
    try:
        yield
    finally:
        _spoken.reset(before)


def _text(name: str) -> str:
    table, _, own = name.partition(".")
    return str(texts("sheets")[table][own])


def _complete(own: Any, english: Any, path: tuple[str, ...], file: Path) -> None:
    """Ask a file whether it says everything that the English one says."""
    if isinstance(english, dict) and isinstance(own, dict):
        for name, item in english.items():
            _complete(own.get(name), item, (*path, name), file)
    elif isinstance(english, list) and isinstance(own, list) and len(own) == len(english):
        for number, (mine, other) in enumerate(zip(own, english, strict=True), start=1):
            _complete(mine, other, (*path, str(number)), file)
    elif type(own) is not type(english) or (path[0] == "sheets" and _fields(own) != _fields(english)):
        raise UsageError(f"{file} does not say {'.'.join(path)} as {ENGLISH.name} does: with the same braces")


def _fit(own: Mapping[str, Any], english: Mapping[str, Any], where: str) -> None:
    """Ask a lesson for what is no text, and for the words that its network reads."""
    if own.get("uses") != english.get("uses"):
        raise UsageError(f"{where}uses is a name and no text; leave it as it is")
    words, wanted = (lesson.get("words", "").split() for lesson in (own, english))
    if len(words) != len(wanted) or (wanted and own["tells"] not in words):
        raise UsageError(f"{where}words must be {len(wanted)} words, and tells one of them")


def _fields(text: str) -> set[tuple[str | None, ...]]:
    """What stands in the braces of a text, with how it is written: a width in a strange file may be any."""
    try:
        return {tuple(own) for _, *own in Formatter().parse(text)} - {(None, None, None)}
    except ValueError:  # a brace without its other one
        return {(text,)}


@cache
def _english() -> Mapping[str, Any]:
    return tomllib.loads(ENGLISH.read_text(encoding="utf-8"))
