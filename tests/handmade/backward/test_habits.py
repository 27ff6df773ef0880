"""What three formulas do alike is a habit, unless one in line with them does otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.backward_judging.habits import Habits

_NUMBERS = {f"{column}{row}": 0.1 * row for column in "AB" for row in range(2, 7)}
_THREE = {f"D{row}": f"=A{row}*2" for row in (2, 3, 4)}
_OTHER = {f"D{row}": f"B{row}*2" for row in (2, 3, 4)}
_MORE = {f"D{row}": f"A{row}*2+1" for row in (2, 3, 4)}


def _habits(cells: Mapping[str, object], folder: Path, *idle: str) -> Habits:
    return Habits(sheet({**_NUMBERS, **cells}, folder).table, {*map(cell_at, idle)})


def _edit(formulas: Mapping[str, str]) -> dict[tuple[str, int, int], str]:
    return {cell_at(name): text for name, text in formulas.items()}


@pytest.mark.parametrize(
    ("cells", "edit", "is_one"),
    [
        (_THREE, _OTHER, True),
        (_THREE | {"D6": "=A6+1"}, _OTHER, True),
        (_THREE | {"D5": "=B5*2"}, _OTHER, False),
        (_THREE, dict([*_OTHER.items()][:2]), False),
        (_THREE, _MORE, True),
        (_THREE | {"D5": "=A5*2+1"}, _MORE, False),
        (_THREE | {"F9": "=A5*2+1"}, _MORE, True),
    ],
    ids=["others", "beside what does else", "as one in line has it", "two alone", "one more summand",
         "as one in line adds", "as one elsewhere adds"],
)  # fmt: skip
def test_three_formulas_alike_are_a_habit(
    cells: dict[str, object], edit: dict[str, str], is_one: bool, tmp_path: Path
) -> None:
    """Rule: so they are where none in line has what an edit would make of them."""
    assert _habits(cells, tmp_path).is_one(_edit(edit)) is is_one


@pytest.mark.parametrize(
    ("cells", "edit", "is_none"),
    [
        (_THREE | {"D5": "=B5*2"}, _OTHER, True),
        (_THREE | {"D5": "=A5*2"}, _OTHER, False),
        (_THREE | {"F9": "=B5*2"}, _OTHER, False),
        (_THREE | {"D5": "=B5*2"}, dict([*_OTHER.items()][:2]), False),
        (_THREE | {"D5": "=A5*2+1"}, _MORE, False),
    ],
    ids=["one right", "one more alike", "one elsewhere", "two alone", "other functions"],
)
def test_it_is_none_beside_one_that_is_right(
    cells: dict[str, object], edit: dict[str, str], is_none: bool, tmp_path: Path
) -> None:
    """Rule: one in line that was filled from what an edit has speaks against three and more that were not."""
    assert _habits(cells, tmp_path).is_none(_edit(edit)) is is_none


def test_a_habit_leaves_no_number_unread_that_only_it_would_read(tmp_path: Path) -> None:
    """Rule: edits that read what nobody computes with show that it was left out by mistake, if all of them do."""
    idle = ("B2", "B3", "B4")
    assert not _habits(_THREE, tmp_path, *idle).is_one(_edit(_OTHER))
    assert _habits(_THREE, tmp_path, *idle).reads_idle(_edit(_OTHER))
    assert not _habits(_THREE, tmp_path, *idle[:2]).reads_idle(_edit(_OTHER))
    ranges = {f"D{row}": "SUM(B2:B4)" for row in (2, 3, 4)}
    assert not _habits(_THREE, tmp_path, *idle).reads_idle(_edit(ranges))


def _weighted(factors: Mapping[int, str]) -> dict[str, object]:
    """A straight line that learns from a sample a row; its errors are multiplied by factors of their rows."""
    cells: dict[str, object] = {"B1": 0.1, "D4": 0.3, "E4": -0.2}
    for row in range(4, 12):
        cells |= {f"A{row}": 0.2 * ((row * 3) % 7), f"B{row}": 1.0 + 0.4 * ((row * 5) % 3)}
        cells |= {f"F{row}": f"=D{row}*A{row}+E{row}", f"G{row}": f"={factors.get(row, '1*')}(F{row}-B{row})"}
        cells |= {f"D{row + 1}": f"=D{row}-$B$1*G{row}*A{row}", f"E{row + 1}": f"=E{row}-$B$1*G{row}"}
    return cells


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("factors", "wrong"),
    [
        ({4: "2*", 5: "2*"}, set()),
        ({7: "2*"}, set()),
        ({row: "" for row in range(4, 12) if row != 7} | {7: "2*"}, {"G7"}),  # nobody types a factor of 1 there
    ],
)
def test_who_multiplies_others_by_a_typed_1_may_weigh_a_sample(
    factors: dict[int, str], wrong: set[str], tmp_path: Path
) -> None:
    """Rule: in `=2*(F7-B7)` among `=1*(F8-B8)` the 2 may be the weight of a sample; among `=F8-B8` it is wrong."""
    assert answer(_weighted(factors), tmp_path) == (1 if wrong else 3, wrong)
