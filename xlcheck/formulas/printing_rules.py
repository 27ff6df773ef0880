"""Rules that no template can say: functions that print one operation, and how tightly their text binds."""

from __future__ import annotations

from contextlib import suppress

from xlcheck.errors import NotSupportedError
from xlcheck.formulas.printer import MANY, Entry, Operand, Printer, Row
from xlcheck.formulas.scanner import number_text
from xlcheck.graph import expressions as ex


def print_ref(printer: Printer, expr: ex.Ref, index: int | Entry | None) -> tuple[str, str]:
    """A quantity: the cell of one of its elements, or its range."""
    if index is None:
        return _standing(printer, expr), "atom"
    if isinstance(index, Entry):
        return printer.places.entry(expr.name, index.row, index.column), "atom"
    size = printer.places.shape(expr.name)[-1]
    return printer.places.element(expr.name, 0 if size == 1 else index), "atom"


def print_slice(printer: Printer, expr: ex.Slice, index: int | None) -> tuple[str, str]:
    """Neighbouring elements of a quantity, or of a row of a matrix."""
    if isinstance(index, Entry):
        return printer.places.entry(expr.of.name, index.row, expr.start + index.column), "atom"
    if index is None and expr.row is not None:
        raise NotSupportedError("a row of a matrix inside another array operation needs its own quantity")
    if index is None:
        return _standing(printer, expr), "atom"
    offset = 0 if expr.stop - expr.start == 1 else index
    return printer.places.element(expr.of.name, expr.start + offset, expr.row), "atom"


def _standing(printer: Printer, expr: ex.Ref | ex.Slice) -> str:
    """The range of a vector that stands along a column, as all others in an array operation do."""
    if _is_lying(printer, expr):
        raise NotSupportedError("a vector along a row among vectors along columns is read element by element")
    return _range(printer, expr)


def _is_lying(printer: Printer, expr: ex.Expr) -> bool:
    """Whether it is a vector of several elements, or a part of one, that stands along a row."""
    if isinstance(expr, ex.Slice):
        return expr.row is None and expr.stop - expr.start > 1 and printer.places.is_across(expr.of.name)
    return isinstance(expr, ex.Ref) and printer.places.is_across(expr.name)


def _range(printer: Printer, expr: ex.Ref | ex.Slice) -> str:
    if isinstance(expr, ex.Ref):
        return printer.places.vector(expr.name)
    return printer.places.vector(expr.of.name, expr.start, expr.stop)


def print_const(printer: Printer, expr: ex.Const, index: int | None) -> tuple[str, str]:
    """A number."""
    return number_text(expr.value), "neg" if expr.value < 0 else "atom"


def print_dot(printer: Printer, expr: ex.Dot, index: int | None) -> tuple[str, str]:
    """One product for a vector of one element, else SUMPRODUCT of the vector and a column of the matrix.

    A one-hot vector times a matrix is a row of the matrix.
    """
    if index is None:
        raise NotSupportedError("a vector-matrix product inside another array operation needs its own quantity")
    matrix = expr.matrix if isinstance(expr.matrix, ex.Slice) else ex.Slice(expr.matrix, 0, 0)
    column = printer.places.column(matrix.of.name, matrix.start + index, matrix.row)
    one = isinstance(expr.x, ex.Slice) and expr.x.stop - expr.x.start == 1
    if one or (isinstance(expr.x, ex.Ref) and printer.places.shape(expr.x.name)[-1] == 1):
        return f"{printer.text(expr.x, 0)[0]}*{column}", "mul"
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


def print_compare(printer: Printer, expr: ex.Binary, index: int | None) -> tuple[str, str]:
    """1 or 0; a comparison of a range becomes numbers by a double minus, since IF takes no ranges."""
    if index is not None:
        return f"IF({printer.test(expr, index)},1,0)", "atom"
    return f"--({printer.test(expr, None)})", "neg"


