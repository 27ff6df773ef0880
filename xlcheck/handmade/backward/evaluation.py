"""Terms under several settings of the given cells at once: two different functions never agree on all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address, Expression, Term
from xlcheck.formulas.arrays import array_of
from xlcheck.handmade.reading.cell_terms import conditions_in, leaves


def value_of(expression: Expression, cells: Mapping[Address, Array]) -> Array:
    """The values of a term, `(settings,)`.

    Args:
        expression: the term.
        cells: the values of the cells that it reads; an absent cell makes NaN.
    """
    nothing = np.array(np.nan)
    return array_of(expression, lambda leaf: cells.get(leaf.cell, nothing))


def evaluate(
    order: Iterable[Address],
    terms: Mapping[Address, Term],
    given: Mapping[Address, Array],
    instead: Mapping[Address, Array] | None = None,
) -> dict[Address, Array]:
    """The values of cells, computed one after the other.

    Args:
        order: the cells to compute, in order of calculation.
        terms: of each of them.
        given: the values of all other cells.
        instead: values that stand in some cells whatever their terms say.
    """
    values = {**given, **(instead or {})}
    for cell in order:
        if instead is None or cell not in instead:
            values[cell] = value_of(terms[cell], values)
    return values


def answers_in(term: Term, values: Mapping[Address, Array]) -> list[set[bool]]:
    """The answers to each question by which a term chooses what it gives, under several settings.

    Args:
        term: the term; what it asks of cells without values is left out.
        values: of the cells.
    """
    known = [own for own in conditions_in(term) if all(cell in values for cell in leaves(own))]
    return [{*map(bool, np.atleast_1d(value_of(own, values)).tolist())} for own in known]


def are_both(answers: Collection[Collection[bool]]) -> bool:
    """Whether there are questions, and to each of them both answers.

    Args:
        answers: those to each question.
    """
    return bool(answers) and all(len(own) > 1 for own in answers)


def line_of(function: Callable[[Array], Array], size: int) -> tuple[Array, Array] | None:
    """What a function gives at 0, and its slope, under every setting; None if it is no straight line.

    Args:
        function: of the values of a cell, `(settings,)`.
        size: how many settings there are.
    """
    zero = function(np.zeros(size))
    far = np.nan_to_num(np.maximum(1.0, np.abs(zero)))  # less would be lost in the rounding of what is large at 0
    one, two = function(far), function(2 * far)
    return (zero, (one - zero) / far) if same((two - one) / far, (one - zero) / far) else None


def same(a: Array, b: Array, rounding: Array | float = 0.0) -> bool:
    """Whether two functions agree under every setting, but for rounding."""
    return bool(alike(a, b, rounding).all())


def alike(a: Array, b: Array, rounding: Array | float = 0.0) -> Array:
    """The same of each of several functions `(functions, settings)`."""
    return np.asarray((np.abs(a - b) <= 1e-13 + 1e-9 * np.abs(b) + rounding).all(axis=-1))
