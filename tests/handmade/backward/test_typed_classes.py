"""A softmax that is trained towards a typed class: codes made by conditions, losses that look up a share."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras


def _classifier(code: str = "=IF($B$3={n},1,0)") -> dict[str, object]:
    """Three steps on one example, ten rows each: two weights and a bias a class, logits, shares, codes, gradients."""
    cells: dict[str, object] = {"B1": 1.2, "B2": -0.7, "B3": 2, "B4": 0.5, "B5": 1, "C5": 2, "D5": 3}
    for top in (8, 18, 28):
        before = top - 10
        for n, c in enumerate("BCD", 1):
            typed = (round(0.3 * n - 0.5, 2), round(0.4 - 0.21 * n, 2), 0.1 * n)
            moved = [f"={c}{before + k}-$B$4*{c}{before + own}" for k, own in ((0, 7), (1, 8), (2, 6))]
            cells |= dict(
                zip((f"{c}{top}", f"{c}{top + 1}", f"{c}{top + 2}"), typed if top == 8 else moved, strict=True)
            )
            cells[f"{c}{top + 3}"] = f"={c}{top}*$B$1+{c}{top + 1}*$B$2+{c}{top + 2}"
            cells[f"{c}{top + 4}"] = f"=EXP({c}{top + 3})/(EXP($B{top + 3})+EXP($C{top + 3})+EXP($D{top + 3}))"
            cells[f"{c}{top + 5}"] = code.format(n=n, c=c)
            cells |= {f"{c}{top + 6}": f"={c}{top + 4}-{c}{top + 5}"}
            cells |= {f"{c}{top + 7}": f"={c}{top + 6}*$B$1", f"{c}{top + 8}": f"={c}{top + 6}*$B$2"}
        cells[f"G{top + 4}"] = f"=-LN(INDEX(B{top + 4}:D{top + 4},$B$3))"
    return cells


@pytest.mark.parametrize("code", ["=IF($B$3={n},1,0)", "=IF($B$3={c}$5,1,0)"])
def test_codes_and_losses_of_a_typed_class_agree(code: str, tmp_path: Path) -> None:
    """Rule: conditions that ask for another class each encode the one that is typed; the loss may look up its share."""
    assert answer(_classifier(code), tmp_path) == (0, set())


def _compared() -> dict[str, object]:
    """The same without codes in cells: each error compares the class with its own."""
    cells = {key: own for key, own in _classifier().items() if key[1:] not in ("13", "23", "33")}
    rows = ((c, n, top) for top in (8, 18, 28) for n, c in enumerate("BCD", 1))
    return cells | {f"{c}{top + 6}": f"={c}{top + 4}-($B$3={n})" for c, n, top in rows}


def test_errors_that_compare_a_typed_class_agree(tmp_path: Path) -> None:
    """Rule: errors in line that ask for another class each encode it themselves."""
    assert answer(_compared(), tmp_path) == (0, set())


def _in_rows(loss: str, classes: str = "010110") -> dict[str, object]:
    """A row a step: input, class 0 or 1, a weight and a bias for each, both shares, the loss, both errors."""
    cells: dict[str, object] = {"A1": 0.3}
    for row, one in enumerate(classes, 4):
        cells |= {f"B{row}": round(0.7 - 0.31 * row % 1.3, 2), f"C{row}": int(one)}
        for weight, start, error, signal in (
            ("D", 0.2, "L", "*B"),
            ("E", 0, "L", ""),
            ("F", -0.3, "M", "*B"),
            ("G", 0.1, "M", ""),
        ):
            before = f"{signal}{row - 1}" if signal else ""
            cells[f"{weight}{row}"] = start if row == 4 else f"={weight}{row - 1}-$A$1*{error}{row - 1}{before}"
        first, second = f"EXP(D{row}*B{row}+E{row})", f"EXP(F{row}*B{row}+G{row})"
        cells |= {f"H{row}": f"={first}/({first}+{second})", f"I{row}": f"=1-H{row}", f"K{row}": loss.format(row)}
        cells |= {f"L{row}": f"=H{row}-(C{row}=0)", f"M{row}": f"=I{row}-(C{row}=1)"}
    return cells


def test_a_loss_that_chooses_by_the_class_agrees_where_all_classes_come(tmp_path: Path) -> None:
    """Rule: what a formula makes of each class is known only if it was filled along samples of all of them."""
    chosen = "=-LN(IF(C{0}=0,H{0},I{0}))"
    assert answer(_in_rows(chosen), tmp_path) == (0, set())
    assert answer(_in_rows(chosen, "000000"), tmp_path) == (3, set())
    assert answer(_in_rows("=-LN(IF(C{0}=0,H{0},H{0}))"), tmp_path)[0] != 0


@pytest.mark.parametrize("edit", [{"D24": "=D22-($B$3=1)"}, {"C24": "=C22-($B$3=3)"}], ids=["of a right one", "wrong"])
def test_errors_of_a_class_that_is_asked_for_twice_are_no_pass(edit: dict[str, object], tmp_path: Path) -> None:
    """Rule: two errors in line that ask for one class are open, whether or not today's class tells them apart."""
    assert answer(_compared() | edit, tmp_path)[0] != 0


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"G22": "=-LN(INDEX(B12:D12,$B$3))"}, (1, {"G22"})),
        ({"G22": "=-LN(INDEX(B22:D22,$B$5))"}, (1, {"G22"})),
        ({"D23": "=IF($B$3=1,1,0)"}, (3, set())),
        ({"D23": "=IF($B$3=B$5,1,0)"}, (3, set())),
    ],
    ids=["a step before", "another class", "a code twice", "a class twice"],
)
def test_a_slip_in_what_encodes_or_looks_up_a_class_is_no_pass(
    edit: dict[str, object], expected: tuple[int, set[str]], tmp_path: Path
) -> None:
    """Rule: the share of another class is wrong; of a code that is right for today's class only, nobody knows."""
    assert answer(_classifier() | edit, tmp_path) == expected


