"""The last step of a training, whose gradients no update reads, and numbers typed where a weight should move."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_DATA = ((0.49, -0.8, 0), (0.45, 0.3, 1), (-1.1, 0.6, 1), (0.7, 1.2, 0))


def _perceptron() -> dict[str, object]:
    """A row a step: inputs, target, weights, bias, sum, output, and the gradients by the perceptron's rule."""
    cells: dict[str, object] = {"A1": "rate", "B1": 0.1}
    for row, (one, other, target) in enumerate(_DATA, 4):
        cells |= {f"B{row}": one, f"C{row}": other, f"D{row}": target}
        last = row - 1
        start = {"E": 1.01, "F": -0.4, "G": -0.3} if row == 4 else None
        for weight, gradient in zip("EFG", "JKL", strict=True):
            cells[f"{weight}{row}"] = start[weight] if start else f"={weight}{last}-$B$1*{gradient}{last}"
        cells |= {f"H{row}": f"=E{row}*B{row}+F{row}*C{row}+G{row}", f"I{row}": f"=IF(H{row}>=0,1,0)"}
        cells |= {
            f"J{row}": f"=(I{row}-D{row})*B{row}",
            f"K{row}": f"=(I{row}-D{row})*C{row}",
            f"L{row}": f"=I{row}-D{row}",
        }
    return cells


def test_a_perceptron_that_learns_agrees(tmp_path: Path) -> None:
    """Rule: sums, outputs, gradients and updates by Rosenblatt's rule are checked, those of the last step, too."""
    assert answer(_perceptron(), tmp_path) == (0, set())


def test_steps_that_have_cells_of_their_own_agree(tmp_path: Path) -> None:
    """Rule: the step of each weight may be computed before it is added; the step of a bias is nothing that is kept."""
    cells = _perceptron()
    for row in range(4, 8):
        cells |= {f"I{row}": f"=IF(H{row}>=0,1,0)", f"L{row}": f"=$B$1*(D{row}-I{row})"}
        cells |= {f"J{row}": f"=$B$1*(D{row}-I{row})*B{row}", f"K{row}": f"=$B$1*(D{row}-I{row})*C{row}"}
        for weight, step in zip("EFG", "JKL", strict=True) if row > 4 else ():
            cells[f"{weight}{row}"] = f"={weight}{row - 1}+{step}{row - 1}"
    assert answer(cells, tmp_path) == (0, set())


@pytest.mark.parametrize(
    "change",
    [
        {f"E{row}": f"=E{row - 1}" for row in (5, 6, 7)},
        {"F6": "=F5"},
        {"J7": "=(I7-D7)*B6"},
        {"L7": "=I7+D7"},
        {"G5": -0.3999, "G6": -0.2999, "G7": -0.1999},
        {"E7": 0.8501},
    ],
    ids=[
        "a weight that stays",
        "a weight that stays once",
        "another sample",
        "a sign",
        "a column of numbers",
        "a number",
    ],
)
def test_what_no_update_reads_is_no_pass(change: dict[str, object], tmp_path: Path) -> None:
    """Rule: what stands in line with cells of other steps and is something else, or a number in the place of a weight
    that moves, leaves the check incomplete; a right cell is never blamed."""
    code, roots = answer(_perceptron() | change, tmp_path)
    assert code != 0
    assert roots <= change.keys()


def _with_own_rates() -> dict[str, object]:
    """A line learnt a sample a row: in B the rate of each row, which falls, in J and K the changes."""
    cells: dict[str, object] = {"B1": 0.2, "D1": 0.5, "E4": 0.2, "F4": 0.0}
    for row, (x, y) in enumerate(((1.0, 2.1), (-0.5, 0.4), (2.0, 3.9), (0.3, 1.2), (-1.0, -0.8)), 4):
        cells |= {f"A{row}": row - 4, f"B{row}": f"=$B$1/(1+$D$1*A{row})", f"C{row}": x, f"D{row}": y}
        cells |= {f"{w}{row}": f"={w}{row - 1}+{by}{row - 1}" for w, by in ("EJ", "FK") if row > 4}
        cells |= {f"G{row}": f"=E{row}*C{row}+F{row}", f"H{row}": f"=G{row}-D{row}", f"I{row}": f"=H{row}^2"}
        cells |= {f"J{row}": f"=-B{row}*2*H{row}*C{row}", f"K{row}": f"=-B{row}*2*H{row}"}
    return cells


