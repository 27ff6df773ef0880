"""Parts of formulas that had no say in any number that was compared: nobody knows what they do for other numbers.

A check compares for some numbers. `…+1/COSH(9000*(C13-7.5))` adds 0 at all of them, `IF(C13=7.5,5,…)` never takes its
first branch, and `MIN(100,…)` never its limit. A formula is known only if each of its parts had an effect: had it held
what it holds for other numbers, the formula would have given another result. What is an activation of Keras by the way
it is written is taken for one, and looked into no further than what it is applied to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import (
    COMPARISONS,
    Address,
    Expression,
    Function,
    Leaf,
    Product,
    Sum,
    Term,
    outline,
    subterms,
)
from xlcheck.formulas.arrays import array_of, parts_of, value_at_once
from xlcheck.formulas.scanner import number_text
from xlcheck.handmade.forms.activations import Found, activation_of
from xlcheck.handmade.forms.other_activations import BY_VALUES, REACH, gives, other_activation
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cell_terms import CHOOSING, leaves
from xlcheck.verdicts.unknown_parts import NOTHING

_NEAR, _FAR = (12, 0.2, 1.0), (80, 0.05, 9.0)
"""How many numbers of any sign, and as many positive ones, for logarithms and roots, and their sizes: those with which
formulas are compared, and those at which activations are known by their values."""
_MOST_PAIRS = 100
"""Of two cells that hold one of few numbers; for more, the numbers that are drawn would take too long."""
_SATURATED = {"tanh": 20.0, "sigmoid": 40.0}
"""Activation → the size of numbers beyond which it gives the same for all, so that they may be cut off."""
_LITTLE = 1e-6
"""A factor with which a summand may be less than the rounding of others, and a limit that nobody notices."""
_STEP = 1e-3
_USUAL = frozenset({1.0, 2.0, 3.0})
"""Powers of a factor that changes a product whatever it is."""
_EXTREMES = frozenset({"MAX", "MIN"})
Choices = Mapping[Address, Sequence[float]]
"""The cells that hold one of few numbers, and these."""
NO_CHOICES: Choices = MappingProxyType({})


@dataclass(frozen=True)
class _Edge:
    """What a term is made of, at one place."""

    above: Term
    place: int

    @property
    def part(self) -> Expression:
        """What stands there."""
        return parts_of(self.above)[self.place]


def idle_part(term: Term, switches: Collection[Address] = (), choices: Choices = NO_CHOICES) -> str | None:
    """What of a formula had no say in its results, in words; None if all of it had.

    Args:
        term: what the formula computes.
        switches: cells that may choose one of several activations.
        choices: cells that hold one of few numbers.
    """
    stack, seen = [term], set[Term]()
    while stack:
        own = stack.pop()
        if own in seen or isinstance(own, Leaf):
            continue
        seen.add(own)
        found = _applied(own)
        inside = [] if found is None else [_without_limits(*found)]
        if found is None or found[0] in BY_VALUES:
            idle, more = _idle_edge(own, found, switches, choices)
            if idle is not None:
                return _in_words(idle)
            inside += more
        stack += [part for part in inside if isinstance(part, Term)]
    return None


def _applied(term: Term) -> Found | None:
    """The activation that a term is, and what it is applied to; None for anything else."""
    found = activation_of(term, lambda part: part)
    return found if found is not None and not isinstance(found[1], Function) else other_activation(term) or found


def _without_limits(name: str, argument: Expression) -> Expression:
    """What an activation is applied to, without limits beyond which it gives the same for all numbers."""
    limit = _SATURATED.get(name, math.inf)
    while isinstance(argument, Function) and argument.name in _EXTREMES:
        inside = [part for part in argument.arguments if isinstance(part, Term) or abs(part) < limit]
        if len(inside) != 1:
            break
        (argument,) = inside
    return argument


def _idle_edge(
    root: Term, known_as: Found | None, switches: Collection[Address], choices: Choices
) -> tuple[_Edge | None, list[Expression]]:
    """The first part of a term without a say, and the terms inside of it that are to be asked by themselves."""
    order, edges, apart = _inside(root, switches)
    numbers = _Numbers(root, _NEAR if known_as is None else _FAR, choices)
    known = {part: array_of(part, numbers) for part in order}
    valid = np.isfinite(known[root])
    if known_as is not None:
        reached = array_of(known_as[1], numbers)
        valid &= (np.abs(reached) <= REACH) & gives(known_as[0], reached, known[root])
    if valid.sum() < 2:
        return None, apart
    known = {part: values[valid] for part, values in known.items()}
    alike = same if known_as is None else _roughly_same
    idle = (edge for edge in edges if not _has_a_say(edge, root, order, known, alike))
    return next(idle, None), apart


class _Numbers:
    """Numbers for the cells of a term: some of any sign, the others positive; or those that a cell may hold."""

    def __init__(self, root: Term, drawn: tuple[int, float, float], choices: Choices) -> None:
        self._choices = choices
        self._cells = {cell: place for place, cell in enumerate(leaves(root))}
        count, self._least, self._most = drawn
        sizes = sorted(len({*choices[cell]}) for cell in self._cells if cell in choices)
        # Any two of them meet about as often as numbers are drawn where there is nothing to choose.
        self._count = count * min(math.prod(sizes[-2:]), _MOST_PAIRS)

    def __call__(self, leaf: Leaf) -> Array:
        random = np.random.default_rng(self._cells[leaf.cell])
        if leaf.cell in self._choices:
            return random.choice(self._choices[leaf.cell], 2 * self._count)
        sizes = np.exp(random.uniform(math.log(self._least), math.log(self._most), 2 * self._count))
        return sizes * np.where(np.arange(len(sizes)) < self._count, random.choice((-1.0, 1.0), len(sizes)), 1.0)


def _inside(root: Term, switches: Collection[Address]) -> tuple[list[Term], list[_Edge], list[Expression]]:
    """The terms of which a term is made, from below; the edges that are asked for; and terms that are asked apart."""
    order: list[Term] = []
    edges: list[_Edge] = []
    apart: list[Expression] = []
    stack, seen, by_itself, truths = [(root, False)], set[Term](), set[Term](), set[Term]()
    while stack:
        own, is_ready = stack.pop()
        if is_ready:
            order.append(own)
            continue
        if own in seen:
            continue
        seen.add(own)
        stack.append((own, True))
        stack += [(part, False) for part in parts_of(own) if isinstance(part, Term)]
        truths |= _truths(own, truths)
        if own in by_itself or _is_plain(own):
            continue
        if own is not root and (found := _applied(own)) is not None:
            asked = [own if found[0] in BY_VALUES else _without_limits(*found)]
            by_itself.update(subterms(own))
        elif _is_switched(own, switches):
            asked = [*parts_of(own)[1:]]
            by_itself.update(subterms(own))
        else:
            edges += [edge for edge in _asked(own) if own not in truths or isinstance(edge.part, Term)]
            asked = [*parts_of(own)[:1]] if isinstance(own, Function) and own.name == "IF" else []
            by_itself.update(subterms(*(condition for condition in asked if isinstance(condition, Term))))
        apart += asked
    return order, edges, apart


def _truths(own: Term, known: Collection[Term]) -> set[Term]:
    """What of a term only says whether several conditions hold, as `AND` does, by a 1 or a 0 that nobody wrote."""
    is_asked = isinstance(own, Function) and (own in known or (own.name == "=" and own.arguments[1] == 1))
    inside = parts_of(own) if is_asked else ()
    return {
        part for part in inside if isinstance(part, Function) and part.name == "IF" and {0.0, 1.0} & {*part.arguments}
    }


def _asked(own: Term) -> Iterator[_Edge]:
    """The parts of a term that may have no say."""
    parts = parts_of(own)
    if isinstance(own, Function):
        alike = _in_an_extreme(own)
        for place, part in enumerate(parts):
            is_little = own.name in _EXTREMES and isinstance(part, float) and abs(part) <= _LITTLE
            compared = not isinstance(part, Term) and (own.name in COMPARISONS or own.name.startswith("ROUND"))
            if part not in alike and not is_little and not compared:
                yield _Edge(own, place)
        return
    factors = own.parts if isinstance(own, Sum) else own.factors if isinstance(own, Product) else ()
    for place, (part, factor) in enumerate(factors):
        is_usual = abs(factor) >= _LITTLE if isinstance(own, Sum) else factor in _USUAL
        if not is_usual or not _is_plain(part):
            yield _Edge(own, place)


def _in_an_extreme(own: Function) -> Collection[Expression]:
    """The parts of which the largest is taken, if all are of one kind, so that each is the largest at times."""
    if own.name not in _EXTREMES:
        return ()
    kinds = [
        (part, frozenset(outline(item, lambda _: "") for item in _items(part, own.name))) for part in own.arguments
    ]
    shared = frozenset.intersection(*(kind for _, kind in kinds))
    return {part for part, kind in kinds if kind & shared and isinstance(part, Term)}


def _items(part: Expression, name: str) -> Iterator[Expression]:
    """Of what the largest is taken in `MAX(MAX(a, b), c)`."""
    stack = [part]
    while stack:
        own = stack.pop()
        if isinstance(own, Function) and own.name == name:
            stack += own.arguments
        else:
            yield own


def _is_switched(own: Term, switches: Collection[Address]) -> bool:
    """Whether a number that is typed for it chooses one of several activations."""
    if not isinstance(own, Function) or own.name != "IF" or not isinstance(own.arguments[0], Function):
        return False
    condition, *branches = own.arguments
    cells = leaves(condition) if isinstance(condition, Term) else ()
    chosen = all(isinstance(b, Term) and (_applied(b) is not None or _is_switched(b, switches)) for b in branches)
    return chosen and bool(cells) and all(cell in switches for cell in cells)


@lru_cache(maxsize=16_384)
def _is_plain(term: Term) -> bool:
    """Whether a term is a sum of products in which each cell has a say."""
    stack = [term]
    while stack:
        own = stack.pop()
        if isinstance(own, Function):
            return False
        if isinstance(own, Sum) and any(abs(factor) < _LITTLE for _, factor in own.parts):
            return False
        if isinstance(own, Product) and any(power not in _USUAL for _, power in own.factors):
            return False
        stack += [part for part in parts_of(own) if isinstance(part, Term)]
    return True


def _roughly_same(a: Array, b: Array) -> NDArray[np.bool_]:
    """Where two values are equal but for what activations that are known by their values may differ."""
    return np.isclose(a, b, rtol=1e-6, atol=1e-6)


def _has_a_say(
    edge: _Edge,
    root: Term,
    order: Sequence[Term],
    known: Mapping[Term, Array],
    alike: Callable[[Array, Array], NDArray[np.bool_]],
) -> bool:
    """Whether a term gives something else if one of its parts holds what it does for other numbers."""
    part = edge.part
    if isinstance(part, Term):
        own = known[part]
        if isinstance(edge.above, Function) and edge.above.name == "IF" and edge.place == 0:
            return bool((own != own[0]).any())  # both branches were compared, though they may give the same
        others = np.stack([np.roll(own, by) for by in range(1, len(own))])
    else:
        others = np.array([[part * (1 + _STEP)], [part + _STEP], [part - _STEP]])
    parts: list[Array | float] = [known[p] if isinstance(p, Term) else p for p in parts_of(edge.above)]
    parts[edge.place] = others
    with np.errstate(all="ignore"):
        changed = {edge.above: value_at_once(edge.above, parts)}
        for term in order[order.index(edge.above) + 1 :]:
            below = parts_of(term)
            if any(part in changed for part in below if isinstance(part, Term)):
                changed[term] = value_at_once(
                    term, [changed.get(p, known[p]) if isinstance(p, Term) else p for p in below]
                )
        result = changed[root]
        differs: NDArray[np.bool_] = np.isfinite(result) & ~alike(result, known[root])
    return bool(differs.any())


def _in_words(edge: _Edge) -> str:
    """What a reader finds in the formula."""
    part = edge.part
    if isinstance(edge.above, Function) and edge.above.name in CHOOSING and edge.place == 0:
        return f"a condition {NOTHING}"
    if not isinstance(part, Term):
        return f"the number {number_text(part)}, {NOTHING}"
    if isinstance(part, Leaf):
        return f"a number that it reads, {NOTHING}"
    name = next((own.name for own in subterms(part) if isinstance(own, Function)), "")
    if name in CHOOSING:
        return f"a condition {NOTHING}"
    return f"the function {name}, {NOTHING}" if name else f"a part, {NOTHING}"
