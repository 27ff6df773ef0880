"""Formulas that ask whether a sample begins: what they give today, if those filled alike do both."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import cell_at, sheet

from xlcheck.engines import engine
from xlcheck.handmade.reading.asked_beginnings import as_begun
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.rewriting.with_beginnings import with_beginnings

_COUNTS = {"A1": 1, "A2": 2, "A3": 1, "C1": 0.5, "C2": -0.2, "C3": 0.9}


def _sheet(asks: str) -> dict[str, object]:
    """Steps that are counted in A, what they read in C, and what each makes of the state before it in D."""
    return {**_COUNTS, **{f"D{row}": f"=TANH(C{row}+{asks.format(row, row - 1)}*0.5)" for row in (2, 3)}, "D1": 0.3}


@pytest.mark.parametrize(
    "asks", ["IF(A{0}=1,0,D{1})", "IF($A{0}<>1,D{1},0)", "IF(A{0}>1,D{1},0)", "IF(A{0}<=1,0,D{1})", "IF(A{0}<2,0,D{1})"]
)
def test_a_step_reads_the_state_before_it_or_none(asks: str, tmp_path: Path) -> None:
    table = sheet(_sheet(asks), tmp_path).table
    assert as_begun(table) == {cell_at("D2"): "TANH(C2+D1*0.5)", cell_at("D3"): "TANH(C3+0*0.5)"}


@pytest.mark.parametrize(
    "asks",
    [
        "IF(A{0}=3,0,D{1})",  # no step begins a sample
        "IF(D{1}>0,D{1},0)",  # a relu
        "IF(A{0}=1,0.1,D{1})", "IF(A{0}=1,C{0},D{1})", "IF(A{0}=C{0},0,D{1})", 'IF(A{0}="x",0,D{1})',
    ],
)  # fmt: skip
def test_what_asks_for_something_else_stays(asks: str, tmp_path: Path) -> None:
    assert as_begun(sheet(_sheet(asks), tmp_path).table) == {}


def test_the_worksheet_gives_the_same_without_the_question(tmp_path: Path) -> None:
    """Rule: what is written otherwise holds what it held; without a question there is nothing to be written."""
    found = sheet(_sheet("IF(A{0}=1,0,D{1})"), tmp_path)
    other = with_beginnings(found.part, answers_of(found.table, engine("ironcalc")))
    assert other is not None
    assert other.changed == {cell_at("D2"), cell_at("D3")}
    for cell in found.table.texts:
        index = other.part.table.index[cell]
        assert other.part.values[index] == pytest.approx(found.values[found.table.index[cell]], abs=1e-12)
    plain = sheet({**_COUNTS, "D1": 0.3, "D2": "=TANH(C2+D1*0.5)"}, tmp_path)
    assert with_beginnings(plain.part, answers_of(plain.table, engine("ironcalc"))) is None
