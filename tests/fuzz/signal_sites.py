"""End a command by a signal at exact places: `python tests/fuzz/signal_sites.py --count 200 --seed 0`.

A signal at a random moment hardly ever comes just when a lock has been taken. Here it comes at a call, or at a
return, of a function that takes locks, starts or ends processes, or listens to signals: first every such place that
a command passes is listed, then some are drawn. The command prints those after which it did not end as it should.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[2]
COMMAND = ("check", str(ROOT / "fixtures" / "handmade" / "two_documents.xlsx"))
# Where locks are taken by a plain call, processes are started and ended, and signals are listened to.
_MODULES = ("subprocess", "threading", "weakref", "contextlib", "importlib._bootstrap", "tempfile", "xlcheck.__main__",
            "xlcheck.budget", "xlcheck.child_process", "xlcheck.cli.running", "xlcheck.engines.guarded",
            "xlcheck.files", "xlcheck.interrupts", "xlcheck.memory", "xlcheck.oracle.numpy_process")  # fmt: skip
_SIGNAL = getattr(signal, "SIGHUP", signal.SIGTERM)
_SAID = "xlcheck: interrupted; nothing was left half-written\n"
Site = tuple[str, int]
"""A place, and which of the times that it is passed."""


def sites() -> Counter[str]:
    """Every place that the command passes, and how often."""
    shown = subprocess.run(_command("", 0), capture_output=True, text=True, timeout=120, check=False)
    return Counter(json.loads(shown.stderr.splitlines()[-1]))


def ending(site: Site, seconds: float = 60) -> tuple[str, str]:
    """How the command ended that got a signal there: `ended`, `finished before`, `killed`; or what is wrong."""
    try:
        shown = subprocess.run(_command(*site), capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return "hang", f"{site}"
    return _what(shown.returncode, shown.stderr), f"{site}: exit {shown.returncode}, {shown.stderr[-600:]!r}"


def drawn(passed: Counter[str], count: int, seed: int) -> list[Site]:
    """So many places, at random."""
    random = Random(seed)
    return [(place, random.randint(1, passed[place])) for place in random.choices(sorted(passed), k=count)]


def _command(place: str, time: int) -> list[str]:
    return [sys.executable, __file__, "--at", place, str(time), *COMMAND]


def _what(code: int, said: str) -> str:
    if (code, said) == (128 + _SIGNAL, _SAID):
        return "ended"
    if code in {0, 1, 3} and "Traceback" not in said:
        return "finished before"
    # Before signals are listened to, or after.
    return "killed" if code == -_SIGNAL and not said else "wrong ending"


def _run(place: str, time: int, arguments: list[str]) -> None:
    """The command itself, in this process, with the signal; without a place, what it passes is said at the end."""
    passed: Counter[str] = Counter()

    def profile(frame: FrameType, event: str, about: Any) -> None:
        module = frame.f_globals.get("__name__", "")
        if module not in _MODULES:
            return
        called = getattr(about, "__name__", "") if event.startswith("c_") else ""
        here = f"{module} {frame.f_code.co_name} {event} {called}"
        passed[here] += 1
        if (here, passed[here]) == (place, time):
            sys.setprofile(None)
            signal.raise_signal(_SIGNAL)

    if not place:
        leave = os._exit

        def say_and_leave(code: int) -> None:
            sys.setprofile(None)
            os.write(2, ("\n" + json.dumps(passed) + "\n").encode())
            leave(code)

        os._exit = say_and_leave  # type: ignore[assignment]
    sys.argv = ["xlcheck", *arguments]
    sys.setprofile(profile)
    runpy.run_module("xlcheck", run_name="__main__", alter_sys=True)


def main() -> int:
    """Try and print."""
    if sys.argv[1:2] == ["--at"]:
        _run(sys.argv[2], int(sys.argv[3]), sys.argv[4:])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    for site in drawn(sites(), options.count, options.seed):
        what, how = ending(site)
        counts[what] += 1
        if what not in {"ended", "finished before", "killed"}:
            print(f"{what}: {how}", flush=True)
    print(", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    return int(bool(counts["hang"] + counts["wrong ending"]))


if __name__ == "__main__":
    sys.exit(main())
