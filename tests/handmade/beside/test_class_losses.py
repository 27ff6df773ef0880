"""Losses that ask which class is typed: −ln of the share of just that class."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import TOYS, answer
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.beside.class_losses import class_loss

pytestmark = pytest.mark.keras


def _classifier(loss: str = "=-LN(IF(H{0}=0,E{0},F{0}))", first: int = 0) -> dict[str, object]:
    """Two inputs, two classes with a softmax, and a loss, for three samples in the rows 6 to 8."""
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "A2": 1.2, "B2": 0.3, "A3": 0.15, "B3": -0.2}
    for row, (one, other, target) in enumerate(((0.3, -0.2, 0), (-0.8, 0.65, 1), (0.55, 0.4, 0)), 6):
        cells |= {f"A{row}": one, f"B{row}": other, f"H{row}": target + first}
        for z, p, w in (("C", "E", "A"), ("D", "F", "B")):
            cells[f"{z}{row}"] = f"=A{row}*${w}$1+B{row}*${w}$2+${w}$3"
            cells[f"{p}{row}"] = f"=EXP({z}{row})/(EXP($C{row})+EXP($D{row}))"
        cells[f"I{row}"] = loss.format(row)
    return cells | {"I9": "=AVERAGE(I6:I8)"}


@pytest.mark.parametrize(
    ("loss", "first"),
    [
        ("=-LN(IF(H{0}=0,E{0},F{0}))", 0),
        ("=IF(H{0}=1,-LN(E{0}),-LN(F{0}))", 1),
        ("=-(H{0}=0)*LN(E{0})-(H{0}=1)*LN(F{0})", 0),
    ],
)
def test_the_share_of_a_typed_class_is_what_is_measured(loss: str, first: int, tmp_path: Path) -> None:
    """Rule: whichever class is typed there; it may be counted from 0 or from 1."""
    assert answer(_classifier(loss, first), tmp_path) == (0, set())


@pytest.mark.parametrize(
    "edit",
    [
        {f"I{row}": f"=-LN(IF(H{row}=0,F{row},E{row}))" for row in (6, 7, 8)},
        {"I7": "=-LN(IF(H6=0,E7,F7))"},
        {"I7": "=-LN(IF(H7=0,E7,E7))"},
        {f"{p}{row}": f"=1/(1+EXP(-{z}{row}))" for row in (6, 7, 8) for z, p in ("CE", "DF")},
    ],
    ids=["the other class", "the class of another sample", "one class for both", "no softmax"],
)
def test_the_logarithm_of_another_share_is_no_pass(edit: dict[str, object], tmp_path: Path) -> None:
    """Rule: it is another one for some class, be it right for the class that is typed today; two sigmoids are none."""
    code, roots = answer(_classifier() | edit, tmp_path)
    assert code != 0
    assert roots <= edit.keys()


def _answers(loss: str) -> dict[str, object]:
    cells = dict(TOYS["xor"])
    for row, target in zip((6, 7, 8), (0, 1, 1), strict=True):
        cells |= {f"G{row}": target, f"H{row}": loss.format(row)}
    return cells


def test_a_single_share_is_that_of_one_of_two_classes(tmp_path: Path) -> None:
    assert answer(_answers("=-IF(G{0}=1,LN(E{0}),LN(1-E{0}))"), tmp_path) == (0, set())
    assert answer(_answers("=-IF(G{0}=1,LN(1-E{0}),LN(E{0}))"), tmp_path)[0] == 3


def test_what_is_counted_is_no_part_of_the_network(tmp_path: Path) -> None:
    """Rule: rounded answers are compared with the totals of inputs, or counted among all that are filled."""
    cells = _answers("=IF(ROUND(E{0},0)=SUM(A{0}:B{0}),1,0)")
    assert answer(cells, tmp_path) == (0, set())
    counted = dict(TOYS["xor"]) | {"G6": 0, "G7": 1, "G8": 1}
    counted["H9"] = '=SUMPRODUCT((E6:E11<>"")*((E6:E11>0.5)=(G6:G11=1)))/3'
    assert answer(counted, tmp_path) == (0, set())
    counted["H9"] = str(counted["H9"]).replace("/3", "/4")
    assert answer(counted, tmp_path)[0] == 3


def test_the_class_that_is_typed_today_says_whose_share_is_measured(tmp_path: Path) -> None:
    """Rule: all shares of the sample, the one that is meant, and where its class is typed."""
    found = sheet(_classifier(), tmp_path)
    shares = {cell_at(f"{column}{row}") for column in "EF" for row in (6, 7, 8)}
    known = class_loss(cell_at("I7"), found.terms, shares)
    assert known == ([cell_at("E7"), cell_at("F7")], cell_at("F7"), cell_at("H7"))
    assert class_loss(cell_at("I9"), found.terms, shares) is None


def _with_codes(loss: str) -> dict[str, object]:
    """The classifier with a code of two targets for each sample, G and H, and a part of the loss for each."""
    cells = _classifier()
    for row in (6, 7, 8):
        cells |= {f"G{row}": int(row != 7), f"H{row}": int(row == 7), f"K{row}": f"=I{row}+J{row}"}
        for t, p, part in (("G", "E", "I"), ("H", "F", "J")):
            cells[f"{part}{row}"] = loss.format(t=f"{t}{row}", p=f"{p}{row}")
    return {cell: own for cell, own in cells.items() if cell != "I9"} | {"K9": "=AVERAGE(K6:K8)"}


def test_a_part_that_is_0_where_its_target_is_agrees(tmp_path: Path) -> None:
    """Rule: filled for targets of 0 and of 1, each is compared as the branch that it takes."""
    assert answer(_with_codes("=IF({t}<>0,-{t}*LN({p}),0)"), tmp_path) == (0, set())


@pytest.mark.parametrize(
    "edit",
    [
        {"I6": "=IF(G6=0,0,-G6*LN(F6))"},
        {"I7": "=IF(G7=1,0,-G7*LN(E7))"},
        {"J7": "=IF(H7=0,0,H7*LN(F7))"},
    ],
    ids=["the other share", "the other answer", "a sign"],
)
def test_a_part_for_another_target_is_no_pass(edit: dict[str, object], tmp_path: Path) -> None:
    code, roots = answer(_with_codes("=IF({t}=0,0,-{t}*LN({p}))") | edit, tmp_path)
    assert code != 0
    assert roots <= edit.keys()
