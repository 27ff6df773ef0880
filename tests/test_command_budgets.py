"""Every command that may take long has one budget of time, and says what it was doing when that was used up."""

from __future__ import annotations

import math
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import click
import pytest
from click.testing import CliRunner

from xlcheck.budget import budget, interrupted_after, time_left
from xlcheck.chapter.lessons.catalogue import known_lesson
from xlcheck.cli import run
from xlcheck.cli.group import commands
from xlcheck.cli.options import budgeted
from xlcheck.errors import OutOfTimeError

LONG = (
    "build",
    "check",
    "trace",
    "bind",
    "generate",
    "compare",
    "fixtures",
    "train text",
    "train sentiment",
    "train imdb",
)
CLOCK = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such clock")


@pytest.mark.parametrize("command", LONG)
def test_each_long_command_has_a_budget(command: str) -> None:
    """The option is there, and its help says what happens without it."""
    shown = CliRunner().invoke(commands, [*command.split(), "--help"]).output

    assert "--budget SECONDS" in " ".join(shown.split())


@pytest.mark.parametrize("seconds", ["0", "-1", "nan"])
def test_a_budget_is_a_positive_number(seconds: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is wrong usage, and nothing is written."""
    path = tmp_path / "lstm.xlsx"
    code = run(["build", "lstm", "-o", str(path), "--budget", seconds])

    assert (code, path.exists()) == (2, False)
    assert capsys.readouterr().err.startswith("xlcheck: a budget is a positive number of seconds")


@CLOCK
def test_what_is_built_too_slowly_is_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, which says what was being done; exit code 3, and no file that is half written."""
    known_lesson("lstm-training")  # which imports now what a slow machine may need a second for
    code = run(["build", "lstm-training", "-o", str(tmp_path / "lstm.xlsx"), "--budget", "0.01"])
    said = capsys.readouterr()

    assert (code, list(tmp_path.iterdir()), said.out) == (3, [], "")
    assert said.err.startswith("xlcheck: stopped after 0.01 s while building ")
    assert said.err.count("\n") == 1


@CLOCK
def test_what_asks_nobody_is_ended_by_the_clock() -> None:
    """A loop that never looks at the time is stopped a moment later."""

    @click.command()
    @budgeted(0.05)
    def command() -> int:
        while True:
            time.sleep(0.01)

    started = time.monotonic()
    error = CliRunner().invoke(command, []).exception

    assert "stopped after 0.05 s" in str(error)
    assert time.monotonic() - started < 30


@CLOCK
def test_a_polite_budget_is_an_interrupt() -> None:
    """Training is ended as Ctrl-C ends it, which keeps what was learned; the clock is free again afterwards."""
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        with interrupted_after(0.05):
            deadline = time.monotonic() + 30
            while not heard and time.monotonic() < deadline:
                time.sleep(0.01)
    finally:
        signal.signal(signal.SIGINT, before)

    assert heard == [signal.SIGINT]
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


@CLOCK
def test_the_clock_of_one_file_does_not_ring_into_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """It rings each second until somebody listens, and may do so in the very moment in which it is stopped."""
    usual = signal.setitimer
    rung = []

    def late(which: int, seconds: float, interval: float = 0.0) -> tuple[float, float]:
        if not seconds and not rung:
            rung.append(True)
            signal.raise_signal(signal.SIGALRM)
        return usual(which, seconds, interval)

    monkeypatch.setattr(signal, "setitimer", late)

    def wait() -> None:
        with budget(0.01, by_signal=True):
            while True:
                time_left()

    with pytest.raises(OutOfTimeError):
        wait()

    assert rung
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert usual(signal.ITIMER_REAL, 0) == (0.0, 0.0)


@CLOCK
@pytest.mark.parametrize("moment", range(0, 60, 3))
def test_the_clock_may_ring_at_any_moment_of_leaving(moment: int) -> None:
    """Whatever line of the way out it interrupts, the clock is stopped and the next budget is a fresh one."""
    left = 0
    rung = False

    def count(_frame: FrameType, _event: str, _argument: object) -> Any:
        nonlocal left, rung
        left += 1
        if left == moment and signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
            rung = True
            signal.raise_signal(signal.SIGALRM)
        return count

    def leave() -> None:
        with budget(60, by_signal=True), budget(60):
            sys.settrace(count)

    before = sys.gettrace()
    try:
        leave()
    finally:
        sys.settrace(before)

    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.setitimer(signal.ITIMER_REAL, 0) == (0.0, 0.0)
    assert time_left() == math.inf
    assert rung or moment == 0 or moment > 15
