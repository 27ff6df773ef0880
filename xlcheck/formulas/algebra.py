"""What a cell computes, as a function of the constants of the workbook: sums, products, functions.

Two cells that compute the same sum get the very same `Term`, however their formulas are written:
nested sums are flattened, nested products are flattened, and equal terms are one object. Nothing is
multiplied out, so that a term stays as small as the formula it comes from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

Address = tuple[str, int, int]
"""Worksheet, row and column from 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """Base of the terms; they are compared by identity, because `Algebra` makes each only once.

    Attributes:
        number: counts the terms of one algebra in order of creation.
    """

    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Leaf(Term):
    """A cell whose value is given: a constant, or a formula that looks something up."""

    cell: Address


@dataclass(frozen=True, slots=True, eq=False)
class Sum(Term):
    """constant + Σ coefficient · term."""

    constant: float
    parts: tuple[tuple[Term, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Product(Term):
    """Π factor ^ power."""

    factors: tuple[tuple[Term, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Function(Term):
    """Any other function, by its name in Excel, of terms and numbers."""

    name: str
    arguments: tuple[Expression, ...]


Expression = Term | float

FUNCTIONS: Final[dict[str, Callable[..., float]]] = {
    "EXP": math.exp,
    "TANH": math.tanh,
    "LN": math.log,
    "SQRT": math.sqrt,
    "ABS": abs,
    "SIGN": lambda x: float((x > 0) - (x < 0)),
    "INT": lambda x: float(math.floor(x)),
    "SINH": math.sinh,
    "COSH": math.cosh,
    "ATANH": math.atanh,
    "SIN": math.sin,
    "COS": math.cos,
    "ERF": math.erf,
    "MAX": max,
    "MIN": min,
    "ROUND": lambda x, digits: _rounded(x, digits, 0.5),
    "ROUNDUP": lambda x, digits: _rounded(x, digits, 1 - 1e-9),
    "ROUNDDOWN": lambda x, digits: _rounded(x, digits, 0.0),
    "POWER": math.pow,
    "=": lambda a, b: float(a == b),
    "<>": lambda a, b: float(a != b),
    "<": lambda a, b: float(a < b),
    ">": lambda a, b: float(a > b),
    "<=": lambda a, b: float(a <= b),
    ">=": lambda a, b: float(a >= b),
    "IF": lambda condition, a, b: a if condition else b,
}
COMPARISONS: Final = frozenset({"=", "<>", "<", ">", "<=", ">="})


class Algebra:
    """Makes terms, each only once.

    Args:
        literal: whether a term shows all that a formula says: that it rounds, and functions times 0.
    """

    def __init__(self, *, literal: bool = False) -> None:
        self._terms: dict[object, Term] = {}
        self.literal = literal

    def __len__(self) -> int:
        return len(self._terms)

    def leaf(self, cell: Address) -> Leaf:
        """The term of a cell whose value is given."""
        found = self._terms.get(cell)
        if found is None:
            found = self._terms[cell] = Leaf(len(self._terms), cell)
        return found  # type: ignore[return-value]

    def sum(self, items: Iterable[Expression]) -> Expression:
        """The sum of all items."""
        return self._linear((item, 1.0) for item in items)

    def subtract(self, a: Expression, b: Expression) -> Expression:
        """A − b."""
        return self._linear(((a, 1.0), (b, -1.0)))

    def scale(self, item: Expression, factor: float) -> Expression:
        """Factor · item, with the factor inside of a sum."""
        return self._linear(((item, factor),))

    def multiply(self, a: Expression, b: Expression) -> Expression:
        """A · b."""
        if not isinstance(a, Term):
            return self.scale(b, a)
        if not isinstance(b, Term):
            return self.scale(a, b)
        scale, factors = _factors(a)
        scale_b, factors_b = _factors(b)
        for factor, power in factors_b.items():
            factors[factor] = factors.get(factor, 0.0) + power
        return self.scale(self._product(factors), scale * scale_b)

    def power(self, base: Expression, exponent: Expression) -> Expression:
        """Base ^ exponent."""
        if isinstance(exponent, Term):
            if base == math.e:
                return self.function("EXP", exponent)
            return self.function("POWER", base, exponent)
        if not isinstance(base, Term):
            return _number(math.pow, base, exponent)
        scale, factors = _factors(base)
        if not float(exponent).is_integer() and (scale < 0 or set(factors.values()) != {1.0} or len(factors) > 1):
            scale, factors = 1.0, {base: 1.0}  # √(x²) is not x, and √(x·y) may be a number where √x is none
        return self.scale(
            self._product({factor: power * exponent for factor, power in factors.items()}),
            _number(math.pow, scale, exponent),
        )

    def function(self, name: str, *arguments: Expression) -> Expression:
        """A function of terms and numbers; of numbers alone it is computed at once.

        Raises:
            KeyError: the function is not in `FUNCTIONS`.
        """
        if not any(isinstance(argument, Term) for argument in arguments):
            return _number(FUNCTIONS[name], *arguments)
        key = (name, arguments)
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = Function(len(self._terms), name, arguments)
        return found

    def replaced(self, item: Expression, by: Callable[[Term], Expression | None]) -> Expression:
        """An expression with others in the place of some of its terms.

        Args:
            item: the expression.
            by: what stands in the place of a term; None where it stays, and its own terms are asked.
        """
        own = by(item) if isinstance(item, Term) else item
        if own is not None:
            return own
        match item:
            case Sum(constant=constant, parts=parts):
                return self.sum((constant, *(self.scale(self.replaced(part, by), factor) for part, factor in parts)))
            case Product(factors=factors):
                product: Expression = 1.0
                for factor, power in factors:
                    product = self.multiply(product, self.power(self.replaced(factor, by), power))
                return product
            case Function(name=name, arguments=arguments):
                return self.function(name, *(self.replaced(argument, by) for argument in arguments))
        return item

    def _linear(self, items: Iterable[tuple[Expression, float]]) -> Expression:
        constant = 0.0
        parts: dict[Term, float] = {}
        for item, factor in items:
            if not isinstance(item, Term):
                constant += factor * item
            elif isinstance(item, Sum):
                constant += factor * item.constant
                for part, coefficient in item.parts:
                    parts[part] = parts.get(part, 0.0) + factor * coefficient
            else:
                parts[item] = parts.get(item, 0.0) + factor
        kept = sorted(((part, c) for part, c in parts.items() if c != 0 or self._counts(part)), key=_by_number)
        if not kept:
            return constant
        if constant == 0 and len(kept) == 1 and kept[0][1] == 1:
            return kept[0][0]
        key = (constant, tuple(kept))
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = Sum(len(self._terms), constant, key[1])
        return found

    def _product(self, factors: Mapping[Term, float]) -> Expression:
        kept = sorted(
            ((own, power) for own, power in factors.items() if power != 0 or self._counts(own)), key=_by_number
        )
        if not kept:
            return 1.0
        if len(kept) == 1 and kept[0][1] == 1:
            return kept[0][0]
        key = tuple(kept)
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = Product(len(self._terms), key)
        return found

    def _counts(self, term: Term) -> bool:
        """Whether it matters that a term stands in a formula, though it is multiplied by 0: by `0.001^999` today."""
        return self.literal and any(map(_bends, subterms(term)))


def _bends(term: Term) -> bool:
    powers = (power for _, power in term.factors) if isinstance(term, Product) else ()
    return isinstance(term, Function) or any(power not in {1, 2} for power in powers)


def _by_number(item: tuple[Term, float]) -> int:
    return item[0].number


def _factors(term: Term) -> tuple[float, dict[Term, float]]:
    """A term as a number times a product."""
    scale = 1.0
    if isinstance(term, Sum) and term.constant == 0 and len(term.parts) == 1:
        ((term, scale),) = term.parts
    if isinstance(term, Product):
        return scale, dict(term.factors)
    return scale, {term: 1.0}


def _number(function: Callable[..., float], *arguments: Expression) -> float:
    try:
        return float(function(*arguments))
    except (ValueError, OverflowError, ZeroDivisionError):
        return math.nan


def _rounded(x: float, digits: float, up: float) -> float:
    factor = 10.0 ** int(digits)
    return math.copysign(math.floor(abs(x) * factor + up) / factor, x)


def _total(*items: float) -> float:
    return math.fsum(items)


def below(term: Term) -> tuple[Term, ...]:
    """The terms that a term is directly made of."""
    if isinstance(term, Sum):
        return tuple(part for part, _ in term.parts)
    if isinstance(term, Product):
        return tuple(factor for factor, _ in term.factors)
    if isinstance(term, Function):
        return tuple(argument for argument in term.arguments if isinstance(argument, Term))
    return ()


def subterms(*terms: Term) -> Iterator[Term]:
    """Terms and all that they are made of, each once, from above and from left to right."""
    seen, stack = set[Term](), [*reversed(terms)]
    while stack:
        own = stack.pop()
        if own not in seen:
            seen.add(own)
            yield own
            stack += reversed(below(own))


def outline(expression: Expression, named: Callable[[Address], object]) -> object:
    """What an expression computes: the same for two that differ only in cells that are named alike."""
    if isinstance(expression, Sum):
        parts = sorted(((outline(part, named), factor) for part, factor in expression.parts), key=repr)
        return ("+", expression.constant, *parts)
    if isinstance(expression, Product):
        return ("*", *sorted(((outline(factor, named), power) for factor, power in expression.factors), key=repr))
    if isinstance(expression, Function):
        return (expression.name, *(outline(argument, named) for argument in expression.arguments))
    return named(expression.cell) if isinstance(expression, Leaf) else expression


def number_of(expression: Expression, given: Callable[[Term], float | None]) -> float:
    """The value of an expression; `given` knows the values of some of its terms, and of all leaves.

    Returns:
        The value; NaN where it is not defined.
    """
    known: dict[Term, float] = {}
    stack: list[Expression] = [expression]
    while stack:
        term = stack[-1]
        if not isinstance(term, Term) or term in known:
            stack.pop()
            continue
        value = given(term)
        if value is None:
            missing = [part for part in below(term) if part not in known]
            if missing:
                stack.extend(missing)
                continue
            value = math.nan if isinstance(term, Leaf) else value_of_term(term, known)
        known[term] = value
        stack.pop()
    return known[expression] if isinstance(expression, Term) else expression


def number_at(expression: Expression, numbers: Mapping[Address, float]) -> float:
    """The value of an expression where its cells hold these numbers."""
    return number_of(expression, lambda part: numbers[part.cell] if isinstance(part, Leaf) else None)


def value_of_term(term: Term, known: Mapping[Term, float]) -> float:
    """The value of a sum, a product or a function, given those of the terms it is directly made of."""
    if isinstance(term, Sum):
        return _number(_total, term.constant, *(known[part] * coefficient for part, coefficient in term.parts))
    if isinstance(term, Product):
        value = 1.0
        for factor, power in term.factors:
            value *= _number(math.pow, known[factor], power)
        return value
    if isinstance(term, Function):
        arguments = [known[a] if isinstance(a, Term) else a for a in term.arguments]
        return _number(FUNCTIONS[term.name], *arguments)
    return math.nan
