"""Labels that name a word."""

from __future__ import annotations

import pytest

from xlcheck.handmade.reading.naming import names


@pytest.mark.parametrize(
    ("label", "word", "is_named"),
    [
        ("P(cat)", "cat", True), ("p [Cat]", "CAT", True), ("loss of cat", "cat", True), ("cat:", "cat", True),
        ("big cat", "Big cat ", True), ("P(.)", ".", True), ("category", "cat", False), ("P(cat)", "", False),
        ("", "", False), ("cat", "big cat", False),
    ],
)  # fmt: skip
def test_a_label_names_a_word_of_its_own(label: str, word: str, *, is_named: bool) -> None:
    assert names(label, word) is is_named
