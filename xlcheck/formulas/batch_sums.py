"""Sums over the samples of a batch: neighbouring cells taken together, so that each is one SUMPRODUCT.

What is added is a product of a few expressions, once for each time step and each sample. It is printed for
each, with a note of where its cells stand. Where the next one's cells stand one column further right, the
two become one product of ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from xlcheck.errors import NotSupportedError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.pattern import Gaps, Open
from xlcheck.formulas.printer import Printer, Style
from xlcheck.formulas.printing import ARRAYS, TABLES
from xlcheck.graph import expressions as ex
from xlcheck.graph.shapes import Shape

ROW, COLUMN = "row", "column"


@dataclass(frozen=True)
class Cell:
    """One cell that a term reads.

    Attributes:
        area: where it stands for the first row and column of the matrix that is computed.
        axis: `ROW` or `COLUMN` if it is another one for each row, or column, of that matrix.
        down: whether the others stand below it, or to its right.
    """

    name: str
    area: Range
    axis: str = ""
    down: bool = True

    def at(self, entry: tuple[int, int]) -> Range:
        """Where it stands for an entry of the matrix."""
        step = {ROW: entry[0], COLUMN: entry[1]}.get(self.axis, 0)
        if self.down:
            return replace(self.area, top=self.area.top + step)
        return replace(self.area, left=self.area.left + step)


@dataclass(frozen=True)
class Literal:
    """The number of a row or column of the matrix that is computed, plus a constant."""

    axis: str
    offset: int


Gap = Cell | Literal


@dataclass(frozen=True)
class Run:
    """Terms that were taken together: texts and gaps in turn, first and last with a text.

    Attributes:
        texts: literal text.
        gaps: what stands between.
        moving: for each gap whether it is a range with one column for each term.
        steps: how many terms they are.
        plain: whether each factor is a cell, so that SUMPRODUCT may take them one by one.
    """

    texts: tuple[str, ...]
    gaps: tuple[Gap, ...]
    moving: tuple[bool, ...]
    steps: int
    plain: bool


class Noting:
    """`Places` of one sample that notes which cells are read."""

    def __init__(self, shape: Callable[[str], Shape], place: Callable[[str], Range | None]) -> None:
        self.shape = shape
        self._place = place
        self.gaps: Gaps[Gap] = Gaps()

    def number(self, index: Open) -> str:
        """A mark that stands for the number of a row or column."""
        return self.gaps.mark(Literal(index.axis, index.offset))

    def element(self, name: str, index: int | Open, row: int | None = None) -> str:
        """See `Places`."""
        area = self._place(name)
        if area is None:
            raise NotSupportedError(f"{name} stands nowhere, so no sum over the batch can read it")
        axis, at = (index.axis, index.offset) if isinstance(index, Open) else ("", index)
        if row is not None or area.rows == 1:
            down = row is None and area.columns == 1
            return self.gaps.mark(Cell(name, area.cell(row or 0, at), axis, down))
        return self.gaps.mark(Cell(name, area.cell(at), axis))

    def __getattr__(self, name: str) -> object:
        raise NotSupportedError("a whole vector in a sum over the batch needs a quantity of its own")


def runs_of(
    products: Sequence[tuple[ex.Expr, ...]], samples: Sequence[Callable[[], Noting]], style: Style
) -> list[Run]:
    """All terms of a sum over the batch, neighbours taken together.

    Args:
        products: the factors of each term; the first has the rows of the matrix that is computed, the last its columns.
        samples: makes `Places` for each sample.
        style: how formulas are written.
    """
    terms = [_term(factors, make(), style) for factors in products for make in samples]
    terms.sort(key=_position)
    runs: list[Run] = []
    for term in terms:
        longer = _joined(runs[-1], term) if runs else None
        if longer is None:
            runs.append(term)
        else:
            runs[-1] = longer
    return runs


def _term(factors: tuple[ex.Expr, ...], places: Noting, style: Style) -> Run:
    printer = Printer(places, {**TABLES[style], **ARRAYS}, style, ARRAYS)  # type: ignore[arg-type]
    axes = [COLUMN] if len(factors) == 1 else [ROW, COLUMN]
    texts = []
    for factor, axis in zip(factors, axes, strict=True):
        # Printing an element only adds to its number and writes it; what else it might do with one is refused.
        text, level = printer.text(factor, Open(places.number, axis))  # type: ignore[arg-type]
        texts.append(f"({text})" if level == "add" and len(factors) > 1 else text)
    pieces, gaps = places.gaps.cut("*".join(texts))
    plain = all(isinstance(factor, ex.Ref) for factor in factors) and all(isinstance(gap, Cell) for gap in gaps)
    return Run(tuple(pieces), tuple(gaps), (True,) * len(gaps), 1, plain)


def _position(term: Run) -> tuple[str, int, int]:
    last = next((gap.area for gap in reversed(term.gaps) if isinstance(gap, Cell)), Range("", 0, 0))
    return last.sheet, last.top, last.left


def _joined(run: Run, term: Run) -> Run | None:
    """The run with one more term, if that continues it."""
    if run.texts != term.texts:
        return None
    moving = []
    for first, moves, gap in zip(run.gaps, run.moving, term.gaps, strict=True):
        if isinstance(first, Cell) and isinstance(gap, Cell) and first.axis == gap.axis:
            area = first.area
            goes_on = replace(area, left=area.left + run.steps) == gap.area
            if not (goes_on and moves) and not (area == gap.area and (run.steps == 1 or not moves)):
                return None
            moving.append(goes_on)
        elif first == gap:
            moving.append(False)
        else:
            return None
    return replace(run, moving=tuple(moving), steps=run.steps + 1)


def written(
    runs: Sequence[Run], entry: tuple[int, int], show: Callable[[Cell, Range], str], number: Callable[[Literal], str]
) -> str:
    """The text of the sum for one entry of the matrix.

    Args:
        runs: the terms.
        entry: row and column.
        show: the text of a range that a cell became.
        number: the text of a row's or column's number.
    """
    return "+".join(_text(run, entry, show, number) for run in runs)


def _text(
    run: Run, entry: tuple[int, int], show: Callable[[Cell, Range], str], number: Callable[[Literal], str]
) -> str:
    shown = list(_shown(run, entry, show, number))
    if run.steps == 1:
        return _interleaved(run.texts, shown)
    if run.plain and all(run.moving):
        return f"{'SUM' if len(shown) == 1 else 'SUMPRODUCT'}({','.join(shown)})"
    return f"SUMPRODUCT({_interleaved(run.texts, shown)})"


def _shown(
    run: Run, entry: tuple[int, int], show: Callable[[Cell, Range], str], number: Callable[[Literal], str]
) -> Iterator[str]:
    for gap, moves in zip(run.gaps, run.moving, strict=True):
        if isinstance(gap, Literal):
            yield number(gap)
        else:
            yield show(gap, replace(gap.at(entry), columns=run.steps if moves else 1))


def _interleaved(texts: Sequence[str], shown: Sequence[str]) -> str:
    return texts[0] + "".join(item + text for item, text in zip(shown, texts[1:], strict=True))
