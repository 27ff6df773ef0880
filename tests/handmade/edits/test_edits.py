"""What somebody may have meant to type: formulas filled from their neighbours, and numbers that nobody reads."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from equation_sheets import simple_rnn
from made_edits import edits_of, named


def _edits(
    cells: Mapping[str, object], folder: Path, *, unread: Collection[str] = (), weights: Collection[str] = ()
) -> list[dict[str, set[str]]]:
    """Each edit of a worksheet: cell → what it would read."""
    return named(edits_of(cells, folder, unread=unread, weights=weights))


@pytest.mark.parametrize("dollars", [True, False], ids=["fixed with $", "typed"])
def test_a_cell_is_filled_as_its_neighbours_are(tmp_path: Path, dollars: bool) -> None:
    """What goes along and what does not is learnt from the other formulas of the line, with `$` or without."""
    w = "$A$1" if dollars else "A1"
    cells: dict[str, object] = {"A1": 0.5, "A2": 0.7, "B2": 0.1, "C2": 0.2, "D2": 0.3, "E2": 0.4}
    cells |= {f"{column}3": f"={w}*{column}2" for column in "BDE"} | {"C3": f"={w}*B2"}

    assert {"C3": {"A1", "C2"}} in _edits(cells, tmp_path, weights=["A1"])


def test_a_right_cell_among_its_like_is_not_edited_alone(tmp_path: Path) -> None:
    """An edit of one cell may not make it read others than those that it was filled from do."""
    weights = [f"{column}{row}" for column in "BCD" for row in (2, 3, 5, 6, 7, 9)]
    cells = simple_rnn(4)
    own = {cell: set(re.findall(r"[A-Z]+\d+", str(text).replace("$", ""))) for cell, text in cells.items()}
    edits = [edit for edit in _edits(cells, tmp_path, weights=weights) if len(edit) == 1]
    alone = {cell for edit in edits for cell, read in edit.items() if read != own[cell]}

    assert not alone & {f"{column}{row}" for column in "HIJ" for row in (13, 14, 15)}


def test_a_family_is_edited_together(tmp_path: Path) -> None:
    """Formulas that were filled from one wrong formula read what nobody reads, all of them."""
    cells: dict[str, object] = {"A1": 0.5, "A2": 0.7, "A3": 0.2, "C1": 0.1, "D1": 0.2, "E1": 0.3}
    cells |= {f"{column}4": f"=$A$1*{column}1+$A$3" for column in "CDE"}
    edits = _edits(cells, tmp_path, unread=["A2"], weights=["A1", "A3"])

    assert {column + "4": {"A1", "A2", f"{column}1"} for column in "CDE"} in edits
    assert {column + "4": {"A2", "A3", f"{column}1"} for column in "CDE"} in edits


def test_a_weight_is_not_put_in_the_place_of_an_input(tmp_path: Path) -> None:
    """A number that nobody reads and that stands elsewhere is no input of some step."""
    cells: dict[str, object] = {"A1": 0.5, "A2": 0.7, "C9": 0.1, "D9": 0.2, "C10": "=$A$1*C9", "D10": "=$A$1*D9"}
    edits = _edits(cells, tmp_path, unread=["A2"], weights=["A1"])

    assert {"C10": {"A2", "A1"}, "D10": {"A2", "A1"}} not in edits
    assert not any(read == {"A1", "A2"} for edit in edits for read in edit.values())


def test_a_blank_state_takes_its_summand_with_it(tmp_path: Path) -> None:
    """Filled to the first step, a formula loses the product with a state that is not written there."""
    cells: dict[str, object] = {"A1": 0.5, "A2": 0.7, "C1": 0.1, "D1": 0.2, "E1": 0.3}
    cells |= {"C3": "=$A$2*C1", "D3": "=$A$1*D1+$A$2*C3", "E3": "=$A$1*E1+$A$2*D3"}

    assert {"C3": {"A1", "C1"}} in _edits(cells, tmp_path, weights=["A1", "A2"])
