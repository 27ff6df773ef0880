"""Excel's array functions over terms: one row for each function that learners' formulas use.

An argument is a scalar or a two-dimensional array of scalars; a scalar is a number, a term, a text,
a logical value, or None for an empty cell. What is missing here makes the cell opaque, never wrong:
values come from the formula engines, this table only finds out what a formula *means*.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.formulas.algebra import COMPARISONS, Algebra, Expression, Function, Term

Scalar = Expression | str | bool | None
Array = NDArray[np.object_]
Argument = Scalar | Array
NumberOf = Callable[[Scalar], float]


class OpaqueError(Exception):
    """The meaning of a formula could not be found out; the message says at what it failed."""


class Functions:
    """The table, bound to one algebra.

    Args:
        algebra: makes the terms.
        number_of: what a scalar is as a number in the saved workbook, for indexes and look-ups.
    """

    def __init__(self, algebra: Algebra, number_of: NumberOf) -> None:
        self._algebra = algebra
        self._number_of = number_of
        self._table: dict[str, Callable[..., Any]] = {
            "SUM": lambda *a: algebra.sum(_numbers(a)),
            "SUMPRODUCT": self._sumproduct,
            "MMULT": self._mmult,
            "PRODUCT": lambda *a: self._product(list(_numbers(a))),
            "SUMSQ": lambda *a: algebra.sum(algebra.multiply(x, x) for x in _numbers(a)),
            "SUMXMY2": self._squared_distance,
            "AVERAGE": lambda *a: self._average(list(_numbers(a))),
            "COUNT": lambda *a: float(len(list(_numbers(a)))),
            "MAX": lambda *a: self._extreme("MAX", a),
            "MIN": lambda *a: self._extreme("MIN", a),
            "TRANSPOSE": lambda a: two_dimensional(a).T,
            "POWER": lambda a, b: elementwise(lambda x, y: algebra.power(number(x), number(y)), a, b),
            "PI": lambda: math.pi,
            "N": lambda a: elementwise(number, a),
            "INDEX": self._index,
            "MATCH": self._match,
            "XMATCH": lambda value, area, *rest: self._match(value, area, 0.0),
            "VLOOKUP": lambda v, area, column, *rest: self._lookup(
                v, two_dimensional(area)[:, 0], two_dimensional(area), column
            ),
            "HLOOKUP": lambda v, area, row, *rest: self._lookup(
                v, two_dimensional(area)[0], two_dimensional(area).T, row
            ),
            "XLOOKUP": self._xlookup,
            "ROWS": lambda a: float(two_dimensional(a).shape[0]),
            "COLUMNS": lambda a: float(two_dimensional(a).shape[1]),
            "SEQUENCE": self._sequence,
            "HSTACK": lambda *a: _stack(a, 1),
            "VSTACK": lambda *a: _stack(a, 0),
            "TAKE": lambda a, *n: self._part(two_dimensional(a), n, take=True),
            "DROP": lambda a, *n: self._part(two_dimensional(a), n, take=False),
            "CHOOSEROWS": lambda a, *n: two_dimensional(a)[[self._position(i) for i in _flat(n)]],
            "CHOOSECOLS": lambda a, *n: two_dimensional(a)[:, [self._position(i) for i in _flat(n)]],
            "TOCOL": lambda a, *rest: two_dimensional(a).reshape(-1, 1),
            "TOROW": lambda a, *rest: two_dimensional(a).reshape(1, -1),
            "CHOOSE": lambda i, *a: a[self._position(i)],
            "MOD": lambda a, b: elementwise(lambda x, y: self._number_of(x) % self._number_of(y), a, b),
            "AND": lambda *a: all(self._number_of(x) for x in _flat(a)),
            "OR": lambda *a: any(self._number_of(x) for x in _flat(a)),
            "NOT": lambda a: not self._number_of(a),
        }
        for name in ("EXP", "TANH", "LN", "SQRT", "ABS", "SIGN", "INT", "SINH", "COSH"):
            self._table[name] = self._unary(name)
        for name, of_sample in (("VAR.P", 0), ("VARP", 0), ("VAR.S", 1), ("VAR", 1)):
            self._table[name] = partial(self._variance, of_sample)
        for name, of_sample in (("STDEV.P", 0), ("STDEVP", 0), ("STDEV.S", 1), ("STDEV", 1)):
            self._table[name] = partial(self._deviation, of_sample)
        for name, how in (("ROUND", 0.5), ("ROUNDUP", 1 - 1e-9), ("ROUNDDOWN", 0.0)):
            self._table[name] = partial(self._rounded, how)

    @property
    def names(self) -> frozenset[str]:
        """Those in the table."""
        return frozenset(self._table)

    def call(self, name: str, arguments: Sequence[Argument]) -> Argument:
        """Apply a function.

        Raises:
            OpaqueError: it is not in the table, or the arguments do not fit.
        """
        function = self._table.get(name)
        if function is None:
            raise OpaqueError(f"{name} is not known here")
        try:
            return function(*arguments)  # type: ignore[no-any-return]
        except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
            raise OpaqueError(f"{name}: {error}") from error

    def _unary(self, name: str) -> Callable[[Argument], Argument]:
        return lambda a: elementwise(lambda x: self._algebra.function(name, number(x)), a)

    def _rounded(self, how: float, values: Argument, digits: Argument) -> Argument:
        """Numbers are rounded. The meaning of a rounded term is the term; that it is rounded shows in the numbers."""
        factor = 10.0 ** int(self._number_of(_scalar(digits)))

        def one(value: Scalar) -> Scalar:
            x = number(value)
            if isinstance(x, Term) or not math.isfinite(x):
                return x
            return math.copysign(math.floor(abs(x) * factor + how) / factor, x)

        return elementwise(one, values)

    def _sumproduct(self, *arrays: Argument) -> Expression:
        columns = [two_dimensional(a).reshape(-1) for a in arrays]
        if len({column.size for column in columns}) != 1:
            raise OpaqueError("SUMPRODUCT: the ranges have different sizes")
        return self._algebra.sum(self._product([_counted(x) for x in row]) for row in zip(*columns, strict=True))

    def _squared_distance(self, one: Argument, other: Argument) -> Expression:
        pairs = list(zip(*(two_dimensional(a).reshape(-1) for a in (one, other)), strict=False))
        if two_dimensional(one).shape != two_dimensional(other).shape or len(_numbers((one, other))) < 2 * len(pairs):
            raise OpaqueError("SUMXMY2: the ranges have different sizes, or hold something else than numbers")
        apart = (self._algebra.subtract(number(x), number(y)) for x, y in pairs)
        return self._algebra.sum(self._algebra.multiply(x, x) for x in apart)

    def _mmult(self, a: Argument, b: Argument) -> Array:
        left, right = two_dimensional(a), two_dimensional(b)
        if left.shape[1] != right.shape[0]:
            raise OpaqueError("MMULT: the shapes do not fit together")
        out = np.empty((left.shape[0], right.shape[1]), dtype=object)
        for i, j in np.ndindex(*out.shape):
            out[i, j] = self._algebra.sum(
                self._algebra.multiply(number(x), number(y)) for x, y in zip(left[i], right[:, j], strict=True)
            )
        return out

    def _product(self, items: Sequence[Expression]) -> Expression:
        result: Expression = 1.0
        for item in items:
            result = self._algebra.multiply(result, item)
        return result

    def _average(self, items: Sequence[Expression]) -> Expression:
        if not items:
            raise OpaqueError("it averages nothing")
        return self._algebra.scale(self._algebra.sum(items), 1 / len(items))

    def _variance(self, of_sample: int, *arguments: Argument) -> Expression:
        items, algebra = list(_numbers(arguments)), self._algebra
        if len(items) <= of_sample:
            raise OpaqueError("it has too few numbers")
        mean = algebra.scale(self._average(items), -1.0)
        away = [algebra.sum((item, mean)) for item in items]
        return algebra.scale(algebra.sum(algebra.multiply(x, x) for x in away), 1 / (len(items) - of_sample))

    def _deviation(self, of_sample: int, *arguments: Argument) -> Expression:
        return self._algebra.function("SQRT", self._variance(of_sample, *arguments))

    def _extreme(self, name: str, arguments: Sequence[Argument]) -> Expression:
        result, *rest = list(_numbers(arguments)) or [0.0]
        for item in rest:
            result = self._algebra.function(name, result, item)
        return result

    def _position(self, index: Scalar) -> int:
        place = int(self._number_of(index))
        return place - 1 if place > 0 else place

    def _index(self, area: Argument, row: Argument = None, column: Argument = None) -> Argument:
        array = two_dimensional(area)
        if column is None and array.shape[0] == 1:
            row, column = 1.0, row
        rows = _pick(self._number_of(_scalar(row)), array.shape[0])
        columns = _pick(self._number_of(_scalar(column)), array.shape[1])
        return simple(array[rows, columns])

    def _match(self, value: Argument, area: Argument, kind: Argument = 1.0) -> float:
        if self._number_of(_scalar(kind)) != 0:
            raise OpaqueError("MATCH: only exact matches are followed")
        return float(self._find(_scalar(value), two_dimensional(area).reshape(-1)) + 1)

    def _find(self, value: Scalar, items: Sequence[Scalar] | Array) -> int:
        wanted = self._key(value)
        for place, item in enumerate(items):
            if self._key(item) == wanted:
                return place
        raise OpaqueError("a look-up finds nothing")

    def _key(self, value: Scalar) -> Scalar:
        if isinstance(value, str):
            return value.lower()
        return self._number_of(value) if isinstance(value, Term) else value

    def _lookup(self, value: Argument, keys: Array, table: Array, column: Argument) -> Scalar:
        return table[self._find(_scalar(value), keys), self._position(_scalar(column))]  # type: ignore[no-any-return]

    def _xlookup(self, value: Argument, keys: Argument, results: Argument, *rest: Argument) -> Argument:
        place = self._find(_scalar(value), two_dimensional(keys).reshape(-1))
        table = two_dimensional(results)
        return simple(table[place : place + 1] if two_dimensional(keys).shape[1] == 1 else table[:, place : place + 1])

    def _sequence(self, rows: Argument, columns: Argument = 1.0, start: Argument = 1.0, step: Argument = 1.0) -> Array:
        m, n, first, by = (self._number_of(_scalar(x)) for x in (rows, columns, start, step))
        return (first + by * np.arange(int(m) * int(n), dtype=float)).astype(object).reshape(int(m), int(n))

    def _part(self, array: Array, counts: Sequence[Argument], *, take: bool) -> Array:
        for axis, count in enumerate(counts):
            if count is None:
                continue
            n, length = int(self._number_of(_scalar(count))), array.shape[axis]
            front = n >= 0
            cut = min(abs(n), length)
            kept = slice(0, cut) if take and front else slice(length - cut, length) if take else slice(cut, length)
            if not take and not front:
                kept = slice(0, length - cut)
            array = array[kept] if axis == 0 else array[:, kept]
        return array


def number(value: Scalar) -> Expression:
    """A scalar as Excel's arithmetic takes it.

    Raises:
        OpaqueError: it is a text that is no number.
    """
    if value is None:
        return 0.0
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise OpaqueError(f"arithmetic with the text {value[:20]!r}") from None
    return value


def elementwise(function: Callable[..., Scalar], *arguments: Argument) -> Argument:
    """Apply a function of scalars to arrays, repeating single rows and columns as Excel does."""
    if not any(isinstance(a, np.ndarray) for a in arguments):
        return function(*arguments)
    try:
        arrays = np.broadcast_arrays(*(two_dimensional(a) for a in arguments))
    except ValueError:
        raise OpaqueError("the shapes of two ranges do not fit together") from None
    out = np.empty(arrays[0].shape, dtype=object)
    for place in np.ndindex(*out.shape):
        out[place] = function(*(array[place] for array in arrays))
    return out


def simple(value: Argument) -> Argument:
    """An array of one element as a scalar."""
    if isinstance(value, np.ndarray) and value.size == 1:
        single: Scalar = value.reshape(-1)[0]
        return single
    return value


def two_dimensional(value: Argument) -> Array:
    """A scalar as an array of one row and one column."""
    if isinstance(value, np.ndarray):
        return value
    out = np.empty((1, 1), dtype=object)
    out[0, 0] = value
    return out


def _scalar(value: Argument) -> Scalar:
    value = simple(value)
    if isinstance(value, np.ndarray):
        raise OpaqueError("a range stands where a single value is needed")
    return value


def _flat(arguments: Sequence[Argument]) -> list[Scalar]:
    return [item for argument in arguments for item in two_dimensional(argument).reshape(-1)]


def _numbers(arguments: Sequence[Argument]) -> list[Expression]:
    """All numbers among the arguments; whatever else stands in a range does not count, as in Excel's SUM.

    Raises:
        OpaqueError: a logical value stands by itself: Excel counts one that is written there, but not that of a cell.
    """
    if any(isinstance(argument, bool) for argument in arguments):
        raise OpaqueError("a logical value is added")
    return [
        number(x)
        for argument in arguments
        for x in two_dimensional(argument).reshape(-1)
        if isinstance(x, float | Term) and not (isinstance(argument, np.ndarray) and _is_logical(x))
    ]


def _counted(value: Scalar) -> Expression:
    """An element of a range as SUMPRODUCT takes it: whatever is no number is 0."""
    return value if isinstance(value, float | Term) and not _is_logical(value) else 0.0


def _is_logical(value: Scalar) -> bool:
    return isinstance(value, bool) or (isinstance(value, Function) and value.name in COMPARISONS)


def _pick(place: float, length: int) -> slice:
    if place == 0:
        return slice(0, length)
    if not 1 <= place <= length:
        raise OpaqueError("INDEX points outside of its range")
    return slice(int(place) - 1, int(place))


def _stack(arguments: Sequence[Argument], axis: int) -> Array:
    return np.concatenate([two_dimensional(a) for a in arguments], axis=axis)
