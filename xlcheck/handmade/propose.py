"""A draft of a bindings file for a workbook that nobody has described yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.engines.base import Engine
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.by_equations import networks_of
from xlcheck.handmade.networks.bindings_text import bindings_text
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.content import WorkbookContent

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
class Proposal:
    """A draft of a bindings file.

    Attributes:
        text: the file's text.
        networks: what it says.
        explained: how many formula cells hold a quantity, or a step on the way to one, of these networks.
        formula_cells: how many there are.
    """

    text: str
    networks: tuple[Network, ...]
    explained: int
    formula_cells: int

    def __str__(self) -> str:
        return self.text


def propose_bindings(content: WorkbookContent, engine: Engine) -> Proposal:
    """Find out what a workbook computes, and write it down as bindings.

    Where no network is recognised, they are a skeleton: the blocks that the workbook has, as comments.

    Args:
        content: the workbook.
        engine: recalculates it.

    Raises:
        NothingCheckedError: the workbook has no formulas.
        EngineError: no engine can load the file.
    """
    table = CellTable(content)
    if not table.formulas:
        raise NothingCheckedError(f"{content.path} has no formula cell, so there is nothing to bind")
    answers = answers_of(table, engine)
    precedents = Precedents(table)
    networks: list[Network] = []
    doubts: Sequence[str] = ()
    explained: Collection[Address] = ()
    notes = ["no network was recognised"]
    try:
        with effort.limited_to(effort.SECONDS):
            networks, explained, doubts = networks_of(table, answers.values, precedents)
    except effort.OutOfTimeError:
        notes.append("the search for a network took too long")
    if not networks:
        return Proposal(skeleton(table, "; ".join(notes)), (), 0, len(table.formulas))
    unsure = [f"NOT SURE: {doubt}." for doubt in doubts]
    comments = [[*answers.notes, *unsure, *_comments(network)] for network in networks]
    title = (
        f"Bindings of {content.path.name}, proposed by xlcheck: they explain {len(explained)} of "
        f"{len(table.formulas)} formula cells."
    )
    return Proposal(bindings_text(networks, comments, title), tuple(networks), len(explained), len(table.formulas))


def _comments(network: Network) -> Iterator[str]:
    unplaced = [name for name, cells in network.weights.items() if any(cell is None for cell in cells)]
    if unplaced:
        yield f"NOT SURE: no cell was found for a part of {', '.join(unplaced)}; '' marks it."
    recurrent = any(layer.kind != "Dense" for layer in network.spec.layers)
    if recurrent and not any(name.endswith("_init") for sample in network.samples for name in sample):
        yield "No cells were found for the state before the first step; it is taken as 0."


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
