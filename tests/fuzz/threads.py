"""Check good and bad workbooks beside each other: `python tests/fuzz/threads.py --count 1000 --threads 8`.

Every report must be the one that a single check gives. The command prints how many were wrong, and ends with 1 if
there is any.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from zipfile import ZipFile

from xlcheck import api
from xlcheck.errors import XlcheckError

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
LESSONS = ("lstm", "simple-rnn", "rnn-dimensions")
CRASHES = "(" * 4000 + "1" + ")" * 4000


def make_workbooks(folder: Path) -> list[Path]:
    """Lessons as they are, each with a wrong formula, one that ends its engine, and one that cannot be read."""
    made = []
    for number, lesson in enumerate(LESSONS):
        source = WORKBOOKS / f"{lesson}.xlsx"
        made.append(source)
        for name, formula in ((f"wrong-{lesson}", None), *([("crashes", CRASHES)] if not number else [])):
            made.append(folder / f"{name}.xlsx")
            _with_other_formula(source, made[-1], formula)
    made.append(folder / "unreadable.xlsx")
    made[-1].write_bytes(made[0].read_bytes()[:5000])
    return made


def outcome(path: Path) -> str:
    """What a check says of a workbook, in a line: every cell that does not agree, or the sentence of its error."""
    try:
        report = api.check(path)
    except XlcheckError as error:
        return f"{type(error).__name__}: {error}"
    return f"{report.workbook} {report.ok} {report.max_abs_error} {report.counts} {report.cells}"


def wrong_results(paths: Sequence[Path], count: int, pool: Executor, seed: int = 0) -> Iterator[tuple[str, str]]:
    """What came out and what should have, of each check whose result is that of none alone.

    Args:
        paths: the workbooks.
        count: how many checks.
        pool: where they run beside each other.
        seed: of the order of the workbooks.
    """
    alone = {path: outcome(path) for path in paths}
    random = Random(seed)
    chosen = [random.choice(paths) for _ in range(count)]
    for path, found in zip(chosen, pool.map(outcome, chosen), strict=True):
        if found != alone[path]:
            yield found, alone[path]


def _with_other_formula(source: Path, target: Path, formula: str | None) -> None:
    """A copy in which the first formula that calls TANH is another one: half of it, if none is given."""
    with ZipFile(source) as old, ZipFile(target, "w") as new:
        done = False
        for name in old.namelist():
            content = old.read(name).decode("utf-8") if name.endswith(".xml") else None
            if content is not None and not done and "worksheets/sheet" in name:
                content, changes = re.subn(
                    r"<f>([^<]*TANH[^<]*)</f>",
                    lambda match: f"<f>{formula or f'({match[1]})/2'}</f>",
                    content,
                    count=1,
                )
                done = bool(changes)
            new.writestr(name, old.read(name) if content is None else content)
    assert done, f"no formula of {source} calls TANH"


def main() -> int:
    """Check, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--processes", choices=("fork", "spawn", "forkserver"), help="processes instead of threads")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    pool: Executor = (
        ProcessPoolExecutor(options.threads, get_context(options.processes))
        if options.processes
        else ThreadPoolExecutor(options.threads)
    )
    with tempfile.TemporaryDirectory() as folder, pool:
        wrong = list(wrong_results(make_workbooks(Path(folder)), options.count, pool, options.seed))
    for found, alone in wrong[:5]:
        print(f"found {found[:400]}\nalone {alone[:400]}")
    where = f"{options.processes}ed processes" if options.processes else "threads"
    print(f"{len(wrong)} of {options.count} results wrong over {options.threads} {where}, ", end="")
    print(f"{time.monotonic() - started:.0f} s")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
