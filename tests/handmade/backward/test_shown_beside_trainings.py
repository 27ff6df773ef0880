"""What is shown beside a training with fewer digits or on another scale, and what only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import DATA, LAST, ROWS, Cells, filled, judged, with_gradients

from xlcheck.api import check
from xlcheck.verdicts.report import CellResult, Status

pytestmark = pytest.mark.keras

_PER_CENT: Cells = {f"N{row}": f"=H{row}*100" for row in ROWS}
_TURNS: Cells = {f"N{row}": f"=-E{row}/F{row}" for row in ROWS}
_ENDS: Cells = {"N19": f"=AVERAGE(I{ROWS[0]}:I{ROWS[1]})", "N20": f"=AVERAGE(I{LAST - 1}:I{LAST})"}
_SHOWN: dict[str, Cells] = {
    "an output with two digits": {"N12": "=ROUND(H8,2)"},
    "all outputs with two digits": {f"N{row}": f"=ROUND(H{row},2)" for row in ROWS},
    "the last weights": {"N12": "=ROUND(E8,3)", "O12": "=ROUND(F8,3)", "P12": "=ROUND(G8,3)"},
    "an output in per cent": {"N12": "=H8*100"},
    "all outputs in per cent": _PER_CENT,
    "the loss in per cent": {f"N{row}": f"=100*(H{row}-D{row})^2/2" for row in ROWS},
    "the root of a loss": {"N12": f"=SQRT((H{LAST}-D{LAST})^2)", "N13": f"=SQRT(SUMSQ(H{LAST}-D{LAST}))"},
    "where a line goes down": _TURNS,
    "where it begins": {f"N{row}": f"=-G{row}/F{row}" for row in ROWS},
    "nothing where it is divided by 0": {f"N{row}": f'=IF(F{row}=0,"",-G{row}/F{row})' for row in ROWS} | {"F4": 0},
    "by how much the loss falls from step to step": {f"N{row}": f"=I{row - 1}-I{row}" for row in ROWS[1:]},
    "by how much it falls in all": {"N12": f"=I{ROWS[0]}-I{LAST}", "N13": f"=I{LAST}/I{ROWS[0]}-1"},
    "by how much a mean of the first steps falls, above them": {
        "N2": "=ROUND(100*(N20/N19-1),1)",
        "O2": "=N19-N20",
    }
    | _ENDS,
    "a mean with two digits": {"N12": f"=ROUND(AVERAGE(I{ROWS[0]}:I{LAST}),2)"},
    "decisions, and the share that is right": {f"N{row}": f"=IF(H{row}>=0,1,-1)" for row in ROWS}
    | {f"O{row}": f"=IF(N{row}=D{row},1,0)" for row in ROWS}
    | {f"D{row}": (-1) ** row for row in ROWS}
    | {"P2": f"=SUM(O{ROWS[0]}:O{LAST})/COUNT(O{ROWS[0]}:O{LAST})"},
    "the best line": {f"X{row}": 2 * own[2] for row, own in zip(ROWS, DATA, strict=True)}
    | {f"D{row}": f"=X{row}/2" for row in ROWS}
    | {"N20": "=SLOPE(D4:D8,B4:B8)", "N21": "=INTERCEPT(D4:D8,B4:B8)"},
}


def _statuses(cells: Cells, path: Path) -> dict[str, Status]:
    part = judged(with_gradients() | cells, path)
    return {own.cell: own.status for own in part.results if isinstance(own, CellResult)}


@pytest.mark.parametrize("what", _SHOWN)
def test_what_is_only_shown_keeps_nothing_open(what: str, tmp_path: Path) -> None:
    """Rule: a number of a training that a formula shows otherwise, and with which no formula goes on, is no mistake."""
    assert set(_statuses(_SHOWN[what], tmp_path / "w.xlsx").values()) <= {Status.UNBOUND}


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({f"J{LAST}": f"=ROUND((H{LAST}-D{LAST})*B{LAST},3)"}, f"J{LAST}"),
        ({f"L{LAST}": f"=ROUND(H{LAST}-D{LAST},3)"}, f"L{LAST}"),
        ({f"N{row}": f"=H{row}" for row in ROWS} | {f"N{LAST}": f"=ROUND(H{LAST},2)"}, f"N{LAST}"),
    ],
)
def test_what_is_computed_is_not_rounded(cells: Cells, wrong: str, tmp_path: Path) -> None:
    """Rule: a formula that computes something, or stands in a line of formulas that do not round, is no such number."""
    assert _statuses(cells, tmp_path / "w.xlsx") == {wrong: Status.ROOT}


def test_what_others_go_on_with_is_not_rounded(tmp_path: Path) -> None:
    """Rule: the rounded number of another cell is wrong where a formula computes with it."""
    assert _statuses({"N12": "=ROUND(H8,2)", "P20": "=N12-D8"}, tmp_path / "w.xlsx")["N12"] is Status.ROOT


def test_one_of_a_line_that_shows_otherwise_is_no_pass(tmp_path: Path) -> None:
    """Rule: where one formula of several in line has another scale, or computes with what is shown, both are open."""
    odd = _statuses(_PER_CENT | {f"N{LAST}": f"=H{LAST}*10"}, tmp_path / "w.xlsx")
    assert odd[f"N{LAST}"] is odd[f"N{LAST - 1}"] is Status.NOT_EVALUATED
    read = _statuses({"N12": "=H8*100", "N13": "=N12*H7"}, tmp_path / "v.xlsx")
    assert read["N12"] is Status.NOT_EVALUATED


@pytest.mark.parametrize(
    "odd",
    [
        _TURNS | {"N6": "=-E6/F5"},
        _TURNS | {"N6": "=E6/F6"},
        {"N20": "=SLOPE(H4:H8,B4:B8)"},
        {"N20": "=I4-I6"},
        {"N20": "=I5+I6"},
        _ENDS | {"N21": "=100*(N19/N20-1)"},
        _ENDS | {"N21": "=100*(N20/I4-1)"},
        _ENDS | {"N21": "=10*(N20/N19-1)"},
    ],
    ids=[
        "a weight of the step before",
        "another sign",
        "the line of the outputs",
        "steps apart",
        "a sum of two",
        "the later mean first",
        "a mean and a loss",
        "tenths",
    ],
)
def test_what_is_shown_otherwise_is_open(odd: Cells, tmp_path: Path) -> None:
    """Rule: a line that is not the one of its step, and what is computed with results, gets no pass."""
    assert Status.NOT_EVALUATED in _statuses(odd, tmp_path / "w.xlsx").values()


@pytest.mark.parametrize(
    ("formula", "status"),
    [
        ("=0.5*E8-1.5*F8+G8", None),
        ("=0.5*E8-1.5*F7+G8", Status.NOT_EVALUATED),
        ("=0.5*E8-1.5*F8-G8", Status.NOT_EVALUATED),
        ("=0.5*E8-1.5*F8+2*G8", Status.NOT_EVALUATED),
        ("=0.5*E8-1.5*F8", Status.NOT_EVALUATED),
        ("=TANH(0.5*E8-1.5*F8+G8)", Status.NOT_EVALUATED),
    ],
    ids=["right", "a weight of the step before", "a threshold", "two biases", "no bias", "another activation"],
)
def test_an_answer_to_inputs_that_are_typed_in_a_formula(formula: str, status: Status | None, tmp_path: Path) -> None:
    """Rule: what a network gives, with its last weights, of numbers that are typed into the formula is followed."""
    assert _statuses({"N30": formula}, tmp_path / "w.xlsx").get("N30") is status


@pytest.mark.parametrize(
    ("formula", "status"),
    [
        ("=-($E$8*Y{0}+$G$8)/$F$8", None),
        ("=-($F$8*Y{0}+$G$8)/$E$8", Status.NOT_EVALUATED),
        ("=-($E$8*Y{0}+$G$8)/$E$8", Status.NOT_EVALUATED),
        ("=-($E$8*Y{0}-$G$8)/$F$8", Status.NOT_EVALUATED),
        ("=-($E$8*Y{0}+$G$7)/$F$8", Status.NOT_EVALUATED),
        ("=-($E$7*Y{0}+$G$7)/$F$7", Status.NOT_EVALUATED),
        ("=-($E$8*H{0}+$G$8)/$F$8", Status.NOT_EVALUATED),
    ],
    ids=["right", "turned", "the first weight twice", "a sign", "an old bias", "old weights", "of a result"],
)
def test_the_line_between_two_answers(formula: str, status: Status | None, tmp_path: Path) -> None:
    """Rule: where the last weights give 0, the second input follows from the first, which is typed before it."""
    cells: Cells = {f"Y{row}": row / 2 for row in ROWS} | {f"Z{row}": formula.format(row) for row in ROWS}
    assert _statuses(cells, tmp_path / "w.xlsx").get(f"Z{LAST}") is status


def test_a_line_that_is_turned_round_is_open(tmp_path: Path) -> None:
    """Rule: the first input stands before the second, as both do in the samples."""
    cells: Cells = {f"Z{row}": row / 2 for row in ROWS} | {f"Y{row}": f"=-($E$8*Z{row}+$G$8)/$F$8" for row in ROWS}
    assert _statuses(cells, tmp_path / "w.xlsx")[f"Y{LAST}"] is Status.NOT_EVALUATED


def test_the_loss_of_a_round_in_which_samples_come_in_another_order(tmp_path: Path) -> None:
    """Rule: it is the mean over the steps of one round, told by a number, if the same samples come in all of these."""
    cells, order = (
        {"A1": "rate"} | {f"{c}4": w for c, w in zip("EFG", (0.8, -0.4, 0.2), strict=True)},
        (0, 1, 2, 2, 0, 1),
    )
    for row, sample in enumerate(order, 4):
        cells |= {f"{c}{row}": x for c, x in zip("BCD", DATA[sample], strict=True)} | {f"A{row}": 0.1}
        cells |= {f"P{row}": 1 + (row > 6), f"H{row}": f"=E{row}*B{row}+F{row}*C{row}+G{row}"}
        cells |= {f"I{row}": f"=0.5*(H{row}-D{row})^2"}
        factors = {"E": f"*B{row}", "F": f"*C{row}", "G": ""}
        cells |= {f"{w}{row + 1}": f"={w}{row}-A{row}*(H{row}-D{row}){x}" for w, x in factors.items()}

    def status(formula: str, name: str, instead: Cells | None = None) -> Status | None:
        part = judged({**cells, "R4": formula, **(instead or {})}, tmp_path / name)
        return {own.cell: own.status for own in part.results if isinstance(own, CellResult)}.get("R4")

    errors: Cells = {f"J{row}": f"=H{row}-D{row}" for row in range(4, 10)}
    assert status("=SUMSQ(J7:J9)/2", "errors.xlsx", errors) is None
    assert status("=SUMSQ(J6:J9)/2", "four.xlsx", errors) is Status.NOT_EVALUATED
    assert status("=SUMSQ(J6:J8)/2", "early.xlsx", errors) is Status.NOT_EVALUATED
    broken_off = {place: cells[place.replace("10", "9")] for place in ("B10", "C10", "D10")} | {
        "H10": "=E10*B10+F10*C10+G10"
    }
    assert status("=SUMSQ(J7:J9)/2", "begun.xlsx", errors | broken_off | {"J10": "=H10-D10"}) is None
    assert status("=SUMIF(P4:P9,2,I4:I9)/3", "sum.xlsx") is None
    assert status("=AVERAGEIF(P4:P9,2,I4:I9)", "mean.xlsx") is None
    assert status("=SUMIF(P4:P9,2,I4:I9)/2", "count.xlsx") is Status.NOT_EVALUATED
    assert status("=AVERAGEIF(P4:P9,2,I4:I9)", "begins.xlsx", {"P6": 2}) is Status.NOT_EVALUATED


def _answers(text: str) -> Cells:
    """Two targets a row, which of them is larger as a cell says in a column, and the one that the answer looks up."""
    cells: Cells = {f"Q{row}": f"=IF(H{row}>0,1,2)" for row in ROWS}
    return cells | {f"R{row}": text.format(row) for row in ROWS} | {f"R{LAST + 2}": f"=AVERAGE(R{ROWS[0]}:R{LAST})"}


def test_a_target_that_an_answer_looks_up_is_no_part_of_a_training(tmp_path: Path) -> None:
    """Rule: what is found by a decision says whether that is right, though it be the number of the target today."""
    statuses = _statuses(_answers("=INDEX(C{0}:D{0},Q{0})"), tmp_path / "w.xlsx")
    assert len(statuses) == 2 * len(ROWS) + 1
    assert set(statuses.values()) == {Status.UNBOUND}


def test_a_target_that_is_looked_up_and_learnt_from_is_none_of_these(tmp_path: Path) -> None:
    """Rule: what an error reads is a part of the training, whatever it is looked up by."""
    looked_up: Cells = {f"Q{row}": 1 for row in ROWS} | {f"R{row}": f"=INDEX(D{row}:D{row},Q{row})" for row in ROWS}
    errors: Cells = {f"L{row}": f"=H{row}-R{row}" for row in ROWS}
    assert not _statuses(looked_up | errors, tmp_path / "w.xlsx")


_MOVING: Cells = {f"N{row}": f"=AVERAGE(I{row - 2}:I{row})" for row in ROWS[2:]}


def test_a_mean_that_moves_with_the_steps_keeps_nothing_open(tmp_path: Path) -> None:
    """Rule: the mean of as many losses as at the step before, the first of them from the first step on, is shown."""
    assert not _statuses(_MOVING, tmp_path / "w.xlsx")


@pytest.mark.parametrize(
    "change",
    [{f"N{LAST}": f"=AVERAGE(I{LAST - 1}:I{LAST})"}, {f"N{LAST}": f"=AVERAGE(I{LAST - 3}:I{LAST - 1})"}],
    ids=["a shorter one", "that of the step before"],
)
def test_a_mean_that_does_not_move_with_the_others_is_no_pass(change: Cells, tmp_path: Path) -> None:
    """Rule: one mean of a line that leaves a step out, or has those of another step, is open."""
    assert _statuses(_MOVING | change, tmp_path / "w.xlsx") == dict.fromkeys(change, Status.NOT_EVALUATED)


@pytest.mark.parametrize("text", [f"=AVERAGE(I{LAST - 1}:I{LAST})", f"=AVERAGE(I{LAST - 3}:I{LAST - 1})", "=H8-C8"])
def test_what_nobody_reads_and_has_no_line_is_not_blamed(text: str, tmp_path: Path) -> None:
    """Rule: a formula beside the last step that nobody reads may show anything, whatever a formula beside it holds."""
    assert _statuses({f"N{LAST}": text}, tmp_path / "w.xlsx") == {f"N{LAST}": Status.NOT_EVALUATED}


def _odds(*texts: str) -> Cells:
    """A logistic regression, and what each of its last weights multiplies the odds with."""
    cells = with_gradients() | {f"D{row}": row % 2 for row in ROWS}
    for row in ROWS:
        cells |= {f"H{row}": f"=1/(1+EXP(-(E{row}*B{row}+F{row}*C{row}+G{row})))"}
        cells |= {f"I{row}": f"=-(D{row}*LN(H{row})+(1-D{row})*LN(1-H{row}))"}
    return cells | dict(zip(("N12", "O12"), texts, strict=True))


def test_odds_ratios_keep_nothing_open(tmp_path: Path) -> None:
    """Rule: the exponential of each last weight of a logistic regression is shown, as copies of them are."""
    part = judged(_odds("=EXP(E8)", "=EXP(F8)"), tmp_path / "w.xlsx")
    assert (part.counts().not_evaluated, part.counts().root, part.gaps) == (0, 0, ())


@pytest.mark.parametrize("texts", [("=EXP(E8)", "=EXP(E8)"), ("=EXP(E8)", "=EXP(F7)"), ("=EXP(E8)", "=EXP(-F8)")])
def test_odds_ratios_of_other_weights_are_no_pass(texts: tuple[str, str], tmp_path: Path) -> None:
    """Rule: one weight twice, one of the step before, or one with a minus leaves the training open."""
    part = judged(_odds(*texts), tmp_path / "w.xlsx")
    assert part.counts().not_evaluated or part.gaps
    assert not part.counts().root


@pytest.mark.parametrize("rate", [2, 0.5])
def test_the_number_of_each_step_is_no_hyperparameter(rate: float, tmp_path: Path) -> None:
    """A power of the rate, or one more than a number, is meant only by what something is learnt with."""
    cells: Cells = {"B1": rate, "D1": 0.4, "E1": 1.0, "D2": -0.3, "E2": 0.0, "A4": 0, "B4": 0.2, "C4": -0.1}
    for row in range(4, 17):
        cells |= {f"{out}{row}": f"=1/(1+EXP(-($B{row}*D${k}+$C{row})))" for out, k in (("F", 1), ("G", 2))}
        cells |= {
            f"{d}{row}": f"=({o}{row}-$E${k})*{o}{row}*(1-{o}{row})" for d, o, k in (("H", "F", 1), ("I", "G", 2))
        }
    for row in range(5, 17):
        cells |= {f"A{row}": f"=A{row - 1}+1", f"C{row}": f"=C{row - 1}-$B$1*(H{row - 1}+I{row - 1})"}
        cells[f"B{row}"] = f"=B{row - 1}-$B$1*(H{row - 1}*$D$1+I{row - 1}*$D$2)"
    found = judged(cells, tmp_path / "w.xlsx")
    statuses = {own.status for own in found.results if isinstance(own, CellResult)}
    assert statuses <= {Status.UNBOUND}


def _batches() -> Cells:
    """A logistic regression over five samples in J to N, trained for seven steps; what its last answers are told of."""
    cells: Cells = {"B1": 0.4, "C4": 0.0, "D4": 0.0}
    data = ((0.5, 0), (1.5, 1), (2.1, 0), (3.2, 1), (4.1, 1))
    for n, (x, t) in enumerate(data):
        cells |= {f"A{20 + n}": x, f"B{20 + n}": t}
    for row in range(4, 12):
        for n, column in enumerate("JKLMN"):
            cells[f"{column}{row}"] = f"=1/(1+EXP(-($C{row}*$A${20 + n}+$D{row})))"
        errors = "+".join(f"({c}{row}-$B${20 + n})*$A${20 + n}" for n, c in enumerate("JKLMN"))
        cells |= {f"P{row}": f"=({errors})/5"}
        cells[f"Q{row}"] = "=(" + "+".join(f"({c}{row}-$B${20 + n})" for n, c in enumerate("JKLMN")) + ")/5"
        if row < 11:
            cells |= {f"C{row + 1}": f"=C{row}-$B$1*P{row}", f"D{row + 1}": f"=D{row}-$B$1*Q{row}"}
    for n in range(5):
        row = 20 + n
        cells |= {f"E{row}": f"=INDEX($J$11:$N$11,{n + 1})", f"F{row}": f"=IF(E{row}>=0.5,1,0)"}
        cells[f"G{row}"] = f"=IF(F{row}=B{row},1,0)"
    return cells | {"B16": "=COUNT(A20:A24)", "G26": "=SUM(G20:G24)/B16"}


@pytest.mark.parametrize(
    ("change", "is_open"),
    [
        pytest.param({}, False, id="right"),
        pytest.param({"F22": "=IF(E22>=0.4,1,0)"}, True, id="another threshold"),
        pytest.param({"G26": "=SUM(G20:G23)/B16"}, True, id="one is left out"),
        pytest.param({"B16": "=COUNT(A20:B24)"}, True, id="another count"),
    ],
)
def test_what_the_last_answers_are_told_of_is_none_of_the_training(
    change: Cells, is_open: bool, tmp_path: Path
) -> None:
    """Rule: answers of the last step that are copied, decided on and counted keep nothing open, if all are alike."""
    report = check(filled(tmp_path / "w.xlsx", _batches() | change))
    assert (report.exit_code == 0) is not is_open
    assert not report.roots


_WINDOWS = {
    "as a word says": ({"M2": "mean of the last 2", "N2": f"=AVERAGE(I{LAST - 1}:I{LAST})"}, None),
    "one less than a word says": ({"M2": "mean of the last 3", "N2": f"=AVERAGE(I{LAST - 1}:I{LAST})"}, "N2"),
    "not the last ones": ({"M2": "mean of the last 2", "N2": f"=AVERAGE(I{LAST - 2}:I{LAST - 1})"}, "N2"),
    "as many at both ends": (
        {"N2": f"=AVERAGE(I{ROWS[0]}:I{ROWS[1]})", "O2": f"=AVERAGE(I{LAST - 1}:I{LAST})"},
        None,
    ),
    "fewer at one end": (
        {"N2": f"=AVERAGE(I{ROWS[0]}:I{ROWS[2]})", "O2": f"=AVERAGE(I{LAST - 1}:I{LAST})"},
        "N2",
    ),
}


@pytest.mark.parametrize("what", _WINDOWS)
def test_means_of_the_first_and_the_last_steps(what: str, tmp_path: Path) -> None:
    """Rule: a mean of steps at an end of their line is right if a word or one at the other end says how many."""
    cells, is_open = _WINDOWS[what]
    statuses = _statuses(cells, tmp_path / "w.xlsx")
    assert statuses.get("N2") is (None if is_open is None else Status.NOT_EVALUATED)


@pytest.mark.parametrize(
    ("formula", "status"),
    [
        (f"=SUMXMY2(H{ROWS[0]}:H{LAST},D{ROWS[0]}:D{LAST})/{len(ROWS)}", None),
        (f"=SUMXMY2(H{ROWS[0]}:H{LAST},J{ROWS[0]}:J{LAST})/{len(ROWS)}", Status.NOT_EVALUATED),
        (f"=SUMXMY2(H{ROWS[0]}:H{LAST},D{ROWS[0]}:D{LAST})/{len(ROWS) - 1}", Status.NOT_EVALUATED),
        (f"=SUMXMY2(H{ROWS[1]}:H{LAST},D{ROWS[1]}:D{LAST})/{len(ROWS) - 1}", Status.NOT_EVALUATED),
    ],
    ids=["right", "of gradients", "another number", "without the first"],
)
def test_squared_distances_of_outputs_and_targets(formula: str, status: Status | None, tmp_path: Path) -> None:
    """Rule: outputs may be compared with their targets by the formula that takes the mean over the steps."""
    assert _statuses({"N2": formula}, tmp_path / "w.xlsx").get("N2") is status
