"""The numbers from which on a formula is another one."""

from __future__ import annotations

import pytest

from xlcheck.formulas.inner_numbers import limits


@pytest.mark.parametrize(
    ("formula", "numbers"),
    [
        ("=IF(F9>2,3*F9,MAX(F9,0))", [(2, ""), (0, "")]),
        ("MIN(MAX(F9-1,0),50%)", [(1, "MIN"), (0, "MIN"), (0.5, ""), (1, ""), (0, "")]),
        ("2*F9+IF(F9,1,3)", []), ("=SUM(1,F9)=4", [(1, "="), (4, "")]), ("MAX(-2,1/F9)", [(2, ""), (1, "MAX")]),
        ("MAX(F9", []),
    ],
)  # fmt: skip
def test_numbers_that_are_compared_or_among_which_the_largest_is_taken(
    formula: str, numbers: list[tuple[float, str]]
) -> None:
    """Those inside of several functions count for each; what else a formula holds, or one that nobody reads, none.

    A number that is only a part of another one is said with what that is compared by or taken of.
    """
    assert limits(formula, {">", "="}, {"MAX", "MIN"}) == numbers
