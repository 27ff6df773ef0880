"""What prints expressions: a table of rules filled in for one element, and what it asks of the worksheet.

A row of a table is a template. `{x}` is the operand's text for the element being printed; after a colon
stands how tightly it must bind (`{x:mul}` adds parentheses around a sum), or what is wanted
instead of the element: `{x:array}` the whole vector as a range or array expression, which only
stands inside functions that take arrays without array entry (SUM, MAX, AVERAGE, SUMPRODUCT).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from xlcheck.errors import NotSupportedError
from xlcheck.graph import expressions as ex
from xlcheck.graph.shapes import Shape, shape_of

_LEVELS = {"": 0, "add": 1, "mul": 2, "neg": 3, "atom": 4}
_ARRAY = "array"
_TEST = "test"
MANY = 8  # terms that are worth adding one by one; more stand in ranges


class Style(StrEnum):
    """How formulas are written.

    TEACHING: as a textbook writes them. BOOK: the same with tanh written out in exponentials.
    ROBUST: no overflow for any finite input. COMPACT: the same, with one formula for a whole vector
    where Excel's dynamic arrays can write it (`spilled.py`).
    """

    TEACHING = "teaching"
    BOOK = "book"
    ROBUST = "robust"
    COMPACT = "compact"


class Places(ABC):
    """Where quantities stand, as seen from the cell whose formula is printed.

    Raises:
        NotSupportedError: what is asked for stands in no such place; `block`, `samples` and `batch_sum` stand in none
            unless a subclass says otherwise.
    """

    @abstractmethod
    def shape(self, name: str) -> Shape:
        """Number of elements along each axis."""

    @abstractmethod
    def element(self, name: str, index: int, row: int | None = None) -> str:
        """One element of a vector, or of a row of a matrix: `F5`, `Weights!$C$4`."""

    @abstractmethod
    def vector(self, name: str, start: int = 0, stop: int | None = None) -> str:
        """Elements of a vector as a range: `F5:F8`."""

    @abstractmethod
    def column(self, name: str, index: int, matrix: int | None = None) -> str:
        """One column of a matrix, or of one matrix of several, as a range: `Weights!$C$4:$C$7`."""

    def is_across(self, name: str) -> bool:
        """Whether a vector of several elements runs along a row."""
        return False

    def cells(self, names: Sequence[str], index: int) -> str:
        """The same element of several vectors as arguments of SUM: `F5:M5`, or `F5,H5` if they stand apart."""
        return ",".join(self.element(name, 0 if self.shape(name)[-1] == 1 else index) for name in names)

    def products(self, pairs: Sequence[tuple[str, str]], index: int) -> str:
        """The sum of the products of two vectors' elements for many pairs: `SUMPRODUCT(F5:M5,F7:M7)`."""
        return "+".join(f"{self.cells([a], index)}*{self.cells([b], index)}" for a, b in pairs)

    def samples(self, name: str) -> str:
        """A quantity of one element, over all samples, as a range."""
        raise NotSupportedError("the samples of a batch stand in many places")

    @abstractmethod
    def entry(self, name: str, row: int, column: int) -> str:
        """An entry of a matrix; of an array of matrices, whose rows stand below each other."""

    @abstractmethod
    def row(self, name: str, index: int, start: int, stop: int, matrix: int | None = None) -> str:
        """Columns of one row of a matrix, or of one matrix of several, as a range: `Weights!$C$4:$F$4`."""

    def block(self, name: str, start: int, stop: int, row: int = 0, rows: int | None = None) -> str:
        """Columns of a matrix as a range, of all rows or some: `Weights!$C$4:$F$7`."""
        raise NotSupportedError("matrices stand in no blocks")

    def batch_sum(self, products: Sequence[tuple[ex.Expr, ...]], entry: Entry, style: Style) -> str:
        """The sum of some products over all samples of the batch; see `batch_sums.py`."""
        raise NotSupportedError("the samples of a batch stand in many places")

    def one_hot(self, name: str) -> ex.OneHot | None:
        """The expression of a one-hot vector that stands nowhere itself; None for every other quantity."""
        return None

    def softmax_parts(self, expr: ex.Softmax) -> tuple[str, str] | None:
        """Two cells that hold the largest element and the sum of a softmax, if the worksheet has them."""
        return None


@dataclass(frozen=True)
class Row:
    """One row of the table: a template, and how tightly its text binds (`add`, `mul`, `neg`, `atom`).

    `single` marks functions such as MAX and IF, which do not work element by element on a range.
    """

    template: str
    level: str = "atom"
    single: bool = False


@dataclass(frozen=True)
class Entry:
    """The place of a number in a matrix; in a vector the column alone."""

    row: int
    column: int


Rule = Row | Callable[["Printer", Any, Any], tuple[str, str]]
"""A template, or a function that returns the text and how tightly it binds."""


@dataclass(frozen=True)
class Operand:
    """An operand inside a template; the format spec says how it is wanted."""

    printer: Printer
    expr: ex.Expr
    index: int | Entry | None

    def __format__(self, spec: str) -> str:
        if spec == _ARRAY:
            text, level = self.printer.text(self.expr, None)
            return f"({text})" if level == "add" else text
        if spec == _TEST:
            return self.printer.test(self.expr, self.index)
        text, level = self.printer.text(self.expr, self.index)
        return f"({text})" if _LEVELS[level] < _LEVELS[spec] else text


@dataclass(frozen=True)
class Printer:
    """Prints expressions from one table of rules, and from another one where a range stands for many numbers."""

    places: Places
    table: Mapping[type[ex.Expr], Rule]
    style: Style
    arrays: Mapping[type[ex.Expr], Rule]

    def text(self, expr: ex.Expr, index: int | Entry | None) -> tuple[str, str]:
        """The text for one element, or with index None for the whole vector, and its level."""
        rule = (self.arrays.get(type(expr)) if index is None else None) or self.table.get(type(expr))
        if rule is None:
            raise NotSupportedError(
                f"the operation {type(expr).__name__} has no formula in the style {self.style.value!r}"
            )
        return self.fill(rule, expr, index) if isinstance(rule, Row) else rule(self, expr, index)

    def fill(self, row: Row, expr: ex.Expr, index: int | Entry | None) -> tuple[str, str]:
        """A template with its operands put in."""
        if row.single and index is None:
            raise NotSupportedError(
                f"the operation {type(expr).__name__} inside another array operation needs its own quantity"
            )
        operands = {
            name: Operand(self, value, index)
            for name in expr.__dataclass_fields__
            if isinstance(value := getattr(expr, name), ex.Expr)
        }
        return row.template.format(**operands), row.level

    def test(self, expr: ex.Expr, index: int | Entry | None) -> str:
        """The text of a condition: a comparison as it is, anything else compared with 0."""
        sign = _COMPARISONS.get(type(expr))
        if sign is None or not isinstance(expr, ex.Binary):
            return f"{Operand(self, expr, index)}<>0"
        return f"{Operand(self, expr.a, index)}{sign}{Operand(self, expr.b, index)}"

    def size(self, expr: ex.Expr) -> int:
        """Number of elements of a vector."""
        return self.shape(expr)[-1]

    def shape(self, expr: ex.Expr) -> Shape:
        """The shape of an expression."""
        return shape_of(expr, self.places.shape)


_COMPARISONS: dict[type[ex.Expr], str] = {ex.Greater: ">", ex.NotEqual: "<>"}
