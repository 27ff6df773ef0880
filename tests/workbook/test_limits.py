"""Excel's limits are named with their sizes before a file is touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.pattern import Letters, Pattern
from xlcheck.workbook.limits import require_limits
from xlcheck.workbook.plan import (
    DropDown,
    Formula,
    FormulaBlock,
    Link,
    Note,
    NumberBlock,
    PlannedCell,
    PlannedSheet,
    WorkbookPlan,
)
from xlcheck.workbook.writer import write_workbook


def plan(*contents: object, **sheet: object) -> WorkbookPlan:
    """A worksheet `S` with the contents in its first row."""
    cells = tuple(PlannedCell(0, column, content) for column, content in enumerate(contents))  # type: ignore[arg-type]
    return WorkbookPlan((PlannedSheet("S", cells, **sheet),))  # type: ignore[arg-type]


def wide(columns: int, rows: int = 1) -> NumberBlock:
    """A block that is never looked into."""
    return NumberBlock(Range("S", 0, 0, rows, columns), np.broadcast_to(1.0, (rows, columns)), "weight")


def literal(inside: str) -> str:
    """A text in a formula."""
    return f'"{inside}"'


def drop_down(title: str = "", message: str = "", choices: list[str | int] | None = None) -> DropDown:
    """A cell in which one of some texts is chosen."""
    return DropDown(Range("S", 0, 0), choices or ["a"], title, message)


LONG = Pattern((*[part for _ in range(2000) for part in ("$", Letters(20, 700), "1+")], "1"))


@pytest.mark.parametrize(
    ("planned", "message"),
    [
        (plan(blocks=(wide(16_385),)), "'S' would need 1 rows and 16,385 columns; Excel has 1,048,576 and 16,384"),
        (plan(blocks=(wide(1, 1_048_577),)), "would need 1,048,577 rows and 1 columns"),
        (plan("x" * 32_768), "'S', cell A1 would hold a text of 32,768 characters; Excel allows 32,767"),
        (plan(1.0, Formula("1+" * 4096, 0.0)), "'S', cell B1 would hold a formula of 8,193 characters"),
        (plan(Formula(f"MAX({','.join('1' * 256)})", 0.0)), "256 arguments in one function"),
        (plan(Formula("(" * 65 + "1" + ")" * 65, 0.0)), "65 brackets inside each other; Excel allows 255 and 64"),
        (
            plan(blocks=(FormulaBlock(Range("S", 0, 0, 2), LONG, np.zeros(2), "state"),)),
            "cell A2 would hold a formula of 12,002 characters",
        ),
        (
            plan(Formula("IF(A1=1," + literal('""' * 255) + "," + literal("y" * 256) + ")", "y")),
            "a formula of worksheet 'S', cell A1 would hold the text 'y+ of 256 characters; Excel allows 255",
        ),
        (plan(Formula(literal("\U0001f600" * 128), "")), "of 256 characters; Excel allows 255"),
        (plan(drop_downs=(drop_down(title="t" * 33),)), "title of a drop-down of worksheet 'S' .* of 33 .* allows 32"),
        (plan(drop_downs=(drop_down(message="m" * 256),)), "a drop-down of worksheet 'S' .* of 256 .* allows 255"),
        (plan(drop_downs=(drop_down(choices=["c"] * 129),)), "a drop-down of worksheet 'S' .* of 257 .* allows 255"),
        (WorkbookPlan((PlannedSheet("n" * 32, ()),)), "its name has 32 characters; Excel allows 31"),
        (
            plan(Formula("1", "a\x0bb")),
            r"'S' would say 'a\\x0bb', in which no workbook can hold the character U\+000B",
        ),
        (plan(Formula('"\ufffe"', 0.0)), "U\\+FFFE; take it out of the names, labels or words"),
        (plan(Link("\x01", Range("S", 0, 0))), "U\\+0001"),
        (WorkbookPlan((PlannedSheet("n\x1f", ()),)), "U\\+001F"),
        (plan(notes=(Note(Range("S", 0, 0), "\ud800"),)), "U\\+D800"),
        (
            WorkbookPlan((PlannedSheet("S", ()),), properties={"title": "\0"}),
            "the properties of the workbook .* U\\+0000",
        ),
    ],
)
def test_what_excel_cannot_hold_is_refused_with_its_size(planned: WorkbookPlan, message: str, tmp_path: Path) -> None:
    """The message says what is too large, where, and by how much; no file appears."""
    with pytest.raises(WorkbookError, match=message.replace("(", r"\(")):
        write_workbook(planned, tmp_path / "too_large.xlsx")

    assert list(tmp_path.iterdir()) == []


def test_more_links_than_excel_can_hold_are_refused(tmp_path: Path) -> None:
    """A sheet has room for 65,530 of them."""
    links = tuple(PlannedCell(row, 0, Link("x", Range("S", 0, 0))) for row in range(65_531))
    with pytest.raises(WorkbookError, match="'S' would have 65,531 links; Excel allows 65,530"):
        write_workbook(WorkbookPlan((PlannedSheet("S", links),)), tmp_path / "too_large.xlsx")

    assert list(tmp_path.iterdir()) == []


def test_what_just_fits_is_accepted() -> None:
    """The limits themselves are allowed; commas and brackets in texts are none; a constant holds any character."""
    commas = Formula('CONCATENATE("' + '",A1,"'.join([",(" * 127] * 3) + '",A1)', 0.0)
    named = Formula(f"""'"'!A1&'{"n" * 300}'!A1&""" + literal('""' * 255), "")
    longest = Formula("1+" * 4095 + "1", 0.0)

    require_limits(
        plan("x" * 32_767, "\x10own \ufffe", longest, Formula(f"MAX({','.join('1' * 255)})", 0.0), commas, named)
    )
    require_limits(plan(blocks=(wide(16_384),)))
