"""Parts of the command line by themselves: each command, what a configuration says, and errors in words."""

from __future__ import annotations

import io
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from xlcheck import __main__
from xlcheck.chapter.lessons.catalogue import ALL_LESSONS
from xlcheck.cli import (
    bind,
    build,
    check,
    checking,
    compare,
    configuration,
    defect,
    exercise,
    fixtures,
    generate,
    grade,
    list as lessons,
    running,
    trace,
    train,
)
from xlcheck.cli.group import COMMANDS
from xlcheck.errors import NotSupportedError, UsageError, XlcheckError
from xlcheck.grading import entry
from xlcheck.verdicts.findings import Refusal
from xlcheck.version import __version__

LSTM = Path(__file__).parents[1] / "workbooks" / "lstm.xlsx"
GIVEN: dict[str, tuple[Any, list[str]]] = {
    "build": (build, ["none.keras", "--inputs", "none.npy"]), "check": (check, ["none.xlsx"]),
    "bind": (bind, ["none.xlsx"]), "generate": (generate, ["none.keras", "a word"]),
    "trace": (trace, ["none.keras", "--inputs", "none.npy", "-o", "t.json"]),
    "compare": (compare, ["none.json", "none.json"]),
    "exercise": (exercise, ["none.keras", "--inputs", "none.npy", "-o", "x"]),
    "grade": (grade, ["none", "--key", "none.json", "-o", "x"]),
    "train": (train, ["text", "--data", "none.txt", "-o", "m.keras"]),
    "fixtures": (fixtures, ["none"]),
}  # fmt: skip


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_not_there_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command that is given a file or a lesson that does not exist says so by its name, and makes nothing."""
    monkeypatch.chdir(tmp_path)
    module, arguments = GIVEN[name]
    with pytest.raises((XlcheckError, click.ClickException)) as caught:
        module.command.main(arguments, standalone_mode=False)

    assert caught.value.exit_code == 2
    assert "none" in str(caught.value) + getattr(caught.value, "message", "")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert name in COMMANDS


def test_each_lesson_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """`list` shows all of them, those on training, too."""
    lessons.command.main([], standalone_mode=False)

    assert [line.split()[0] for line in capsys.readouterr().out.splitlines() if line[0] != " "] == [*ALL_LESSONS]


def said(folder: Path, name: str) -> configuration.Defaults | None:
    return configuration.defaults(folder, name, {"check": check.command, "bind": bind.command, "build": build.command})


def test_the_nearest_file_that_speaks_of_it_decides(tmp_path: Path) -> None:
    """A table above counts unless one is nearer; what stands in a command's own table comes before what is for all."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.xlcheck]\natol = 1e-3\nengine = "cellrune"\n[tool.xlcheck.check]\natol = 1e-6\n', encoding="utf-8"
    )
    (inner / "pyproject.toml").write_text("[tool.other]\natol = 1\n", encoding="utf-8")
    own, other = said(inner, "check"), said(inner, "bind")

    assert own is not None
    assert own.given["atol"] == 1e-6
    assert own.tolerances == "atol = 1e-06"
    assert own.path == tmp_path / "pyproject.toml"
    assert other is not None
    assert other.given == {}
    assert said(Path("/"), "check") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.xlcheck]\nengin = 1\n", "engine"), ("[tool.xlcheck.check]\nstyle = 1\n", "option of `xlcheck check`"),
        ('[tool.xlcheck]\natol = "x"\n', "atol"), ("[tool.xlcheck]\nquiet = 1\n", "neither true nor false"),
        ("[tool]\nxlcheck = 1\n", "is a table of options"), ("[tool.xlcheck]\ncheck = 1\n", "check is a command"),
        ("[tool.xlcheck\n", "cannot be read"),
    ],
)  # fmt: skip
def test_a_configuration_that_nobody_understands(text: str, message: str, tmp_path: Path) -> None:
    """Unknown options, values of another kind and broken files are refused with the file's name."""
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        said(tmp_path, "check")
    assert str(tmp_path / "pyproject.toml") in str(caught.value)


@pytest.mark.parametrize(
    ("error", "sentence", "code"),
    [
        (NotSupportedError("no such layer"), "no such layer", NotSupportedError.exit_code),
        (FileNotFoundError(2, "No such file", "a.xlsx"), "a.xlsx cannot be used: No such file", 2),
        (FileNotFoundError(2, "No such file"), "the folder in which you called it is gone; change into another one", 2),
        (OSError(24, "Too many open files"), "the system does not let it go on: Too many open files", 2),
    ],
)
def test_errors_in_words(error: Exception, sentence: str, code: int) -> None:
    """An error of ours says itself what it means; the system's names the file if it knows it."""
    assert defect.sentence(error) == (sentence, code)


def test_several_checks_end_each_in_its_place(tmp_path: Path) -> None:
    """A workbook that cannot be read is a refusal between two reports, in the order in which they were named."""
    missing = tmp_path / "none.xlsx"
    tasks = [checking.Task(path, "ironcalc") for path in (LSTM, missing, LSTM)]
    first, second, third = checking.outcomes(tasks, 1, show_status=False)

    assert isinstance(second, Refusal)
    assert second.exit_code == 2
    assert str(missing) in second.message
    assert not isinstance(first, Refusal)
    assert not isinstance(third, Refusal)
    assert first.ok
    assert third.ok
    assert checking.Task(LSTM, "ironcalc", seconds=3.0).allowed == 3.0


@pytest.mark.parametrize("student", [None, "17"])
def test_marks_are_told_of_one_student_and_errors_of_all(
    student: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A class is told in one line and what could not be graded; one student's marks and first wrong cell, too."""
    wrong = SimpleNamespace(cell="lstm!B3", message="Look at f.")
    marks = [
        SimpleNamespace(file="a.xlsx", earned=1.5, points=3.0, first=wrong, error=""),
        SimpleNamespace(file="b.xlsx", earned=3.0, points=3.0, first=None, error=""),
        SimpleNamespace(file="c.xlsx", earned=None, points=3.0, first=None, error="torn"),
    ]
    found = SimpleNamespace(summary=lambda: "3 submissions", marks=marks, notes=(), exit_code=1)
    monkeypatch.setattr(entry, "grade", lambda *_, **__: found)
    (tmp_path / "key.json").touch()
    options = [] if student is None else ["--student", student]
    code = grade.command.main(
        [str(tmp_path), "--key", str(tmp_path / "key.json"), "-o", str(tmp_path / "out"), *options],
        standalone_mode=False,
    )
    lines = capsys.readouterr().out.splitlines()

    assert code == 1
    assert lines[0] == "3 submissions."
    assert "  ! c.xlsx: torn" in lines
    told = ["  a.xlsx: 1.5 of 3; first wrong: lstm!B3. Look at f.", "  b.xlsx: 3 of 3; every formula is right"]
    assert [line for line in lines if " of 3; " in line] == (told if student else [])


def test_a_command_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    """Its code is that of wrong usage, and a near name is offered."""
    assert running.run(["chek", "a.xlsx"]) == 2
    assert "check" in capsys.readouterr().err


def test_files_and_pipes_are_written_in_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine's encoding is, unless the environment asks for another; no character makes it fail."""
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    __main__._speak_utf8(stream)

    assert (stream.encoding, stream.errors) == ("utf-8", "backslashreplace")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    asked = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    __main__._speak_utf8(asked)
    assert asked.encoding == "ascii"


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` says what the package is built as."""
    assert running.run(["--version"]) == 0
    assert capsys.readouterr().out == f"xlcheck, version {__version__}\n"
