"""What people compute behind a network: pooled windows, decisions and how often they are right, errors and losses."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, dense, verdict

pytestmark = pytest.mark.keras


def _classifier() -> dict[str, object]:
    """Six samples with two features, three classes by softmax; behind: classes, what is right, its share, a table."""
    cells: dict[str, object] = {"B1": 0.4, "C1": -0.7, "D1": 0.2, "B2": -0.3, "C2": 0.5, "D2": 0.6}
    cells |= {"K1": "a", "L1": "b", "M1": "c"}
    for row in range(5, 11):
        cells |= {f"A{row}": 0.3 * row - 1.7, f"B{row}": 1.1 - 0.04 * row * row, f"C{row}": "abc"[row % 3]}
        for weight, z, e in zip("BCD", "DEF", "HIJ", strict=True):
            cells |= {f"{z}{row}": f"=$A{row}*{weight}$1+$B{row}*{weight}$2", f"{e}{row}": f"=EXP({z}{row})"}
        cells |= {f"{p}{row}": f"={e}{row}/SUM($H{row}:$J{row})" for e, p in zip("HIJ", "KLM", strict=True)}
        cells[f"N{row}"] = f"=INDEX($K$1:$M$1,MATCH(MAX(K{row}:M{row}),K{row}:M{row},0))"
        cells[f"O{row}"] = f"=IF(N{row}=C{row},1,0)"
    return cells | {"O12": "=SUM(O5:O10)/COUNT(O5:O10)", "O13": "=1-O12"} | {
        f"{column}{row}": f'=COUNTIFS($C$5:$C$10,$Q{row},$N$5:$N$10,{column}$14)'
        for row in (15, 16, 17) for column in "RST"
    } | {"Q15": "a", "Q16": "b", "Q17": "c", "R14": "a", "S14": "b", "T14": "c"}  # fmt: skip


def test_what_is_computed_from_decisions_leaves_a_check_complete(tmp_path: Path) -> None:
    """Rule: the likeliest class, whether it is right, how many are and which are taken for which belong to no layer."""
    least = {"K12": "=MIN(K5:K10)", "L12": "=MIN(L5:L10)", "M12": "=MIN(M5:M10)"}
    found = verdict(_classifier() | least, tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert found.agree == 6 * 9


@pytest.mark.parametrize(
    "change",
    [
        {"O12": "=SUM(O5:O9)/COUNT(O5:O9)"},
        {"O12": "=SUM(O5:O10)/5"},
        {"O7": "=IF(N8=C8,1,0)"},
        {f"N{row}": f"=INDEX($K$1:$M$1,MATCH(MIN(K{row}:M{row}),K{row}:M{row},0))" for row in range(5, 11)},
        {f"P{row}": f"=O{row}*$B$1" for row in range(5, 11)},
    ],
    ids=["a row too few", "another count", "another row", "the unlikeliest class", "weighed"],
)
def test_what_may_be_more_than_an_evaluation_is_no_pass(change: dict[str, object], tmp_path: Path) -> None:
    """Rule: what counts a part of a line, is filled otherwise than its kin, looks for the unlikeliest class, or weighs
    decisions, has no verdict, and nobody is blamed."""
    assert answer(_classifier() | change, tmp_path) == (3, set())


def test_a_decision_and_whether_it_is_right_are_two_things(tmp_path: Path) -> None:
    """Rule: what says of every result on which side of a threshold it is decides; what compares that with a target does
    not decide once more. One that decides otherwise has no verdict."""
    cells: dict[str, object] = {"A1": 0.9, "B1": -0.4, "C1": 0.1}
    for row in range(4, 9):
        cells |= {f"A{row}": 0.5 * row - 3, f"B{row}": 0.3 * row - 2, f"C{row}": row % 2}
        cells |= {f"D{row}": f"=$A$1*A{row}+$B$1*B{row}+$C$1", f"E{row}": f"=1/(1+EXP(-D{row}))"}
        cells |= {f"F{row}": f"=IF(E{row}>=0.5,1,0)", f"G{row}": f"=IF(F{row}=C{row},1,0)"}
    cells["G9"] = "=AVERAGE(G4:G8)"
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"F7": "=IF(E7<0.5,1,0)"}, tmp_path) == (3, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("pool", ["MAX", "AVERAGE"])
@pytest.mark.parametrize(("last", "code"), [(13, 0), (11, 3)])
def test_one_window_alone_takes_all_results(pool: str, last: int, code: int, tmp_path: Path) -> None:
    """Rule: of several windows the last results may be left out, as Keras does; of one, those were forgotten."""
    cells = dense(6) | {f"{column}15": f"={pool}({column}8:{column}{last})" for column in "IJ"}
    cells |= {"L1": 0.7, "L2": -0.3, "L3": 0.2, "L15": "=1/(1+EXP(-(I15*L1+J15*L2+L3)))"}
    assert answer(cells, tmp_path) == (code, set())


@pytest.mark.parametrize("pool", ["MAX", "AVERAGE"])
def test_a_window_that_pools_other_steps_is_found(pool: str, tmp_path: Path) -> None:
    """Rule: the largest or the mean of each window of results is a layer, in which one formula may be wrong."""
    cells: dict[str, object] = {"A4": 0.2, "B4": 0.5, "C4": -0.3, "A5": 0.05}
    for n, column in enumerate("ABCDEFGH"):
        after, last = chr(ord(column) + 1), chr(ord(column) + 2)
        cells |= {f"{column}2": 0.3 * n - 0.7 * (n % 3) + 0.2, f"{column}8": f"=MAX({column}7,0)"}
        cells[f"{column}7"] = f"={column}2*$A$4+{after}2*$B$4+{last}2*$C$4+$A$5"
    cells |= {"I2": 0.4, "J2": -0.5}
    cells |= {f"{c}9": f"={pool}({first}8:{last}8)" for c, first, last in ("AAB", "BCD", "CEF", "DGH")}

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"B9": f"={pool}(D8:E8)"}, tmp_path) == (1, {"B9"})


def _regression() -> dict[str, object]:
    """A linear unit over seven samples, its errors and squared errors, and what is computed from these."""
    cells: dict[str, object] = {"B1": 1.3, "D1": 0.2}
    for row in range(4, 11):
        cells |= {f"A{row}": 0.4 * row - 2.9, f"B{row}": 1.5 - 0.03 * row * row, f"C{row}": f"=$B$1*A{row}+$D$1"}
        cells |= {f"D{row}": f"=B{row}-C{row}", f"E{row}": f"=D{row}^2"}
    cells |= {"E12": "=SUM(E4:E10)", "E13": "=E12/COUNT(A4:A10)", "E14": "=SQRT(E13)"}
    return cells | {"E15": "=SUMPRODUCT(ABS(D4:D10))/7"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 0),
        ({"E13": "=E12/COUNT(A4:A9)"}, 3),
        ({"E12": "=SUM(E4:E9)"}, 3),
        ({"E15": "=SUMPRODUCT(ABS(D4:D9))/7"}, 3),
    ],
)
def test_errors_of_a_regression_are_measured_whole(change: dict[str, object], code: int, tmp_path: Path) -> None:
    """Rule: errors beside a network are no training of it; a sum or mean that leaves one out is no pass."""
    found = verdict(_regression() | change, tmp_path)
    assert (found.code, found.roots) == (code, set())
    assert "training" not in found.said


@pytest.mark.parametrize(("word", "code"), [("loss", 3), ("Verlust", 3), ("log-likelihood", 0)])
def test_a_loss_below_nothing_is_no_pass(word: str, code: int, tmp_path: Path) -> None:
    """Rule: a sum of logarithms is a likelihood; what is called a loss lacks its minus if none follows."""
    cells = {"A1": 0.9, "B1": -0.4, "C1": 0.1, "F3": word, "H3": "mean"}
    for row in range(4, 9):
        cells |= {f"A{row}": 0.5 * row - 3, f"B{row}": 0.3 * row, f"C{row}": row % 2}
        cells |= {f"D{row}": f"=$A$1*A{row}+$B$1*B{row}+$C$1", f"E{row}": f"=1/(1+EXP(-D{row}))"}
        cells[f"F{row}"] = f"=C{row}*LN(E{row})+(1-C{row})*LN(1-E{row})"
    assert answer(cells | {"F9": "=AVERAGE(F4:F8)"}, tmp_path) == (code, set())
    assert answer(cells | {"F9": "=-AVERAGE(F4:F8)"}, tmp_path) == (0, set())


def test_a_decision_in_words_that_differs_from_its_kin_is_no_pass(tmp_path: Path) -> None:
    """Rule: of decisions in a line that are alike but for one, that one has no verdict, and the check is incomplete."""
    cells: dict[str, object] = {"A1": 0.9, "B1": -0.4, "C1": 0.1}
    for row in range(4, 9):
        cells |= {f"A{row}": 0.5 * row - 3, f"B{row}": 0.3 * row - 2}
        cells |= {f"D{row}": f"=1/(1+EXP(-($A$1*A{row}+$B$1*B{row}+$C$1)))", f"E{row}": f'=IF(D{row}>0.5,"A","B")'}
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"E6": '=IF(D6<0.5,"A","B")'}, tmp_path, effort=4) == (3, set())
    assert answer(cells | {"E6": '=IF(D7>0.5,"A","B")'}, tmp_path, effort=4) == (3, set())
