"""Each thing that leaves the check of a training incomplete, where it is the only one that does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer as answer_of, verdict
from training_sheets import (
    DATA,
    FIRST,
    LAST,
    ROWS,
    Cells,
    judged,
    line,
    roots,
    trained,
    training,
    with_gradients,
)

from fixtures.handmade.drawn.score import answer
from xlcheck.verdicts.report import CellResult, Status

pytestmark = pytest.mark.keras


def _judged(cells: Mapping[str, object], path: Path) -> tuple[int, set[Status]]:
    """How many gaps there are that no cell shows, and what became of the cells that are not simply right."""
    found = judged(cells, path)
    return found.without_cell, {result.status for result in found.results}


def _numbers() -> Cells:
    """The numbers of the steps, which nothing reads."""
    return {f"N{row}": row - FIRST for row in ROWS}


def _falling() -> Cells:
    """With gradients, and a rate that falls with the number of the step."""
    numbers = {f"M{row}": row - FIRST + 1 for row in ROWS}
    return with_gradients() | numbers | {f"A{row}": f"=0.5*0.9^(M{row}-1)" for row in ROWS}


def _along_a_cosine() -> Cells:
    """With gradients, and a rate that falls along half a wave of eight steps."""
    numbers = {f"M{row}": row - FIRST for row in ROWS} | {"A2": 0.5, "A3": 8}
    return with_gradients() | numbers | {f"A{row}": f"=$A$2*0.5*(1+COS(PI()*M{row}/$A$3))" for row in ROWS}


def _kept(kernels: str, biases: str) -> Cells:
    """With gradients, a share in C1 and movements in N to P, which begin with zeros; each kind moves by a formula."""
    cells = with_gradients() | {"C1": 0.9}
    for weight, gradient, kept in zip("EFG", "JKL", "NOP", strict=True):
        cells[f"{kept}{FIRST - 1}"] = 0
        for row in ROWS:
            cells[f"{kept}{row}"] = f"=$C$1*{kept}{row - 1}-A{row}*{gradient}{row}"
        for row in ROWS[1:]:
            by = biases if weight == "G" else kernels
            cells[f"{weight}{row}"] = by.format(
                f"{weight}{row - 1}", f"{kept}{row - 1}", f"A{row - 1}*{gradient}{row - 1}"
            )
    return cells


_MOMENTUM, _NESTEROV = "={0}+{1}", "={0}+$C$1*{1}-{2}"


_GAPS: dict[str, tuple[Cells, Cells]] = {
    "a weight that stays from some step on": (
        with_gradients(), {f"E{row}": f"=E{row - 1}" for row in (LAST - 1, LAST)},
    ),
    "a weight that is typed anew at each step": (
        line(), {f"G{row}": round(0.2 + 0.01 * row, 2) for row in ROWS[1:]} | {f"H{LAST}": None, f"I{LAST}": None},
    ),
    "a weight that moves by the rate of the step before": (
        line(), {f"F{row}": f"=F{row - 1}-A{row - 2}*(H{row - 1}-D{row - 1})*C{row - 1}" for row in ROWS[2:]},
    ),
    "losses that are all typed": (with_gradients(), {f"I{row}": 0.01 + 0.001 * row for row in ROWS}),
    "a falling rate that reads the number of the next step": (
        _falling(), {f"A{row}": f"=0.5*0.9^(M{min(row + 1, LAST)}-1)" for row in ROWS[:-1]},
    ),
    "a gradient that the last step leaves out": (with_gradients(), {f"K{LAST}": None}),
    "targets computed from another row": (
        line(), {f"D{row}": f"=2*B{min(row + 1, LAST)}+1" for row in ROWS},
    ),
    "an input typed among looked-up ones": (
        line() | {f"Data!B{row}": own[0] for row, own in zip(ROWS, DATA, strict=True)},
        {f"B{row}": f"=Data!B{row}" for row in ROWS[1:]},
    ),
    "biases by momentum, and kernels by Nesterov's": (_kept(_NESTEROV, _NESTEROV), _kept(_NESTEROV, _MOMENTUM)),
    "a bias that is handed on and that no output reads": (
        with_gradients(), {f"N{row}": 0.3 if row == FIRST else f"=N{row - 1}" for row in ROWS},
    ),
    "answers that nothing reads": (
        with_gradients(), {f"N{row}": row % 2 for row in ROWS},
    ),
    "outputs compared with inputs beside whole numbers": (
        with_gradients() | {f"N{row}": row for row in ROWS},
        {f"{cell}{row}": text.format(row) for row in ROWS for cell, text in
         {"I": "=0.5*(H{0}-C{0})^2", "J": "=(H{0}-C{0})*B{0}", "K": "=(H{0}-C{0})*C{0}", "L": "=H{0}-C{0}"}.items()}
        | {f"D{row}": None for row in ROWS},
    ),
    "a target that is the copy of an input": (
        line() | {f"Data!{c}{r}": own[k] for r, own in zip(ROWS, DATA, strict=True) for k, c in enumerate("BCD")}
        | {f"{c}{r}": f"=Data!{c}{r}" for r in ROWS for c in "BCD"}, {f"D{FIRST + 2}": f"=Data!C{FIRST + 2}"},
    ),
    "one of the last weights shown twice": (
        with_gradients()
        | {f"{c}{LAST + 1}": f"={c}{LAST}-A{LAST}*{g}{LAST}" for c, g in zip("EFG", "JKL", strict=True)}
        | {f"{c}{LAST + 3}": f"={c}{LAST + 1}" for c in "EFG"}, {f"G{LAST + 3}": f"=F{LAST + 1}"},
    ),
    "inputs pasted beside the data": (line(), {f"Data!B{row}": own[0] for row, own in zip(ROWS, DATA, strict=True)}),
}  # fmt: skip


@pytest.mark.parametrize(("other", "gaps"), [("Q{0}/$R$1", 0), ("Q{0}", 1)])
def test_soft_targets_are_scaled_alike_or_no_pass(other: str, gaps: int, tmp_path: Path) -> None:
    """Rule: a share of two exponentials of which one alone is taken over a temperature is no share of a softmax."""
    cells = line() | {"R1": 2}
    for row in ROWS:
        cells |= {f"P{row}": 0.3 * row - 1, f"Q{row}": 1.7 - 0.4 * row}
        cells[f"D{row}"] = f"=EXP(P{row}/$R$1)/(EXP(P{row}/$R$1)+EXP({other.format(row)}))"

    assert _judged(cells, tmp_path / "a.xlsx")[0] == gaps


def _learning_its_inputs(targets: str) -> Cells:
    """A row a step: two inputs, a weight from each to either output and two biases; the columns of the two targets."""
    cells: Cells = {"A1": 0.2}
    for row, (one, other, first) in zip(ROWS, DATA, strict=True):
        before = row - 1
        cells |= {f"B{row}": one, f"C{row}": other, f"D{row}": first}
        for weight, x, error, start in zip("EFGHIJ", "BCBC  ", "MMNNMN", (0.8, -0.4, 0.3, 0.5, 0.1, -0.2), strict=True):
            times = f"*{x}{before}" if x != " " else ""
            cells[f"{weight}{row}"] = start if row == FIRST else f"={weight}{before}-$A$1*{error}{before}{times}"
        cells[f"K{row}"] = f"=E{row}*B{row}+F{row}*C{row}+I{row}"
        cells[f"L{row}"] = f"=G{row}*B{row}+H{row}*C{row}+J{row}"
        cells |= {f"{e}{row}": f"={o}{row}-{t}{row}" for e, o, t in zip("MN", "KL", targets, strict=True)}
    return cells


@pytest.mark.parametrize(("targets", "gaps"), [("BC", 0), ("DC", 1)])
def test_a_target_that_is_an_input_is_no_pass_unless_all_are(targets: str, gaps: int, tmp_path: Path) -> None:
    """Rule: an autoencoder learns all of its inputs; who learns one beside something else is told the answer."""
    cells = _learning_its_inputs(targets)
    cells = {cell: own for cell, own in cells.items() if not (gaps == 0 and cell.startswith("D"))}

    assert _judged(cells, tmp_path / "a.xlsx") == (gaps, set())


@pytest.mark.parametrize(
    "cells",
    [
        line(),
        with_gradients(),
        _falling(),
        _along_a_cosine(),
        _kept(_NESTEROV, _NESTEROV),
        with_gradients() | _numbers(),
    ],
    ids=[
        "in the updates",
        "with gradients",
        "a falling rate",
        "a rate along a cosine",
        "by Nesterov's momentum",
        "with the numbers of the steps",
    ],
)
def test_a_right_training_has_no_gap(cells: Cells, tmp_path: Path) -> None:
    """Rule: where every weight moves by its gradient, nothing is open."""
    assert _judged(cells, tmp_path / "w.xlsx") == (0, set())


def test_a_rate_along_another_wave_is_not_known(tmp_path: Path) -> None:
    """Rule: half a cosine is a schedule, a sine is none; and a step that is counted as the next one is wrong."""
    sine = {f"A{row}": f"=$A$2*0.5*(1+SIN(PI()*M{row}/$A$3))" for row in ROWS}
    assert answer_of(_along_a_cosine() | sine, tmp_path) == (3, set())
    next_one = {f"A{FIRST + 1}": f"=$A$2*0.5*(1+COS(PI()*M{FIRST + 2}/$A$3))"}
    assert answer_of(_along_a_cosine() | next_one, tmp_path) == (1, {*next_one})


@pytest.mark.parametrize("what", _GAPS)
def test_each_gap_alone_keeps_a_training_from_passing(what: str, tmp_path: Path) -> None:
    """Rule: what no formula's own verdict shows is counted as a gap, and nobody is blamed for it."""
    cells, change = _GAPS[what]
    gaps, statuses = _judged(cells | change, tmp_path / "w.xlsx")
    assert gaps > 0
    assert statuses <= {Status.UNBOUND}


