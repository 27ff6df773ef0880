"""Small readings of a worksheet: numbers that count, what a program printed, steps that carry a state on."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.reading.counting import counting
from xlcheck.handmade.reading.printed import called, printed_by
from xlcheck.handmade.reading.skipped_steps import as_taken, choices
from xlcheck.handmade.rewriting.with_skipped_steps import with_skipped_steps


def test_numbers_count_if_each_is_one_more(tmp_path: Path) -> None:
    """Rule: next to one another from any number on; apart only from 0 or 1."""
    cells = {"A1": 4, "A2": 5, "A3": 6, "C1": 1, "C3": 2, "C5": 3, "E1": 7, "E3": 8, "G1": 0.5, "G2": 1.5}
    table = sheet(cells, tmp_path).table
    runs = [[a1(own) for own in run] for run in counting(table.addresses, table.typed_numbers) if len(run) > 1]
    assert sorted(run for run in runs if run[0][0] == run[-1][0]) == [["A1", "A2", "A3"], ["C1", "C3", "C5"]]


@pytest.mark.parametrize(
    ("words", "is_printed", "name"),
    [
        ("Keras", True, ""), ("Keras p1", True, "p1"), ("h2 (PyTorch)", True, "h2"), ("from NumPy:", True, "from"),
        ("Keras loss", False, "loss"), ("targets", False, "targets"),
    ],
)  # fmt: skip
def test_words_say_which_program_printed_a_number(words: str, is_printed: bool, name: str, tmp_path: Path) -> None:
    table = sheet({"B2": words, "C2": 0.25, "D2": 0.75, "F1": 1}, tmp_path).table
    assert (printed_by(table, cell_at("D2"), above=False) == words) is is_printed
    assert printed_by(table, cell_at("D2"), above=True) is None
    assert called(words) == name


def test_a_state_is_carried_on_where_a_mask_is_0(tmp_path: Path) -> None:
    """Rule: each formula is then the branch that it takes; none is one if any carries on where no step is skipped."""
    cells: dict[str, object] = {"A1": 0.5, "A2": -0.3, "D1": 0}
    for row, (mask, x) in enumerate(((1, 0.2), (0, 0.7), (1, -0.4)), 2):
        cells |= {
            f"B{row}": mask,
            f"C{row}": x,
            f"D{row}": f"=IF(B{row}=0,D{row - 1},TANH(C{row}*$A$1+D{row - 1}*$A$2))",
        }
    found = sheet(cells, tmp_path)
    own = choices(found.table, found.values)
    assert {a1(cell): choice.is_skipped for cell, choice in own.items()} == {"D2": False, "D3": True, "D4": False}
    assert own[cell_at("D3")].carried == cell_at("D2")
    assert as_taken(found.table, found.values).texts[cell_at("D3")] == "D2"
    assert own[cell_at("D4")].with_computed("=C4") == "=IF(B4=0,D3,C4)"

    turned = sheet(cells | {"D4": "=IF(B4=1,D3,TANH(C4*$A$1+D3*$A$2))"}, tmp_path)
    assert choices(turned.table, turned.values) == {}


@pytest.mark.parametrize(
    ("mask", "is_mask"),
    [
        ("=IF(C{0}>0.5,1,0)", False), ("=IF(C{0}<=$A$3,0,1)", False), ("=IF(A{0}>0.5,1,0)", True),
        ("=IF(C{0}<>0,1,0)", True),
    ],
)  # fmt: skip
def test_who_asks_on_which_side_a_share_is_decides(mask: str, is_mask: bool, tmp_path: Path) -> None:
    """Rule: a decision on what a network says is no mask, so that what it is worth is no layer."""
    cells: dict[str, object] = {"A1": 1.3, "A2": -0.4, "A3": 0.5, "E1": 40, "E2": 3}
    for row, x in enumerate((2.0, -1.0, 1.5), 5):
        cells |= {f"A{row}": x, f"C{row}": f"=1/(1+EXP(-(A{row}*$A$1+$A$2)))", f"D{row}": mask.format(row)}
        cells[f"E{row}"] = f"=IF(D{row}=1,C{row}*$E$1-$E$2,0)"
    found = sheet(cells | ({"C6": 0} if "<>" in mask else {}), tmp_path)
    assert bool(choices(found.table, found.values)) is is_mask


def test_without_skipped_steps_nothing_is_written_otherwise(tmp_path: Path) -> None:
    from xlcheck.engines import engine
    from xlcheck.handmade.reading.engine_choice import answers_of

    found = sheet({"A1": 0.5, "B2": "=TANH(A1*2)"}, tmp_path)
    assert with_skipped_steps(found.part, answers_of(found.table, engine("ironcalc"))) is None
