"""Two tests never share a golden file, on systems that take A for a either."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.errors import DataError
from xlcheck.pytest_plugin.golden_paths import require_own_name


def test_a_file_that_is_there_under_another_name_is_another_test_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some systems say that `test_A.json` exists where `test_a.json` does; it is neither compared nor written over."""
    (tmp_path / "test_a.json").touch()
    monkeypatch.setattr(Path, "exists", lambda self: True)
    require_own_name(tmp_path / "test_a.json", "test_a.json")

    with pytest.raises(DataError, match=r"test_A.json: this system takes test_a.json, the golden file of another test"):
        require_own_name(tmp_path / "test_A.json", "test_A.json")


def test_names_are_what_they_say_and_not_how_a_system_spells_their_letters(tmp_path: Path) -> None:
    """An accent may be a sign of its own."""
    (tmp_path / "test_e\u0301.json").touch()
    require_own_name(tmp_path / "test_e\u0301.json", "test_é.json")
    require_own_name(tmp_path / "test_new.json", "test_new.json")
