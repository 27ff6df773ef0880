"""The command line: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import Workbook
from thorough import spread

from xlcheck import cli
from xlcheck.cli import run

WORKBOOKS = Path(__file__).parents[1] / "workbooks"
LSTM = WORKBOOKS / "lstm.xlsx"
MODEL = str(WORKBOOKS.parent / "fixtures" / "lstm.keras")


def xlcheck(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "xlcheck", *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=False, **options,  # type: ignore[call-overload]
    )  # fmt: skip


def test_list_shows_each_lesson_on_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """`list` prints one line for each lesson, its name first."""
    assert run(["list"]) == 0

    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names[:3] == ["simple-rnn", "simple-rnn-small", "lstm"]


def test_build_writes_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`build` writes the file it is told to, prints the verdict, and ends with 0."""
    path = tmp_path / "my lesson.xlsx"

    assert run(["build", "lstm", "-o", str(path)]) == 0

    assert path.exists()
    assert "560" in capsys.readouterr().out


def test_one_lesson_is_written_into_a_folder_that_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With -o and the name of a folder, as of several lessons; the file has the lesson's name."""
    assert run(["build", "simple-rnn-small", "-o", str(tmp_path)]) == 0

    assert [path.name for path in tmp_path.iterdir()] == ["simple-rnn-small.xlsx"]
    assert capsys.readouterr().err == ""


def test_check_of_a_lesson_needs_no_tensorflow() -> None:
    """`--help` and `check` of a generated workbook import no heavy library, and nothing that prints or evaluates.

    None of their modules makes dataclasses as the standard library does, which takes a sixth of the time.
    """
    own = {f"xlcheck.formulas.{name}" for name in ("algebra", "evaluate", "functions", "printer", "printing")}
    heavy = {"tensorflow", "keras", "pandas", "matplotlib", *own}
    code = (
        "import dataclasses, sys; from xlcheck.cli import run; run(['--help']); "
        f"assert run(['check', {str(WORKBOOKS / 'lstm.xlsx')!r}]) == 0; "
        f"heavy = {heavy!r} & set(sys.modules); assert not heavy, heavy; "
        "slow = [module.__name__ for module in sys.modules.values() if module.__name__.startswith('xlcheck.') "
        "and vars(module).get('dataclass') is dataclasses.dataclass]; assert not slow, slow"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr


def test_json_is_an_array_of_reports(capsys: pytest.CaptureFixture[str]) -> None:
    """`--format json` prints one object for each file."""
    files = [str(WORKBOOKS / f"{name}.xlsx") for name in ("lstm", "simple-rnn")]

    assert run(["check", *files, "--format", "json"]) == 0

    reports = json.loads(capsys.readouterr().out)
    assert [r["ok"] for r in reports] == [True, True]
    assert [r["counts"]["formula_cells"] for r in reports] == [560, 221]


def test_junit_and_html_go_to_a_file(tmp_path: Path) -> None:
    """`-o` writes the result to a file, in the format asked for."""
    junit, html = tmp_path / "report.xml", tmp_path / "report.html"
    workbook = str(WORKBOOKS / "lstm.xlsx")

    assert run(["check", workbook, "--format", "junit", "-o", str(junit)]) == 0
    assert run(["check", workbook, "--format", "html", "-o", str(html)]) == 0

    assert len(list(ElementTree.parse(junit).iter("testcase"))) > 40  # noqa: S314 - our own file
    assert "<html" in html.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [("check", str(LSTM)), ("build", "lstm", "-o", "new.xlsx")])
