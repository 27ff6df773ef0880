"""What feeds a network: data that are scaled, looked up and pooled need no verdict; what computes them is no layer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_SERIES = {"A1": 112.0, "A2": 118.0, "A3": 132.0, "A4": 129.0, "A5": 141.0, "F1": 0.7, "F2": 0.4, "F3": 0.1}


def _series(wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """A series scaled to the range of 0 to 1, a recurrent unit and an output, scaled back, and the errors."""
    cells: dict[str, object] = dict(_SERIES) | {"H1": "=MIN(A1:A5)", "H2": "=MAX(A1:A5)", "G1": 1.3, "G2": -0.1}
    for row in range(1, 5):
        before = f"+$F$2*C{row - 1}" if row > 1 else ""
        cells[f"B{row}"] = f"=(A{row}-$H$1)/($H$2-$H$1)"
        cells[f"C{row}"] = f"=TANH($F$1*B{row}{before}+$F$3)"
        cells[f"D{row}"] = f"=C{row}*$G$1+$G$2"
        cells[f"E{row}"] = f"=D{row}*($H$2-$H$1)+$H$1"
        cells[f"K{row}"] = f"=(E{row}-A{row + 1})^2"
    return cells | {"K6": "=SQRT(AVERAGE(K1:K4))"} | dict(wrong or {})


def test_data_that_are_scaled_and_results_put_back_leave_nothing_open(tmp_path: Path) -> None:
    """Rule: results on the scale of the data leave a check complete."""
    assert answer(_series(), tmp_path)[0] == 0


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "wrong",
    [
        {"E2": "=D2*($H$2-$H$1)"},
        {"E3": "=D3*$H$2+$H$1"},
        {"B3": "=(A3-$H$1)/$H$2"},
        {"B3": "=(A7-$H$1)/($H$2-$H$1)"},
    ],
)
def test_numbers_scaled_otherwise_are_no_pass(wrong: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: results scaled back otherwise than the inputs were scaled, or one input scaled alone, are no pass."""
    assert answer(_series(wrong), tmp_path)[0] != 0


def test_an_input_that_is_only_copied_among_scaled_ones_is_no_pass(tmp_path: Path) -> None:
    """Rule: what the layer would be given as it is, formulas in line with it scale; all copies are right."""
    cells: dict[str, object] = {"F1": 0.7, "F2": 0.4, "F3": 0.1, "H1": 12.5}
    for row in range(1, 6):
        cells[f"A{row}"], cells[f"B{row}"] = 11.0 + row * row / 7, f"=A{row}-$H$1"
        cells[f"C{row}"] = f"=TANH($F$1*B{row}{f'+$F$2*C{row - 1}' if row > 1 else ''}+$F$3)"

    assert answer(cells, tmp_path)[0] == 0
    for row in (1, 3, 5):
        assert answer(cells | {f"B{row}": f"=A{row}"}, tmp_path) == (3, set())
    copied = {f"B{row}": f"=A{row}" for row in range(1, 6)}
    assert answer({**cells, **copied, "H1": None}, tmp_path)[0] == 0


