"""Scores of an attention that a condition on cells masks."""

from __future__ import annotations

from pathlib import Path

import attention_sheets as sheets
import pytest
from equation_sheets import answer, verdict
from recognised_sheets import a1, cell_at, sheet

from xlcheck.engines import engine
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.masked_scores import masked_scores
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.reading.skipped_steps import as_taken
from xlcheck.handmade.rewriting.with_masked_scores import with_masked_scores
from xlcheck.verdicts.cell_result import CellResult, Status
from xlcheck.verdicts.parts import Part

_LATER = "{key}>{query}"


@pytest.mark.keras
@pytest.mark.parametrize(
    "cells",
    [
        sheets.masked_by_positions(_LATER),
        sheets.masked_by_positions("{query}<{key}", "-10000"),
        sheets.masked_by_a_table(),
    ],
    ids=["later", "earlier", "table"],
)
def test_scores_may_be_masked_by_positions_or_by_a_table(cells: sheets.Cells, tmp_path: Path) -> None:
    """Rule: where the condition masks the scores of later steps, all others are judged."""
    assert verdict(cells, tmp_path).code == 0


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "cells",
    [
        sheets.masked_by_positions("{key}>={query}"),
        sheets.masked_by_positions("{key}<{query}"),
        sheets.masked_by_a_table() | {"AE4": 0},
        sheets.masked_by_positions(_LATER) | {"AB4": 4},
    ],
    ids=["itself", "earlier", "typed", "positions"],
)
def test_any_other_mask_is_no_pass(cells: sheets.Cells, tmp_path: Path) -> None:
    """Rule: a mask that is not that of later steps may be meant, or not."""
    assert answer(cells, tmp_path, 2) == (3, set())


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("$AB$3>$AB4", "$AB$3>$AB5"),  # masks the same today
        ("$AB$3>$AB4", "$AB$3>=$AB3"),
        ("$G$3", "$G$4"),
        ("SQRT(2)", "2"),
    ],
)
def test_one_score_that_is_wrong_is_found_or_nothing_is_said(old: str, new: str, tmp_path: Path) -> None:
    """Rule: a slip in a score or in its condition is its cell, or nobody knows which."""
    cells = sheets.masked_by_positions(_LATER)
    wrong = str(cells["N4"]).replace(old, new)
    assert wrong != cells["N4"]
    code, roots = answer(cells | {"N4": wrong}, tmp_path, 2)

    assert code in {1, 3}
    assert roots <= {"N4"}


def test_a_whole_table_asks_alike(tmp_path: Path) -> None:
    """Rule: each row and column asks for one position, which count on, or each score for its own place of a mask."""
    cells = sheets.masked_by_positions(_LATER)
    found = sheet(cells, tmp_path)
    scores = masked_scores(found.table, found.values)
    others = [
        cells | {"N4": str(cells["N4"]).replace("$AB$3", "$AB$4")},
        cells | {"N4": str(cells["N4"]).replace(">", ">=")},
        cells | {"N4": "=0.3"},
        cells | {"AB4": 7},
        sheets.masked_by_positions(_LATER, "-100"),
        sheets.masked_by_positions("{key}>{query}+1"),
        sheets.masked_by_positions("{key}>9"),
    ]

    assert {a1(cell) for cell, own in scores.items() if own.is_masked} == {"N2", "O2", "P2", "O3", "P3", "P4"}
    assert len(scores) == 16
    assert as_taken(found.table, found.values).texts["S", 1, 13].startswith("IF(1>0,-1000000000,")
    assert as_taken(found.table, found.values).texts["S", 1, 12].startswith("IF(0>1,-1000000000,")
    assert not any(masked_scores(own.table, own.values) for own in (sheet(each, tmp_path) for each in others))


@pytest.mark.parametrize(
    ("cell", "desired", "is_told"), [("N4", 0.3, True), ("N4", -1e9, False), ("O3", 0.3, False), ("Y2", 0.3, True)]
)
def test_nobody_is_blamed_for_what_the_mask_says(cell: str, desired: float, is_told: bool, tmp_path: Path) -> None:
    """Rule: where a score is masked, or should be, the mask may be wrong; others are told as they stand."""
    found = sheet(sheets.masked_by_a_table(), tmp_path)
    other = with_masked_scores(found.part, answers_of(found.table, engine("ironcalc")))
    assert other is not None
    root = result_at(found.table, cell_at(cell), Status.ROOT, "", 0.5, desired=desired)

    assert cell_at("A2") in other.part.table.index
    assert ("S", 1, 29) not in other.part.table.index  # the mask
    assert other.may_be_told([Part([root])]) is is_told
    ((told,), _) = other.put_back([Part([root])], [])
    said = [own.formula for own in told.results if isinstance(own, CellResult)]
    assert said == [f"={found.table.texts[cell_at(cell)]}"]
