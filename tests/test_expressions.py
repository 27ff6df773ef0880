"""Regular expressions: none of them may take twice as long for each character more of a text that nearly matches."""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

import xlcheck

_TRIES, _MOST = 12, 40
"""Texts that are tried for each part of an expression that may be repeated, and how often it is repeated at most."""
_SHORT, _LONG = 2e-5, 2e-3
"""Seconds below which nothing is known, and from which on it is worth asking how the time grows."""
_FEWER, _GROWS = 4, 12.0
"""How many times as long four repetitions more may take: of ten or more, the fourth power grows less than that."""


def _expressions() -> Iterator[tuple[str, re.Pattern[str]]]:
    found = set[re.Pattern[str]]()
    for module in pkgutil.walk_packages(xlcheck.__path__, "xlcheck."):
        for name, own in vars(importlib.import_module(module.name)).items() if "__main__" not in module.name else ():
            if isinstance(own, re.Pattern) and isinstance(own.pattern, str) and own not in found:
                found.add(own)
                yield f"{module.name}.{name}", own


def _parsed(expression: re.Pattern[str]) -> Sequence[Any]:
    """The parts of an expression, as Python itself sees them."""
    parts: Sequence[Any] = importlib.import_module("re._parser").parse(expression.pattern, expression.flags)
    return parts


def _text(parts: Sequence[Any], draw: random.Random) -> str:
    """A text that parts of an expression match, look-arounds aside."""
    found = ""
    for kind, own in ((str(kind), own) for kind, own in parts):
        if kind == "LITERAL":
            found += chr(own)
        elif kind == "IN":
            found += _one_of(own, draw)
        elif kind in {"ANY", "NOT_LITERAL"}:
            found += draw.choice("a1$ (+,")
        elif kind.endswith("_REPEAT"):
            times = draw.choice((own[0], own[0], min(own[1], own[0] + 1), min(own[1], own[0] + 2)))
            found += "".join(_text(own[2], draw) for _ in range(times))
        elif kind == "BRANCH":
            found += _text(draw.choice(own[1]), draw)
        elif inner := _inside(kind, own):
            found += _text(inner[0], draw)
    return found


def _one_of(ranges: Sequence[Any], draw: random.Random) -> str:
    kind, own = draw.choice(ranges)
    if str(ranges[0][0]) == "NEGATE":
        return draw.choice("a1$ (+,")
    if str(kind) == "RANGE":
        return chr(draw.choice(own))
    return chr(own) if str(kind) == "LITERAL" else {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(own), "a")


def _inside(kind: str, own: Any) -> Sequence[Any]:
    """The parts that a part of an expression has in it."""
    if kind.endswith("_REPEAT"):
        return [own[2]]
    if kind == "BRANCH":
        return list(own[1])
    return {"SUBPATTERN": [own[-1]] if kind == "SUBPATTERN" else [], "ATOMIC_GROUP": [own]}.get(kind, [])


def _repeated(parts: Sequence[Any], draw: random.Random, before: str = "") -> Iterator[tuple[str, Sequence[Any]]]:
    """What may be repeated often, with a text that stands before it."""
    for kind, own in parts:
        for inner in _inside(str(kind), own):
            if str(kind).endswith("_REPEAT") and own[1] > _MOST:
                yield before, inner
            yield from _repeated(inner, draw, before)
        before += _text([(kind, own)], draw)


def _seconds(expression: re.Pattern[str], text: str, times: int = 1) -> float:
    """The processor time that an expression takes for a text, the least of some times."""
    found = []
    for _ in range(times):
        start = time.process_time()
        expression.fullmatch(text)
        expression.search(text)
        found.append(time.process_time() - start)
    return min(found)


def _slow_texts(expression: re.Pattern[str]) -> Iterator[str]:
    """Texts for which an expression takes several times as long if they are a little longer."""
    draw, parts = random.Random(3), _parsed(expression)
    for before, inner in (own for _ in range(_TRIES) for own in _repeated(parts, draw)):
        one = _text(inner, draw) + (_text(inner, draw) if draw.random() < 0.5 else "")
        count = next((n for n in range(_MOST) if _seconds(expression, f"{before}{one * n}\0") > _LONG), 0)
        fewer, more = (f"{before}{one * max(0, n)}\0" for n in (count - _FEWER, count))
        if count and _seconds(expression, more, 3) > _GROWS * max(_SHORT, _seconds(expression, fewer, 3)):
            yield more


def test_no_expression_takes_twice_as_long_for_each_character() -> None:
    """Rule: nobody's formula keeps a check busy for minutes, be it made for that or by chance."""
    assert not [(name, text) for name, own in _expressions() for text in _slow_texts(own)]


@pytest.mark.parametrize(
    "text", [r"(?:\$?[A-Z]\$?\d|[$+*\d])*", r"(a|a)*b", r"x(?:\w+\s?)+!"], ids=["references", "either", "words"]
)
def test_what_may_be_matched_in_many_ways_is_found(text: str) -> None:
    """Rule: the test above sees expressions that are ambiguous."""
    assert [*_slow_texts(re.compile(text))]
