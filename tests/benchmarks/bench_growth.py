"""Do time and memory grow in proportion to the number of cells?

Run with: python tests/benchmarks/bench_growth.py
Workbooks of 10⁴ to 3·10⁶ cells are written and checked, each in processes of its own. Writing is measured from the plan
on, checking as the whole command `xlcheck check`; its peak is the sum of the peaks of its two processes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench_checking import CHECK, PEAK
from measured import compile_package, report, run, run_whole, wide_console
from rich.table import Table
from synthetic import checkable

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000)


def write(cells: int, path: Path) -> None:
    """Write a workbook that can be checked, and report what that cost without planning it."""
    from xlcheck.workbook.writer import write_workbook

    plan = checkable(cells)
    report(lambda: write_workbook(plan, path))


def main() -> None:
    """Print the curve."""
    table = Table(title="growth", title_justify="left")
    for heading in ("cells", "write cpu s", "µs a cell", "peak MB", "check cpu s", "wall s", "µs a cell", "peak MB"):
        table.add_column(heading, justify="right")
    compile_package()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        for cells in SIZES:
            written = run(__file__, "--write", str(cells), str(path))
            checked = run_whole([sys.executable, "-c", CHECK + PEAK, str(path)])
            assert written is not None
            assert checked is not None
            table.add_row(
                f"{cells:,}",
                f"{written.cpu:.2f}", f"{written.cpu / cells * 1e6:.2f}", f"{written.peak:.0f}",
                f"{checked.cpu:.2f}", f"{checked.wall:.2f}", f"{checked.cpu / cells * 1e6:.2f}", f"{checked.peak:.0f}",
            )  # fmt: skip
    wide_console().print(table)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
