"""What people compute beside a network: steps, sizes of weights, odds of probabilities, means of some results."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import TOYS, answer, verdict

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_ROWS = range(12, 16)


def _rnn() -> dict[str, object]:
    """Two units over four steps in the rows 12 to 15: x in D, h in E and F, a probability in H, its target in M."""
    cells: dict[str, object] = {"B1": 0.62, "C1": -0.81, "B2": -0.95, "C2": 0.33, "B3": 0.47, "C3": 0.21, "B4": 0.04}
    cells |= {"C4": -0.02, "B5": 1.13, "C5": -0.88, "B6": -0.05, "E11": 0, "F11": 0}
    for row, (x, target) in zip(_ROWS, ((0.5, 1), (-0.3, 0), (0.8, 1), (0.1, 1)), strict=True):
        cells |= {f"D{row}": x, f"M{row}": target, f"H{row}": f"=1/(1+EXP(-(E{row}*$B$5+F{row}*$C$5+$B$6)))"}
        for state, own in (("E", "B"), ("F", "C")):
            total = f"D{row}*${own}$1+E{row - 1}*${own}$2+F{row - 1}*${own}$3+${own}$4"
            cells[f"{state}{row}"] = f"=TANH({total})"
    return cells


_COUNTED = {"A12": 1, **{f"A{row}": f"=A{row - 1}+1" for row in _ROWS[1:]}}
_TALLIES = {f"N{row}": f"=COUNTIF(M$12:M{row},1)" for row in _ROWS} | {f"O{row}": f"=A{row}-N{row}" for row in _ROWS}
_MARKS = {f"P{row}": f'=IF(H{row}>0.5,"+","-")' for row in _ROWS}
_ODDS = {f"I{row}": f"=H{row}/(1-H{row})" for row in _ROWS}


@pytest.mark.parametrize(
    "beside",
    [
        _COUNTED,
        _COUNTED | _TALLIES,
        _MARKS | {"P18": "=P12&P13&P14&P15"},
        {"K11": 0} | {f"K{row}": f"=K{row - 1}+1" for row in _ROWS},
        _ODDS,
        {f"J{row}": f"=LN(H{row}/(1-H{row}))" for row in _ROWS},
        {f"J{row}": f"=MAX(H{row},1-H{row})" for row in _ROWS},
        {"P2": "=COUNT(B1:C4)+COUNT(B5:C6)"},
        {"P1": 0.01, "P2": "=$P$1*SUMSQ(B1:C3)"},
        {"P2": "=SUMIF(M12:M15,1,H12:H15)/COUNTIF(M12:M15,1)"},
        {"P2": "=AVERAGEIF(M12:M15,1,H12:H15)", "P3": "=AVERAGEIF(M12:M15,0,H12:H15)"},
        {"O2": "sum of h", "P2": "=SUM(E15:F15)"},
        {"P2": "=MAX(ABS(H12-M12),ABS(H13-M13),ABS(H14-M14),ABS(H15-M15))"},
        {f"J{row}": f"=H{row}-M{row}" for row in _ROWS} | {"P2": "=MAX(MAX(J12:J15),-MIN(J12:J15))"},
        {"P2": "=((H12>0.5)+(H13>0.5)+(H14>0.5)+(H15>0.5))/4"},
        {"P2": "=ROUND(AVERAGE(H12:H15),1)"},
        {f"{column}{row}": 1 + (row * 7 + k) % 5 for k, column in enumerate("RSTU") for row in range(22, 26)}
        | {f"V{row}": f"=AVERAGE(R{row}:U{row})" for row in range(22, 26)} | {"V28": "=AVERAGE(V22:V25)"},
    ],
    ids=["steps", "tallies", "marks put together", "steps from 0", "odds", "their logarithm", "how sure it is",
         "how many weights", "how large they are", "a mean of some", "means of some", "a sum that is called one",
         "the largest error", "the error farthest from 0", "a share of answers", "a rounded mean",
         "marks of a class"],
)  # fmt: skip
def test_what_belongs_to_no_layer_keeps_nobody_from_passing(beside: dict[str, object], tmp_path: Path) -> None:
    """Rule: such formulas say something of a network, and are none of it."""
    found = verdict(_rnn() | beside, tmp_path)
    assert (found.code, found.roots) == (0, set())


@pytest.mark.parametrize(
    "beside",
    [
        _COUNTED | {"A14": "=A13+2"},
        _ODDS | {"I14": "=H14/(1-H13)"},
        {cell: own for cell, own in _ODDS.items() if cell != "I14"},
        {"H16": "=SUM(B1:C4)"},
        _MARKS | {"P18": "=P12&P13&P13&P15"},
        {"P2": "=AVERAGEIF(M11:M14,1,H12:H15)"},
        {"P2": "=AVERAGEIF(M12:M14,1,H12:H14)"},
        {"P2": "=SUMIF(M12:M15,1,H12:H15)/COUNTIF(M12:M15,0)"},
        {"D12": 0.5, "D13": "=D12+1", "D14": "=D13+1", "D15": "=D14+2"},
        {"O2": "sum of h", "P2": "=SUM(E12:E14)"},
        {"P2": "=SUM(E15:F15)"},
        {"P2": "=MAX(ABS(H12-M12),ABS(H13-M13),ABS(H15-M15))"},
        {"P2": "=((H12>0.5)+(H13>0.5)+(H14>0.5)+(H15>0.5))/5"},
    ],
    ids=["a step is passed over", "odds with another number", "odds of some", "a sum where a result would stand",
         "a mark put in twice", "labels of the row above", "a mean of a part", "other counts than sums",
         "an input that counts otherwise", "a sum of a part", "a sum of which nothing is said",
         "the largest of some errors", "a share of others"],
)  # fmt: skip
def test_one_that_is_odd_is_no_pass(beside: dict[str, object], tmp_path: Path) -> None:
    """Rule: what a reader would see otherwise is no pass; nobody is blamed for it."""
    found = verdict(_rnn() | beside, tmp_path)
    assert (found.code, found.roots) == (3, set())


def test_the_difference_of_two_shown_results_is_no_layer(tmp_path: Path) -> None:
    """Rule: a page that shows the results of two networks, and how far they are apart, computes nothing more."""
    cells = {f"{sheet}!{cell}": value for sheet in ("S", "T") for cell, value in TOYS["rnn"].items()}
    cells |= {"T!A1": -0.3, "T!B2": 0.8, "C!B2": "=S!C7", "C!C2": "=T!C7", "C!D2": "=C2-B2"}
    assert answer(cells, tmp_path) == (0, set())


def _two_networks() -> dict[str, object]:
    """A line and a network of two units for the same rows, an error of each, and the mean of its square."""
    cells: dict[str, object] = {
        "A1": 0.5, "B1": -0.6, "C1": 0.3, "A2": 1.2, "B2": -0.7, "C2": 0.4, "D2": -0.5,
        "A3": 0.8, "B3": 0.9, "C3": -0.1,
    }  # fmt: skip
    for row, (one, other, target) in enumerate(((0.2, 0.1, 0.4), (0.5, 0.9, 0.7), (0.9, 0.3, 0.3), (0.4, 0.6, 0.1)), 6):
        cells |= {f"A{row}": one, f"B{row}": other, f"C{row}": target, f"D{row}": f"=A{row}*$A$1+B{row}*$B$1+$C$1"}
        cells |= {f"E{row}": f"=D{row}-C{row}", f"F{row}": f"=TANH(A{row}*$A$2+B{row}*$B$2)"}
        cells |= {f"G{row}": f"=TANH(A{row}*$C$2+B{row}*$D$2)", f"H{row}": f"=F{row}*$A$3+G{row}*$B$3+$C$3"}
        cells |= {f"I{row}": f"=H{row}-C{row}"}
    return cells | {"E11": "=SUMSQ(E6:E9)/4", "I11": "=SUMSQ(I6:I9)/4"}


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({}, 0), ({"I7": "=H7-C8"}, 3), ({"I6": "=H6-C6", "I9": "=H9-C8", "I8": "=H8-C9"}, 3),
        ({"I11": "=SUMSQ(E6:E9)/4"}, 3),
    ],
)  # fmt: skip
def test_two_networks_may_have_the_same_targets(edit: dict[str, object], code: int, tmp_path: Path) -> None:
    """Rule: errors of two networks are measures if each compares all results with all targets, in their order, and if
    what describes them does not describe those of the other one twice."""
    assert answer(_two_networks() | edit, tmp_path) == (code, set())


def _adversaries() -> dict[str, object]:
    """Two units that make samples of noise, in columns, and one that judges these and real ones beside them."""
    cells: dict[str, object] = {"A2": 0.7, "B2": -0.4, "C2": 0.1, "A3": 0.5, "B3": 0.9, "C3": -0.2}
    cells |= {"A5": 0.8, "B5": -0.6, "C5": 0.2}
    for made, noise in zip("EFG", ((0.3, -0.2), (0.9, 0.5), (-0.4, 0.6)), strict=True):
        cells |= {f"{made}{row}": own for row, own in zip((8, 9), noise, strict=True)}
        cells |= {f"{made}{row}": f"=TANH($A{row}*{made}$8+$B{row}*{made}$9+$C{row})" for row in (2, 3)}
    cells |= {"H2": 0.35, "H3": -0.25, "I2": 0.15, "I3": 0.45, "J2": -0.6, "J3": 0.2}
    for column in "EFGHIJ":
        cells[f"{column}5"] = f"=1/(1+EXP(-($A$5*{column}2+$B$5*{column}3+$C$5)))"
        cells |= {f"{column}6": int(column > "G"), f"{column}12": f"={column}5-{column}6"}
    return cells | dict.fromkeys(("E7", "F7", "G7"), 1) | {f"{c}13": f"={c}5-{c}7" for c in "EFG"}


@pytest.mark.parametrize(
    ("edit", "code"), [({}, 0), ({"F13": "=F5-E7"}, 3), ({"J2": "=TANH($A2*G$8+$B2*G$9+$C2)", "J3": "=J2*0.5"}, 3)]
)
def test_real_samples_may_stand_beside_computed_ones(edit: dict[str, object], code: int, tmp_path: Path) -> None:
    """Rule: a discriminator judges what is computed and what is typed; it may be compared with two lists of targets."""
    assert answer(_adversaries() | edit, tmp_path) == (code, set())


_IN_THOUSANDTHS = {"J6": 410, "J7": 685, "J8": 330, "J9": 95}
_ERRORS = {
    "other units": ("=H{r}*1000-J{r}", {**dict.fromkeys(("C6", "C7", "C8", "C9")), **_IN_THOUSANDTHS}),
    "shares of a target": ("=H{r}/C{r}-1", {}),
    "what is missing to a target": ("=1-H{r}/C{r}", {}),
}  # fmt: skip


@pytest.mark.parametrize("kind", _ERRORS)
def test_errors_may_be_shares_or_in_other_units(kind: str, tmp_path: Path) -> None:
    """Rule: what compares each result with its target is an error in any units; with another one's it is none."""
    text, more = _ERRORS[kind]
    line = {"A1", "B1", "C1", "E11", *(f"{column}{row}" for column in "DE" for row in range(6, 10))}
    cells = {cell: own for cell, own in _two_networks().items() if cell not in line}
    cells |= more | {f"I{row}": text.format(r=row) for row in range(6, 10)} | {"I11": "=SUMSQ(I6:I9)/4"}

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"I7": str(cells["I7"]).replace("J7", "J6").replace("C7", "C6")}, tmp_path) == (3, set())


