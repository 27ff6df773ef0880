"""A series that goes on with its own forecasts, as a template for sales does."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from forecast_sheets import forecast
from recognised_sheets import sheet

from xlcheck.engines import engine
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.rewriting.with_forecasts import with_forecasts


def test_forecasts_are_given_as_the_numbers_before_them_are(tmp_path: Path) -> None:
    """Rule: the same numbers stand there; without a forecast nothing is written otherwise."""
    found = sheet(forecast(), tmp_path)
    new = with_forecasts(found.part, answers_of(found.table, engine("ironcalc")))
    assert new is not None
    for cell in new.shown:
        index = found.table.index[cell]
        assert not new.part.table.is_formula(cell)
        assert new.part.values.numbers[new.part.table.index[cell]] == pytest.approx(found.values.numbers[index])
    other = sheet({cell: own for cell, own in forecast().items() if cell not in {"B12", "B13", "B14"}}, tmp_path)
    assert with_forecasts(other.part, answers_of(other.table, engine("ironcalc"))) is None


@pytest.mark.keras
def test_a_series_with_its_forecasts_is_right(tmp_path: Path) -> None:
    assert answer(forecast(), tmp_path) == (0, set())


@pytest.mark.keras
@pytest.mark.parametrize(
    "wrong",
    [
        {"B13": "=I12"},
        {"B12": "=I11", "B13": "=I12", "B14": "=I13"},
        {"B12": "=J12", "B13": "=J13", "B14": "=J14"},  # not scaled
        {"D13": "=B10"},
        {"G13": "=TANH(C13*$L$1+D13*$L$2+E13*$L$3)"},
        {"I12": "=G12*$L$6+H12*$M$6"},
    ],
    ids=["another row", "a row before", "not scaled", "a lag", "no bias", "no bias of a result"],
)
def test_a_slip_gets_no_pass(wrong: dict[str, object], tmp_path: Path) -> None:
    """Rule: only wrong cells are blamed."""
    code, roots = answer(forecast() | wrong, tmp_path)
    assert code != 0
    assert roots <= wrong.keys()
