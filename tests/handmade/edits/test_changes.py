"""The same change in all formulas of a family: another weight, other inputs, a range elsewhere or a longer one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from made_edits import edits_of, named
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.edits.changes import Changes
from xlcheck.handmade.reading.cell_terms import leaves

_Names = Collection[str]


def _changes(cells: Mapping[str, object], folder: Path, weights: _Names = (), unread: _Names = ()) -> Changes:
    own = sheet(cells, folder)
    return Changes(own.terms, own.table, [*map(cell_at, weights)], [*map(cell_at, unread)])


def _family(names: str) -> list[tuple[str, int, int]]:
    return [*map(cell_at, names.split())]


def test_a_family_reads_a_number_that_nobody_reads(tmp_path: Path) -> None:
    """Rule: all cells of it read a weight in the place of another one; of a formula in its place nothing is said."""
    cells: dict[str, object] = {"A1": 0.5, "A2": 0.7, "A3": 0.2, "A9": "=A3+1"}
    cells |= {f"{c}1": 0.1 * n for n, c in enumerate("CDE", 1)} | {f"{c}4": f"=$A$1*{c}1+$A$3" for c in "CDE"}
    for unread, is_one in (("A2", True), ("A9", False)):
        own = _changes(cells, tmp_path, ["A1", "A3"], [unread])
        found = named(own._changed(_family("C4 D4 E4")))
        assert ({f"{c}4": {unread, "A3", f"{c}1"} for c in "CDE"} in found) is is_one
        assert any(edit["C4"] == {unread, "A3", "C1"} for edit in found if "C4" in edit) is is_one


def test_a_family_is_filled_over(tmp_path: Path) -> None:
    """Rule: what another formula would be in each cell; formulas of the family itself are no such."""
    cells = {f"A{row}": 0.1 * row for row in range(1, 5)} | {"F1": 0.3}
    cells |= {"B1": "=$F$1*A1", "B2": "=$F$1*A2", "B3": "=$F$1*A1", "B4": "=$F$1*A2"}
    own = _changes(cells, tmp_path, ["F1"])
    assert {"B3": {"F1", "A3"}, "B4": {"F1", "A4"}} in named(own._filled_over(cell_at("B1"), _family("B3 B4")))
    assert named(own._filled_over(cell_at("B3"), _family("B3 B4"))) == []


def test_a_range_may_be_longer_at_either_end(tmp_path: Path) -> None:
    """Rule: a cell more at one end, in all formulas alike; shorter only where a word spoils what they give."""
    cells: dict[str, object] = {f"{c}{row}": 0.1 * row for c in "BC" for row in range(1, 5)}
    cells |= {f"{c}6": f"=SUM({c}2:{c}3)" for c in "BC"}
    wanted = [{f"{c}6": {f"{c}{row}" for row in rows} for c in "BC"} for rows in ((2, 3, 4), (1, 2, 3))]
    found = named(_changes(cells, tmp_path)._with_lengths(_family("B6 C6")))
    assert [own for own in wanted if own not in found] == []
    assert [own for own in found if own not in wanted] == []

    cells = {"B1": 0.1, "B2": 0.2, "B3": "sum", "B6": "=EXP(B1)+SUMPRODUCT(B1:B3+0)"}
    assert {"B6": {"B1", "B2"}} in named(_changes(cells, tmp_path)._with_lengths(_family("B6")))


def test_a_range_may_be_read_where_numbers_are_unread(tmp_path: Path) -> None:
    """Rule: so far away all of its cells hold numbers, of which nobody reads some."""
    cells: dict[str, object] = {"A1": 0.5, "A2": 0.7, "A3": 0.2, "A4": 0.4, "C1": 0.1, "C2": 0.3}
    cells |= {"C6": "=SUMPRODUCT($A$1:$A$2,C1:C2)"}
    meant = {"C6": {"A3", "A4", "C1", "C2"}}
    assert meant in named(_changes(cells, tmp_path, (), ["A3", "A4"])._with_ranges(_family("C6")))
    assert meant not in named(_changes(cells, tmp_path, ())._with_ranges(_family("C6")))
    assert meant not in named(_changes(cells | {"A4": "end"}, tmp_path, (), ["A3"])._with_ranges(_family("C6")))


def test_all_inputs_of_a_formula_are_those_of_one_beside_it(tmp_path: Path) -> None:
    """Rule: inputs that all stand as far away, as those of another step; weights stay."""
    cells: dict[str, object] = {"F1": 0.3, "F2": 0.4} | {f"{c}{row}": 0.1 * row for c in "AB" for row in (1, 2, 3)}
    cells |= {f"D{row}": f"=$F$1*A{max(row, 2)}+$F$2*B{max(row, 2)}" for row in (1, 2, 3)}
    own = _changes(cells, tmp_path, ["F1", "F2"])
    assert named(own._with_inputs(_family("D1"))) == [{"D1": {"F1", "F2", "A3", "B3"}}]
    crossed = _changes(cells | {"D3": "=$F$1*A3+$F$2*B2"}, tmp_path, ["F1", "F2"])
    assert named(crossed._with_inputs(_family("D1"))) == []


def test_a_line_of_a_row_has_the_weights_that_nobody_reads(tmp_path: Path) -> None:
    """Rule: who reads a weight is a row of its own; a line of it may be meant to read those of another unit."""
    cells: dict[str, object] = {"A1": 0.5, "A2": 0.7, "B1": 0.2, "B2": 0.4, "E5": 0.1, "E6": 0.3}
    cells |= {f"{c}{row}": f"=$A$1*$E{row}+$A$2" for c in "CD" for row in (5, 6)} | {"F5": "=$H$1*E5", "H1": 0.6}
    own = _changes(cells, tmp_path, ["A1", "A2", "H1"], ["B1", "B2"])
    (row,) = own._rows()
    assert [*map(a1, row)] == ["C5", "D5", "C6", "D6"]
    meant = {"D5": {"B1", "B2", "E5"}, "D6": {"B1", "B2", "E6"}}
    assert meant in named(own._with_other_weights(row))
    assert named(own._with_other_weights(row[:1])) == []
    assert named(_changes(cells, tmp_path, ["A1", "A2"])._with_other_weights(row)) == []


def test_no_formula_reads_what_stands_on_no_worksheet(tmp_path: Path) -> None:
    """Rule: what goes along with a family may not leave the worksheet at its left: no formula says so."""
    cells: dict[str, object] = {"A1": 0.5, "A3": 0.2, "A4": "=A3+1"}
    cells |= {f"{c}1": 0.1 * n for n, c in enumerate("CDE", 1)} | {f"{c}4": f"=$A$1*{c}1+$A$3" for c in "CDE"}
    edits = [*edits_of(cells, tmp_path, unread=["A4"], weights=["A1", "A3"])]
    assert edits
    assert not [edit for edit in edits if any(min(cell[1:]) < 0 for cell in leaves(*edit.values()))]
