"""Networks written out in more cells than others, with what they read looked up by numbers beside them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_STEPS = "CDEFGH"


def _gru() -> dict[str, object]:
    """A GRU of one unit, a column a step, in which every product has a row of its own."""
    cells: dict[str, object] = {"B12": 0}
    cells |= dict(
        zip(("L4", "M4", "N4", "L5", "M5", "N5", "L6", "M6", "N6"), (7, 4, 1, -9, 6, 2, 13, -8, -1), strict=True)
    )
    cells = {cell: value / 10 for cell, value in cells.items() if isinstance(value, int)}
    for before, column in pairwise("B" + _STEPS):
        c, h = column, f"{before}12"
        cells |= {
            f"{c}4": round(0.7 - 0.31 * "CDEFGH".index(c), 2),
            f"{c}5": f"=1/(1+EXP(-($L$4*{c}4+$M$4*{h}+$N$4)))",
            f"{c}6": f"=1/(1+EXP(-($L$5*{c}4+$M$5*{h}+$N$5)))",
            f"{c}7": f"={c}6*{h}",
            f"{c}8": f"=TANH($L$6*{c}4+$M$6*{c}7+$N$6)",
            f"{c}9": f"=1-{c}5",
            f"{c}10": f"={c}5*{h}",
            f"{c}11": f"={c}9*{c}8",
            f"{c}12": f"={c}10+{c}11",
        }
    return cells


def test_each_product_of_a_gru_may_have_a_cell_of_its_own(tmp_path: Path) -> None:
    """Rule: a typed state that gates let through is no weight of theirs if they read it; z·h₋₁ + (1 − z)·h̃ is a state
    where a cell adds it up, and not (1 − z)·h̃ alone."""
    assert answer(_gru(), tmp_path) == (0, set())


@pytest.mark.parametrize(("cell", "formula"), [("E7", "=E6*C12"), ("F11", "=F9*F7"), ("D12", "=D10+C11")])
def test_a_mistake_in_one_of_its_products_is_found(cell: str, formula: str, tmp_path: Path) -> None:
    """Rule: the cell in which a product is wrong is the one that is blamed."""
    assert answer({**_gru(), cell: formula}, tmp_path) == (1, {cell})


def _two_parts(row: int) -> dict[str, object]:
    """Two relu units, and an output that reads them and two inputs, each kind added up by itself."""
    return {
        **{f"A{row}": round(0.37 * row - 2.9, 2), f"B{row}": round(1.1 - 0.21 * row, 2)},
        **{f"C{row}": float(row % 2), f"D{row}": float(row % 3 == 0)},
        f"F{row}": f"=MAX($A{row}*A$2+$B{row}*A$3+A$4,0)",
        f"G{row}": f"=MAX($A{row}*B$2+$B{row}*B$3+B$4,0)",
        f"K{row}": f"=SUMPRODUCT(F{row}:G{row},$I$2:$J$2)",
        f"L{row}": f"=SUMPRODUCT(C{row}:D{row},$I$3:$J$3)",
        f"M{row}": f"=1/(1+EXP(-K{row}-L{row}-$I$4))",
    }


_WEIGHTS = {"A2": 1.36, "B2": 0.15, "A3": -0.24, "B3": -0.46, "A4": 0.1, "B4": 0.2}
_WEIGHTS |= {"I2": 0.9, "J2": -1.1, "I3": 0.6, "J3": -0.8, "I4": -0.1}


def test_a_sum_may_be_added_up_in_parts(tmp_path: Path) -> None:
    """Rule: what only right cells of a layer read, and is no input of it, is a part of their sums."""
    cells: dict[str, object] = {**_WEIGHTS}
    for row in range(8, 13):
        cells |= _two_parts(row)

    assert answer(cells, tmp_path) == (0, set())
    assert answer({**cells, "K10": "=SUMPRODUCT(F10:G10,$I$3:$J$3)"}, tmp_path) in ((3, set()), (1, {"K10"}))


def test_what_is_read_between_two_layers_is_no_part_of_a_sum(tmp_path: Path) -> None:
    """Rule: a product that a layer is given is a layer of its own, which was not checked."""
    cells: dict[str, object] = {**_WEIGHTS}
    for row in range(8, 13):
        cells |= {**_two_parts(row), f"K{row}": f"=F{row}*G{row}", f"M{row}": f"=1/(1+EXP(-$I$2*K{row}-L{row}-$I$4))"}

    assert answer(cells, tmp_path)[0] == 3


@pytest.mark.parametrize(("numbers", "code"), [((1, 2, 3, 4), 0), ((1, 2, 4, 3), 3)])
def test_columns_of_weights_may_be_looked_up_by_numbers_that_are_counted_on(
    numbers: tuple[int, ...], code: int, tmp_path: Path
) -> None:
    """Rule: a number beside each row of formulas that says which column of the weights it reads is no number of the
    layer, and chooses right if it is counted on."""
    cells: dict[str, object] = {f"{c}{row}": round(0.21 * n - 0.4 * row + 0.9, 2)
                                for n, c in enumerate("LMNO") for row in (3, 4, 6)}  # fmt: skip
    for n, c in enumerate("DEF"):
        cells |= {f"{c}1": round(0.8 - 0.5 * n, 2), f"{c}2": round(0.3 * n * n - 0.4, 2)}
        for row, number in enumerate(numbers, start=9):
            text = f"SUMPRODUCT({c}$1:{c}$2,INDEX($L$3:$O$4,0,$B{row}))+INDEX($L$6:$O$6,$B{row})"
            cells |= {f"B{row}": number, f"{c}{row}": f"=TANH({text})"}

    assert answer(cells, tmp_path) == (code, set())


def test_percentages_of_results_are_shown(tmp_path: Path) -> None:
    """Rule: results that are rounded on another scale are no layer, as none of Keras rounds."""
    cells: dict[str, object] = {"L3": 1.1, "L4": -0.6, "L5": 0.2}
    for row in range(4, 10):
        cells |= {f"A{row}": round(0.9 - 0.23 * row, 2), f"B{row}": round(0.11 * row * row - 2.0, 2)}
        cells |= {f"G{row}": f"=1/(1+EXP(-(A{row}*$L$3+B{row}*$L$4+$L$5)))", f"H{row}": f"=ROUND(100*G{row},0)"}
        cells[f"I{row}"] = f'=REPT("|",H{row}/5)'

    assert answer(cells, tmp_path) == (0, set())


def test_a_state_may_move_by_a_part_of_a_difference(tmp_path: Path) -> None:
    """Rule: h₋₁ + (1 − z)·(h̃ − h₋₁) is z·h₋₁ + (1 − z)·h̃, whatever cells it is written in."""
    cells = {cell: text for cell, text in _gru().items() if cell[1:] not in {"9", "10", "11"}}
    for before, column in pairwise("B" + _STEPS):
        cells |= {f"{column}9": f"={column}8-{before}12", f"{column}12": f"={before}12+(1-{column}5)*{column}9"}

    assert answer(cells, tmp_path) == (0, set())
    assert answer({**cells, "E12": "=D12+(1-E6)*E9"}, tmp_path) == (1, {"E12"})


def _words(steps: tuple[tuple[int, ...], ...]) -> dict[str, object]:
    """A recurrent unit whose formulas look their inputs up by the number of a word, a row a sentence."""
    cells: dict[str, object] = {"J2": 0.45, "J3": -0.39, "J4": 0.7, "J5": 0.05}
    cells |= {f"{c}{row}": round(0.9 - 0.37 * row + 0.5 * n, 2) for n, c in enumerate("AB") for row in range(2, 6)}
    for row, words in enumerate(steps, start=11):
        cells |= dict(zip((f"A{row}", f"B{row}"), words, strict=True))
        first, second = (f"INDEX($A$2:$B$5,${c}{row},1)*$J$2+INDEX($A$2:$B$5,${c}{row},2)*$J$3" for c in "AB")
        cells |= {f"D{row}": f"=TANH({first}+$J$5)", f"E{row}": f"=TANH({second}+$J$4*D{row}+$J$5)"}
    return cells


def test_a_word_may_be_looked_up_in_each_formula_that_reads_it(tmp_path: Path) -> None:
    """Rule: a number by which all formulas of a step look up what they read is no number of the layer; steps that read
    the same word stand in lines of their own."""
    cells = _words(((4, 2), (1, 3), (1, 2), (3, 4), (1, 4)))

    assert answer(cells, tmp_path) == (0, set())
    assert answer({**cells, "E13": str(cells["E13"]).replace("$B13", "$B14")}, tmp_path)[0] != 0


def test_a_cell_state_may_be_kept_as_an_account(tmp_path: Path) -> None:
    """Rule: c₋₁ − (1 − f)·c₋₁ + i·g, in whatever cells, is f·c₋₁ + i·g."""
    cells: dict[str, object] = {"B7": 0, "B8": 0, "I2": 2, "J2": -0.3}
    cells |= {f"{c}{row}": round(0.83 - 0.29 * row + 0.21 * n * row - 0.3 * n, 2)
              for n, c in enumerate("LMN") for row in range(2, 6)}  # fmt: skip
    for before, column in pairwise("BCDEF"):
        z = {row: f"$L${row}*{column}1+$M${row}*{before}8+$N${row}" for row in range(2, 6)}
        cells |= {f"{column}{row}": f"=1/(1+EXP(-({z[row]})))" for row in (2, 3, 5)}
        cells |= {f"{column}1": round(1.1 - 0.43 * "BCDEF".index(column), 2), f"{column}4": f"=TANH({z[4]})"}
        cells |= {f"{column}10": f"={before}7", f"{column}11": f"=-(1-{column}3)*{column}10"}
        cells |= {f"{column}12": f"={column}2*{column}4", f"{column}7": f"=SUM({column}10:{column}12)"}
        cells |= {f"{column}8": f"={column}5*TANH({column}7)"}
    cells["H8"] = "=1/(1+EXP(-(I2*F8+J2)))"

    assert answer(cells, tmp_path) == (0, set())


def test_a_word_for_a_result_reads_that_result(tmp_path: Path) -> None:
    """Rule: a formula that asks an empty cell beside a result, which nobody reads, is no pass."""
    cells = _gru() | {"L9": 0.4, "L10": 1.9, "J12": "=1/(1+EXP(-($L$10*H12+$L$9)))"}

    assert answer(cells | {"J14": '=IF(J12>0.5,"good","bad")'}, tmp_path)[0] == 0
    assert answer(cells | {"J14": '=IF(K12>0.5,"good","bad")'}, tmp_path)[0] != 0
