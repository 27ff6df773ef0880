"""The mistakes that are made in a formula's text, whatever it computes: rounding, and ranges of the wrong length."""

from __future__ import annotations

from collections.abc import Iterator

from xlcheck.formulas.parser import parsed
from xlcheck.formulas.scanner import Ref, cut
from xlcheck.formulas.tree import FunctionCall, Node, Operator
from xlcheck.formulas.unparse import unparse

MAX_DIGITS = 12


def rounded(digits: int) -> str:
    """What is wrong with a value that is rounded."""
    return f"the value is rounded to {digits} digits; leave ROUND out and set the number format instead"


def too_long(area: str, where: str) -> str:
    """What is wrong with a range that covers too much."""
    return f"the range {area} is one cell too long at its {where}"


def too_short(area: str, where: str) -> str:
    """What is wrong with a range that covers too little."""
    return f"the range {area} is one cell too short at its {where}"


def turned(formula: str) -> Iterator[str]:
    """A formula with one sign the other way round, also one that is not written, in front of what a function is given.

    Args:
        formula: the formula without `=`; one that cannot be read has no other signs.
    """
    tree = parsed(formula)
    yield from () if tree is None else map(unparse, _turned(tree))


def _turned(node: Node) -> Iterator[Node]:
    if isinstance(node, Operator):
        if node.symbol == "-" and len(node.operands) == 1:
            yield node.operands[0]
        elif node.symbol in {"+", "-"}:
            yield Operator("-" if node.symbol == "+" else "+", node.operands)
        yield from (Operator(node.symbol, changed) for changed in _one_turned(node.operands))
    elif isinstance(node, FunctionCall):
        if node.name in {"EXP", "LN", "TANH"}:
            yield FunctionCall(node.name, (Operator("-", node.arguments),))
        yield from (FunctionCall(node.name, changed) for changed in _one_turned(node.arguments))


def _one_turned(nodes: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    for number, node in enumerate(nodes):
        yield from ((*nodes[:number], new, *nodes[number + 1 :]) for new in _turned(node))


def shortened(formula: str) -> Iterator[tuple[str, str, str]]:
    """A formula with a range, and the next one if it is as long, one cell shorter: the text, the range, and the end."""
    text = cut(formula)
    for number, ref in enumerate(text.refs):
        if ref.kind != "range":
            continue
        for where, first, last in _ends(ref):
            shorter = ref.shifted(first, last)
            partner = text.refs[number + 1] if number + 1 < len(text.refs) else None
            refs = [*text.refs[:number], shorter, *text.refs[number + 1 :]]
            if partner is not None and _length(partner) == _length(ref):
                down = partner.bottom > partner.top
                by = (1, 0) if down else (0, 1)
                back = (-by[0], -by[1])
                refs[number + 1] = partner.shifted((0, 0), back) if last != (0, 0) else partner.shifted(by, (0, 0))
            yield text.with_refs(refs), f"{ref}", where


def lengthened(formula: str) -> Iterator[str]:
    """A formula with a range one cell longer at one of its ends."""
    text = cut(formula)
    for number, ref in enumerate(text.refs):
        if ref.kind == "range":
            for _, first, last in _ends(ref):
                longer = ref.shifted((-first[0], -first[1]), (-last[0], -last[1]))
                if longer is not None:
                    yield text.with_refs([*text.refs[:number], longer, *text.refs[number + 1 :]])


def _ends(ref: Ref) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    if ref.bottom > ref.top:
        yield "lower end", (0, 0), (-1, 0)
        yield "upper end", (1, 0), (0, 0)
    if ref.right > ref.left:
        yield "right end", (0, 0), (0, -1)
        yield "left end", (0, 1), (0, 0)


def _length(ref: Ref) -> int:
    return max(ref.bottom - ref.top, ref.right - ref.left) + 1


def exchanged(formula: str, most: int) -> Iterator[str]:
    """A formula with one of its ranges at another place, then with all that have dollar signs, the nearest first."""
    text = cut(formula)
    groups = [[number] for number in range(len(text.refs))]
    groups.append([number for number, ref in enumerate(text.refs) if ref.fixed])
    for distance in range(1, most):
        for group in groups:
            for by in ((0, -distance), (0, distance), (-distance, 0), (distance, 0)):
                refs = [ref.shifted(by, by) if number in group else ref for number, ref in enumerate(text.refs)]
                if None not in refs:
                    yield text.with_refs(refs)
