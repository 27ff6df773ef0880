"""Formulas that do otherwise than their kin in a training: what two others would have there is tried first."""

from __future__ import annotations

import re
from itertools import chain, islice
from pathlib import Path

import pytest
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from training_sheets import FIRST, ROWS, Cells, cell, filled, judged, roots, table_of, trained, training, with_gradients

from xlcheck.handmade.backward.best_reading import best_reading
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward_judging.likely_slips import LikelySlips
from xlcheck.handmade.backward_judging.slips import Edit, Slips, idle_cells
from xlcheck.handmade.families.unlike_kin import between, in_pattern, unlike_kin
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import address_of
from xlcheck.oracle.dense_steps import dense_gradients

pytestmark = pytest.mark.keras

_CELL = re.compile(r"\b[A-Z]{1,2}\d+\b")


def _kin(cells: Cells, path: Path, *strides: tuple[int, int]) -> list[dict[str, str]]:
    table, _ = table_of(filled(path, cells))
    return [_named(edit) for edit in unlike_kin(table, strides)]


def _named(edit: Edit) -> dict[str, str]:
    names = {address_of("Sheet", f"{column}{row}"): f"{column}{row}" for column in "ABCDEFGH" for row in range(1, 30)}
    return {names[place]: text for place, text in edit.items()}


def test_two_on_both_sides_say_what_stands_between_them(tmp_path: Path) -> None:
    cells: Cells = {f"A{row}": row for row in range(1, 6)}
    cells |= {f"B{row}": f"=A{row}*2" for row in range(1, 6)} | {"B3": "=A4*2"}

    assert _kin(cells, tmp_path / "w.xlsx")[0] == {"B3": "A3*2"}


def test_all_of_a_line_that_break_a_pattern_go_together(tmp_path: Path) -> None:
    """Rule: who fills a line from a formula with a slip has it in all of the line; each cell alone comes after."""
    cells: Cells = {f"{column}{row}": f"=$A{row}*{column}$1" for column in "BCDEFG" for row in range(3, 8)}
    wrong: Cells = {f"D{row}": f"=$A{row}*C$1" for row in range(3, 8)}
    meant = {f"D{row}": f"$A{row}*D$1" for row in range(3, 8)}

    def said(edits: Cells) -> list[dict[str, str]]:
        table, _ = table_of(filled(tmp_path / "w.xlsx", cells | edits))
        return [_named(edit) for edit in in_pattern(table)]

    assert said({}) == []
    assert said(wrong)[0] == meant
    assert said({"D5": wrong["D5"]}) == [{"D5": meant["D5"]}]


def test_two_on_one_side_say_what_stands_at_an_end(tmp_path: Path) -> None:
    """Rule: the last and the first one of a line have no formulas on both sides; a number may stand there, too."""
    cells: Cells = {f"A{row}": row for row in range(1, 6)}
    cells |= {f"B{row}": f"=A{row}*2" for row in range(1, 6)}

    assert {"B5": "A5*2"} in _kin(cells | {"B5": "=A4*2"}, tmp_path / "w.xlsx")
    assert {"B1": "A1*2"} in _kin(cells | {"B1": 7.5}, tmp_path / "w.xlsx")


def test_what_reads_more_than_its_line_is_no_kin_but_at_other_steps(tmp_path: Path) -> None:
    """Rule: in a line stands what does something else, too; in the place of a step the other steps have the same."""
    cells: Cells = {f"A{row}": row for row in range(1, 20)}
    cells |= {f"B{row}": f"=A{row}*2" for row in (2, 7, 12, 17)} | {"B7": "=A7*2+A8"}

    assert _kin(cells, tmp_path / "w.xlsx") == []
    assert _kin(cells, tmp_path / "w.xlsx", (5, 0))[0] == {"B7": "A7*2"}


def test_what_stands_side_by_side_at_a_step_goes_together(tmp_path: Path) -> None:
    cells: Cells = {f"{column}{row}": row for row in range(1, 20) for column in "AB"}
    cells |= {f"{c}{row}": f"={x}{row}*2" for row in (2, 7, 12) for c, x in (("C", "A"), ("D", "B"))}
    cells |= {"C7": "=A2*2", "D7": "=B2*2"}

    assert _kin(cells, tmp_path / "w.xlsx", (5, 0))[0] == {"C7": "A7*2", "D7": "B7*2"}


