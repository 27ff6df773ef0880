"""Formulas that are wrong by what is told of them, if everything is right with that; whoever settles it, stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from recognised_sheets import a1, cell_at, sheet

from xlcheck.engines import engine
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.engine_choice import Answers, answers_of
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.with_kin import is_all_right, with_kin
from xlcheck.verdicts.cell_result import CellResult, Status
from xlcheck.verdicts.parts import Part

_RIGHT = {cell_at(f"C{row}"): f"A{row}*$B$1+$B$2" for row in range(1, 7)}
_Settled = tuple[list[Part], list[Abstention]]


def _settle(part: SheetGroup, _: Answers) -> _Settled:
    """All is right where each formula in C is as the others; else there is a verdict on none."""
    own = {cell: text for cell, text in part.table.texts.items() if cell in _RIGHT}
    if own == _RIGHT:
        return [Part([], len(part.table.texts), 6, held=dict.fromkeys(part.table.texts, "dense.z"))], []
    return [], [Abstention(part.table, part.values, sorted(own), "nothing is known")]


def _said(wrong: Mapping[str, str], told: Sequence[Mapping[str, str]], folder: Path) -> Mapping[str, CellResult] | None:
    """What is said of each cell that is not right, where something is."""
    cells: dict[str, object] = {f"A{row}": 0.3 * row - 1 for row in range(1, 7)} | {"B1": 0.8, "B2": 0.25}
    cells |= {a1(cell): f"={wrong.get(a1(cell), text)}" for cell, text in _RIGHT.items()} | {
        "D3": "=C3*2",
        "D4": "=C4*2",
    }
    part = sheet(cells, folder).part
    meant = [{cell_at(name): text for name, text in own.items()} for own in told]
    found = with_kin(part, answers_of(part.table, engine("ironcalc")), meant, _settle)
    if found is None:
        return None
    return {own.cell: own for each in found[0] for own in each.results if isinstance(own, CellResult)}


_AS_OTHERS = {"C3": "A3*$B$1+$B$2"}


def test_what_makes_all_right_is_what_should_stand_there(tmp_path: Path) -> None:
    """Rule: the formula is wrong, and what follows from it is carried; all numbers are those of the workbook."""
    said = _said({"C3": "A3*$B$1"}, [_AS_OTHERS], tmp_path)

    assert said is not None
    assert {name: own.status for name, own in said.items()} == {"C3": Status.ROOT, "D3": Status.CARRIED}
    assert (said["C3"].formula, said["C3"].desired_formula) == ("=A3*$B$1", f"={_AS_OTHERS['C3']}")
    assert (said["C3"].actual, said["C3"].desired) == (pytest.approx(-0.08), pytest.approx(0.17))
    assert (said["D3"].actual, said["D3"].desired) == (pytest.approx(-0.16), pytest.approx(0.34))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"C3": "A3*$B$1"}, []),
        ({"C3": "A3*$B$1"}, [{"C3": "A3*$B$1+1"}]),  # all is not right with that
        ({"C3": "A3*$B$1", "C5": "A5*$B$1"}, [_AS_OTHERS]),
        ({"C3": "$B$2+$B$1*A3"}, [_AS_OTHERS]),  # which gives the same
    ],
)
def test_nobody_is_blamed_unless_it_makes_all_right(
    wrong: dict[str, str], told: Sequence[Mapping[str, str]], tmp_path: Path
) -> None:
    assert _said(wrong, told, tmp_path) is None


def test_what_is_right_as_it_stands_stays(tmp_path: Path) -> None:
    assert _said({}, [{"C3": "A3*$B$1"}], tmp_path) == {}


def test_of_several_only_the_smallest_counts(tmp_path: Path) -> None:
    """Rule: what contains it makes all right as well; two that have nothing in common leave it open."""
    one, other = ({**_AS_OTHERS, name: f"C{name[1]}*2+0"} for name in ("D3", "D4"))
    said = _said({"C3": "A3*$B$1"}, [_AS_OTHERS, one, other], tmp_path)
    assert _said({"C3": "A3*$B$1"}, [one, other], tmp_path) is None

    assert said is not None
    assert [name for name, own in said.items() if own.status is Status.ROOT] == ["C3"]


def test_all_is_right_if_nothing_is_open_or_wrong(tmp_path: Path) -> None:
    """Rule: and something was checked; scratch beside the network does not matter."""
    part = sheet({"A1": 0.3, "B1": "=A1*2"}, tmp_path).part
    cell = cell_at("B1")
    scratch, open_one = (Abstention(part.table, part.values, [cell], "", matters=own) for own in (False, True))
    right = Part([result_at(part.table, cell, Status.UNBOUND, "", 0.6)])

    assert is_all_right([right], [scratch])
    assert not is_all_right([right], [open_one])
    assert not is_all_right([], [])
    assert not is_all_right([Part([], gaps=("no targets",))], [])
    assert not is_all_right([Part([], without_cell=1)], [])
    for status in (Status.ROOT, Status.CARRIED, Status.NOT_EVALUATED):
        assert not is_all_right([right, Part([result_at(part.table, cell, status, "", 0.6)])], [])
