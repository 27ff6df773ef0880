"""A sample of the spoiled hand-made workbooks; `python tests/fuzz/hand_made.py` checks thousands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hand_made import endings

MUTATIONS = int(os.environ.get("XLCHECK_FUZZ_HAND_MADE", "16"))


@pytest.mark.keras
def test_a_spoiled_workbook_ends_well(tmp_path: Path) -> None:
    """No spoiled workbook ends with a traceback, takes long, or agrees although a formula gives another value."""
    found = list(endings(MUTATIONS, 1, tmp_path))

    assert len(found) == MUTATIONS
    assert not [ending for ending in found if ending.is_bad]
    assert {"one sentence", "agrees"} <= {ending.what for ending in found}
