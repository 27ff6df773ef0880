"""Workbooks as people publish them, of known kinds and others: no right cell is wrong, and nothing wrong passes."""

from __future__ import annotations

from random import Random

import pytest
from thorough import spread

from fixtures.handmade.published.kinds import KINDS
from fixtures.handmade.published.score import answer, answers, page_of, slip

_RECOGNISED = ("perceptrons", "convolution", "attention", "recurrent in parts", "gradient descent", "words")


@pytest.mark.keras
@pytest.mark.parametrize("kind", spread(_RECOGNISED, 2))
def test_a_right_page_of_a_known_kind_passes(kind: str) -> None:
    """Every formula of a network that xlcheck knows has a verdict, in the ways in which it is published."""
    assert answer(page_of(kind, 5), None) == "recognised"


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("kind", spread([kind for kind in KINDS if kind != "rounded"], 5))
def test_no_right_cell_is_called_wrong_and_nothing_wrong_passes(kind: str) -> None:
    """Rule for kinds that are not recognised as well: no verdict is better than a wrong one."""
    assert {"false root", "false pass", "no answer"}.isdisjoint(answers(kind, 7))


def test_a_slip_changes_the_number_of_the_cell_that_is_named() -> None:
    """The one formula that differs from the right page is that of the named cell."""
    page, right = page_of("perceptrons", 3), page_of("perceptrons", 3)
    wrong = slip(page, Random(1))
    formulas = [{cell.coordinate: str(getattr(cell.value, "text", cell.value)) for row in p.sheet.iter_rows()
                 for cell in row} for p in (page, right)]  # fmt: skip

    assert {cell for cell, text in formulas[0].items() if formulas[1][cell] != text} == {wrong}
