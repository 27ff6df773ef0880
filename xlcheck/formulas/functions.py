"""Excel's array functions over terms: one row for each function that learners' formulas use.

What is missing here makes the cell opaque, never wrong: values come from the formula engines, this table only finds out
what a formula *means*.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from xlcheck.formulas.addresses import MAX_ROWS
from xlcheck.formulas.algebra import Algebra, Expression, Leaf, Term
from xlcheck.formulas.criteria import taken
from xlcheck.formulas.scalars import (
    Argument,
    Array,
    OpaqueError,
    Scalar,
    Words,
    counted,
    elementwise,
    flat,
    is_number,
    number,
    numbers,
    simple,
    single,
    two_dimensional,
)

NumberOf = Callable[[Scalar], float]


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
            "SUM": lambda *a: algebra.sum(numbers(a)),
            "SUMPRODUCT": self._sumproduct,
            "MMULT": self._mmult,
            "PRODUCT": lambda *a: self._product(list(numbers(a))),
            "SUMSQ": lambda *a: algebra.sum(algebra.multiply(x, x) for x in numbers(a)),
            "SUMXMY2": self._squared_distance,
            "DEVSQ": self._squares_from_mean,
            "AVERAGE": lambda *a: self._average(list(numbers(a))),
            "SUMIF": lambda own, criterion, of=None: self._sum_if(own if of is None else of, own, criterion),
            "SUMIFS": self._sum_if,
            "AVERAGEIF": lambda own, criterion, of=None: self._average_if(own if of is None else of, own, criterion),
            "AVERAGEIFS": self._average_if,
            "COUNT": self._count,
            "MAXIFS": lambda of, *a: self._extreme("MAX", [*taken(of, a, number_of)]),
            "MINIFS": lambda of, *a: self._extreme("MIN", [*taken(of, a, number_of)]),
            "MAX": lambda *a: self._extreme("MAX", a),
            "MIN": lambda *a: self._extreme("MIN", a),
            "MEDIAN": lambda *a: self._between([*numbers(a)]),
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
            "CHOOSEROWS": lambda a, *n: two_dimensional(a)[[self._position(i) for i in flat(n)]],
            "CHOOSECOLS": lambda a, *n: two_dimensional(a)[:, [self._position(i) for i in flat(n)]],
            "TOCOL": lambda a, *rest: two_dimensional(a).reshape(-1, 1),
            "TOROW": lambda a, *rest: two_dimensional(a).reshape(1, -1),
            "CHOOSE": lambda i, *a: a[self._position(i)],
            "MOD": lambda a, b: elementwise(lambda x, y: self._number_of(x) % self._number_of(y), a, b),
            "AND": lambda *a: self._logical(flat(a), is_all=True),
            "OR": lambda *a: self._logical(flat(a), is_all=False),
            "NOT": lambda a: not a if isinstance(a, bool) else self._compared("=", number(single(a)), 0.0),
            "TRUE": lambda: True,
            "FALSE": lambda: False,
            "ISBLANK": lambda a: elementwise(lambda x: x is None, a),
            "ISNUMBER": lambda a: elementwise(is_number, a),
            "ISTEXT": lambda a: elementwise(lambda x: isinstance(x, str | Words), a),
            "ISNONTEXT": lambda a: elementwise(lambda x: not isinstance(x, str | Words), a),
            "COUNTA": lambda *a: float(sum(x is not None for x in flat(a))),
            "COUNTBLANK": lambda a: float(sum(x in {None, ""} for x in flat((a,)))),
            "ERF.PRECISE": self._unary("ERF"),
            "NORMSDIST": self._normal,
            "NORM.S.DIST": self._normal,
            "STANDARDIZE": lambda x, mean, deviation: algebra.multiply(
                algebra.subtract(*map(number, map(single, (x, mean)))), algebra.power(number(single(deviation)), -1.0)
            ),
            "LOG10": lambda a: self._logarithm(a, 10.0),
            "LOG": lambda a, base=10.0: self._logarithm(a, base),
            "IFS": self._ifs,
            "SWITCH": self._switch,
        }
        for name in ("EXP", "TANH", "LN", "SQRT", "ABS", "SIGN", "INT", "SINH", "COSH", "ATANH", "SIN", "COS", "ERF"):
            self._table[name] = self._unary(name)
        for name, of_sample in (("VAR.P", 0), ("VARP", 0), ("VAR.S", 1), ("VAR", 1)):
            self._table[name] = partial(self._variance, of_sample)
        for name, of_sample in (("STDEV.P", 0), ("STDEVP", 0), ("STDEV.S", 1), ("STDEV", 1)):
            self._table[name] = partial(self._deviation, of_sample)
        for name in ("ROUND", "ROUNDUP", "ROUNDDOWN"):
            self._table[name] = partial(self._rounded, name)

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
        except (TypeError, ValueError, IndexError, KeyError, ArithmeticError) as error:
            raise OpaqueError(f"{name}: {error}") from error

    def _count(self, *arguments: Argument) -> float:
        found = list(numbers(arguments))
        if any(isinstance(item, Term) and not isinstance(item, Leaf) for item in found):
            raise OpaqueError("what is computed may fail, and counts only where it does not")
        return float(len(found))

    def _unary(self, name: str) -> Callable[[Argument], Argument]:
        return lambda a: elementwise(lambda x: self._algebra.function(name, number(x)), a)

    def _rounded(self, name: str, values: Argument, digits: Argument = 0.0) -> Argument:
        """Numbers are rounded. The meaning of a rounded term is the term; that it is rounded shows in the numbers."""
        places = float(int(self._number_of(single(digits))))

        def one(value: Scalar) -> Scalar:
            x = number(value)
            is_kept = not self._algebra.literal if isinstance(x, Term) else not math.isfinite(x)
            return x if is_kept else self._algebra.function(name, x, places)

        return elementwise(one, values)

    def _logical(self, values: Sequence[Scalar], *, is_all: bool) -> Scalar:
        """Whether all of some conditions hold, or any of them."""
        if not any(isinstance(value, Term) for value in values):
            return (all if is_all else any)(self._number_of(value) for value in values)
        holds: Expression = 1.0 if is_all else 0.0
        for value in reversed(values):
            holds = self._algebra.function("IF", number(value), *((holds, 0.0) if is_all else (1.0, holds)))
        return self._compared("=", holds, 1.0)

    def _compared(self, symbol: str, one: Expression, other: Expression) -> Scalar:
        found = self._algebra.function(symbol, one, other)
        return found if isinstance(found, Term) else bool(found)

    def _logarithm(self, values: Argument, base: Argument) -> Argument:
        over = math.log(self._number_of(single(base)))
        return elementwise(lambda x: self._algebra.scale(self._algebra.function("LN", number(x)), 1 / over), values)

    def _normal(self, values: Argument, is_cumulative: Argument = True) -> Argument:
        """The probability that a standard normal variable is below a number."""
        if not self._number_of(single(is_cumulative)):
            raise OpaqueError("the density of a normal variable is not followed")
        algebra = self._algebra

        def below(x: Scalar) -> Expression:
            return algebra.function("ERF", algebra.scale(number(x), math.sqrt(0.5)))

        return elementwise(lambda x: algebra.sum((0.5, algebra.scale(below(x), 0.5))), values)

    def _ifs(self, *arguments: Argument) -> Argument:
        pairs = zip(arguments[::2], arguments[1::2], strict=True)
        return self._first((value for condition, value in pairs if self._number_of(single(condition))), "IFS")

    def _switch(self, value: Argument, *cases: Argument) -> Argument:
        own, pairs = self._key(single(value)), zip(cases[::2], cases[1::2], strict=False)
        else_ = cases[-1:] if len(cases) % 2 else ()
        found = (result for case, result in pairs if self._key(single(case)) == own)
        return self._first(chain(found, else_), "SWITCH")

    def _first(self, results: Iterator[Argument], name: str) -> Argument:
        for result in results:
            return result
        raise OpaqueError(f"{name} finds nothing")

    def _sumproduct(self, *arrays: Argument) -> Expression:
        columns = [two_dimensional(a).reshape(-1) for a in arrays]
        if len({column.size for column in columns}) != 1:
            raise OpaqueError("SUMPRODUCT: the ranges have different sizes")
        return self._algebra.sum(self._product([counted(x) for x in row]) for row in zip(*columns, strict=True))

    def _squared_distance(self, one: Argument, other: Argument) -> Expression:
        pairs = list(zip(*(two_dimensional(a).reshape(-1) for a in (one, other)), strict=False))
        pairs = [pair for pair in pairs if pair != (None, None)]  # two empty cells, which no program counts
        if two_dimensional(one).shape != two_dimensional(other).shape or len(numbers((one, other))) < 2 * len(pairs):
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

    def _sum_if(self, values: Argument, *pairs: Argument) -> Expression:
        return self._algebra.sum(numbers(taken(values, pairs, self._number_of)))

    def _average_if(self, values: Argument, *pairs: Argument) -> Expression:
        return self._average(list(numbers(taken(values, pairs, self._number_of))))

    def _variance(self, of_sample: int, *arguments: Argument) -> Expression:
        count = len(list(numbers(arguments)))
        if count <= of_sample:
            raise OpaqueError("it has too few numbers")
        return self._algebra.scale(self._squares_from_mean(*arguments), 1 / (count - of_sample))

    def _squares_from_mean(self, *arguments: Argument) -> Expression:
        items, algebra = list(numbers(arguments)), self._algebra
        mean = algebra.scale(self._average(items), -1.0)
        away = [algebra.sum((item, mean)) for item in items]
        return algebra.sum(algebra.multiply(x, x) for x in away)

    def _deviation(self, of_sample: int, *arguments: Argument) -> Expression:
        return self._algebra.function("SQRT", self._variance(of_sample, *arguments))

    def _extreme(self, name: str, arguments: Sequence[Argument]) -> Expression:
        result, *rest = list(numbers(arguments)) or [0.0]
        for item in rest:
            result = self._algebra.function(name, result, item)
        return result

    def _between(self, items: Sequence[Expression]) -> Expression:
        """The middle one of two numbers and something else, as people bound what they compute."""
        bounds = sorted(item for item in items if isinstance(item, float))
        if len(items) != 3 or len(bounds) < 2:
            raise OpaqueError("MEDIAN: only a value between two numbers is followed")
        values = [item for item in items if not isinstance(item, float)]
        return self._extreme("MAX", [bounds[0], self._extreme("MIN", [bounds[1], *values])]) if values else bounds[1]

    def _position(self, index: Scalar) -> int:
        place = int(self._number_of(index))
        return place - 1 if place > 0 else place

    def _index(self, area: Argument, row: Argument = None, column: Argument = None) -> Argument:
        array = two_dimensional(area)
        if column is None and array.shape[0] == 1:
            row, column = 1.0, row
        rows = _pick(self._number_of(single(row)), array.shape[0])
        columns = _pick(self._number_of(single(column)), array.shape[1])
        return simple(array[rows, columns])

    def _match(self, value: Argument, area: Argument, kind: Argument = 1.0) -> float:
        if self._number_of(single(kind)) != 0:
            raise OpaqueError("MATCH: only exact matches are followed")
        return float(self._find(single(value), two_dimensional(area).reshape(-1)) + 1)

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
        found: Scalar = table[self._find(single(value), keys), self._position(single(column))]
        return found

    def _xlookup(self, value: Argument, keys: Argument, results: Argument, *rest: Argument) -> Argument:
        place = self._find(single(value), two_dimensional(keys).reshape(-1))
        table = two_dimensional(results)
        return simple(table[place : place + 1] if two_dimensional(keys).shape[1] == 1 else table[:, place : place + 1])

    def _sequence(self, rows: Argument, columns: Argument = 1.0, start: Argument = 1.0, step: Argument = 1.0) -> Array:
        m, n, first, by = (self._number_of(single(x)) for x in (rows, columns, start, step))
        if m * n > MAX_ROWS:
            raise OpaqueError("SEQUENCE gives more numbers than a column holds")
        return (first + by * np.arange(int(m) * int(n), dtype=float)).astype(object).reshape(int(m), int(n))

    def _part(self, array: Array, counts: Sequence[Argument], *, take: bool) -> Array:
        for axis, count in enumerate(counts):
            if count is None:
                continue
            n, length = int(self._number_of(single(count))), array.shape[axis]
            front = n >= 0
            cut = min(abs(n), length)
            kept = slice(0, cut) if take and front else slice(length - cut, length) if take else slice(cut, length)
            if not take and not front:
                kept = slice(0, length - cut)
            array = array[kept] if axis == 0 else array[:, kept]
        return array


def _pick(place: float, length: int) -> slice:
    if place == 0:
        return slice(0, length)
    if not 1 <= place <= length:
        raise OpaqueError("INDEX points outside of its range")
    return slice(int(place) - 1, int(place))


def _stack(arguments: Sequence[Argument], axis: int) -> Array:
    return np.concatenate([two_dimensional(a) for a in arguments], axis=axis)
