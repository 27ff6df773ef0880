"""The second hint: a formula as somebody would read it aloud."""

from __future__ import annotations

import pytest

from xlcheck.exercises.hints import in_words
from xlcheck.graph import expressions as ex

A, B, M = ex.Ref("a"), ex.Ref("b"), ex.Ref("m")
LABELS = {"a": "the input", "b": "the bias", "m": "the kernel"}


@pytest.mark.parametrize(
    ("expr", "words"),
    [
        (A + B, "the input plus the bias"),
        (A * (A + B), "the input times (the input plus the bias)"),
        (ex.Const(-0.5) * A, "−0.5 times the input"),
        (ex.Slice(A, 1, 2), "the input (number 2)"),
        (ex.Slice(A, 1, 3), "the input (numbers 2 to 3)"),
        (ex.Slice(M, 0, 2, 3), "the kernel (numbers 1 to 2 in row 4)"),
        (ex.Dot(A, M), "the input times the kernel, product by product, all of them added up"),
        (ex.Where(ex.Greater(A, B), A, B), "the input if (the input is greater than the bias), else the bias"),
        (ex.Maximum(A, B), "the larger of the input and the bias"),
        (ex.Tanh(A), "the hyperbolic tangent of the input"),
        (ex.Total((A, B, A)), "the input plus the bias plus the input"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_more_than_one_thing_stands_in_parentheses(expr: ex.Expr, words: str) -> None:
    """Each operation has its words, quantities are called by their labels, and places are counted from 1."""
    assert in_words(expr, LABELS) == words
