"""JSON and TOML out of files that nobody vouches for; what overflows parsers, or keeps them for ever, is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from xlcheck.errors import XlcheckError
from xlcheck.files import read_input, reading
from xlcheck.sizes import TEXTS

# What people and programs write is never as deep; what is walks every reader into the limit of recursion.
MAX_DEPTH = 200
# The parser's time grows with the square of the parts of one key and of the digits of one number. No key of bindings
# has more than three parts, and no number more than 25 digits.
MAX_KEY_PARTS = 16
MAX_WORD = 256
_INTEGERS = range(-(2**63), 2**63)

_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DOTTED = re.compile(rf"#[^\n]*+|({_PART})(?:[ \t]*+\.[ \t]*+{_PART})*+")


def parse_json(text: str | bytes) -> Any:
    """What a JSON text says.

    Raises:
        ValueError: it is no JSON, or deeper or with larger integers than anybody needs, or a name stands twice in one
            object, of which each program takes the one or the other.
    """
    try:
        data = json.loads(text, object_pairs_hook=_each_once)
    except RecursionError:
        raise ValueError(_too_deep()) from None
    _require_sane(data)
    return data


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r:.90} stands there twice")
    return found


def read_toml(path: Path, error: type[XlcheckError]) -> dict[str, Any]:
    """What a TOML file says that somebody has written.

    Args:
        path: the file.
        error: what to raise, in one sentence, if it cannot be read or is no TOML.
    """
    try:
        with reading(path, error):
            return parse_toml(read_input(path, TEXTS[".toml"]).decode("utf-8-sig"))
    except ValueError as caught:
        raise error(f"{path} is no TOML file: {caught}") from None


def parse_toml(text: str) -> dict[str, Any]:
    """What a TOML text says.

    Raises:
        ValueError: it is no TOML, or deeper, or with longer keys or larger integers than anybody needs.
    """
    import tomllib  # an ordinary check reads none

    for key in _DOTTED.finditer(text):
        if key[1] is None:  # a comment
            continue
        if key[0].count(".") >= MAX_KEY_PARTS:
            raise ValueError(f"more than {MAX_KEY_PARTS} names are joined by dots: {key[0][:40]}…")
        if len(key[1]) > MAX_WORD and key[1][0] not in "\"'":
            raise ValueError(f"a number or name has more than {MAX_WORD} characters: {key[1][:40]}…")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise ValueError(_too_deep()) from None
    _require_sane(data)
    return data


def _require_sane(data: Any) -> None:
    level = [data]
    for _ in range(MAX_DEPTH):
        inside = []
        for item in level:
            kind = type(item)
            if kind is dict:
                inside += item.values()
            elif kind is list:
                inside += item
            elif kind is int and item not in _INTEGERS:
                raise ValueError("it holds an integer of more than 64 bits")
        if not inside:
            return
        level = inside
    raise ValueError(_too_deep())


def _too_deep() -> str:
    return f"its lists or tables stand more than {MAX_DEPTH} deep in each other"