def test_many_between_others_are_no_slips(tmp_path: Path) -> None:
    """Rule: sums and activations that take turns are unlike their neighbours, and meant so."""
    cells: Cells = {"A1": 0.5}
    for row in range(1, 21, 2):
        cells |= {f"B{row}": f"=$A$1*{row}", f"B{row + 1}": f"=1/(1+EXP(-B{row}))"}
    table, _ = table_of(filled(tmp_path / "w.xlsx", cells))

    assert between(table) == []


def test_weights_that_only_their_own_line_reads_are_idle(tmp_path: Path) -> None:
    """Rule: nobody computes with a weight that is learnt and read by nothing else; numbers of rows are none."""
    cells: Cells = {f"A{row}": row for row in range(1, 6)} | {"B1": 0.5, "C1": 0.25}
    cells |= {f"B{row}": f"=B{row - 1}*2" for row in range(2, 6)} | {f"C{row}": f"=C{row - 1}*2" for row in range(2, 6)}
    cells |= {f"D{row}": f"=C{row}+1" for row in range(1, 6)}
    idle = {place[1:] for place in idle_cells(table_of(filled(tmp_path / "w.xlsx", cells))[0])}

    assert idle == {(row, column) for row in range(5) for column in (1, 3)}


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (("g5", 0), "=({o1}-{t1})*{o1}*(1-{o2})*{h1}"),
        (("g5", 2), "=({o1}-{t1})*{o1}*(1-{o2})*{h1}"),
        (("z1", 1), "={w1}*{x1}+{w2}*{x1}"),
    ],
)
def test_a_slip_at_one_step_is_told_by_the_others(place: tuple[str, int], text: str, tmp_path: Path) -> None:
    part = trained(training(tmp_path / "w.xlsx", 3, {place: text}))

    assert part is not None
    assert [*roots(part)] == [cell(*place)]


def test_what_is_only_written_otherwise_is_no_slip(tmp_path: Path) -> None:
    """Rule: a gradient within its update, and products in another order, give what their kin give."""
    row = ROWS[2]
    otherwise: Cells = {
        f"E{row}": f"=E{row - 1}-A{row - 1}*(H{row - 1}-D{row - 1})*B{row - 1}",
        f"J{ROWS[3]}": f"=B{ROWS[3]}*(H{ROWS[3]}-D{ROWS[3]})",
        f"M{ROWS[-1]}": f"=SIN(I{ROWS[-1]})+1",  # something is open
    }
    part = judged(with_gradients() | otherwise, tmp_path / "w.xlsx")

    assert roots(part) == []


def _with_velocities() -> Cells:
    """Weights that are moved by velocities of their own."""
    cells = with_gradients() | {"C1": 0.9}
    for row in ROWS:
        for velocity, gradient, weight in zip("MNO", "JKL", "EFG", strict=True):
            kept = f"$C$1*{velocity}{row - 1}" if row > FIRST else ""
            cells[f"{velocity}{row}"] = f"={kept}-A{row}*{gradient}{row}"
            if row > FIRST:
                cells[f"{weight}{row}"] = f"={weight}{row - 1}+{velocity}{row - 1}"
    return cells


def test_a_velocity_that_was_typed_over_is_wrong(tmp_path: Path) -> None:
    """Rule: nobody types what is no weight in the middle of a training."""
    cells = _with_velocities()

    assert roots(judged(cells, tmp_path / "w.xlsx")) == []
    assert roots(judged(cells | {f"N{ROWS[0]}": 0.77}, tmp_path / "w.xlsx")) == [f"N{ROWS[0]}"]


def test_a_whole_column_is_told_by_the_one_beside(tmp_path: Path) -> None:
    """Rule: in all rows the velocity of one weight keeps that of another one; beside it stands what is meant."""
    cells = _with_velocities()
    wrong: Cells = {f"N{row}": f"=$C$1*M{row - 1}-A{row}*K{row}" for row in ROWS[1:]}

    assert roots(judged(cells | wrong, tmp_path / "w.xlsx")) == [f"N{row}" for row in ROWS[1:]]


def test_an_output_of_a_hidden_unit_that_was_typed_over_is_wrong(tmp_path: Path) -> None:
    """Rule: where formulas stand at the steps before and after, nobody types what the second layer reads."""
    part = trained(training(tmp_path / "w.xlsx", 3, {("h1", 1): 0.3}))

    assert part is not None
    assert [*roots(part)] == [cell("h1", 1)]


def test_steps_stand_in_the_order_in_which_weights_move(tmp_path: Path) -> None:
    """Rule: by how much the loss falls in all is known, though an update in the middle holds its whole gradient."""
    row, last = ROWS[3], ROWS[-1]
    inside: Cells = {f"E{row}": f"=E{row - 1}-A{row - 1}*(H{row - 1}-D{row - 1})*B{row - 1}"}
    part = judged(with_gradients() | inside | {"M2": f"=I{FIRST}-I{last}"}, tmp_path / "w.xlsx")

    assert (part.results, part.gaps) == ((), ())


