"""Data that are put on a scale before a network, and results that are put back on it behind one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras
_ROWS = range(2, 10)


def _yields(*, scaled_targets: bool = True) -> dict[str, object]:
    """Two inputs and a target, each scaled by its mean and deviation; two units and an output, put back; errors."""
    cells: dict[str, object] = {"P2": 0.7, "P3": -0.3, "P4": 0.1, "Q2": -0.4, "Q3": 0.8, "Q4": -0.2}
    cells |= {"R2": 0.9, "R3": 0.6, "R4": 0.05}
    for row in _ROWS:
        cells |= {
            f"B{row}": 380 + 17 * (row * row % 7),
            f"C{row}": 1450 + 23 * (3 * row % 5),
            f"D{row}": 5 + row % 3 / 4,
        }
        cells |= {f"{z}{row}": f"=({x}{row}-{x}$12)/{x}$13" for z, x in (("E", "B"), ("F", "C"))}
        cells |= {f"{h}{row}": f"=TANH($E{row}*{w}$2+$F{row}*{w}$3+{w}$4)" for h, w in (("H", "P"), ("I", "Q"))}
        cells |= {f"J{row}": f"=H{row}*R$2+I{row}*R$3+R$4", f"K{row}": f"=J{row}*$D$13+$D$12"}
        cells |= {f"G{row}": f"=(D{row}-D$12)/D$13"} if scaled_targets else {}
        cells |= {f"L{row}": f"=D{row}-K{row}", f"M{row}": f"=ABS(L{row})/D{row}*100", f"N{row}": f"=K{row}/D{row}"}
    for column in "BCD":
        cells |= {f"{column}12": f"=AVERAGE({column}2:{column}9)", f"{column}13": f"=STDEV({column}2:{column}9)"}
    return cells | {"L12": "=SQRT(SUMSQ(L2:L9)/8)", "K12": "=CORREL(D2:D9,K2:K9)", "M12": "=AVERAGE(M2:M9)"}


@pytest.mark.parametrize("scaled_targets", [True, False])
def test_results_on_the_scale_of_their_targets_need_no_verdict(scaled_targets: bool, tmp_path: Path) -> None:
    """Rule: what undoes the scaling of the targets, or as the inputs were scaled with as many numbers, is no layer; nor
    are errors, relative errors, ratios and how well two whole columns agree."""
    assert answer(_yields(scaled_targets=scaled_targets), tmp_path) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "wrong",
    [
        {"K4": "=J4*$D$13+$D$13"},
        {"K4": "=J3*$D$13+$D$12"},
        {f"K{row}": f"=J{row}*$D$12+$D$13" for row in _ROWS},
        {f"K{row}": f"=J{row}/$D$13+$D$12" for row in _ROWS},
        {"G5": "=(D5-D$12)/D$12"},
        {"L6": "=D5-K6"},
        {"M6": "=ABS(L6)/D5*100"},
        {"N6": "=K6/D7"},
        {"K12": "=CORREL(D2:D8,K2:K8)"},
        {"K12": "=CORREL(D2:D9,K2:K8)"},
    ],
    ids=str,
)
def test_what_is_put_back_otherwise_is_no_pass(wrong: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: a formula that undoes nothing has no verdict, nor has an error of another sample; nobody is blamed."""
    assert answer(_yields() | dict(wrong), tmp_path, 3) == (3, set())


def _calculator(scaled: str, back: str) -> dict[str, object]:
    """One sample on the scale from −1 to 1 by typed ends, three units, and an output put back by ends of its own."""
    cells: dict[str, object] = {"C9": 15.0, "D9": 78.0, "H1": 0.3, "H2": -0.5, "H3": 0.7, "H4": 0.1}
    for row, ends in enumerate(((0.2, 0.9, 0.55), (120, 480, 300), (3, 28, 7)), start=1):
        cells |= dict(zip((f"B{row}", f"C{row}", f"D{row}"), (ends[2], ends[0], ends[1]), strict=True))
        cells[f"E{row}"] = "=" + scaled.format(row)
    for row in range(1, 4):
        cells |= {f"J{row}": 0.4 - 0.2 * row, f"K{row}": 0.3 * row - 0.7, f"L{row}": 0.5, f"M{row}": 0.1 * row}
        cells[f"N{row}"] = f"=TANH(J{row}*$E$1+K{row}*$E$2+L{row}*$E$3+M{row})"
    return cells | {"N5": "=N1*H1+N2*H2+N3*H3+H4", "N6": "=" + back.format("N5", "C9", "D9")}


@pytest.mark.parametrize(
    ("scaled", "back"),
    [
        ("2*(B{0}-C{0})/(D{0}-C{0})-1", "({0}+1)/2*({2}-{1})+{1}"),
        ("(B{0}-C{0})/(D{0}-C{0})*0.8+0.1", "({0}-0.1)/0.8*({2}-{1})+{1}"),
        ("(B{0}-C{0})/(D{0}-C{0})", "{0}*({2}-{1})+{1}"),
    ],
)
def test_an_output_with_ends_of_its_own_is_put_back(scaled: str, back: str, tmp_path: Path) -> None:
    """Rule: ends of a scale that inputs have, too, in the same order and by the same formula turned round; what scales
    inputs by their ends multiplies, and is no weighted sum."""
    assert answer(_calculator(scaled, back), tmp_path) == (0, set())
    assert answer(
        _calculator(scaled, back.replace("{1}", "{3}").replace("{2}", "{1}").replace("{3}", "{2}")), tmp_path, 3
    ) == (3, set())


