"""What is tried with spoiled files: each kind spoils one file and checks a workbook with it.

Every attempt is made by its number alone, so that each can be repeated by itself.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from input_mutations import spoiled_archive, spoiled_array, spoiled_bindings, spoiled_model, spoiled_table
from mutations import mutate

from xlcheck import api
from xlcheck.budget import budget
from xlcheck.engines import engine
from xlcheck.errors import OutOfTimeError, XlcheckError
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.values import Value

ROOT = Path(__file__).parents[2]
LESSONS = [ROOT / "workbooks" / f"{name}.xlsx" for name in ("simple-rnn", "lstm", "gru", "embedding", "word-order")]
HAND_MADE = ROOT / "fixtures" / "handmade"
SECONDS = 60.0
"""What one check may take, on a machine that does a lot beside."""
SECOND_ENGINE = "cellrune"
_CLOSE = 1e-9


@dataclass(frozen=True)
class Ending:
    """How one attempt ended.

    Attributes:
        number: which one.
        kind: what was spoiled.
        what: `one sentence`, `agrees`, `differs`, `incomplete`; or `traceback`, `hang`, `false agreement`.
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


Check = Callable[[], tuple[int, Path, Path]]
"""Makes the check; gives the exit code, the workbook that was checked, and the one it was made from."""


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
    random = Random(f"{seed}/{number}")  # noqa: S311 - repeatable, not secret
    kind = random.choice(kinds or tuple(kind for kind, weight in WEIGHTS.items() for _ in range(weight)))
    check = KINDS[kind](random, folder)
    started = time.monotonic()
    detail = ""
    try:
        with budget(SECONDS, by_signal=True):
            code, checked, source = check()
        what = {0: "agrees", 1: "differs", 3: "incomplete"}[code]
    except OutOfTimeError as error:
        what, detail = "hang", str(error)
    except XlcheckError as error:
        what, detail = "one sentence", str(error)
        if "\n" in detail.strip() or not detail.strip():
            what = "traceback"
    except Exception:
        what, detail = "traceback", traceback.format_exc()
    seconds = time.monotonic() - started
    if what == "agrees" and (changed := _changed(checked, source)):
        what, detail = "false agreement", ", ".join(changed)
    return Ending(number, kind, what, detail, seconds)


def _lesson(random: Random, folder: Path) -> Check:
    return _workbook(random, folder, random.choice(LESSONS))


def _hand_made(random: Random, folder: Path) -> Check:
    return _workbook(random, folder, random.choice(_hand_made_books()))


def _workbook(random: Random, folder: Path, source: Path) -> Check:
    path = folder / "spoiled.xlsx"
    path.write_bytes(mutate(source.read_bytes(), random))
    return lambda: (api.check(path).exit_code, path, source)


def _bindings(random: Random, folder: Path) -> Check:
    source = random.choice([book for book in _hand_made_books() if book.with_suffix(".toml").exists()])
    path = folder / "spoiled.toml"
    path.write_bytes(spoiled_bindings(source.with_suffix(".toml").read_bytes(), random))
    return lambda: (api.check(source, bindings=path).exit_code, source, source)


def _inputs(random: Random, folder: Path) -> Check:
    source = random.choice(LESSONS[:3])
    suffix, spoil = random.choice(((".npy", spoiled_array), (".npz", spoiled_archive), (".csv", spoiled_table)))
    path = folder / f"spoiled{suffix}"
    path.write_bytes(spoil(random))
    return lambda: (api.check(source, inputs=path).exit_code, source, source)


def _model(random: Random, folder: Path) -> Check:
    source = random.choice(LESSONS)
    path = folder / "spoiled.keras"
    path.write_bytes(spoiled_model((ROOT / "fixtures" / f"{source.stem}.keras").read_bytes(), random))
    return lambda: (api.check(source, model=path).exit_code, source, source)


KINDS: dict[str, Callable[[Random, Path], Check]] = {
    "lesson": _lesson,
    "hand-made": _hand_made,
    "bindings": _bindings,
    "inputs": _inputs,
    "model": _model,
}
# Hand-made workbooks take hundreds of times as long as lessons.
WEIGHTS = {"lesson": 60, "hand-made": 3, "bindings": 3, "inputs": 32, "model": 2}
NEED_KERAS = ("hand-made", "bindings", "model")


@cache
def _hand_made_books() -> tuple[Path, ...]:
    return tuple(path for path in sorted(HAND_MADE.glob("*.xlsx")) if path.stem != "printed_mistake")


def _changed(path: Path, source: Path) -> list[str]:
    """Formula cells that give something else than in the source, by a second engine, if all constants are the same."""
    if path == source:
        return []
    constants, results = _source_cells(source)
    now, given = _cells(path)
    if _numbers(now) != _numbers(constants):
        return []
    return [
        f"{sheet}!R{row + 1}C{column + 1}"
        for (sheet, row, column), value in results.items()
        if not _same(value, given.get((sheet, row, column)))
    ]


@cache
def _source_cells(path: Path) -> tuple[dict[Address, Value], dict[Address, Value]]:
    return _cells(path)


def _cells(path: Path) -> tuple[dict[Address, Value], dict[Address, Value]]:
    """The constants of a workbook, and what its formula cells give."""
    table = CellTable(read_workbook(path))
    values = table.recalculate(engine(SECOND_ENGINE).open(path))
    found = {address: values[position] for address, position in table.index.items()}
    constants = {address: value for address, value in found.items() if address not in table.texts}
    return constants, {address: found[address] for address in table.texts}


def _numbers(cells: dict[Address, Value]) -> dict[Address, float]:
    return {address: value for address, value in cells.items() if isinstance(value, float)}


def _same(before: Value, after: Value) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return abs(before - after) <= _CLOSE * max(1.0, abs(before))
    return before == after
