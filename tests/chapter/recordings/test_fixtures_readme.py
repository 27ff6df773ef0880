"""The programs that the fixtures' README prints are run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from xlcheck.chapter.recordings.store import fixtures_folder

README = Path(__file__).parents[3] / "fixtures" / "README.md"

Change = Callable[[str, str], None]


def program(language: str) -> str:
    """The first program in a language."""
    found = re.search(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def lines(code: str) -> int:
    """How many lines are not empty."""
    return sum(bool(line.strip()) for line in code.splitlines())


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """The fixture `lstm.json` in a folder of its own, and a function that replaces one text in it."""
    shutil.copy(fixtures_folder() / "lstm.json", tmp_path)

    def replace(old: str, new: str) -> None:
        path = tmp_path / "lstm.json"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def run_python(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the Python program in a folder."""
    return subprocess.run(
        [sys.executable, "-I", "-c", program("python")], cwd=folder, capture_output=True, text=True, check=False
    )


def test_python(tmp_path: Path, change: Change) -> None:
    """Fifteen lines of plain Python verify every gate, and name the first one that is off by 1e-13."""
    assert lines(program("python")) <= 15
    assert run_python(tmp_path).returncode == 0
    spoil(tmp_path, change)
    result = run_python(tmp_path)

    assert result.returncode == 1
    assert result.stderr.strip().endswith("AssertionError: lstm.f[1] of sample 0")


def test_c(tmp_path: Path, change: Change) -> None:
    """Fifty lines of C verify an LSTM, and say what is off by 1e-13."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        assert not os.environ.get("CI"), "with CI set there has to be a C compiler"
        pytest.skip("there is no C compiler")
    assert lines(program("c")) <= 50
    (tmp_path / "verify.c").write_text(program("c"))
    subprocess.run(
        [compiler, "-Wall", "-Wextra", "-Werror", "verify.c", "-o", "verify", "-lm"], cwd=tmp_path, check=True
    )

    def verify() -> subprocess.CompletedProcess[str]:
        return subprocess.run(["./verify", "lstm.json"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert verify().returncode == 0
    spoil(tmp_path, change)
    result = verify()
    assert result.returncode == 1
    assert "lstm.f[1] of sample 0 is off by" in result.stdout


def spoil(folder: Path, change: Change) -> None:
    """Add 1e-13 to the first sample's forget gate at the second step."""
    found = re.search(r'"lstm\.f\[1\]": \[\[([^\]]+)\]', (folder / "lstm.json").read_text(encoding="utf-8"))
    assert found
    change(found[0], f'"lstm.f[1]": [[{float(found[1]) + 1e-13!r}]')
