"""The steps of the search for wrong cells, each by itself, in a worksheet of a recurrent unit and an output."""

from __future__ import annotations

from pathlib import Path

import pytest
from bound_sheets import BINDINGS, SUMS, Search, bound

from xlcheck.handmade.alignment.matching import ancestors, choosing_cells, frontier
from xlcheck.handmade.alignment.needed import functions_of
from xlcheck.handmade.alignment.out_of_place import (
    is_rounded,
    out_of_place,
    shortened_results,
    typed_results,
    unfinished,
)
from xlcheck.handmade.alignment.repair import best_repair

WITH_OUTPUT = BINDINGS.replace("units = 1", "units = 1\nreturn_sequences = true").replace(
    "[[model.document]]",
    '[[model.layer]]\ntype = "Dense"\nunits = 1\nactivation = "sigmoid"\nkernel = "E1"\nbias = "E2"\n'
    "[[model.document]]",
)
OUTPUT = {"E1": 0.75, "E2": -0.125} | {f"D{row}": f"=1/(1+EXP(-(B{row}*$E$1+$E$2)))" for row in range(5, 9)}


def cell(name: str) -> tuple[str, int, int]:
    """A cell of the worksheet."""
    return "Sheet", int(name[1:]) - 1, ord(name[0]) - ord("A")


def search(folder: Path, changed: dict[str, object], *, with_parts: bool = False) -> Search:
    """The search in the worksheet with other contents in some cells."""
    return Search.of(bound(folder, SUMS | OUTPUT | changed, WITH_OUTPUT), with_parts=with_parts)


def test_what_is_unknown_begins_where_nothing_unknown_is_read(tmp_path: Path) -> None:
    """Rule: of the cells that hold nothing known, those come first that read none of the others."""
    found = search(tmp_path, {"C6": "=A6*$A$1+B5*$A$2"})
    unknown = found.now.unknown()

    assert cell("C6") in unknown
    assert frontier(unknown, found.book.precedents) == [cell("C6")]
    assert frontier([cell("B6"), cell("C6")], found.book.precedents) == [cell("C6")]


def test_ancestors_come_nearest_first_and_end_at_given_cells(tmp_path: Path) -> None:
    """Rule: what a cell reads in one step stands before what that reads; given numbers are none of it."""
    found = search(tmp_path, {})

    assert ancestors(cell("D6"), found.book.precedents, found.now.placed.given, 3) == [*map(cell, ("B6", "C6", "B5"))]


def test_a_formula_chooses_only_among_several(tmp_path: Path) -> None:
    """Rule: the largest of several cells is one of them; the larger of a cell and a number chooses no cell."""
    found = search(tmp_path, {"F5": "=MAX(B5:B8)", "F6": "=MAX(B5,0)", "F7": "=SUM(B5:B8)"})
    formulas = [*map(cell, ("F5", "F6", "F7"))]

    assert choosing_cells(formulas, found.book.precedents) == {cell("F5"): [cell(f"B{row}") for row in range(5, 9)]}


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({}, {}),
        ({"D6": OUTPUT["D7"], "D7": OUTPUT["D6"]}, {"D6": "dense.y[1][0]", "D7": "dense.y[2][0]"}),
        ({"D8": OUTPUT["D7"]}, {"D8": "dense.y[3][0]"}),
        ({"F5": "=B5", "F6": "=B7"}, {}),
    ],
    ids=["right", "exchanged", "the step before", "copies"],
)
def test_what_is_computed_at_another_step_is_out_of_place(
    changed: dict[str, object], asked: dict[str, str], tmp_path: Path
) -> None:
    """Rule: a formula that computes another step than its row's should compute that one, if nothing else does."""
    found = search(tmp_path, changed)

    assert found.named(out_of_place(found.now, found.book.precedents)) == asked


