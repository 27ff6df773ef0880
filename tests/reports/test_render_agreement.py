"""Several engines side by side: exactly the table that is printed."""

from __future__ import annotations

from dataclasses import replace

from sample_reports import BAD, GOOD, OPEN

from xlcheck.reports.render_agreement import render_agreement
from xlcheck.verdicts.report import CellResult


def test_one_row_an_engine_and_the_cells_on_which_they_differ() -> None:
    """Counts and a mark for each engine; a verdict that differs is named."""
    other = replace(BAD, engine="libreoffice 25.2.3.2", cells=BAD.cells[1:])

    assert render_agreement([GOOD, BAD, replace(GOOD, engine="cellrune 0.2.0"), other]) == (
        "books/good.xlsx\n"
        "    engine          agree  wrong  carried  no verdict  difference\n"
        "  ✓ ironcalc 0.9.1  84/84      0        0           0     2.2e-16\n"
        "  ✓ cellrune 0.2.0  84/84      0        0           0     2.2e-16\n"
        "  The engines give the same verdict on every cell.\n"
        "\n"
        "books/bad.xlsx\n"
        "    engine                agree  wrong  carried  no verdict  difference\n"
        "  ✗ ironcalc 0.9.1        80/84      2        2           0        0.01\n"
        "  ✗ libreoffice 25.2.3.2  80/84      2        2           0        0.01\n"
        "  lstm!M15  ironcalc 0.9.1: root, libreoffice 25.2.3.2: agree"
    )


def test_one_engine_agrees_with_nobody() -> None:
    """Without a second opinion nothing is said about agreement."""
    assert render_agreement([OPEN]) == (
        "books/open.xlsx\n"
        "    engine          agree  wrong  carried  no verdict  difference\n"
        "  ? cellrune 0.2.0  83/84      0        0           1     2.2e-16"
    )


def test_many_differences_are_counted() -> None:
    """The first ten, then how many more."""
    cells: tuple[CellResult, ...] = tuple(replace(BAD.cells[0], cell=f"A{i}") for i in range(13))
    text = render_agreement([GOOD, replace(GOOD, engine="cellrune 0.2.0", cells=cells)])

    assert text.endswith(
        "lstm!A9  ironcalc 0.9.1: agree, cellrune 0.2.0: root\n  and 3 more cells on which they differ"
    )
