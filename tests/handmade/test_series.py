"""Recurrent networks that read several series one after the other: where another one begins, no state is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

from fixtures.handmade.drawn.score import workbook
from fixtures.handmade.workbook import to_bytes
from xlcheck.api import check

pytestmark = pytest.mark.keras


def test_a_step_that_reads_no_state_may_begin_a_series(tmp_path: Path) -> None:
    """Rule: where no unit of a step reads the step before, another series may begin; where one of them does not read
    it, that is wrong."""
    cells: dict[str, object] = {"D5": 0, "E5": 0, "B1": 0.4, "B2": -0.3, "C1": 0.2, "C2": 0.6, "D1": -0.5, "D2": 0.1}
    for row, x in zip(range(6, 13), (0.5, -0.3, 0.8, 0.1, 0.7, -0.6, 0.2), strict=True):
        cells[f"A{row}"] = x
        for column, unit in (("D", 1), ("E", 2)):
            cells[f"{column}{row}"] = f"=TANH($B${unit}*$A{row}+$C${unit}*$D{row - 1}+$D${unit}*$E{row - 1})"
    begins = {f"{column}10": f"=TANH($B${unit}*$A10)" for column, unit in (("D", 1), ("E", 2))}

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | begins, tmp_path) == (3, set())
    assert answer(cells | {"D10": begins["D10"]}, tmp_path) == (1, {"D10"})


def test_it_is_said_why_a_last_step_may_begin_a_series(tmp_path: Path) -> None:
    """A column of eight units a step, the last one without a state: what is right before it passes, and not it."""
    plant = workbook(97015, [1])
    path = tmp_path / "drawn.xlsx"
    path.write_bytes(to_bytes(plant.drawn.layout, plant.edits))
    report = check(path)

    assert (report.counts.agree, report.counts.root) == (32, 0)
    assert "the step of Sheet1!D71 reads no state but the first one, as where a series begins" in " ".join(report.notes)


@pytest.mark.parametrize(
    ("marks", "is_new"),
    [
        ((1, 1, 1, 1, 2, 2, 2), True),  # the number of its series
        (("a", "a", "a", "a", "b", "b", "b"), True),
        (("a", None, None, None, "b", None, None), True),
        ((3, 4, 5, 6, 3, 4, 5), True),  # the number of each step in it
        ((1, 2, 3, 4, 5, 6, 7), False),
        ((0, 0, 0, 0, 1, 1, 1), False),  # targets
        ((None, None, None, None, "?", None, None), False),
        ((1, 1, 1, 2, 2, 2, 2), False),  # begins before
    ],
)
def test_what_stands_beside_says_where_a_series_begins(
    marks: tuple[str | int | None, ...], is_new: bool, tmp_path: Path
) -> None:
    """Rule: of a single unit that reads no state, words and numbers beside the steps say whether a series begins."""
    cells: dict[str, object] = {"B1": 0.7, "D1": 0.5, "F1": -0.1, "D4": 0}
    for row, x, mark in zip(range(5, 12), (0.5, 1, -0.3, 0.7, 0.8, 0.2, 0.9), marks, strict=True):
        state = "" if row == 9 else f"+$D$1*D{row - 1}"
        cells |= {f"C{row}": x, f"D{row}": f"=TANH($B$1*C{row}{state}+$F$1)"} | ({f"A{row}": mark} if mark else {})
    assert answer(cells, tmp_path) == ((3, set()) if is_new else (1, {"D9"}))


def test_steps_that_are_counted_from_one_again_begin_a_series(tmp_path: Path) -> None:
    """Rule: where the steps are counted 1, 2, 3, 4, 1, 2, 3 nobody can mean but two series."""
    cells: dict[str, object] = {"B1": 0.7, "D1": 0.5, "F1": -0.1, "D4": 0}
    for row, x, count in zip(range(5, 12), (0.5, 1, -0.3, 0.7, 0.8, 0.2, 0.9), (1, 2, 3, 4, 1, 2, 3), strict=True):
        state = "" if row == 9 else f"+$D$1*D{row - 1}"
        cells |= {f"A{row}": count, f"C{row}": x, f"D{row}": f"=TANH($B$1*C{row}{state}+$F$1)"}
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"A9": 5, "A10": 6, "A11": 7}, tmp_path) == (1, {"D9"})


@pytest.mark.parametrize(("state", "roots"), [("$H$1", set()), ("C9", {"C10"}), ("$D$1", {"C10"})])
def test_a_step_that_reads_the_first_state_may_begin_a_series(state: str, roots: set[str], tmp_path: Path) -> None:
    """Rule: a unit that reads again the number that it read at first begins another series; one that reads an older
    state, or a weight, does not."""
    cells: dict[str, object] = {"B1": 0.8, "D1": 0.4, "F1": 0.1, "H1": 0.05}
    for row, x in zip(range(6, 13), (0.5, -0.3, 0.8, 0.1, 0.7, -0.6, 0.2), strict=True):
        before = {6: "$H$1", 10: state.replace("C9", "C8")}.get(row, f"C{row - 1}")
        cells |= {f"B{row}": x, f"C{row}": f"=TANH($B$1*B{row}+$D$1*{before}+$F$1)"}

    assert answer(cells, tmp_path)[1] == roots


@pytest.mark.parametrize(("row", "is_end"), [(10, True), (9, False)])
def test_what_is_shown_of_a_series_is_its_last_state(row: int, is_end: bool, tmp_path: Path) -> None:
    """Rule: a forecast made of a state before the last one, which nobody reads, is no pass; it may stop too early."""
    cells: dict[str, object] = {"B1": 0.7, "D1": 0.5, "F1": -0.1, "D4": 0, "H1": f"=100*D{row}"}
    for at, x in zip(range(5, 11), (0.5, 1, -0.3, 0.7, 0.8, 0.2), strict=True):
        cells |= {f"C{at}": x, f"D{at}": f"=TANH($B$1*C{at}+$D$1*D{at - 1}+$F$1)"}
    assert answer(cells, tmp_path) == (0 if is_end else 3, set())
