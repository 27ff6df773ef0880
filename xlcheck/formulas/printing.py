"""Expressions → Excel formulas: one row for each operation, and for each style the rows that differ.

A row is a template. `{x}` is the operand's text for the element being printed; after a colon
stands how tightly it must bind (`{x:mul}` adds parentheses around a sum), or what is wanted
instead of the element: `{x:array}` the whole vector as a range or array expression, which only
stands inside functions that take arrays without array entry (SUM, MAX, AVERAGE, SUMPRODUCT).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from xlcheck.errors import NotSupportedError
from xlcheck.graph import expressions as ex
from xlcheck.graph.shapes import shape_of

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


class Places(Protocol):
    """Where quantities stand, as seen from the cell whose formula is printed."""

    def size(self, name: str) -> int:
        """Number of elements along the last axis."""

    def element(self, name: str, index: int, row: int | None = None) -> str:
        """One element of a vector, or of a row of a matrix: `F5`, `Weights!$C$4`."""

    def vector(self, name: str, start: int = 0, stop: int | None = None) -> str:
        """Elements of a vector as a range: `F5:F8`."""

    def column(self, name: str, index: int, matrix: int | None = None) -> str:
        """One column of a matrix, or of one matrix of several, as a range: `Weights!$C$4:$C$7`."""

    def is_across(self, name: str) -> bool:
        """Whether a vector of several elements runs along a row."""

    def cells(self, names: Sequence[str], index: int) -> str:
        """The same element of several vectors as arguments of SUM: `F5:M5`, or `F5,H5` if they stand apart."""

    def products(self, pairs: Sequence[tuple[str, str]], index: int) -> str:
        """The sum of the products of two vectors' elements for many pairs: `SUMPRODUCT(F5:M5,F7:M7)`."""

    def samples(self, name: str) -> str:
        """A quantity of one element, over all samples, as a range."""

    def entry(self, name: str, row: int, column: int) -> str:
        """An entry of a matrix; of an array of matrices, whose rows stand below each other."""

    def row(self, name: str, index: int, start: int, stop: int, matrix: int | None = None) -> str:
        """Columns of one row of a matrix, or of one matrix of several, as a range: `Weights!$C$4:$F$4`."""

    def batch_sum(self, products: Sequence[tuple[ex.Expr, ...]], entry: Entry, style: Style) -> str:
        """The sum of some products over all samples of the batch; see `batch_sums.py`."""

    def one_hot(self, name: str) -> ex.OneHot | None:
        """The expression of a one-hot vector that stands nowhere itself; None for every other quantity."""

    def softmax_parts(self, expr: ex.Softmax) -> tuple[str, str] | None:
        """Two cells that hold the largest element and the sum of a softmax, if the worksheet has them."""


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


def formula(expr: ex.Expr, index: int | Entry, places: Places, style: Style = Style.TEACHING) -> str:
    """The formula of one element of a quantity, without the equals sign.

    Args:
        expr: the quantity's expression.
        index: the element, from 0; for a matrix its entry.
        places: where the quantities it reads stand.
        style: which table to print from.

    Raises:
        NotSupportedError: the style has no row for an operation.
    """
    return Printer(places, TABLES[style], style).text(expr, index)[0]


