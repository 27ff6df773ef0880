"""Several workbooks in one command: each result in its place, as soon as it is there, and one exit code for all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlsxwriter

from xlcheck.cli import run
from xlcheck.cli.results import WORST_FIRST, show
from xlcheck.verdicts.findings import Refusal

LSTM = Path(__file__).parents[1] / "workbooks" / "lstm.xlsx"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two good workbooks, a broken one between them, and files that are none."""
    shutil.copy(LSTM, tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").write_bytes(LSTM.read_bytes()[:3000])
    (tmp_path / "below").mkdir()
    shutil.copy(LSTM, tmp_path / "below" / "c.XLSX")
    (tmp_path / "~$a.xlsx").write_text("Excel's note that the workbook is open")
    (tmp_path / ".hidden.xlsx").write_text("x")
    (tmp_path / "notes.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_unreadable_workbook_is_reported_in_its_place(
    jobs: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In text; the others have their results, a summary closes, and the exit code is the worst."""
    assert run(["check", "a.xlsx", "b.xlsx", "below/c.XLSX", "-j", jobs]) == 2

    captured = capsys.readouterr()
    heads = [line.split(":")[0] for line in captured.out.splitlines() if line[:1] in {"✓", "!"}]
    assert heads == ["✓ a.xlsx", "! b.xlsx", "✓ below/c.XLSX"]
    assert "! b.xlsx: not checked\n" in captured.out
    assert "b.xlsx is damaged or cut off" in captured.out
    assert captured.out.endswith("\n\n3 workbooks: 2 agree, 1 could not be read.\n")
    assert captured.err == ""


def test_whether_a_file_may_be_read_is_found_out_in_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And not before all: a command is no wrong usage because one of its workbooks belongs to somebody else."""
    opened = os.open

    def refusing(path: str | Path, *arguments: int) -> int:
        if str(path) == "a.xlsx":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, *arguments)

    monkeypatch.setattr(os, "access", lambda path, mode, **_: False)
    monkeypatch.setattr(os, "open", refusing)

    assert run(["check", "a.xlsx", "below/c.XLSX"]) == 2
    text = capsys.readouterr().out
    assert f"! a.xlsx: not checked\n  a.xlsx cannot be read: {os.strerror(errno.EACCES)}; check the file" in text
    assert "✓ below/c.XLSX: " in text


def test_json_says_why_in_the_place_of_a_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also for a single file, for whoever reads JSON wants JSON."""
    assert run(["check", ".", "--format", "json"]) == 2
    first, broken, last = json.loads(capsys.readouterr().out)
    assert first["ok"] is last["ok"] is True
    assert (broken["workbook"], broken["ok"], broken["error"]["kind"]) == ("b.xlsx", False, "WorkbookError")
    assert "cut off" in broken["error"]["message"]

    assert run(["check", "nowhere.xlsx", "--format", "json"]) == 2
    assert "does not exist" in json.loads(capsys.readouterr().out)[0]["error"]["message"]


def test_junit_and_html_show_it_too(folder: Path) -> None:
    """As an error of its own suite, with times, and on the page."""
    assert run(["check", "a.xlsx", "b.xlsx", "--format", "junit", "-o", "all.xml"]) == 2
    assert run(["check", "a.xlsx", "b.xlsx", "--format", "html", "-o", "all.html"]) == 2

    suites = ElementTree.parse("all.xml").getroot()  # noqa: S314 - our own file
    assert [suite.get("errors") for suite in suites] == ["0", "1"]
    assert float(suites[0].get("time", 0)) > 0
    assert "cut off" in suites[1][0][0].get("message", "")
    page = Path("all.html").read_text(encoding="utf-8")
    assert "not checked" in page
    assert "b.xlsx is damaged or cut off" in page


@pytest.mark.parametrize(
    ("argument", "found"),
    [(".", ["a.xlsx", "b.xlsx", "below/c.XLSX"]), ("below", ["below/c.XLSX"]), ("*.xlsx", [".hidden", "a", "b"]),
     ("**/*.XLSX", ["below/c.XLSX"]), ("[ab].xlsx", ["a.xlsx", "b.xlsx"])],
)  # fmt: skip
def test_folders_and_patterns(argument: str, found: list[str], folder: Path) -> None:
    """A folder stands for its workbooks and those below, a pattern for what fits; locks of Excel's are none."""
    from xlcheck.cli.checking import workbooks

    names = [path.as_posix() for path in workbooks([Path(argument)])]
    if argument == "*.xlsx":
        found = ["a.xlsx", "b.xlsx"]
    assert names == found


def test_spreadsheets_that_nobody_reads_are_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever has a folder checked is told of those in it that were not."""
    for name in ("old.xls", "other.ods", ".cache.ods"):
        (folder / "below" / name).write_bytes(b"PK")

    assert run(["check", "below"]) == 0
    assert "no .xlsx workbooks: below/old.xls, below/other.ods\n" in capsys.readouterr().err
    assert run(["check", "below", "-q"]) == 0
    assert not capsys.readouterr().err


def test_results_come_one_by_one(folder: Path) -> None:
    """The first is there while the second is still computed, in text and in JSON."""
    with xlsxwriter.Workbook(folder / "slow.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write("A1", 1.5)
        sheet.write_formula("B1", "=SUMPRODUCT(A:ZZ*A:ZZ)")
    command = [sys.executable, "-m", "xlcheck", "check", "a.xlsx", "slow.xlsx"]
    for form in ("text", "json"):
        with subprocess.Popen([*command, "--format", form], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            read = os.read(process.stdout.fileno(), 10_000)
            while b"a.xlsx" not in read:
                read += os.read(process.stdout.fileno(), 10_000)
            assert process.poll() is None
            process.terminate()
        assert process.returncode == 143


def test_each_result_ends_its_line_before_the_next_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """So that what is said meanwhile, to whom both are shown together, stands on a line of its own."""

    def outcomes() -> Iterator[Refusal]:
        for name in ("a.xlsx", "b.xlsx"):
            yield Refusal(name, "ironcalc", "WorkbookError", "it is damaged", 2)
            printed.append(capsys.readouterr().out)

    printed: list[str] = []
    assert show(outcomes(), "text") == 2

    first, second = printed
    assert first == "! a.xlsx: not checked\n  it is damaged\n"
    assert second.endswith("! b.xlsx: not checked\n  it is damaged\n")
    assert capsys.readouterr().out == "\n2 workbooks: 2 could not be read.\n"


def test_one_budget_for_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When it is used up, what was done stands there, the rest says that it was not begun, and the end comes soon."""
    with xlsxwriter.Workbook(folder / "slow.xlsx") as book:
        book.add_worksheet().write_formula("B1", "=SUMPRODUCT(A:ZZ*A:ZZ)")
    started = time.monotonic()
    assert run(["check", "a.xlsx"]) == 0
    seconds = f"{max(1.5, 4 * (time.monotonic() - started)):.1f}"  # enough for one, however busy the machine is
    capsys.readouterr()
    started = time.monotonic()

    assert run(["check", "a.xlsx", "slow.xlsx", "below", "--budget", seconds]) == 3
    assert time.monotonic() - started < float(seconds) + 30
    out = " ".join(capsys.readouterr().out.split())
    assert "✓ a.xlsx" in out
    assert f"stopped after {seconds} s while" in out
    assert out.endswith("3 workbooks: 1 agrees, 2 were not checked, or not completely.")


def test_the_budget_is_that_of_the_command_in_processes_beside_each_other_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever was left when a check began, the sentence names the seconds that somebody allowed."""
    for name in "12345":
        with xlsxwriter.Workbook(folder / f"slow{name}.xlsx") as book:
            book.add_worksheet().write_formula("B1", "=SUMPRODUCT(A:ZZ*A:ZZ)")

    assert run(["check", *(f"slow{name}.xlsx" for name in "12345"), "--budget", "1.5", "-j", "2"]) == 3
    assert " ".join(capsys.readouterr().out.split()).count("stopped after 1.5 s while") == 5


def test_more_time_than_by_default_is_had_by_asking(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A budget replaces what such a workbook is allowed, and does not only shorten it."""
    for module in ("xlcheck.cli.checking", "xlcheck.budget"):  # the second is imported by the first, as it is
        monkeypatch.setattr(f"{module}.default_seconds", lambda path: 1e-9)

    assert run(["check", "a.xlsx", "--budget", "600"]) == 0, capsys.readouterr().err
    assert run(["check", "a.xlsx"]) == 3


def test_the_worst_is_the_exit_code() -> None:
    """A defect, then what is wrong for certain, then what could not be read, then what is not known."""
    from xlcheck.cli.results import show

    def outcomes(*codes: int) -> list[Refusal]:
        return [Refusal("x", "ironcalc", "E", "m", code) for code in codes]

    assert WORST_FIRST == (70, 1, 2, 3, 0)
    assert show(outcomes(3, 2, 3), "json") == 2
    assert show(outcomes(2, 3, 70, 2), "json") == 70
    assert show([], "json") == 0
