"""Edits that the cells of a worksheet tell of: what kin would have, and what reads a cell that nobody reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from equation_sheets import answer
from made_edits import edits_of, named

from xlcheck.handmade.edits.told import Told
from xlcheck.handmade.reading.cell_terms import leaves


def _told(
    cells: Mapping[str, object], folder: Path, *, unread: Collection[str] = (), weights: Collection[str] = ()
) -> list[dict[str, set[str]]]:
    """Each edit that is told of: cell → what it would read."""
    edits = edits_of(cells, folder, unread=unread, weights=weights)
    told = list(edits.told())
    assert all(map(edits.is_told, told))
    assert not any(edit in told for edit in edits)
    return named(told)


def _units() -> dict[str, object]:
    """Two inputs in B and C, three weights a unit in the rows 1 to 3 of F to H, and three units at three steps."""
    cells: dict[str, object] = {f"{c}{r}": round(0.3 * r - 0.2 * n, 2) for n, c in enumerate("FGH") for r in (1, 2, 3)}
    for row in (6, 7, 8):
        cells |= {f"B{row}": 0.1 * row, f"C{row}": 1 - 0.2 * row}
        cells |= {f"{c}{row}": f"=TANH({w}$1*$B{row}+{w}$2*$C{row}+{w}$3)" for c, w in zip("JKL", "FGH", strict=True)}
    return cells


def test_what_two_on_one_side_have_is_told(tmp_path: Path) -> None:
    """Rule: of a line of units the last one has no kin on both sides; all its steps go together."""
    wrong: dict[str, object] = {f"L{row}": f"=TANH(H$1*$B{row}+G$2*$C{row}+H$3)" for row in (6, 7, 8)}

    assert _told(_units(), tmp_path) == []
    assert {f"L{row}": {"H1", "H2", "H3", f"B{row}", f"C{row}"} for row in (6, 7, 8)} in _told(
        _units() | wrong, tmp_path
    )


def test_what_nobody_reads_is_told_beside_a_cell_that_others_read(tmp_path: Path) -> None:
    """Rule: who reads the cell beside one that nobody reads, as others do, too, slipped by a cell."""
    cells: dict[str, object] = {"A1": 0.5, "A2": 0.7, "A3": 0.2, "C1": 0.1, "D1": 0.2, "E1": 0.3}
    cells |= {f"{column}5": f"=$A$1*{column}1+$A$3" for column in "CDE"}
    others = {f"{column}4": f"=$A$1*{column}1" for column in "CDE"}
    meant = {f"{column}5": {"A2", "A3", f"{column}1"} for column in "CDE"}

    assert meant in _told(cells | others, tmp_path, unread=["A2"], weights=["A1", "A3"])
    assert meant not in _told(cells, tmp_path, unread=["A2"], weights=["A1", "A3"])  # then nobody would read A1


def test_what_reads_a_blank_cell_is_told_to_read_a_number(tmp_path: Path) -> None:
    cells: dict[str, object] = {"A1": 0.5, "A2": 0.7, "A3": 0.2}
    for number, column in enumerate("CDE"):
        cells |= {f"{column}2": 0.1 * number + 0.3, f"{column}3": 0.4 - 0.3 * number}
        cells[f"{column}5"] = f"=$A$1*{column}$1+$A$2*{column}$3+$A$3"

    meant = {f"{column}5": {"A1", "A2", "A3", f"{column}2", f"{column}3"} for column in "CDE"}
    assert meant in _told(cells, tmp_path, weights=["A1", "A2", "A3"])


def test_what_is_read_twice_is_told_if_the_formula_beside_reads_two_cells(tmp_path: Path) -> None:
    """Rule: in one place of two it is what stands there beside, or goes along from it; all of a line together."""
    cells: dict[str, object] = {f"{column}{row}": 0.1 * row + n for n, column in enumerate("AB") for row in (1, 2, 3)}
    for row in (1, 2, 3):
        cells |= {f"D{row}": f"=$A{row}*A$1+$B{row}*A$2", f"E{row}": f"=$A{row}*B$1+$A{row}*B$2"}

    meant = {f"E{row}": {"B1", "B2", f"A{row}", f"B{row}"} for row in (1, 2, 3)}
    assert meant in _told(cells, tmp_path)


def test_what_all_others_of_a_row_read_is_told(tmp_path: Path) -> None:
    """Rule: of the gates of a step, typed one by one, one reads another step; where it reads the same, it stays."""
    cells: dict[str, object] = {f"{column}{row}": 0.1 * row for column in "HI" for row in (1, 2, 3)}
    cells |= {f"A{row}": 0.3 * row for row in range(5, 9)}
    for row in (5, 6, 7):
        cells |= {f"{c}{row}": f"=TANH($A{row}*$H${n}+$I${n})" for n, c in enumerate("DEF", start=1)}
    wrong = {f"F{row}": f"=TANH($A{row + 1}*$H$3+$I$3)" for row in (5, 6)}

    assert _told(cells, tmp_path) == []
    assert {f"F{row}": {f"A{row}", "H3", "I3"} for row in (5, 6)} in _told(cells | wrong, tmp_path)


def test_where_the_other_references_of_a_formula_go_on_is_told(tmp_path: Path) -> None:
    """Rule: of three inputs in a row the third is read twice, and all steps of the unit go together."""
    cells: dict[str, object] = {f"A{row}": 0.3 * row for row in (1, 2, 3)}
    for row in (5, 6):
        cells |= {f"{column}{row}": 0.1 * row + n for n, column in enumerate("CDE")}
        cells[f"H{row}"] = f"=C{row}*$A$1+D{row}*$A$2+E{row}*$A$3"
    wrong: dict[str, object] = {f"H{row}": f"=C{row}*$A$1+D{row}*$A$2+D{row}*$A$3" for row in (5, 6)}

    assert _told(cells, tmp_path) == []
    meant = {f"H{row}": {"A1", "A2", "A3", f"C{row}", f"D{row}", f"E{row}"} for row in (5, 6)}
    assert meant in _told(cells | wrong, tmp_path)


def test_ranges_that_leave_out_what_nobody_reads_are_told_to_be_longer(tmp_path: Path) -> None:
    """Rule: all ranges of a formula together, by a cell or, of a block, by a row or a column."""
    numbers: dict[str, object] = {f"{c}{row}": 0.1 * row + n for n, c in enumerate("ABCDEF") for row in (1, 2)}

    for text, read in (("=SUMPRODUCT(A1:B2,D1:E2)", "A1:C2,D1:F2"), ("=SUMPRODUCT(A1:B1,D1:E1)", "A1:C1,D1:F1")):
        rows = (1, 2) if "2" in read else (1,)
        assert {"H4": {f"{c}{row}" for c in "ABCDEF" for row in rows}} in _told(
            numbers | {"H4": text}, tmp_path, unread=[f"F{row}" for row in rows]
        )
    assert _told(numbers | {"H4": "=SUMPRODUCT(A1:B1,D1:E1)"}, tmp_path) == []


def _convolution(wrong: bool = False) -> dict[str, object]:
    """Two filters of width 3 with relu over six numbers, their maxima, and a sigmoid of both."""
    cells: dict[str, object] = {f"{c}2": x for c, x in zip("BCDEFG", (0.3, -0.8, 1.2, 0.5, -0.4, 0.9), strict=True)}
    filters = {"J": (0.7, -0.3, 0.5, 0.1), "K": (-0.6, 0.9, 0.4, -0.2)}
    cells |= {f"{f}{row}": x for f, own in filters.items() for row, x in enumerate(own, 2)}
    for row, f in ((5, "J"), (6, "K")):
        for c, d, e in zip("BCDE", "CDEF", "DEFG", strict=True):
            third = d if wrong and f == "K" else e
            cells[f"{c}{row}"] = f"=MAX(0,{c}$2*${f}$2+{d}$2*${f}$3+{third}$2*${f}$4+${f}$5)"
        cells[f"H{row}"] = f"=MAX(B{row}:E{row})"
    cells |= {"M2": 0.8, "M3": -1.1, "M4": 0.3, "M6": "=1/(1+EXP(-(H5*M2+H6*M3+M4)))"}
    return cells


@pytest.mark.keras
def test_a_filter_that_reads_a_number_twice_is_wrong_everywhere(tmp_path: Path) -> None:
    """Rule: the other summands say what is meant, and no unit may have been exchanged for another one."""
    assert answer(_convolution(), tmp_path) == (0, set())
    assert answer(_convolution(wrong=True), tmp_path) == (1, {f"{column}6" for column in "BCDE"})


def test_what_is_read_twice_goes_along_as_what_is_read_beside_it(tmp_path: Path) -> None:
    """Rule: of two inputs that a unit multiplies with one weight, one has the next one, as in the unit beside."""
    cells = _units() | {
        f"{c}{row}": f"=TANH({w}$1*$B{row}+{w}$2*$C{row})" for row in (6, 7, 8) for c, w in ("JF", "NG")
    }
    wrong = {f"N{row}": f"=TANH(G$1*$B{row}+G$1*$C{row})" for row in (6, 7, 8)}
    meant = {f"N{row}": {"G1", "G2", f"B{row}", f"C{row}"} for row in (6, 7, 8)}

    assert meant in _told({**cells, **wrong}, tmp_path)
    assert meant not in _told(cells, tmp_path)


def test_kin_have_an_edit_that_contains_what_was_told_of_them(tmp_path: Path) -> None:
    """Rule: with other cells beside it, too; part of it is another edit, and so is what only reads an unread cell."""
    wrong: dict[str, object] = {f"L{row}": f"=TANH(H$1*$B{row}+G$2*$C{row}+H$3)" for row in (6, 7, 8)}
    edits = edits_of(_units() | wrong, tmp_path)
    assert isinstance(edits, Told)
    meant = next(edit for edit in edits.told() if edit.keys() == {("S", row, 11) for row in (5, 6, 7)})
    part = dict(list(meant.items())[:2])
    other = {("S", 9, 9): next(iter(meant.values()))}

    assert edits.has_kin(meant)
    assert edits.has_kin({**meant, **other})
    assert not edits.has_kin(part)
    assert not edits.has_kin({**part, **other})

    cells: dict[str, object] = {"A1": 0.5, "A2": 0.7, "C1": 0.1, "D1": 0.2, "E1": 0.3}
    cells |= {f"{c}{row}": f"=$A$1*{c}1" for c in "CDE" for row in (4, 5)}
    unread = edits_of(cells, tmp_path, unread=["A2"], weights=["A1"])
    read = [edit for edit in unread.told() if ("S", 1, 0) in leaves(*edit.values())]
    assert read
    assert not any(map(unread.has_kin, read))
