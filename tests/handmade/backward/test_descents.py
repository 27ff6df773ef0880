"""Several steps down the slopes of one loss, and whether such a reading settles what another one leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from descent_sheets import descent
from recognised_sheets import a1, cell_at, sheet

from xlcheck.engines import engine
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.backward_judging.steps_of_descent import goes_down, settles, with_steps
from xlcheck.handmade.reading.engine_choice import Answers, answers_of
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import Status

_RATES = {"L4": 0.2, "L5": 0.3, "L6": 0.1}
_EACH = {f"{w}{row + 1}": f"={w}{row}-$L{row}*{s}{row}" for row in (4, 5, 6) for w, s in ("AH", "BI")}


@pytest.mark.parametrize(
    ("wrong", "goes"),
    [
        ({}, True), (_RATES | _EACH, True),
        ({"I5": "=2*(F5-E5)*(1-F5^2)*C5"}, False), ({"A6": "=A5-2*$K$1*H5", "B6": "=B5-2*$K$1*I5"}, False),
        ({"A6": "=A5+$K$1*H5", "B6": "=B5+$K$1*I5"}, False),
    ],
    ids=["one rate", "a rate each", "another input", "twice as far at one step", "uphill"],
)  # fmt: skip
def test_all_steps_go_down_one_loss(wrong: dict[str, object], goes: bool, tmp_path: Path) -> None:
    """Rule: by one rate, or each by its own from a cell in the same place; the losses are filled alike."""
    assert goes_down(sheet(descent(3, wrong), tmp_path).part) is goes


def test_where_the_time_is_used_up_no_steps_are_known(tmp_path: Path) -> None:
    """Rule: that is no error; who asks goes on, and says what the time was too short for."""
    part = sheet(descent(3, {}), tmp_path).part
    with effort.limited_to(0):
        assert not goes_down(part)


def _said(wrong: Mapping[str, object], folder: Path, known: str = "F") -> Part | None:
    """What is said of three steps, if the results in a column are known to be right."""

    def settle(part: SheetGroup, _: Answers) -> tuple[list[Part], list[Abstention]]:
        return [Part((), held={cell: "y" for cell in part.table.texts if a1(cell)[0] == known})], []

    own = sheet(descent(3, wrong), folder)
    found = with_steps(own.part, answers_of(own.table, engine("ironcalc")), settle)
    return None if found is None else found[0][-1]


def test_what_the_slopes_of_all_steps_tell(tmp_path: Path) -> None:
    """Rule: slopes, losses and weights of all steps are right; where no result is known, nothing is."""
    part = _said({}, tmp_path)
    assert part is not None
    cells = {f"{column}{row}" for column in "GHI" for row in (4, 5, 6)} | {
        f"{w}{row}" for w in "AB" for row in (5, 6, 7)
    }
    assert ({*map(a1, part.held)}, part.results) == (cells, [])
    assert "3 training steps" in part.notes[0]
    assert _said({}, tmp_path, known="Z") is None


@pytest.mark.parametrize(
    ("held", "gaps", "status", "done"),
    [
        ("F4 G4", (), Status.NOT_EVALUATED, True), ("F4", (), Status.NOT_EVALUATED, False),
        ("F4 G4", ("why",), Status.NOT_EVALUATED, False), ("F4 G4", (), Status.ROOT, False),
    ],
    ids=["all of it", "a cell is missing", "a gap", "somebody is blamed"],
)  # fmt: skip
def test_another_reading_settles_what_one_leaves_open(
    held: str, gaps: tuple[str, ...], status: Status, done: bool, tmp_path: Path
) -> None:
    """Rule: it says that all is right, of each open cell too; and the one blames nobody and has no gap."""
    own = sheet(descent(1), tmp_path)
    other = [Part((), 2, 2, held=dict.fromkeys(map(cell_at, held.split()), "y"))], list[Abstention]()
    found = [Part([result_at(own.table, cell_at("F4"), status, "", own.values[0])], 1, 1, gaps=gaps)]
    left = [Abstention(own.table, own.values, [cell_at("G4")], "")]
    assert settles(other, found, left) is done
    assert not settles((other[0], left), found, left)
