"""Which quantities are products of a row and a matrix, what of them a page shows, and how much it has room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.draft import Draft
from xlcheck.layout.widening import brief_width
from xlcheck.numerics import exp
from xlcheck.texts import say
from xlcheck.workbook.styles import BRIEF

Line = tuple[Quantity, ...]
"""What stands in one row of numbers: a quantity, or the same one at each time step, of which a drop-down chooses."""

_JOINED = 8  # columns of gates whose parts of a kernel stand side by side, as in Keras
ROOM = 20
"""Columns that products are cut to, if these are narrow enough."""
_LONG = 8  # rows of a table of vectors that are written out
_TIGHT = 2  # columns over which only the size has room


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
        if self.is_whole or (wide <= _TIGHT and not self.is_cut):  # how many rows are left out stands below them
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
    """What is a product among some lines, as they are shown; None for a line that is a part of an earlier one.

    Of a product that needs more columns than there is room for, a part is shown.
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
    return Product(xs, place.part(place.rows, part.stop - part.start, right=part.start), bias, (line,), room)


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


TOP = 4
"""The first row below the title."""
EQUATIONS = 30.0
"""Letters of the column of equations; longer ones take two lines."""
_LABELS, _LETTER = 17.0, 0.9  # letters of the column of symbols, and what a letter of a long one takes
_NUMBER, _MOST = 10.5, 9  # letters of a column of numbers with all decimals, and how many there may be of them
_LONGEST = 16  # numbers of rows that are shown as a whole
_PAPER = 950 / 0.6  # pixels that a page has room for, if it lies and letters are as small as they may be
_UPRIGHT, _ROWS = 13, (72, 50)  # columns of numbers on upright paper, and rows there and on paper that lies
_BESIDE = 5  # rows of two questions
_EXPONENT = 300  # far from the 709 beyond which EXP has no number


@dataclass(frozen=True)
class Lines:
    """What is shown.

    Attributes:
        stepped: what is computed at each time step, in order of time.
        single: what is computed once.
        products: what of that are products.
        chosen: whether a drop-down chooses the step, of which there are several.
        columns: of numbers.
        label: the width of the column of symbols, in letters.
        number: that of a column of numbers.
        room: columns that a product may take.
    """

    stepped: list[Line]
    single: list[Line]
    products: list[Product]
    chosen: bool
    columns: int
    label: float
    number: float
    room: int

    @property
    def is_narrow(self) -> bool:
        """Whether numbers have four decimals only."""
        return self.columns > _MOST

    @property
    def of_steps(self) -> Iterator[list[Line]]:
        """The lines of each step."""
        return ([(q,) for q in step] for step in zip(*self.stepped, strict=True))

    @staticmethod
    def of(draft: Draft) -> Lines:
        """Of the layers that multiply something, and of the loss."""
        shown = _shown(draft)
        stepped = [line for line in shown if line[0].step is not None]
        single = [line for line in shown if line[0].step is None]
        label = max([_LABELS, *(_LETTER * len(line[0].band.label) + 1 for line in shown)])
        narrow = _narrow(draft, shown)
        room = min(ROOM, int((_PAPER - _pixels(label) - _pixels(EQUATIONS)) // _pixels(narrow)))
        found = products_of(draft, shown, room)
        products = [product for product in found.values() if product is not None]
        longest = max((size for line in shown if (size := line[0].shape[-1]) <= min(_LONGEST, room)), default=1)
        columns = max([4, longest, *(product.width for product in products)])
        several = max(map(len, stepped), default=0) > 1
        chosen = several and _all_rows(draft, found, stepped, single) > _ROWS[columns > _UPRIGHT]
        number = narrow if columns > _MOST else _NUMBER
        return Lines(stepped, single, products, chosen, columns, label, number, room)


def softened(draft: Draft, line: Line) -> list[Quantity]:
    """What a softmax reads at each step, if it is shown in two steps; nothing for everything else.

    Of numbers whose exponentials a cell cannot hold, or which are 0 there, at any step, only the shares are shown.
    """
    read = [q.expr.x.name for q in line if isinstance(q.expr, ex.Softmax) and isinstance(q.expr.x, ex.Ref)]
    if len(read) < len(line) or any(np.abs(draft.trace[name]).max() >= _EXPONENT for name in read):
        return []
    return [draft.graph[name] for name in read]


def _shown(draft: Draft) -> list[Line]:
    found: list[Line] = []
    for members in draft.graph.bands().values():
        q = members[0]
        given = q.expr is None and q.band.role is not Role.TARGET
        backward = q.reads_batch or q.band.role is Role.GRADIENT
        if not (q.is_weight or given or backward) and all(draft.is_placed(m.name) for m in members):
            found.append(tuple(sorted(members, key=lambda m: m.step or 0)))
    multiplying = {line[0].band.layer for line in products_of(draft, found)}
    others = {Role.TARGET, Role.LOSS}
    return [line for line in found if line[0].band.layer in multiplying or line[0].band.role in others]


def _narrow(draft: Draft, shown: Sequence[Line]) -> float:
    """The width of a column of numbers with four decimals."""
    weights = [draft.trace[q.name] for q in draft.graph if q.is_weight and q.expr is None]
    values = [draft.trace[q.name] for line in shown for q in line]
    sums = [exp(draft.trace[z.name]).sum(axis=1) for line in shown for z in softened(draft, line)]
    return brief_width((f"state{BRIEF}", numbers) for numbers in (*weights, *values, *sums))


def _pixels(letters: float) -> float:
    return 7 * letters + 5


def _all_rows(
    draft: Draft, products: dict[Line, Product | None], stepped: Sequence[Line], single: Sequence[Line]
) -> int:
    """How many all steps take below each other, with headings and questions."""

    def rows(lines: Sequence[Line]) -> int:
        found = len({line[0].band.layer for line in lines})
        for line in lines:
            product = products.get(line)
            if line in products:
                found += 0 if product is None else product.height
            else:
                found += (3 if softened(draft, line) else 1) + (len(line[0].band.equation) > EQUATIONS)
        return found

    steps = max(map(len, stepped), default=0)
    return TOP + steps * (rows(stepped) + 2) + 2 + rows(single) + _BESIDE
