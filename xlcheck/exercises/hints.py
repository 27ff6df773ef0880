"""Hints: for each symbol three of them, one after the other, opened by typing 1.

What a hint says stands in a formula, hidden from view but in the file: whoever takes the file apart sees it. No hint
holds an answer. The second one is the equation in plain words, by one row for each operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xlcheck.exercises.key import Hint
from xlcheck.exercises.marks import Element
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.references import References
from xlcheck.graph import expressions as ex
from xlcheck.graph.notation import label_of
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.common import title
from xlcheck.layout.draft import Draft, reference
from xlcheck.texts import in_quotes, meant, say, say_all
from xlcheck.workbook.plan import Formula, Link

Labels = Mapping[str, str]
"""What each quantity is called."""


def in_words(expr: ex.Expr, labels: Labels) -> str:
    """What an expression computes, as somebody would say it who reads a formula aloud; by labels of what it reads."""
    rule = _RULES.get(type(expr))
    if rule is not None:
        return rule(expr, labels)
    inside = listed([in_words(operand, labels) for operand in ex.operands(expr)])
    return say(_name(expr), operands=inside)


def listed(items: Sequence[str]) -> str:
    """a, b and c."""
    return items[0] if len(items) == 1 else say("common.and", others=", ".join(items[:-1]), last=items[-1])


def _inner(expr: ex.Expr, labels: Labels) -> str:
    """In parentheses if it is more than one thing."""
    text = in_words(expr, labels)
    return text if isinstance(expr, ex.Ref | ex.Slice | ex.Const) else f"({text})"


def _slice(e: ex.Slice, labels: Labels) -> str:
    one = e.stop - e.start == 1
    places = say("formula.number" if one else "formula.numbers", first=e.start + 1, last=e.stop)
    row = "" if e.row is None else say("formula.in_row", row=e.row + 1)
    return f"{labels[e.of.name]} ({places}{row})"


def _said(*parts: str) -> Callable[[Any, Labels], str]:
    """The text that has the operation's name, with these parts of it in its braces."""
    return lambda e, labels: say(_name(e), **{part: _inner(getattr(e, part), labels) for part in parts})


def _sum(e: ex.Add, labels: Labels) -> str:
    return say("formula.add", a=in_words(e.a, labels), b=in_words(e.b, labels))


def _items(e: Any, labels: Labels) -> str:
    return say(_name(e)).join(_inner(item, labels) for item in e.items)


def _outer(e: ex.OuterSum, labels: Labels) -> str:
    pairs = zip(e.xs, e.ds, strict=True)
    terms = [say("formula.mul", a=_inner(x, labels), b=_inner(d, labels)) for x, d in pairs]
    return say("formula.outersum", terms=say("formula.total").join(terms))


def _name(e: ex.Expr) -> str:
    kind = {ex.DotTransposed: ex.Dot, ex.FirstLargest: ex.Largest}.get(type(e), type(e))
    return f"formula.{kind.__name__.lower()}"


_OF_ONE = (
    ex.Neg, ex.Exp, ex.Log, ex.Tanh, ex.Sigmoid, ex.Abs, ex.Sign, ex.Sqrt, ex.Expm1, ex.Relu, ex.Softplus, ex.NormalCdf,
    ex.Softmax, ex.LogSumExp, ex.Sum, ex.BatchMean, ex.BatchSum,
)  # fmt: skip
_OF_TWO = (ex.Sub, ex.Mul, ex.Div, ex.Power, ex.Greater, ex.NotEqual)
_RULES: dict[type[ex.Expr], Callable[[Any, Labels], str]] = {
    ex.Ref: lambda e, labels: labels[e.name],
    ex.Const: lambda e, labels: f"{e.value:g}".replace("-", "−"),
    ex.Slice: _slice,
    ex.Add: _sum,
    ex.Where: _said("test", "a", "b"),
    ex.Dot: _said("x", "matrix"),
    ex.DotTransposed: _said("x", "matrix"),
    ex.OuterSum: _outer,
    ex.BinaryCrossentropy: _said("target", "p"),
    ex.CategoricalCrossentropy: _said("target", "p"),
    **dict.fromkeys((ex.Total, ex.Concat, ex.Stack), _items),
    **dict.fromkeys(_OF_ONE, _said("x")),
    **dict.fromkeys(_OF_TWO, _said("a", "b")),
}


NAME = "Hints"
_SYMBOL, _NUMBER, _TYPED, _COST, _TEXT = range(5)
_TOP = 5


def hints_sheet(
    draft: Draft, cells: Mapping[Element, Range], formulas: Mapping[Element, str], costs: Sequence[float]
) -> tuple[Hint, ...]:
    """Fill the sheet of hints, if there are any; the costs, each with those before it, are parts of the points."""
    if not costs:
        return ()
    sheet = draft.sheet(NAME, "gate")
    title(sheet, NAME, say("hints.intro"), 5)
    sheet.widths.update({_SYMBOL: 22, _NUMBER: 8, _TYPED: 10, _COST: 10, _TEXT: 110})
    sheet.put_row(_TOP - 1, 0, say_all("hints.header"), "header_left")
    sheet.freeze = (_TOP, 0)
    sheet.protected = True
    first: dict[str, Element] = {}
    for name, index in cells:
        first.setdefault(draft.graph[name].band.name, (name, index))
    hints: list[Hint] = []
    closed = say("hints.closed")
    row = _TOP
    for band, element in first.items():
        q, cell = draft.graph[element[0]], cells[element]
        texts = (_note(draft, q), _equation(draft, q), _cells(cell, formulas[element]))
        sheet.put(row, _SYMBOL, Link(f"{q.band.label or q.band.symbol}   ({band})", cell), "link")
        typed: list[Range] = []
        for number, (text, cost) in enumerate(zip(texts, costs, strict=False), start=1):
            sheet.put(row, _NUMBER, float(number), "column_label")
            typed.append(sheet.put(row, _TYPED, None, "typed"))
            sheet.put(row, _COST, f"{100 * cost:g} %", "label")
            opened = ",".join(f"{place.a1}=1" for place in typed)
            shown = f"IF(AND({opened}),{in_quotes(text)},{in_quotes(closed)})"
            sheet.put(row, _TEXT, Formula(shown, closed), "wrap_beside_hidden")
            sheet.heights[row] = 20 if len(text) < 120 else 36 if len(text) < 240 else 52
            hints.append(Hint(typed[-1], band, number, float(cost)))
            row += 1
        row += 1
    return tuple(hints)


def _note(draft: Draft, q: Quantity) -> str:
    read = list(dict.fromkeys(_label(draft.graph[name]) for name in q.reads))
    needs = say("hints.needs", read=_listed(read)) if read else ""
    return f"{meant(q.band.meaning)} {needs}".strip()


def _label(q: Quantity) -> str:
    return f"{q.band.layer}.{q.band.symbol}" if q.is_weight else label_of(q)


def _equation(draft: Draft, q: Quantity) -> str:
    words = in_words(q.expr, {name: _label(draft.graph[name]) for name in q.reads}) if q.expr is not None else ""
    return say("hints.equation", symbol=label_of(q), words=words)


def _cells(cell: Range, formula: str) -> str:
    read = dict.fromkeys(reference(area, cell.sheet) for area in References({}).of(formula, cell.sheet))
    return say("hints.reads", cell=cell.a1, read=_listed(list(read)))


def _listed(items: Sequence[str]) -> str:
    return listed(items) if items else say("hints.nothing")