def test_predictions_from_targets_blame_no_gradient(tmp_path: Path) -> None:
    """Rule: where outputs are computed from what they are compared with, the gradients may be the right ones."""
    cells = {f"H{row}": f"=E{row}*D{row}+F{row}*C{row}+G{row}" for row in ROWS}
    _, statuses = _judged(with_gradients() | cells, tmp_path / "w.xlsx")
    assert statuses == {Status.NOT_EVALUATED}


@pytest.mark.parametrize("change", [{}, {("E", 0): 0.3}])
def test_a_number_between_the_results_of_a_single_step_is_no_pass(
    change: dict[tuple[str, int], str | float], tmp_path: Path
) -> None:
    """Rule: a number that nothing reads was typed over a formula if it stands between two of them."""
    path = training(tmp_path / "w.xlsx", 1, change)
    found = trained(path)
    assert found is not None
    assert found.without_cell == len(change)
    assert {result.status for result in found.results} <= {Status.UNBOUND}


def test_a_gradient_is_missing_where_inputs_stand_for_weights() -> None:
    """Rule: one unit and one step do not tell inputs from weights; all that flow back into either are wanted."""
    found = answer(32024, (1,), "training")

    assert (found.passed, found.false, found.error) == (False, (), "")


def test_losses_of_the_next_step_are_no_pass() -> None:
    """Rule: what stands in a line of steps is that of one step after the other; here the last two are the same."""
    found = answer(3066, (1,), "training")

    assert found.roots == ("Training!AA6", "Training!Z6")
    assert (found.passed, found.false, found.error) == (False, (), "")