def test_one_of_two_codes_that_is_counted_otherwise_is_no_pass(tmp_path: Path) -> None:
    """Rule: of two words the one is looked up as it is, and 1 is taken off what is found of the other."""
    cells: dict[str, object] = {"B4": "very", "C4": "good", "I4": "very", "I5": "bad", "I6": "good", "B6": 0}
    cells |= {"G4": 0.56, "G5": -0.51, "G6": -0.7, "B5": "=MATCH(B4,$I$4:$I$6,0)", "C5": "=MATCH(C4,$I$4:$I$6,0)"}
    cells |= {"C6": "=B10", "B10": "=TANH(B5*$G$4+B6*$G$5+$G$6)", "C10": "=TANH(C5*$G$4+C6*$G$5+$G$6)"}

    assert answer(cells, tmp_path)[0] == 0
    assert answer(cells | {"C5": "=MATCH(C4,$I$4:$I$6,0)-1"}, tmp_path) == (3, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("hidden", ["IF({0}>0.5,1,0)", "SIN({0})", "ATAN({0})", "EXP(-({0})^2)"])
def test_what_computes_the_inputs_of_a_layer_is_no_preparation(hidden: str, tmp_path: Path) -> None:
    """Rule: units of a kind that is not known, before a layer that is, are not passed over: the check is incomplete."""
    cells: dict[str, object] = {"G1": 0.4, "H1": -0.7, "G2": 1.1, "H2": 0.3, "G3": 0.2, "H3": -0.5}
    cells |= {"J1": 0.9, "J2": -1.2, "J3": 0.1}
    for row, (x, y) in enumerate(((0.3, -0.2), (1.1, 0.8), (-0.6, 0.5), (0.9, -1.4)), start=2):
        cells |= {f"A{row}": x, f"B{row}": y}
        for column, weight in zip("CD", "GH", strict=True):
            total = f"$A{row}*{weight}$1+$B{row}*{weight}$2+{weight}$3"
            cells[f"{column}{row}"] = "=" + hidden.format(total)
        cells[f"E{row}"] = f"=1/(1+EXP(-(C{row}*$J$1+D{row}*$J$2+$J$3)))"
    assert answer(cells, tmp_path)[0] == 3


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, 0),
        ({"D9": "=OFFSET($J$1,D$1,2)"}, 3),
        ({f"{c}9": f"=INDEX($K${k}:$K${k + 5},{c}$1)" for k, c in enumerate("BCDE", start=1)}, 3),
    ],
)
def test_an_embedding_is_looked_up_alike(wrong: Mapping[str, object], code: int, tmp_path: Path) -> None:
    """Rule: a look-up that differs from those in line with it, or whose table slides into empty cells, is no pass."""
    cells: dict[str, object] = {
        "B1": 2.0,
        "C1": 1.0,
        "D1": 5.0,
        "E1": 3.0,
        "B3": 0.5,
        "C3": -0.2,
        "B4": 0.6,
        "B5": -0.1,
    }
    for row in range(1, 7):
        cells |= {f"J{row}": 0.13 * row - 0.4, f"K{row}": 0.7 - 0.21 * row}
    for before, column in zip(" BCD", "BCDE", strict=True):
        cells[f"{column}8"] = f"=INDEX($J$1:$J$6,{column}$1)"
        cells[f"{column}9"] = f"=INDEX($K$1:$K$6,{column}$1)"
        state = f"+$B$4*{before}11" if before != " " else ""
        cells[f"{column}11"] = f"=TANH($B$3*{column}8+$C$3*{column}9{state}+$B$5)"
    assert answer(cells | dict(wrong), tmp_path)[0] == code


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, 0),
        ({"C5": "=0.1+0.8*(B5-MIN(B5:B12))/(MAX(B5:B12)-MIN(B5:B12))"}, 3),
        ({f"C{row}": f"=0.1+0.8*(B{row}-MIN(B$3:B$12))/(MAX(B$3:B$12)-MAX(B$3:B$12)/9)" for row in range(3, 13)}, 3),
        ({f"G{row}": f"=MIN(B$3:B$12)+F{row}/0.8*(MAX(B$3:B$12)-MIN(B$3:B$12))" for row in range(6, 14)}, 3),
        ({"G9": "=MAX(B$3:B$12)+(F9-0.1)/0.8*(MAX(B$3:B$12)-MIN(B$3:B$12))"}, 3),
    ],
)
def test_data_are_put_between_two_numbers_and_back(wrong: Mapping[str, object], code: int, tmp_path: Path) -> None:
    """Rule: a scale by the smallest and the largest number prepares an input; its window counts from an empty cell."""
    cells: dict[str, object] = {f"B{row}": 190.0 + 37 * row % 50 for row in range(3, 13)}
    for row in range(3, 13):
        cells[f"C{row}"] = f"=0.1+0.8*(B{row}-MIN(B$3:B$12))/(MAX(B$3:B$12)-MIN(B$3:B$12))"
    for row in range(6, 14):
        for column, weights in (("D", "K"), ("E", "L")):
            window = f"SUMPRODUCT(OFFSET($C{row},-3,0,3,1),{weights}$3:{weights}$5)"
            cells[f"{column}{row}"] = f"=1/(1+EXP(-({window}+{weights}$6)))"
        cells[f"F{row}"] = f"=D{row}*$M$3+E{row}*$M$4+$M$5"
        cells[f"G{row}"] = f"=MIN(B$3:B$12)+(F{row}-0.1)/0.8*(MAX(B$3:B$12)-MIN(B$3:B$12))"
    for column, numbers in (
        ("K", (-1.26, 0.24, 0.21, 0.06)),
        ("L", (0.47, -0.77, -0.88, 0.28)),
        ("M", (0.18, 0.65, 0.22)),
    ):
        cells |= {f"{column}{row}": number for row, number in enumerate(numbers, start=3)}
    assert answer(cells | dict(wrong), tmp_path)[0] == code


