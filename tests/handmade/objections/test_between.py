"""What speaks against layers together: forecasts fed back are right, a unit with another activation is no pass."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import TOYS, answer
from recognised_sheets import sheet
from thorough import part_of

from xlcheck.handmade.objections.between import _reading_some

pytestmark = pytest.mark.keras


def _forecast(wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """A recurrent unit over four typed numbers and three forecasts, each of which is the next input."""
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "C1": 0.15, "A2": 1.2, "B2": -0.3, "C4": 0.0}
    for row in range(5, 12):
        cells[f"B{row}"] = (0.3, 0.45, 0.2, 0.6)[row - 5] if row < 9 else f"=D{row - 1}"
        cells[f"C{row}"] = f"=TANH($A$1*B{row}+$B$1*C{row - 1}+$C$1)"
        cells[f"D{row}"] = f"=$A$2*C{row}+$B$2"
    return cells | dict(wrong or {})


@pytest.mark.parametrize(
    ("wrong", "code"), part_of([({"B10": "=D8"}, 1), ({}, 0), ({"B10": "=D9", "B11": "=D8"}, 1)], 2)
)
def test_forecasts_are_fed_back_in_order(wrong: Mapping[str, object], code: int, tmp_path: Path) -> None:
    """Rule: after typed inputs each step may read what the one before it gives, and no other one."""
    assert answer(_forecast(wrong), tmp_path)[0] == code


@pytest.mark.parametrize(("wrong", "code"), [({}, 0), ({"B10": "=C9"}, 1)])
def test_a_network_may_read_its_last_answer(wrong: Mapping[str, object], code: int, tmp_path: Path) -> None:
    """Rule: a Jordan network is right, whose hidden unit reads the output of the step before, and at first a number."""
    cells: dict[str, object] = {"F1": 0.5, "G1": 0.8, "H1": 0.1, "F2": 1.2, "H2": -0.3}
    for row in range(7, 12):
        cells[f"A{row}"] = (1.0, 0.5, -0.5, 0.2, 0.9)[row - 7]
        cells[f"B{row}"] = f"=D{row - 1}" if row > 7 else 0.0
        cells[f"C{row}"] = f"=TANH($F$1*A{row}+$G$1*B{row}+$H$1)"
        cells[f"D{row}"] = f"=1/(1+EXP(-($F$2*C{row}+$H$2)))"
    assert answer(cells | dict(wrong), tmp_path)[0] == code


@pytest.mark.parametrize(("other", "code"), [("1/(1+EXP(-({})))", 0), ("TANH({})", 3), ("MAX(0,{})", 3), ("{}", 3)])
def test_a_hidden_unit_has_the_activation_of_those_beside_it(other: str, code: int, tmp_path: Path) -> None:
    """Rule: of two units that read the same and are read together one may not be filled with another activation."""
    cells: dict[str, object] = {"A1": 0.15, "B1": 0.25, "A2": 0.2, "B2": 0.3, "A3": 0.35, "B3": 0.3, "D1": 0.4}
    cells |= {"D2": 0.45, "D3": -0.6}
    for row, (one, two) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1)), start=6):
        cells |= {f"A{row}": one, f"B{row}": two}
        cells[f"C{row}"] = f"=1/(1+EXP(-(A{row}*$A$1+B{row}*$A$2+$A$3)))"
        cells[f"D{row}"] = "=" + other.format(f"A{row}*$B$1+B{row}*$B$2+$B$3")
        cells[f"E{row}"] = f"=1/(1+EXP(-(C{row}*$D$1+D{row}*$D$2+$D$3)))"
    assert answer(cells, tmp_path, effort=2 if code == 3 else None)[0] == code


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("reads", "rows", "code"),
    [
        pytest.param((0, 0, 0), (1, 2, 3), 0, id="right"),
        pytest.param((1, 1, 1), (1, 2, 3), 0, id="right, and the last number of the series is of no use"),
        pytest.param((0, 1, 0), (1, 2, 3), 1, id="one of three"),
        pytest.param((0, 1, 0), (1, 25, 3), 0, id="a branch whose weights stand apart"),
    ],
)
def test_units_with_their_weights_in_one_table_read_the_same(
    reads: tuple[int, ...], rows: tuple[int, ...], code: int, tmp_path: Path
) -> None:
    """Rule: of three units over a series one may not read the number of the last day where the others read today's."""
    cells: dict[str, object] = {"F1": 0.8, "F2": -0.3, "F3": 1.2}
    for n, row in enumerate(rows):
        cells |= {f"{c}{row}": round(0.37 * k - 0.61 * n + 0.1, 2) for k, c in enumerate("ABCD")}
    series = ((0.3, -0.2), (0.5, 0.9), (-0.4, 0.1), (0.7, 0.6), (-0.1, 0.8), (0.2, -0.5))
    for row, (x, y) in enumerate(series, start=9):
        cells |= {f"A{row}": x, f"B{row}": y}
        for n, own in enumerate(rows) if row > 10 else ():
            total = f"A{row - reads[n]}*$A${own}+A{row - 2}*$B${own}+B{row - 1}*$C${own}+$D${own}"
            cells[f"{'CDE'[n]}{row}"] = f"=TANH({total})"
        if row > 10:
            cells |= {f"F{row}": f"=C{row}*$F$1+D{row}*$F$2+E{row}*$F$3", f"G{row}": f"=B{row}-F{row}"}
    assert answer(cells, tmp_path) == (code, {f"D{row}" for row in range(11, 15)} if code else set())


