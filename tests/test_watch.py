"""`check --watch`, and the line that says what is waited for: for somebody who looks at a terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from test_cli import LSTM

from xlcheck.cli import run
from xlcheck.cli.watch import saved
from xlcheck.files import replacing

posix = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process on Windows")


def _save(path: Path, formula: str) -> None:
    """Put a formula into a cell of a gate and save, as spreadsheet programs do: beside, and then in its place."""
    book = openpyxl.load_workbook(LSTM)
    book["lstm"]["G10"] = formula
    with replacing(path) as beside:
        book.save(beside)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`check --watch` on a folder in which one cell of one workbook is wrong."""
    _save(tmp_path / "mine.xlsx", "=F29*Weights!$B$12")
    process = subprocess.Popen(
        [sys.executable, "-m", "xlcheck", "check", ".", "--watch"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", cwd=tmp_path,
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


@posix
def test_every_save_is_checked_until_an_interrupt(watching: subprocess.Popen[str], tmp_path: Path) -> None:
    """What was mended is said beside the result; a damaged file and a new one do not end it; Ctrl-C does, with 130."""
    assert watching.stdout is not None

    def until(words: str) -> str:
        assert watching.stdout is not None
        for line in watching.stdout:
            if words in line:
                return line
        raise AssertionError(f"it ended without: {words}")

    assert "1 cell wrong" in until("mine.xlsx")
    until("waiting for the next save")
    _save(tmp_path / "mine.xlsx", "=F31*Weights!$B$12")
    assert "agree" in until("mine.xlsx")
    assert "lstm!G10 no longer wrong" in until("since the last check")
    until("waiting for the next save")
    (tmp_path / "mine.xlsx").write_bytes(LSTM.read_bytes()[:2000])
    assert "not checked" in until("mine.xlsx")
    until("waiting for the next save")
    _save(tmp_path / "second.xlsx", "=F29*Weights!$B$12")
    assert "1 cell wrong" in until("second.xlsx")
    until("waiting for the next save")
    watching.send_signal(signal.SIGINT)

    assert watching.wait(30) == 130


def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is checked when it has looked the same twice in a row, and not while it is gone."""
    path = tmp_path / "mine.xlsx"
    path.write_text("1")
    steps = iter([
        lambda: path.write_text("12"), lambda: path.write_text("123"), path.unlink, lambda: None,
        lambda: path.write_text("1234"), lambda: path.write_text("12345"), lambda: None,
    ])  # fmt: skip
    taken = []
    monkeypatch.setattr("xlcheck.cli.watch.sleep", lambda seconds: taken.append(next(steps)()))
    watched = saved(lambda: [path])

    assert next(watched) == [path]
    assert next(watched) == [path]
    assert len(taken) == 7
    assert path.read_text() == "12345"


def test_a_file_that_is_not_there_yet_is_said_and_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first check says that it is missing."""
    path = tmp_path / "mine.xlsx"
    monkeypatch.setattr("xlcheck.cli.watch.sleep", lambda seconds: path.write_text("1"))
    watched = saved(lambda: [path])

    assert next(watched) == [path]
    assert not path.exists()
    monkeypatch.setattr("xlcheck.cli.watch.sleep", lambda seconds: path.exists() or path.write_text("1"))
    assert next(watched) == [path]
    assert path.exists()


@pytest.mark.parametrize("format_", ["json", "html", "junit"])
def test_a_document_that_never_ends_is_refused(format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Several results in one stream are no JSON and no XML; into a file, the last one is."""
    assert run(["check", str(LSTM), "--watch", "--format", format_]) == 2
    assert "add -o FILE" in capsys.readouterr().err


@posix
def test_the_line_of_progress_is_never_glued_to_a_text(tmp_path: Path) -> None:
    """On a terminal a note in the middle of the work and the result each begin a line of their own."""
    import pty

    code = (
        "import sys, time, warnings; from xlcheck.cli import status, running; status.MOMENT = 0.05\n"
        "with running._saying_notes(), status.status('checking mine.xlsx'):\n"
        "    time.sleep(0.5); running.say('a note'); time.sleep(0.5)\n"
        "print('the result')"
    )
    master, slave = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=slave, stderr=slave, close_fds=True)
    os.close(slave)
    written = b""
    with os.fdopen(master, "rb", buffering=0) as terminal:
        while True:
            try:
                piece = terminal.read(4096)
            except OSError:  # so ends a terminal on Linux
                break
            if not piece:
                break
            written += piece
    assert process.wait(30) == 0
    shown = _screen(written.decode())

    assert shown == ["xlcheck: a note", "the result"]
    assert written.count(b"checking mine.xlsx") > 2


def _screen(written: str) -> list[str]:
    """What stands on the lines of a terminal at the end."""
    lines = []
    for line in written.replace("\r\n", "\n").split("\n"):
        cells: list[str] = []
        for piece in line.split("\r"):
            cells[: len(piece)] = piece
        lines.append("".join(cells).rstrip())
    return [line for line in lines if line]
