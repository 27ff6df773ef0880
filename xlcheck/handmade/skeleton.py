"""What a reader needs to write bindings by hand: the blocks of numbers and formulas that a workbook has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.reading.cells import CellTable

_MOST = 60
"""Blocks of one worksheet that are listed; the largest ones."""
_AWAY = 3
"""Cells between a block and its label."""

_EXAMPLE = """\
# [[model]]
# sheet = "{sheet}"
#
# [[model.layer]]            # one table for each layer: type, units and options as in Keras
# type = "LSTM"              # or SimpleRNN, GRU, Dense, Embedding, LeakyReLU ...
# units = 2
# kernel = "B4:I6"           # the range of each weight; {{ range = "B4:C5", transposed = false }} if it is square
# recurrent_kernel = "B8:I9"
# bias = "B11:I11"
#
# [[model.document]]         # one table for each sample
# x = "L4:O6"                # its inputs, time across or down
# "lstm.h" = "L30:O31"       # any computed quantity, if you like
"""


@dataclass(frozen=True)
class Block:
    """Cells side by side that hold the same kind of thing.

    Attributes:
        sheet: the worksheet.
        top, left, rows, columns: where they stand.
        formula: the formula of the first cell; None for typed numbers.
        label: the words beside them; empty if there are none.
    """

    sheet: str
    top: int
    left: int
    rows: int
    columns: int
    formula: str | None
    label: str

    @property
    def range(self) -> str:
        """Its range, as `B4:C5`."""
        first = cell_name(self.top, self.left)
        last = cell_name(self.top + self.rows - 1, self.left + self.columns - 1)
        return first if first == last else f"{first}:{last}"


def skeleton(table: CellTable, reason: str) -> str:
    """The text of a bindings file that says nothing yet, with what was seen as comments.

    Args:
        table: the workbook's cells.
        reason: why nothing was recognised.
    """
    lines = [f"# Bindings of {table.content.path.name}, to be filled in: {reason}.", "#"]
    lines += ["# Take the marks away from the lines below, and say which range holds what:", "#"]
    sheets: dict[str, list[Block]] = defaultdict(list)
    for block in blocks(table):
        sheets[block.sheet].append(block)
    first = max(sheets, key=lambda name: sum(block.formula is not None for block in sheets[name]))
    lines += _EXAMPLE.format(sheet=first.replace('"', '\\"')).splitlines()
    for name, found in sheets.items():
        lines += ["#", f"# What stands on the worksheet {name!r}:"]
        largest = sorted(found, key=lambda block: -block.rows * block.columns)[:_MOST]
        lines += [f"#   {_line(block)}" for block in found if block in largest]
        if len(found) > _MOST:
            lines.append(f"#   … and {len(found) - _MOST} smaller blocks")
    return "\n".join(lines) + "\n"


def _line(block: Block) -> str:
    what = "numbers" if block.formula is None else f"formulas, the first of them ={_shortened(block.formula)}"
    size = f"{block.rows} × {block.columns}"
    return f"{block.range:12} {size:8} {_shortened(block.label) + ': ' if block.label else ''}{what}"


def _shortened(text: str) -> str:
    """A text on one line that is not too long."""
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"


_WIDTH = 60


def blocks(table: CellTable) -> Iterator[Block]:
    """The blocks of typed numbers, and of formulas that were filled from one, sheet by sheet from the top."""
    kinds: dict[Address, str | None] = dict.fromkeys(table.typed_numbers)
    kinds |= {cell: shape_of(text, cell[1], cell[2]) for cell, text in table.texts.items()}
    order = list(table.content.sheets)
    taken: set[Address] = set()
    for cell in sorted(kinds, key=lambda cell: (order.index(cell[0]), cell[1:])):
        if cell not in taken:
            block = _block(cell, kinds, taken, table)
            taken |= {
                (block.sheet, block.top + row, block.left + column)
                for row in range(block.rows) for column in range(block.columns)
            }  # fmt: skip
            yield block


def _block(cell: Address, kinds: Mapping[Address, str | None], taken: set[Address], table: CellTable) -> Block:
    """The largest rectangle from a cell to the right and then down."""
    sheet, top, left = cell
    kind = kinds[cell]

    def fits(row: int, column: int) -> bool:
        other = (sheet, row, column)
        return other not in taken and other in kinds and kinds[other] == kind

    columns = 1
    while fits(top, left + columns):
        columns += 1
    rows = 1
    while all(fits(top + rows, left + column) for column in range(columns)):
        rows += 1
    return Block(sheet, top, left, rows, columns, table.texts.get(cell), _label(cell, table))


def _label(cell: Address, table: CellTable) -> str:
    """The nearest words to the left of a cell, or else above it."""
    sheet, row, column = cell
    beside = [(sheet, row, column - away) for away in range(1, _AWAY + 1)]
    above = [(sheet, row - away, column) for away in range(1, _AWAY + 1)]
    return next((table.words[other].strip() for other in (*beside, *above) if table.words.get(other, "").strip()), "")