def _lstm(heads: tuple[str, ...]) -> dict[str, object]:
    """One unit, three steps: a gate a row, with the words at the left and above its weights."""
    cells: dict[str, object] = {"B1": heads[4], "C1": heads[5], "D1": "b", "H13": 0.0, "I13": 0.0}
    for row, (word, numbers) in enumerate(
        zip(heads[:4], ((2.7, 1.6, 1.6), (2.0, 1.7, 0.6), (1.4, 0.9, -0.3), (4.4, -0.2, 0.6)), strict=True), start=2
    ):
        cells |= {f"A{row}": word} | {f"{c}{row}": n for c, n in zip("BCD", numbers, strict=True)}
    for row, x in enumerate((0.3, 0.5, -0.2), start=14):
        z = {k: f"I{row - 1}*$B${k}+G{row}*$C${k}+$D${k}" for k in range(2, 6)}
        cells |= {f"G{row}": x, f"H{row}": f"=J{row}*H{row - 1}+K{row}*L{row}", f"I{row}": f"=M{row}*TANH(H{row})"}
        cells |= {f"{c}{row}": f"=1/(1+EXP(-({z[k]})))" for c, k in (("J", 2), ("K", 3), ("M", 5))}
        cells[f"L{row}"] = f"=TANH({z[4]})"
    return cells


@pytest.mark.parametrize(
    ("heads", "code"),
    [
        (("% to remember", "% potential", "potential", "% shown", "old output w", "input w"), 0),
        (("forget", "input", "cell", "output", "U", "W"), 0),
        (("forget", "output", "candidate", "input", "U", "W"), 3),
    ],
)
def test_words_above_the_weights_of_all_gates_name_none(heads: tuple[str, ...], code: int, tmp_path: Path) -> None:
    """Rule: `input` above a column is no gate, nor is the word of the row above; exchanged words are an objection."""
    assert answer(_lstm(heads), tmp_path, effort=2 if code == 3 else None)[0] == code


def _three_samples(third: str) -> dict[str, object]:
    """A unit over two inputs in A:B, with its weights in D1:D3 and a stray number in H9, for three samples."""
    cells: dict[str, object] = {"D1": 0.7, "D2": -0.4, "D3": 0.15, "H9": 0.35, "A4": 0.3, "B4": 1.1}
    cells |= {"A5": -0.6, "B5": 0.9, "A6": 0.8, "B6": -0.2}
    cells |= {f"D{row}": f"=TANH(A{row}*$D$1+B{row}*$D$2+$D$3)" for row in (4, 5, 6)}
    return cells | {"D6": third}