@pytest.mark.parametrize("change", [{}, {"J8": "=-B7*2*H8*C8"}, {"K8": "=-B8*H8"}, {"K8": "=-B8*2*H7"}])
def test_the_last_change_goes_by_the_rate_of_its_row(change: dict[str, object], tmp_path: Path) -> None:
    """Rule: nothing moves by it any more, and the rates before it are others; it is what stands in their place."""
    code, roots = answer(_with_own_rates() | change, tmp_path)
    assert (code == 0) is (not change)
    assert roots <= change.keys()


def _mean_gradients() -> dict[str, object]:
    """A line learnt of four samples, a block of three columns a step: twice the mean of what each sample says."""
    cells: dict[str, object] = {"B1": 0.05}
    for row, (x, y) in enumerate(((1, 0.9), (2, 3.0), (3, 5.3), (4, 7.4)), 4):
        cells |= {f"A{row}": x, f"B{row}": y}
    for step, (p, e, f) in enumerate(("DEF", "HIJ", "LMN", "PQR")):
        before = "DEFHIJLMN"[3 * step - 3 : 3 * step] if step else ""
        for row, by in ((1, 0), (2, 1)):
            cells[f"{e}{row}"] = f"={before[1]}{row}-$B$1*{before[by]}10" if before else 0.1 * row
        for row in range(4, 8):
            cells |= {f"{p}{row}": f"={e}$1*$A{row}+{e}$2", f"{e}{row}": f"={p}{row}-$B{row}"}
            cells[f"{f}{row}"] = f"={e}{row}*$A{row}"
        cells |= {f"{p}10": f"=2*AVERAGE({f}4:{f}7)", f"{e}10": f"=2*AVERAGE({e}4:{e}7)"}
        cells[f"{f}10"] = f"=SUMSQ({e}4:{e}7)/4"
    return cells


@pytest.mark.parametrize(
    "change", [{}, {"P10": "=AVERAGE(R4:R7)"}, {"Q10": "=2*AVERAGE(Q4:Q6)"}, {"P10": "=2*AVERAGE(Q4:Q7)"}]
)
def test_the_last_gradients_are_counted_as_those_before_them(change: dict[str, object], tmp_path: Path) -> None:
    """Rule: a mean counts twice what its samples say, and is no odd one where it was filled from one that is learnt."""
    code, roots = answer(_mean_gradients() | change, tmp_path)
    assert (code == 0) is (not change)
    assert roots <= change.keys()


def test_numbers_of_samples_beside_results_are_none(tmp_path: Path) -> None:
    """Rule: 1, 2, 3 and 4 between two columns of results count the samples; other numbers stand for results."""
    numbered = _mean_gradients() | {"G4": 1, "G5": 2, "G6": 3, "G7": 4}
    assert answer(numbered, tmp_path) == (0, set())
    assert answer(numbered | {"G6": 0.3}, tmp_path) == (3, set())


def _adaline() -> dict[str, object]:
    """A linear unit that learns to tell two classes: its error by its sum, and beside it the class that it gives."""
    cells: dict[str, object] = {"B1": 0.1, "E4": 0.2, "F4": -0.1, "G4": 0.05}
    for row, (one, other, target) in enumerate(((-1, -1, -1), (-1, 1, 1), (1, -1, 1), (1, 1, 1), (-1, -1, -1)), 4):
        cells |= {f"B{row}": one, f"C{row}": other, f"D{row}": target, f"I{row}": f"=D{row}-H{row}"}
        cells |= {f"{w}{row}": f"={w}{row - 1}+{by}{row - 1}" for w, by in ("EJ", "FK", "GL") if row > 4}
        cells |= {f"H{row}": f"=B{row}*E{row}+C{row}*F{row}+G{row}", f"L{row}": f"=$B$1*I{row}"}
        cells |= {f"J{row}": f"=$B$1*I{row}*B{row}", f"K{row}": f"=$B$1*I{row}*C{row}"}
        cells |= {f"M{row}": f"=IF(H{row}>=0,1,-1)", f"N{row}": f"=IF(M{row}<>D{row},1,0)"}
    return cells


