"""A sample of the spoiled files; `python tests/fuzz/fuzz.py --count 10000` tries thousands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from attempts import KINDS, NEED_KERAS, attempt

ATTEMPTS = int(os.environ.get("XLCHECK_FUZZ_FILES", "0"))
FEW = {"lesson": 20, "inputs": 20, "hand-made": 2, "bindings": 2, "model": 2}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.keras if kind in NEED_KERAS else ()) for kind in KINDS]
)
def test_a_spoiled_file_ends_well(kind: str, tmp_path: Path) -> None:
    """No spoiled file ends with a traceback, takes long, or agrees although a formula gives another value."""
    found = [attempt(number, 1, tmp_path, (kind,)) for number in range(ATTEMPTS or FEW[kind])]

    assert [ending for ending in found if ending.is_bad] == []
    assert len(found) > 1
