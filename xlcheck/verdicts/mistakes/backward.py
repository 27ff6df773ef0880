"""The mistakes that people make in a backward pass, each as a change of a right expression."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.graph.rewriting import changed_once, rebuilt
from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.learning.optimisers.step import LAYER, NEW
from xlcheck.verdicts.mistakes.rewriting import Rewrite

Changes = Iterator[ex.Expr]


def rewrites(q: Quantity, expr: ex.Expr) -> Iterator[Rewrite]:
    """Every mistake that can be made in a gradient or in the step of an optimiser, special ones first."""
    for mistake in _MISTAKES:
        if mistake.only is None or mistake.only(q):
            for changed in mistake.changes(expr):
                yield mistake.name, mistake.sentence, changed


def is_backward(q: Quantity) -> bool:
    """Whether a quantity is a gradient, or belongs to the step of an optimiser."""
    slots = tuple(f"{slot.symbol}_" for optimiser in OPTIMISERS.values() for slot in optimiser.kept)
    return q.band.role is Role.GRADIENT or q.band.layer == LAYER or q.band.symbol.startswith((NEW, *slots))


def _missing_factor(expr: ex.Expr) -> Changes:
    """One factor of a product is left out."""
    yield from changed_once(expr, lambda e: (e.a, e.b) if isinstance(e, ex.Mul) else ())


def _wrong_sign(expr: ex.Expr) -> Changes:
    """The whole, or one term, has the other sign."""
    yield ex.Neg(expr)

    def swapped(e: ex.Expr) -> tuple[ex.Expr, ...]:
        if isinstance(e, ex.Add):
            return (ex.Sub(e.a, e.b), ex.Sub(e.b, e.a))
        if isinstance(e, ex.Sub):
            return (ex.Add(e.a, e.b), ex.Sub(e.b, e.a))
        return ()

    yield from changed_once(expr, swapped)


def _uphill(expr: ex.Expr) -> Changes:
    """What should be taken from a weight is added to it."""
    yield from changed_once(
        expr, lambda e: (ex.Add(e.a, e.b),) if isinstance(e, ex.Sub) and isinstance(e.a, ex.Ref) else ()
    )


def _forgotten_term(expr: ex.Expr) -> Changes:
    """One term of a sum is left out: a step, or a document."""

    def shorter(e: ex.Expr) -> tuple[ex.Expr, ...]:
        if isinstance(e, ex.Add):
            return (e.a, e.b)
        if isinstance(e, ex.Total):
            return tuple(ex.Total(e.items[:k] + e.items[k + 1 :]) for k in range(len(e.items)) if len(e.items) > 1)
        if isinstance(e, ex.OuterSum):
            steps = range(len(e.xs)) if len(e.xs) > 1 else ()
            return tuple(ex.OuterSum(e.xs[:k] + e.xs[k + 1 :], e.ds[:k] + e.ds[k + 1 :]) for k in steps)
        return ()

    yield from changed_once(expr, shorter)


def _transposed(expr: ex.Expr) -> Changes:
    """The elements of a matrix are taken with row and column exchanged."""
    matrices = {m[1] for name in ex.refs(expr) if (m := _ELEMENT.fullmatch(name))}
    for matrix in sorted(matrices):
        yield rebuilt(expr, _names(partial(_exchanged, matrix)))
    yield from changed_once(expr, lambda e: (ex.Dot(e.x, e.matrix),) if isinstance(e, ex.DotTransposed) else ())


def _epsilon_misplaced(expr: ex.Expr) -> Changes:
    """√v + ε becomes √(v + ε), or the other way round."""

    def moved(e: ex.Expr) -> tuple[ex.Expr, ...]:
        if isinstance(e, ex.Add) and isinstance(e.a, ex.Sqrt):
            return (ex.Sqrt(ex.Add(e.a.x, e.b)),)
        if isinstance(e, ex.Sqrt) and isinstance(e.x, ex.Add):
            return (ex.Add(ex.Sqrt(e.x.a), e.x.b),)
        return ()

    yield from changed_once(expr, moved)


def _epsilon_forgotten(expr: ex.Expr) -> Changes:
    """√v + ε becomes √v."""
    yield from changed_once(expr, lambda e: (e.a,) if isinstance(e, ex.Add) and e.b == _EPSILON else ())


def _correction_forgotten(expr: ex.Expr) -> Changes:
    """The learning rate stands alone, or with only one of the two factors that make up for the averages' start at 0."""

    def uncorrected(e: ex.Expr) -> tuple[ex.Expr, ...]:
        if isinstance(e, ex.Mul) and e.a == _RATE and isinstance(e.b, ex.Div):
            return (e.a, e.a * e.b.a, e.a / e.b.b)
        return (_RATE,) if e == _ALPHA else ()

    yield from changed_once(expr, uncorrected)


def _not_squared(expr: ex.Expr) -> Changes:
    """x·x becomes x."""
    yield from changed_once(expr, lambda e: (e.a,) if isinstance(e, ex.Mul) and e.a == e.b else ())


def _root_forgotten(expr: ex.Expr) -> Changes:
    """√x becomes x."""
    yield from changed_once(expr, lambda e: (e.x,) if isinstance(e, ex.Sqrt) else ())


