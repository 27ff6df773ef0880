"""A workbook with bindings is explained, and compared with explanations in which other cells are wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from bound_sheets import SUMS, bound
from recognised_sheets import a1

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.alignment.assignment import Assignment, assign
from xlcheck.handmade.alignment.right_values import RightValues
from xlcheck.handmade.alignment.rivals import explained
from xlcheck.handmade.reading.cell_terms import CellTerms


def _explained(wrong: Mapping[str, object], folder: Path) -> tuple[set[str], dict[str, str], list[set[str]]]:
    """The wrong cells, those of which it is not certain and why, and which cells were spared in each explanation."""
    own, tries = bound(folder, {**SUMS, **wrong}), list[set[str]]()
    given = {cell for network in own.networks for *_, cell in network.cells()}
    terms = CellTerms(own.table, own.answers.values, given=given)

    def again(spared: Collection[Address]) -> tuple[Assignment, RightValues]:
        tries.append({*map(a1, spared)})
        right = RightValues(own.table, terms, own.networks, precedents=own.precedents)
        return assign(own.table, right, own.networks, own.precedents, spared), right

    found = explained(own.networks, own.precedents, again)
    return {*map(a1, found.aligned.wrong)}, {a1(cell): why for cell, why in found.contested.items()}, tries


def test_what_is_right_needs_no_other_explanation(tmp_path: Path) -> None:
    """Rule: where no cell is wrong, nobody is spared."""
    assert _explained({}, tmp_path) == (set(), {}, [set()])


@pytest.mark.parametrize(
    "wrong",
    [
        {"C6": "=A6*$A$1+B5*$A$2"}, {"B7": "=1/(1+EXP(-C7))"}, {"C7": "=A7*$A$1+B5*$A$2+$A$3"},
        {"C6": "=A6*$A$1+B5*$A$2", "B7": "=1/(1+EXP(-C7))"},
    ],
    ids=["without its bias", "another activation", "a state of another step", "two mistakes"],
)  # fmt: skip
def test_a_mistake_is_certain_if_no_other_does(wrong: dict[str, object], tmp_path: Path) -> None:
    """Rule: each wrong cell that somebody reads is spared for once, and it takes more mistakes then."""
    cells, contested, tries = _explained(wrong, tmp_path)
    assert (cells, contested) == ({*wrong}, {})
    assert sorted(map(sorted, tries)) == [[], *([cell] for cell in sorted(wrong))]


def test_who_reads_what_nobody_knows_is_not_certainly_wrong(tmp_path: Path) -> None:
    """Rule: either the reader is wrong, or the formula that it reads and that is no quantity of the network."""
    cells, contested, _ = _explained({"C7": "=D7*$A$1+B6*$A$2+$A$3", "D7": "=A7*2"}, tmp_path)
    assert cells == {"C7"}
    assert "Sheet!D7" in contested["C7"]


@pytest.mark.parametrize(("more", "contested"), [({}, True), ({"B8": "=1/(1+EXP(-C8))"}, False)])
def test_an_explanation_that_is_as_good_leaves_a_cell_in_peace(
    more: dict[str, object], contested: bool, tmp_path: Path
) -> None:
    """Rule: if another cell may be the only wrong one instead, nobody knows which; not if that takes two."""
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    one = bound(folders[0], SUMS | {"C6": "=A6*$A$1+B5*$A$2", "C7": "=$A$3+A7*$A$1+B6*$A$2"})
    other = bound(folders[1], SUMS | {"C7": "=A7*$A$1+B6*$A$2", **more})

    def again(spared: Collection[Address]) -> tuple[Assignment, RightValues]:
        return (other.aligned, other.right) if spared else (one.aligned, one.right)

    found = explained(one.networks, one.precedents, again).contested
    why = "either Sheet!C6 or Sheet!C7 may be wrong, and nothing says which"
    assert {a1(cell): said for cell, said in found.items()} == ({"C6": why} if contested else {})