def print_sub(printer: Printer, expr: ex.Sub, index: int | Entry | None) -> tuple[str, str]:
    """A difference; 1 less whether two numbers differ is whether they are equal."""
    if index is not None and expr.a == ex.Const(1.0) and isinstance(expr.b, ex.NotEqual | ex.Greater):
        sign = "=" if isinstance(expr.b, ex.NotEqual) else "<="
        return f"IF({Operand(printer, expr.b.a, index)}{sign}{Operand(printer, expr.b.b, index)},1,0)", "atom"
    return f"{Operand(printer, expr.a, index):add}-{Operand(printer, expr.b, index):mul}", "add"


def print_gather(printer: Printer, expr: ex.Gather, index: int | None) -> tuple[str, str]:
    """The row of a matrix whose number, from 0, is a code."""
    if index is None:
        raise NotSupportedError("a row of a matrix inside another array operation needs its own quantity")
    column = printer.places.column(expr.matrix.name, index)
    if ":" not in column:  # the only row, which the only code stands for: not every engine has an INDEX of one cell
        return column, "atom"
    return f"INDEX({column},{Operand(printer, expr.index, 0):add}+1)", "atom"


def print_one_hot(printer: Printer, expr: ex.OneHot, index: int | None) -> tuple[str, str]:
    """1 in the place that a code says, else 0."""
    if index is None:
        raise NotSupportedError("a one-hot code inside another array operation needs its own quantity")
    return f"IF({Operand(printer, expr.index, 0)}={index},1,0)", "atom"


def print_one_hot_of_range(printer: Printer, expr: ex.OneHot, index: int | None) -> tuple[str, str]:
    """The same for many codes at once, each of them one element."""
    if index is None:
        raise NotSupportedError("a one-hot code inside another array operation needs its own quantity")
    return f"--({Operand(printer, expr.index, 0):add}={index})", "neg"


def print_concat(printer: Printer, expr: ex.Concat, index: int | Entry | None) -> tuple[str, str]:
    """Vectors one after the other."""
    if index is None:
        raise NotSupportedError("joined vectors inside another array operation need their own quantity")
    column = index.column if isinstance(index, Entry) else index
    for item in expr.items:
        size = printer.size(item)
        if column < size:
            return printer.text(item, Entry(index.row, column) if isinstance(index, Entry) else column)
        column -= size
    raise IndexError(f"the joined vectors have no element {index}")


def print_stack(printer: Printer, expr: ex.Stack, index: Entry) -> tuple[str, str]:
    """The items' rows stand below each other."""
    rows = 1 if len(printer.shape(expr.items[0])) == 1 else printer.shape(expr.items[0])[0]
    item, row = divmod(index.row, rows)
    return printer.text(expr.items[item], Entry(row, index.column))


def _taken_out(printer: Printer, expr: ex.Expr) -> tuple[ex.Ref | ex.Slice | None, ex.Expr]:
    """The one factor of a product that stands along a row, and the product without it."""
    match expr:
        case ex.Ref() | ex.Slice() if _is_lying(printer, expr):
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


def print_dot_transposed(printer: Printer, expr: ex.DotTransposed, index: int | None) -> tuple[str, str]:
    """A row of the matrix times a column of numbers; MMULT takes the one lying and the other standing."""
    if index is None:
        raise NotSupportedError("a product with a transposed matrix inside another array operation needs its own")
    size = printer.size(expr.x)
    matrix = expr.matrix if isinstance(expr.matrix, ex.Slice) else ex.Slice(expr.matrix, 0, size)
    row = printer.places.row(matrix.of.name, index, matrix.start, matrix.stop, matrix.row)
    if size == 1:
        return f"{Operand(printer, expr.x, 0):mul}*{row}", "mul"
    return f"SUMPRODUCT(MMULT({row},{printer.text(expr.x, None)[0]}))", "atom"


def print_outer_sum(printer: Printer, expr: ex.OuterSum, index: Entry) -> tuple[str, str]:
    """The sum of outer products of vectors over all samples."""
    return printer.places.batch_sum(tuple(zip(expr.xs, expr.ds, strict=True)), index, printer.style), "add"


