"""Hostile JSON and TOML are no documents, and that is said at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from xlcheck.documents import MAX_DEPTH, parse_json, parse_toml


@pytest.mark.parametrize("parse", [parse_json, lambda text: parse_toml(f"a = {text}")["a"]], ids=["json", "toml"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[" * 100_000 + "]" * 100_000, f"more than {MAX_DEPTH} deep"),
        ("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), f"more than {MAX_DEPTH} deep"),
        ("9" * 100_000, "integer|a number or name has more than 256"),
        ("9" * 30, "an integer of more than 64 bits"),
        ("[[1, 2], [3, 99999999999999999999]]", "an integer of more than 64 bits"),
        ("[1,", "xpect|nvalid"),
    ],
    ids=["very deep", "deep", "very long", "long", "long inside", "cut off"],
)
def test_what_no_reader_should_meet_is_refused(parse: Callable[[str], Any], text: str, sentence: str) -> None:
    """Depth and integers have limits, far above what anybody writes, and every refusal is a ValueError."""
    with pytest.raises(ValueError, match=sentence):
        parse(text)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '[{"b": {"a": 1, "c": [], "a": 1}}]'])
def test_a_name_that_stands_twice_is_refused(text: str) -> None:
    """Programs take the one or the other, so that nobody knows what the text says."""
    with pytest.raises(ValueError, match="'a' stands there twice"):
        parse_json(text)


@pytest.mark.parametrize("key", [".".join("a" * 200_000), " . ".join(['"x"'] * 50_000), "'y'." * 20_000 + "z"])
def test_long_keys_do_not_take_long(key: str) -> None:
    """A key of many parts, bare or in quotes, in a line or in the head of a table, is refused in no time."""
    started = time.process_time()
    for text in (f"{key} = 1", f"[{key}]", f"[[{key}]]", f"x = {{ {key} = 1 }}"):
        with pytest.raises(ValueError, match="joined by dots"):
            parse_toml(text)

    assert time.process_time() - started < 2


def test_what_people_write_is_read() -> None:
    """Numbers, texts with dots and brackets, and tables in tables are read as ever."""
    text = f"# {'-' * 999}\n"
    text += 'name = "a.b.c.d.e.f.g"\nlist = [1.5, 2.25, [-3, 9007199254740993]]\n[[model.layer]]\n"lstm.h" = "B1:C2"\n'

    assert parse_toml(text) == {
        "name": "a.b.c.d.e.f.g", "list": [1.5, 2.25, [-3, 9007199254740993]],
        "model": {"layer": [{"lstm.h": "B1:C2"}]},
    }  # fmt: skip
    assert parse_json('{"a": [1, {"b": [null, true, 1e300]}]}') == {"a": [1, {"b": [None, True, 1e300]}]}