def number(value: float) -> str:
    """A number as a formula writes it; exact to the last bit, whole numbers without a point, `E` in capitals."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value)).upper()


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
    """Prints expressions from one table of rules."""

    places: Places
    table: Mapping[type[ex.Expr], Rule]
    style: Style
    arrays: Mapping[type[ex.Expr], Rule] = field(default_factory=lambda: ARRAYS)

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
        if isinstance(expr, ex.Ref):
            return self.places.size(expr.name)
        return self.shape(expr)[-1]

    def shape(self, expr: ex.Expr) -> tuple[int, ...]:
        """The shape of an expression; matrices only count as far as products of vectors make them."""
        return shape_of(expr, lambda name: (self.places.size(name),))


def _ref(printer: Printer, expr: ex.Ref, index: int | Entry | None) -> tuple[str, str]:
    if index is None:
        if printer.places.is_across(expr.name):
            raise NotSupportedError("a vector along a row among vectors along columns is read element by element")
        return printer.places.vector(expr.name), "atom"
    if isinstance(index, Entry):
        return printer.places.entry(expr.name, index.row, index.column), "atom"
    size = printer.places.size(expr.name)
    return printer.places.element(expr.name, 0 if size == 1 else index), "atom"


def _slice(printer: Printer, expr: ex.Slice, index: int | None) -> tuple[str, str]:
    if isinstance(index, Entry):
        return printer.places.entry(expr.of.name, index.row, expr.start + index.column), "atom"
    if index is None and expr.row is not None:
        raise NotSupportedError("a row of a matrix inside another array operation needs its own quantity")
    if index is None:
        return printer.places.vector(expr.of.name, expr.start, expr.stop), "atom"
    offset = 0 if expr.stop - expr.start == 1 else index
    return printer.places.element(expr.of.name, expr.start + offset, expr.row), "atom"


def _const(printer: Printer, expr: ex.Const, index: int | None) -> tuple[str, str]:
    return number(expr.value), "neg" if expr.value < 0 else "atom"


def _dot(printer: Printer, expr: ex.Dot, index: int | None) -> tuple[str, str]:
    """One product for a vector of one element, else SUMPRODUCT of the vector and a column of the matrix.

    A one-hot vector times a matrix is a row of the matrix.
    """
    if index is None:
        raise NotSupportedError("a vector-matrix product inside another array operation needs its own quantity")
    matrix = expr.matrix if isinstance(expr.matrix, ex.Slice) else ex.Slice(expr.matrix, 0, 0)
    column = printer.places.column(matrix.of.name, matrix.start + index, matrix.row)
    if isinstance(expr.x, ex.Ref) and printer.places.size(expr.x.name) == 1:
        return f"{printer.places.element(expr.x.name, 0)}*{column}", "mul"
    row = one_hot_row(printer, expr.x, index)
    if row is not None:
        place, may_be_none = row
        return f"IF({place}=0,0,INDEX({column},{place}))" if may_be_none else f"INDEX({column},{place})", "atom"
    return f"SUMPRODUCT({printer.text(expr.x, None)[0]},{column})", "atom"


def one_hot_row(printer: Printer, x: ex.Expr, index: int | None) -> tuple[str, bool] | None:
    """Which row of a matrix a one-hot vector takes, if the vector stands nowhere, and whether it may be none (0)."""
    expr = printer.places.one_hot(x.name) if isinstance(x, ex.Ref) else None
    if expr is None:
        return None
    if isinstance(expr.index, ex.Sub) and expr.index.b == ex.Const(1.0):  # a place, counted from 1
        return f"{Operand(printer, expr.index.a, index)}", True
    return f"{Operand(printer, expr.index, index):add}+1", False


def _compare(printer: Printer, expr: ex.Binary, index: int | None) -> tuple[str, str]:
    """1 or 0; a comparison of a range becomes numbers by a double minus, since IF takes no ranges."""
    if index is not None:
        return f"IF({printer.test(expr, index)},1,0)", "atom"
    return f"--({printer.test(expr, None)})", "neg"


def _gather(printer: Printer, expr: ex.Gather, index: int | None) -> tuple[str, str]:
    if index is None:
        raise NotSupportedError("a row of a matrix inside another array operation needs its own quantity")
    code = Operand(printer, expr.index, 0)
    return f"INDEX({printer.places.column(expr.matrix.name, index)},{code:add}+1)", "atom"


def _one_hot(printer: Printer, expr: ex.OneHot, index: int | None) -> tuple[str, str]:
    if index is None:
        raise NotSupportedError("a one-hot code inside another array operation needs its own quantity")
    return f"IF({Operand(printer, expr.index, 0)}={index},1,0)", "atom"


def _one_hot_of_range(printer: Printer, expr: ex.OneHot, index: int | None) -> tuple[str, str]:
    """The same for many codes at once, each of them one element."""
    if index is None:
        raise NotSupportedError("a one-hot code inside another array operation needs its own quantity")
    return f"--({Operand(printer, expr.index, 0):add}={index})", "neg"


def _concat(printer: Printer, expr: ex.Concat, index: int | Entry | None) -> tuple[str, str]:
    if index is None:
        raise NotSupportedError("joined vectors inside another array operation need their own quantity")
    column = index.column if isinstance(index, Entry) else index
    for item in expr.items:
        size = printer.size(item)
        if column < size:
            return printer.text(item, Entry(index.row, column) if isinstance(index, Entry) else column)
        column -= size
    raise IndexError(f"the joined vectors have no element {index}")


def _stack(printer: Printer, expr: ex.Stack, index: Entry) -> tuple[str, str]:
    """The items' rows stand below each other."""
    rows = 1 if len(printer.shape(expr.items[0])) == 1 else printer.shape(expr.items[0])[0]
    item, row = divmod(index.row, rows)
    return printer.text(expr.items[item], Entry(row, index.column))