def print_batch_sum(printer: Printer, expr: ex.BatchSum, index: int | Entry) -> tuple[str, str]:
    """A sum over all samples."""
    items = expr.x.items if isinstance(expr.x, ex.Total) else (expr.x,)
    entry = index if isinstance(index, Entry) else Entry(0, index)
    return printer.places.batch_sum(tuple((item,) for item in items), entry, printer.style), "add"


_FUNCTIONS = (ex.Abs, ex.Sign, ex.Tanh, ex.Exp, ex.Log, ex.Sqrt, ex.Sigmoid)


def print_sum(printer: Printer, expr: ex.Sum, index: int | None) -> tuple[str, str]:
    """SUMPRODUCT, which takes arrays; one term after the other where an operation takes none.

    So does a short sum of what functions give: not every program applies TANH or ABS to each cell inside SUMPRODUCT.
    A weight stands along a row, and what a layer computes down a column; MMULT takes the one and the other.
    """
    size = printer.size(expr.x)
    if size > _WRITTEN_OUT or not any(isinstance(part, _FUNCTIONS) for part in ex.walk(expr.x)):
        with suppress(NotSupportedError):
            lying, standing = _taken_out(printer, expr.x)
            if lying is None:
                return f"SUMPRODUCT({Operand(printer, expr.x, None):array})", "atom"
            row = _range(printer, lying)
            return f"SUMPRODUCT(MMULT({row},{Operand(printer, standing, None)}))", "atom"
    return "+".join(f"{Operand(printer, expr.x, k):add}" for k in range(size)), "add"


def print_total(printer: Printer, expr: ex.Total, index: int | None) -> tuple[str, str]:
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


def print_largest(printer: Printer, expr: ex.Largest | ex.FirstLargest, index: int | None) -> tuple[str, str]:
    """The largest of several vectors, element by element."""
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


def print_batch_mean(printer: Printer, expr: ex.BatchMean, index: int | None) -> tuple[str, str]:
    """The mean over all samples."""
    if not isinstance(expr.x, ex.Ref):
        raise NotSupportedError("the mean over all samples needs a quantity of its own to average")
    return f"AVERAGE({printer.places.samples(expr.x.name)})", "atom"


def print_softmax_written_out(printer: Printer, expr: ex.Softmax, index: int | None) -> tuple[str, str]:
    """With the sum written term by term, as a textbook does, as long as it is short."""
    return _share(printer, expr, index) or print_softmax_stable(printer, expr, index)


def print_softmax_stable(printer: Printer, expr: ex.Softmax, index: int | None) -> tuple[str, str]:
    """Shifted by the largest element; a long one reads it and the sum from cells of their own.

    A short one has its sum written term by term: not every program applies EXP to each cell inside SUMPRODUCT.
    """
    parts = None if index is None else printer.places.softmax_parts(expr)
    if parts is None:
        shifted = f"-MAX({printer.places.vector(expr.x.name)})" if isinstance(expr.x, ex.Ref) else ""
        return _share(printer, expr, index, shifted) or printer.fill(_STABLE_SOFTMAX, expr, index)
    largest, total = parts
    return f"EXP({Operand(printer, expr.x, index):add}-{largest})/{total}", "mul"


def print_log_sum_exp(printer: Printer, expr: ex.LogSumExp, index: int | None) -> tuple[str, str]:
    """The logarithm of a sum of exponentials, shifted by the largest element; a short sum is written term by term."""
    if not isinstance(expr.x, ex.Ref) or printer.places.shape(expr.x.name)[-1] > _WRITTEN_OUT:
        return printer.fill(_LOG_SUM_EXP, expr, index)
    places, name = printer.places, expr.x.name
    largest = f"MAX({places.vector(name)})"
    terms = (f"EXP({places.element(name, k)}-{largest})" for k in range(places.shape(name)[-1]))
    return f"{largest}+LN({'+'.join(terms)})", "add"