@pytest.mark.parametrize("scaled", ["2*(B{0}-C{0})/(D{0}-C{0})-1", "(B{0}-C{0})/(D{0}-C{0})*0.8+0.1"])
def test_an_output_put_back_as_nothing_was_scaled_is_no_pass(scaled: str, tmp_path: Path) -> None:
    """Rule: a formula that turns no scaling round is not known."""
    assert answer(_calculator(scaled, "{0}*({2}-{1})+{1}"), tmp_path, 3) == (3, set())


def _horizon(back: str = "=D{row}*$B$2+$B$1") -> dict[str, object]:
    """Three days ahead, in D12:D14 and put back in E, from four units that read four loads on a scale."""
    cells: dict[str, object] = {"A1": "mean", "B1": 350, "A2": "scale", "B2": 50}
    weights = (0.31, -0.72, 1.15, 0.48, -0.27, 0.93, -1.08, 0.66, 0.12, -0.54, 0.39, 0.81, -0.15, 0.22, 0.07, -0.4)
    for number, (load, column) in enumerate(zip((342, 371, 329, 388), "GHIJ", strict=True)):
        cells |= {f"{column}1": load, f"{column}2": f"=({column}1-$B$1)/$B$2", f"{column}8": 0.03 * number - 0.05}
        cells |= {f"{column}{row}": weights[4 * number + row - 4] for row in range(4, 8)}
        products = "+".join(f"{x}$2*{column}${row}" for row, x in enumerate("GHIJ", start=4))
        cells[f"{column}9"] = f"=TANH({products}+{column}$8)"
    for number, row in enumerate((12, 13, 14)):
        cells |= {f"{x}{row}": weights[-3 * k - number - 1] for k, x in enumerate("KLMNO")}
        cells[f"D{row}"] = "=" + "+".join(f"{x}$9*{w}{row}" for x, w in zip("GHIJ", "KLMN", strict=True)) + f"+O{row}"
        cells[f"E{row}"] = back.format(row=row)
    return cells


@pytest.mark.parametrize(
    ("back", "wrong", "code"),
    [
        ("=D{row}*$B$2+$B$1", {}, 0),
        ("=D{row}*$B$2+$B$1", {"E13": "=D12*$B$2+$B$1"}, 3),
        ("=D{row}*$B$2-$B$1", {}, 3),
        ("=D{row}*$B$1+$B$2", {}, 3),
    ],
)
def test_who_puts_the_units_of_an_output_back_one_by_one_has_no_layer_of_one_unit(
    back: str, wrong: Mapping[str, object], code: int, tmp_path: Path
) -> None:
    """Rule: a linear unit does not read one unit after the other; right is what undoes what was done to the inputs."""
    assert answer(_horizon(back) | {**wrong}, tmp_path)[0] == code


def _between_ends(result: str) -> dict[str, object]:
    """Two inputs by the smallest and the largest of each; two units and an output, put back between two typed ends."""
    cells: dict[str, object] = {"P2": 0.7, "P3": -0.3, "P4": 0.1, "Q2": -0.4, "Q3": 0.8, "Q4": -0.2}
    cells |= {"R2": 0.9, "R3": 0.6, "R4": 0.05, "R12": 900, "R13": 5400}
    for row in _ROWS:
        cells |= {f"B{row}": 38 + 17 * (row * row % 7), f"C{row}": 145 + 23 * (3 * row % 5)}
        for z, x in (("E", "B"), ("F", "C")):
            cells[f"{z}{row}"] = f"=({x}{row}-MIN({x}$2:{x}$9))/(MAX({x}$2:{x}$9)-MIN({x}$2:{x}$9))"
        cells |= {f"{h}{row}": f"=TANH($E{row}*{w}$2+$F{row}*{w}$3+{w}$4)" for h, w in (("H", "P"), ("I", "Q"))}
        cells |= {f"J{row}": f"=H{row}*R$2+I{row}*R$3+R$4", f"K{row}": result.format(row)}
        cells[f"L{row}"] = f'=IF(K{row}>3000,"high","low")'
    return cells | {"K12": "=AVERAGE(K2:K9)", "L12": '=COUNTIF(L2:L9,"high")'}


@pytest.mark.parametrize("result", ["=J{0}*($R$13-$R$12)+$R$12", "=ROUND(J{0}*($R$13-$R$12)+$R$12,0)"])
def test_results_may_be_put_between_two_typed_ends(result: str, tmp_path: Path) -> None:
    """Rule: where inputs are scaled by their smallest and largest one, two numbers are such ends, the larger one the
    upper; and what is only rounded in the end, from which nothing is computed but descriptions, is a result."""
    assert answer(_between_ends(result), tmp_path) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "result",
    [
        "=ROUND(J{0}*($R$12-$R$13)+$R$13,0)",
        "=ROUND(J{0}*($R$13-$R$12)+$R$13,0)",
        "=ROUND(J{0}*($R$13-$R$12),0)",
    ],
)
def test_other_ends_are_no_pass(result: str, tmp_path: Path) -> None:
    """Rule: nobody knows what is put between ends that have changed places."""
    assert answer(_between_ends(result), tmp_path, 8) == (3, set())