@pytest.mark.parametrize(("cost", "wrong"), [("+$B$6*SUMSQ({w})", None), ("+2*$B$6*SUMSQ({w})", "H22")])
def test_a_cost_of_a_typed_class_may_have_its_penalty(cost: str, wrong: str | None, tmp_path: Path) -> None:
    """Rule: the loss of the class that is typed, and what large weights add to it as their gradients say."""
    cells = _classifier() | {"B6": 0.02}
    for top in (8, 18, 28):
        for c in "BCD":
            for row, own in ((top + 7, top), (top + 8, top + 1)):
                cells[f"{c}{row}"] = f"{cells[f'{c}{row}']}+2*$B$6*{c}{own}"
        own = cost if wrong == f"H{top + 4}" else "+$B$6*SUMSQ({w})"
        cells[f"H{top + 4}"] = f"=G{top + 4}{own.format(w=f'B{top}:D{top + 1}')}"
    assert answer(cells, tmp_path) == ((0, set()) if wrong is None else (1, {wrong}))


def _one_asked(loss: str) -> dict[str, object]:
    """One step of two sigmoid units and two shares, with a target each, of which the loss asks for the first alone."""
    cells: dict[str, object] = {"A1": 0.8, "B1": -0.4, "C1": 0.5, "A2": 0, "B2": 1, "D1": 0.3}
    for row, typed in enumerate(((0.2, -0.3, 0.6, 0.1), (0.5, 0.4, -0.2, -0.1)), 4):
        cells |= dict(zip((f"A{row}", f"B{row}", f"C{row}", f"D{row}"), typed, strict=True))
        cells |= {f"E{row}": f"=SUMPRODUCT($A$1:$C$1,A{row}:C{row})+D{row}", f"F{row}": f"=1/(1+EXP(-E{row}))"}
        back = f"=(F$7*{'AB'[row - 4]}$7+F$8*{'AB'[row - 4]}$8)*F{row}*(1-F{row})"
        cells |= {f"G{row}": back} | {f"{c}{row + 10}": f"={c}{row}-$D$1*$G{row}*{c}$1" for c in "ABC"}
        cells[f"D{row + 10}"] = f"=D{row}-$D$1*$G{row}"
    for row, typed, target in ((7, (-0.7, 0.4, 0.2), "A2"), (8, (0.3, 0.6, 0), "B2")):
        cells |= dict(zip((f"A{row}", f"B{row}", f"C{row}"), typed, strict=True))
        cells |= {f"D{row}": f"=A{row}*$F$4+B{row}*$F$5+C{row}", f"E{row}": f"=EXP(D{row})/(EXP($D$7)+EXP($D$8))"}
        cells |= {f"F{row}": f"=E{row}-{target}", f"C{row + 10}": f"=C{row}-$D$1*F{row}"}
        cells |= {f"A{row + 10}": f"=A{row}-$D$1*F{row}*F$4", f"B{row + 10}": f"=B{row}-$D$1*F{row}*F$5"}
    return cells | {"E10": loss}


@pytest.mark.parametrize("loss", ["=-LN(IF(A2=1,E7,E8))", "=IF(B2=1,-LN(E8),-LN(E7))"])
def test_a_loss_that_asks_for_one_target_of_a_code_agrees(loss: str, tmp_path: Path) -> None:
    """Rule: whether one target of a code is a 1 says what the others are, as one of them is."""
    assert answer(_one_asked(loss), tmp_path) == (0, set())


@pytest.mark.parametrize("loss", ["=-LN(IF(A2=1,E8,E7))", "=-LN(IF(A2=0,E7,E8))"])
def test_a_loss_that_takes_the_other_share_is_no_pass(loss: str, tmp_path: Path) -> None:
    code, roots = answer(_one_asked(loss), tmp_path)
    assert code != 0
    assert roots <= {"E10"}
