"""Formulas that say nothing of a pair without a rating: which of them are read as if all pairs had a result."""

from __future__ import annotations

from pathlib import Path

import pytest
from rated_sheets import FILMS, RATINGS, RESULTS, SUM, rated
from recognised_sheets import a1, sheet

from xlcheck.handmade.rewriting.rated_pairs import RatedPairs, rated_pairs

_UNRATED = {f"{film}{row}" for row, own in enumerate(RATINGS) for film, x in zip(FILMS, own, strict=True) if x is None}
_WITHOUT = {f"{name[0]}{int(name[1:]) + 11}" for name in _UNRATED}


def _pairs(cells: dict[str, object], folder: Path) -> RatedPairs | None:
    return rated_pairs(sheet(cells, folder).part)


def test_each_result_has_a_cell_that_the_formula_of_a_rated_pair_repeats(tmp_path: Path) -> None:
    pairs = _pairs(rated(masked=True), tmp_path)
    assert pairs is not None
    texts = {a1(cell): text for cell, text in pairs.texts.items()}

    assert ({a1(own) for own in pairs.results.values()}, {*map(a1, pairs.without)}) == ({*RESULTS}, _WITHOUT)
    assert (texts["B11"], texts["K11"]) == ("K11", SUM.format(row=11, film="B"))
    assert ("D11" in texts, texts["M11"]) == (False, SUM.format(row=11, film="D"))


def test_an_error_is_that_of_a_rated_pair(tmp_path: Path) -> None:
    """Rule: a 0 that stands for no rating is left out as well."""
    zeros = dict.fromkeys((f"{cell[0]}{int(cell[1:]) + 2}" for cell in _UNRATED), 0)
    cells = rated() | zeros | {"B21": '=SQRT(SUMSQ(B16:D19)/COUNTIF(B2:D5,">0"))'}
    cells |= {name: str(own).replace('=""', "=0") for name, own in cells.items() if str(own).startswith("=IF(")}
    pairs = _pairs(cells, tmp_path)
    assert pairs is not None

    assert pairs.results == {}
    assert {a1(cell) for cell in pairs.without} == {*zeros} | {f"{c[0]}{int(c[1:]) + 5}" for c in _WITHOUT}
    assert {a1(cell): text for cell, text in pairs.texts.items()}["B16"] == "B2-B11"


@pytest.mark.parametrize(
    "slips",
    [
        {"A21": "far off", "B12": '=IF(B5="",0,' + SUM.format(row=12, film="B") + ")"},  # another user's rating
        {"B21": "=SQRT(SUM(B11:D14)/COUNT(B2:D5))"},  # nobody compares it with what it asks for
        {"B21": "=SUMXMY2(B2:D5,B11:D14)/COUNT(B2:D5)"},  # no root, as it is called
        {"B21": "=SQRT(SUMXMY2(B2:D5,B11:D14)/COUNT(B11:D14))"},
        {"J9": 0.3},  # a number that was forgotten
        {"G1": "=2+0.9"},  # the mean is no typed number
    ],
)
def test_formulas_that_may_be_meant_otherwise_are_left(slips: dict[str, object], tmp_path: Path) -> None:
    assert _pairs(rated(masked=True) | slips, tmp_path) is None


def test_an_error_compares_a_rating_with_one_result(tmp_path: Path) -> None:
    for error in ('=IF(B2="",0,B2-B11-B12)', '=IF(B2="",0,B2*2)', '=IF(B2="",0,B2-B7)'):
        assert _pairs(rated() | {"B16": error}, tmp_path) is None
