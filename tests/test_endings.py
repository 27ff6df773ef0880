"""However a command ends: in one line, with the exit code that is meant for it, and with nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from thorough import EVERY_CASE, spread

from xlcheck import cli
from xlcheck.budget import time_left
from xlcheck.cli import run
from xlcheck.cli.defect import DEFECT
from xlcheck.interrupts import Ended, ended_by_signals, raise_if_ended

ROOT = Path(__file__).parents[1]
LSTM = ROOT / "workbooks" / "lstm.xlsx"

SIGNALS = [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)]

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """A function that runs a command in which something is raised, and returns its exit code."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def ending(error: BaseException) -> int:
        def main(**_: object) -> None:
            raise error

        monkeypatch.setattr(cli.commands, "main", main)
        return run(["check", "a file.xlsx"])

    return ending


def test_a_defect_is_a_sentence_and_a_report(ending, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody expected ends with 70, never with 1, and with a file that says everything to the authors."""
    assert ending(AttributeError("no such thing")) == DEFECT == 70

    error = capsys.readouterr().err
    (report,) = tmp_path.glob("xlcheck-report-*.txt")
    assert len(error.splitlines()) == 1
    assert "a defect of xlcheck, not of your file (AttributeError: no such thing)" in error
    assert str(report) in error
    text = report.read_text(encoding="utf-8")
    assert "command: xlcheck 'check' 'a file.xlsx'" in text
    assert "Traceback (most recent call last)" in text
    assert "ironcalc 0." in text
    assert oct(report.stat().st_mode & 0o077) == "0o0" or sys.platform == "win32"


@pytest.mark.parametrize("error", [RecursionError("deep"), SystemError("broken"), AssertionError(), ValueError("x\ny")])
def test_every_unexpected_error_is_a_defect(error: Exception, ending, capsys: pytest.CaptureFixture[str]) -> None:
    """Of whatever kind; its message never takes a second line."""
    assert ending(error) == DEFECT
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (MemoryError(), 3, "there is not enough memory"),
        (OSError(12, "Cannot allocate memory"), 2, "the system does not let it go on: Cannot allocate memory"),
        (PermissionError(13, "Permission denied", "x"), 2, "x cannot be used: Permission denied"),
        (ModuleNotFoundError("No module", name="no_such_one"), 3, "no_such_one is not installed, and xlcheck needs it"),
        (KeyboardInterrupt(), 130, "interrupted; nothing was left half-written"),
    ],
)
def test_what_is_no_defect(error: BaseException, code: int, sentence: str, ending, capsys) -> None:
    """The machine, the system and the user have their own sentences."""
    assert ending(error) == code
    assert sentence in capsys.readouterr().err


def started(*arguments: str | Path, **options: object) -> subprocess.Popen[str]:
    """A command in a process of its own; it ignores no signal, as it would behind `nohup` or in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "xlcheck", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", **options,
    )  # fmt: skip


@posix
@pytest.mark.parametrize(
    ("moment", "number"),
    [  # in an ordinary run the signals take turns, at one moment of each sort
        (moment, number)
        for turn, moment in enumerate(spread([0.15, 0.35, ".xlcheck-*", "*.xlsx"], 2))
        for number in (SIGNALS if EVERY_CASE else SIGNALS[turn % 3 :][:1])
    ],
)
def test_signals_end_a_command_in_one_line(number: int, moment: float | str, tmp_path: Path) -> None:
    """At any moment, imports included: nothing is left, neither a file nor a process; the code says which signal.

    A moment is in seconds, or that in which there is such a file: the first is being written, or has been written.
    """
    made = tmp_path / "made"
    # All workbooks take long, and a document of JSON is not begun before the last of them is there.
    with started("build", "--all", "-o", made, "--format", "json", start_new_session=True) as process:
        if isinstance(moment, float):
            time.sleep(moment)
        else:
            while process.poll() is None and not list(made.glob(moment)):
                time.sleep(0.01)
        process.send_signal(number)
        out, error = process.communicate(timeout=60)

    assert out == ""
    # A signal before the first line of ours runs is the interpreter's own business.
    is_before = process.returncode == -number or error.startswith("Could not import runpy")
    if not is_before and "xlcheck/" not in error:
        assert (process.returncode, error) == (128 + number, "xlcheck: interrupted; nothing was left half-written\n")
    assert "Traceback" not in error or "xlcheck/" not in error
    assert not list(tmp_path.rglob(".*"))
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