def _share(printer: Printer, expr: ex.Softmax, index: int | None, shifted: str = "") -> tuple[str, str] | None:
    """One exponential of their sum, term by term, unless there are too many, or they stand nowhere."""
    if not isinstance(expr.x, ex.Ref) or index is None or printer.places.shape(expr.x.name)[-1] > _WRITTEN_OUT:
        return None
    places = printer.places
    terms = [f"EXP({places.element(expr.x.name, k)}{shifted})" for k in range(places.shape(expr.x.name)[-1])]
    return f"{terms[index]}/({'+'.join(terms)})", "mul"


def print_crossentropy_written_out(
    printer: Printer, expr: ex.CategoricalCrossentropy, index: int | None
) -> tuple[str, str]:
    """With the sum written term by term, as a textbook does, as long as it is short."""
    y, p, places = expr.target, expr.p, printer.places
    if not isinstance(y, ex.Ref) or not isinstance(p, ex.Ref) or places.shape(p.name)[-1] > _WRITTEN_OUT:
        return printer.fill(STABLE_CROSSENTROPY, expr, index)
    terms = [f"{places.element(y.name, k)}*LN({places.element(p.name, k)})" for k in range(places.shape(p.name)[-1])]
    return f"-({'+'.join(terms)})", "neg"


def print_sparse_crossentropy(
    printer: Printer, expr: ex.SparseCategoricalCrossentropy, index: int | None
) -> tuple[str, str]:
    """The logarithm of the sum of all exponentials, less the logit of the right class."""
    log_sum = printer.text(ex.LogSumExp(expr.logit), 0)[0]
    return f"{log_sum}-{_of_class(printer, expr.logit, expr.target)}", "add"


def print_sparse_written_out(
    printer: Printer, expr: ex.SparseCategoricalCrossentropy, index: int | None
) -> tuple[str, str]:
    """As a textbook writes it, if the probabilities stand somewhere."""
    if not isinstance(expr.p, ex.Ref):
        return print_sparse_crossentropy(printer, expr, index)
    return f"-LN({_of_class(printer, expr.p, expr.target)})", "neg"


def _of_class(printer: Printer, vector: ex.Expr, code: ex.Expr) -> str:
    """The element of a vector whose number, from 0, is a code."""
    number_of_class = f"{Operand(printer, code, 0):add}+1"
    if isinstance(vector, ex.Ref) and printer.places.shape(vector.name)[-1] > 1:
        return f"INDEX({printer.places.vector(vector.name)},{number_of_class})"
    each = ",".join(f"{Operand(printer, vector, k)}" for k in range(printer.size(vector)))
    return f"CHOOSE({number_of_class},{each})"


def print_binary_written_out(printer: Printer, expr: ex.BinaryCrossentropy, index: int | None) -> tuple[str, str]:
    """As a textbook writes it, if the probability stands somewhere; else from the logit, which never overflows."""
    row = _BINARY_OF_P if isinstance(expr.p, ex.Ref) else BINARY_OF_LOGIT
    return printer.fill(row, expr, index)


_BINARY_OF_P = Row("-({target:mul}*LN({p})+(1-{target:mul})*LN(1-{p:mul}))", "neg")
BINARY_OF_LOGIT = Row("MAX({logit},0)-{logit:mul}*{target:mul}+LN(1+EXP(-ABS({logit})))", "add", single=True)
_WRITTEN_OUT = 8
# Inside SUMPRODUCT a function is never given a bare range: some engines would take one cell of it.
_LOG_SUM_EXP = Row("MAX({x:array})+LN(SUMPRODUCT(EXP({x:array}-MAX({x:array}))))", "add")
_STABLE_SOFTMAX = Row("EXP({x:add}-MAX({x:array}))/SUMPRODUCT(EXP({x:array}-MAX({x:array})))", "mul")
STABLE_CROSSENTROPY = Row(
    "-SUMPRODUCT({target:array},{logit:array}-MAX({logit:array})"
    "-LN(SUMPRODUCT(EXP({logit:array}-MAX({logit:array})))))",
    "neg",
)
