"""An engine in a process of its own survives what ends that process."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from xlcheck.engines.base import Session
from xlcheck.engines.guarded import Guarded
from xlcheck.engines.ironcalc import IronCalc
from xlcheck.engines.worker import MAX_BYTES
from xlcheck.errors import EngineError, WorkbookError
from xlcheck.formulas.addresses import parse_range
from xlcheck.workbook.content import Value

CRASHES = "(" * 4000 + "1" + ")" * 4000
HANGS = "SUMPRODUCT(A:ZZ*A:ZZ)"


def recalculated(session: Session) -> list[list[Value]]:
    session.recalculate()
    return session.read(parse_range("S!A1:B1"))


def test_a_crash_is_a_sentence_and_the_next_file_is_read(write: Callable[[str, str], Path]) -> None:
    """A formula that overflows the stack ends the other process, not this one; the next file gets a new one."""
    ironcalc = Guarded(IronCalc())
    good, bad = write("good.xlsx", "A1*2"), write("bad.xlsx", CRASHES)
    before = ironcalc.open(good)
    with pytest.raises(EngineError) as caught:
        recalculated(ironcalc.open(bad))

    assert str(caught.value) == (
        f"ironcalc crashed on {bad} and was stopped; a formula in it is too deeply nested or too large, so simplify it "
        "or try another --engine"
    )
    with pytest.raises(EngineError, match="ironcalc crashed on"):
        recalculated(before)
    assert recalculated(ironcalc.open(good)) == [[1.5, 3.0]]


def test_a_formula_that_takes_too_long_is_stopped(write: Callable[[str, str], Path]) -> None:
    """A calculation has a limit of time; the sentence says how long it was."""
    session = Guarded(IronCalc(), seconds=1.0).open(write("slow.xlsx", HANGS))
    with pytest.raises(EngineError, match=r"^ironcalc needed more than 1 s for .*slow.xlsx and was stopped; "):
        recalculated(session)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals that stop a process")
def test_waiting_for_other_programs_is_no_work(write: Callable[[str, str], Path]) -> None:
    """What counts is the time for which the other process works: one that the system lets wait is not stopped."""
    ironcalc = Guarded(IronCalc(), seconds=0.5)
    session = ironcalc.open(write("good.xlsx", "A1*2"))
    process = session._lease.worker.process._process.pid
    os.kill(process, signal.SIGSTOP)
    threading.Timer(1.0, os.kill, (process, signal.SIGCONT)).start()

    assert recalculated(session) == [[1.5, 3.0]]


def test_constants_set_after_recalculating_wait_for_the_next_time(write: Callable[[str, str], Path]) -> None:
    """What is put off until the reading is what was asked for then: not what was set since, and all that was before."""
    session = Guarded(IronCalc()).open(write("book.xlsx", "A1*2"))
    session.set("S", 0, 0, 2.0)
    session.recalculate()
    session.set("S", 0, 0, 7.0)

    assert session.read(parse_range("S!B1")) == [[4.0]]
    session.recalculate()
    session.recalculate()
    assert session.read(parse_range("S!B1")) == [[14.0]]


def test_the_start_of_the_other_process_takes_nothing_of_the_limit(write: Callable[[str, str], Path]) -> None:
    """Where many programs run, a process may need longer to start than a request may take; it is waited for."""
    session = Guarded(IronCalc(), seconds=0.01).open(write("good.xlsx", "A1*2"))  # starting takes longer

    assert session is not None


def test_errors_of_the_other_side_arrive(tmp_path: Path) -> None:
    """What the engine or the container says about a file is said here, with its own type."""
    path = tmp_path / "none.xlsx"
    with pytest.raises(WorkbookError) as caught:
        Guarded(IronCalc()).open(path)

    assert str(caught.value) == f"{path} does not exist; check the spelling and the folder"


def test_relative_paths(write: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is relative to where this process is now, not to where the other one was started."""
    ironcalc = Guarded(IronCalc())
    path = write("book.xlsx", "1+1")
    ironcalc.open(path)
    monkeypatch.chdir(path.parent)
    session = ironcalc.open(Path("book.xlsx"))
    session.recalculate()

    assert session.read(parse_range("S!B1")) == [[2.0]]


def test_the_other_process_ends_with_its_engine(write: Callable[[str, str], Path]) -> None:
    """No process is left behind when the engine is no longer used."""
    ironcalc = Guarded(IronCalc())
    ironcalc.open(write("book.xlsx", "1+1"))  # and closed at once
    process = ironcalc._idle[0].process._process
    assert process.poll() is None
    del ironcalc
    gc.collect()

    assert process.poll() is not None


def test_an_interrupted_request_leaves_no_reply_for_the_next(
    write: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C in the middle of a request, the next one is not answered with the old reply."""
    ironcalc = Guarded(IronCalc())
    path = write("book.xlsx", "A1*2")
    ironcalc.open(path)

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("xlcheck.child_process.pickle.load", interrupt)
        with pytest.raises(KeyboardInterrupt):
            ironcalc.open(path)
    session = ironcalc.open(path)
    session.recalculate()

    assert session.read(parse_range("S!B1")) == [[3.0]]


def test_a_workbook_that_was_prepared(write: Callable[[str, str], Path]) -> None:
    """Loading may begin before the workbook is opened; another one may be opened all the same."""
    ironcalc = Guarded(IronCalc())
    first, second = write("first.xlsx", "A1*2"), write("second.xlsx", "A1*4")
    for prepared, opened, value in ((first, first, 3.0), (first, second, 6.0)):
        ironcalc.prepare(prepared)
        session = ironcalc.open(opened)
        session.recalculate()

        assert session.read(parse_range("S!B1")) == [[value]]
    ironcalc.prepare(first)

    assert session.read(parse_range("S!B1")) == [[6.0]]


def test_what_goes_wrong_in_preparing_is_said_by_opening(write: Callable[[str, str], Path], tmp_path: Path) -> None:
    """Preparing never fails; opening says what is wrong with the file, and the next file is read."""
    ironcalc = Guarded(IronCalc())
    ironcalc.prepare(tmp_path / "none.xlsx")
    with pytest.raises(WorkbookError, match=r"none\.xlsx does not exist"):
        ironcalc.open(tmp_path / "none.xlsx")
    ironcalc.prepare(write("bad.xlsx", CRASHES))
    session = ironcalc.open(write("good.xlsx", "A1*2"))
    session.recalculate()

    assert session.read_all([parse_range("S!B1"), parse_range("S!A1:C1")]).numbers[:3].tolist() == [3.0, 1.5, 3.0]


def test_a_prepared_workbook_whose_process_has_ended_is_loaded_again(write: Callable[[str, str], Path]) -> None:
    """Another workbook may end the process in which one was prepared; that costs only itself."""
    ironcalc, prepared = Guarded(IronCalc()), write("good.xlsx", "A1*2")
    ironcalc.prepare(prepared)
    with pytest.raises(EngineError):
        recalculated(ironcalc.open(write("bad.xlsx", CRASHES)))

    assert recalculated(ironcalc.open(prepared))[0][1] == 3.0


def test_an_engine_has_the_memory_that_is_promised() -> None:
    """What SECURITY.md says of it is what the other process is limited to."""
    text = (Path(__file__).parents[2] / ".github" / "SECURITY.md").read_text(encoding="utf-8")

    assert f"an engine {MAX_BYTES // 1024**3} GB" in text