def test_junit_has_times(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A suite takes as long as its workbook took, and its test cases share that."""
    monkeypatch.chdir(tmp_path)
    assert run([*command, "--format", "junit"]) == 0

    suite = ElementTree.fromstring(capsys.readouterr().out).find("testsuite")  # noqa: S314 - our own text
    assert suite is not None
    times = [float(case.get("time", "")) for case in suite.iter("testcase")]
    assert float(suite.get("time", "")) > 0.001
    assert sum(times) == pytest.approx(float(suite.get("time", "")), rel=1e-2)


def test_several_engines_print_their_agreement(capsys: pytest.CaptureFixture[str]) -> None:
    """Two engines at once give a table that names both."""
    assert run(["check", str(WORKBOOKS / "lstm.xlsx"), "--engine", "ironcalc", "--engine", "cellrune"]) == 0

    out = capsys.readouterr().out
    assert "ironcalc" in out
    assert "cellrune" in out


@pytest.mark.keras
def test_bind_drafts_a_file_that_check_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`bind` writes bindings beside the workbook and `check` reads them; an existing file is not overwritten."""
    workbook = tmp_path / "by hand.xlsx"
    shutil.copy(Path(__file__).parents[1] / "fixtures" / "handmade" / "time_down.xlsx", workbook)

    assert run(["bind", str(workbook)]) == 0
    assert "explains 44 of 44 formula cells" in capsys.readouterr().err
    assert 'type = "LSTM"' in workbook.with_suffix(".toml").read_text(encoding="utf-8")

    assert run(["check", str(workbook), "--perturb", "2"]) == 0
    assert "recognised" not in capsys.readouterr().out

    assert run(["bind", str(workbook)]) == 2
    assert "exists already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["build", "gpt"], "there is no lesson 'gpt'; choose one of simple-rnn, simple-rnn-small, lstm"),
        (["build", "ltsm"], "there is no lesson 'ltsm'; did you mean lstm?"),
        (["chek", "x.xlsx"], "there is no command 'chek'; did you mean check?"),
        (["build"], "name one or more lessons"),
        (["build", "model.keras"], "model.keras: there is no such file; give a .keras file"),
        (["exercise", "model.keras", "-o", "exam"], "model.keras: there is no such file; give a .keras file"),
        (["build", "a/x.xlsx"], "a/x.xlsx is a workbook, and no lesson; `xlcheck check a/x.xlsx` checks it"),
        (["trace", "model.keras"], "model.keras: there is no such file; give a .keras file"),
        (["build", MODEL], "a model needs something to read: pass --inputs FILE"),
        (["build", MODEL, "--inputs", "x.npy", "--text", "a"], "one thing to read, not two: pass either"),
        (["build", "lstm", "--all"], "name one or more lessons, or pass --all, not both;"),
        (["build", "lstm", "--weights", "book", "--seed", "3"], "leave one of them out"),
        (["build", "lstm", "-o", "lesson.txt"], "lesson.txt: the name must end in .xlsx"),
        (["build", "lstm", "gru", "-o", "two.xlsx"], "two.xlsx is the name of a workbook"),
        (["build", "--all", "-o", __file__], "cannot make the folder"),
        (["build", "lstm", "--text", "hello"], "go with a model"),
        (["build", "model.keras", "lstm"], "one model at a time"),
        (["build", "model.keras", "--inputs", "x.npy", "-o", "x.csv"], "x.csv: the name must end in .xlsx"),
        (["check", "nowhere.xlsx"], "nowhere.xlsx"),
        (["check", str(WORKBOOKS.parent / "xlcheck")], "is a folder without a workbook in it"),
        (["check", str(WORKBOOKS / "none*.xlsx")], "no workbook fits"),
        (["check", str(LSTM), "--budget", "0"], "a budget is a positive number of seconds"),
        (["check", str(LSTM), "--budget", "nan"], "a budget is a positive number of seconds"),
        (["check", __file__], "not an .xlsx workbook"),
        (["check", str(LSTM), "--annotate", "marked.txt"], "marked.txt: the name must end in .xlsx or .xlsm"),
        (["check", str(LSTM), "--annotate", str(LSTM)], "it is read by the same command; name another file"),
        (["check", str(LSTM), str(LSTM), "--annotate", "x.xlsx"], "one marked copy"),
        (["check", str(LSTM), "--rtol", "inf"], "rtol: a tolerance is one number"),
        (["check", str(LSTM), "--atol", "-1"], "atol: a tolerance is one number"),
        (["check", str(LSTM), "--inputs", str(WORKBOOKS)], "this is a folder; give a .npy"),
        (["check", str(LSTM), "-o", str(WORKBOOKS)], "it is a folder; choose another place"),
        (["bind", str(LSTM)], "was made by xlcheck and needs no bindings"),
        (["train", "text", "--sample", "--data", "x.txt", "-o", "x.keras"], "exclude each other"),
        (["train", "sentiment", "--sample", "--data", "x.csv"], "exclude each other"),
        (["fixtures", "gpt"], "there is no fixture 'gpt'"),
        (["check"], "Missing argument"),
        (["build", "lstm", "--style", "compact"], "is for models"),
        (["build", "lstm", "--style", "baroque"], "Invalid value for '--style'"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage ends with exit code 2 and says what to do, without a traceback."""
    assert run(arguments) == 2

    captured = capsys.readouterr()
    assert sentence in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_a_file_that_looks_like_an_option_is_told_how_to_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is such a file; another wrong option is only that."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(LSTM, "-mine.xlsx")

    assert run(["check", "-mine.xlsx"]) == 2
    assert capsys.readouterr().err.endswith("xlcheck: if the file -mine.xlsx is meant, write ./-mine.xlsx\n")
    assert run(["check", "./-mine.xlsx"]) == 0
    assert run(["check", "-" + 300 * "y"]) == 2
    assert "is meant" not in capsys.readouterr().err


@pytest.mark.keras
def test_a_refusal_does_not_wait_for_keras_noisily(tmp_path: Path) -> None:
    """A command that ends while Keras is being imported says its one sentence and nothing else."""
    book = Workbook()
    book.active.append([1.5, "=A1+1"])
    book.save(tmp_path / "sum.xlsx")

    result = xlcheck("check", tmp_path / "sum.xlsx", env=os.environ | {"KERAS_BACKEND": "tensorflow"})

    assert result.returncode == 3
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"xlcheck: no verdict on {tmp_path / 'sum.xlsx'}: no network was recognised; say what")


@pytest.mark.parametrize("encoding", spread(["utf-8", "cp1252", "ascii"], 2))
def test_no_character_stops_the_report(encoding: str, tmp_path: Path) -> None:
    """Where an encoding is asked for that lacks a character, the character is spelled out."""
    path = tmp_path / "mein Büch é.xlsx"
    shutil.copy(LSTM, path)
    result = subprocess.run(
        [sys.executable, "-m", "xlcheck", "check", str(path)],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip

    assert (result.returncode, result.stderr) == (0, b"")
    text = result.stdout.decode(encoding)
    assert text.startswith("✓ " if encoding == "utf-8" else "\\u2713 ")
    assert "mein Büch é.xlsx".encode(encoding, "backslashreplace").decode(encoding) in text.replace("\n", " ")


def test_pipes_and_files_get_utf8() -> None:
    """Also where the system's own encoding is another one, as on Windows."""
    environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    environment.pop("PYTHONIOENCODING", None)
    result = subprocess.run(
        [sys.executable, "-m", "xlcheck", "check", str(LSTM)], capture_output=True, check=False, env=environment
    )

    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.decode("utf-8").startswith("✓ ")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="the system has no full device")
def test_an_output_that_takes_nothing_is_one_sentence() -> None:
    """A full disk behind stdout ends the command with 2; a device is never replaced by a file."""
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "xlcheck", "check", str(LSTM)], stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert result.returncode == 2
    assert result.stderr.decode().splitlines() == [
        "xlcheck: the result, or a temporary file, cannot be written: No space left on device"
    ]
    assert run(["check", str(LSTM), "-o", "/dev/full"]) == 2
    assert Path("/dev/full").is_char_device()


