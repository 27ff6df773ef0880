"""The pre-commit hook and the GitHub Action: what stands in their files is run here as those programs run it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from test_cli import LSTM

ROOT = Path(__file__).parents[1]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((ROOT / ".github" / "actions" / "check" / "action.yml").read_text(encoding="utf-8"))
BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(sys.platform == "win32" or BASH is None, reason="both run in bash")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A right workbook, a wrong one with a blank in its name, and an `xlcheck` that is this one."""
    (tmp_path / "sheets").mkdir()
    shutil.copy(LSTM, tmp_path / "sheets" / "right.xlsx")
    book = openpyxl.load_workbook(LSTM)
    book["lstm"]["G10"] = "=F29*Weights!$B$12"
    book.save(tmp_path / "sheets" / "a wrong one.xlsx")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "xlcheck"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m xlcheck "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return tmp_path


@pytest.mark.thorough
@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_hook_takes_workbooks_and_fails_with_one_that_is_wrong(hook: dict[str, Any], folder: Path) -> None:
    """Its entry is a command of the package and gets the files that were staged; Excel's lock files are none."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    program, *arguments = hook["entry"].split()

    def ends(*files: str) -> int:
        command = [sys.executable, "-m", program, *arguments, *files]
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode

    taken = [
        name
        for name in ("sheets/right.xlsx", "sheets/a wrong one.xlsx", "sheets/~$right.xlsx", "x.xlsm", "xlsx.md")
        if re.search(hook["files"], name) and not re.search(hook["exclude"], name)
    ]
    assert taken == ["sheets/right.xlsx", "sheets/a wrong one.xlsx", "x.xlsm"]
    assert program in scripts
    assert ends("sheets/right.xlsx") == 0
    assert ends("sheets/right.xlsx", "sheets/a wrong one.xlsx") == 1


def _check(folder: Path, **inputs: str) -> tuple[int, str, dict[str, str]]:
    """Run the Action's last step with these inputs; its exit code, what it printed, and the files that it wrote."""
    step = ACTION["runs"]["steps"][-1]
    given = {name: str(declared.get("default", "")) for name, declared in ACTION["inputs"].items()} | inputs
    environment = {
        name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: given[found[1]], value)
        for name, value in step["env"].items()
    }
    places = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    environment |= {name: str(path) for name, path in places.items()}
    environment |= {"RUNNER_TEMP": str(folder), "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=folder, env=os.environ | environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    written = {name: path.read_text(encoding="utf-8") for name, path in places.items()}
    return done.returncode, done.stdout, written


@pytest.mark.thorough
def test_the_action_checks_and_says_how_it_ended(folder: Path) -> None:
    """Result in the log and in the summary of the run; the exit code as an output, too; JUnit if it is asked for."""
    code, printed, written = _check(folder, files="sheets/r*.xlsx", junit="report.xml", options="--strict")
    assert (code, written["GITHUB_OUTPUT"]) == (0, "exit-code=0\n")
    assert "✓ sheets/right.xlsx" in printed
    assert "✓ sheets/right.xlsx" in written["GITHUB_STEP_SUMMARY"]
    assert "<testsuites" in (folder / "report.xml").read_text(encoding="utf-8")

    code, printed, written = _check(folder, files="sheets")
    assert (code, written["GITHUB_OUTPUT"].splitlines()[-1]) == (1, "exit-code=1")
    assert "lstm!G10" in printed


def test_no_input_of_the_action_is_part_of_a_script(folder: Path) -> None:
    """They come as environment variables, so that nobody runs commands by the name of a file."""
    assert all("${{" not in step.get("run", "") for step in ACTION["runs"]["steps"])

    code, _, _ = _check(folder, files="$(touch taken).xlsx;touch${IFS}taken")
    assert code == 2
    assert not (folder / "taken").exists()