def test_a_formula_differs_from_what_was_filled_beside_it(tmp_path: Path) -> None:
    """Rule: it is odd where most formulas of its column are filled from one another, and it is not."""
    found = search(tmp_path, {"C6": "=A6*$A$1+B5*$A$2"})

    assert [own for own in found.book.formulas if found.book.is_odd(own)] == [cell("C6")]
    assert [*found.book.alike(found.book.shape(cell("C7")))] == [*map(cell, ("C5", "C7", "C8"))]


def test_a_result_that_stands_nowhere_may_be_typed(tmp_path: Path) -> None:
    """Rule: a number that nothing reads and that equals a missing result up to rounding is typed in its place."""
    number = round(float(search(tmp_path, {}).book.right.saved_values(0)["dense.y[3]"][0, 0]), 4)
    found = search(tmp_path, {"D8": number})
    repairs = typed_results(found.now, found.book)

    assert found.named({repair.cell: repair.number for repair in repairs}) == {"D8": "dense.y[3][0]"}
    assert typed_results(*_of(search(tmp_path, {"D8": number + 0.01}))) == []


def test_a_last_formula_may_end_too_early(tmp_path: Path) -> None:
    """Rule: a formula that nothing reads, and gives what a missing result is computed from, should give the result."""
    found = search(tmp_path, {"D8": "=B8*$E$1+$E$2"})
    repairs = unfinished(found.now, found.book)

    assert found.named({repair.cell: repair.number for repair in repairs}) == {"D8": "dense.y[3][0]"}
    assert unfinished(*_of(search(tmp_path, {"D8": "=B8*$E$1+$E$2", "F8": "=17*D8"}))) == []


@pytest.mark.parametrize(
    ("typed", "is_it"), [(0.123456789, True), (0.1235, True), (0.12, True), (0.1, False), (0.1234, False)]
)
def test_a_rounded_number_has_two_digits_at_least(typed: float, is_it: bool) -> None:
    """Rule: a number is another one if it is that in full, or rounded to two digits after the point or more."""
    assert is_rounded(typed, 0.123456789) is is_it


def test_what_is_a_function_of_a_cell_alone_may_be_meant_for_it(tmp_path: Path) -> None:
    """Rule: a sum whose activation stands nowhere may be meant to be that; one whose activation stands is not."""
    found = search(tmp_path, {"B8": "=C8", "D8": None})

    assert [found.now.elements[n].name for n in functions_of(cell("C8"), found.now)] == ["simple_rnn.h[3][0]"]
    assert [*functions_of(cell("C7"), found.now)] == []


@pytest.mark.parametrize(
    ("changed", "unknown", "repairs"),
    [
        ({"C6": "=A6*$A$1+B5*$A$2"}, "C6", {"C6": "simple_rnn.z[1][0]"}),
        ({"B6": "=TANH(C5)"}, "C7", {"B6": "simple_rnn.h[1][0]"}),
        ({"C6": 0.3}, "B6", {"C6": "simple_rnn.z[1][0]"}),
        ({"F1": "=A5*17"}, "F1", {}),
    ],
    ids=["the cell itself", "what it reads", "a typed number", "something else"],
)
def test_the_best_repair_puts_right_what_follows(
    changed: dict[str, object], unknown: str, repairs: dict[str, str], tmp_path: Path
) -> None:
    """Rule: an unknown cell is put right where one right number explains what follows; what explains nothing stays."""
    found = search(tmp_path, changed, with_parts=True)
    best = best_repair(cell(unknown), found.now, found.book)

    assert found.named({repair.cell: repair.number for repair in best}) == repairs


def test_a_part_of_a_result_that_stands_nowhere_should_be_all_of_it(tmp_path: Path) -> None:
    """Rule: where the place of a cell asks for a missing result, a part of it in that cell is too short."""
    found = search(tmp_path, {"D8": "=1+EXP(-(B8*$E$1+$E$2))"}, with_parts=True)
    whole = search(tmp_path, {}, with_parts=True)

    assert shortened_results(whole.now) == {}
    assert found.named(shortened_results(found.now)) == {"D8": "dense.y[3][0]"}


def _of(found: Search) -> tuple[object, object]:
    return found.now, found.book
