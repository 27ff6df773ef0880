"""Spoil workbooks so that readers may disagree, and ask other readers: `python tests/fuzz/readers.py --count 2000`.

Each variant of a lesson is checked as it was built. One that is said to agree is read with openpyxl and opened in
LibreOffice, which shows the stored values: every formula and every number must be what the lesson holds, apart from
stored values that the report names. The command prints how many ended how; it ends with 1 if one should not agree.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
from reader_mutations import spoil

from xlcheck import api
from xlcheck.engines.libreoffice import find_soffice
from xlcheck.errors import XlcheckError
from xlcheck.formulas.meaning import same_formula

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
LESSONS = ("simple-rnn", "lstm")
BATCH = 40
_CLOSE = 1e-9
Cells = dict[tuple[str, str], Any]


def variants(
    count: int, seed: int, folder: Path, first: int = 0
) -> Iterator[tuple[int, str, str, Path | None, set[Any]]]:
    """(number, ending, detail, the file if it agrees, cells whose stored value the report names) of each variant."""
    for number in range(first, first + count):
        random = Random(f"{seed}/{number}")
        path = folder / f"{number}.xlsx"
        path.write_bytes(spoil((WORKBOOKS / f"{random.choice(LESSONS)}.xlsx").read_bytes(), random))
        try:
            report = api.check(path, as_built=True)
            what, detail = {0: "agrees", 1: "differs", 3: "incomplete"}[report.exit_code], ""
            named = {(cell.sheet, cell.cell) for cell in report.stale}
        except XlcheckError as error:
            what, detail, named = "one sentence", str(error), set()
        except Exception:
            what, detail, named = "traceback", traceback.format_exc(), set()
        if what != "agrees":
            path.unlink()
        yield number, what, detail, path if what == "agrees" else None, named


def lesson_of(number: int, seed: int) -> Path:
    """The lesson of which a variant was made."""
    return WORKBOOKS / f"{Random(f'{seed}/{number}').choice(LESSONS)}.xlsx"


@cache
def cells(path: Path, *, values: bool = False) -> Cells:
    """What openpyxl sees: formulas, or the stored values."""
    with warnings.catch_warnings(), path.open("rb") as file:  # which openpyxl would leave open where it fails
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(file, data_only=values)
    found: Cells = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    found[sheet.title, cell.coordinate] = getattr(cell.value, "text", cell.value)
    return found


def difference(found: Cells, wanted: Cells, named: set[Any]) -> str:
    """The first cell that holds something else; empty if there is none."""
    for place in dict.fromkeys((*wanted, *found)):
        one, other = found.get(place), wanted.get(place)
        if not _same(one, other, place[0]) and place not in named:
            return f"{place[0]}!{place[1]} is {one!r} instead of {other!r}"
    return ""


def _same(a: Any, b: Any, sheet: str) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) <= _CLOSE * max(1.0, abs(b))
    if isinstance(a, str) and isinstance(b, str):  # words may be changed
        return same_formula(a, b, sheet) if "=" in (a[:1], b[:1]) else True
    if None in (a, b) and isinstance(a or b, str):  # or lost, which the check says, too; a formula may not
        return not str(a or b).startswith("=")
    return a == b or (a or "") == (b or "")


def opened(paths: Sequence[Path], folder: Path) -> dict[str, Path]:
    """What LibreOffice makes of files when it opens and saves them, by their names; it may refuse some."""
    target = folder / "opened"
    target.mkdir(exist_ok=True)
    command = [find_soffice() or "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(target), *map(str, paths)]
    subprocess.run(command, check=False, capture_output=True, timeout=300 + 60 * len(paths))
    return {path.stem: target / path.name for path in paths if (target / path.name).exists()}


def judged(agreeing: dict[Path, tuple[Path, set[Any]]], folder: Path) -> Iterator[tuple[Path, str]]:
    """The files that agree although another reader sees something else, and what."""
    for path, (lesson, _) in agreeing.items():
        if what := seen(path, cells(lesson), set()):
            yield path, f"openpyxl: {what}"
    if find_soffice() is None:
        return
    lessons = opened([*dict.fromkeys(lesson for lesson, _ in agreeing.values())], folder)
    right = {name: cells.__wrapped__(path, values=True) for name, path in lessons.items()}
    saved = opened([*agreeing], folder)
    for path, (lesson, named) in agreeing.items():
        if path.stem in saved and (what := seen(saved[path.stem], right[lesson.stem], named, values=True)):
            yield path, f"LibreOffice: {what}"


def seen(path: Path, wanted: Cells, named: set[Any], *, values: bool = False) -> str:
    """What openpyxl sees otherwise; nothing where it refuses the file, as it does much that others read."""
    try:
        found = cells.__wrapped__(path, values=values)
    except Exception:
        return ""
    return difference(found, wanted, named)


def main() -> int:
    """Spoil, check, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the variant to begin with")
    options = parser.parse_args()
    started = time.monotonic()
    endings: Counter[str] = Counter()
    false = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for first in range(options.first, options.first + options.count, BATCH):
            count = min(BATCH, options.first + options.count - first)
            agreeing = {}
            for number, what, detail, path, named in variants(count, options.seed, folder, first):
                endings[what] += 1
                if path is not None:
                    agreeing[path] = lesson_of(number, options.seed), named
                if what == "traceback":
                    print(f"{number:>6}  {detail}", flush=True)
            for path, what in judged(agreeing, folder) if agreeing else ():
                false += 1
                print(f"{path.stem:>6}  agrees, but {what}", flush=True)
            for path in agreeing:
                path.unlink()
    print(", ".join(f"{count} {what}" for what, count in sorted(endings.items())))
    print(
        f"{options.count} variants: {endings['traceback']} tracebacks, {false} false agreements by other readers; "
        f"{time.monotonic() - started:.0f} s"
    )
    return int(bool(false or endings["traceback"]))


if __name__ == "__main__":
    sys.exit(main())
