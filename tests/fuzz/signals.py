"""End commands by signals at random moments: `python tests/fuzz/signals.py --count 200 --seed 0`.

Each must say one line, return the code that means the signal, and leave neither files nor processes. The command
prints how many ended how, and each that should not have; it ends with 1 if there is any. For Linux alone, where a
process's environment can be read.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COMMANDS = {
    "build": "build --all -o {folder}/made",
    "check": "check {root}/workbooks -o {folder}/result.txt",
    "jobs": "check {root}/workbooks -j 3 -o {folder}/result.txt",
    "annotate": "check {root}/workbooks/lstm-training.xlsx --annotate {folder}/marked.xlsx",
    "libreoffice": "check {root}/workbooks/lstm.xlsx --engine libreoffice",
    "hand-made": "check {root}/fixtures/handmade/two_documents.xlsx",
}
_SAID = "xlcheck: interrupted; nothing was left half-written\n"
# A command that has ended may take a moment to be gone, and its children another one.
_MOMENT = 3.0


def ending(number: int, seed: int, kinds: tuple[str, ...] = tuple(COMMANDS)) -> tuple[str, str]:
    """How a command ended: `ended`, `finished before`, `before it began`; or what is wrong with how it ended.

    Args:
        number: number n of one seed is always the same command, moment and signal.
        seed: of all that is random.
        kinds: which commands.

    Returns:
        What, and how it came about.
    """
    for one in SIGNALS:  # in the background of a shell, or under nohup; children would ignore it, too
        if signal.getsignal(one) is signal.SIG_IGN:
            signal.signal(one, _ignored)
    random = Random(f"{seed}/{number}")
    kind, which, after = random.choice(kinds), random.choice(SIGNALS), random.uniform(0.05, 4.0)
    with tempfile.TemporaryDirectory() as name:
        folder, token = Path(name), f"xlcheck-{os.getpid()}-{number}"
        process = subprocess.Popen(
            [sys.executable, "-m", "xlcheck", *COMMANDS[kind].format(folder=folder, root=ROOT).split()],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "XLCHECK_TOKEN": token},
        )  # fmt: skip
        time.sleep(after)
        process.send_signal(which)
        try:
            _, said = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return "hang", f"{kind}, {which.name} after {after:.2f} s"
        what = _what(process.returncode, said, which)
        left = [path.name for path in folder.rglob(".*")]
        alive = _alive(token)
    if left or alive:
        what = f"left {', '.join(left + alive)}"
    return what, f"{kind}, {which.name} after {after:.2f} s: exit {process.returncode}, {said!r}"


def _ignored(*_: object) -> None:
    """What is ignored by a handler is not by the processes that are started."""


def _what(code: int, said: str, which: signal.Signals) -> str:
    if (code, said) == (128 + which, _SAID):
        return "ended"
    if code >= 0 and code < 4 and "Traceback" not in said:
        return "finished before"
    # The interpreter itself starts, and nothing of ours has run.
    if (code == -which or "KeyboardInterrupt" in said) and "xlcheck/" not in said:
        return "before it began"
    return "traceback" if "Traceback" in said else "wrong ending"


def _alive(token: str) -> list[str]:
    """The processes of a command that are still there after a moment."""
    until = time.monotonic() + _MOMENT
    while (found := _with_token(token)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _with_token(token: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if token.encode() in path.read_bytes() and b"Z (zombie)" not in (path.parent / "status").read_bytes():
                found.append((path.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()[:80])
        except OSError:  # it has gone, or is somebody else's
            continue
    return found


def main() -> int:
    """Try and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    for number in range(options.count):
        what, how = ending(number, options.seed)
        counts[what] += 1
        if what not in {"ended", "finished before", "before it began"}:
            print(f"{number:>5}  {what}: {how}", flush=True)
    print(", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    return int(sum(counts.values()) != counts["ended"] + counts["finished before"] + counts["before it began"])


if __name__ == "__main__":
    sys.exit(main())
