"""A number that the equation does not know is one wherever it stands: in a cell, or made of cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from small_book import Change, Checker

from xlcheck.formulas.addresses import Range
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated import unproven
from xlcheck.verdicts.generated.expectation import expectation_of, own_sheets
from xlcheck.verdicts.generated.unknown_constants import UnknownConstants
from xlcheck.verdicts.unknown_parts import Known, known_of
from xlcheck.workbook.bindings import Binding
from xlcheck.workbook.cell_codes import code_at, codes_of
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent
from xlcheck.workbook.reader import read_workbook

RIGHT = "C2*Weights!$B$2"
BELL = f"={RIGHT}+EXP(-Mine!A1*(C2-Mine!A2)^2)"


@pytest.mark.parametrize("most", [10_000, 0], ids=["few formulas", "many formulas"])
@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"Net!C3": BELL, "Mine!A1": 1e6, "Mine!A2": 0.777}, "Mine!A1"),
        ({"Net!C3": BELL, "Mine!A1": "=Mine!B1", "Mine!B1": 1e6, "Mine!A2": 0.5}, "Mine!B1"),
        ({"Net!C3": f"={RIGHT}+EXP(-'My own'!A1)", "My own!A1": 1e6}, "'My own'!A1"),
    ],
    ids=str,
)
def test_a_number_in_a_cell_is_as_unknown_as_one_in_a_formula(
    check_small: Checker, changes: dict[str, Change], where: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A narrow bell is right for all numbers that are tried, whoever holds its place and its width."""
    monkeypatch.setattr(unproven, "QUICK_CELLS", most)
    report = check_small(changes, perturb=2)

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations == (
        f"what Net!C3 gives depends on the number in {where}, of which its equation knows nothing, and was checked for "
        "some numbers only; write a formula that holds for all of them",
    )


def test_so_is_one_beside_the_network(check_small: Checker) -> None:
    """Keras's own number on a worksheet of xlcheck's is none of the network's."""
    report = check_small({"Net!C3": f"={RIGHT}+0*Check!D1"})

    assert report.exit_code == 3
    assert report.reservations[0].startswith("what Net!C3 gives depends on the number in Check!D1, of which")


@pytest.mark.parametrize("formula", [f"{RIGHT}*Mine!A1", f"{RIGHT}+Mine!A2"])
def test_a_number_that_might_stand_in_the_formula_may_stand_in_a_cell(check_small: Checker, formula: str) -> None:
    """1 and 0 change nothing."""
    assert check_small({"Net!C3": f"={formula}", "Mine!A1": 1.0, "Mine!A2": 0.0}).exit_code == 0


@pytest.mark.parametrize(
    "made", ["EXP(EXP(EXP(C2/C2)))", "EXP(EXP(EXP(EXP(C2-C2))))", "EXP(EXP(EXP(C2^0)))", "EXP(EXP(EXP(EXP(0*C2))))"]
)
def test_a_number_that_cells_make_and_cancel_out_of_is_unknown(check_small: Checker, made: str) -> None:
    """No number is written down, and the bell is as narrow as any."""
    report = check_small({"Net!C3": f"={RIGHT}+EXP(-{made}*(C2-0.5)^2)"}, perturb=2)

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert "gives depends on the number -3.81428e+06, of which its equation knows nothing" in report.reservations[0]


@pytest.mark.parametrize(
    "formula", [f"{RIGHT}+C2-C2", f"{RIGHT}*C2/C2", f"{RIGHT}*C2^(C2-C2)", f"{RIGHT}/TANH(C2)*TANH(C2)"]
)
def test_what_makes_nothing_new_of_cells_passes(check_small: Checker, formula: str) -> None:
    """0 and 1 are numbers that any formula may hold."""
    assert check_small({"Net!C3": f"={formula}"}).exit_code == 0