@pytest.mark.parametrize(("seed", "kind"), [(4050, "training"), (4053, "training"), (8021, "epochs")])
def test_what_may_have_been_meant_otherwise_blames_no_update(seed: int, kind: str) -> None:
    """Rule: where a weight that moves is read by no unit, or weights shrink besides, a miss may be somebody else's."""
    found = answer(seed, (1,), kind)

    assert (found.passed, found.false, found.error) == (False, (), "")


def test_a_loss_that_reads_another_target_is_no_pass(tmp_path: Path) -> None:
    """Rule: a formula that computes with what is right, and that nobody knows, gets no verdict in any spelling."""
    change = {f"I{row}": f"=(H{row}-E{row})^2" for row in ROWS[1:]}
    assert _judged(with_gradients() | change, tmp_path / "w.xlsx") == (0, {Status.NOT_EVALUATED})


@pytest.mark.parametrize("bias", ["$G$2", "G{0}"])
def test_a_bias_that_nobody_trains(bias: str, tmp_path: Path) -> None:
    """Rule: a bias that all steps read in one cell may stay what it is; one that is copied down may lack its update."""
    cells = with_gradients() | {"G2": 0.15} | {f"{c}{row}": None for c in "GL" for row in ROWS}
    cells |= {f"G{row}": "=G2" if row == ROWS[0] else f"=G{row - 1}" for row in ROWS} if "{" in bias else {}
    cells |= {f"H{row}": f"=E{row}*B{row}+F{row}*C{row}+{bias.format(row)}" for row in ROWS}
    cells |= {f"L{row}": f"=H{row}-D{row}" for row in ROWS}
    cells |= {f"J{row}": f"=L{row}*B{row}" for row in ROWS} | {f"K{row}": f"=L{row}*C{row}" for row in ROWS}

    found = judged(cells, tmp_path / "w.xlsx")

    assert not any(result.status in {Status.ROOT, Status.CARRIED} for result in found.results)
    assert (found.without_cell > 0) == ("{" in bias)