@pytest.mark.parametrize(
    ("third", "codes"),
    [
        ("=TANH(A6*$D$1+B6*$D$2+$D$3)", {0}),
        ("=TANH(A6*$D$1+B6*$H$9+$D$3)", {1, 3}),  # read as a third input, which only one sample has
        ("=TANH(A6*$D$1+B6*$H$9+$D$2)", {1, 3}),  # read as a layer of its own, which has a weight of the other one
    ],
)
def test_an_input_has_one_weight(third: str, codes: set[int], tmp_path: Path) -> None:
    """Rule: what stands in one line is one input, and layers share all of their weights or none."""
    assert answer(_three_samples(third), tmp_path, effort=2 if 3 in codes else None)[0] in codes


@pytest.mark.parametrize(("wrong", "found"), [({}, (0, set())), ({"C6": "=TANH($A$1*D4+$A$2*B6+$A$3)"}, (1, {"C6"}))])
def test_two_layers_that_read_the_same_inputs_read_all_of_them(
    wrong: Mapping[str, object], found: tuple[int, set[str]], tmp_path: Path
) -> None:
    """Rule: where one layer reads each input once, there and back, the other one does not read one of them twice."""
    cells: dict[str, object] = {"A1": 0.7, "A2": -0.4, "A3": 0.1, "B1": -0.3, "B2": 0.6, "B3": 0.2}
    cells |= dict(zip(("B4", "C4", "D4", "E4"), (1.0, -0.5, 0.7, 0.25), strict=True))
    for before, column in zip(" BCD", "BCDE", strict=True):
        state = f"+$A$2*{before}6" if before != " " else ""
        cells[f"{column}6"] = f"=TANH($A$1*{column}4{state}+$A$3)"
    for after, column in zip("CDE ", "BCDE", strict=True):
        state = f"+$B$2*{after}7" if after != " " else ""
        cells[f"{column}7"] = f"=TANH($B$1*{column}4{state}+$B$3)"
    assert answer(cells | dict(wrong), tmp_path) == found


_ROWS = {"A1": 1.3, "A2": -0.2, "B1": 0.7, "B2": 0.4, "A4": 0.5, "A5": -1.0, "A6": 2.0, "A7": 1.0}
_SAMPLE = "=1/(1+EXP(-({0}$1*{1}+{0}$2)))"


def test_a_sample_in_line_with_others_has_their_weights(tmp_path: Path) -> None:
    """Rule: one sample among others that reads weights of its own is not passed; one more table may have its own."""
    cells = _ROWS | {f"D{row}": _SAMPLE.format("A", f"A{row}") for row in range(4, 8)}
    below = {f"A{row}": 0.3 * row for row in range(10, 14)}
    below |= {f"D{row}": _SAMPLE.format("B", f"A{row}") for row in range(10, 14)}

    assert answer(cells | {"D5": _SAMPLE.format("B", "A5")}, tmp_path) == (3, set())
    assert answer(cells | below, tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("total", "said"), [("C{0}*$F$1+D{0}*$F$2+$F$3", 0), ("C{0}*$F$1+$F$3", 3), ("C{0}*$F$1+A{0}*$F$2+$F$3", 3)]
)
def test_a_second_head_reads_all_results_or_says_why(total: str, said: int, tmp_path: Path) -> None:
    """Rule: where one layer reads all results of a step, another one that reads some of them has lost the others."""
    cells = {**TOYS["xor"], "F1": 0.3, "F2": 0.8, "F3": -0.4, **{f"G{r}": "=" + total.format(r) for r in (6, 7, 8)}}

    assert len([*_reading_some(sheet(cells, tmp_path).recognised.readings)]) == said