def test_an_unwritable_place_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that does not exist is named, and nothing is left behind."""
    assert run(["build", "lstm", "-o", str(tmp_path / "missing" / "x.xlsx")]) == 2

    assert "missing" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up while writing is one sentence; the old file is untouched and no part of the new remains."""
    from xlcheck.workbook import writer

    path = tmp_path / "lstm.xlsx"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "_repack", full)

    assert run(["build", "lstm", "-o", str(path)]) == 2
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["lstm.xlsx"]


def test_ctrl_c_may_come_as_the_cause_of_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Compiled code that is interrupted makes an error of its own of it."""

    def interrupted(**_: object) -> None:
        raise SystemError("returned a result with an exception set") from KeyboardInterrupt()

    monkeypatch.setattr(cli.commands, "main", interrupted)
    assert run(["list"]) == 130
    assert "interrupted; nothing was left half-written" in capsys.readouterr().err


@pytest.mark.exhaustive
@pytest.mark.keras
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process on Windows")
def test_ctrl_c_leaves_the_old_file(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a build leaves an existing file as it was, and nothing else."""
    path = tmp_path / "lstm.xlsx"
    path.write_text("old")
    arguments = ["build", "lstm", "--seed", "3", "-o", str(path)]
    code = f"""
import os, signal, sys, threading, time
from xlcheck.cli import run

def interrupt():  # from within, so that a busy machine makes it neither early nor late
    while not hasattr(sys.modules.get("keras"), "Model"):  # an interrupt is lost on some of what TensorFlow imports
        time.sleep(0.01)
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=interrupt, daemon=True).start()
sys.exit(run({arguments!r}))
"""
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        check=False, timeout=120,
    )  # fmt: skip

    assert process.returncode == 130
    assert "Traceback" not in process.stderr
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["lstm.xlsx"]
