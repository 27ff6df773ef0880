"""The table of bands: time to the right, one band a symbol, one row a unit, long sequences in blocks.

Columns: symbol, unit, equation, meaning, the state before the first step, one column for each
time step of a block, and the text of the last formula in the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from xlcheck.formulas.addresses import Range
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.grouping import grouped
from xlcheck.layout.data.store import Words
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.softmax import rows_of_parts
from xlcheck.texts import meant

START, FIRST = 4, 5

WRAP, _FEW = 250, 8
"""Time steps in a block of columns; the next ones stand below. Beside more than a few of them all columns are narrow,
and numbers have four decimals, so that a page of paper has room for eighteen."""


@dataclass(frozen=True)
class Line:
    """Rows of every block: a heading, or a band, which a long softmax's largest element and sum stand above.

    Attributes:
        offset: rows below the block's headers.
        text: of a heading.
        band: the band, if it is none.
        members: its quantities, in order of time.
        parts: how many rows above it hold the largest element of a softmax, exponentials, and their sum.
    """

    offset: int
    text: str = ""
    band: Band | None = None
    members: tuple[Quantity, ...] = ()
    parts: int = 0

    @cached_property
    def blocks(self) -> dict[int, list[Quantity]]:
        """The quantities that stand in each block."""
        return grouped(((q.step or 0) // WRAP, q) for q in self.members)


@dataclass(frozen=True)
class Table:
    """All bands of a worksheet.

    Attributes:
        top: the row of the first block's header.
        lines: what every block consists of.
        height: rows of a block, headers and an empty row included.
        timesteps: number of time steps; 0 if nothing has a time axis.
        initial: the values that states start from.
        untimed: whether something has no time step beside what has one; it has a column of its own.
        words: what is read at each time step, shown in a second row of headers; empty if these are no words.
        speaking: in place of words, vectors of each time step of which every one means one of its units' names.
    """

    top: int
    lines: tuple[Line, ...]
    height: int
    timesteps: int
    initial: tuple[Quantity, ...]
    untimed: bool
    words: Words
    speaking: tuple[Quantity, ...]

    @property
    def headers(self) -> int:
        """Rows of headers above each block."""
        return 2 if self.words or self.speaking else 1

    def first_row(self, block: int) -> int:
        """The row under the headers of a block."""
        return self.top + block * self.height + self.headers

    def step_name(self, step: int) -> str:
        """What stands above the column of a step: `t = 2`, or `row 2` if all that has steps is an image."""
        return min((q.band for line in self.lines for q in line.members[:1]), key=lambda band: band.columns).at(step)

    @property
    def width(self) -> int:
        """Columns of values in a block."""
        return min(max(self.timesteps, 1), WRAP) + self.untimed

    @property
    def is_long(self) -> bool:
        """Whether there are so many columns of values that each has to be narrow."""
        return self.width > _FEW

    @property
    def columns(self) -> int:
        """All columns of the table."""
        return FIRST + self.width + 1

    @property
    def blocks(self) -> int:
        """Number of blocks below each other."""
        return max(1, -(-self.timesteps // WRAP))

    def steps(self, block: int) -> range:
        """The time steps that stand in a block, counted from 0."""
        return range(block * WRAP, min((block + 1) * WRAP, self.timesteps))

    @property
    def end(self) -> int:
        """The row after the table."""
        return self.top + self.blocks * self.height

    def at(self, sheet: SheetDraft, line: Line, q: Quantity) -> Range:
        """Where a quantity stands."""
        if q.step is None:
            return sheet.at(self.first_row(0) + line.offset, FIRST + self.width - 1, q.shape[-1])
        block, column = divmod(q.step, WRAP)
        return sheet.at(self.first_row(block) + line.offset, FIRST + column, q.shape[-1])


def lay_out(
    top: int,
    bands: Sequence[tuple[Band, tuple[Quantity, ...]]],
    *,
    compact: bool = False,
    words: Words = (),
    speaking: Sequence[Quantity] = (),
) -> Table:
    """Give every band its rows; a spilled softmax needs no cells for its largest element and sum.

    Args:
        top: the first row.
        bands: the symbols, each with its quantities.
        compact: whether vectors are spilled.
        words: what the network reads at each time step; they are shown if the table has these steps.
        speaking: what means a word at each time step; shown in the same way where there are no words.
    """
    lines: list[Line] = []
    initial: list[Quantity] = []
    names = {band.name for band, _ in bands}
    several = len({band.layer for band, _ in bands if band.role is Role.INPUT}) > 1
    row = 0
    last = ("", "")
    for band, members in bands:
        if band.symbol.endswith("_init") and band.name.removesuffix("_init") in names:
            initial += members
            continue
        key = (band.layer, band.group)
        if key != last and (band.group or (band.layer != last[0] if lines else several or "." in band.layer)):
            new = "" if band.layer == last[0] else band.layer
            lines.append(Line(row, " · ".join(text for text in (new, meant(band.group)) if text)))
            row += 1
        last = key
        parts = 0 if compact else rows_of_parts(members[0])
        row += parts
        lines.append(Line(row, band=band, members=members, parts=parts))
        row += members[0].shape[-1]
    timesteps = max((q.step + 1 for line in lines for q in line.members if q.step is not None), default=0)
    untimed = timesteps > 0 and any(q.step is None for line in lines for q in line.members)
    shown = words if len(words) == timesteps else ()
    instead = tuple(speaking) if not shown and 0 < len(speaking) == timesteps else ()
    height = row + (3 if shown or instead else 2)
    return Table(top, tuple(lines), height, timesteps, tuple(initial), untimed, shown, instead)


def place(draft: Draft, sheet: SheetDraft, table: Table) -> None:
    """Reserve a range for every quantity; call before anything refers to them."""
    for line in table.lines:
        for q in line.members:
            area = table.at(sheet, line, q)
            draft.place(q.name, area)
            if line.parts and isinstance(q.expr, ex.Softmax):
                draft.softmax_parts[q.expr] = (
                    sheet.at(area.top - line.parts, area.left), sheet.at(area.top - 1, area.left),
                )  # fmt: skip
    for q in table.initial:
        owner = next(line for line in table.lines if line.band and f"{line.band.name}_init" == q.band.name)
        draft.place(q.name, sheet.at(table.at(sheet, owner, owner.members[0]).top, START, q.shape[-1]))