def _taken_out(printer: Printer, expr: ex.Expr) -> tuple[ex.Ref | None, ex.Expr]:
    """The one factor of a product that stands along a row, and the product without it."""
    match expr:
        case ex.Ref(name) if printer.places.is_across(name):
            return expr, ex.Const(1.0)
        case ex.Neg(x):
            lying, rest = _taken_out(printer, x)
            return lying, ex.Neg(rest)
        case ex.Mul(a, b):
            lying, rest = _taken_out(printer, a)
            if lying is not None:
                return lying, b if rest == ex.Const(1.0) else ex.Mul(rest, b)
            lying, rest = _taken_out(printer, b)
            return lying, a if rest == ex.Const(1.0) else ex.Mul(a, rest)
        case ex.Div(a, b):
            lying, rest = _taken_out(printer, a)
            return lying, ex.Div(rest, b)
    return None, expr


def _dot_transposed(printer: Printer, expr: ex.DotTransposed, index: int | None) -> tuple[str, str]:
    """A row of the matrix times a column of numbers; MMULT takes the one lying and the other standing."""
    if index is None:
        raise NotSupportedError("a product with a transposed matrix inside another array operation needs its own")
    size = printer.size(expr.x)
    matrix = expr.matrix if isinstance(expr.matrix, ex.Slice) else ex.Slice(expr.matrix, 0, size)
    row = printer.places.row(matrix.of.name, index, matrix.start, matrix.stop, matrix.row)
    if size == 1:
        return f"{Operand(printer, expr.x, 0):mul}*{row}", "mul"
    return f"SUMPRODUCT(MMULT({row},{printer.text(expr.x, None)[0]}))", "atom"


def _outer_sum(printer: Printer, expr: ex.OuterSum, index: Entry) -> tuple[str, str]:
    return printer.places.batch_sum(tuple(zip(expr.xs, expr.ds, strict=True)), index, printer.style), "add"


def _batch_sum(printer: Printer, expr: ex.BatchSum, index: int | Entry) -> tuple[str, str]:
    items = expr.x.items if isinstance(expr.x, ex.Total) else (expr.x,)
    entry = index if isinstance(index, Entry) else Entry(0, index)
    return printer.places.batch_sum(tuple((item,) for item in items), entry, printer.style), "add"


def _sum(printer: Printer, expr: ex.Sum, index: int | None) -> tuple[str, str]:
    """SUMPRODUCT, which takes arrays; one term after the other where an operation takes none.

    A weight stands along a row, and what a layer computes down a column; MMULT takes the one and the other.
    """
    lying, standing = _taken_out(printer, expr.x)
    try:
        if lying is None:
            return f"SUMPRODUCT({Operand(printer, expr.x, None):array})", "atom"
        row = printer.places.vector(lying.name)
        return f"SUMPRODUCT(MMULT({row},{Operand(printer, standing, None)}))", "atom"
    except NotSupportedError:
        return "+".join(f"{Operand(printer, expr.x, k):add}" for k in range(printer.size(expr.x))), "add"