@pytest.mark.parametrize(("edit", "code"), [({}, 0), ({"F8": "=E8-B9"}, 3)])
def test_a_series_may_be_compared_with_its_own_numbers(edit: dict[str, object], code: int, tmp_path: Path) -> None:
    """Rule: what two numbers of a scaled series forecast is compared with the third one, an input of other samples."""
    cells: dict[str, object] = {"H1": 0.6, "I1": -0.4, "H2": 0.3, "I2": 0.7, "H3": 0.9, "I3": -0.5, "H4": 0.1}
    cells |= {f"A{row}": 100 + 7 * row * (-1) ** row for row in range(4, 12)}
    cells |= {f"B{row}": f"=(A{row}-MIN($A$4:$A$11))/(MAX($A$4:$A$11)-MIN($A$4:$A$11))" for row in range(4, 12)}
    for row in range(6, 12):
        cells[f"C{row}"] = f"=TANH(B{row - 2}*$H$1+B{row - 1}*$I$1)"
        cells[f"D{row}"] = f"=TANH(B{row - 2}*$H$2+B{row - 1}*$I$2)"
        cells |= {f"E{row}": f"=C{row}*$H$3+D{row}*$I$3+$H$4", f"F{row}": f"=E{row}-B{row}"}
    cells |= {"F13": "=SQRT(SUMSQ(F6:F11)/6)"}

    assert answer(cells | edit, tmp_path) == (code, set())


@pytest.mark.parametrize(("edit", "code"), [({}, 0), ({"C9": 4}, 3)])
def test_numbers_that_count_on_do_so_to_the_end(edit: dict[str, object], code: int, tmp_path: Path) -> None:
    """Rule: a typed number that formulas read is no pass if it alone breaks a line of numbers that count on."""
    cells: dict[str, object] = {"F1": 0.6, "F2": -0.4, "F3": 0.1}
    for row in range(4, 13):
        cells |= {f"A{row}": 0.1 * row, f"B{row}": 0.7 - 0.05 * row, f"C{row}": row - 3}
        cells[f"D{row}"] = f"=TANH(A{row}*$F$1+B{row}*$F$2+C{row}*$F$3)"

    assert answer(cells | edit, tmp_path) == (code, set())
