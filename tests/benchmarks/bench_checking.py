"""How long does checking take, beside what the formula engine alone needs to load and calculate the same file?

Run with: python tests/benchmarks/bench_checking.py [--runs N] [--formulas PYTHON]
Every figure is that of whole processes, from start to end, with all that they start: an interpreter that loads the
file with ironcalc and calculates it, once for each sample; `xlcheck check`; LibreOffice, which also saves what it
calculated. They take turns, and the medians are compared, both of processor time and of waiting: the engine works in a
process of its own, so that where two processors are free, waiting is the smaller ratio. The peak of `xlcheck check` is
the sum of its two processes' peaks, that of LibreOffice the one of its largest process.

The aim is twice the engine's processor time where there are a million cells. The ratios of one run are compared with
it, and the benchmark fails if one is missed: both programs suffer alike from what else the machine does. Smaller ones
have no aim, since Python, NumPy and xlcheck take a quarter of a second to start. A lesson is compared with that: four
times what NumPy and ironcalc take to be imported is 0.3 s on a machine with nothing else to do. It is computed a second
time with other numbers, as all workbooks of up to 10,000 formula cells are; that may take a tenth more.

The pure-Python package `formulas` is no dependency: pass the interpreter of an environment that has it. It is far too
slow for a million cells, so it gets the smallest workbook.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from measured import Cost, compile_package, median, run_whole, wide_console
from rich.table import Table
from synthetic import checkable, embedding, one_hot

from xlcheck.workbook.plan import WorkbookPlan
from xlcheck.workbook.writer import write_workbook

LIMIT = 600.0
SMALL = "synthetic, 10,000 cells"
MILLION = ("synthetic, 1,000,000 cells", "one-hot → SimpleRNN(128), 8 samples")
AIM = 2.0
LESSON = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"
IMPORTS = "import numpy, ironcalc"
ONCE = "xlcheck check --perturb 0"
OF_IMPORTS = 4.0
OTHER_NUMBERS = 1.1
# Name → (samples, plan).
WORKBOOKS: dict[str, tuple[int, Callable[[], WorkbookPlan]]] = {
    SMALL: (1, partial(checkable, 10_000)),
    "synthetic, 1,000,000 cells": (1, partial(checkable, 1_000_000)),
    "Embedding → SimpleRNN(1)": (1, partial(embedding, "SimpleRNN")),
    "Embedding → LSTM(1)": (1, partial(embedding, "LSTM")),
    "one-hot → SimpleRNN(128)": (1, one_hot),
    "Embedding → LSTM(1), 8 samples": (8, partial(embedding, "LSTM", 8)),
    "one-hot → SimpleRNN(128), 8 samples": (8, partial(one_hot, 8)),
}
# Prints the peak of its process, and of those that it started and that have ended.
PEAK = """
import resource
try:
    own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print((own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1000)
except OSError:
    pass
"""
# Any of the packages may be missing, and nothing else should be imported.
IRONCALC = """
import sys, ironcalc
model = ironcalc.load_from_xlsx(sys.argv[1])
for sample in range(int(sys.argv[2])):
    if sample:
        sheets = [item["name"] for item in model.get_worksheets_properties()]
        model.update_cell_with_number(sheets.index(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), sample + 1.0)
    model.evaluate()
"""
# `xlcheck check`; at the end it ends the engine's process, so that its figures count.
CHECK = """
import sys
from xlcheck.__main__ import main
from xlcheck.engines import engine
path = sys.argv[1]
sys.argv[1:] = ["check", path, "-o", path + ".txt"]
try:
    main()
except SystemExit as end:
    if end.code != 0:
        sys.exit(path + " does not agree")
engine.cache_clear()
"""
FORMULAS = "import sys, formulas; formulas.ExcelModel().loads(sys.argv[1]).finish().calculate()"


def libreoffice(path: str, folder: str) -> None:
    """What LibreOffice makes of a file."""
    from xlcheck.engines.libreoffice import LibreOffice

    LibreOffice().convert(Path(path), Path(folder))


def programs(path: Path, plan: WorkbookPlan, samples: int, python: str) -> dict[str, list[str]]:
    """The command line of each program for one workbook."""
    own = [sys.executable, __file__]
    selector = next((item.cell for sheet in plan.sheets for item in sheet.drop_downs), None)
    place = [] if selector is None else [selector.sheet, str(selector.top + 1), str(selector.left + 1)]
    commands = {
        "ironcalc alone": [sys.executable, "-c", IRONCALC + PEAK, str(path), str(samples), *place],
        "xlcheck check": [sys.executable, "-c", CHECK + PEAK, str(path)],
    }
    if samples == 1:
        commands["LibreOffice alone"] = [*own, "--libreoffice", str(path), str(path.parent)]
    if path.stem == SMALL:
        commands["formulas alone"] = [python, "-c", FORMULAS, str(path)]
    return commands


def missing(program: str, python: str) -> str:
    """Why a program cannot be measured; empty if it can."""
    if program == "LibreOffice alone":
        from xlcheck.engines import engine
        from xlcheck.errors import MissingDependencyError

        try:
            engine("libreoffice")
        except MissingDependencyError:
            return "not installed"
    if program == "formulas alone":
        found = subprocess.run([python, "-c", "import formulas; formulas.ExcelModel"], check=False, capture_output=True)
        return "not installed; pass --formulas" if found.returncode else ""
    return ""


def show(table: Table, workbook: str, program: str, cost: Cost | str, alone: Cost | None) -> None:
    """One row of the table."""
    if isinstance(cost, str):
        table.add_row(workbook, program, cost)
        return
    ratios = ("", "") if alone is None else (f"{cost.cpu / alone.cpu:.2f}", f"{cost.wall / alone.wall:.2f}")
    table.add_row(workbook, program, f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.peak:.0f}", *ratios)


def in_turns(commands: Mapping[str, list[str]], runs: int) -> dict[str, Cost | None]:
    """The median cost of each program; they take turns."""
    costs: dict[str, list[Cost | None]] = {program: [] for program in commands}
    for _ in range(runs):
        for program, found in costs.items():
            if None not in found:
                found.append(run_whole(commands[program], LIMIT))
    return {program: median(found) for program, found in costs.items()}


def large(table: Table, runs: int, python: str) -> list[str]:
    """Fill the table with large workbooks; which of them missed the aim."""
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (samples, make) in WORKBOOKS.items():
            path, plan = Path(folder) / f"{name}.xlsx", make()
            write_workbook(plan, path)
            commands = programs(path, plan, samples, python)
            reasons = {program: missing(program, python) for program in commands}
            costs = in_turns({program: own for program, own in commands.items() if not reasons[program]}, runs)
            alone, checked = costs["ironcalc alone"], costs["xlcheck check"]
            for program in commands:
                cost = reasons[program] or costs[program] or f"more than {LIMIT:.0f} s"
                show(table, name if program == "ironcalc alone" else "", program, cost, alone)
            table.add_section()
            path.unlink()
            if name in MILLION and (alone is None or checked is None or checked.cpu > AIM * alone.cpu):
                missed.append(f"{name}: more than {AIM:g} times the engine's processor time")
    return missed


def lesson(table: Table, runs: int) -> list[str]:
    """Fill the table with a lesson, beside what its libraries take to be imported; which aims it missed."""
    with tempfile.TemporaryDirectory() as folder:
        check = [sys.executable, "-m", "xlcheck", "check", str(LESSON), "-o", str(Path(folder) / "report.txt")]
        commands = {IMPORTS: [sys.executable, "-c", IMPORTS], "xlcheck check": check, ONCE: [*check, "--perturb", "0"]}
        costs = in_turns(commands, runs)
    imports, whole, once = (cost or sys.exit("a lesson takes too long") for cost in costs.values())
    for program, cost in zip(commands, (imports, whole, once), strict=True):
        show(table, LESSON.name if program == IMPORTS else "", program, cost, imports)
    aims = {
        f"{LESSON.name}: more than {OF_IMPORTS:g} times its imports": whole.cpu <= OF_IMPORTS * imports.cpu,
        f"{LESSON.name}: more than {OTHER_NUMBERS:g} times what it takes once": whole.cpu <= OTHER_NUMBERS * once.cpu,
    }
    return [missed for missed, reached in aims.items() if not reached]


def main(runs: int, python: str) -> None:
    """Print the table."""
    compile_package()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the command sets it for itself
    table = Table("workbook", "program", title="checking", title_justify="left")
    for heading in ("cpu s", "wall s", "peak MB", "cpu ratio", "wall ratio"):
        table.add_column(heading, justify="right")
    missed = [*large(table, runs, python), *lesson(table, 3 * runs)]
    wide_console().print(table)
    print(*(missed or ["every aim was reached"]), sep="\n")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--libreoffice"]:
        libreoffice(*sys.argv[2:])
    else:
        parser = argparse.ArgumentParser()
        parser.add_argument("--runs", type=int, default=3, help="how often each program runs")
        parser.add_argument("--formulas", default=sys.executable, help="an interpreter that has the package formulas")
        given = parser.parse_args()
        main(given.runs, given.formulas)
