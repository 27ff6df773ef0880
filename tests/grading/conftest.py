"""One class for all tests of grading."""

from __future__ import annotations

from pathlib import Path

import pytest
from classroom import Classroom, make_classroom


@pytest.fixture(scope="session")
def lstm(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """The LSTM from its weights, for twelve students with numbers of their own."""
    return make_classroom(tmp_path_factory.mktemp("lstm"), "lstm", 12)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Where results go."""
    return tmp_path / "results"
