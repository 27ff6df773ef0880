"""Layers that share something: what they judge, the numbers beside their results, or a kernel."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras


def _judged_samples(real: str = "IJK") -> dict[str, object]:
    """A generator of three samples in the columns D to F, and a unit that judges them and the typed ones elsewhere."""
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "A2": -0.3, "B2": 0.9, "A3": 0.2, "B3": -0.15}
    cells |= {"A11": 0.8, "A12": -0.6, "A13": 0.35}
    for column, noise in zip("DEF", (0.5, -0.8, 0.3), strict=True):
        cells |= {f"{column}1": noise, f"{column}2": 0.4 * noise + 0.11}
        for row, weights in ((5, "A"), (6, "B")):
            total = f"${weights}$1*{column}$1+${weights}$2*{column}$2+${weights}$3"
            cells[f"{column}{row}"] = f"=TANH({total})"
    for column, (one, other) in zip(real, ((0.9, 0.1), (0.7, -0.2), (-0.6, 0.8)), strict=True):
        cells |= {f"{column}5": one, f"{column}6": other}
    for column in ("D", "E", "F", *real):
        cells[f"{column}9"] = f"=1/(1+EXP(-($A$11*{column}5+$A$12*{column}6+$A$13)))"
    return cells


def test_given_samples_apart_are_judged_by_the_layer_that_judges_computed_ones(tmp_path: Path) -> None:
    """Rule: real samples of a discriminator stand apart; right beside computed ones they may have been typed over."""
    assert answer(_judged_samples(), tmp_path) == (0, set())
    assert answer(_judged_samples("GHI"), tmp_path)[0] == 3


def test_a_distance_that_passes_over_a_number_is_no_pass(tmp_path: Path) -> None:
    """Rule: where nobody reads the number right above it, it may be meant to be the distance to that one."""
    cells = _judged_samples()
    for column in "DEF":
        cells |= {f"{column}15": 0, f"{column}16": f"={column}9-{column}15"}
        cells |= {f"{column}18": 1, f"{column}19": f"={column}9-{column}18"}
    wrong = {f"{column}19": f"={column}9-{column}15" for column in "DEF"}
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | wrong, tmp_path) == (3, set())


def _tied() -> dict[str, object]:
    """An autoencoder of three numbers a column, whose decoder has the kernel of its encoder transposed."""
    cells: dict[str, object] = {"E2": 0.2, "E3": -0.1, "E6": 0.15, "E7": -0.25, "E8": 0.35}
    cells |= dict(zip(("A2", "B2", "C2", "A3", "B3", "C3"), (0.7, -0.4, 0.9, -0.3, 0.8, 0.5), strict=True))
    for column, numbers in zip(
        "HIJK", ((1, 0.5, -0.3), (-0.6, 0.8, 0.2), (0.4, -1, 0.7), (0.9, 0.3, 1.1)), strict=True
    ):
        cells |= {f"{column}{2 + k}": number for k, number in enumerate(numbers)}
        for unit in (2, 3):
            cells[f"{column}{5 + unit}"] = f"=TANH(SUM(MMULT($A{unit}:$C{unit},{column}$2:{column}$4))+$E{unit})"
        for k, weight in enumerate("ABC"):
            total = f"${weight}$2*{column}$7+${weight}$3*{column}$8"
            cells[f"{column}{11 + k}"] = f"={total}+$E{6 + k}"
    return cells


def test_a_decoder_may_have_the_kernel_of_its_encoder(tmp_path: Path) -> None:
    """Rule: two layers that share a kernel, one of them transposed, may have biases of their own."""
    cells = _tied()
    assert answer(cells, tmp_path) == (0, set())
    code, roots = answer(cells | {"I12": str(cells["I12"]).replace("$B$3", "$C$3")}, tmp_path)
    assert (code, roots) in ((1, {"I12"}), (3, set()))


def _graph() -> dict[str, object]:
    """A graph of four nodes in rows: neighbours added up by shares that formulas make, and two units, twice."""
    neighbours = ((1, 1, 0, 1), (1, 1, 1, 0), (0, 1, 1, 0), (1, 0, 0, 1))
    features = ((1, 0.5), (-0.4, 2), (2, 1.5), (0.3, -1))
    cells: dict[str, object] = {"P2": 0.7, "Q2": -0.4, "P3": 0.2, "Q3": 0.9, "P4": 0.1, "Q4": -0.2}
    cells |= {"P7": 0.8, "P8": -0.5, "P9": 0.3}
    for node, (links, own) in enumerate(zip(neighbours, features, strict=True), start=2):
        cells |= {f"{column}{node}": link for column, link in zip("ABCD", links, strict=True)}
        cells |= {f"{column}{node}": number for column, number in zip("KL", own, strict=True)}
        cells |= {
            f"{share}{node}": f"={link}{node}/SUM($A{node}:$D{node})"
            for share, link in zip("FGHI", "ABCD", strict=True)
        }
    for node in range(2, 6):
        row = node + 8
        cells |= {f"{to}{row}": f"=MMULT($F{node}:$I{node},{of}$2:{of}$5)" for to, of in (("K", "K"), ("L", "L"))}
        cells |= {f"{unit}{row}": f"=MAX(0,$K{row}*{unit}$2+$L{row}*{unit}$3+{unit}$4)" for unit in "PQ"}
        cells |= {f"{to}{row}": f"=MMULT($F{node}:$I{node},{of}$10:{of}$13)" for to, of in (("S", "P"), ("T", "Q"))}
        cells[f"W{row}"] = f"=1/(1+EXP(-($S{row}*$P$7+$T{row}*$P$8+$P$9)))"
    return cells


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, (0, set())),
        ({"S12": "=MMULT($F3:$I3,P$10:P$13)"}, (1, {"S12"})),
        ({"H4": "=C4/SUM($A4:$C4)"}, (3, set())),
    ],
)
def test_neighbours_are_added_up_by_shares_that_formulas_make(
    wrong: dict[str, object], code: tuple[int, set[str]], tmp_path: Path
) -> None:
    """Rule: what formulas make of typed numbers alone may weigh results; each sum by the shares of its own node."""
    assert answer(_graph() | wrong, tmp_path) == code


def _skipped(wrong: dict[str, object]) -> dict[str, object]:
    """Two samples in columns, three units that read two, and behind them three more that add what they read."""
    cells: dict[str, object] = {"G2": 1.0, "H2": 2.0, "G3": 0.4, "H3": -1.0}
    numbers = iter(
        (0.7, -0.4, 0.1, 0.2, 0.9, -0.2, -0.5, 0.3, 0.4, 0.6, -0.8, 0.5, 1.1, 0.2, -0.3, -0.6, 0.9, 0.8, 0.3, -0.1, 0.2)
    )
    for row in (5, 6, 7):
        cells |= {f"{column}{row}": next(numbers) for column in "ABC"}
    for row in (9, 10, 11):
        cells |= {f"{column}{row}": next(numbers) for column in "ABCD"}
    for column in "GH":
        cells |= {f"{column}{row}": f"=MAX(0,$A{row}*{column}$2+$B{row}*{column}$3+$C{row})" for row in (5, 6, 7)}
        for row in (9, 10, 11):
            total = f"$A{row}*{column}$5+$B{row}*{column}$6+$C{row}*{column}$7+$D{row}"
            cells |= {f"{column}{row}": f"={total}", f"{column}{row + 4}": f"={column}{row}+{column}{row - 4}"}
            cells[f"{column}{row + 8}"] = f"=MAX(0,{column}{row + 4})"
    return cells | wrong


@pytest.mark.parametrize(
    "wrong", [{}, {"H14": "=H10+H5"}, {"G15": "=G11-G7"}, {"G10": "=$A10*G$5+$B10*G$6+$C10*G$7+$D11"}]
)
def test_what_a_layer_reads_may_be_added_behind_it(wrong: dict[str, object], tmp_path: Path) -> None:
    """Rule: a residual connection may pass by one layer only, and what it adds may be computed."""
    code, roots = answer(_skipped(wrong), tmp_path)
    assert (code == 0) is (not wrong)
    assert roots <= wrong.keys()


def test_an_end_that_is_read_twice_stands_for_another_one(tmp_path: Path) -> None:
    """Rule: a summary shows the last state of each worksheet; where one is shown twice, another one is missing."""
    cells: dict[str, object] = {"S!B1": 0.7, "S!B2": -0.4, "S!B3": 0.15, "S!B4": 1.2, "S!B5": -0.3}
    for number in (1, 2, 3):
        sheet = f"n{number}"
        for column, before, x in (("B", None, 0.3), ("C", "B", -0.2), ("D", "C", 0.9)):
            state = f"+{before}3*S!$B$2" if before else ""
            cells |= {f"{sheet}!{column}2": x * number, f"{sheet}!{column}3": f"=TANH({column}2*S!$B$1{state}+S!$B$3)"}
        cells |= {f"T!B{number}": f"='{sheet}'!D3", f"T!C{number}": f"=1/(1+EXP(-(S!$B$4*B{number}+S!$B$5)))"}
    assert answer(cells, tmp_path) == (0, set())
    code, roots = answer(cells | {"T!B3": "='n2'!D3"}, tmp_path)
    assert code != 0
    assert roots <= {"B3"}
