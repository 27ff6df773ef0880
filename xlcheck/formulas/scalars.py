"""What formulas give: scalars and two-dimensional arrays of them, and how Excel takes them.

A scalar is a number, a term, a text, one of two texts, a logical value, or None for an empty cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcheck.formulas.algebra import COMPARISONS, Algebra, Expression, Function, Term


@dataclass(frozen=True, slots=True)
class Words:
    """One of two texts, as `IF(B2<>C2,"yes","no")` gives them; nothing is done with it but to compare it.

    Attributes:
        condition: holds where it is the first one.
        one: the first one.
        other: the other one.
    """

    condition: Term
    one: str
    other: str


Scalar = Expression | str | bool | None | Words
Array = NDArray[np.object_]
Argument = Scalar | Array
COMPUTED: Mapping[str, Callable[[Algebra, Expression, Expression], Expression]] = {
    "+": lambda algebra, a, b: algebra.sum((a, b)),
    "-": Algebra.subtract,
    "*": Algebra.multiply,
    "/": lambda algebra, a, b: algebra.multiply(a, algebra.power(b, -1.0)),
    "^": Algebra.power,
}
"""What operators of two numbers compute."""


class OpaqueError(Exception):
    """The meaning of a formula could not be found out; the message says at what it failed."""


def number(value: Scalar) -> Expression:
    """A scalar as Excel's arithmetic takes it.

    Raises:
        OpaqueError: it is a text that is no number.
    """
    if value is None:
        return 0.0
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, Words):
        raise OpaqueError("arithmetic with a text")
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


def is_number(value: Scalar) -> bool:
    """Whether Excel's ISNUMBER says so.

    Raises:
        OpaqueError: it is a comparison of numbers.
    """
    if isinstance(value, Term) and is_logical(value):
        raise OpaqueError("it is asked whether a logical value is a number")
    return isinstance(value, float | Term)


def single(value: Argument) -> Scalar:
    """The only element of an argument.

    Raises:
        OpaqueError: there are several.
    """
    value = simple(value)
    if isinstance(value, np.ndarray):
        raise OpaqueError("a range stands where a single value is needed")
    return value


def flat(arguments: Sequence[Argument]) -> list[Scalar]:
    """The elements of all arguments, row by row."""
    return [item for argument in arguments for item in two_dimensional(argument).reshape(-1)]


def numbers(arguments: Sequence[Argument]) -> list[Expression]:
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
        if isinstance(x, float | Term) and not (isinstance(argument, np.ndarray) and is_logical(x))
    ]


def counted(value: Scalar) -> Expression:
    """An element of a range as SUMPRODUCT takes it: whatever is no number is 0."""
    return value if isinstance(value, float | Term) and not is_logical(value) else 0.0


def is_logical(value: Scalar) -> bool:
    """Whether it is TRUE or FALSE, or a comparison of numbers."""
    return isinstance(value, bool) or (isinstance(value, Function) and value.name in COMPARISONS)


def computed(algebra: Algebra, sign: str, a: Scalar, b: Scalar) -> Expression:
    """What an operator computes: a number, also `(B2>0)*1`, for functions that count no TRUE."""
    value = COMPUTED[sign](algebra, number(a), number(b))
    return algebra.function("IF", value, 1.0, 0.0) if is_logical(value) else value


def chosen(algebra: Algebra, condition: Term, a: Scalar, b: Scalar) -> Scalar:
    """The first of two scalars where a condition holds, else the second one.

    Who shows nothing for a single number, as in `IF(B2=0,"",A2/B2)`, gives the other one as far as it gives a number.

    Raises:
        OpaqueError: one of them is a text that is no number, and the other one is no text.
    """
    try:
        return algebra.function("IF", condition, number(a), number(b))
    except OpaqueError:
        if isinstance(a, str) and isinstance(b, str):
            return Words(condition, a, b)
        blank, other = (a, b) if isinstance(condition, Function) and condition.name == "=" else (b, a)
        if blank == "" and isinstance(condition, Function) and condition.name in {"=", "<>"}:
            return other
        raise


def compared_words(algebra: Algebra, symbol: str, a: Scalar, b: Scalar) -> Scalar:
    """Whether one of two texts is a third one, or is not.

    Raises:
        OpaqueError: it is compared otherwise, or with something else.
    """
    words, text = (a, b) if isinstance(a, Words) else (b, a)
    if symbol not in {"=", "<>"} or not isinstance(words, Words) or not isinstance(text, str):
        raise OpaqueError("one of two texts is compared with no text")
    one, other = ((own.lower() == text.lower()) == (symbol == "=") for own in (words.one, words.other))
    found = one if one == other else algebra.function("<>" if one else "=", words.condition, 0.0)
    return found if isinstance(found, Term) else bool(found)