def _total(printer: Printer, expr: ex.Total, index: int | None) -> tuple[str, str]:
    """SUM over neighbouring cells, SUMPRODUCT of many products, or one term after the other."""
    names = _names(expr)
    if index is not None and names:
        return f"SUM({printer.places.cells(names, index)})", "atom"
    pairs = _pairs(expr)
    if len(pairs) > MANY:
        if index is None:
            raise NotSupportedError("a long sum of products inside an array operation needs its own quantity")
        return printer.places.products(pairs, index), "add"
    return "+".join(f"{Operand(printer, item, index):add}" for item in expr.items), "add"


def _largest(printer: Printer, expr: ex.Largest | ex.FirstLargest, index: int | None) -> tuple[str, str]:
    if index is None:
        raise NotSupportedError("the largest of several vectors inside another array operation needs its own quantity")
    names = _names(expr)
    if names:
        return f"MAX({printer.places.cells(names, index)})", "atom"
    return f"MAX({','.join(f'{Operand(printer, item, index)}' for item in expr.items)})", "atom"


def _names(expr: ex.Nary) -> list[str]:
    """The names of the items if all are quantities, else none."""
    names = [item.name for item in expr.items if isinstance(item, ex.Ref)]
    return names if len(names) == len(expr.items) else []


def _pairs(expr: ex.Nary) -> list[tuple[str, str]]:
    """The names of both factors if all items are products of two quantities, else none."""
    products = [item for item in expr.items if isinstance(item, ex.Mul)]
    pairs = [
        (item.a.name, item.b.name) for item in products if isinstance(item.a, ex.Ref) and isinstance(item.b, ex.Ref)
    ]
    return pairs if len(pairs) == len(expr.items) else []


def _batch_mean(printer: Printer, expr: ex.BatchMean, index: int | None) -> tuple[str, str]:
    if not isinstance(expr.x, ex.Ref):
        raise NotSupportedError("the mean over all samples needs a quantity of its own to average")
    return f"AVERAGE({printer.places.samples(expr.x.name)})", "atom"


def _softmax_written_out(printer: Printer, expr: ex.Softmax, index: int | None) -> tuple[str, str]:
    """With the sum written term by term, as a textbook does, as long as it is short."""
    if not isinstance(expr.x, ex.Ref) or index is None or printer.places.size(expr.x.name) > _WRITTEN_OUT:
        return _softmax_stable(printer, expr, index)
    terms = [f"EXP({printer.places.element(expr.x.name, k)})" for k in range(printer.places.size(expr.x.name))]
    return f"{terms[index]}/({'+'.join(terms)})", "mul"


def _softmax_stable(printer: Printer, expr: ex.Softmax, index: int | None) -> tuple[str, str]:
    """Shifted by the largest element; a long one reads it and the sum from cells of their own."""
    parts = None if index is None else printer.places.softmax_parts(expr)
    if parts is None:
        return printer.fill(_STABLE_SOFTMAX, expr, index)
    largest, total = parts
    return f"EXP({Operand(printer, expr.x, index):add}-{largest})/{total}", "mul"


def _crossentropy_written_out(printer: Printer, expr: ex.CategoricalCrossentropy, index: int | None) -> tuple[str, str]:
    """With the sum written term by term, as a textbook does, as long as it is short."""
    y, p, places = expr.target, expr.p, printer.places
    if not isinstance(y, ex.Ref) or not isinstance(p, ex.Ref) or places.size(p.name) > _WRITTEN_OUT:
        return printer.fill(_STABLE_CROSSENTROPY, expr, index)
    terms = [f"{places.element(y.name, k)}*LN({places.element(p.name, k)})" for k in range(places.size(p.name))]
    return f"-({'+'.join(terms)})", "neg"


