"""Results of rated pairs alone are checked as those of all pairs, and told of the formulas that stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from equation_sheets import verdict
from rated_sheets import SUM, rated
from recognised_sheets import a1, cell_at, sheet

from xlcheck.engines import engine
from xlcheck.handmade.accepting.by_equations import layers_of
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.rewriting.with_rated_pairs import with_rated_pairs
from xlcheck.verdicts.cell_result import CellResult, Status
from xlcheck.verdicts.parts import Part

_PLAIN = "$E{row}*{film}$7+$F{row}*{film}$8+$G{row}+{film}$9"

_WITHOUT_BIASES = dict.fromkeys([*(f"G{row}" for row in range(11, 15)), "B9", "C9", "D9"])


def test_what_is_said_of_a_result_is_told_of_its_formula(tmp_path: Path) -> None:
    found = sheet(rated(masked=True), tmp_path)
    other = with_rated_pairs(found.part, answers_of(found.table, engine("ironcalc")))
    assert other is not None
    table, made, copy = other.part.table, cell_at("K11"), cell_at("B11")
    assert cell_at("D11") not in table.index
    assert other.part.values[table.index[made]] == found.values[found.table.index[copy]]

    own = [result_at(table, copy, Status.UNBOUND, "", 0.5), result_at(table, cell_at("B21"), Status.UNBOUND, "", 0.5)]
    part = Part(own, 3, 1, held={made: "dense.y"}, notes=("from S!K11 on",))
    ((told,), (left, rest)) = other.put_back([part], [Abstention(table, other.part.values, [made, copy], "S!K11")])
    said = [result.cell for result in told.results if isinstance(result, CellResult)]
    assert (said, {*map(a1, told.held)}, told.formula_cells, told.notes) == (["B21"], {"B11"}, 2, ("from S!B11 on",))
    assert ([*map(a1, left.cells)], left.reason, [*rest.cells], rest.matters) == (["B11"], "S!B11", [], False)
    root = result_at(table, copy, Status.ROOT, "", 0.5)
    assert (other.may_be_told([part]), other.may_be_told([Part([root])])) == (True, False)


@pytest.mark.keras
def test_ratings_and_their_names_may_stand_on_another_worksheet(tmp_path: Path) -> None:
    """Rule: users that have numbers for names are no ratings that were left out."""
    cells = {name: own for name, own in rated(_PLAIN, masked=True).items() if name[1:] not in set("2345")}
    cells |= {name: re.sub(r"(?<![$\w:])([B-D][2-5])\b", r"Data!\1", str(own)) if "=" in str(own) else own
              for name, own in cells.items()}  # fmt: skip
    cells |= {f"Data!{name}": own for name, own in rated(masked=True).items() if name[1:] in set("2345")}
    users = dict(zip(range(4), (14, 29, 72, 211), strict=True))
    cells |= {f"Data!A{2 + user}": number for user, number in users.items()}
    cells |= {f"A{11 + user}": number for user, number in users.items()}

    assert verdict(cells, tmp_path).code == 0
    assert verdict(cells | {"Data!A4": 73}, tmp_path).code == 3


@pytest.mark.parametrize(("ratings", "is_mean"), [("B2:D5", True), ("B2:D3", False)])
def test_a_mean_is_that_of_all_that_have_something_to_compare_with(ratings: str, is_mean: bool, tmp_path: Path) -> None:
    """Rule: half of them would do for a mean of several units, were there no results without a rating."""
    own = {"A21": "how far off", "B21": "=SUMXMY2(B2:D5,B11:D14)/B22", "B22": f"=COUNT({ratings})"}
    found = sheet(rated("$E{row}*{film}$7+$F{row}*{film}$8", masked=True) | own | _WITHOUT_BIASES, tmp_path)
    other = with_rated_pairs(found.part, answers_of(found.table, engine("ironcalc")))
    assert other is not None

    assert (cell_at("B21") in layers_of(other.part, other.part.terms).measured) is is_mean


def test_where_all_pairs_have_a_rating_nothing_is_written_otherwise(tmp_path: Path) -> None:
    ratings = {f"{film}{row}": 3 for film in "BCD" for row in range(2, 6)}
    found = sheet(rated(masked=True) | ratings, tmp_path)
    assert with_rated_pairs(found.part, answers_of(found.table, engine("ironcalc"))) is None


@pytest.mark.keras
@pytest.mark.parametrize("formula", [SUM, _PLAIN])
def test_all_formulas_are_compared_and_the_root_is_that_of_rated_pairs(formula: str, tmp_path: Path) -> None:
    found = verdict(rated(formula, masked=True), tmp_path)

    assert (found.code, found.roots) == (0, set())


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "slips",
    [
        {"B21": "=SQRT(SUMXMY2(B2:D5,B11:D14)/COUNT(B2:D4))"},
        {"B21": "=SQRT(SUMXMY2(B2:D4,B11:D13)/COUNT(B2:D4))"},
        {"B21": "=SQRT(SUMXMY2(B2:D5,B12:D15)/COUNT(B2:D5))"},
        {"A21": "how far off", "B21": "=SQRT(SUMXMY2(B2:D5,B11:D14)/COUNT(B2:D3))"},
        {"D11": '=IF(D2="",0,' + _PLAIN.format(row=11, film="C").replace("C2", "D2") + ")"},  # hidden by a 0 today
    ],
)
def test_a_mistake_that_is_left_out_of_the_root_is_no_pass(slips: dict[str, str], tmp_path: Path) -> None:
    assert verdict(rated(_PLAIN, masked=True) | slips, tmp_path).code != 0
