"""Numbers that somebody typed beside results: which edits make the results just these?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
from recognised_sheets import Sheet, cell_at, sheet

from xlcheck.handmade import effort
from xlcheck.handmade.beside.typed_beside import listed_otherwise, said_beside_results
from xlcheck.handmade.edits.typed_results import TypedResults

_STATES = (math.tanh(0.5 * 0.3 + 0.1), math.tanh(0.5 * -0.8 + 0.1))
_CELLS: dict[str, object] = {
    "A1": 0.5, "B1": 0.1, "A3": 0.3, "A4": -0.8, "B3": "=A3*$A$1+$B$1", "B4": "=A4*$A$1+$B$1", "C2": "h",
    "C3": "=TANH(B3)", "C4": "=TANH(B4)",
}  # fmt: skip
"""Sums in B, and what becomes of them in C."""
_PRINTED: dict[str, object] = {"E2": "Keras h", "E3": round(_STATES[0], 8), "E4": round(_STATES[1], 8)}
_FORGOTTEN = {"C4": "=B4"}


def _typed(more: Mapping[str, object], folder: Path) -> tuple[Sheet, TypedResults]:
    found = sheet(_CELLS | dict(more), folder)
    return found, TypedResults(found.part, found.terms)


@pytest.mark.parametrize(
    ("more", "is_open"),
    [
        ({}, False),
        (_PRINTED, False),
        (_FORGOTTEN, False),  # nothing is typed
        (_PRINTED | _FORGOTTEN, True),
        (_PRINTED | _FORGOTTEN | {"E2": "targets"}, False),
        (_PRINTED | {"E4": round(_STATES[1], 8) + 5e-6}, False),  # in single precision
        (_PRINTED | {"E4": round(_STATES[1], 8) + 5e-5}, True),
    ],
)
def test_results_that_are_not_what_was_typed(more: dict[str, object], is_open: bool, tmp_path: Path) -> None:
    """Rule: where a program printed other numbers than a cell shows, something is open."""
    assert bool(_typed(more, tmp_path)[1]) is is_open


@pytest.mark.parametrize(
    ("edit", "holds"),
    [
        ({"C4": "TANH(B4)"}, True),
        ({"C4": "TANH(B3)"}, False),
        ({"C4": "TANH(A4*A1+B1)"}, True),
        ({"B4": "TANH(A4*A1+B1)"}, True),  # what goes on from it is what was typed
        ({"B4": "TANH(A4*A1)"}, False),
        ({"C3": "TANH(A3*A1+B1)"}, False),  # it changes another result
        ({"B4": "C4"}, False),  # a circle
    ],
)
def test_an_edit_that_makes_a_result_what_was_typed(edit: dict[str, str], holds: bool, tmp_path: Path) -> None:
    """Rule: it counts what results go over into, not what is written in the cell that changes."""
    found, typed = _typed(_PRINTED | _FORGOTTEN, tmp_path)
    terms = {cell_at(name): found.terms.term_of(cell_at(name), text) for name, text in edit.items()}
    assert typed.hold_under({cell: term for cell, term in terms.items() if term is not None}) is holds


def test_all_results_of_a_line_must_hold(tmp_path: Path) -> None:
    """Rule: of numbers right beside results, which say so together, one alone that becomes right is not enough."""
    listed: dict[str, object] = {"D3": round(_STATES[0], 6), "D4": round(_STATES[1], 6)}
    found, typed = _typed({**listed, "C3": "=B3", "C4": "=B4"}, tmp_path)
    one, other = ({cell_at(own): found.terms.term_of(cell_at(own), f"TANH(B{own[1]})")} for own in ("C3", "C4"))
    assert not typed.hold_under(one)
    assert not typed.hold_under(other)
    assert typed.hold_under(one | other)


def test_what_is_told_is_what_gives_the_typed_numbers(tmp_path: Path) -> None:
    """Rule: formulas that give other numbers, or that nobody understands, are left out; all are if nothing is open."""
    right, wrong = {cell_at("C4"): "TANH(B4)"}, {cell_at("C4"): "TANH(B3)"}
    unknown = {**right, cell_at("C3"): "TANH("}
    assert [*_typed(_PRINTED | _FORGOTTEN, tmp_path)[1].told([wrong, unknown, right])] == [right]
    assert [*_typed(_PRINTED, tmp_path)[1].told([wrong, right])] == []
    typed = _typed(_PRINTED | _FORGOTTEN, tmp_path)[1]
    with effort.limited_to(0), pytest.raises(effort.OutOfTimeError):
        next(typed.told([right]))


def _pairs(more: Mapping[str, object], folder: Path) -> list[list[tuple[str, str]]]:
    found = sheet(_CELLS | dict(more), folder)
    names = {cell_at(f"{column}{row}"): f"{column}{row}" for column in "ABCDEFG" for row in range(1, 9)}
    said = said_beside_results(found.table, found.part.values, found.part.precedents)
    return [[(names[one], names[other]) for one, other in own] for own in said if own]


def test_who_says_what_results_should_be(tmp_path: Path) -> None:
    """Rule: all that a program printed say so together, a line of numbers does, and comparisons that were filled."""
    assert _pairs(_PRINTED, tmp_path) == [[("C3", "E3"), ("C4", "E4")]]
    assert _pairs({"D3": 0.2445, "D4": -0.2914}, tmp_path) == [[("C3", "D3"), ("C4", "D4")]]
    assert _pairs({"D3": 0.24, "D4": -0.29}, tmp_path) == [], "few digits may agree by chance"
    compared = {"E3": 0.2445, "E4": -0.2914, "F3": "=C3-E3", "F4": "=C4-E4"}
    assert [sorted(own) for own in _pairs(compared, tmp_path)] == [[("C3", "E3"), ("C4", "E4")]]
    far = {"C2": None, **_PRINTED}
    assert _pairs(far, tmp_path) == [[("C3", "E3"), ("C4", "E4")]], "none is called as they are, but most are these"
    others = {"E3": 0.71234, "E4": 0.95123}
    assert _pairs(far | others, tmp_path) == [], "none is called as they are, and none stands beside them"


_LINE: dict[str, object] = {f"A{row}": 0.1 * row for row in range(1, 5)}
_LINE |= {f"B{row}": f"=TANH(A{row})" for row in range(1, 5)}
_LINE |= {f"C{row}": round(math.tanh(0.1 * row), 5) for row in range(1, 5)}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, []),
        ({"C2": 0.31875}, ["S!B2 is not what S!C2 says beside it, as others of its line do"]),
        ({"C2": 0.3}, []),  # it has few digits
        ({"C1": 0.71234, "C2": 0.31875}, ["S!B1 is not what S!C1 says beside it, as others of its line do"]),
        ({"C1": 0.71234, "C2": 0.31875, "C3": 0.95123}, []),  # targets
        ({"C2": 0.31875, "D2": "=C2*2"}, []),  # a number of the sheet
        ({"C2": 0.19754}, []),  # rounded on the way
    ],
)
def test_one_of_a_line_of_numbers_is_another_one(more: dict[str, object], said: list[str], tmp_path: Path) -> None:
    """Rule: where at least half of a line of numbers are the results beside them, the others should be as well."""
    found = sheet(_LINE | more, tmp_path)
    assert [*listed_otherwise(found.table, found.values, found.part.precedents)] == said
