"""What the engine nearest to Excel says of the workbooks that are committed, and where it differs from the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from thorough import EVERY_CASE

from xlcheck.api import check

pytestmark = pytest.mark.formulon

WORKBOOKS = sorted((Path(__file__).parents[2] / "workbooks").glob("*.xlsx"))
LARGE = 1_000_000
"""Bytes: workbooks of a whole training, which take minutes."""


CHOSEN = [p for p in WORKBOOKS if p.stem == "lstm" or (EVERY_CASE and p.stat().st_size < LARGE)]


@pytest.mark.parametrize("path", CHOSEN, ids=lambda path: path.stem)
def test_committed_workbooks_agree(path: Path) -> None:
    """Every formula cell agrees with Keras."""
    report = check(path, engine="formulon")

    assert report.ok
    assert report.counts.agree == report.counts.formula_cells > 100
