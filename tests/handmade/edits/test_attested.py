"""Cells that attest one another are edited together or not at all; the ends of a line may be edited alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, verdict
from recognised_sheets import cell_at, sheet

from xlcheck.handmade import effort
from xlcheck.handmade.edits.attested import Attested
from xlcheck.handmade.edits.candidates import Edits
from xlcheck.handmade.forms.term_changes import Edit

pytestmark = pytest.mark.keras

_SIGMOID = "=1/(1+EXP(-({0})))"


def _two_units(samples: int = 5) -> dict[str, object]:
    """Samples in rows from 6 on: inputs in A and B, two units in D and E, their output in G; weights above."""
    cells: dict[str, object] = {"D1": 0.4, "D2": -0.7, "D3": 0.1, "E1": 0.9, "E2": 0.35, "E3": -0.2}
    cells |= {"G1": 1.3, "G2": -0.6, "G3": 0.25}
    for row in range(6, 6 + samples):
        cells |= {f"A{row}": 0.31 * row - 2, f"B{row}": 1.7 - 0.23 * row}
        for unit in "DE":
            cells[f"{unit}{row}"] = f"=TANH($A{row}*{unit}$1+$B{row}*{unit}$2+{unit}$3)"
        cells[f"G{row}"] = _SIGMOID.format(f"D{row}*$G$1+E{row}*$G$2+$G$3")
    return cells


@pytest.mark.parametrize(
    ("edited", "are_apart"),
    [
        ("D8", True),  # the units beside it, and those above and below
        ("D6", True),  # at the end of its line, but E6 does the same
        ("D6 D7 D8 D9 D10", True),  # one unit in all samples: the other one attests it
        ("D6 E6", False),
        ("D8 E8", True),  # between samples in which the same is done
        ("D6 D7 D8 D9 D10 E6 E7 E8 E9 E10", False),
        ("G8", True),
        ("G6", False),  # the end of a line
        ("G10", False),
        ("G6 G7 G8 G9 G10", False),
        ("A8", True),  # a typed number among others
        ("A6", False),
        ("D2", False),  # a weight beside formulas
    ],
)
def test_what_is_edited_without_its_witnesses(edited: str, are_apart: bool, tmp_path: Path) -> None:
    """Rule: what was filled alike between the ends of a line is edited as a whole, and so are the units of a step."""
    found = sheet(_two_units(), tmp_path)
    cells = frozenset(map(cell_at, edited.split()))
    assert Attested(found.table, found.arrangement).are_set_apart(cells) is are_apart


@pytest.mark.parametrize(("edited", "are_apart"), [("G8 G9 G10 G11", False), ("G9", True), ("G7", False)])
def test_a_line_ends_where_references_move_otherwise(edited: str, are_apart: bool, tmp_path: Path) -> None:
    """Rule: those that were filled from a formula that reads the sample before its own are a line by themselves."""
    behind = {f"G{row}": _SIGMOID.format(f"D{row - 1}*$G$1+E{row - 1}*$G$2+$G$3") for row in (8, 9, 10, 11)}
    found = sheet(_two_units(7) | behind | {"G12": 0.5}, tmp_path)
    assert Attested(found.table, found.arrangement).are_set_apart(frozenset(map(cell_at, edited.split()))) is are_apart


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, True),
        ({f"E{row}": f"=TANH($A{row}*E$1+$B{row}*D$2+E$3)" for row in range(6, 11)}, False),  # shares a weight
        ({f"E{row}": _SIGMOID.format(f"$A{row}*E$1+$B{row}*E$2+E$3") for row in range(6, 11)}, False),
        ({f"E{row}": f"=TANH($B{row}*E$1+$A{row}*E$2+E$3)" for row in range(6, 11)}, False),  # in another order
        ({"F1": 0.3, "F2": 0.4, "F3": 0.5}, False),  # weights of nobody beside theirs
    ],
)
def test_units_attest_one_another_if_they_are_alike(change: Mapping[str, object], says: bool, tmp_path: Path) -> None:
    """Rule: units with weights in common, in another order, or beside weights of nobody, say nothing of each other."""
    found = sheet(_two_units() | dict(change), tmp_path)
    column = frozenset(cell_at(f"D{row}") for row in range(6, 11))
    assert Attested(found.table, found.arrangement).are_set_apart(column) is says


def test_a_unit_that_reads_weights_of_another_one(tmp_path: Path) -> None:
    """Its own recurrent weights are read by nobody; the bias and the weight of the input are its own."""
    cells: dict[str, object] = {"K3": 0.8, "L3": -0.5, "K4": 0.4, "L4": 0.2, "K5": -0.3, "L5": 0.6, "K6": 0.1}
    cells |= {"L6": -0.15, "C4": 0, "D4": 0, "N3": 1.2, "N4": -0.7, "N5": 0.05}
    for row in range(5, 12):
        cells[f"B{row}"] = round(0.37 * row % 1.1 - 0.4, 3)
        for unit, weights, states in (("C", "K", "K"), ("D", "L", "K")):
            past = f"$C{row - 1}*{states}$4+$D{row - 1}*{states}$5"
            cells[f"{unit}{row}"] = f"=TANH($B{row}*{weights}$3+{past}+{weights}$6)"
        cells[f"F{row}"] = f"=C{row}*$N$3+D{row}*$N$4+$N$5"
    assert answer(cells, tmp_path) == (1, {f"D{row}" for row in range(5, 12)})


def _swish_of_the_next_sample(wrong: int) -> dict[str, object]:
    """x·σ(y) in all units of all samples, in two cells each; y is that of the next sample, or of one so far behind."""
    cells = {name: own for name, own in _two_units(6).items() if name[0] in "AB" and int(name[1:]) > 5}
    cells |= {"L1": 1.1, "L2": -0.6, "L3": 0.2, "D1": 0.4, "D2": -0.7, "D3": 0.1, "E1": 0.9, "E2": 0.35, "E3": -0.2}
    for row in range(6, 12):
        for unit, bent in zip("DE", "HI", strict=True):
            cells[f"{unit}{row}"] = f"=$A{row}*{unit}$1+$B{row}*{unit}$2+{unit}$3"
            cells[f"{bent}{row}"] = f"={unit}{row}/(1+EXP(-{unit}{row + wrong}))"
        cells[f"L{row}"] = f"=H{row}*$L$1+I{row}*$L$2+$L$3"
    return cells


def test_a_block_may_have_been_filled_from_one_wrong_formula(tmp_path: Path) -> None:
    """Rule: what would put a block right is shown, though nobody is blamed for what has no name."""
    assert answer(_swish_of_the_next_sample(0), tmp_path) == (0, set())
    found = verdict(_swish_of_the_next_sample(1), tmp_path, effort=60)
    assert (found.code, found.roots) == (3, set())
    assert "H6" in found.said


def test_what_nobody_would_be_blamed_for_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: when time is up, cells are shown only if they would be called wrong, had everything been tried."""
    block = {cell_at(f"{column}{row}") for row in range(6, 12) for column in "HI"}
    whole = Edits.__iter__
    tried: list[Edit] = []

    def of_the_block(self: Edits) -> Iterator[Edit]:
        tried.extend(edit for edit in whole(self) if edit.keys() == block)
        yield from tried
        raise effort.OutOfTimeError

    monkeypatch.setattr(Edits, "__iter__", of_the_block)
    found = verdict(_swish_of_the_next_sample(1), tmp_path)
    assert tried
    assert (found.code, found.roots) == (3, set())
    assert "may be wrong" not in found.said