def _sparse_crossentropy(
    printer: Printer, expr: ex.SparseCategoricalCrossentropy, index: int | None
) -> tuple[str, str]:
    """The logarithm of the sum of all exponentials, less the logit of the right class."""
    log_sum = printer.text(ex.LogSumExp(expr.logit), 0)[0]
    return f"{log_sum}-{_of_class(printer, expr.logit, expr.target)}", "add"


def _sparse_written_out(printer: Printer, expr: ex.SparseCategoricalCrossentropy, index: int | None) -> tuple[str, str]:
    """As a textbook writes it, if the probabilities stand somewhere."""
    if not isinstance(expr.p, ex.Ref):
        return _sparse_crossentropy(printer, expr, index)
    return f"-LN({_of_class(printer, expr.p, expr.target)})", "neg"


def _of_class(printer: Printer, vector: ex.Expr, code: ex.Expr) -> str:
    """The element of a vector whose number, from 0, is a code."""
    number_of_class = f"{Operand(printer, code, 0):add}+1"
    if isinstance(vector, ex.Ref) and printer.places.size(vector.name) > 1:
        return f"INDEX({printer.places.vector(vector.name)},{number_of_class})"
    each = ",".join(f"{Operand(printer, vector, k)}" for k in range(printer.size(vector)))
    return f"CHOOSE({number_of_class},{each})"


def _binary_written_out(printer: Printer, expr: ex.BinaryCrossentropy, index: int | None) -> tuple[str, str]:
    """As a textbook writes it, if the probability stands somewhere; else from the logit, which never overflows."""
    row = _BINARY_OF_P if isinstance(expr.p, ex.Ref) else _BINARY_OF_LOGIT
    return printer.fill(row, expr, index)


_BINARY_OF_P = Row("-({target:mul}*LN({p})+(1-{target:mul})*LN(1-{p:mul}))", "neg")
_BINARY_OF_LOGIT = Row("MAX({logit},0)-{logit:mul}*{target:mul}+LN(1+EXP(-ABS({logit})))", "add", single=True)
_WRITTEN_OUT = 8
# Inside SUMPRODUCT a function is never given a bare range: some engines would take one cell of it.
_STABLE_SOFTMAX = Row("EXP({x:add}-MAX({x:array}))/SUMPRODUCT(EXP({x:array}-MAX({x:array})))", "mul")
_STABLE_CROSSENTROPY = Row(
    "-SUMPRODUCT({target:array},{logit:array}-MAX({logit:array})"
    "-LN(SUMPRODUCT(EXP({logit:array}-MAX({logit:array})))))",
    "neg",
)

_COMPARISONS: dict[type[ex.Expr], str] = {ex.Greater: ">", ex.NotEqual: "<>"}
# CHIDIST(x²,1) is the probability of both tails; ERF and NORMSDIST are off by 1e-11 in some engines.
_BOTH_TAILS = "CHIDIST(MIN(ABS({x}),40)^2,1)"

