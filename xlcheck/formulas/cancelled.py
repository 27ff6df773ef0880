"""Parts of a formula that read cells and are the same number whatever stands in them: `A1/A1`, `EXP(B1-B1)`.

They are numbers that a formula makes of no number. Which parts stay the same is tried with drawn numbers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from itertools import chain, zip_longest

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.evaluate import evaluate
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.scalars import OpaqueError, Scalar
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.tree import FunctionCall, Name, Node, Operator, Reference, children
from xlcheck.formulas.unparse import unparse

_ENOUGH, _MOST = 4, 16
_DIGITS = 1e-12


def cancelled(formula: str) -> tuple[float, ...]:
    """The number that each part of a formula is that reads cells and does not depend on them."""
    between, refs = cut(formula.removeprefix("="))
    corners: dict[str, tuple[int, int]] = {}
    for ref in refs:
        top, left = corners.get(ref.prefix, (ref.top, ref.left))
        corners[ref.prefix] = min(top, ref.top), min(left, ref.left)
    texts = []
    for ref in refs:  # so that formulas of one form are asked once
        top, left = corners[ref.prefix]
        texts.append(str(ref.shifted((-top, -left), (-top, -left)) or ref))
    return _cancelled("".join(chain.from_iterable(zip_longest(between, texts, fillvalue=""))))


@lru_cache(maxsize=1024)
def _cancelled(formula: str) -> tuple[float, ...]:
    try:
        return tuple(_of(parse(formula), {}))
    except FormulaSyntaxError:
        return ()


def _of(node: Node, names: Mapping[str, Node]) -> Iterator[float]:
    if isinstance(node, FunctionCall) and node.name == "LET":
        *pairs, body = node.arguments
        for name, value in zip(pairs[::2], pairs[1::2], strict=False):
            yield from _of(value, names)
            if isinstance(name, Name):
                names = {**names, name.name.lower(): value}
        yield from _of(body, names)
        return
    if isinstance(node, FunctionCall | Operator) and _reads(node, names):
        number = _steady(unparse(node), names)
        if number is not None:
            yield number
        for part in children(node):
            yield from _of(part, names)


def _reads(node: Node, names: Mapping[str, Node]) -> bool:
    return (
        isinstance(node, Reference)
        or (isinstance(node, Name) and node.name.lower() in names)
        or any(_reads(part, names) for part in children(node))
    )


def steady(formula: str) -> float | None:
    """The one number that a formula gives, whatever stands in the cells that it reads; None if it follows them."""
    return _steady(formula.removeprefix("="), {})


def _steady(text: str, names: Mapping[str, Node]) -> float | None:
    """The one number that a part gives for many that are drawn; None if it gives several, or nobody knows."""
    found: list[float] = []
    for draw in range(_MOST):
        try:
            value = evaluate(text, ("", 0, 0), _NOTHING, names, partial(_drawn, draw))
        except (OpaqueError, ArithmeticError, ValueError):
            return None
        if math.isfinite(value):
            if found and abs(value - found[0]) > _DIGITS * max(1.0, abs(found[0])):
                return None
            found.append(value)
            if len(found) == _ENOUGH:
                return value
    return None


def _drawn(seed: int, cell: Address) -> float:
    return random.Random(f"{seed} {cell}").uniform(-2.0, 2.0)  # noqa: S311 - no secret


class _Nothing:
    """A workbook in which every cell holds a drawn number."""

    def formula(self, cell: Address) -> str | None:
        """There is none."""

    def constant(self, cell: Address) -> Scalar:
        """There is none."""

    def spill(self, cell: Address) -> Range:
        """A cell alone."""
        sheet, row, column = cell
        return Range(sheet, row, column)


_NOTHING = _Nothing()
