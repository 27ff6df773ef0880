"""Blocks that repeat, one for each sample or step: what only one of them has, and whether that must be a slip."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, roots, save
from openpyxl.utils import get_column_letter

from xlcheck.handmade.reading.block_copies import Repeated, unlike_blocks
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras


def _side_by_side(samples: int, steps: int = 3) -> dict[str, object]:
    """One unit with a first state of its own for each sample: columns A and B, G and H, …, a step a row from 18 on."""
    cells: dict[str, object] = {"A3": 0.246, "A6": 0.263, "A9": 0.056, "A12": -0.672, "A13": -0.135}
    for sample in range(samples):
        x, h = (get_column_letter(number + 6 * sample) for number in (1, 2))
        cells[f"{h}17"] = 0
        for row in range(18, 18 + steps):
            cells[f"{x}{row}"] = round(1.31 - 0.37 * sample - 0.43 * (row - 18) * (sample + 1), 3)
            cells[f"{h}{row}"] = f"=TANH($A$3*{x}{row}+$A$6*{h}{row - 1}+$A$9)"
        cells[f"{h}{19 + steps}"] = f"=1/(1+EXP(-({h}{17 + steps}*$A$12+$A$13)))"
    return cells


def _below(steps: int) -> dict[str, object]:
    """Two units, a block of six rows a step, each with copies of the states before it: the first ones are typed."""
    cells: dict[str, object] = {
        "B1": 0.4,
        "C1": -0.3,
        "B2": 0.5,
        "C2": 0.2,
        "B3": -0.7,
        "C3": 0.6,
        "B4": 0.1,
        "C4": -0.2,
    }
    for step in range(steps):
        top = 8 + 6 * step
        cells[f"B{top}"] = round(0.3 * step - 0.41, 2)
        cells[f"B{top + 1}"], cells[f"C{top + 1}"] = (f"=B{top - 4}", f"=C{top - 4}") if step else (0.25, -0.15)
        for column in "BC":
            terms = f"B{top}*{column}$1+B{top + 1}*{column}$2+C{top + 1}*{column}$3+{column}$4"
            cells[f"{column}{top + 2}"] = f"=TANH({terms})"
    return cells


def _found(cells: Mapping[str, object], folder: Path) -> list[Repeated]:
    return [*unlike_blocks(CellTable(read_workbook(save(cells, folder / "w.xlsx"))))]


def _named(found: Repeated) -> tuple[dict[str, str], dict[str, str]]:
    one, other = (
        {show(cell).partition("!")[2]: text for cell, text in own.items()} for own in (found.cells, found.others)
    )
    return one, other


def test_what_all_blocks_repeat_is_not_odd(tmp_path: Path) -> None:
    """Neither of samples nor of steps, though these begin in another way."""
    assert _found(_side_by_side(4), tmp_path) == []
    assert not any(own.is_sure for own in _found(_below(4), tmp_path))
    for cells in (_side_by_side(4), _below(4)):
        assert answer(cells, tmp_path) == (0, set())


def test_several_blocks_say_what_one_should_hold(tmp_path: Path) -> None:
    """A number where three others have a formula; a formula that differs; both with what would stand there."""
    for wrong in (0.4, "=TANH($A$3*A19+$A$6*B17+$A$9)"):
        first, *_ = _found({**_side_by_side(4), "B19": wrong}, tmp_path)
        assert _named(first) == ({"B19": "TANH($A$3*A19+$A$6*B18+$A$9)"}, {})
        assert first.is_sure


def test_of_two_blocks_either_may_be_wrong(tmp_path: Path) -> None:
    """Each time what the other one would hold in its place; a typed number says nothing."""
    cells = _side_by_side(2, steps=7)
    found = _found({**cells, "B19": "=TANH($A$3*A19+$A$6*B17+$A$9)"}, tmp_path)
    one, other = {"B19": "TANH($A$3*A19+$A$6*B18+$A$9)"}, {"H19": "TANH($A$3*G19+$A$6*H17+$A$9)"}
    assert [_named(own) for own in found] == [(one, other), (other, one)]
    assert not any(own.is_sure for own in found)
    typed = _found({**cells, "B19": 0.4}, tmp_path)
    assert [_named(own) for own in typed] == [(one, {})]
    assert not any(own.is_sure for own in typed)


def test_one_of_several_samples_that_was_filled_wrongly_at_all_steps(tmp_path: Path) -> None:
    """It reads the inputs and states of the one beside it, and no bias: the others say what all of it should be."""
    cells = _side_by_side(4)
    cells |= {f"N{row}": f"=TANH($A$3*S{row}+$A$6*T{row - 1})" for row in (18, 19, 20)}
    first, *_ = _found(cells, tmp_path)
    assert [*_named(first)[0]] == ["N18", "N19", "N20"]
    assert not first.is_sure  # if only a bias were left out, that might be meant
    assert roots(cells, tmp_path) == {"N18", "N19", "N20"}


def test_a_number_typed_over_one_block_is_wrong_though_two_networks_would_do(tmp_path: Path) -> None:
    """What follows would be another sample that begins with 0.4; the three others say that it is none."""
    assert roots({**_side_by_side(4), "B19": 0.4}, tmp_path) == {"B19"}
    assert roots({**_side_by_side(4), "N18": -0.3}, tmp_path) <= {"N18"}


def test_the_first_step_of_blocks_may_be_typed(tmp_path: Path) -> None:
    """What reads the block before it is no sample: nobody is blamed for a first state, nor for another one."""
    cells = _below(4)
    assert answer({**cells, "B9": 0.9}, tmp_path) == (0, set())
    assert roots({**cells, "B16": "=TANH(B14*B$1+B15*B$2+C15*C$3+B$4)"}, tmp_path) == {"B16"}


def test_a_name_and_a_range_move_with_the_block(tmp_path: Path) -> None:
    """Ranges go along as a whole; what every block reads stays where it is, with or without `$`."""
    cells = {**_side_by_side(4), "D1": 0.5, "D2": 0.25}
    for x, h in (("A", "B"), ("G", "H"), ("M", "N"), ("S", "T")):
        cells[f"{h}24"] = f"=SUM({x}18:{x}20)*D1"
    cells["H24"] = "=SUM(G18:G19)*D1"
    first, *_ = _found(cells, tmp_path)
    assert _named(first) == ({"H24": "SUM(G18:G20)*D1"}, {})