def _shares_exchanged(expr: ex.Expr) -> Changes:
    """β of the old and 1 − β of the new become 1 − β of the old and β of the new."""

    def exchanged(e: ex.Expr) -> ex.Expr | None:
        if e in _SHARES:
            return 1 - e
        return e.b if isinstance(e, ex.Sub) and e.b in _SHARES else None

    yield rebuilt(expr, exchanged)


def _mean_forgotten(expr: ex.Expr) -> Changes:
    """Nothing is divided by the number of documents."""
    yield from changed_once(expr, lambda e: (e.a,) if isinstance(e, ex.Div) and isinstance(e.b, ex.Const) else ())


def _wrong_step(expr: ex.Expr) -> Changes:
    """A quantity is read one step too late or too early, in one place or in all."""
    bands = {m[1] or m[4] for name in ex.refs(expr) if (m := _STEP.fullmatch(name)) and not _ELEMENT.fullmatch(name)}
    for band in sorted(bands):
        for by in (1, -1):
            shift = _names(partial(_shifted, band, by))
            yield rebuilt(expr, shift)
            yield from changed_once(expr, partial(_if_changed, shift))


def _if_changed(change: Callable[[ex.Expr], ex.Expr | None], expr: ex.Expr) -> tuple[ex.Expr, ...]:
    """What a change makes of an expression, if that is another one."""
    new = change(expr)
    return () if new is None or new == expr else (new,)


class _Mistake(NamedTuple):
    """A name, what it means, how it changes an expression, and, if not everywhere, where it can be made."""

    name: str
    sentence: str
    changes: Callable[[ex.Expr], Changes]
    only: Callable[[Quantity], bool] | None = None


def _is_new_weight(q: Quantity) -> bool:
    return q.band.symbol.startswith(NEW)


def _is_gradient(q: Quantity) -> bool:
    return q.band.role is Role.GRADIENT


def _is_step(q: Quantity) -> bool:
    return not _is_gradient(q)


# What is special comes first: a forgotten ε is also a forgotten term.
_MISTAKES = (
    _Mistake("transposed-kernel", "a matrix is used with its rows and columns exchanged", _transposed),
    _Mistake("epsilon-misplaced", "the small number ε stands on the wrong side of the root", _epsilon_misplaced),
    _Mistake("epsilon-forgotten", "the small number ε is missing", _epsilon_forgotten),
    _Mistake("bias-correction-forgotten", "the averages begin at 0, and the factor √(1−β₂ᵗ)/(1−β₁ᵗ) that makes up for "
             "it is missing or incomplete", _correction_forgotten, _is_step),
    _Mistake("step-uphill", "the weight moves along its gradient, uphill, instead of against it", _uphill,
             _is_new_weight),
    _Mistake("not-squared", "a number that should be squared is not", _not_squared),
    _Mistake("root-forgotten", "the square root is missing", _root_forgotten, _is_step),
    _Mistake("shares-exchanged", "the part that is kept of the old and the part that is taken of the new are "
             "exchanged", _shares_exchanged, _is_step),
    _Mistake("mean-forgotten", "the loss is the mean over all documents, and the division by their number is missing",
             _mean_forgotten, _is_gradient),
    _Mistake("wrong-sign", "a sign is the wrong way round", _wrong_sign),
    _Mistake("forgotten-term", "a term of the sum is missing: each step and each document adds one", _forgotten_term,
             _is_gradient),
    _Mistake("forgotten-term", "a term of the sum is missing", _forgotten_term, _is_step),
    _Mistake("missing-chain-factor", "a factor of the chain rule is missing", _missing_factor, _is_gradient),
    _Mistake("missing-factor", "a factor is missing", _missing_factor, _is_step),
    _Mistake("wrong-step", "a number is read from the step before or after the one it belongs to", _wrong_step,
             _is_gradient),
)  # fmt: skip

_EPSILON, _RATE, _ALPHA = (ex.Ref(f"{LAYER}.{name}") for name in ("epsilon", "learning_rate", "alpha"))
_SHARES = tuple(ex.Ref(f"{LAYER}.{name}") for name in ("rho", "beta_1", "beta_2"))
_ELEMENT = re.compile(r"(.*kernel)\[(\d+)\]\[(\d+)\]")
# `rnn.h[1][0]` is of step 1 and unit 0.
_STEP = re.compile(r"(.*?)(?<!_init)\[(\d+)\]((?:\[\d+\])?)|(.*)_init((?:\[\d+\])?)")


def _exchanged(matrix: str, name: str) -> str:
    match = _ELEMENT.fullmatch(name)
    return f"{matrix}[{match[3]}][{match[2]}]" if match and match[1] == matrix else name


def _shifted(band: str, by: int, name: str) -> str:
    """The name of the same symbol a step later or earlier; before the first step there is the initial state."""
    match = _STEP.fullmatch(name)
    if match is None or (match[1] or match[4]) != band:
        return name
    step = (-1 if match[2] is None else int(match[2])) + by
    unit = match[3] or match[5] or ""
    return f"{band}_init{unit}" if step < 0 else f"{band}[{step}]{unit}"


def _names(rename: Callable[[str], str]) -> Callable[[ex.Expr], ex.Expr | None]:
    return lambda e: ex.Ref(rename(e.name)) if isinstance(e, ex.Ref) else None
