"""How fast is a large workbook written, beside XlsxWriter, openpyxl and the raw limit?

Run with: python tests/benchmarks/bench_writer.py
Each job runs in a process of its own, one after the other, three times; the medians of processor time are compared.
The raw limit makes the same XML from ready columns of Python numbers, row by row, and deflates it.
"""

from __future__ import annotations

import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
from measured import median, report, run, wide_console
from rich.table import Table
from synthetic import COLUMNS, half_formulas, numbers, results

CELLS = 1_000_000
RUNS = 3
HALF = COLUMNS // 2


def _names() -> list[str]:
    from xlcheck.formulas.addresses import column_name

    return [column_name(j) for j in range(COLUMNS)]


def xlcheck(cells: int, path: Path) -> None:
    """This package's writer."""
    from xlcheck.workbook.writer import write_workbook

    write_workbook(half_formulas(cells), path)


def plain_xlsxwriter(cells: int, path: Path) -> None:
    """XlsxWriter as its documentation shows it."""
    import xlsxwriter

    constants = numbers(cells)
    values, names = results(constants), _names()
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("S")
    weight, state = (book.add_format({"num_format": "0.000000", "bg_color": c}) for c in ("#FDE9C9", "#D3F0E3"))
    for i in range(len(constants)):
        for j in range(HALF):
            sheet.write_number(i + 1, j, constants[i, j], weight)
            sheet.write_formula(i + 1, HALF + j, f"=TANH({names[j]}{i + 2})+{names[j]}{i + 2}", state, values[i, j])
    book.close()


def openpyxl_write_only(cells: int, path: Path) -> None:
    """openpyxl's streaming mode, which cannot store the formulas' values."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import PatternFill

    constants, names = numbers(cells), _names()
    book = Workbook(write_only=True)
    sheet = book.create_sheet("S")
    fills = [PatternFill("solid", fgColor=color) for color in ("FDE9C9", "D3F0E3")]
    sheet.append([])
    for i, row in enumerate(constants.tolist(), start=2):
        line = []
        for fill, contents in zip(fills, (row, [f"=TANH({n}{i})+{n}{i}" for n in names[:HALF]]), strict=True):
            for content in contents:
                cell = WriteOnlyCell(sheet, content)
                cell.fill, cell.number_format = fill, "0.000000"
                line.append(cell)
        sheet.append(line)
    book.save(path)


def raw_limit(cells: int, path: Path) -> None:
    """The XML of the same cells, and nothing around it."""
    constants = numbers(cells)
    table = np.concatenate([constants, results(constants)], axis=1)
    names = _names()
    row = "".join(f'<c r="{n}%d" s="1"><v>%r</v></c>' for n in names[:HALF])
    row += "".join(
        f'<c r="{names[HALF + j]}%d" s="2"><f>TANH({names[j]}%d)+{names[j]}%d</f><v>%r</v></c>' for j in range(HALF)
    )
    deflate = zlib.compressobj(1)
    with path.open("wb") as file:
        for number, values in enumerate(table.tolist(), start=2):
            gaps: list[object] = []
            for value in values[:HALF]:
                gaps += (number, value)
            for value in values[HALF:]:
                gaps += (number, number, number, value)
            file.write(deflate.compress(f'<row r="{number}">{row % tuple(gaps)}</row>'.encode()))
        file.write(deflate.flush())


JOBS = {job.__name__: job for job in (xlcheck, plain_xlsxwriter, openpyxl_write_only, raw_limit)}


def main() -> None:
    """Print the table of writers; `bench_growth.py` has the curve of sizes."""
    costs = {name: median(run(__file__, name, str(CELLS)) for _ in range(RUNS)) for name in JOBS}
    own = costs["xlcheck"]
    assert own is not None
    table = Table("writer", title=f"writing {CELLS:,} cells", title_justify="left")
    for heading in ("cpu s", "wall s", "peak MB", "cpu, times xlcheck"):
        table.add_column(heading, justify="right")
    for name, cost in costs.items():
        if cost is None:
            table.add_row(name, "not installed")
        else:
            figures = f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.peak:.0f}", f"{cost.cpu / own.cpu:.2f}"
            table.add_row(name, *figures)
    wide_console().print(table)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory() as folder:
            report(lambda: JOBS[sys.argv[1]](int(sys.argv[2]), Path(folder) / "book.xlsx"))
    else:
        main()
