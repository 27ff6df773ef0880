"""Which quantities are products of a row and a matrix, and how much of them a page has room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xlcheck.formulas.addresses import Range
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.draft import Draft
from xlcheck.texts import say

Line = tuple[Quantity, ...]
"""What stands in one row of numbers: a quantity, or the same one at each time step, of which a drop-down chooses."""

_JOINED = 8  # columns of gates whose parts of a kernel stand side by side, as in Keras
ROOM = 20
"""Columns that products are cut to, if these are narrow enough."""
_LONG = 8  # rows of a table of vectors that are written out


@dataclass(frozen=True)
class Part:
    """A row or a matrix of a product, as far as it is shown.

    Attributes:
        most: of rows and of columns so many are shown.
    """

    rows: int
    columns: int
    most: int

    @property
    def shown(self) -> tuple[int, int]:
        """Rows and columns of numbers."""
        return min(self.rows, self.most), min(self.columns, self.most)

    @property
    def is_cut(self) -> bool:
        """Whether columns are left out."""
        return self.columns > self.most

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.shown == (self.rows, self.columns)

    @property
    def size(self) -> str:
        """The size, and what is shown of it."""
        high, wide = self.shown
        text = f"{self.rows} × {self.columns}"
        if self.is_whole:
            return text
        return (
            say("products.first_columns", text=text, wide=wide)
            if self.rows == 1
            else say("products.first_rows_and_columns", text=text, high=high, wide=wide)
        )


@dataclass(frozen=True)
class Product:
    """A row times a matrix, plus a bias or nothing.

    Attributes:
        xs: the row, at each time step that is meant.
        matrix: where the matrix stands, or the part of it that counts.
        bias: where the bias stands.
        results: what it gives; several gates, if their parts of a kernel stand side by side.
        room: columns that it may take.
        one_hot: whether the row is a 1 among zeros, and `xs` are its places, counted from 0.
    """

    xs: Line
    matrix: Range
    bias: Range | None
    results: tuple[Line, ...]
    room: int
    one_hot: bool = False

    @property
    def equation(self) -> str:
        """How it is computed; of several gates which ones."""
        first = self.results[0][0].band.equation
        if len(self.results) == 1:
            return say("products.one_hot", matrix=first.rpartition(" ")[2]) if self.one_hot else first
        gates = [line[0].band.equation.partition("[")[2].rstrip("]") for line in self.results]
        return f"{first.partition('[')[0]}: {' '.join(gates)}"

    @property
    def label(self) -> str:
        """The symbol."""
        first = self.results[0][0].band.label
        return first if len(self.results) == 1 else first.rpartition(" ")[0]

    def parts(self) -> list[Part]:
        """The row, the matrix, the bias if there is one, and the result; cut until they fit side by side."""
        columns = self.matrix.columns
        sizes = [(1, self.matrix.rows), (self.matrix.rows, columns), *[(1, columns)] * (1 + (self.bias is not None))]
        most = max(max(size) for size in sizes)
        while most > 1 and _width([Part(*size, most) for size in sizes]) > self.room:
            most -= 1
        return [Part(*size, most) for size in sizes]

    @property
    def width(self) -> int:
        """Columns that it takes."""
        return _width(self.parts())

    @property
    def height(self) -> int:
        """Rows that it takes: the sizes, the matrix, and dots for what is left out."""
        matrix = self.parts()[1]
        return 1 + matrix.shown[0] + (matrix.rows > matrix.most)


def _width(parts: Sequence[Part]) -> int:
    """Columns of parts, and of the signs between them."""
    return sum(part.shown[1] for part in parts) + len(parts) - 1


def products_of(draft: Draft, lines: Sequence[Line], room: int = ROOM) -> dict[Line, Product | None]:
    """What is a product among some lines; None for a line that is shown as a part of an earlier one.

    Args:
        draft: the workbook so far.
        lines: in the order in which they are shown.
        room: columns that a product may take; of one that needs more a part is shown.
    """
    single = {line: product for line in lines if (product := _product(draft, line, room)) is not None}
    found: dict[Line, Product | None] = {}
    for line, product in single.items():
        if line not in found:
            joined = _joined(product, [other for key, other in single.items() if key not in found])
            few = joined.matrix.columns <= _JOINED
            found.update((own, None if few else single[own]) for own in joined.results)
            found[line] = joined if few else product
    return found


def _joined(product: Product, others: Sequence[Product]) -> Product:
    """The product together with those of the other gates, whose columns stand to the right of its own."""
    area, results = product.matrix, product.results
    for other in others:
        if (
            "[" in other.equation
            and other.xs == product.xs
            and other.bias is product.bias is None
            and (other.matrix.sheet, other.matrix.top) == (area.sheet, area.top)
            and other.matrix.left == area.left + area.columns
        ):
            area = area.part(area.rows, area.columns + other.matrix.columns)
            results += other.results
    return replace(product, matrix=area, results=results)


def _product(draft: Draft, line: Line, room: int) -> Product | None:
    """The product that a line is; None if it is none, or if its row stands nowhere."""
    q = line[0]
    bias, expr = None, q.expr
    if isinstance(expr, ex.Gather):
        return _fetched(draft, line, room)
    if isinstance(expr, ex.Add) and isinstance(expr.b, ex.Ref) and draft.graph[expr.b.name].is_weight:
        bias, expr = draft.placed(expr.b.name), expr.a
    xs = tuple(_rows(draft, line))
    if not isinstance(expr, ex.Dot) or len(xs) < len(line):
        return None
    part = expr.matrix
    if isinstance(part, ex.Ref) and _is_given(draft, part):
        return Product(xs, draft.placed(part.name), bias, (line,), room)
    if not isinstance(part, ex.Slice) or part.row is not None or not _is_given(draft, part.of):
        return None
    place = draft.placed(part.of.name)
    return Product(xs, place.part(place.rows, part.stop - part.start, right=part.start), bias,
                   (line,), room)  # fmt: skip


def _is_given(draft: Draft, matrix: ex.Ref) -> bool:
    """Whether a matrix is a weight, of which the page shows the numbers."""
    q = draft.graph[matrix.name]
    return q.is_weight and q.expr is None


def _fetched(draft: Draft, line: Line, room: int) -> Product | None:
    """A row of a short table of vectors, which is the product of a one-hot row and the table."""
    exprs = [q.expr for q in line if isinstance(q.expr, ex.Gather)]
    refs = [expr.index for expr in exprs if isinstance(expr.index, ex.Ref)]
    if len(refs) < len(line) or not _is_given(draft, exprs[0].matrix):
        return None
    table = draft.placed(exprs[0].matrix.name)
    if table.rows > _LONG:
        return None
    return Product(tuple(draft.graph[ref.name] for ref in refs), table, None, (line,), room, one_hot=True)


def _rows(draft: Draft, line: Line) -> Iterator[Quantity]:
    """The rows that are multiplied, as far as they are quantities that stand on a worksheet."""
    for q in line:
        expr = q.expr.a if isinstance(q.expr, ex.Add) else q.expr
        if isinstance(expr, ex.Dot) and isinstance(expr.x, ex.Ref) and draft.is_placed(expr.x.name):
            yield draft.graph[expr.x.name]
