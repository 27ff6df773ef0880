"""How long does building take, and does it grow in proportion to the number of cells?

Run with: python tests/benchmarks/bench_building.py [--keras]
An LSTM with four units over 20 to 5,600 steps. Each workbook is laid out, written and checked in a process of its own,
from numbers that NumPy has computed; times are processor time. From some length on Keras's numbers are stored in the
sheet for some symbols only, so that the longest sequence has fewer cells. With `--keras` whole builds are measured,
too, in which Keras is asked for every number: over 500 and 2,000 steps.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from measured import compile_package, peak_of_all, wide_console
from rich.table import Table
from synthetic import long_sequence

STEPS = (20, 60, 200, 600, 2_000, 5_600)
WHOLE = (500, 2_000)
_BUILD = """
import time
import numpy as np
from xlcheck.building.build import build_model
from xlcheck.model.keras_import import import_keras
keras = import_keras()
keras.utils.set_random_seed(1)
steps = {steps}
model = keras.Sequential([keras.Input((steps, 1)), keras.layers.LSTM(4), keras.layers.Dense(2, activation="softmax")])
start = time.process_time()
built = build_model(model, np.random.default_rng(0).normal(size=(1, steps, 1)), {path!r})
print(built.report.counts.formula_cells, time.process_time() - start)
"""


def measure(steps: int, path: Path) -> None:
    """Lay out, write and check one workbook; print cells, formula cells, seconds for each, and the peak."""
    from xlcheck.engines import engine
    from xlcheck.formulas.printing import Style
    from xlcheck.garbage import no_garbage_collection
    from xlcheck.layout.plan import plan_model
    from xlcheck.learning.forward import forward_graph
    from xlcheck.verdicts.generated import check_content
    from xlcheck.workbook.reader import read_workbook
    from xlcheck.workbook.writer import write_workbook

    spec, trace = long_sequence(steps)
    forward_graph(spec)
    times = [time.process_time()]
    plan = plan_model(spec, trace, trace, ["sample 1"], Style.ROBUST)
    times.append(time.process_time())
    write_workbook(plan, path)
    times.append(time.process_time())
    with no_garbage_collection():
        report = check_content(read_workbook(path), engine("ironcalc", guarded=False))
    times.append(time.process_time())
    assert report.ok
    seconds = [after - before for before, after in pairwise(times)]
    print(json.dumps([plan.cells, report.counts.formula_cells, *seconds, peak_of_all()]))


def main(*, keras: bool) -> None:
    """Print the curve."""
    table = Table(title="building an LSTM(4), microseconds of processor time a formula cell", title_justify="left")
    for name in ("steps", "cells", "formula cells", "layout", "writing", "checking", "all three, s", "peak MB"):
        table.add_column(name, justify="right")
    compile_package()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        for steps in STEPS:
            command = [sys.executable, __file__, "--measure", str(steps), str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            cells, formulas, *seconds, peak = json.loads(done.stdout.splitlines()[-1])
            each = [f"{part / formulas * 1e6:.2f}" for part in seconds]
            table.add_row(f"{steps:,}", f"{cells:,}", f"{formulas:,}", *each, f"{sum(seconds):.2f}", f"{peak:.0f}")
        wide_console().print(table)
        for steps in WHOLE if keras else ():
            code = _BUILD.format(steps=steps, path=str(path))
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            formulas, spent = done.stdout.split()[-2:]
            each_formula = float(spent) / int(formulas) * 1e6
            print(f"whole build over {steps:,} steps: {float(spent):.1f} s, {each_formula:.1f} µs a formula cell")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(keras="--keras" in sys.argv[1:])