@pytest.mark.parametrize(("cell", "wrong"), [("K5", "2*"), ("E6", "1.01*")])
def test_a_formula_that_nobody_understands_is_blamed_for_its_number(cell: str, wrong: str, tmp_path: Path) -> None:
    """Rule: one that gives what it should is no mistake, however it is written; with another number it is."""
    cells = with_gradients()
    text = str(cells[cell]).removeprefix("=")
    right = judged({**cells, cell: f"=MEDIAN(-99999,-99998,{text},99998,99999)"}, tmp_path / "right.xlsx")
    changed = judged({**cells, cell: f"=MEDIAN(-99999,-99998,{wrong}({text}),99998,99999)"}, tmp_path / "wrong.xlsx")

    statuses = {own.cell: own.status for own in right.results if isinstance(own, CellResult)}
    assert statuses[cell] is Status.NOT_EVALUATED
    assert not {Status.ROOT, Status.CARRIED} & {*statuses.values()}
    assert roots(changed) == [cell]


@pytest.mark.parametrize(("times", "rate", "is_open"), [("2*", "", False), ("", "", True), ("", "0.1*", False)])
def test_gradients_of_a_loss_of_another_size(times: str, rate: str, is_open: bool, tmp_path: Path) -> None:
    """Rule: where nothing is updated, no rate makes up for a 2 that was left out."""
    cells: Cells = {"A1": 0.7, "A2": 0.4, "B1": 0.5, "B2": -0.3, "B3": 0.9, "B4": 0.2}
    cells |= {"C1": "=1/(1+EXP(-(B1*A1+B2)))", "C2": "=1/(1+EXP(-(B3*C1+B4)))", "C3": "=(C2-A2)^2"}
    cells |= {"D1": f"={times}(C2-A2)", "D2": "=D1*C2*(1-C2)", "D3": "=D2*C1", "D4": "=D2*B3*C1*(1-C1)", "D5": "=D4*A1"}
    cells |= (
        {"E1": f"=B1-{rate}D5", "E2": f"=B2-{rate}D4", "E3": f"=B3-{rate}D3", "E4": f"=B4-{rate}D2"} if rate else {}
    )
    assert _judged(cells, tmp_path / "w.xlsx") == (int(is_open), set())


@pytest.mark.parametrize(
    ("wrong", "count"), [({}, 0), ({"D1": "=B2*B1"}, 1), ({"D3": "=B6*D2"}, 1), ({"B3": 0.4, "B8": 0.1}, 0)]
)
def test_a_bias_that_nobody_reads_leaves_a_step_open(wrong: Cells, count: int, tmp_path: Path) -> None:
    """Rule: a number near the weights that no formula reads may be one that was forgotten, unless it is a rate."""
    words = ("x", "w1", "b1", "", "t", "w2", "b2", "lr")
    cells: Cells = {f"A{row}": word for row, word in enumerate(words, start=1) if word}
    cells |= {"B1": 0.6, "B2": 0.5, "B3": 0.1, "B5": 0.9, "B6": -0.8, "B7": 0.2}
    cells |= {"D1": "=B2*B1+B3", "D2": "=1/(1+EXP(-D1))", "D3": "=B6*D2+B7", "D4": "=1/(1+EXP(-D3))"}
    cells |= {"D5": "=(D4-B5)^2", "D6": "=2*(D4-B5)", "D7": "=D4*(1-D4)", "D8": "=D6*D7", "D9": "=D8*D2"}
    cells |= {"D10": "=D2*(1-D2)", "D11": "=D8*B6*D10", "D12": "=D11*B1"}
    found = judged(cells | wrong, tmp_path / "w.xlsx")

    assert len([why for why in found.gaps if "stands beside the weights and is read by no formula" in why]) == count
    assert not any(isinstance(own, CellResult) and own.status is Status.ROOT for own in found.results)


