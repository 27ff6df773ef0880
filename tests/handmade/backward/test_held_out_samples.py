"""Trainings beside which the loss of samples is shown that nothing is learnt from, as of a validation."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, verdict
from training_sheets import Cells

pytestmark = pytest.mark.keras

_STEPS = ("DE", "GH", "JK", "MN")


def _line(learnt: str = "{e}4:{e}7,$A$4:$A$7", count: int = 4) -> Cells:
    """A line learnt of the samples in rows 4 to 7, a step a block; those in rows 8 and 9 are for validation."""
    cells: Cells = {"B1": 0.05}
    samples = ((1, 0.9), (2, 3.0), (3, 5.3), (4, 7.4), (1.5, 2.1), (2.5, 4.2))
    for row, (x, y) in enumerate(samples, 4):
        cells |= {f"A{row}": x, f"B{row}": y}
    for number, (p, e) in enumerate(_STEPS):
        before = _STEPS[number - 1][0]
        for row in (1, 2):
            cells[f"{p}{row}"] = f"={before}{row}-$B$1*{before}{row + 10}" if number else 0.1 * row
        for row in range(4, 10):
            cells |= {f"{p}{row}": f"={p}$1*$A{row}+{p}$2", f"{e}{row}": f"={p}{row}-$B{row}"}
        errors = learnt.format(e=e).split(",")[0]
        cells |= {f"{p}11": f"=2*SUMPRODUCT({learnt.format(e=e)})/{count}", f"{p}12": f"=2*SUM({errors})/{count}"}
        cells |= {f"{p}13": f"=SUMSQ({e}4:{e}7)/4", f"{p}14": f"=SUMSQ({e}8:{e}9)/2"}
    return cells


def test_the_loss_of_a_validation_is_compared(tmp_path: Path) -> None:
    """Rule: what no step learns from has a loss of its own, and the steps are counted once."""
    found = verdict(_line(), tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert found.agree == sum(isinstance(own, str) for own in _line().values())


@pytest.mark.parametrize(
    "change",
    [
        {"J14": "=SUMSQ(K7:K9)/2"},
        {"J14": "=SUMSQ(H8:H9)/2"},
        {"J9": "=G$1*$A9+G$2"},
        {"G11": "=2*SUMPRODUCT(H4:H6,$A$4:$A$6)/4"},
        {"G11": "=2*SUMPRODUCT(H4:H9,$A$4:$A$9)/4"},
        {"K8": "=J8-$B9"},
    ],
)
def test_one_slip_beside_a_validation_is_no_pass(change: Cells, tmp_path: Path) -> None:
    """Rule: a sample that is learnt from at one step is none of the validation, and no right cell is blamed."""
    code, roots = answer(_line() | change, tmp_path)
    assert code != 0
    assert roots <= change.keys()


@pytest.mark.parametrize("left_out", [{}, {f"{p}13": None for p, _ in _STEPS}, {f"{p}14": None for p, _ in _STEPS}])
def test_samples_that_are_forgotten_at_all_steps_are_no_validation(left_out: Cells, tmp_path: Path) -> None:
    """Rule: their loss has to be shown, and by itself; else all gradients may lack one of the samples."""
    assert answer(_line("{e}4:{e}6,$A$4:$A$6") | left_out, tmp_path) == (3, set())
    assert answer(_line("{e}4:{e}8,$A$4:$A$8", 5) | left_out, tmp_path) == (3, set())


def _epochs() -> Cells:
    """The same an epoch a row, each loss in one formula, and the number of the epoch whose validation is best."""
    cells: Cells = {"B1": 0.05, "F2": "=INDEX(F4:F9,MATCH(MIN(L4:L9),L4:L9,0))"}
    for row, (x, y) in enumerate(((1, 0.9), (2, 3.0), (3, 5.3), (4, 7.4)), 4):
        cells |= {f"A{row}": x, f"B{row}": y}
    cells |= {"C4": 1.5, "D4": 2.1, "C5": 2.5, "D5": 4.2}
    for row in range(4, 10):
        error, tried = f"G{row}*$A$4:$A$7+H{row}-$B$4:$B$7", f"G{row}*$C$4:$C$5+H{row}-$D$4:$D$5"
        for w, g in ("GI", "HJ"):
            cells[f"{w}{row}"] = f"={w}{row - 1}-$B$1*{g}{row - 1}" if row > 4 else 0.1
        cells |= {
            f"F{row}": row - 4,
            f"I{row}": f"=SUMPRODUCT({error},$A$4:$A$7)/2",
            f"J{row}": f"=SUMPRODUCT({error})/2",
        }
        cells |= {f"K{row}": f"=SUMPRODUCT(({error})^2)/4", f"L{row}": f"=SUMPRODUCT(({tried})^2)/2"}
    return cells


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("=INDEX(F4:F9,MATCH(MIN(L4:L9),L4:L9,0))", 0),
        ("=INDEX(F4:F8,MATCH(MIN(L4:L8),L4:L8,0))", 3),
        ("=INDEX(F5:F10,MATCH(MIN(L4:L9),L4:L9,0))", 3),
        ("=INDEX(F4:F9,MATCH(MIN(K4:K9),L4:L9,0))", 3),
    ],
)
def test_the_best_epoch_is_looked_up_beside_the_least_loss(formula: str, code: int, tmp_path: Path) -> None:
    """Rule: of all steps, and in the line of the losses; another look-up is left open."""
    assert answer(_epochs() | {"F2": formula}, tmp_path) == (code, set())


def _classes(loss: str) -> Cells:
    """A logistic regression learnt of rows 4 to 7; of rows 8 and 9 only the loss is shown."""
    cells = _line("{e}4:{e}7,$A$4:$A$7")
    for row, y in enumerate((0, 0, 1, 1, 0, 1), 4):
        cells[f"B{row}"] = y
    for p, e in _STEPS:
        for row in range(4, 10):
            cells[f"{p}{row}"] = f"=1/(1+EXP(-({p}$1*$A{row}+{p}$2)))"
            cells[f"{e}{row}"] = f"={p}{row}-$B{row}" if row < 8 else loss.format(p=p, row=row)
        cells |= {f"{p}11": f"=SUMPRODUCT({e}4:{e}7,$A$4:$A$7)/4", f"{p}12": f"=SUM({e}4:{e}7)/4"}
        cells |= {f"{p}13": None, f"{p}14": f"=AVERAGE({e}8:{e}9)"}
    return cells


@pytest.mark.parametrize(
    ("loss", "code"),
    [
        ("=-LN(IF($B{row}=1,{p}{row},1-{p}{row}))", 0),
        ("=IF($B{row}=0,-LN(1-{p}{row}),-LN({p}{row}))", 0),
        ("=-LN(IF($B{row}=0,{p}{row},1-{p}{row}))", 3),
        ("=-LN(IF($B{row}=1,{p}{row},2-{p}{row}))", 3),
    ],
    ids=["the share of the class", "one of two logarithms", "that of the other class", "another share"],
)
def test_a_validation_by_the_share_of_the_right_class(loss: str, code: int, tmp_path: Path) -> None:
    """Rule: a target may be known only as the class whose share of the output the loss is made of."""
    assert answer(_classes(loss), tmp_path) == (code, set())
