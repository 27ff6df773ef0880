"""The documentation's example test, in a project outside the repository with nothing but the installed package."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from runs import messages, runs_in_one_process

from xlcheck.chapter.recordings.store import fixtures_folder

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.keras

PAGE = Path(__file__).parents[2] / ".github" / "docs" / "pytest.md"
CHANGE = """
import keras

model = keras.saving.load_model("lstm.keras")
weights = model.get_weights()
weights[0][0, 1] += 0.125
model.set_weights(weights)
model.save("lstm.keras")
"""


def block(language: str, containing: str) -> str:
    """The page's block of code in a language that contains a text."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    (found,) = [text for name, text in blocks if name == language and containing in text]
    return str(found)


@pytest.mark.thorough
def test_life_cycle(pytester: pytest.Pytester, right_workbook: Path) -> None:
    """First run: golden file written, failure; second: pass; changed weight: the failure shown; update; pass."""
    shutil.copy(right_workbook, pytester.path)
    shutil.copy(fixtures_folder() / "lstm.keras", pytester.path)
    (pytester.path / "test_lstm.py").write_text(block("python", "xlcheck_trace"), encoding="utf-8")

    first, second, changed, updated, last = runs_in_one_process(pytester, [], [], CHANGE, [], ["--xlcheck-update"], [])

    assert first.outcomes == {"failed": 1, "passed": 1}
    assert "golden file written (new): test_lstm/test_gates_stay_as_they_are.json" in first.lines
    assert second.outcomes == {"passed": 2}
    assert changed.outcomes == {"failed": 1, "passed": 1}
    assert block("", "✗ test_lstm/") in "\n".join(messages(changed.lines)) + "\n"
    assert updated.outcomes == last.outcomes == {"passed": 2}
