"""Results that are taken where a decision says so, and what they are worth then: `=IF(L4="yes",K4*$B$1-$B$2,0)`.

No layer asks which word was decided, or which number. So what is earned by a decision hides nothing that a network
computes, if it is made of the very result that was decided on, and of typed numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from xlcheck.formulas import tree
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.offsets import are_in_line
from xlcheck.handmade.reading.reads import Reads

SAME = frozenset({"=", "<>"})
"""What no activation asks."""
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})
_OF_RANGES = {"SUMIF": (0, 2), "AVERAGEIF": (0, 2), "SUMIFS": (1, 0), "AVERAGEIFS": (1, 0)}
"""Functions that put together what stands beside a word → which argument holds the words, and which what is taken."""
_PLAIN = frozenset({"ROUND", "ROUNDUP", "ROUNDDOWN", "SUMPRODUCT", "SUM"})


def is_chosen(
    node: tree.Node,
    sheet: str,
    reads: Reads,
    is_decided: Callable[[Address], bool],
    is_smooth: Callable[[Address], bool],
) -> bool:
    """Whether a part of a formula is what decisions choose of the results that they decide on.

    Args:
        node: the part.
        sheet: the worksheet on which the formula stands.
        reads: who reads what.
        is_decided: whether a cell holds a decision.
        is_smooth: whether a cell holds a result, or something that is no decision made of results.
    """

    def cells(own: tree.Node) -> list[Address]:
        return reads.table.cells_in(own.area, sheet) if isinstance(own, tree.Reference) else []

    for asked, taken in _choices(node):
        decisions = cells(asked)
        results = [own for own in map(cells, _references(taken)) if any(map(is_smooth, own))]
        if decisions and all(map(is_decided, decisions)) and len({*map(tuple, results)}) == 1:
            return all(map(_is_plain, taken)) and _decide_on(decisions, results[0], reads)
    return False


def _choices(node: tree.Node) -> Iterator[tuple[tree.Node, Sequence[tree.Node]]]:
    """The cells that are asked which decision they hold, and what is taken where it is the right one."""
    match node:
        case tree.FunctionCall(name="IF", arguments=(asked, *taken)):
            yield from ((own, taken) for own in _asked(asked))
        case tree.FunctionCall(name=name, arguments=arguments) if name in _OF_RANGES:
            words, numbers = _OF_RANGES[name]
            if max(words, numbers) < len(arguments):
                yield arguments[words], [arguments[numbers]]
        case tree.Operator(symbol="*", operands=(one, other)):
            yield from ((own, [rest]) for it, rest in ((one, other), (other, one)) for own in _asked(it))


def _asked(node: tree.Node) -> Iterator[tree.Node]:
    """What is compared with a typed word or number."""
    match node:
        case tree.Operator(symbol=symbol, operands=(own, tree.Literal())) if symbol in SAME:
            yield own


def _references(nodes: Iterable[tree.Node]) -> Iterator[tree.Node]:
    return (part for node in nodes for part in tree.walk(node) if isinstance(part, tree.Reference))


def _is_plain(node: tree.Node) -> bool:
    """Whether something only counts up and rounds, as no activation does."""
    match node:
        case tree.Literal() | tree.Reference():
            return True
        case tree.Operator(symbol=symbol, operands=operands):
            return symbol in _ARITHMETIC and all(map(_is_plain, operands))
        case tree.FunctionCall(name=name, arguments=arguments):
            return name in _PLAIN and all(map(_is_plain, arguments))
    return False


def _decide_on(decisions: Sequence[Address], results: Sequence[Address], reads: Reads) -> bool:
    """Whether each of some decisions is one on the result in its place, and both stand in line."""
    return len(decisions) == len(results) and all(
        result in reads.of(own) and are_in_line(own, result) for own, result in zip(decisions, results, strict=True)
    )
