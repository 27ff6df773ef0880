"""`[tool.xlcheck]` in pyproject.toml, `XLCHECK_ENGINE`, and the completion of words by a shell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from test_cli import LSTM, xlcheck

from xlcheck.cli import run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder with a workbook in a folder of its own, where commands are called."""
    (tmp_path / "sheets").mkdir()
    shutil.copy(LSTM, tmp_path / "sheets" / "lstm.xlsx")
    monkeypatch.chdir(tmp_path / "sheets")
    monkeypatch.delenv("XLCHECK_ENGINE", raising=False)
    return tmp_path


def test_the_nearest_file_that_says_something_is_taken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One without the table is passed over; the environment comes before the file, the command line before both."""
    (folder / "pyproject.toml").write_text('[tool.xlcheck]\nengine = "cellrune"\nweights = "book"\n', encoding="utf-8")
    (folder / "sheets" / "pyproject.toml").write_text("[tool.other]\nname = 'xlcheck'\n", encoding="utf-8")

    def engine(*arguments: str) -> str:
        assert run(["check", "lstm.xlsx", *arguments]) == 0
        return capsys.readouterr().out.splitlines()[1].split()[0]

    assert engine() == "cellrune"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XLCHECK_ENGINE", "ironcalc")
        assert engine() == "ironcalc"
        assert engine("--engine", "cellrune") == "cellrune"


def test_a_command_has_options_of_its_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands in the command's table comes before what stands in the common one."""
    text = '[tool.xlcheck]\nformat = "json"\n[tool.xlcheck.check]\nformat = "junit"\n'
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")

    assert run(["check", "lstm.xlsx"]) == 0
    assert capsys.readouterr().out.startswith("<?xml")
    assert run(["build", "lstm", "-o", "new.xlsx"]) == 0
    assert capsys.readouterr().out.startswith("[")


def test_a_tolerance_is_never_taken_in_silence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It decides what agrees, so where it comes from is said, to those who check in somebody else's folder too."""
    (folder / "pyproject.toml").write_text("[tool.xlcheck]\natol = 1e-9\n", encoding="utf-8")

    assert run(["check", "lstm.xlsx"]) == 0

    assert f"atol = 1e-09, as {folder / 'pyproject.toml'} says" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('[tool.xlcheck]\nengin = "cellrune"', "there is no option 'engin'; did you mean engine?"),
        ('[tool.xlcheck]\nengine = "irncalc"', "engine: there is no 'irncalc'; did you mean ironcalc?"),
        ("[tool.xlcheck.check]\nweights = 'book'", "there is no option of `xlcheck check` 'weights'"),
        ("[tool.xlcheck]\nstrict = 'no'", "strict: 'no' is neither true nor false"),
        ("[tool.xlcheck]\natol = [1]", "atol: [1] is not what it takes"),
        ("[tool.xlcheck]\nmodel = 'a.keras'", "there is no option 'model'"),
        ("[tool.xlcheck]\ncheck = 3", "its options stand in [tool.xlcheck.check]"),
        ("[tool]\nxlcheck = 3", "is a table of options"),
        ("tool = 'xlcheck'", "cannot be read"),
        ("[tool.xlcheck", "cannot be read"),
        ("[tool.xlcheck]\nx = '\xff'", "cannot be read"),
    ],
)
def test_what_nobody_understands_is_one_sentence(
    content: str, sentence: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the file and ends with 2; nothing is checked with half of what was meant."""
    (folder / "pyproject.toml").write_bytes(content.encode("latin-1"))

    assert run(["check", "lstm.xlsx"]) == 2

    said = capsys.readouterr().err
    assert sentence in said
    assert str(folder / "pyproject.toml") in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("xlcheck ch", "check"),
        ("xlcheck check --verify", "--verify-key"),
        ("xlcheck check --engine c", "cellrune"),
        ("xlcheck build ls", "lstm"),
    ],
)
def test_a_shell_completes_words(words: str, completed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands, options, what can be chosen, and lessons, by the script that the documentation names."""
    monkeypatch.setenv("_XLCHECK_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))

    assert f"plain,{completed}" in xlcheck().stdout.splitlines()
