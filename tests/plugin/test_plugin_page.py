"""The documentation's example test, in a project outside the repository with nothing but the installed package."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from runs import messages

from xlcheck.chapter.recordings.store import fixtures_folder

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.keras

PAGE = Path(__file__).parents[2] / ".github" / "docs" / "pytest.md"


def block(language: str, containing: str) -> str:
    """The page's block of code in a language that contains a text."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    (found,) = [text for name, text in blocks if name == language and containing in text]
    return str(found)


def change_a_weight(keras: Any, path: Path) -> None:
    """Of a model that is saved in a file."""
    model = keras.saving.load_model(path)
    weights = model.get_weights()
    weights[0][0, 1] += 0.125
    model.set_weights(weights)
    model.save(path)


def test_life_cycle(keras: Any, pytester: pytest.Pytester, right_workbook: Path) -> None:
    """First run: golden file written, failure; second: pass; changed weight: the failure shown; update; pass."""
    shutil.copy(right_workbook, pytester.path)
    shutil.copy(fixtures_folder() / "lstm.keras", pytester.path)
    (pytester.path / "test_lstm.py").write_text(block("python", "xlcheck_trace"), encoding="utf-8")

    first = pytester.runpytest()
    first.assert_outcomes(failed=1, passed=1)
    assert "golden file written (new): test_lstm/test_gates_stay_as_they_are.json" in first.outlines
    pytester.runpytest().assert_outcomes(passed=2)
    change_a_weight(keras, pytester.path / "lstm.keras")
    changed = pytester.runpytest()
    changed.assert_outcomes(failed=1, passed=1)
    assert block("", "✗ test_lstm/") in "\n".join(messages(changed.outlines)) + "\n"
    pytester.runpytest("--xlcheck-update").assert_outcomes(passed=2)
    pytester.runpytest().assert_outcomes(passed=2)
