"""Lines of a report: broken between words, in columns of a terminal, with the styles where they were."""

from __future__ import annotations

import pytest

from xlcheck.reports.lines import broken, line


def texts(text: str, width: int, indent: int = 0) -> list[str]:
    """The broken line as plain text."""
    return [each.plain for each in broken(line(text), width, indent)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("one two", ["one two"]),
        ("one two three", ["one two", "three"]),
        ("  1  rnn", ["  1  rnn"]),
        ("one twothreefour", ["one", "twothree", "four"]),
        ("twothreefour one", ["twothree", "four one"]),
        ("漢字 漢字 one", ["漢字", "漢字 one"]),
        ("漢字漢字漢字", ["漢字漢字", "漢字"]),
        ("e\u0301e\u0301e\u0301 one t", ["e\u0301e\u0301e\u0301 one", "t"]),
    ],
)
def test_lines_fit_the_width(text: str, expected: list[str]) -> None:
    """Eight columns: a word goes to the next line, one that fits no line is cut; wide characters take two columns."""
    assert texts(text, 8) == expected
    assert texts(text, 10, indent=2) == [f"  {line}" for line in expected]


def test_styles_stay_with_their_text() -> None:
    """A span that is broken has its style on both lines."""
    lines = list(broken(line(("one ", "bold"), ("two three", "red")), 8))

    assert [[part for part in each.parts if part[0]] for each in lines] == [
        [("one ", "bold"), ("two", "red")],
        [("three", "red")],
    ]
    shown = [each.styled() for each in lines]
    assert [[(text.plain[span.start : span.end], span.style) for span in text.spans] for text in shown] == [
        [("one ", "bold"), ("two", "red")],
        [("three", "red")],
    ]