def test_two_trainings_side_by_side_have_a_rate_each(tmp_path: Path) -> None:
    """Rule: what the last step would move its weights by is so with the rate of the step before it, not of others."""
    cells: Cells = {"C1": 0.1, "L1": 0.8}
    for x, t, w, b, y, e, dw, db, rate in ("ABCDEFGH" + "C", "JKLMNOPQ" + "L"):
        for row, given, wanted in zip(range(3, 7), (1, 2, 0.5, 3), (0, 1, 0, 1), strict=True):
            before = row - 1
            cells |= {f"{x}{row}": given, f"{t}{row}": wanted, f"{w}{row}": f"={w}{before}+{dw}{before}"}
            cells |= {f"{b}{row}": f"={b}{before}+{db}{before}", f"{e}{row}": f"={t}{row}-{y}{row}"}
            cells[f"{y}{row}"] = f"=1/(1+EXP(-({x}{row}*{w}{row}+{b}{row})))"
            cells[f"{db}{row}"] = f"=${rate}$1*{e}{row}*{y}{row}*(1-{y}{row})"
            cells[f"{dw}{row}"] = f"{cells[f'{db}{row}']}*{x}{row}"
        cells |= {f"{w}3": 0.4, f"{b}3": -0.1}
    assert _judged(cells, tmp_path / "w.xlsx") == (0, set())
    assert _judged(cells | {"P6": "=$C$1*O6*N6*(1-N6)*J6"}, tmp_path / "v.xlsx") != (0, set())


def _through_time(weights: str = "wub") -> dict[str, object]:
    """One step of gradient descent on a unit over three steps with a loss behind the last one; v has no new value."""
    cells: dict[str, object] = {"B1": 0.6, "B2": -0.4, "B3": 0.15, "B4": 1.1, "B5": 0.3, "B6": 0.2, "D9": 0}
    for row, number in zip((10, 11, 12), (0.8, -0.35, 0.5), strict=True):
        cells |= {f"A{row}": number, f"C{row}": f"=$B$1*A{row}+$B$2*D{row - 1}+$B$3", f"D{row}": f"=TANH(C{row})"}
        cells[f"E{row}"] = "=B16*B4" if row == 12 else f"=F{row + 1}*$B$2"
        cells |= {f"F{row}": f"=E{row}*(1-D{row}^2)", f"G{row}": f"=F{row}*A{row}", f"H{row}": f"=F{row}*D{row - 1}"}
        cells[f"I{row}"] = f"=F{row}"
    cells |= {f"{column}13": f"=SUM({column}10:{column}12)" for column in "GHI"}
    cells |= {"B14": "=B4*D12", "B15": "=0.5*(B14-B5)^2", "B16": "=B14-B5", "B17": "=B16*D12"}
    for name, column, row in zip("wub", "GHI", (1, 2, 3), strict=True):
        cells |= {f"{column}18": f"=B{row}-$B$6*{column}13"} if name in weights else {}
    return cells


def test_a_weight_whose_new_value_stands_nowhere_is_no_weight_that_stays(tmp_path: Path) -> None:
    """Rule: a new value that nobody shows is missing and not wrong; a copy of the old one beside new ones may be."""
    found = verdict(_through_time(), tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert verdict(_through_time() | {"J18": "=B4"}, tmp_path).code != 0


@pytest.mark.parametrize(("heading", "gaps"), [("p - y", 0), ("(p-y)/n", 1), ("(p - y) / n", 1)])
def test_what_is_called_divided_and_is_not_is_open(heading: str, gaps: int, tmp_path: Path) -> None:
    """Rule: a formula that lacks what its heading says is no pass, be it that the rate makes up for it."""
    part = judged(with_gradients() | {"L3": heading}, tmp_path / "w.xlsx")
    assert [own for own in part.gaps if "is called divided by the number of samples" in own][:1] == [*part.gaps][:gaps]
