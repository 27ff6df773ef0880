"""Which formulas behind results are evaluations of decisions, and which are odd among them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from equation_sheets import save

from xlcheck.engines import engine
from xlcheck.handmade.beside.evaluations import evaluations
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, address_of
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reads import Reads
from xlcheck.workbook.reader import read_workbook

_RESULTS = {f"{column}{row}": f"=TANH({column}{row}0)" for row in (1, 2, 3) for column in "AB"}
"""Results of two units for three samples, each of a typed number far below."""
_TYPED = {f"{column}{row}0": 0.3 * row - 0.4 * (column == "B") for row in (1, 2, 3) for column in "AB"} | {"H1": 0.7}


def _found(
    cells: Mapping[str, object],
    folder: Path,
    decisions: Collection[str] = (),
    results: Mapping[str, object] = _RESULTS,
) -> tuple[set[str], set[str]]:
    """The evaluations and the odd ones beside the results."""
    table = CellTable(read_workbook(save({**_TYPED, **results, **cells}, folder / "w.xlsx")))
    terms = CellTerms(table, answers_of(table, engine("ironcalc")).values)
    taken = {address_of("S", name) for name in results}
    reads = Reads(table, Precedents(table), terms)
    regular, odd = evaluations(reads, taken, {address_of("S", name) for name in decisions})
    names = {address_of("S", name): name for name in cells}
    return {names[cell] for cell in regular}, {names[cell] for cell in odd}


@pytest.mark.parametrize(
    ("cells", "regular", "odd"),
    [
        ({"C1": "=MATCH(MAX(A1:B1),A1:B1,0)"}, "C1", ""),
        ({"C1": '=INDEX({"x","y"},MATCH(MAX(A1:B1),A1:B1,0))'}, "C1", ""),
        ({"C1": "=SUM(A1:B1*{1,2})"}, "", ""),
        ({"C1": "=MAX(A1:B1)", "D1": "=MATCH(C1,A1:B1,0)"}, "C1 D1", ""),
        ({"C1": "=IF(A1>B1,1,2)", "D1": "=IF(C1=H1,1,0)"}, "C1 D1", ""),
        ({"C1": '=IF(A1>0.5,"yes","no")'}, "C1", ""),
        ({"C1": "=MATCH(MIN(A1:B1),A1:B1,0)"}, "", "C1"),
        ({"C1": "=MIN(A1:B1)"}, "", ""),  # no decision by itself, and nothing is made of it
        ({"C1": "=IF(A1>0.5,1,0)"}, "", ""),  # it may be an activation
        ({"C1": "=IF(A1>B1,A1,B1)"}, "", ""),
        ({"C1": "=(A1>B1)*$H$1"}, "", ""),  # a weight
        ({"C1": "=(A1>B1)*2"}, "C1", ""),
        ({"C1": "=IF(A1>B1,1,2)", "D1": "=C1*A2"}, "", ""),  # something else follows on it
        ({"C1": "=IF(A1>B1,1,0)", "C2": "=IF(A2>B2,1,0)", "D1": "=IF(C1+C2>1,1,0)"}, "", "D1"),  # a neuron
        ({"C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/3"}, "C1", ""),
        ({"C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/2"}, "", "C1"),
        ({"C1": "=SUMPRODUCT(--((A1:A3>=0.5)=(A10:A30=1)))/3"}, "C1", ""),  # a total is no activation
        ({"C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/COUNT(A1:A3)"}, "C1", ""),
        ({"C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/COUNT(A:A)"}, "", "C1"),
        ({"F1": "=COUNT(A1:A3)", "C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/F1"}, "C1", ""),
        ({"F1": "=COUNT(A1:A9)+0", "C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/F1"}, "", ""),
        ({"F1": "=COUNT(A1:B3)", "C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/F1"}, "", "C1"),
        ({"C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/ROWS(A1:A3)"}, "C1", ""),
        ({"C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/COUNT(A1:B3)"}, "", "C1"),
        ({"C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/COLUMNS(A1:B3)"}, "", "C1"),
        ({"A4": "name", "C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/COUNT(A1:A4)"}, "C1", ""),
        ({"A4": "name", "C1": "=SUMPRODUCT(--(A1:A3>B1:B3))/ROWS(A1:A4)"}, "", "C1"),
        ({"C1": "=SUMPRODUCT(--(A1:A3>B1:B3))*COUNT(A1:A3)"}, "", ""),
        ({"C1": "=SUM((A1:A3>=0.5)*$H$1)"}, "", ""),
        (
            {"D1": "x", "D2": "y", "C1": "=--(A1=B1)", "C2": "=--(A2=B2)", "E1": '=SUMIF(D1:D2,"x",C1:C2)'},
            "C1 C2 E1",
            "",
        ),
        ({"C1": "=UNKNOWN(A1>B1)"}, "", ""),
        ({"C1": "=SUMPRODUCT()", "D1": "=IF(A1>C1,1,0)"}, "", ""),  # of nothing, as only a damaged file has it
    ],
)
def test_what_is_computed_from_decisions_alone(
    cells: Mapping[str, object], regular: str, odd: str, tmp_path: Path
) -> None:
    """Rule: decisions, and what is made of them and of digits alone, are evaluations; others are odd."""
    assert _found(cells, tmp_path) == ({*regular.split()}, {*odd.split()})


def test_a_threshold_decides_if_it_is_that_of_every_result(tmp_path: Path) -> None:
    """Rule: of formulas that compare a result with a number those count that are known to be decisions."""
    cells = {f"C{row}": f"=IF(A{row}>0.5,1,0)" for row in (1, 2, 3)} | {"C4": "=SUM(C1:C3)", "C5": "=SUM(C1:C2)"}
    assert _found(cells, tmp_path, ("C1", "C2", "C3")) == ({"C1", "C2", "C3", "C4"}, {"C5"})


def test_one_that_is_filled_otherwise_is_odd(tmp_path: Path) -> None:
    """Rule: a decision that reads another row than those beside it is odd, and the others are not."""
    cells = {f"D{row}": f"=MATCH(MAX(A{row}:B{row}),A{row}:B{row},0)" for row in (1, 2)}
    cells["D3"] = "=MATCH(MAX(A1:B1),A2:B2,0)"
    assert _found(cells, tmp_path) == ({"D1", "D2"}, {"D3"})


@pytest.mark.parametrize(
    ("counts", "odd"),
    [
        ({"E1": "=SUM(D1:D2)/2", "E2": "=SUM(D3:D4)/2"}, ""),
        ({"E1": "=SUM(D1:D2)/2", "E2": "=SUM(D2:D3)/2"}, "E1 E2"),
        ({"E1": "=SUM(D1:D2)/2"}, "E1"),
    ],
    ids=["each epoch", "one twice", "some of them"],
)
def test_decisions_are_counted_in_turn(counts: Mapping[str, object], odd: str, tmp_path: Path) -> None:
    """Rule: of four decisions two formulas in one line count two each, and one alone counts a part of them."""
    results = _RESULTS | {"A4": "=TANH(A10)", "B4": "=TANH(B20)"}
    cells = {f"D{n}": f"=IF(A{n}>B{n},1,0)" for n in range(1, 5)} | dict(counts)
    assert _found(cells, tmp_path, results=results)[1] == {*odd.split()}
