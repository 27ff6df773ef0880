"""Weights typed inside formulas: which numbers they are, and which formulas have the same ones."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from random import Random

import openpyxl
from openpyxl.workbook.defined_name import DefinedName

from xlcheck.formulas.addresses import cell_name
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.rewriting.typed_weights import typed_weights
from xlcheck.workbook.reader import read_workbook

_NAME = re.compile(r"[A-Z]+[0-9]+")


def _read(
    cells: Mapping[str, object], path: Path, names: Mapping[str, str] | None = None
) -> dict[str, list[tuple[str, float]]]:
    """Formula cell → the cells that stand for its numbers, in order, and the numbers."""
    book = openpyxl.Workbook()
    for cell, content in cells.items():
        book.active[cell] = content
    for name, place in (names or {}).items():
        book.defined_names[name] = DefinedName(name, attr_text=f"Sheet!{place}")
    book.save(path / "w.xlsx")
    table = CellTable(read_workbook(path / "w.xlsx"))
    found = typed_weights(table, Precedents(table))
    if found is None:
        return {}
    numbers = {cell_name(*cell[1:]): number for cell, number in found.numbers.items()}
    texts = {cell_name(*cell[1:]): text.replace("$", "") for cell, text in found.texts.items()}
    return {
        cell: [(name, numbers[name]) for name in _NAME.findall(text) if name in numbers] for cell, text in texts.items()
    }


def test_signs_belong_to_the_numbers(tmp_path: Path) -> None:
    """Each factor of a cell and each number added to such products is taken, with the sign before it."""
    found = _read({"A1": 1.5, "B1": 2.5, "D1": "=TANH(-0.5*A1-B1*0.25-0.125)"}, tmp_path)

    assert [number for _, number in found["D1"]] == [-0.5, -0.25, -0.125]


def test_names_of_cells_are_these_cells(tmp_path: Path) -> None:
    """A name stands for the cell that it is given to, but not for a range, nor where LET gives it to something else."""
    cells = {"A1": 1.5, "B1": 2.5, "D1": "=TANH(-0.5*age-Size*0.25-0.125)"}
    found = _read(cells, tmp_path, {"age": "$A$1", "size": "$B$1"})

    assert [number for _, number in found["D1"]] == [-0.5, -0.25, -0.125]
    ranged = _read(cells, tmp_path, {"age": "$A$1:$A$2", "size": "$B$1"})
    assert [number for _, number in ranged["D1"]] == [-0.25, -0.125]
    own = {"D1": "=LET(age,B1,TANH(0.5*age+0.25*age))"}
    assert _read(cells | own, tmp_path, {"age": "$A$1"}) == {}


def test_numbers_that_are_no_weights_stay(tmp_path: Path) -> None:
    """The 1 of a sigmoid, the 2 of a tanh, a single slope and the factor of a function stay where they are."""
    cells = {"A1": 1.5, "B1": "=1/(1+EXP(-A1))", "C1": "=(EXP(2*A1)-1)/(EXP(2*A1)+1)", "D1": "=IF(A1>0,A1,0.01*A1)"}

    assert _read({**cells, "E1": "=0.5+0.5*TANH(A1)"}, tmp_path) == {}


def test_a_zero_alone_is_no_weight(tmp_path: Path) -> None:
    """A typed 0 stands for a state before the first step; beside other numbers it may be a weight."""
    cells = {"A1": 1.5, "B1": 2.5, "C1": 0.5}

    assert _read({**cells, "D1": "=TANH($C$1*A1+$B$1*0+$A$1)", "E1": "=D1*0+(1-D1)*B1"}, tmp_path) == {}
    assert [number for _, number in _read({**cells, "D1": "=TANH(0.5*A1+0*B1)"}, tmp_path)["D1"]] == [0.5, 0.0]


def test_formulas_filled_from_one_another_share_their_weights(tmp_path: Path) -> None:
    """Rows of a column have the same weights, also the first one without a state; another unit has its own."""
    cells: dict[str, object] = {f"A{row}": row / 7 for row in range(1, 5)}
    cells |= {"B1": "=TANH(0.5*A1+0.125)", **{f"B{r}": f"=TANH(0.5*A{r}+0.25*B{r - 1}+0.125)" for r in (2, 3, 4)}}
    cells |= {f"D{r}": f"=TANH(0.5*A{r}+0.25*B{r}+0.125)" for r in (1, 2, 3, 4)}
    found = _read(cells, tmp_path)

    assert found["B2"] == found["B3"] == found["B4"]
    assert set(found["B1"]) < set(found["B2"])
    assert set(found["D1"]).isdisjoint(found["B2"])
    assert found["D1"] == found["D4"]


def test_a_number_that_differs_in_a_family_is_one_of_its_own(tmp_path: Path) -> None:
    """One formula of a family with another number shares the others, so that the odd one stands out."""
    cells: dict[str, object] = {f"{c}{row}": row / 7 for row in range(1, 5) for c in "AB"}
    cells |= {f"D{r}": f"=0.5*A{r}+{0.25 if r != 3 else 0.75}*B{r}+0.125" for r in (1, 2, 3, 4)}
    found = _read(cells, tmp_path)

    assert found["D1"] == found["D2"] == found["D4"]
    assert {number for _, number in set(found["D3"]) - set(found["D1"])} == {0.75}
    assert len(set(found["D3"]) & set(found["D1"])) == 2


def test_a_product_that_a_sum_goes_on_with_has_the_same_weight(tmp_path: Path) -> None:
    """A first step without a state is a product alone; it has a weight, and one that nobody goes on with has none."""
    cells = {"A1": 1.5, "A2": -0.5, "C1": "=TANH(0.5*A1)", "C2": "=TANH(0.5*A2+0.25*C1)", "E1": "=0.2*C2"}
    found = _read(cells, tmp_path)

    assert found["C1"] == found["C2"][:1]
    assert "E1" not in found


def test_a_gate_stands_between_a_weight_and_a_state(tmp_path: Path) -> None:
    """A number in a product of several cells is a weight, too: the reset gate of a GRU multiplies the state."""
    cells = {"A1": 1.5, "B1": 0.25, "C1": 0.75, "D1": "=TANH(0.5*A1+B1*0.125*C1)"}

    assert [number for _, number in _read(cells, tmp_path)["D1"]] == [0.5, 0.125]


def test_what_is_added_to_products_in_cells_is_a_bias(tmp_path: Path) -> None:
    """Products in helper cells are weights where they are added, and so is what is added to them, also in a bracket."""
    cells: dict[str, object] = {"A1": 1.5, "A2": -0.5}
    cells |= {f"C{row}": f"=0.5*A{row}" for row in (1, 2)} | {f"D{row}": f"=-0.25*A{row}" for row in (1, 2)}
    cells |= {f"E{row}": f"=C{row}+A{row}*(D{row}-0.125)+0.75" for row in (1, 2)}
    cells |= {f"F{row}": f"=TANH(E{row})" for row in (1, 2)} | {"G1": "=C1-0.3"}  # which nobody reads
    found = _read(cells, tmp_path)

    assert {cell: [number for _, number in own] for cell, own in found.items()} == {
        "C1": [0.5], "C2": [0.5], "D1": [-0.25], "D2": [-0.25], "E1": [-0.125, 0.75], "E2": [-0.125, 0.75],
    }  # fmt: skip
    assert (found["C1"], found["D1"], found["E1"]) == (found["C2"], found["D2"], found["E2"])


def test_a_sum_that_is_written_twice_has_its_weights_once(tmp_path: Path) -> None:
    """An activation by IF or MAX repeats its sum; the numbers in both are the same weights."""
    found = _read({"A1": 1.5, "D1": "=IF(0.5*A1+0.25>0,0.5*A1+0.25,0)"}, tmp_path)["D1"]

    assert found[:2] == found[2:]


def test_weights_of_all_gates_stand_in_one_order(tmp_path: Path) -> None:
    """Weights of inputs stand before those of results, wherever these stand: below the inputs, or between them."""
    cells: dict[str, object] = {"A1": 1.5, "A3": -0.5}
    for row, before in ((1, 9), (3, 1)):
        cells[f"B{row}"] = f"=TANH(0.5*A{row}+0.25*D{before}+0.125)"
        cells[f"D{row}"] = f"=TANH(0.75*A{row}-0.25*B{row}+0.625)"
    found = _read(cells, tmp_path)

    def columns(cell: str) -> list[str]:
        return [re.sub("[0-9]", "", name) for name, _ in found[cell]]

    assert columns("B1") == columns("D1") == columns("D3")


def test_units_that_read_the_same_share_nothing(tmp_path: Path) -> None:
    """Two gates that have most numbers in common read the same inputs, so they are two units."""
    cells = {"A1": 1.0, "B1": 0.0, "D1": "=0.6*A1+0.6*B1-1", "E1": "=0.6*A1+0.6*B1-0.2"}
    found = _read(cells, tmp_path)

    assert set(found["D1"]).isdisjoint(found["E1"])


def test_each_formula_keeps_its_numbers_whatever_the_others_have(tmp_path: Path) -> None:
    """In any table of sums with the same few numbers every formula has its own, in order."""
    draw = Random(1)
    for _ in range(60):
        cells: dict[str, object] = {f"{column}1": 1.0 for column in "ABCD"}
        wanted: dict[str, list[float]] = {}
        for row, column in itertools.product(range(3, 3 + 2 * draw.randrange(2, 6), 2), "CDE"):
            numbers = [draw.choice((0.5, 0.25, 2.0)) for _ in range(draw.randrange(1, 4))]
            read = [f"{draw.choice('ABCD')}{draw.choice((1, 15))}" for _ in numbers]
            cells[f"{column}{row}"] = "=" + "+".join(f"{n}*{x}" for n, x in zip(numbers, read, strict=True)) + "-1.5"
            wanted[f"{column}{row}"] = [*numbers, -1.5]
        found = _read(cells, tmp_path)
        assert {cell: [number for _, number in own] for cell, own in found.items()} == wanted