@pytest.mark.parametrize("change", [{}, {"K6": "=$B$1*I6*B6"}, {"E7": "=E6+K6"}, {"H8": "=B8*E8+C8*E8+G8"}])
def test_a_class_that_an_output_tells_is_no_output(change: dict[str, object], tmp_path: Path) -> None:
    """Rule: what learns is what the error is taken of; whether the class is right is only counted."""
    code, roots = answer(_adaline() | change, tmp_path)
    assert (code == 0) is (not change)
    assert roots <= change.keys()


def _batches() -> dict[str, object]:
    """Mini-batches of two samples, the weights copied from row to row, and a rate that falls from batch to batch."""
    cells: dict[str, object] = {"B1": 0.5, "D1": 0.9, "E4": 0.2, "F4": -0.3, "G4": 0}
    samples = (((0.4, -0.6, 1), (2.7, -1.6, 0)), ((-0.4, 1.1, 0), (-1.8, -1, 1)), ((0.4, 0.3, 1), (0.1, 1.7, 0)))
    for step, batch in enumerate(samples):
        top = 4 + 3 * step
        for row, (one, other, target) in enumerate(batch, top):
            cells |= {f"A{row}": step + 1, f"B{row}": one, f"C{row}": other, f"D{row}": target}
            cells |= {f"H{row}": f"=1/(1+EXP(-(B{row}*E{row}+C{row}*F{row}+G{row})))", f"I{row}": f"=H{row}-D{row}"}
        for row in range(top, top + 3):
            for w, g in zip("EFG", "KLM", strict=True):
                before = f"={w}{row - 1}"
                if row > 4:
                    cells[f"{w}{row}"] = f"{before}-N{row - 2}*{g}{row - 1}" if row == top else before
        cells[f"N{top + 1}"] = f"=$B$1*$D$1^(A{top + 1}-1)"
        cells |= {f"{g}{top + 2}": f"=SUMPRODUCT($I{top}:$I{top + 1},{x}{top}:{x}{top + 1})/2" for g, x in ("KB", "LC")}
        cells[f"M{top + 2}"] = f"=AVERAGE(I{top}:I{top + 1})"
    return cells


@pytest.mark.parametrize("change", [{}, {"N8": "=$B$1*$D$1^(A8)"}, {"F10": "=F9-N5*L9"}, {"G8": "=G6"}])
def test_weights_that_are_handed_on_and_rates_that_fall_by_one_law(change: dict[str, object], tmp_path: Path) -> None:
    """Rule: a copy of a weight is right if all that goes on from it is; one rate that counts otherwise is no pass."""
    code, roots = answer(_batches() | change, tmp_path)
    assert (code == 0) is (not change)
    assert roots <= change.keys()


def test_adagrad_may_begin_with_a_number(tmp_path: Path) -> None:
    """Rule: Keras's sums of squares begin with 0.1, and a slip in the first sum is seen as in any other one."""
    cells: dict[str, object] = {"B1": 0.3, "D1": 1e-7, "E4": 0.2, "F4": -0.1}
    for row, (x, y) in enumerate(((1, 2.1), (-0.5, 0.4), (2, 3.9), (0.3, 1.2)), 4):
        cells |= {
            f"A{row}": x,
            f"B{row}": y,
            f"G{row}": f"=E{row}*A{row}+F{row}",
            f"H{row}": f"=2*(G{row}-B{row})*A{row}",
        }
        cells |= {f"I{row}": f"=2*(G{row}-B{row})"}
        for w, g, s in ("EHJ", "FIK"):
            kept = f"{s}{row - 1}" if row > 4 else "0.1"
            cells[f"{s}{row}"] = f"={kept}+{g}{row}^2"
            if row > 4:
                cells[f"{w}{row}"] = f"={w}{row - 1}-$B$1*{g}{row - 1}/(SQRT({s}{row - 1})+$D$1)"
    assert answer(cells, tmp_path) == (0, set())
    for change in ({"J4": "=0.1+H4"}, {"K6": "=K4+I6^2"}, {"E6": "=E5-$B$1*H5/(SQRT(J4)+$D$1)"}):
        code, roots = answer(cells | change, tmp_path)
        assert code != 0
        assert roots <= change.keys()
