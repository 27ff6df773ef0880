"""A 0 that is typed where the first step has no product with a state is no number of the network."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import save, verdict

from xlcheck.engines import engine
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.first_terms import terms_of
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

_SENTENCES = (("1", "0"), ("0", "1"), ("0.5", "1", "0.25"))


def _sheet() -> dict[str, object]:
    """A unit over sentences below each other, x·W and h·U in columns of their own, which are added up with the bias."""
    cells: dict[str, object] = {"A1": 0.7, "A2": -0.45, "A3": 0.12, "A4": 1.3, "A5": -0.2}
    row = 7
    for sentence in _SENTENCES:
        for number, word in enumerate(sentence):
            cells |= {f"B{row}": float(word), f"C{row}": f"=B{row}*$A$1", f"E{row}": f"=TANH(C{row}+D{row}+$A$3)"}
            cells[f"D{row}"] = f"=E{row - 1}*$A$2" if number else 0
            row += 1
        cells[f"F{row - 1}"] = f"=1/(1+EXP(-(E{row - 1}*$A$4+$A$5)))"
        row += 1
    return cells


def _blank(cells: dict[str, object], folder: Path) -> list[str]:
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    values = answers_of(table, engine("ironcalc")).values
    terms = terms_of(SheetGroup(("S",), table, values, Precedents(table)))
    return [f"D{row}" for row in range(7, 17) if ("S", row - 1, 3) in table.typed_numbers
            and ("S", row - 1, 3) not in terms.reads[("S", row - 1, 4)]]  # fmt: skip


def test_the_first_step_of_each_sample_adds_nothing(tmp_path: Path) -> None:
    """All agree, and the zeros are asked for by nobody."""
    assert _blank(_sheet(), tmp_path) == ["D7", "D10", "D13"]
    found = verdict(_sheet(), tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert "SimpleRNN(1, tanh)" in found.said


def test_another_number_there_is_none_of_the_network(tmp_path: Path) -> None:
    """Rule: only a 0 says that there is no state."""
    cells = _sheet() | {"D10": 0.3}
    assert _blank(cells, tmp_path) == ["D7", "D13"]
    assert verdict(cells, tmp_path).code != 0


def test_a_number_that_is_multiplied_is_a_state(tmp_path: Path) -> None:
    """Rule: the state before the first step may be 0 as well, but it is read as the other states are."""
    cells = {**_sheet(), "E6": 0, "D7": "=E6*$A$2"}
    assert _blank(cells, tmp_path) == ["D10", "D13"]


@pytest.mark.parametrize(("cell", "formula"), [("D14", "=E12*$A$2"), ("E11", "=TANH(C11+D11)"), ("D15", 0)])
def test_mistakes_beside_it_are_found_or_leave_it_open(tmp_path: Path, cell: str, formula: object) -> None:
    """The state of another sentence, a missing bias, and a 0 typed over a product in the middle of a sentence."""
    found = verdict(_sheet() | {cell: formula}, tmp_path)
    assert found.code in {1, 3}
    assert found.roots <= {cell}


def _batch(samples: int = 3, steps: int = 3) -> dict[str, object]:
    """Two units over some samples below each other, each step in a block below: x·W, h·U and h side by side."""
    cells: dict[str, object] = {
        "A1": 0.7,
        "B1": -0.45,
        "A2": 1.3,
        "B2": -0.2,
        "A3": 0.4,
        "B3": 0.9,
        "A4": 0.1,
        "B4": -0.3,
    }
    for step in range(steps):
        top = 6 + step * (samples + 1)
        for number, row in enumerate(range(top, top + samples)):
            before = row - samples - 1
            cells[f"D{row}"] = round(0.35 * step - 0.4 * number + 0.17 * (step * number % 3) + 0.11, 2)
            for own, total, state, weight in (("F", "H", "J", "A"), ("G", "I", "K", "B")):
                cells[f"{own}{row}"] = f"=$D{row}*{weight}$1"
                cells[f"{total}{row}"] = f"=J{before}*{weight}$2+K{before}*{weight}$3" if step else 0
                cells[f"{state}{row}"] = f"=TANH({own}{row}+{total}{row}+{weight}$4)"
    return cells


def test_the_first_step_of_a_batch_adds_nothing_for_any_sample(tmp_path: Path) -> None:
    """Rule: between a zero and the next step stand the other samples, as many as there are zeros below each other."""
    found = verdict(_batch(), tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert "SimpleRNN(2, tanh), 3 samples of 3 steps" in found.said


@pytest.mark.parametrize(("cell", "old", "new"), [("J11", "F11", "F10"), ("H15", "J11", "J10"), ("K16", "+B$4", "")])
def test_mistakes_in_a_batch_are_found(tmp_path: Path, cell: str, old: str, new: str) -> None:
    """The input of another sample, the state of another one, and a missing bias."""
    cells = _batch()
    assert old in str(cells[cell])
    found = verdict(cells | {cell: str(cells[cell]).replace(old, new)}, tmp_path)
    assert found.code in {1, 3}
    assert found.roots <= {cell}


def _gates() -> dict[str, object]:
    """An LSTM of one unit over three words, a column each: for each gate x·W, h·U, their sum, and its activation.

    Four rows a gate from 11 on, c in row 31 and h in row 32, without a state before the first word.
    """
    cells: dict[str, object] = {"A1": 0.1, "B1": 0.3, "C1": 1.2}
    numbers = ((-0.42, -0.97, 0.1), (-0.03, -0.56, 0.2), (1.29, 0.41, -0.32), (-0.29, -0.3, -0.39))
    for n, own in enumerate(numbers):
        top = 11 + 4 * n
        cells |= {f"{c}{4 + n}": number for c, number in zip("ABC", own, strict=True)}
        for before, c in (("", "A"), ("A", "B"), ("B", "C")):
            cells |= {f"{c}{top}": f"=$A${4 + n}*{c}$1", f"{c}{top + 1}": f"=$B${4 + n}*{before}$32" if before else 0}
            cells[f"{c}{top + 2}"] = f"={c}{top}+{c}{top + 1}+$C${4 + n}"
            cells[f"{c}{top + 3}"] = f"=TANH({c}{top + 2})" if n == 2 else f"=1/(1+EXP(-{c}{top + 2}))"
    for before, c in (("", "A"), ("A", "B"), ("B", "C")):
        kept = f"{c}14*{before}31+" if before else ""
        cells |= {f"{c}31": f"={kept}{c}18*{c}22", f"{c}32": f"={c}26*TANH({c}31)"}
    return cells


def test_a_gate_that_has_nothing_to_forget_adds_nothing_either(tmp_path: Path) -> None:
    """Rule: the zero of a forget gate leads to nothing at a first step, and is as good as those of the other gates."""
    found = verdict(_gates(), tmp_path)
    assert (found.code, found.roots) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("cell", ["B12", "C20"])
def test_a_zero_at_a_later_step_is_no_pass(cell: str, tmp_path: Path) -> None:
    """Rule: there a gate reads the state of the step before."""
    found = verdict(_gates() | {cell: 0}, tmp_path)
    assert found.code != 0
    assert found.roots <= {cell}