@pytest.mark.parametrize("most", [10_000, 0], ids=["few formulas", "many formulas"])
@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"Net!C3": f"={RIGHT}*Check!E1/2"}, "number in Check!E1"),
        ({"Net!C3": f"={RIGHT}^(Check!E1-1)"}, "number in Check!E1"),
        ({"Net!C3": f"={RIGHT}*Mine!A1", "Mine!A1": "=Check!E1/2"}, "number in Check!E1"),
        ({"Net!C3": "=Mine!A1*Weights!$B$2", "Mine!A1": "=INDEX(Net!C2:D2,1,Check!E1-1)"}, "number in Check!E1"),
        ({"Net!C3": f"={RIGHT}+Check!F9"}, "empty cell Check!F9"),
        ({"Net!C3": f"={RIGHT}+0*SUM(Check!D:D)"}, "number in Check!D1"),
        ({"Net!C3": f"={RIGHT}+SUM(Mine!A1:B2)", "Mine!A1": 0.0, "Mine!B2": 0.0}, "empty cell Mine!B1"),
        ({"Net!C3": f"={RIGHT}+EXP(-Mine!A1*(C2-0.5)^2)", "Mine!A1": "1E6"}, "text in Mine!A1"),
    ],
    ids=str,
)
def test_what_a_reader_chooses_to_see_or_may_type_is_none_of_the_networks(
    check_small: Checker, changes: dict[str, Change], what: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a worksheet of xlcheck's, a quantity reads the network and the selector alone, be other numbers 0, 1 or 2."""
    monkeypatch.setattr(unproven, "QUICK_CELLS", most)
    report = check_small({"Check!E1": 2.0, **changes}, perturb=2)

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations[-1].startswith(f"what Net!C3 gives depends on the {what}, of which its equation")


@pytest.mark.parametrize("most", [10_000, 0], ids=["few formulas", "many formulas"])
@pytest.mark.parametrize(
    "changes",
    [
        {"Net!C3": f"={RIGHT}+0*Data!B1"},
        {"Net!C3": "=INDEX(Data!$A$3:$A$4,Data!B1)*Weights!$B$2"},
        {"Net!C3": "=Mine!A1*Weights!$B$2", "Mine!A1": "=Net!C2"},
    ],
    ids=str,
)
def test_the_selector_and_formulas_that_read_the_network_alone_may_be_read(
    check_small: Checker, changes: dict[str, Change], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands between: each sample is computed."""
    monkeypatch.setattr(unproven, "QUICK_CELLS", most)

    assert check_small(changes).exit_code == 0


@pytest.mark.parametrize("every", [True, False], ids=["few formulas", "many formulas"])
@pytest.mark.parametrize("name", ["lstm", "lstm-small", "next-word", "architectures"])
def test_no_quantity_of_a_lesson_may_read_what_the_lesson_lets_one_choose(name: str, every: bool) -> None:
    """Neither the time step or the unit of a picture nor a view of it; as built, none reads a cell beside the network.

    Of many formulas those are asked that name a worksheet without any quantity, as the pictures are.
    """
    content = read_workbook(Path(__file__).parents[2] / "workbooks" / f"{name}.xlsx")
    manifest, graph = expectation_of(content)
    choosers = {cell for view in manifest.views for cell in (view.step, view.unit) if cell is not None}
    known = {q.name: known_of(graph, q.name, 1e-14) for q in graph if q.expr is not None}
    binding = next(b for b in manifest.bindings if b.quantity in known)
    cells = content.sheets[binding.area.sheet].cells
    place = binding.area.top, binding.area.left

    def asked(formula: str) -> list[str]:
        changed = replace(
            content.sheets[binding.area.sheet], cells={**cells, place: replace(cells[place], formula=formula)}
        )
        book = replace(content, sheets={**content.sheets, changed.name: changed})
        constants = UnknownConstants(FormulaCells(book), manifest, own_sheets(manifest), every=every)
        shown = [(b.quantity, b.area.sheet, codes_of(b.area)) for b in manifest.bindings]
        return [what for _, what in constants.read_by(known, shown)]

    right = str(cells[place].formula)
    assert asked(right) == []
    for read in [*choosers, *(view.cell for view in manifest.views[:3] if view.step is not None)]:
        assert len(asked(f"{right}+0*{read}")) == 1


@pytest.mark.parametrize("sheet", ["", "E!", "dense!", "a.b!"])
def test_a_softmax_of_one_number_makes_nothing_but_1(sheet: str) -> None:
    """Whatever its last digit comes to with the numbers that are tried; what is near 1 is made of others."""
    known = Known(one_way=True)
    cells = [f"{sheet}{column}{row}" for column in "FGHI" for row in (6, 10, 11)]

    assert [known.cancelled_in(f"EXP({cell})/(EXP({cell}))") for cell in cells] == [None] * len(cells)
    assert all(known.cancelled_in(f"EXP({cell})/EXP({cell})+1E-9") is not None for cell in cells)


def number_read(formula: str, known: Known, *, every: bool = True) -> list[str]:
    """What is unknown of a formula on the worksheet `Net`, whose A1 is part of the network; `Mine` is somebody's."""
    cells = {
        "Net": {(0, 0): Cell(0.777), (1, 0): Cell(0.25), (0, 1): Cell(1.0, formula)},
        "Mine": {(0, 0): Cell(0.777), (1, 0): Cell(1.0), (2, 0): Cell(3.0)},
    }
    sheets = {name: SheetContent(name, "visible", own) for name, own in cells.items()}
    formulas = FormulaCells(WorkbookContent(Path("a.xlsx"), sheets))
    manifest: Any = SimpleNamespace(bindings=[Binding("net.w", Range("Net", 0, 0))], selector=None, tables=())
    constants = UnknownConstants(formulas, manifest, {"Net"}, every=every)
    return [what for _, what in constants.read_by({"net.y": known}, [("net.y", "Net", np.array([code_at(0, 1)]))])]


@pytest.mark.parametrize(
    ("formula", "place"),
    [("A1", None), ("A1+A2", "Net!A2"), ("A1*Mine!A1", "Mine!A1"), ("A1*Mine!A2", None), ("A1+Mine!A3", None)],
)
def test_a_number_is_known_if_it_is_the_networks_or_might_stand_in_the_formula(formula: str, place: str | None) -> None:
    """As 1 and 0 might, and what its equation holds; every other one is told with its cell."""
    told = [] if place is None else [f"the number in {place}, of which its equation knows nothing"]

    assert number_read(formula, Known(one_way=True, numbers=frozenset({3.0}))) == told


def test_of_many_formulas_those_are_asked_that_name_a_worksheet_of_somebody_else() -> None:
    """Numbers on the worksheets that xlcheck made are looked at where there are few formulas."""
    assert number_read("A1+A2", Known(one_way=True), every=False) == []
    assert len(number_read("A1+Mine!A1", Known(one_way=True), every=False)) == 1
