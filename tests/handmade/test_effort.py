"""The time of a check: searches stop when it is used up, and only then."""

from __future__ import annotations

import io
import math
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from xlcheck.api import check
from xlcheck.budget import budget, doing
from xlcheck.cli import run, status
from xlcheck.errors import UsageError
from xlcheck.handmade import effort
from xlcheck.handmade.accepting import bench


@pytest.fixture
def two_layers(tmp_path: Path) -> Path:
    """A SimpleRNN and a Dense layer, without the bindings that stand beside the fixture."""
    source = Path(__file__).parents[2] / "fixtures" / "handmade" / "one_hot_softmax.xlsx"
    return Path(shutil.copy(source, tmp_path))


def test_without_a_limit_there_is_always_time() -> None:
    """Nobody has to set a limit."""
    effort.require_time()

    assert effort.left() == float("inf")


def test_what_is_used_up_stops_the_search() -> None:
    """Processor time counts, and the search is told."""
    with effort.limited_to(0.02):
        effort.require_time()
        end = time.process_time() + 0.03
        while time.process_time() < end:
            pass

        with pytest.raises(effort.OutOfTimeError):
            effort.require_time()


def test_a_part_cannot_have_more_than_the_whole() -> None:
    """A limit inside of a limit ends with the outer one, and outside of it the outer one holds again."""
    with effort.limited_to(5):
        with effort.limited_to(100):
            assert effort.left() <= 5
        with effort.limited_to(0), pytest.raises(effort.OutOfTimeError):
            effort.require_time()

        assert 4 < effort.left() <= 5


def test_the_engine_counts_as_long_as_it_takes_at_its_best() -> None:
    """A machine that is busy otherwise does not shorten the search: equal work counts as its shortest wait."""
    with effort.limited_to(100):
        for pause in (0.0, 0.2, 0.2):
            with effort.waiting("the same"):
                time.sleep(pause)

        assert effort.left() > 99.8


@pytest.mark.usefixtures("a_short_search")
def test_what_was_settled_before_the_time_was_up_is_reported(two_layers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first layer keeps its verdict when there is no time for the second, and the report says what allows more."""
    whole = check(two_layers)
    place, done = bench.place, list[str]()

    def place_one(*args: Any, **options: Any) -> Any:
        name = args[1][0].spec.name
        if {*done} - {name}:
            raise effort.OutOfTimeError
        done.append(name)
        return place(*args, **options)

    monkeypatch.setattr(bench, "place", place_one)
    monkeypatch.setattr("xlcheck.handmade.search._SMALL", 0)  # not read as a whole
    report = check(two_layers)

    assert whole.exit_code == 0
    assert report.exit_code == 3
    assert 0 < report.counts.agree < whole.counts.agree
    assert any("--effort SECONDS" in note for note in report.notes)


def test_without_time_nothing_is_said_of_the_cells(two_layers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3, and the way to more time; no time at all is no effort."""
    assert run(["check", str(two_layers), "--effort", "0.000001"]) == 3
    out = "".join(capsys.readouterr())
    assert "--effort SECONDS allows more" in " ".join(out.split())

    assert run(["check", str(two_layers), "--effort", "0"]) == 2
    with pytest.raises(UsageError, match="effort is a positive number of seconds, not -1"):
        check(two_layers, effort=-1)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Part by part, in the line that says what is waited for; the same where the time of a part is limited."""
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(status, "MOMENT", 0.0)
    monkeypatch.setattr(status, "_STEP", 0.001)

    with budget(math.inf), status.status("checking a.xlsx"), budget(100):
        for text in ("looking at worksheet 'a'", "looking at worksheet 'b'"):
            doing(text)
            while f"checking a.xlsx: {text}" not in terminal.getvalue():
                time.sleep(0.001)

    assert terminal.getvalue().endswith("\r")
