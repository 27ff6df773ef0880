"""What nobody means by an edit, one rule after the other: what it says of a strange edit, and of one like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from equation_sheets import TOYS, answer, roots
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.arrangements.arrangement import Arrangement, Candidate
from xlcheck.handmade.edits.against_edits import (
    _computes_a_parameter,
    _copies_a_number,
    _makes_a_mean,
    _stands_still,
    _takes_an_activation_away,
    is_strange,
)
from xlcheck.handmade.edits.idle_under_edits import keeps_a_blank, takes_an_input_away
from xlcheck.handmade.edits.lines_under_edits import (
    breaks_a_window,
    reads_once,
    takes_a_loop_away,
    takes_an_addition_away,
)

_RNN, _ONE_SAMPLE = TOYS["rnn"], TOYS["one sample"]
_NEURON = {
    **{f"A{row}": 0.21 * row for row in range(1, 5)}, **{f"D{row}": 1.5 - row for row in range(1, 4)},
    "F1": "=1/(1+EXP(-(A1*D1+A2*D2+A3*D3+A4)))",
}  # fmt: skip
_TWICE = {"B6": "=TANH(A5*$A$1+B5*$B$1+$C$1)"}
"""A step that reads the input of the step before, as of a word that is looked up."""
_SHARED = {"D1": 0.123456, **{f"{own}{row}": f"=TANH(B{row}+$D$1)" for own in "FG" for row in (5, 6)}}
"""A number that formulas of two rows and two columns add."""

_ADDED = {
    "A1": 0.6,
    **{f"{column}2": 0.3 * n for n, column in enumerate("CDEF", 1)},
    "E3": "=E2*$A$1+C2",
    "F3": "=F2*$A$1+D2",
}
"""Two samples of a unit that adds what stands two columns before its input."""

_WINDOWS = {
    "A1": 0.3, "A2": -0.2, "A3": 0.7, "B3": 0.1,
    **{f"{column}{n}": 0.1 * n + by for n in range(5, 9) for column, by in (("B", 0.03), ("C", -0.4))},
    **{f"D{n}": f"=C{n}*$A$1+C{n + 1}*$A$2+C{n + 2}*$A$3" for n in (5, 6)},
}  # fmt: skip
"""A sum of three cells below one another, twice."""

_STEPS = {
    "A1": 0.3, "A2": -0.2, "A3": 0.7,
    **{f"{column}{n}": 0.1 * n + by for n in range(5, 9) for column, by in (("B", 0.03), ("C", -0.4))},
    **{f"{column}9": f"={column}5*$A$1+{column}6*$A$2+{column}7*$A$3" for column in "BC"},
}  # fmt: skip
"""The same with a column for each of two steps."""


_ERRORS = {
    "A1": 0.6, "A2": -0.3, "B1": 0.2, "B2": 0.7, "C1": -0.1, "C2": 0.4, "E1": 1.1, "E2": -0.8, "E3": 0.3,
    **{f"A{n}": 0.3 * n - 1.7 for n in range(5, 9)}, **{f"G{n}": 0.1 * n for n in range(5, 9)},
    **{f"{c}{n}": f"=TANH(A{n}*$A${k}+$B${k})" for n in range(5, 9) for c, k in (("B", 1), ("C", 2))},
    **{f"E{n}": f"=B{n}*$E$1+C{n}*$E$2+$E$3" for n in range(5, 9)},
    **{f"H{n}": f"=(E{n}-G{n})^2" for n in range(5, 9)},
}  # fmt: skip
"""A network of four samples, with targets in G and squared errors in H."""


def _without(columns: str) -> dict[str, str]:
    """The cells of `_ADDED` in some columns, without what they add."""
    return {f"{column}3": f"={column}2*$A$1" for column in columns}


def _edited(cells: Mapping[str, object], edit: Mapping[str, str], folder: Path) -> tuple[Candidate, Arrangement]:
    own, other = sheet(cells, folder), sheet({**cells, **edit}, folder)
    terms = {cell_at(name): own.terms.term_of(cell_at(name), text.removeprefix("=")) for name, text in edit.items()}
    return Candidate(
        {cell: term for cell, term in terms.items() if term is not None}, other.arrangement
    ), own.arrangement


@pytest.mark.parametrize(
    ("rule", "cells", "edit", "strange"),
    [
        (takes_an_input_away, _NEURON, {"F1": "=1/(1+EXP(-(A1*D1+A2*D1+A3*D3+A4)))"}, True),
        (takes_an_input_away, _NEURON, {"F1": "=1/(1+EXP(-(A1*D1+A2*D2+A3*D1+A4)))"}, False),
        (keeps_a_blank, _RNN | {"C7": "=1/(1+EXP(-(B7*$A$2+$B$2+E9)))"}, {"B6": "=TANH(A6*$A$1+$C$1)"}, True),
        (keeps_a_blank, _RNN, {"B6": "=TANH(A6*$A$1+$C$1)"}, False),
        (_makes_a_mean, _ERRORS | {"H9": "=AVERAGE(H5:H8)+2*STDEV(H5:H8)"}, {"H9": "=AVERAGE(H5:H8)"}, True),
        (_makes_a_mean, _ERRORS | {"H9": "=SUM(H5:H8)/3"}, {"H9": "=AVERAGE(H5:H8)"}, False),
        (_stands_still, _RNN, {"B6": "=TANH(A5*$A$1+B5*$B$1+$C$1)"}, True),
        (_stands_still, _RNN, {"B6": "=TANH(A6*$A$1+B4*$B$1+$C$1)"}, False),
        (_stands_still, _RNN | _TWICE, {"C7": "=1/(1+EXP(-(B7*$A$2+$B$1)))"}, False),
        (_copies_a_number, _RNN, {"A6": "=A5"}, True),
        (_copies_a_number, _RNN | {"A7": "=A5"}, {"A6": "=A5"}, False),
        (reads_once, _RNN | {"D1": 0.3}, {"B6": "=TANH(A6*$D$1+B5*$B$1+$C$1)"}, True),
        (reads_once, _RNN | {"D1": 0.3}, {f"B{n}": f"=TANH(A{n}*$D$1+B{n - 1}*$B$1+$C$1)" for n in (5, 6, 7)}, False),
        (takes_a_loop_away, _RNN, {"B7": "=TANH(A7*$A$1+A6*$B$1+$C$1)"}, True),
        (takes_a_loop_away, _RNN | {"D4": "=B4*2"}, {"B7": "=TANH(A7*$A$1+A6*$B$1+$C$1)"}, False),
        (takes_an_addition_away, _ADDED, _without("EF"), True),
        (takes_an_addition_away, _ADDED, _without("E"), False),
        (takes_an_addition_away, _ADDED | {"F3": "=F2*$A$1+C2"}, _without("EF"), False),
        (breaks_a_window, _WINDOWS, {f"D{n}": f"=B{n}*$A$1+C{n + 1}*$A$2+C{n + 2}*$A$3" for n in (5, 6)}, True),
        (breaks_a_window, _WINDOWS, {f"D{n}": f"=C{n}*$A$1+C{n + 1}*$A$2+C{n + 2}*$B$3" for n in (5, 6)}, False),
        (breaks_a_window, _WINDOWS, {f"D{n}": f"=B{n}*$A$1+B{n + 1}*$A$2+B{n + 2}*$A$3" for n in (5, 6)}, False),
        (breaks_a_window, _STEPS, {f"{x}9": f"={x}5*$A$1+{x}6*$A$2+{x}8*$A$3" for x in "BC"}, False),
        (_computes_a_parameter, _RNN | _SHARED, {"D1": "=A5*2"}, True),
        (_computes_a_parameter, _RNN | {**_SHARED, "F6": 1, "G6": 1}, {"D1": "=A5*2"}, False),
        (_takes_an_activation_away, _ONE_SAMPLE, {"G1": "=A1*D1+A2*D2+A5"}, True),
        (_takes_an_activation_away, _ONE_SAMPLE, {"G1": "=F1*2+A5"}, False),
    ],
    ids=[
        "an input between two others is left out", "the last input is left out",
        "a formula keeps a cell that is empty", "no formula reads an empty cell",
        "a limit above the mean of the losses", "a mean of too few losses",
        "two steps read one input", "a state of another step", "a word that was said twice before",
        "an input copied", "as others are",
        "a weight in one formula of a line", "a weight in all of them",
        "the state of the step before is left out", "what is no first value alone",
        "what two samples add alike", "what one of them adds", "what is added to one from elsewhere",
        "a window of two columns", "another weight for a window", "another window", "a column a step",
        "a number that all add", "a number that a row of formulas reads",
        "a sum in the place of an activation", "a sum of what the activation was of",
    ],
)  # fmt: skip
def test_what_nobody_means(
    rule: Callable[[Candidate, Arrangement], bool],
    cells: Mapping[str, object],
    edit: Mapping[str, str],
    strange: bool,
    tmp_path: Path,
) -> None:
    """Rule: an edit that does it is strange, whatever speaks for it; one that only looks so is not, by this rule."""
    candidate, base = _edited(cells, edit, tmp_path)

    assert rule(candidate, base) is strange
    assert is_strange(candidate, base) or not strange


@pytest.mark.keras
def test_the_first_input_of_a_network_that_is_fed_its_answers_is_fetched(tmp_path: Path) -> None:
    """Rule: who fetches a typed number right above fetched answers computes none there.

    One unit reads the true values beside it, and once more, to the right, what it answered a step before.
    """
    cells: dict[str, object] = {"B1": 0.9, "B2": 0.5, "B3": 0.05, "B4": 1.1, "B5": -0.02, "E9": 0, "I9": 0}
    cells |= {f"C{row}": value for row, value in enumerate((0.1, 0.35, 0.6, 0.72, 0.6, 0.3, 0.05), 9)}
    for row in range(10, 16):
        cells |= {f"D{row}": f"=C{row - 1}", f"H{row}": f"=J{row - 1}" if row > 10 else "=C9"}
        for read, state, output, error in (("D", "E", "F", "G"), ("H", "I", "J", "K")):
            cells[f"{state}{row}"] = f"=TANH($B$1*{read}{row}+$B$2*{state}{row - 1}+$B$3)"
            cells[f"{output}{row}"] = f"=$B$4*{state}{row}+$B$5"
            cells[f"{error}{row}"] = f"=({output}{row}-$C{row})^2"
    cells |= {"G17": "=AVERAGE(G10:G15)", "K17": "=AVERAGE(K10:K15)"}

    assert roots(cells, tmp_path) == set()


def test_a_step_that_no_window_reaches_is_no_input_of_what_pools_them(tmp_path: Path) -> None:
    """Rule: windows that go on by two leave the last result out; a bias behind their maximum is none of its weights."""
    cells: dict[str, object] = {"I1": 0.8, "J1": -0.5, "I2": 0.1, "I3": 0.4, "J3": 0.9, "K3": -0.7, "I4": -0.05}
    cells |= {"I5": 1.2, "J5": 0.3}
    for row, x in enumerate((-0.36, 1.2, 1.4, 0.32, 0.41, -0.49, -0.91, -0.9, -1, 0.93), 2):
        cells[f"B{row}"] = x
    for row in range(2, 10):
        cells |= {f"C{row}": f"=B{row}*$I$1+B{row + 2}*$J$1+$I$2", f"D{row}": f"=MAX(0,C{row})"}
    cells |= {f"E{row}": f"=D{row}*$I$3+D{row + 1}*$J$3+D{row + 2}*$K$3+$I$4" for row in (2, 4, 6)}
    cells |= {"I8": "=MAX(E2:E6)", "I9": "=1/(1+EXP(-(I8*I5+J5)))"}
    assert not answer(cells, tmp_path)[1]


def test_most_of_a_line_are_not_what_fewer_others_are(tmp_path: Path) -> None:
    """Rule: states of two directions are multiplied at three words and added at one; the three are not blamed."""
    cells: dict[str, object] = {
        "I2": 0.9,
        "I3": -0.4,
        "I4": 0.1,
        "I5": 1.8,
        "I6": -0.3,
        "J2": -0.7,
        "J3": 0.6,
        "J4": 0.2,
    }
    for row, x in enumerate((0.5, -1.2, 0.8, 0.3), 2):
        cells |= {f"B{row}": x, f"C{row}": f"=TANH($I$2*B{row}{f'+$I$3*C{row - 1}' if row > 2 else ''}+$I$4)"}
        cells |= {f"D{row}": f"=TANH($J$2*B{row}+$J$3*D{row + 1}+$J$4)", f"E{row}": f"=C{row}*D{row}"}
        cells[f"F{row}"] = f"=1/(1+EXP(-($I$5*E{row}+$I$6)))"
    assert answer(cells | {"E4": "=C4+D4"}, tmp_path)[1] <= {"E4"}


def test_of_two_samples_side_by_side_the_one_without_a_bias_is_wrong(tmp_path: Path) -> None:
    """Rule: the weights of one are laid out as those of the other are, and the other reads no result of the first."""
    cells: dict[str, object] = {"B1": 0.4, "C1": -0.7, "D1": 0.1, "B2": 0.9, "C2": 0.3, "D2": -0.2}
    cells |= {"B8": 1.9, "C8": -1.2, "B9": -0.3, "G2": 0.746, "H2": 0.778, "L2": 0.957, "M2": 0.903}
    for left, right in ("GH", "LM"):
        for unit, column in enumerate((left, right), 1):
            cells[f"{column}4"] = f"=TANH($B${unit}*{left}2+$C${unit}*{right}2+$D${unit})"
        cells[f"{left}5"] = f"=1/(1+EXP(-($B$8*{left}4+$C$8*{right}4+$B$9)))"
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"L5": "=1/(1+EXP(-($B$8*L4+$C$8*M4)))"}, tmp_path) == (1, {"L5"})
