"""Excel's functions over terms: what has a form of its own, and what is left open."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.formulas.algebra import Algebra
from xlcheck.formulas.functions import Functions
from xlcheck.formulas.scalars import Argument, OpaqueError

TABLE = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=object)
WORDS = np.array([["good"], ["bad"], ["Good"]], dtype=object)
MIXED = np.array([[1.0], ["8"], [None]], dtype=object)
COLUMN = np.array([[7.0], [8.0], [9.0]], dtype=object)


def call(name: str, *arguments: Argument) -> object:
    """What a function gives for plain numbers, arrays as lists."""
    found = Functions(Algebra(), float).call(name, arguments)  # type: ignore[arg-type]
    return found.tolist() if isinstance(found, np.ndarray) else found


@pytest.mark.parametrize(
    ("name", "arguments", "gives"),
    [
        ("INDEX", (TABLE, 2.0, 3.0), 6.0), ("INDEX", (TABLE[:1], 2.0), 2.0), ("MATCH", (8.0, COLUMN, 0.0), 2.0),
        ("XMATCH", (9.0, COLUMN), 3.0), ("VLOOKUP", (4.0, TABLE, 2.0, False), 5.0),
        ("HLOOKUP", (2.0, TABLE, 2.0, False), 5.0), ("TAKE", (TABLE, -1.0, 2.0), [[4.0, 5.0]]),
        ("TAKE", (TABLE, None, 1.0), [[1.0], [4.0]]), ("DROP", (TABLE, 1.0), [[4.0, 5.0, 6.0]]),
        ("DROP", (TABLE, -1.0, -1.0), [[1.0, 2.0]]), ("CHOOSECOLS", (TABLE, -1.0, 1.0), [[3.0, 1.0], [6.0, 4.0]]),
        ("MMULT", (TABLE, COLUMN), [[50.0], [122.0]]), ("SUMXMY2", (COLUMN, COLUMN[::-1]), 8.0),
        ("SUMXMY2", (np.array([[7.0], [None]], dtype=object), np.array([[9.0], [None]], dtype=object)), 4.0),
        ("VAR.S", (COLUMN,), 1.0), ("AVERAGE", (TABLE,), 3.5), ("LOG", (8.0, 2.0), pytest.approx(3.0)),
        ("ROUND", (-2.5, 0.0), -3.0), ("ROUNDDOWN", (-2.79, 1.0), -2.7), ("NORMSDIST", (0.0,), 0.5),
        ("SEQUENCE", (2.0, 2.0, 5.0, -1.0), [[5.0, 4.0], [3.0, 2.0]]), ("IFS", (False, 1.0, True, 2.0), 2.0),
        ("SWITCH", ("B", "a", 1.0, "b", 2.0), 2.0), ("SWITCH", (3.0, 1.0, 10.0, 20.0), 20.0),
        ("SUMIF", (WORDS, "GOOD", COLUMN), 16.0), ("SUMIF", (COLUMN, ">=8"), 17.0),
        ("SUMIF", (WORDS, "<>good", COLUMN), 8.0),
        ("SUMIF", (COLUMN, 8.0, MIXED), 0.0), ("SUMIFS", (COLUMN, WORDS, "good", COLUMN, "<9"), 7.0),
        ("MAXIFS", (COLUMN, WORDS, "good"), 9.0), ("MINIFS", (COLUMN, WORDS, "good"), 7.0),
        ("MEDIAN", (0.0, 1.0, 2.0), 1.0), ("AVERAGEIF", (WORDS, "good", COLUMN), 8.0),
        ("AVERAGEIFS", (COLUMN, WORDS, "=good"), 8.0),
        ("SUMIF", (MIXED, "<>1", COLUMN), 17.0), ("SUMIF", (COLUMN, "7", COLUMN), 7.0),
    ],
    ids=str,
)  # fmt: skip
def test_it_gives_what_excel_gives(name: str, arguments: tuple[Argument, ...], gives: object) -> None:
    """Places are counted from 1, or from the end if they are negative; words are the same in small letters."""
    assert call(name, *arguments) == gives


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("FORECAST", (1.0,), "FORECAST is not known here"), ("MATCH", (8.0, COLUMN), "only exact matches"),
        ("MATCH", (8.5, COLUMN, 0.0), "finds nothing"), ("INDEX", (TABLE, 3.0, 1.0), "outside of its range"),
        ("MMULT", (COLUMN, TABLE[:, :2]), "do not fit"), ("SUMPRODUCT", (TABLE, COLUMN), "different sizes"),
        ("SUMXMY2", (TABLE, COLUMN), "different sizes"),
        ("SUMXMY2", (COLUMN, np.array([[7.0], [None], [9.0]], dtype=object)), "something else"),
        ("NORM.S.DIST", (0.0, False), "density"),
        ("VAR.S", (3.0,), "too few"), ("IFS", (False, 1.0), "IFS finds nothing"), ("PI", (1.0,), "PI: "),
        ("SUMIF", (WORDS, "g*", COLUMN), "wildcards"), ("SUMIF", (WORDS, ">b", COLUMN), "compares texts"),
        ("SUMIF", (COLUMN, None), "blank"), ("SUMIFS", (COLUMN, TABLE, 1.0), "shapes"),
        ("AVERAGEIF", (COLUMN, 1.0), "averages nothing"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_followed_is_left_open(name: str, arguments: tuple[Argument, ...], why: str) -> None:
    """It says so instead of giving a number; arguments that do not fit are no mistake of xlcheck's own."""
    with pytest.raises(OpaqueError, match=why):
        call(name, *arguments)
