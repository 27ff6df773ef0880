"""No command writes onto what it reads, reads what is no file, or leaves anything behind."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from xlcheck import api
from xlcheck.cli import run
from xlcheck.errors import UsageError, WorkbookError, XlcheckError
from xlcheck.files import open_input, protected_inputs, read_input, replacing, write_text
from xlcheck.reports.annotate import annotate

ROOT = Path(__file__).parents[1]
LSTM = ROOT / "workbooks" / "lstm.xlsx"
HAND_MADE = ROOT / "fixtures" / "handmade" / "two_documents"

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and modes are those of POSIX")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one file of each kind, and links to the workbook."""
    shutil.copy(LSTM, tmp_path / "book.xlsx")
    shutil.copy(HAND_MADE.with_suffix(".xlsx"), tmp_path / "hand.xlsx")
    (tmp_path / "hand.toml").write_text("")
    np.save(tmp_path / "x.npy", np.ones((1, 2, 1)))
    for name in ("m.keras", "y.csv", "words.txt"):
        (tmp_path / name).write_text("1\n")
    if sys.platform != "win32":
        (tmp_path / "link.xlsx").symlink_to("book.xlsx")
        os.link(tmp_path / "book.xlsx", tmp_path / "hard.xlsx")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@posix
@pytest.mark.parametrize(
    "command",
    [
        "check book.xlsx -o book.xlsx",
        "check book.xlsx -o ./book.xlsx --format json",
        "check book.xlsx -o link.xlsx",
        "check link.xlsx -o book.xlsx",
        "check book.xlsx -o hard.xlsx --format html",
        "check hard.xlsx hand.xlsx -o link.xlsx",
        "check book.xlsx --annotate book.xlsx",
        "check link.xlsx --annotate hard.xlsx",
        "check hand.xlsx --bind hand.toml -o hand.toml",
        "check hand.xlsx --model m.keras -o m.keras",
        "check hand.xlsx --model m.keras --inputs x.npy -o x.npy",
        "bind hand.xlsx -o hand.xlsx",
        "build m.keras --inputs book.xlsx -o book.xlsx",
        "build m.keras --inputs x.npy --backward --targets book.xlsx -o link.xlsx",
        "build m.keras --text words --vocabulary book.xlsx -o book.xlsx",
        "train text --data m.keras -o m.keras",
        "train sentiment --data m.keras -o m.keras",
    ],
)
def test_no_command_writes_onto_an_input(command: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By whatever name: refused with 2 and a sentence, before anything is done, and every file is as it was."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    assert run(command.split()) == 2
    captured = capsys.readouterr()
    assert ("is read by the same command; name another file" in captured.err) or "exists already" in captured.err
    assert captured.out == ""
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.keras
def test_bindings_that_are_found_beside_the_workbook_are_inputs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody named them, and nothing is written onto them."""
    shutil.copy(HAND_MADE.with_suffix(".toml"), folder / "hand.toml")
    before = (folder / "hand.toml").read_bytes()

    assert run(["check", "hand.xlsx", "-o", "hand.toml"]) == 2
    assert "hand.toml: it is read by the same command" in capsys.readouterr().err
    assert (folder / "hand.toml").read_bytes() == before


def test_two_results_need_two_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report would replace the marked copy."""
    assert run(["check", "book.xlsx", "--annotate", "new.xlsx", "-o", "./new.xlsx"]) == 2

    assert "-o and --annotate both write" in capsys.readouterr().err
    assert not (folder / "new.xlsx").exists()


def test_the_library_protects_its_inputs_too(folder: Path) -> None:
    """Every call that writes, for as long as it runs; afterwards the same file may be written."""
    report = api.check(LSTM)
    with pytest.raises(UsageError, match="read by the same command"):
        annotate(report, folder / "book.xlsx", folder / "book.xlsx")
    with pytest.raises(UsageError, match="read by the same command"):
        api.build_model(folder / "m.keras", folder / "book.xlsx", folder / "book.xlsx")
    with protected_inputs(folder / "book.xlsx"), protected_inputs("nowhere", None, np.ones(3)):
        with pytest.raises(UsageError, match=r"it is read by the same command"):
            write_text(folder / "book.xlsx", "new")
        write_text(folder / "m.keras", "new")
    write_text(folder / "book.xlsx", "new")

    assert (folder / "book.xlsx").read_text() == "new"


@posix
@pytest.mark.parametrize(
    "command",
    ["check {}", "check book.xlsx --inputs {}", "check hand.xlsx --bind {}", "check book.xlsx --model {}",
     "build m.keras --inputs {}", "train text --data {} -o new.keras", "bind {}", "generate {} word"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["pipe", "zero", "loop"])
def test_inputs_are_files(command: str, kind: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe that nobody writes into, a device without an end, a link to itself: one sentence at once."""
    os.mkfifo(folder / "pipe")
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "loop").symlink_to("loop")

    assert run(command.format(kind).split()) == 2
    sentence = {"pipe": "a named pipe", "zero": "a device", "loop": "Too many levels of symbolic links"}[kind]
    error = capsys.readouterr().err
    assert sentence in error
    assert len(error.splitlines()) == 1


@posix
def test_the_library_reads_files_only(folder: Path) -> None:
    """Also where no command line has looked before."""
    os.mkfifo(folder / "pipe.xlsx")
    (folder / "loop").symlink_to("loop")
    with pytest.raises(WorkbookError, match="a named pipe"):
        api.check(folder / "pipe.xlsx")
    with pytest.raises(XlcheckError, match="a named pipe"):
        api.check(folder / "hand.xlsx", bindings=folder / "pipe.xlsx")
    with pytest.raises(IsADirectoryError, match="it is a folder"):
        open_input(folder)
    with pytest.raises(OSError, match="more than the limit of 0 MB"):
        read_input(folder / "book.xlsx", 10)
    for name in ("loop", "loop/x", "a\0b"):
        with pytest.raises(UsageError, match="cannot write"):
            write_text(folder / name, "new")


@posix
def test_permissions_stay(folder: Path) -> None:
    """A file that only its owner may read is not opened to others, neither while it is written nor after."""
    for mode in (0o600, 0o640, 0o755):
        (folder / "book.xlsx").chmod(mode)
        with replacing(folder / "book.xlsx") as temporary:
            temporary.write_text("new")
            assert stat.S_IMODE(temporary.parent.stat().st_mode) == 0o700

        assert stat.S_IMODE((folder / "book.xlsx").stat().st_mode) == mode


@posix
def test_what_a_killed_run_left_is_removed_by_the_next(folder: Path) -> None:
    """The hidden folder of a process that is no more goes; that of one at work, or of another machine, stays."""
    code = (
        "import os, sys; from pathlib import Path; from xlcheck.files import replacing\n"
        "with replacing(Path('new.txt')) as temporary: temporary.write_text('half'); os.kill(os.getpid(), 9)"
    )
    before = {path.name for path in folder.iterdir()}
    subprocess.run([sys.executable, "-c", code], check=False)
    left = {path.name for path in folder.iterdir()} - before
    assert len(left) == 1
    (folder / ".xlcheck-ffffffff-1-other").mkdir()
    with replacing(folder / "slow.txt") as mine:
        mine.write_text("slow")
        write_text(folder / "new.txt", "whole")
    now = {path.name for path in folder.iterdir()} - before

    assert now == {"slow.txt", "new.txt", ".xlcheck-ffffffff-1-other"}