@posix
def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    """As `nohup` wants it."""
    code = "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); from xlcheck.cli import run; "
    code += "from xlcheck.cli import group, list; "
    code += "list.command.callback = lambda: signal.raise_signal(signal.SIGHUP) or 0; sys.exit(run(['list']))"

    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=tmp_path).returncode == 0


@posix
def test_a_signal_that_is_swallowed_is_not_forgotten() -> None:
    """Some imports catch everything; the command ends when it asks next."""
    with ended_by_signals():
        with pytest.raises(Ended):
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(Ended):
            raise_if_ended()
    raise_if_ended()


@posix
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_in_a_finalizer_ends_the_command(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """Nothing can be raised there; nothing is printed of it, and the command ends as soon as it asks."""

    def main(**_: object) -> None:
        class Item:
            def __del__(self) -> None:
                signal.raise_signal(signal.SIGTERM)

        Item()
        time_left()
        raise AssertionError("it went on")

    monkeypatch.setattr(cli.commands, "main", main)

    assert run(["list"]) == 143
    assert capsys.readouterr().err == "xlcheck: interrupted; nothing was left half-written\n"


@posix
def test_an_error_after_a_signal_is_no_defect(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """Compiled code may swallow what a signal raises, and fail of it with an error that does not say so."""

    def main(**_: object) -> None:
        with pytest.raises(Ended):
            signal.raise_signal(signal.SIGTERM)
        raise ValueError("Could not pack sequence")

    monkeypatch.setattr(cli.commands, "main", main)

    assert run(["list"]) == 143
    assert capsys.readouterr().err == "xlcheck: interrupted; nothing was left half-written\n"


@posix
@pytest.mark.parametrize(
    "redirection", spread([">&- 2>&- <&-", ">&-", "2>&1 | true", "2>&-", "| head -c 1", "| true"], 2)
)
def test_closed_streams_make_no_traceback(redirection: str) -> None:
    """Whoever does not want the result, or the messages, gets neither a traceback nor a file in their place."""
    command = f"'{sys.executable}' -m xlcheck check '{LSTM}' '{LSTM}' --format json {redirection}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)

    assert "Traceback" not in done.stderr + done.stdout
    assert "Exception" not in done.stderr + done.stdout
    assert done.returncode == 0


@posix
@pytest.mark.parametrize(
    "arguments",
    [["check", str(LSTM), str(LSTM)], ["check", str(LSTM), str(LSTM), "--format", "json"], ["--help"], ["--version"]],
    ids=str,
)
def test_a_pipe_that_is_closed_is_no_disagreement(arguments: list[str]) -> None:
    """The exit code is that of a program that a closed pipe ends, never 1."""
    command = [sys.executable, "-m", "xlcheck", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()

        assert process.stderr.read() == b""
    assert process.returncode == 141


_LOSES_WHAT_IS_RAISED = """
import signal, sys, weakref
import xlcheck.__main__

class Loser:
    def find_spec(self, name, *_):
        if name == "xlcheck.cli":
            class Gone: pass
            gone = Gone()
            self.watch = weakref.ref(gone, lambda _: signal.raise_signal(signal.{name}))
            del gone

sys.meta_path.insert(0, Loser())
sys.argv = ["xlcheck", "--version"]
xlcheck.__main__.main()
"""


@posix
@pytest.mark.parametrize("which", SIGNALS)
def test_a_signal_whose_exception_an_import_loses_ends_the_command(which: signal.Signals) -> None:
    """In a callback of a weak reference, as imports have them, nothing can be raised; the command ends all the same."""
    done = subprocess.run(
        [sys.executable, "-c", _LOSES_WHAT_IS_RAISED.replace("{name}", which.name)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (
        128 + which, "", "xlcheck: interrupted; nothing was left half-written\n"
    )  # fmt: skip
