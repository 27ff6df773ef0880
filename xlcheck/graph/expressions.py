"""The closed set of array expressions from which every quantity is made.

An expression knows neither Keras nor Excel. What it means is written once for each target:
its shape in `shapes.py`, its value in `evaluate.py`, its formula in `xlcheck.formulas.printing`.

Every quantity that belongs to one sample is a vector of shape `(n,)`; weights are vectors or
matrices, shown as Keras stores them (features × units). Binary operations work element by
element, and a vector of one element is broadcast.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcheck.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Expr:
    """Base of all expressions; `+`, `-`, `*`, `/` and unary `-` build the matching nodes."""

    def __add__(self, other: Expr | float) -> Expr:
        return Add(self, lift(other))

    def __radd__(self, other: float) -> Expr:
        return Add(lift(other), self)

    def __sub__(self, other: Expr | float) -> Expr:
        return Sub(self, lift(other))

    def __rsub__(self, other: float) -> Expr:
        return Sub(lift(other), self)

    def __mul__(self, other: Expr | float) -> Expr:
        return Mul(self, lift(other))

    def __rmul__(self, other: float) -> Expr:
        return Mul(lift(other), self)

    def __truediv__(self, other: Expr | float) -> Expr:
        return Div(self, lift(other))

    def __rtruediv__(self, other: float) -> Expr:
        return Div(lift(other), self)

    def __neg__(self) -> Expr:
        return Neg(self)


def lift(value: Expr | float) -> Expr:
    """Turn a Python number into a `Const`; leave an expression as it is."""
    return value if isinstance(value, Expr) else Const(float(value))


@dataclass(frozen=True, slots=True)
class Ref(Expr):
    """The value of another quantity, by its full name (`lstm.h[0]`, `lstm.kernel`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Const(Expr):
    """A number that is part of an equation."""

    value: float


@dataclass(frozen=True, slots=True)
class Slice(Expr):
    """Elements `start:stop` along the last axis of a quantity: one gate's columns of a kernel.

    With `row`, of that entry of the first axis only: one row of a matrix, one matrix of several.
    """

    of: Ref
    start: int
    stop: int
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Unary(Expr):
    """Base of the operations on one array."""

    x: Expr


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    """Base of the element-by-element operations on two arrays."""

    a: Expr
    b: Expr


class Neg(Unary):
    """-x."""


class Exp(Unary):
    """e to the power x."""


class Log(Unary):
    """The natural logarithm of x."""


class Tanh(Unary):
    """The hyperbolic tangent of x."""


class Sigmoid(Unary):
    """1 / (1 + e^-x)."""


class Abs(Unary):
    """|x|."""


class Sign(Unary):
    """1, 0 or -1; also of numbers that some spreadsheet programs cannot tell from 0 by comparing."""


class Sqrt(Unary):
    """The square root of x."""


class Expm1(Unary):
    """e^x - 1, for x ≤ 0."""


class Relu(Unary):
    """max(x, 0); its slope at 0 is 0."""


class Softplus(Unary):
    """ln(1 + e^x)."""


class NormalCdf(Unary):
    """Φ(x), the probability that a standard normal variable is below x."""


class Softmax(Unary):
    """e^x_j / Σ_k e^x_k over the elements of one vector."""


class LogSumExp(Unary):
    """ln Σ_k e^x_k over the elements of one vector, as a vector of one element."""


class Sum(Unary):
    """The sum of a vector's elements, as a vector of one element."""


class BatchMean(Unary):
    """The mean over all samples; the same value for each sample."""


class Add(Binary):
    """a + b."""


class Sub(Binary):
    """a - b."""


class Mul(Binary):
    """a * b."""


class Div(Binary):
    """a / b."""


class Power(Binary):
    """a to the power b, for a > 0."""


class Maximum(Binary):
    """The larger of a and b."""


class Minimum(Binary):
    """The smaller of a and b."""


class Greater(Binary):
    """1 where a > b, else 0."""


class NotEqual(Binary):
    """1 where a ≠ b, else 0."""


@dataclass(frozen=True, slots=True)
class Where(Expr):
    """a where the test is not 0, else b."""

    test: Expr
    a: Expr
    b: Expr


@dataclass(frozen=True, slots=True)
class Dot(Expr):
    """A vector times a matrix: `(m,)` · `(m, n)` → `(n,)`."""

    x: Expr
    matrix: Ref | Slice


@dataclass(frozen=True, slots=True)
class Gather(Expr):
    """The row of a matrix whose number, counted from 0, is the one element of `index`."""

    matrix: Ref
    index: Expr


@dataclass(frozen=True, slots=True)
class OneHot(Expr):
    """`depth` elements: 1 at the place whose number is the one element of `index`, else 0."""

    index: Expr
    depth: int


@dataclass(frozen=True, slots=True)
class Nary(Expr):
    """Base of the operations on any number of vectors."""

    items: tuple[Expr, ...]


class Concat(Nary):
    """The elements of all items, one after the other."""


class Total(Nary):
    """The sum of all items, element by element."""


class Largest(Nary):
    """The largest of all items, element by element; several that are equally large share what flows back."""


class FirstLargest(Nary):
    """The same, where the first of several that are equally large receives all that flows back."""


@dataclass(frozen=True, slots=True)
class Crossentropy(Expr):
    """Base of the losses of probabilities p, given the input `logit` of the sigmoid or softmax that gave them.

    Keras's TensorFlow backend recovers it and computes, for a sigmoid, max(z,0) - z·y + ln(1 + e^-|z|), which is the
    same number without overflow; so it is the logit from which value and gradient are taken.
    """

    target: Expr
    p: Expr
    logit: Expr


class BinaryCrossentropy(Crossentropy):
    """-(y ln p + (1-y) ln(1-p)), one value for each output unit."""


class CategoricalCrossentropy(Crossentropy):
    """-Σ_j y_j ln p_j, a vector of one element."""


class SparseCategoricalCrossentropy(Crossentropy):
    """-ln p_y, where the one element of `target` is the number y of a class, from 0."""


@dataclass(frozen=True, slots=True)
class DotTransposed(Expr):
    """A vector times a transposed matrix: `(n,)` · `(m, n)`ᵀ → `(m,)`."""

    x: Expr
    matrix: Ref | Slice


@dataclass(frozen=True, slots=True)
class OuterSum(Expr):
    """Σ over samples and pairs of x_i · d_j, an `(m, n)` matrix: how a kernel changes the loss."""

    xs: tuple[Expr, ...]
    ds: tuple[Expr, ...]


class BatchSum(Unary):
    """The sum over all samples: one value for all of them."""


class Stack(Nary):
    """The items, one below the other: vectors become the rows of a matrix."""


def operands(expr: Expr) -> tuple[Expr, ...]:
    """The direct sub-expressions of an expression, in the order of its fields."""
    if isinstance(expr, Binary):
        return expr.a, expr.b
    if isinstance(expr, Unary):
        return (expr.x,)
    found: list[Expr] = []
    for name in expr.__dataclass_fields__:
        value = getattr(expr, name)
        found.extend(item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, Expr))
    return tuple(found)


def walk(expr: Expr) -> Iterator[Expr]:
    """An expression and all below it, from left to right."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(operands(node)))


def reads_batch(expr: Expr) -> bool:
    """Whether an expression reads the values of all samples."""
    return any(isinstance(node, BatchMean | OuterSum | BatchSum) for node in walk(expr))


def refs(expr: Expr) -> tuple[str, ...]:
    """Names of all quantities an expression reads, each once, in order of first use."""
    return tuple(dict.fromkeys(node.name for node in walk(expr) if isinstance(node, Ref)))
