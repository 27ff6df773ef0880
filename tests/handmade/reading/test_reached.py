"""What is reached from some cells along references."""

from __future__ import annotations

import pytest

from xlcheck.handmade.reading.reached import reached

READS = {"e": "cd", "d": "bb", "c": "d", "b": "a", "a": ""}


@pytest.mark.parametrize(
    ("start", "among", "through", "found"),
    [
        ("e", "abcde", "abcde", "abcd"),
        ("ab", "abcde", "abcde", "a"),
        ("e", "abc", "abcde", "c"),
        ("e", "abcde", "c", "cd"),
        ("", "abcde", "abcde", ""),
    ],
)
def test_all_is_reached_once_and_no_further_than_allowed(start: str, among: str, through: str, found: str) -> None:
    """Rule: what does not count leads nowhere; what is not gone through counts and ends the way."""
    own = reached(start, READS.__getitem__, among=among.__contains__, through=through.__contains__)
    assert own == {*found}


def test_what_is_in_a_circle_follows_on_itself() -> None:
    """Rule: a circle ends, and each of it is reached, the first one, too."""
    assert reached("a", {"a": "b", "b": "c", "c": "a"}.__getitem__) == {*"abc"}
