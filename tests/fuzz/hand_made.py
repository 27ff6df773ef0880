"""Spoil hand-made workbooks and check them: `python tests/fuzz/hand_made.py --count 2000 --seed 0`.

Each variant must end with a report or with one sentence, in time, and must not agree if a formula cell gives
another value than before while every constant is the same. The command prints how many ended how, and each
that should not have; it ends with 1 if there is any.
"""

from __future__ import annotations

import argparse
import faulthandler
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from mutations import mutate

from xlcheck import api
from xlcheck.engines import engine
from xlcheck.errors import XlcheckError
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.model.keras_import import import_keras
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.values import Value

FOLDER = Path(__file__).parents[2] / "fixtures" / "handmade"
LIMIT_SECONDS = 10.0
"""Processor time that a check may take; engines, which work in another process, end by themselves."""
LIMIT_WAITING = 60.0
"""Seconds on the clock, of a machine that may do a lot beside."""
_CLOSE = 1e-9


@dataclass(frozen=True)
class Ending:
    """How the check of one spoiled workbook ended.

    Attributes:
        number: which variant.
        book: the name of the workbook that was spoiled.
        what: `one sentence`, `agrees`, `differs`, `incomplete`; or `traceback`, `hang`, `false agreement`.
        detail: the error, the time or the cells.
    """

    number: int
    book: str
    what: str
    detail: str = ""

    @property
    def is_bad(self) -> bool:
        """Whether it should not have ended so."""
        return self.what in {"traceback", "hang", "false agreement"}


def endings(count: int, seed: int, folder: Path, first: int = 0) -> Iterator[Ending]:
    """Spoil workbooks and check them.

    Args:
        count: how many variants.
        seed: variant n of one seed is always the same.
        folder: where the spoiled file is written; nothing else may stand there.
        first: the variant to begin with.
    """
    import_keras()  # not part of anything that is timed
    books = sorted(path for path in FOLDER.glob("*.xlsx") if path.stem != "printed_mistake")
    whole = {path: _cells(path) for path in books}
    path = folder / "spoiled.xlsx"
    for number in range(first, first + count):
        random = Random(f"{seed}/{number}")  # noqa: S311 - repeatable, not secret
        book = random.choice(books)
        path.write_bytes(mutate(book.read_bytes(), random))
        yield _ending(number, book.stem, path, *whole[book])


def _ending(
    number: int, name: str, path: Path, constants: dict[Address, Value], results: dict[Address, Value]
) -> Ending:
    started, worked = time.monotonic(), time.process_time()
    detail = ""
    try:
        with _interrupted_after(LIMIT_WAITING):
            report = api.check(path)
        what = {0: "agrees", 1: "differs", 3: "incomplete"}[report.exit_code]
    except _Interrupted:
        what = traceback.format_exc()
    except XlcheckError as error:
        what, detail = "one sentence", str(error)
        if "\n" in detail.strip():
            what = "traceback"
    except Exception:
        what, detail = "traceback", traceback.format_exc()
    seconds, work = time.monotonic() - started, time.process_time() - worked
    if work > LIMIT_SECONDS or seconds > LIMIT_WAITING:
        what, detail = "hang", f"{seconds:.1f} s, of these {work:.1f} s of work, then {what}"
    if what == "agrees":
        changed = _changed(path, constants, results)
        if changed:
            what, detail = "false agreement", ", ".join(changed)
    return Ending(number, name, what, detail)


class _Interrupted(BaseException):
    """A check takes too long."""


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    """Raise an exception if what is done takes so long; without signals (on Windows) let it go on."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def interrupt(*_: object) -> None:
        raise _Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _cells(path: Path) -> tuple[dict[Address, Value], dict[Address, Value]]:
    """The constants of a workbook, and what its formula cells give."""
    table = CellTable(read_workbook(path))
    values = table.recalculate(engine("ironcalc").open(path))
    found = {address: values[position] for address, position in table.index.items()}
    constants = {address: value for address, value in found.items() if address not in table.texts}
    return constants, {address: found[address] for address in table.texts}


def _changed(path: Path, constants: dict[Address, Value], results: dict[Address, Value]) -> list[str]:
    """The formula cells that give something else than before, if the numbers that they start from are the same."""
    now, given = _cells(path)
    if {c: v for c, v in now.items() if isinstance(v, float)} != {
        c: v for c, v in constants.items() if isinstance(v, float)
    }:
        return []
    return [
        f"{sheet}!R{row + 1}C{column + 1}"
        for (sheet, row, column), value in results.items()
        if not _same(value, given.get((sheet, row, column)))
    ]


def _same(before: Value, after: Value) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return abs(before - after) <= _CLOSE * max(1.0, abs(before))
    return before == after


def main() -> int:
    """Spoil, check and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the variant to begin with")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for ending in endings(options.count, options.seed, Path(folder), options.first):
            faulthandler.dump_traceback_later(12 * LIMIT_SECONDS, exit=True)
            counts[ending.what] += 1
            if ending.is_bad:
                print(f"{ending.number:>6}  {ending.book:<20}{ending.what}: {ending.detail}", flush=True)
    faulthandler.cancel_dump_traceback_later()
    print(", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    return int(any(counts[what] for what in ("traceback", "hang", "false agreement")))


if __name__ == "__main__":
    sys.exit(main())
