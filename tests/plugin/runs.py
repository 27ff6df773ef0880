"""Several runs of pytest one after the other in one process of their own, in which TensorFlow is imported once."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

_MARK = "E       "
_SCRIPT = """
import os, pathlib, sys, pytest
for number, step in enumerate({steps!r}):
    print("=== step", number, flush=True)
    if isinstance(step, str):
        exec(step)
    else:
        pytest.main(step)
"""


@dataclass(frozen=True)
class Run:
    """What one run printed."""

    lines: list[str]

    @property
    def outcomes(self) -> dict[str, int]:
        """How many tests passed, failed, …"""
        return pytest.RunResult.parse_summary_nouns(self.lines)


def runs_in_one_process(project: pytest.Pytester, *steps: list[str] | str) -> list[Run]:
    """Run pytest with the arguments of each step; a step that is a text is Python code between two runs.

    Modules with tests are imported once, so no step may change them.
    """
    script = project.path / "several_runs.py"
    script.write_text(_SCRIPT.format(steps=list(steps)), encoding="utf-8")
    result = project.run(sys.executable, script)
    runs: list[Run] = []
    for line in result.outlines:
        if line.startswith("=== step "):
            runs.append(Run([]))
        elif runs:
            runs[-1].lines.append(line)
    assert len(runs) == len(steps), result.errlines
    return [run for run, step in zip(runs, steps, strict=True) if not isinstance(step, str)]


def said(result: pytest.RunResult) -> pytest.LineMatcher:
    """What a run printed, failures without what pytest writes in front of them."""
    return pytest.LineMatcher([_unmarked(line) for line in result.outlines])


def messages(lines: list[str]) -> list[str]:
    """Of the lines of one failure those that it says itself."""
    return [_unmarked(line) for line in lines if line.startswith(_MARK)]


def _unmarked(line: str) -> str:
    return line.removeprefix(_MARK).removeprefix("Failed: ") if line.startswith(_MARK) else line


def failure(result: pytest.RunResult) -> str:
    """What the only failure says, in one line."""
    lines = [line[1:].lstrip().removeprefix("Failed: ") for line in result.outlines if line.startswith("E   ")]
    assert [line for line in lines if len(line) > 72 and " " in line.strip()] == []
    return " ".join(lines)
