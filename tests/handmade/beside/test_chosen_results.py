"""What a result is worth where the decision on it says so hides nothing that a network computes."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import sheet

from xlcheck.formulas.parser import parsed
from xlcheck.handmade.beside.chosen_results import is_chosen
from xlcheck.handmade.beside.evaluations import evaluations
from xlcheck.handmade.reading.cells import address_of

_ROWS = range(4, 9)
_TYPED: dict[str, object] = {"J1": 240.0, "J2": 35.0, "B1": 0.9, "B2": -0.4}
_TYPED |= {f"{column}{row}": 0.3 * row - own for row in _ROWS for column, own in (("A", 0.5), ("I", 1.2))}
_RESULTS = {f"B{row}": f"=TANH($B$1*A{row}+$B$2)" for row in _ROWS} | {f"C{row}": f"=B{row}/2" for row in _ROWS}
_DECIDED = {f"D{row}": f'=IF(B{row}>0.5,"yes","no")' for row in _ROWS}


def _regular(formulas: dict[str, str], folder: Path) -> set[str]:
    """Which formulas beside the results in B, of which C holds others, and the decisions in D are evaluations."""
    own = sheet(_TYPED | _RESULTS | _DECIDED | formulas, folder)
    taken = {address_of("S", name) for name in _RESULTS}
    regular, _ = evaluations(own.arrangement.reads, taken, ())
    return {name for name in formulas if address_of("S", name) in regular}


@pytest.mark.parametrize(
    ("formula", "is_one"),
    [
        ('=IF(D{0}="yes",B{0}*$J$1-$J$2,0)', True),
        ('=IF(D{0}<>"yes",0,ROUND(B{0}*I{0}-(1-B{0})*$J$2,2))', True),
        ('=(D{0}="yes")*(B{0}*$J$1-$J$2)', True),
        ('=IF(D{0}="yes",C{0}*$J$1-$J$2,0)', False),  # nothing was decided on C
        ('=IF(D{0}="yes",B{0}*$J$1-C{0}*$J$2,0)', False),  # two results, as a unit weighs them
        ('=IF(D{0}="yes",TANH(B{0}*$J$1-$J$2),0)', False),
        ("=IF(B{0}>0.5,B{0}*$J$1-$J$2,0)", False),  # it may be an activation
        ('=IF(I{0}="yes",B{0}*$J$1-$J$2,0)', False),  # a gate
    ],
)
def test_what_a_decision_is_worth(formula: str, is_one: bool, tmp_path: Path) -> None:
    """Rule: it is made of the very result that was decided on and of typed numbers; so is its total."""
    formulas = {f"E{row}": formula.format(row) for row in _ROWS} | {"E10": "=SUM(E4:E8)"}
    assert _regular(formulas, tmp_path) == ({*formulas} if is_one else set())


@pytest.mark.parametrize("odd", [{"E6": '=IF(D6="yes",B5*$J$1-$J$2,0)'}, {"E10": "=SUM(E4:E7)"}])
def test_one_that_is_filled_otherwise_is_none(odd: dict[str, str], tmp_path: Path) -> None:
    """Rule: one that takes the result of the row above is none, nor is the total of a part."""
    formulas = {f"E{row}": f'=IF(D{row}="yes",B{row}*$J$1-$J$2,0)' for row in _ROWS}
    assert not _regular(formulas | odd, tmp_path) & odd.keys()


@pytest.mark.parametrize(("taken", "is_one"), [(0, True), (1, False)])
def test_it_is_the_result_in_line_with_its_decision(taken: int, is_one: bool, tmp_path: Path) -> None:
    """Rule: where a decision asks all results, as the best one does, another sample's is not what it is worth."""
    formulas = {f"D{row}": f'=IF(B{row}=MAX($B$4:$B$8),"yes","no")' for row in _ROWS}
    formulas |= {f"E{row}": f'=IF(D{row}="yes",B{row + taken}*$J$1-$J$2,0)' for row in range(4, 8)}
    assert ({f"E{row}" for row in range(4, 8)} <= _regular(formulas, tmp_path)) is is_one


@pytest.mark.parametrize(
    ("formula", "is_one"),
    [
        ('=AVERAGEIF(D4:D8,"yes",B4:B8)', True), ('=SUMIFS(B4:B8,D4:D8,"yes")', True),
        ('=SUMPRODUCT((D4:D8="yes")*B4:B8)', True), ('=AVERAGEIF(D4:D8,"yes",B4:B7)', False),
        ('=AVERAGEIF(D4:D7,"yes",B4:B7)', False), ('=AVERAGEIF(D4:D8,"yes",C4:C8)', False),
        ('=AVERAGEIF(I4:I8,"yes",B4:B8)', False),
    ],
)  # fmt: skip
def test_results_of_one_decision_are_put_together(formula: str, is_one: bool, tmp_path: Path) -> None:
    """Rule: they are taken in the place of each decision, of all samples."""
    assert _regular({"E10": formula}, tmp_path) == ({"E10"} if is_one else set())


@pytest.mark.parametrize(("decided", "smooth"), [("D", "B"), ("", "B"), ("D", "")])
def test_decisions_choose_results(decided: str, smooth: str, tmp_path: Path) -> None:
    """Rule: what asks no decision chooses nothing, nor what takes no result."""
    reads = sheet(_TYPED | _RESULTS | _DECIDED, tmp_path).arrangement.reads
    node = parsed('IF(D4="yes",B4*2,0)')
    are = [{address_of("S", f"{own}4") for own in names}.__contains__ for names in (decided, smooth)]
    assert node is not None
    assert is_chosen(node, "S", reads, *are) is bool(decided and smooth)