def test_words_of_shorter_sentences_are_counted_too(tmp_path: Path) -> None:
    """Rule: a range of words in which words are counted may have empty cells; one of numbers may not."""
    cells: dict[str, object] = {"J1": "free", "K1": "win", "L1": "click", "B8": 1.4, "B9": 1.1, "B10": 0.9, "B11": -0.6}
    for row, words in enumerate((("free", "win", "click"), ("win", "date"), ("click", "click", "win"), ("free",)), 2):
        cells |= dict(zip((f"B{row}", f"C{row}", f"D{row}"), words, strict=False))
        cells |= {f"{column}{row}": f"=COUNTIF($B{row}:$D{row},{column}$1)" for column in "JKL"}
        cells[f"M{row}"] = f"=1/(1+EXP(-(J{row}*$B$8+K{row}*$B$9+L{row}*$B$10+$B$11)))"
    assert answer(cells, tmp_path)[0] == 0
    numbers = {f"{column}{row}": n + row for row in range(2, 6) for n, column in enumerate("BCD")} | {"D5": None}
    counted = {
        f"{column}{row}": f"=MAX($B{row}:$D{row})/{n}" for row in range(2, 6) for n, column in enumerate("JKL", 4)
    }
    assert answer(cells | numbers | counted, tmp_path)[0] == 3


_WORDS = ("a good film", "the bad film", "not a bad film")


