"""What is tried with spoiled files: each kind spoils one file and checks a workbook with it.

Every attempt is made by its number alone, so that each can be repeated by itself.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from random import Random

import numpy as np
from input_mutations import (
    spoiled_archive,
    spoiled_array,
    spoiled_bindings,
    spoiled_bytes,
    spoiled_json,
    spoiled_model,
    spoiled_table,
)
from mutations import mutate
from second_opinion import array_differs, model_differs, trace_differs, workbook_differs
from sources import LESSONS, ROOT, generated, hand_made, hand_made_books, lesson

from xlcheck import api
from xlcheck.budget import budget
from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.errors import EngineError, OutOfTimeError, XlcheckError
from xlcheck.formulas.addresses import cell_name, quote_sheet
from xlcheck.graph.trace import Trace
from xlcheck.graph.trace_file import read_trace, write_trace
from xlcheck.verdicts.report import CheckReport, Status
from xlcheck.verdicts.traces import compare
from xlcheck.workbook.reader import read_workbook

SECONDS = 300.0
"""What one check may take: the least budget that a command has by default. It ends then, and says so."""
_LATE = 1.1


@dataclass(frozen=True)
class Ending:
    """How one attempt ended.

    Attributes:
        number: which one.
        kind: what was spoiled.
        what: `one sentence`, `agrees`, `agrees for one engine` (the other could not say), `differs`, `incomplete`,
            `out of time`; or `traceback`, `hang`, `false agreement`.
        detail: the error, the time or the cells.
        seconds: how long it took.
    """

    number: int
    kind: str
    what: str
    detail: str = ""
    seconds: float = 0.0

    @property
    def is_bad(self) -> bool:
        """Whether it should not have ended so."""
        return self.what in {"traceback", "hang", "false agreement"}


Check = Callable[[], int]
Opinion = Callable[[], str]
"""Asked where a check agrees: what is wrong with that, or an empty text."""


def attempt(number: int, seed: int, folder: Path, kinds: tuple[str, ...] = ()) -> Ending:
    """Spoil a file, check with it, and say how that ended.

    Args:
        number: number n of one seed is always the same.
        seed: of all that is random.
        folder: where spoiled files are written.
        kinds: what is spoiled; by default any, workbooks most often.
    """
    for left in folder.iterdir():  # what an attempt leaves would be taken for part of the next
        left.unlink()
    random = Random(f"{seed}/{number}")
    kind = random.choice(kinds or tuple(kind for kind, weight in WEIGHTS.items() for _ in range(weight)))
    check, opinion = KINDS[kind](random, folder)
    started = time.monotonic()
    detail = ""
    try:
        with budget(SECONDS, by_signal=True):
            what = {0: "agrees", 1: "differs", 3: "incomplete"}[check()]
    except OutOfTimeError as error:
        is_late = time.monotonic() - started > _LATE * SECONDS
        what, detail = "hang" if is_late else "out of time", str(error)
    except XlcheckError as error:
        what, detail = "one sentence", str(error)
        if "\n" in detail.strip() or not detail.strip():
            what = "traceback"
    except Exception:
        what, detail = "traceback", traceback.format_exc()
    seconds = time.monotonic() - started
    if what == "agrees":
        try:
            detail = opinion()
            what = "false agreement" if detail else what
        except EngineError as error:  # in time, or at all; which says nothing about what agrees
            what, detail = "agrees for one engine", str(error)
        except Exception as error:
            what, detail = "false agreement", f"nobody else can read it: {error!r:.300}"
    return Ending(number, kind, what, detail, seconds)


def _workbook(
    random: Random, folder: Path, *, made_of: Callable[[Random, Path], Path], others: bool
) -> tuple[Check, Opinion]:
    source, path = made_of(random, folder), folder / "spoiled.xlsx"
    path.write_bytes(mutate(source.read_bytes(), random))
    reports: list[CheckReport] = []

    def check() -> int:
        reports[:] = [api.check(path)]
        return reports[0].exit_code

    def unchecked() -> set[str]:
        """What the report says it did not check, or what is gone, if the source's report did not check it either."""
        held = {
            f"{quote_sheet(sheet)}!{cell_name(row, column)}"
            for sheet, row, column, _ in read_workbook(path).formula_cells()
        }
        before = unbound(api.check(source))
        return before & (unbound(reports[0]) | before - held)

    return check, lambda: workbook_differs(path, source, others=others, unchecked=unchecked)


