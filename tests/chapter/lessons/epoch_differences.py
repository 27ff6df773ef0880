"""How far the epochs of a workbook are from Keras, with each optimiser and engine.

`python tests/lessons/epoch_differences.py` prints the largest difference of a loss and of a weight over 500 epochs, for
the SimpleRNN and the LSTM. What the last column says of RMSprop at Keras's own rate of 0.001 is no fault of the
workbook: Keras itself is as far from Keras after a weight was changed in its last digit (see the last line).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from xlcheck.chapter.lessons.training import TRAINING_LESSONS, plan_training
from xlcheck.chapter.recordings.training import load_training
from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.trace import Trace
from xlcheck.layout.training import inputs as training_inputs
from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.learning.optimisers.step import LAYER, NEW
from xlcheck.oracle.training import retrain
from xlcheck.workbook.manifest import Manifest, manifest_of
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

LESSONS = ("simple-rnn-training", "lstm-training")
RATES = {"SGD": 0.01, "RMSprop": 0.0001, "Adam": 0.001}
OPTIMISER = (training_inputs.NAME, training_inputs.TOP, training_inputs.VALUE)
_LIMITS = "1e-13 for a loss, 1e-12 for a weight"


class Differences(NamedTuple):
    """The largest over all epochs."""

    loss: float
    weight: float


@cache
def manifest(path: Path) -> Manifest:
    """What a workbook says of itself."""
    found = manifest_of(read_workbook(path))
    assert found is not None
    return found


def place(path: Path, quantity: str) -> Range:
    """Where an input stands."""
    return next(b.area for b in manifest(path).bindings if b.quantity == quantity)


def keras(path: Path, optimiser: str, rate: float, nudge: float = 0.0) -> Trace:
    """What Keras computes in each epoch with another optimiser; with every weight a little larger, if asked."""
    own = manifest(path)
    assert own.epochs is not None
    given: dict[str, np.ndarray] = {b.quantity: own.trace[b.quantity] for b in own.bindings}
    given[f"{LAYER}.choice"] = np.array([[1.0 + [o.name for o in OPTIMISERS.values()].index(optimiser)]])
    given[f"{LAYER}.learning_rate"] = np.array([[rate]])
    for name in own.epochs.before:
        given[name] = given[name] * (1 + nudge)
    return retrain(own.spec, given, own.epochs.samples, own.epochs.area.rows)


def differences(values: Mapping[str, np.ndarray], truth: Trace) -> Differences:
    """The largest differences of losses and weights between two trainings."""

    def largest(names: list[str]) -> float:
        return max(float(np.abs(values[name] - truth[name]).max()) for name in names)

    return Differences(
        largest([n for n in values if n.endswith("loss.mean")]), largest([n for n in values if f".{NEW}" in n])
    )


def in_the_sheet(path: Path, optimiser: str, rate: float, engine_name: str) -> dict[str, np.ndarray]:
    """Losses and weights of every epoch, as an engine computes them in the workbook."""
    table = manifest(path).epochs
    assert table is not None
    session = engine(engine_name, guarded=False).open(path)
    session.set(*OPTIMISER, optimiser)
    cell = place(path, f"{LAYER}.learning_rate")
    session.set(cell.sheet, cell.top, cell.left, rate)
    session.recalculate()
    wanted = [name for name in table.columns if name.endswith("loss.mean") or f".{NEW}" in name]
    columns = {n: Range(table.area.sheet, table.area.top, table.columns[n], table.area.rows) for n in wanted}
    return {name: np.array(session.read(area), dtype=np.float64) for name, area in columns.items()}


def main() -> None:
    """Print a table."""
    print(f"largest difference from Keras float64 over 500 epochs (required: {_LIMITS})")
    print(f"{'lesson':<22}{'optimiser':<10}{'rate':>8}  {'engine':<10}{'loss':>10}{'weight':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for lesson in LESSONS:
            path = Path(folder) / f"{lesson}.xlsx"
            write_workbook(plan_training(TRAINING_LESSONS[lesson], load_training(lesson), Style.TEACHING), path)
            for optimiser, rate in (*RATES.items(), ("RMSprop", 0.001)):
                truth = keras(path, optimiser, rate)
                for name in sys.argv[1:] or ("ironcalc", "cellrune"):
                    found = differences(in_the_sheet(path, optimiser, rate, name), truth)
                    print(f"{lesson:<22}{optimiser:<10}{rate:>8g}  {name:<10}{found.loss:>10.1e}{found.weight:>10.1e}")
            apart = differences(keras(path, "RMSprop", 0.001, np.finfo(np.float64).eps).values, truth)
            print(f"{lesson:<22}{'RMSprop':<10}{0.001:>8g}  {'Keras':<10}{apart.loss:>10.1e}{apart.weight:>10.1e}")


if __name__ == "__main__":
    main()
