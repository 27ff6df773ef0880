"""A network to which formulas add numbers of two tables is checked, and nobody is blamed for what is added to what."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import verdict
from rated_sheets import RESULTS, SUM, rated
from recognised_sheets import a1, cell_at, sheet

from xlcheck.engines import engine
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.rewriting.with_added_numbers import WithAddedNumbers, with_added_numbers
from xlcheck.verdicts.cell_result import CellResult, Status
from xlcheck.verdicts.parts import Part


def _other(cells: dict[str, object], folder: Path) -> WithAddedNumbers | None:
    found = sheet(cells, folder)
    return with_added_numbers(found.part, answers_of(found.table, engine("ironcalc")))


def test_nothing_is_said_of_the_cells_that_are_not_there(tmp_path: Path) -> None:
    other = _other(rated(), tmp_path)
    assert other is not None
    made, table = min(other.own_cells), other.part.table
    own = [result_at(table, cell, Status.UNBOUND, f"reads S!{a1(made)}", 0.5) for cell in (made, cell_at("B11"))]
    held = dict.fromkeys((made, cell_at("B11")), "dense.y")
    left = Abstention(table, other.part.values, [made, cell_at("B21")], "")
    ((part,), (rest,)) = other.put_back([Part(own, 2, 2, held=held)], [left])

    said = [result for result in part.results if isinstance(result, CellResult)]
    assert [(result.cell, result.message) for result in said] == [("B11", "reads S!G11, added,")]
    assert ({*map(a1, part.held)}, part.formula_cells, part.checked) == ({"B11"}, 1, 1)
    assert [*map(a1, rest.cells)] == ["B21"]
    root = result_at(table, cell_at("B11"), Status.ROOT, "", 0.5)
    assert (other.may_be_told([part]), other.may_be_told([Part([root], held=held)])) == (True, False)


def test_an_unread_number_may_be_one_that_was_forgotten(tmp_path: Path) -> None:
    assert _other(rated() | {"J3": 0.4}, tmp_path) is None


@pytest.mark.keras
@pytest.mark.parametrize("formula", [SUM, SUM.removeprefix("$G$1+")])
def test_all_formulas_are_compared(formula: str, tmp_path: Path) -> None:
    """Rule: a number of each user, one of each film and one of all are what Keras adds, too."""
    found = verdict(rated(formula), tmp_path)

    assert (found.code, found.roots) == (0, set())


@pytest.mark.keras
@pytest.mark.parametrize(
    ("slips", "own"),
    [
        ({cell: "=" + SUM.removeprefix("$G$1+") for cell in RESULTS}, "all lack the number of all"),
        ({cell: "=" + SUM.replace("$G{row}", "$G$11") for cell in RESULTS}, "all have that of the first user"),
        ({cell: "=" + SUM.replace("+$G{row}", "") for cell in RESULTS}, "none has that of a user"),
    ],
)
def test_what_all_formulas_do_wrongly_is_no_pass(slips: dict[str, str], own: str, tmp_path: Path) -> None:
    cells = {cell: text.format(row=cell[1:], film=cell[0]) for cell, text in slips.items()}

    assert verdict(rated() | cells, tmp_path).code == 3, own
