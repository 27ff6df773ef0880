"""What runs of pytest inside a test printed."""

from __future__ import annotations

import pytest

_MARK = "E       "


def said(result: pytest.RunResult) -> pytest.LineMatcher:
    """What a run printed, failures without what pytest writes in front of them."""
    return pytest.LineMatcher([_unmarked(line) for line in result.outlines])


def messages(lines: list[str]) -> list[str]:
    """Of the lines of one failure those that it says itself."""
    return [_unmarked(line) for line in lines if line.startswith(_MARK)]


def _unmarked(line: str) -> str:
    return line.removeprefix(_MARK).removeprefix("Failed: ") if line.startswith(_MARK) else line


def failure(result: pytest.RunResult) -> str:
    """What the only failure says, in one line."""
    lines = [line[1:].lstrip().removeprefix("Failed: ") for line in result.outlines if line.startswith("E   ")]
    assert [line for line in lines if len(line) > 72 and " " in line.strip()] == []
    return " ".join(lines)
