"""Copies of one worksheet, for each student or sample: what one of them has otherwise than all others is odd."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from equation_sheets import TOYS, read_elsewhere, save, verdict
from thorough import spread

from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.sheet_copies import meant_otherwise, unlike_copies
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras


def _copies(toy: str, count: int, names: str = "S Ann Ben Cleo") -> dict[str, object]:
    """A network on so many worksheets, each with its own numbers."""
    drawn = random.Random(f"{toy} {count}")
    cells: dict[str, object] = {}
    for sheet in names.split()[:count]:
        for cell, value in TOYS[toy].items():
            is_typed = isinstance(value, float)
            cells[f"{sheet}!{cell}"] = round(drawn.uniform(-1.5, 1.5), 2) if is_typed else value
    return cells


@pytest.mark.parametrize("toy", ["rnn", "gru", "lstm"])
def test_right_copies_pass(toy: str, tmp_path: Path) -> None:
    assert verdict(_copies(toy, 3), tmp_path).code == 0


EDITS = [(toy, *edit) for toy in ("rnn", "xor", "gru", "lstm") for edit in read_elsewhere(TOYS[toy])]


@pytest.mark.parametrize(("toy", "cell", "text"), spread(EDITS, 230))
def test_what_one_copy_reads_elsewhere_is_wrong(toy: str, cell: str, text: str, tmp_path: Path) -> None:
    """Rule: a formula that all other copies have otherwise never passes, and is blamed if they make a network of it."""
    found = verdict(_copies(toy, 3) | {f"S!{cell}": text}, tmp_path)
    assert found.code != 0
    assert found.roots <= {cell}


@pytest.mark.parametrize(("toy", "cell", "text"), [("rnn", "B7", "=TANH(A7*$A$1+B5*$B$1+$C$1)"), ("gru", "I5", 0.25)])
def test_other_copies_say_what_small_networks_do_not(toy: str, cell: str, text: object, tmp_path: Path) -> None:
    assert verdict(_copies(toy, 3) | {f"S!{cell}": text}, tmp_path).roots == {cell}


def test_only_other_copies_know_of_some_slips(tmp_path: Path) -> None:
    """Rule: an output that adds the state for its bias is not known to be wrong on a worksheet alone."""
    wrong = {"S!C7": "=1/(1+EXP(-(B7*$A$2+B7)))"}
    assert verdict(_copies("rnn", 1) | wrong, tmp_path).roots == set()
    assert verdict(_copies("rnn", 3) | wrong, tmp_path).roots == {"C7"}


def test_exchanged_weights_of_one_copy_are_wrong(tmp_path: Path) -> None:
    """Both are networks, and the other copies say which one is meant."""
    right = {name: value for name, value in _copies("xor", 3).items() if name[-1] not in "78"}
    wrong = right | {"S!E6": "=1/(1+EXP(-(C6*$D$2+D6*$D$1+$D$3)))"}
    found = verdict(wrong, tmp_path)
    assert (found.code, found.roots) == (1, {"E6"})
    assert verdict(right, tmp_path).code == 0


def test_another_network_on_one_copy_is_no_mistake_for_certain(tmp_path: Path) -> None:
    """Somebody may show what another activation does; that is said."""
    cells = _copies("rnn", 3)
    other = {f"S!B{row}": str(cells[f"S!B{row}"]).replace("TANH", "SIN") for row in (5, 6, 7)}
    assert not verdict(cells | other, tmp_path).roots


def test_references_to_other_worksheets_stay_or_go_along(tmp_path: Path) -> None:
    """A worksheet a step: each reads the weights, and the state of the one before; the third one that of the first."""
    cells = {"S!A1": 0.5, "S!B1": 1.0, "S!C1": "=S!A1*2", "S!C2": "=C1+1", "S!C3": "=C2-C1"}
    for number, name in enumerate(("t1", "t2", "t3", "t4")):
        before = f"t{number}" if number else "S"
        cells |= {f"{name}!A1": 0.1 * number, f"{name}!C1": f"=S!A1*A1+{before}!C1"}
        cells |= {f"{name}!C2": f"={name}!C1+{name}!A1", f"{name}!C3": "=TANH(C2)"}
    table = CellTable(read_workbook(save(cells, tmp_path / "w.xlsx")))
    assert unlike_copies(table) == {}
    table = CellTable(read_workbook(save({**cells, "t4!C1": "=S!A1*A1+t2!C1"}, tmp_path / "w.xlsx")))
    assert unlike_copies(table) == {("t4", 0, 2): "S!A1*A1+'t3'!C1"}
    assert [*meant_otherwise(table, {("t4", 0, 2)})] == [
        "'t4'!C1 may be meant to be =S!A1*A1+'t3'!C1, as all other copies of its worksheet have it"
    ]
    assert not [*meant_otherwise(table, ())]


def test_what_copies_go_on_from_may_be_typed_on_the_first_of_them(tmp_path: Path) -> None:
    """Rule: of four rounds the first one begins with numbers, and each goes on from the one before."""
    cells: dict[str, object] = {}
    for number in range(1, 5):
        weight: object = f"='r{number - 1}'!A3" if number > 1 else 0.5
        cells |= {f"r{number}!A1": weight, f"r{number}!A2": "=TANH(A1)", f"r{number}!A3": "=A1-0.1*A2"}
    table = CellTable(read_workbook(save({"S!A1": "rounds", **cells}, tmp_path / "w.xlsx")))
    assert unlike_copies(table) == {}
    table = CellTable(read_workbook(save({"S!A1": "rounds", **cells, "r4!A1": "='r2'!A3"}, tmp_path / "w.xlsx")))
    assert unlike_copies(table) == {("r4", 0, 0): "'r3'!A3"}


@pytest.mark.usefixtures("a_short_search")
def test_an_input_that_only_one_copy_has_typed_is_no_pass(tmp_path: Path) -> None:
    """Rule: where all other copies look it up, a number in its place may be typed over that."""
    cells = _copies("rnn", 4) | {"List!A1": "very", "List!A2": "good", "List!B1": 0.4, "List!B2": -0.8}
    for sheet in ("S", "Ann", "Ben", "Cleo"):
        cells |= {f"{sheet}!E5": "good", f"{sheet}!A5": "=VLOOKUP(E5,List!$A$1:$B$2,2,FALSE)"}
    assert verdict(cells, tmp_path).code == 0
    found = verdict(cells | {"Ben!A5": -0.8}, tmp_path)
    assert (found.code, found.roots) == (3, set())
