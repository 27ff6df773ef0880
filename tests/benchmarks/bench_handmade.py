"""How fast a large workbook made by hand is checked: `python tests/benchmarks/bench_handmade.py [FORMULA CELLS]`.

The workbook holds an LSTM(4), time down the page, documents below each other, every gate in cells of its
own. `xlcheck check` checks it with a bindings file, without one, and with the Keras model; and once more, with and
without bindings, with one mistake in the middle, which has to be found at its cell. Figures are of whole commands,
from start to end, with the processes that they start, in which a formula engine and Keras work; the peak is
the sum of the peaks of all of them. The first row is what importing Keras with TensorFlow takes, for comparison.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import xlsxwriter
from measured import compile_package, peak_of_all, run_whole

CELLS = 100_000
FEATURES = UNITS = 4
STEPS = 50
GATES = ("f", "i", "c", "o")
PER_STEP = UNITS * (2 * len(GATES) + 2)
MODES = ("import of TensorFlow", "with bindings", "without bindings", "with the model")
MISTAKEN = ("mistake, bindings", "mistake, without")


def a1(row: int, column: int) -> str:
    """An address; row from 1, column from 0."""
    return f"{chr(65 + column) if column < 26 else chr(64 + column // 26) + chr(65 + column % 26)}{row}"


class Sheet:
    """The layout: weights on top, one gate under the other; below them a row for each step."""

    def __init__(self, documents: int) -> None:
        self.documents = documents
        rng = np.random.default_rng(0)
        height = FEATURES + UNITS + 1
        self.weights = {gate: np.round(rng.normal(size=(height, UNITS)) / 2, 3) for gate in GATES}
        self.inputs = np.round(rng.normal(size=(documents, STEPS, FEATURES)), 2)
        self.cells: dict[int, dict[int, str | float]] = {}
        for number, gate in enumerate(GATES):
            for (row, column), value in np.ndenumerate(self.weights[gate]):
                self.cells.setdefault(2 + row, {})[number * (UNITS + 1) + column] = float(value)
        self.first = 2 + height + 2
        for document in range(documents):
            self._document(document, self.first + document * (STEPS + 2))

    def row_of(self, document: int, step: int) -> int:
        """The row of a step; that before the first holds the initial state."""
        return self.first + document * (STEPS + 2) + 1 + step

    def _document(self, document: int, top: int) -> None:
        self.cells[top] = dict.fromkeys(range(self.state("c"), self.state("h") + UNITS), 0.0)
        for step in range(STEPS):
            row = self.row_of(document, step)
            values = self.cells[row] = dict(enumerate(self.inputs[document, step].tolist()))
            for number, gate in enumerate(GATES):
                for unit in range(UNITS):
                    z, value = self.gate(number) + unit, self.gate(number) + UNITS + unit
                    values[z] = self._sum(row, number, unit)
                    total = a1(row, z)
                    values[value] = f"=TANH({total})" if gate == "c" else f"=1/(1+EXP(-{total}))"
            f, i, c, o = (self.gate(number) + UNITS for number in range(len(GATES)))
            for unit in range(UNITS):
                state, hidden = self.state("c") + unit, self.state("h") + unit
                values[state] = f"={a1(row, f + unit)}*{a1(row - 1, state)}+{a1(row, i + unit)}*{a1(row, c + unit)}"
                values[hidden] = f"={a1(row, o + unit)}*TANH({a1(row, state)})"

    def gate(self, number: int) -> int:
        """The first column of a gate: its sums, then its values."""
        return FEATURES + 2 * UNITS * number

    def state(self, symbol: str) -> int:
        """The first column of a state."""
        return self.gate(len(GATES)) + (0 if symbol == "c" else UNITS)

    def _sum(self, row: int, gate: int, unit: int) -> str:
        column = gate * (UNITS + 1) + unit

        def weight(place: int) -> str:
            letter = a1(1, column)[:-1]
            return f"${letter}${2 + place}"

        terms = [f"{a1(row, k)}*{weight(k)}" for k in range(FEATURES)]
        terms += [f"{a1(row - 1, self.state('h') + k)}*{weight(FEATURES + k)}" for k in range(UNITS)]
        return f"={'+'.join(terms)}+{weight(FEATURES + UNITS)}"

    def plant(self) -> str:
        """Make a mistake in one sum in the middle, which reads a hidden state of two rows before; returns its cell."""
        row, column = self.row_of(self.documents // 2, STEPS // 2), self.gate(1)
        right = str(self.cells[row][column])
        hidden = self.state("h") + UNITS - 1
        self.cells[row][column] = right.replace(f"+{a1(row - 1, hidden)}*", f"+{a1(row - 2, hidden)}*")
        return a1(row, column)

    def bindings(self) -> str:
        """The bindings file."""
        height = FEATURES + UNITS + 1
        blocks = ", ".join(
            f'{gate} = "{a1(2, n * (UNITS + 1))}:{a1(1 + height, n * (UNITS + 1) + UNITS - 1)}"'
            for n, gate in enumerate(GATES)
        )
        lines = [
            "[[model]]", 'sheet = "LSTM"', "[[model.layer]]", 'type = "LSTM"', f"units = {UNITS}",
            "return_sequences = true", f'"kernel + recurrent_kernel + bias" = {{ {blocks} }}',
        ]  # fmt: skip
        for document in range(self.documents):
            first, last = self.row_of(document, 0), self.row_of(document, STEPS - 1)
            lines += ["[[model.document]]", f'x = "A{first}:{a1(last, FEATURES - 1)}"']
            lines += [
                f'{s}_init = "{a1(first - 1, self.state(s))}:{a1(first - 1, self.state(s) + UNITS - 1)}"' for s in "hc"
            ]
        return "\n".join(lines) + "\n"

    def write(self, path: Path) -> None:
        """The workbook, without any values."""
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet("LSTM")
        for row, values in self.cells.items():
            for column, value in values.items():
                if isinstance(value, str):
                    sheet.write_formula(row - 1, column, value)
                else:
                    sheet.write_number(row - 1, column, value)
        book.close()

    def save_model(self, path: Path) -> None:
        """The same network as a Keras model."""
        import keras

        model = keras.Sequential([keras.Input((STEPS, FEATURES)), keras.layers.LSTM(UNITS, return_sequences=True)])
        packed = np.concatenate([self.weights[gate] for gate in ("i", "f", "c", "o")], axis=1)
        model.set_weights([packed[:FEATURES], packed[FEATURES:-1], packed[-1]])
        model.save(path)


def job(mode: str, folder: Path) -> None:
    """What is measured; prints its peak."""
    if mode == MODES[0]:
        from xlcheck.model.keras_import import import_keras

        import_keras()
    else:
        from xlcheck.cli import run

        options = {
            "with bindings": ["--bind", "bindings.toml"],
            "without bindings": [],
            "with the model": ["--model", "model.keras", "--inputs", "inputs.npy"],
            MISTAKEN[0]: ["--bind", "bindings.toml"],
            MISTAKEN[1]: [],
        }
        os.chdir(folder)
        if mode not in MISTAKEN:
            if run(["check", "large.xlsx", *options[mode]]) != 0:
                sys.exit(f"{mode}: the workbook does not agree")
        elif run(["check", "mistaken.xlsx", *options[mode], "--format", "json", "-o", "report.json"]) != 1:
            sys.exit(f"{mode}: the mistake was not found")
        else:
            (report,) = json.loads(Path("report.json").read_text(encoding="utf-8"))
            roots = [cell["cell"] for cell in report["cells"] if cell["status"] == "root"]
            if roots != [Path("mistake.txt").read_text()]:
                sys.exit(f"{mode}: {', '.join(roots)} are called wrong")
    print(peak_of_all())


def main(cells: int) -> None:
    """Write the workbook, measure and print."""
    compile_package()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sheet = Sheet(max(1, round(cells / (PER_STEP * STEPS))))
        sheet.write(folder / "large.xlsx")
        (folder / "bindings.toml").write_text(sheet.bindings())
        np.save(folder / "inputs.npy", sheet.inputs)
        sheet.save_model(folder / "model.keras")
        (folder / "mistake.txt").write_text(sheet.plant())
        sheet.write(folder / "mistaken.xlsx")
        formulas = sheet.documents * STEPS * PER_STEP
        print(f"{formulas:,} formula cells, {sheet.documents} documents of {STEPS} steps")
        print(f"{'':<20}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}")
        for mode in (*MODES, *MISTAKEN):
            cost = run_whole([sys.executable, __file__, mode, name])
            if cost is None:
                sys.exit(f"{mode}: it takes too long")
            print(f"{mode:<20}{cost.wall:>8.1f}{cost.cpu:>8.1f}{cost.peak:>9.0f}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        job(sys.argv[1], Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else CELLS)
