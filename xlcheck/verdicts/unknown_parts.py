"""What a formula holds of which the equation of its quantity knows nothing: conditions, functions and numbers.

A check computes with some numbers. `IF(F31=0.777,0,…)` was right for those, and so were `…+MAX(0,F31-100)`,
`…+DELTA(F31,0.777)` and `…+EXP(-1E6*(F31-0.777)^2)`. What makes a formula another function somewhere is a choice, or a
number that says where; an equation that goes one way for all numbers needs no choice, and none needs numbers that
are not its own.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from itertools import zip_longest

import numpy as np

from xlcheck.formulas.inner_numbers import cancelled, limits, made_numbers
from xlcheck.formulas.scanner import Token, plain_name, tokens
from xlcheck.frozen import dataclass
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Graph
from xlcheck.graph.shapes import shape_of

NOTHING = "of which its equation knows nothing"
_CONDITION = f"a condition {NOTHING}"
_COMPARING = frozenset({"=", "<>", "<", ">", "<=", ">="})
# Functions that are the same for all numbers for which they are defined, or need a number that says where they are not.
_SMOOTH = frozenset(
    {
        "SUM", "SUMPRODUCT", "SUMSQ", "SUMXMY2", "SUMX2MY2", "SUMX2PY2", "PRODUCT", "AVERAGE", "MMULT", "TRANSPOSE",
        "EXP", "LN", "LOG", "LOG10", "SQRT", "POWER", "TANH", "SINH", "COSH", "ATANH", "PI", "N", "LET", "SINGLE",
        "LAMBDA", "CHIDIST", "CHISQ.DIST.RT", "ERF", "ERF.PRECISE", "ERFC", "ERFC.PRECISE",
        "NORMSDIST", "NORM.S.DIST", "GAUSS", "STDEVP", "STDEV.P", "VARP", "VAR.P", "DEVSQ", "INDEX", "TRUE", "FALSE",
    }
)  # fmt: skip
# They choose, too, where something fails; nothing does where there are sums and products alone.
_CATCHING = frozenset({"IFERROR", "IFNA"})
_NEVER_FAILING = frozenset(
    {"SUM", "SUMPRODUCT", "SUMSQ", "PRODUCT", "TANH", "PI", "N", "LET", "SINGLE", "INDEX", "TRUE", "FALSE"}
)
_CHOOSING = frozenset({"IF", "IFS", "SWITCH", "CHOOSE", "AND", "OR", "NOT", "XOR"})
_PIECEWISE = frozenset({"MAX", "MIN", "ABS", "SIGN", "MEDIAN"})
_PLAIN = _SMOOTH | _CHOOSING | _PIECEWISE
# What is the same for all numbers, in whatever style it is written; but for a one-hot vector, which takes a row.
_ONE_WAY = (
    ex.Ref, ex.Const, ex.Slice, ex.Neg, ex.Exp, ex.Log, ex.Sqrt, ex.Tanh, ex.Sum, ex.Add, ex.Sub, ex.Mul, ex.Div,
    ex.Dot, ex.Total, ex.Concat, ex.Power, ex.DotTransposed, ex.OuterSum, ex.BatchSum, ex.BatchMean, ex.Stack,
)  # fmt: skip
_PLAIN_NUMBERS = (0.0, 0.5, 1.0, 2.0)
# Numbers in the formulas of some operations (see `formulas.printing`): beyond them nothing changes any more.
_LIMITS: Mapping[type[ex.Expr], float] = {ex.Expm1: 80.0, ex.NormalCdf: 40.0}
_PLACES = (ex.OneHot, ex.Gather, ex.SparseCategoricalCrossentropy)
_DIGITS = 1e-14  # as many as programs keep


_REFERENCE = re.compile(r"(?<![\w.$])\$?([A-Z]{1,3})\$?(\d{1,7})(?![\w.(!])", re.IGNORECASE)
_GROWING = re.compile(r"\^|EXP\(|POWER\(|SINH\(|COSH\(|PRODUCT\(|SUMSQ\(")
_TWICE = 2
ZERO = re.compile(r"(?<![\w.])0(?:\.0*)?[*^]|[*^]\(?0(?![\w.])|[*^]\(?0\.0*(?!\d)|LET\(")
_PERCENT, _END = Token("operator", "%"), Token("space", "")


def may_cancel(formula: str) -> bool:
    """Whether a formula may make a number of cells that is not 0, 0.5, 1 or 2.

    It reads a cell twice and lets what follows grow, or more often; or it multiplies by 0, or names something.
    """
    text = formula.upper()
    most = max(Counter(_REFERENCE.findall(text)).values(), default=0)
    return most > _TWICE or (_GROWING.search(text) is not None and (most == _TWICE or ZERO.search(text) is not None))


def caught_by(formula: str) -> str | None:
    """The function by which a formula puts something in the place of an error."""
    names = (plain_name(text).upper() for kind, text in tokens(formula) if kind == "function")
    return next((name for name in names if name in _CATCHING), None)


def may_fail(formula: str) -> bool:
    """Whether a formula can give an error where what it reads does not."""
    return any(map(_may_fail, tokens(formula)))


def _may_fail(token: Token) -> bool:
    if token.kind == "function":
        name = plain_name(token.text).upper()
        return name not in _NEVER_FAILING | _PIECEWISE | _CHOOSING | _CATCHING
    return token.kind in {"error", "elsewhere"} or (token.kind == "operator" and token.text in {"/", "^"})


@dataclass(frozen=True)
class Known:
    """What the formulas of a quantity may hold.

    Attributes:
        one_way: whether its equation is the same for all numbers.
        numbers: those of the equation, without signs.
        places: the largest number of a row or class in it; whole ones up to it may stand in a formula.
        functions: those that may stand in a formula; by default what the equation needs if it is one for all numbers
            or has branches.
        allowed: what a result of the size of 1 may differ by; numbers that are no larger may stand anywhere.
    """

    one_way: bool
    numbers: frozenset[float] = frozenset()
    places: int = 0
    allowed: float = 0.0
    functions: frozenset[str] | None = None

    def unknown_in(self, formula: str, names: Mapping[str, str]) -> str | None:
        """What of a formula is not known; None if all of it is.

        Args:
            formula: its text.
            names: defined names, in small letters, that hold something unknown, and what.
        """
        found: list[str] = []
        parts = [token for token in tokens(formula.removeprefix("=")) if token.kind != "space"]
        fails = any(map(_may_fail, parts))
        for (kind, text), after in zip_longest(parts, parts[1:], fillvalue=_END):
            if kind == "operator" and text in _COMPARING and self.one_way:
                return _CONDITION
            if kind == "function" and (what := self._unknown_function(plain_name(text).upper(), may_fail=fails)):
                found.append(what)
            elif kind in {"name", "function"} and text.casefold() in names:
                found.append(names[text.casefold()])
            elif kind == "number":
                in_hundredths = after == _PERCENT
                if not self.is_own(float(text) / 100 if in_hundredths else float(text)):
                    found.append(f"the number {text}{'%' if in_hundredths else ''}, {NOTHING}")
        if not found and (limit := self._unknown_limit(formula)) is not None:
            found.append(limit)
        if not found and (made := self._unknown_made(formula)) is not None:
            shown = "a number of its own" if math.isnan(made) else f"the number {made:.6g}"
            found.append(f"{shown}, {NOTHING}")
        return next(iter(sorted(found, key=lambda what: what != _CONDITION)), None)

    def cancelled_in(self, formula: str) -> str | None:
        """A number that is not known and that a formula makes of any cells; None if there is none."""
        made = next((number for number in cancelled(formula) if not self._makes(number)), None)
        return None if made is None else f"the number {made:.6g}, {NOTHING}"

    @property
    def _functions(self) -> frozenset[str]:
        if self.functions is not None:
            return self.functions
        return _SMOOTH if self.one_way else _PLAIN

    def _unknown_function(self, name: str, *, may_fail: bool) -> str | None:
        if name in self._functions or (name in _CATCHING and not may_fail):
            return None
        return _CONDITION if name in _CHOOSING else f"the function {name}, {NOTHING}"

    def is_own(self, number: float) -> bool:
        """Whether a number without its sign may stand in a formula."""
        return number <= self.allowed or number in _PLAIN_NUMBERS or self._is_of_the_equation(number)

    def _is_of_the_equation(self, number: float) -> bool:
        if number <= self.places and number.is_integer():
            return True
        return any(abs(number - own) <= _DIGITS * own for own in self.numbers)

    def _unknown_limit(self, formula: str) -> str | None:
        """A number that says from where on a formula is another one, and is none of the equation's, however plain."""
        if self.one_way:
            return None
        for number, part_for in limits(formula, _COMPARING, _PIECEWISE):
            if number and not self._is_of_the_equation(abs(number)):
                if part_for in _COMPARING:
                    return _CONDITION
                return f"the {'function' if part_for else 'number'} {part_for or f'{abs(number):.6g}'}, {NOTHING}"
        return None

    def _unknown_made(self, formula: str) -> float | None:
        return next((number for number in made_numbers(formula) if not self._makes(number)), None)

    def _makes(self, number: float) -> bool:
        """Whether a formula may make this number of others: one of the equation's, or of two of these together."""
        plain = (*_PLAIN_NUMBERS, *self.numbers)
        pairs = ((a, b) for a in self.numbers for b in plain)
        made = (n for a, b in pairs for n in (a * b, a + b, abs(a - b), *((a / b, b / a) if a and b else ())))
        return self.is_own(abs(number)) or any(abs(abs(number) - own) <= _DIGITS * own for own in (*plain, *made))