def _edits(cells: Cells, path: Path) -> list[dict[str, str]]:
    """The edits of a training that its formulas tell of, before anything is read with them."""
    table, values = table_of(filled(path, cells))
    terms = CellTerms(table, values)
    reading = best_reading(Sheet(terms), dense_gradients)
    kinds = LikelySlips(table, terms, reading, None, Sheet, {}).by_likelihood()
    told = [edit for is_told, edits in islice(kinds, 2) for edit in edits if is_told]
    return [{f"{'ABCDEFGHIJKLMN'[place[2]]}{place[1] + 1}": text for place, text in edit.items()} for edit in told]


def test_no_edit_has_what_is_only_written_otherwise(tmp_path: Path) -> None:
    """Rule: a product in another order is no slip, and another input is one."""
    row = ROWS[2]
    same: Cells = {f"J{row}": f"=B{row}*(H{row}-D{row})"}
    other: Cells = {f"J{row}": f"=C{row}*(H{row}-D{row})"}

    assert not any(f"J{row}" in edit for edit in _edits(with_gradients() | same, tmp_path / "w.xlsx"))
    assert {f"J{row}": f"(H{row}-D{row})*B{row}"} in _edits(with_gradients() | other, tmp_path / "w.xlsx")


def _across(cells: Cells) -> Cells:
    """The same sheet with rows for columns."""

    def turned(match: re.Match[str]) -> str:
        row, column = coordinate_to_tuple(match[0])
        return f"{get_column_letter(row)}{column}"

    texts = {turned_cell: value for cell, value in cells.items() if (turned_cell := _CELL.sub(turned, cell))}
    return {cell: _CELL.sub(turned, value) if isinstance(value, str) else value for cell, value in texts.items()}


def test_steps_across_stand_in_the_order_in_which_weights_move(tmp_path: Path) -> None:
    """Rule: an update that stands above the outputs, and holds its whole gradient, does not make its step the first."""
    row, last = ROWS[3], ROWS[-1]
    inside: Cells = {f"E{row}": f"=E{row - 1}-A{row - 1}*(H{row - 1}-D{row - 1})*B{row - 1}"}
    cells = {cell: value for cell, value in with_gradients().items() if cell != "A1"}
    part = judged(_across(cells | inside | {"M2": f"=I{FIRST}-I{last}"}), tmp_path / "w.xlsx")

    assert (part.results, part.gaps) == ((), ())


def test_a_column_may_be_filled_from_the_one_beside(tmp_path: Path) -> None:
    """Rule: all rows together, and each alone, as a program fills them there."""
    cells: Cells = {f"{column}{row}": row * 0.5 for row in range(1, 5) for column in "AB"}
    cells |= {f"D{row}": f"=A{row}*2" for row in range(1, 5)} | {f"E{row}": f"=A{row}*2+1" for row in range(1, 5)}
    table, values = table_of(filled(tmp_path / "w.xlsx", cells))
    suspects = [address_of("Sheet", "E2")]
    slips = Slips(table, CellTerms(table, values), None, suspects, ())

    found = [_named(edit) for edit in slips.filled_from_beside()]
    assert found == [{"E2": "B2*2"}, {f"E{row}": f"B{row}*2" for row in range(1, 5)}]


def test_an_array_formula_gives_no_kin_to_its_own_cells_and_changes_as_one(tmp_path: Path) -> None:
    """Rule: its cells were not filled from one another, and none of them can be changed alone."""
    cells: Cells = {f"{column}{row}": row * 0.5 for row in range(1, 5) for column in "AB"}
    cells |= {"C1": ArrayFormula("C1:C3", "=A1:A3*2"), "C4": "=A4*3"}
    table, values = table_of(filled(tmp_path / "w.xlsx", cells))
    slips = Slips(table, CellTerms(table, values), None, [address_of("Sheet", "C2")], idle_cells(table))

    assert [*unlike_kin(table, [])] == []
    edits = [_named(edit) for edit in chain.from_iterable(slips.by_likelihood())]
    assert all({*edit} == {"C1", "C2", "C3"} for edit in edits)
    assert {f"C{row}": "B1:B3*2" for row in (1, 2, 3)} in edits
    assert {f"C{row}": "A2:A4*2" for row in (1, 2, 3)} in edits
