"""A young process starts its engine as a copy of itself; everything that holds for a new interpreter holds for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from xlcheck.engines.forked import may_fork

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there are processes copied")

START = """
import os, sys, threading
from pathlib import Path
from xlcheck.engines.forked import Forked
from xlcheck.engines.guarded import Guarded
from xlcheck.engines.ironcalc import IronCalc
from xlcheck.errors import EngineError
from xlcheck.formulas.addresses import parse_range
good, bad = map(Path, sys.argv[1:])
"""
SURVIVE = """
ironcalc = Guarded(IronCalc(), seconds=1.0)
worker = ironcalc._idle[0]
assert isinstance(worker.process._process, Forked)
try:
    session = ironcalc.open(bad)
    session.recalculate()
    session.read(parse_range("S!B1"))
except EngineError as error:
    print(str(error).split(" on ")[0].split(" for ")[0])
assert not worker.is_usable
session = ironcalc.open(good)
session.recalculate()
print(session.read(parse_range("S!A1:B1")))
"""


def printed(code: str, *paths: Path) -> list[str]:
    """What a new interpreter prints that runs the code; nothing may be said on stderr."""
    command = [sys.executable, "-W", "error", "-c", START + code, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("(" * 4000 + "1" + ")" * 4000, "ironcalc crashed"),
        ("SUMPRODUCT(A:ZZ*A:ZZ)", "ironcalc needed more than 1 s"),
    ],
    ids=["crash", "hang"],
)
def test_a_hostile_formula_ends_only_the_copy(write: Callable[[str, str], Path], formula: str, said: str) -> None:
    """This process goes on, says what happened, and reads the next file with another one."""
    lines = printed(SURVIVE, write("good.xlsx", "A1*2"), write("bad.xlsx", formula))

    assert lines == [said, "[[1.5, 3.0]]"]


def test_the_copy_holds_none_of_the_files_that_were_open(write: Callable[[str, str], Path]) -> None:
    """Whoever reads from a pipe of this process sees its end when this process closes it."""
    code = """
reading, writing = os.pipe()
worker = Guarded(IronCalc())._idle[0]
os.close(writing)
print(os.read(reading, 1), worker.is_usable)
"""
    good = write("good.xlsx", "A1*2")

    assert printed(code, good, good) == ["b'' True"]


def test_the_copy_ends_with_this_process(write: Callable[[str, str], Path]) -> None:
    """Its pipe closes, and it is gone."""
    good = write("good.xlsx", "A1*2")
    number = printed("print(Guarded(IronCalc())._idle[0].process._process.pid)", good, good)[0]

    assert not Path(f"/proc/{number}").exists()


@pytest.mark.parametrize(
    "busy", ["import numpy", "threading.Thread(target=threading.Event().wait, daemon=True).start()"]
)
def test_a_process_with_threads_is_not_copied(write: Callable[[str, str], Path], busy: str) -> None:
    """A copy would have their locks, and not the threads that free them."""
    good = write("good.xlsx", "A1*2")
    code = f"{busy}\nprint(isinstance(Guarded(IronCalc())._idle[0].process._process, Forked))"

    assert printed(code, good, good) == ["False"]


def test_this_process_is_not_young() -> None:
    """A test process has imported NumPy."""
    pytest.importorskip("numpy")

    assert not may_fork()