_TEACHING: dict[type[ex.Expr], Rule] = {
    ex.Ref: _ref,
    ex.Slice: _slice,
    ex.Const: _const,
    ex.Dot: _dot,
    ex.BatchMean: _batch_mean,
    ex.Neg: Row("-{x:neg}", "neg"),
    ex.Add: Row("{a:add}+{b:add}", "add"),
    ex.Sub: Row("{a:add}-{b:mul}", "add"),
    ex.Mul: Row("{a:mul}*{b:mul}", "mul"),
    ex.Div: Row("{a:mul}/{b:neg}", "mul"),
    ex.Power: Row("{a:atom}^{b:atom}", "mul"),
    ex.Exp: Row("EXP({x})"),
    ex.Log: Row("LN({x})"),
    ex.Abs: Row("ABS({x})"),
    ex.Sign: Row("SIGN({x})"),
    ex.Sqrt: Row("SQRT({x})"),
    ex.Expm1: Row("EXP({x})-1", "add"),
    ex.Relu: Row("MAX({x},0)", single=True),
    ex.Softplus: Row("LN(1+EXP({x}))"),
    ex.NormalCdf: Row(f"IF({{x}}<0,{_BOTH_TAILS}/2,1-{_BOTH_TAILS}/2)", single=True),
    ex.Maximum: Row("MAX({a},{b})", single=True),
    ex.Minimum: Row("MIN({a},{b})", single=True),
    ex.Greater: _compare,
    ex.NotEqual: _compare,
    ex.Where: Row("IF({test:test},{a},{b})", single=True),
    ex.Gather: _gather,
    ex.OneHot: _one_hot,
    ex.Concat: _concat,
    ex.Total: _total,
    ex.Largest: _largest,
    ex.FirstLargest: _largest,
    ex.Tanh: Row("TANH({x})"),
    ex.Sigmoid: Row("1/(1+EXP(-{x:neg}))", "mul"),
    ex.Softmax: _softmax_written_out,
    ex.LogSumExp: Row("MAX({x:array})+LN(SUMPRODUCT(EXP({x:array}-MAX({x:array}))))", "add"),
    ex.Sum: _sum,
    ex.BinaryCrossentropy: _binary_written_out,
    ex.CategoricalCrossentropy: _crossentropy_written_out,
    ex.SparseCategoricalCrossentropy: _sparse_written_out,
    ex.DotTransposed: _dot_transposed,
    ex.OuterSum: _outer_sum,
    ex.BatchSum: _batch_sum,
    ex.Stack: _stack,
}

_BOOK: dict[type[ex.Expr], Rule] = {
    ex.Tanh: Row("(EXP({x})-EXP(-{x:neg}))/(EXP({x})+EXP(-{x:neg}))", "mul"),
}

_ROBUST: dict[type[ex.Expr], Rule] = {
    ex.Sigmoid: Row("IF({x}>=0,1/(1+EXP(-ABS({x}))),EXP(-ABS({x}))/(1+EXP(-ABS({x}))))", single=True),
    # Below −80 it is −1 to the last bit, and further down SINH would overflow.
    ex.Expm1: Row("2*EXP(MAX({x},-80)/2)*SINH(MAX({x},-80)/2)", "mul", single=True),
    ex.Softplus: Row("MAX({x},0)+2*ATANH(EXP(-ABS({x}))/(2+EXP(-ABS({x}))))", "add", single=True),
    ex.Softmax: _softmax_stable,
    ex.BinaryCrossentropy: _BINARY_OF_LOGIT,
    ex.CategoricalCrossentropy: _STABLE_CROSSENTROPY,
    ex.SparseCategoricalCrossentropy: _sparse_crossentropy,
}

# Where a range stands for many numbers at once, inside SUMPRODUCT: what IF, MAX and MIN say, in products.
ARRAYS: dict[type[ex.Expr], Rule] = {
    ex.Relu: Row("({x}>0)*{x:mul}", "mul"),
    ex.Maximum: Row("({a}>{b})*{a:mul}+({a}<={b})*{b:mul}", "add"),
    ex.Minimum: Row("({a}<{b})*{a:mul}+({a}>={b})*{b:mul}", "add"),
    ex.Where: Row("({test}<>0)*{a:mul}+({test}=0)*{b:mul}", "add"),
    ex.Greater: Row("--({a}>{b})", "neg"),
    ex.NotEqual: Row("--({a}<>{b})", "neg"),
    ex.Sign: Row("SIGN({x:add}-0)"),  # some engines know no SIGN of a bare range
    ex.OneHot: _one_hot_of_range,
    ex.Expm1: Row("EXP({x})-1", "add"),
    ex.Sigmoid: Row("(1+TANH({x:mul}/2))/2", "mul"),
    ex.Softplus: Row("({x}>0)*{x:mul}+2*ATANH(EXP(-ABS({x}))/(2+EXP(-ABS({x}))))", "add"),
}

TABLES: dict[Style, Mapping[type[ex.Expr], Rule]] = {
    Style.TEACHING: _TEACHING,
    Style.BOOK: _TEACHING | _BOOK,
    Style.ROBUST: _TEACHING | _ROBUST,
    Style.COMPACT: _TEACHING | _ROBUST,
}
