"""Mistakes that only the text of a formula shows: ranges that end a cell too soon or too late, and signs."""

from __future__ import annotations

import pytest

from xlcheck.verdicts.mistakes.texts import lengthened, shortened, turned


@pytest.mark.parametrize(
    ("formula", "shorter"),
    [
        ("SUM(B2:B4)", ["SUM(B2:B3)", "SUM(B3:B4)"]),
        ("SUM(B2:D2)", ["SUM(B2:C2)", "SUM(C2:D2)"]),
        # Of a product both, wherever the ranges run the same way and have the same length.
        (
            "SUMPRODUCT(A1:A3,C1:C3)",
            ["SUMPRODUCT(A1:A2,C1:C2)", "SUMPRODUCT(A2:A3,C2:C3)",
             "SUMPRODUCT(A1:A3,C1:C2)", "SUMPRODUCT(A1:A3,C2:C3)"],
        ),
        ("SUM(A1:A3)*SUM(B1:B2)", [
            "SUM(A1:A2)*SUM(B1:B2)", "SUM(A2:A3)*SUM(B1:B2)", "SUM(A1:A3)*SUM(B1:B1)", "SUM(A1:A3)*SUM(B2:B2)",
        ]),
        ("A1*B1", []),
    ],
)  # fmt: skip
def test_ranges_that_end_a_cell_too_soon(formula: str, shorter: list[str]) -> None:
    """Each range is a cell shorter at each end once, and says which range and which end that was."""
    found = list(shortened(formula))

    assert [text for text, _, _ in found] == shorter
    for text, area, _ in found:
        assert area in formula
        assert area not in text


def test_the_end_is_named() -> None:
    """A learner reads at which end of a range a cell is missing."""
    column, row = ([(area, end) for _, area, end in shortened(text)] for text in ("SUM(B2:B4)", "SUM(B2:D2)"))

    assert column == [("B2:B4", "lower end"), ("B2:B4", "upper end")]
    assert row == [("B2:D2", "right end"), ("B2:D2", "left end")]


@pytest.mark.parametrize(
    ("formula", "longer"),
    [
        ("SUM(B2:B4)", ["SUM(B2:B5)", "SUM(B1:B4)"]),
        ("SUM(B2:D2)", ["SUM(B2:E2)", "SUM(A2:D2)"]),
        ("SUM(A1:A2)", ["SUM(A1:A3)"]),  # nothing stands above the first row
        ("A1+B1", []),
    ],
)
def test_ranges_that_end_a_cell_too_late(formula: str, longer: list[str]) -> None:
    """Each range is a cell longer at each end once, as far as the worksheet goes."""
    assert list(lengthened(formula)) == longer


@pytest.mark.parametrize(
    ("formula", "others"),
    [
        ("1/(1+EXP(A1))", ["1/(1-EXP(A1))", "1/(1+EXP(-A1))"]),
        ("-A1*B1", ["A1*B1"]),
        ("A1-B1", ["A1+B1"]),
        ("SUM(A1:A3)", []),
        ("A1+", []),
    ],
)
def test_formulas_with_one_sign_the_other_way_round(formula: str, others: list[str]) -> None:
    """Each sign is turned once, and one is put before what an exponential is given; other formulas stay alone."""
    assert list(turned(formula)) == others