def unbound(report: CheckReport) -> set[str]:
    """The formula cells that a report calls not checked, as `Sheet1!B2`."""
    return {f"{quote_sheet(cell.sheet)}!{cell.cell}" for cell in report.cells.with_status(Status.UNBOUND)}


def _bindings(random: Random, folder: Path) -> tuple[Check, Opinion]:
    source = random.choice([book for book in hand_made_books() if book.with_suffix(".toml").exists()])
    path = folder / "spoiled.toml"
    path.write_bytes(spoiled_bindings(source.with_suffix(".toml").read_bytes(), random))
    return lambda: api.check(source, bindings=path).exit_code, str  # whatever they say, the workbook is right


def _inputs(
    random: Random, folder: Path, *, suffix: str, spoil: Callable[[Random, np.ndarray], bytes]
) -> tuple[Check, Opinion]:
    source = random.choice([path for path in LESSONS if path.stem in {"simple-rnn", "lstm", "gru"}])
    trace = _recorded(source.stem)
    right = np.stack([numbers for name, numbers in trace.values.items() if name.startswith("input")], axis=1)
    path = folder / f"spoiled{suffix}"
    path.write_bytes(spoil(random, right))
    return lambda: api.check(source, inputs=path).exit_code, lambda: array_differs(path, right)


def _model(random: Random, folder: Path) -> tuple[Check, Opinion]:
    source = random.choice(LESSONS)
    original, path = ROOT / "fixtures" / f"{source.stem}.keras", folder / "spoiled.keras"
    path.write_bytes(spoiled_model(original.read_bytes(), random))
    return lambda: api.check(source, model=path).exit_code, lambda: model_differs(path, original)


def _trace(random: Random, folder: Path) -> tuple[Check, Opinion]:
    trace, suffix = _recorded(random.choice(("simple-rnn", "lstm", "gru"))), random.choice((".json", ".npz", ".csv"))
    source, path = folder / f"source{suffix}", folder / f"spoiled{suffix}"
    write_trace(trace, source)
    spoil = spoiled_json if suffix == ".json" and random.random() < 0.6 else spoiled_bytes
    path.write_bytes(spoil(source.read_bytes(), random))
    return lambda: compare(read_trace(path), trace, atol=1e-12).exit_code, lambda: trace_differs(path, source)


@cache
def _recorded(name: str) -> Trace:
    return load_fixture(name).trace


KINDS: dict[str, Callable[[Random, Path], tuple[Check, Opinion]]] = {
    "lesson": partial(_workbook, made_of=lesson, others=True),
    "generated": partial(_workbook, made_of=generated, others=True),
    "hand-made": partial(_workbook, made_of=hand_made, others=False),
    "bindings": _bindings,
    "npy": partial(_inputs, suffix=".npy", spoil=spoiled_array),
    "npz": partial(_inputs, suffix=".npz", spoil=spoiled_archive),
    "csv": partial(_inputs, suffix=".csv", spoil=spoiled_table),
    "trace": _trace,
    "model": _model,
}
# Hand-made workbooks take many times as long as those that say what they hold.
WEIGHTS = {
    "lesson": 26, "generated": 22, "hand-made": 10, "bindings": 6, "npy": 8, "npz": 8, "csv": 10, "trace": 6,
    "model": 4,
}  # fmt: skip
NEED_KERAS = ("generated", "hand-made", "bindings", "model")
