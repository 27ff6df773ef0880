"""Options that do not fit together, and what can be chosen."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import click
import pytest

from xlcheck import choices
from xlcheck.cli import commands, run
from xlcheck.grading import entry

ROOT = Path(__file__).parents[1]
LSTM, HANDMADE = ROOT / "workbooks" / "lstm.xlsx", ROOT / "fixtures" / "handmade" / "book_simple_rnn.xlsx"

BACKWARD = ["m.keras", "--inputs", "x.npy", "--backward", "--targets", "y.npy"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["m.keras", "--inputs", "x.npy", "--backward"],
            "--backward needs the right answers; pass them with --targets",
        ),
        (["m.keras", "--inputs", "x.npy", "--targets", "y.npy"], "go with --backward; add it"),
        (["m.keras", "--inputs", "x.npy", "--step", "adam"], "go with --backward; add it"),
        (["lstm", "--backward", "--targets", "y.npy"], "are for a model; name a .keras file"),
        (["m.keras", "--text", "good", "--backward", "--targets", "y.npy"], "pass --inputs FILE and not --text"),
        (
            [*BACKWARD, "--step", "sgd", "--learning-rate", "0"],
            "a learning rate is a positive number, not 0.0",
        ),
        (
            [*BACKWARD, "--step", "sgd", "--learning-rate", "nan"],
            "a learning rate is a positive number, not nan",
        ),
    ],
)
def test_options_of_a_backward_pass_that_do_not_fit(
    options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is missing or superfluous is said in one sentence, before anything is loaded."""
    assert run(["build", *options]) == 2

    assert sentence in " ".join(capsys.readouterr().err.split())


def test_choices_are_those_of_the_library() -> None:
    """The choices, which are written out so that `--help` imports nothing, are those that exist."""
    from xlcheck.building.backward import COMPILED
    from xlcheck.cli import options
    from xlcheck.engines import ENGINES
    from xlcheck.formulas.printing import Style
    from xlcheck.learning.losses import FROM_LOGITS, LOSSES
    from xlcheck.learning.optimisers import OPTIMISERS

    assert get_args(choices.StyleName) == tuple(Style)
    assert set(get_args(choices.LessonStyleName)) == set(Style) - {Style.COMPACT}
    short = {"bce", "mse"}  # as Keras, too, abbreviates two of them
    assert set(options.LOSSES) - short == {name for name in LOSSES if not name.endswith(FROM_LOGITS)}
    assert short <= set(options.LOSSES)
    assert set(get_args(choices.StepName)) == {*OPTIMISERS, COMPILED}
    assert options.ENGINES == ENGINES


def paths_of(group: click.Group) -> Iterator[tuple[str, click.Parameter]]:
    """Every option and argument of every command that names a file or a folder."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from paths_of(command)
        yield from ((f"{name} {item.name}", item) for item in command.params if isinstance(item.type, click.Path))


def test_an_empty_name_is_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """An unset variable of a shell is not the current folder, of which a check would look at other workbooks."""
    items = dict(paths_of(commands))
    assert {"check files", "bind file", "exercise output", "grade folder", "fixtures output"} <= items.keys()
    for item in items.values():
        with pytest.raises(click.BadParameter, match="the name is empty"):
            item.type.convert("", item, None)

    assert run(["check", ""]) == 2
    assert "the name is empty; name a file or a folder" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names of files are Unicode there")
@pytest.mark.parametrize("format_", get_args(choices.FormatName))
def test_names_in_no_encoding_are_shown(format_: str, tmp_path: Path) -> None:
    """Linux has names of files that are no text; a result tells them as well as it can, in UTF-8."""
    named = tmp_path / os.fsdecode(b"m\xe9rida.xlsx")
    shutil.copy(LSTM, named)
    result = tmp_path / "result"

    assert run(["check", str(named), "--format", format_, "-o", str(result)]) == 0
    assert "m�rida.xlsx" in result.read_text(encoding="utf-8").replace("\n", "")


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names of files are Unicode there")
def test_a_draft_for_a_name_in_no_encoding(tmp_path: Path) -> None:
    """Bindings begin with the name of the workbook."""
    named = tmp_path / os.fsdecode(b"m\xe9rida.xlsx")
    shutil.copy(HANDMADE, named)

    assert run(["bind", str(named), "-o", str(tmp_path / "b.toml")]) == 0
    assert "m�rida.xlsx" in (tmp_path / "b.toml").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="names of files hold no such characters there")
@pytest.mark.parametrize("command", [["check"], ["bind"], ["grade", "x", "--key"]])
def test_names_steer_no_terminal(command: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Names of a stranger's files may hold what a terminal obeys, or another line; a message is one line without it."""
    steering = tmp_path / "\x1b]0;mine\x07\x9b31m\n✓ all agree.xlsx"
    steering.write_text("no workbook")

    assert run([*command, str(steering)]) == 2
    said = capfd.readouterr().err
    assert "�]0;mine��31m�✓ all agree.xlsx" in said
    assert said.count("\n") == 1
    assert not {"\x1b", "\x07", "\x9b"} & set(said)


def test_names_of_submissions_steer_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are printed line by line."""
    submission = SimpleNamespace(file="\x1b[2J\n  b.xlsx", earned=None, error="it is \x1b[1m empty")
    done = SimpleNamespace(notes=["\x07"], summary=lambda: "1 submission", marks=[submission], exit_code=3)
    monkeypatch.setattr(entry, "grade", lambda *args, **options: done)
    (tmp_path / "key.json").write_text("{}")

    assert run(["grade", str(tmp_path), "--key", str(tmp_path / "key.json"), "-o", str(tmp_path / "r")]) == 3
    assert "  ! �[2J�  b.xlsx: it is �[1m empty\n" in capsys.readouterr().out