def _reviews(wrong: Mapping[str, object]) -> dict[str, object]:
    """Reviews, a word a row with its two looked-up numbers, their means below, and a logistic unit on these."""
    cells: dict[str, object] = {}
    for row, word in enumerate(("a", "bad", "film", "good", "not", "the"), start=1):
        cells |= {f"A{row}": word, f"B{row}": round(0.31 * row - 0.9, 2), f"C{row}": round(0.8 - 0.23 * row, 2)}
    cells |= {"F1": 0.8, "G1": -0.5, "F2": 0.1}
    row = 10
    for words in _WORDS:
        first = row
        for word in words.split():
            cells[f"A{row}"] = word
            cells |= {f"{c}{row}": f"=VLOOKUP($A{row},$A$1:$C$6,{n},FALSE)" for c, n in (("B", 2), ("C", 3))}
            row += 1
        cells |= {f"{c}{row}": f"=AVERAGE({c}{first}:{c}{row - 1})" for c in "BC"}
        cells[f"F{row}"] = f"=1/(1+EXP(-(B{row}*$F$1+C{row}*$G$1+$F$2)))"
        row += 2
    return cells | dict(wrong)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, 0),
        ({"C20": "=VLOOKUP($A20,$A$1:$C$6,2,FALSE)"}, 3),
        ({"C21": "=VLOOKUP($A22,$A$1:$C$6,3,FALSE)"}, 3),
        ({"C24": "=AVERAGE(C21:C23)"}, 3),
        ({"B24": "=AVERAGE(B21:B23)", "C24": "=AVERAGE(C21:C23)"}, 3),
        ({"B24": "=AVERAGE(B19:B23)", "C24": "=AVERAGE(C19:C23)"}, 3),
        ({"C24": "=SUM(C20:C23)"}, 3),
        ({"B18": "=AVERAGE(B15:B17)/2"}, 3),
    ],
)
def test_what_is_pooled_is_pooled_as_a_whole(wrong: Mapping[str, object], code: int, tmp_path: Path) -> None:
    """Rule: a mean of a part of its words, or of more, a sum among means, or another column looked up are no pass."""
    assert answer(_reviews(wrong), tmp_path)[0] == code


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("hidden", ["MEDIAN(0,{0},1)", "MIN($J$4,{0})", "ABS({0})"])
def test_a_function_between_two_layers_is_no_preparation(hidden: str, tmp_path: Path) -> None:
    """Rule: what is computed from one layer for another by a function that is not known leaves the check incomplete."""
    cells: dict[str, object] = {"G1": 0.4, "H1": -0.7, "G2": 1.1, "H2": 0.3, "G3": 0.2, "H3": -0.5}
    cells |= {"J1": 0.9, "J2": -1.2, "J3": 0.1, "J4": 6}
    for row, (x, y) in enumerate(((0.3, -0.2), (1.1, 0.8), (-0.6, 0.5), (0.9, -1.4)), start=6):
        cells |= {f"A{row}": x, f"B{row}": y}
        for z, h, weight in zip("LM", "CD", "GH", strict=True):
            cells[f"{z}{row}"] = f"=$A{row}*{weight}$1+$B{row}*{weight}$2+{weight}$3"
            cells[f"{h}{row}"] = "=" + hidden.format(f"{z}{row}")
        cells[f"E{row}"] = f"=1/(1+EXP(-(C{row}*$J$1+D{row}*$J$2+$J$3)))"
    assert answer(cells, tmp_path) == (3, set())


_RETURNS = (0.012, -0.034, 0.021, 0.055, -0.017, 0.008)


def _in_tenths() -> dict[str, object]:
    """A unit that reads each day's return ten times as large, and a forecast that is put back."""
    cells: dict[str, object] = {"E1": 0.45, "F1": -0.2, "G1": 0.1, "H1": 1.1, "I1": 0.02, "K1": 10, "D4": 0}
    for row, number in enumerate(_RETURNS, 5):
        cells |= {f"A{row}": row - 4, f"B{row}": number, f"C{row}": f"=B{row}*$K$1"}
        cells[f"D{row}"] = f"=TANH($E$1*C{row}+$F$1*D{row - 1}+$G$1)"
        cells[f"E{row}"] = f"=($H$1*D{row}+$I$1)/$K$1"
    return cells


@pytest.mark.parametrize(
    ("slips", "code"),
    [
        ({}, 0),
        ({"C7": "=B6*$K$1"}, 3),
        ({f"C{row}": f"=B{row}*$I$1" for row in range(5, 11)}, 3),
        ({f"C{row}": f"=A{row}*$K$1" for row in range(5, 11)}, 3),
        ({f"E{row}": f"=($H$1*D{row}+$I$1)*$K$1" for row in range(5, 11)}, 3),
    ],
    ids=["right", "the day before", "a bias", "the number of the day", "not put back"],
)
@pytest.mark.usefixtures("a_short_search")
def test_inputs_may_be_given_in_another_unit(slips: dict[str, object], code: int, tmp_path: Path) -> None:
    """Rule: inputs times one number are as good as divided by it, unless one of them is filled otherwise."""
    assert answer(_in_tenths() | slips, tmp_path) == (code, set())