def known_of(graph: Graph, name: str, allowed: float) -> Known:
    """What the formulas of a computed quantity may hold that may differ by so much."""
    expr = graph[name].expr
    nodes = [] if expr is None else list(ex.walk(expr))
    rows = [row for node in nodes if isinstance(node, ex.Ref) and isinstance(row := graph[node.name].expr, ex.OneHot)]
    nodes += [node for row in rows for node in ex.walk(row)]
    # Those that stand in the equation, and what it makes of them alone, as the root of a variance that is given.
    closed = (node for node in nodes if not any(isinstance(part, ex.Ref) for part in ex.walk(node)))
    numbers = [abs(number) for node in closed for number in np.ravel(value_of(node, {})).tolist()]
    places = [_count(node, graph) for node in nodes if isinstance(node, _PLACES)]
    is_row = bool(rows) or _has(nodes, ex.OneHot)
    branches = not all(isinstance(node, (*_ONE_WAY, ex.Gather, ex.OneHot)) for node in nodes)
    functions = _PLAIN if branches else _SMOOTH | (_CHOOSING if is_row else {"CHOOSE"} if places else set())
    return Known(
        one_way=not (is_row or branches),
        numbers=frozenset([*numbers, *(limit for kind, limit in _LIMITS.items() if _has(nodes, kind))]),
        places=max(places, default=0),
        allowed=allowed,
        functions=frozenset(functions),
    )


def _count(node: ex.Expr, graph: Graph) -> int:
    """How many places there are of which a code says one."""
    match node:
        case ex.Gather():
            return max(graph[node.matrix.name].shape)
        case ex.OneHot():
            return node.depth
        case ex.SparseCategoricalCrossentropy():
            return shape_of(node.logit, lambda name: graph[name].shape)[-1]
    return 0


def _has(nodes: list[ex.Expr], kind: type[ex.Expr] | tuple[type[ex.Expr], ...]) -> bool:
    return any(isinstance(node, kind) for node in nodes)
