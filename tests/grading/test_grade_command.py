"""What `xlcheck grade` prints of a grading, whoever made it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from xlcheck.cli import grade as command, run
from xlcheck.grading import entry


@pytest.mark.parametrize("quiet", [False, True])
def test_a_quiet_command_shows_no_bar_and_no_notes(
    quiet: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    """What was graded, and what could not be, is said all the same."""
    bars: list[tuple[str, bool]] = []
    marks = [SimpleNamespace(file="a.xlsx", earned=None, error="no workbook")]

    def graded(*_: object, progress: Callable[[str, int, int], None], **__: object) -> Any:
        for done in range(2):
            progress("marking", done, 2)
        return SimpleNamespace(notes=["two files are the same"], marks=marks, summary=lambda: "1 graded", exit_code=3)

    @contextmanager
    def bar(what: str, *, show: bool) -> Any:
        bars.append((what, show))
        yield None

    monkeypatch.setattr(entry, "grade", graded)
    monkeypatch.setattr(command, "progress_bar", bar)
    (tmp_path / "key.json").write_text("{}")
    code = run(["grade", str(tmp_path), "--key", str(tmp_path / "key.json"), *(["-q"] if quiet else [])])
    said = capsys.readouterr()

    assert code == 3
    assert bars == [("marking", not quiet)]
    assert ("two files are the same" in said.err + said.out) is not quiet
    assert said.out.startswith("1 graded.\n  ! a.xlsx: no workbook\n")
