"""Who speaks for a cell that differs, one rule after the other: such a cell is not called wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from recognised_sheets import Sheet, cell_at, sheet

from xlcheck.handmade.accepting.acceptance import _computed_elsewhere, _may_be_swapped, _outvoted
from xlcheck.handmade.accepting.witnesses import _only_follows, _only_lacks, stands_among_others
from xlcheck.handmade.networks.elements import Band, Key

_COLUMN = {
    "D1": 0.5, **{f"A{row}": 0.3 * row for row in range(2, 6)}, **{f"B{row}": f"=A{row}*$D$1" for row in range(2, 6)},
}  # fmt: skip
_Z: Band = (0, "dense.z", "")
_Y: Band = (0, "dense.y", "")


class _Elements(dict[int, Any]):
    """Elements by their numbers; nothing equals what a wrong cell computes."""

    def equal_to(self, _: object) -> list[list[int]]:
        return [[]]


def _outcome(own: Sheet, held: Mapping[str, Key], wrong: Collection[str], diagnosis: str | None = None) -> Any:
    """What became of cells: each with the coordinates of what it should hold, and those that compute something else."""
    keys = {cell_at(name): key for name, key in held.items()}
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys.values()))}
    elements = _Elements({n: SimpleNamespace(source=SimpleNamespace(band=key.band)) for key, n in numbers.items()})
    aligned = SimpleNamespace(
        keys=keys, bands={cell: key.band for cell, key in keys.items()}, elements=elements,
        held={cell: numbers[key] for cell, key in keys.items()}, wrong={cell_at(name): np.zeros(1) for name in wrong},
        element=lambda cell: elements[numbers[keys[cell]]] if cell in keys else None,
    )  # fmt: skip
    return SimpleNamespace(
        table=own.table, precedents=own.part.precedents, aligned=aligned, networks=(), roots=[], verdicts=(),
        called_wrong={cell_at(name): SimpleNamespace(diagnosis=diagnosis) for name in wrong},
    )  # fmt: skip


def _column(bands: Collection[Band]) -> dict[str, Key]:
    """The cells of the column, each a sample of a unit."""
    return {f"B{row}": Key(band, -1, row - 2, 0) for row, band in enumerate(bands, start=2)}


@pytest.mark.parametrize(("bands", "stands"), [((_Z, _Z, _Z, _Y), True), ((_Y, _Z, _Z, _Y), False)])
def test_a_cell_may_be_one_of_those_in_its_line(bands: Collection[Band], stands: bool, tmp_path: Path) -> None:
    """Rule: it is filled like right ones of another quantity, and none in the line holds what it should."""
    outcome = _outcome(sheet(_COLUMN, tmp_path), _column(bands), ["B5"])
    assert stands_among_others(cell_at("B5"), outcome) is stands


@pytest.mark.parametrize(("beside", "stands"), [(("A5", "C5"), False), (("A5",), True)])
def test_the_line_across_speaks_for_a_cell(beside: Collection[str], stands: bool, tmp_path: Path) -> None:
    """Rule: on both sides of it stands the quantity that it is taken for, though its line holds another one."""
    others = {name: Key(_Y, -1, number, 0) for number, name in enumerate(beside, start=9)}
    outcome = _outcome(sheet(_COLUMN | {"C5": "=B5"}, tmp_path), _column((_Z, _Z, _Z, _Y)) | others, ["B5"])
    assert stands_among_others(cell_at("B5"), outcome) is stands


@pytest.mark.parametrize(("formula", "follows"), [("=A5*$D$1", True), ("=A5*$D$1+1", False)])
def test_a_cell_filled_like_right_ones_only_follows(formula: str, follows: bool, tmp_path: Path) -> None:
    """Rule: the mistake lies in the odd cell that it reads; where nothing that it reads is odd, in itself."""
    own = sheet(_COLUMN | {"B5": formula}, tmp_path)
    outcome = _outcome(own, _column([_Z] * 4), ["B5"])
    assert _only_follows(cell_at("B5"), {cell_at("A5")}, outcome, own.forms) is follows
    assert not _only_follows(cell_at("B5"), {cell_at("A4")}, outcome, own.forms)


def test_a_right_cell_may_be_the_wrong_one(tmp_path: Path) -> None:
    """Rule: so it is where most of its step are wrong, unless its unit is right at most other steps."""
    own = sheet(_COLUMN, tmp_path)
    step = {f"B{row}": Key(_Z, 0, 0, row) for row in (2, 3, 4)}
    roots = [cell_at("B2"), cell_at("B3")]
    assert [*_outvoted(roots, _outcome(own, step, ["B2", "B3"]))] == [
        "it may be S!B4 that is wrong, and not most of the cells beside it"
    ]
    others = {f"C{row}": Key(_Z, 1, 0, row) for row in (2, 3, 4)}
    assert not [*_outvoted(roots, _outcome(own, step | others, ["B2", "B3"]))]


@pytest.mark.parametrize(
    ("wrong", "diagnosis", "swapped"),
    [(("B2", "C2"), "neighbour-unit", True), (("B2",), "neighbour-unit", False), (("B2", "C2"), None, False)],
)
def test_two_units_may_have_changed_places(
    wrong: Collection[str], diagnosis: str | None, swapped: bool, tmp_path: Path
) -> None:
    """Rule: a unit that is its neighbour at every step may be called by the wrong name; at one step it is a mistake."""
    held = {f"{column}{row}": Key(_Z, step, 0, row) for step, column in enumerate("BC") for row in (2, 3)}
    outcome = _outcome(sheet(_COLUMN, tmp_path), held, wrong, diagnosis)
    assert _may_be_swapped(cell_at("B2"), outcome) is swapped


@pytest.mark.parametrize(("other", "found"), [("=A9+1", "F9"), (3.5, None)])
def test_what_a_cell_should_hold_may_stand_elsewhere(other: object, found: str | None, tmp_path: Path) -> None:
    """Rule: who reads a number above a column may have missed the formula that gives what is meant."""
    own = sheet({"A9": 2.5, "B9": 1.0, "C9": "=B9*2", "F9": other}, tmp_path)
    same = Key(_Z, -1, 0, 0)
    elsewhere = _computed_elsewhere(cell_at("B9"), _outcome(own, {"B9": same, "F9": same}, ["B9"]))
    assert elsewhere == (None if found is None else cell_at(found))


@pytest.mark.parametrize(
    ("cell", "unit", "lacks"),
    [
        ("D9", "TANH($A9*$F$1+D8*$F$2+E8*$F$3)", True),
        ("D9", "TANH(D8*$F$2+E8*$F$3+$F$4)", True),
        ("D4", "TANH($A4*$F$1+E3*$F$3+$F$4)", False),  # the state before the first step may be left out
        ("D9", "TANH(D8*$F$2+E8*$F$3)", False),
    ],
    ids=["bias", "input", "first state", "two summands"],
)
def test_of_two_units_the_other_one_says_what_a_sum_lacks(cell: str, unit: str, lacks: bool, tmp_path: Path) -> None:
    """Rule: one summand that all other steps have, while what the sum does read is of its own step."""
    numbers = (0.7, -0.4, 0.25, 0.15, -0.55, 0.35, 0.6, -0.1)
    cells: dict[str, object] = {f"{c}{r}": numbers[r - 1 + 4 * n] for n, c in enumerate("FG") for r in range(1, 5)}
    cells |= {"D3": 0.1, "E3": -0.2}
    for row in range(4, 12):
        cells[f"A{row}"] = 0.37 * row - 2.9
        for state, w in zip("DE", "FG", strict=True):
            cells[f"{state}{row}"] = f"=TANH($A{row}*${w}$1+D{row - 1}*${w}$2+E{row - 1}*${w}$3+${w}$4)"
    (layer,) = sheet(cells | {cell: f"={unit}"}, tmp_path).arrangement.layers
    (misfit,) = layer.reading.layer.misfits
    assert _only_lacks(misfit[1], layer.reading, misfit[0]) is lacks
