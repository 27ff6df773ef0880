"""The same formula in another spelling.

Programs write one formula in many ways: Excel prefixes newer functions with `_xlfn.` and keeps 17 digits of a
number, LibreOffice writes 15 of them, drops quotes around worksheets' names and writes `TRUE()`; people add `$`,
spaces and parentheses, name the worksheet on which they are, and write a range from its last corner.
"""

from __future__ import annotations

# Programs keep 15 digits and round ties either way.
_DIGITS = 1e-14


def same_formula(a: str | None, b: str | None, sheet: str = "") -> bool:
    """Whether two formulas are the same by meaning, however they are spelled.

    They name the same cells and do the same with them in the same order: `A1+B1` and `B1+A1` are two formulas.

    Args:
        a: a formula, with or without `=`; None for a cell that holds none.
        b: the other one.
        sheet: the worksheet on which both stand; references to it may name it or not.
    """
    if a is None or b is None:
        return a is b
    a, b = a.removeprefix("="), b.removeprefix("=")
    if a == b:
        return True
    from xlcheck.formulas.canonical import canonical  # parses; most formulas are spelled as they were

    (one, these), (other, those) = canonical(a, sheet), canonical(b, sheet)
    return one == other and all(abs(m - n) <= _DIGITS * abs(m) for m, n in zip(these, those, strict=True))
