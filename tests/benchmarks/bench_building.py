"""How long does building take, and does it grow in proportion to the number of cells?

Run with: python tests/benchmarks/bench_building.py [--keras]
An LSTM with four units over 30 to 10,000 steps, with 10⁴ to 3·10⁶ cells. Each workbook is laid out, written and checked
in a process of its own, from numbers that NumPy has computed; times are processor time. From some length on Keras's
numbers are stored in the sheet for some symbols only, so that there are fewer cells a step. With `--keras` whole builds
are measured, too, in which Keras is asked for every number: over 500 and 2,000 steps, and the model of the film reviews
in its original size. What the engine alone takes for the file, to load and to compute it, stands beside.
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

STEPS = (30, 100, 300, 1_000, 3_000, 10_000)
LSTM = """keras.Sequential([keras.Input(({steps}, 1)), layers.LSTM(4), layers.Dense(2, activation="softmax")])
x = rng.normal(size=(1, {steps}, 1))"""
REVIEWS = """keras.Sequential([
    keras.Input((200,)), layers.Embedding(20_000, 128), layers.Bidirectional(layers.LSTM(64, return_sequences=True)),
    layers.Bidirectional(layers.LSTM(64)), layers.Dense(1, activation="sigmoid"),
])
x = rng.integers(0, 20_000, size=(1, 200)).astype(float)"""
WHOLE = {
    "LSTM(4) over 500 steps": LSTM.format(steps=500), "LSTM(4) over 2,000 steps": LSTM.format(steps=2_000),
    "Embedding(20,000, 128), two bidirectional LSTM(64) over 200 steps": REVIEWS,
}  # fmt: skip
_BUILD = """
import time
import numpy as np
from measured import peak_of_all
from xlcheck.building.build import build_model
from xlcheck.model.keras_import import import_keras
keras = import_keras()
layers = keras.layers
keras.utils.set_random_seed(1)
rng = np.random.default_rng(0)
model = {model}
start = time.process_time()
built = build_model(model, x, {path!r})
spent = time.process_time() - start
print(built.report.counts.formula_cells, spent, peak_of_all())
"""
_ENGINE = """
import time
import ironcalc
start = time.process_time()
ironcalc.load_from_xlsx({path!r}, "en", "UTC", "en").evaluate()
print(time.process_time() - start)
"""


def whole(name: str, path: Path) -> None:
    """Build a model in a process of its own, let the engine alone compute the file in another, and say what it took."""
    formulas, spent, peak = _printed(_BUILD.format(model=WHOLE[name], path=str(path)))
    (engine,) = _printed(_ENGINE.format(path=str(path)))
    each, of_engine = (seconds / formulas * 1e6 for seconds in (spent, engine))
    print(f"{name}: {formulas:,.0f} formula cells, {spent:.1f} s, {each:.1f} µs each, peak {peak:,.0f} MB; "
          f"the engine alone {of_engine:.1f} µs each")  # fmt: skip


def _printed(code: str) -> list[float]:
    """The numbers that a program prints at last."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    return [float(word) for word in done.stdout.splitlines()[-1].split()]


def measure(steps: int, path: Path) -> None:
    """Lay out, write and check one workbook; print cells, formula cells, seconds for each, and the peak."""
    from xlcheck.engines import engine
    from xlcheck.formulas.printing import Style
    from xlcheck.layout.plan import plan_model
    from xlcheck.learning.forward import forward_graph
    from xlcheck.memory import no_garbage_collection
    from xlcheck.verdicts.generated.check import check_content
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
        for name in WHOLE if keras else ():
            whole(name, path)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(keras="--keras" in sys.argv[1:])
