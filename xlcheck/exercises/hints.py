"""Hints: for each symbol three of them, one after the other, opened by typing 1.

What a hint says stands in a formula, hidden from view but in the file: whoever takes the file apart sees it. No hint
holds an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlcheck.exercises.key import Hint
from xlcheck.exercises.marks import Element
from xlcheck.exercises.words import in_words, listed
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.references import References
from xlcheck.graph import expressions as ex
from xlcheck.graph.notation import label_of
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.common import title
from xlcheck.layout.draft import Draft, reference
from xlcheck.texts import meant, say, say_all
from xlcheck.workbook.plan import Formula, Link

NAME = "Hints"
_SYMBOL, _NUMBER, _TYPED, _COST, _TEXT = range(5)
_TOP = 5
_LITERAL = 250  # characters in a text of a formula; Excel takes 255


def hints_sheet(
    draft: Draft, cells: Mapping[Element, Range], formulas: Mapping[Element, str], costs: Sequence[float]
) -> tuple[Hint, ...]:
    """Fill the sheet of hints, if there are any.

    Args:
        draft: the workbook so far.
        cells: the blanks.
        formulas: what the solution has in them.
        costs: of each hint with those before it, as a part of the points.
    """
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
            sheet.put(
                row, _TEXT, Formula(f'IF(AND({opened}),{_quoted(text)},"{closed}")', closed), "wrap_beside_hidden"
            )
            sheet.heights[row] = 20 if len(text) < 120 else 36 if len(text) < 240 else 52
            hints.append(Hint(typed[-1], band, number, float(cost)))
            row += 1
        row += 1
    return tuple(hints)


def _note(draft: Draft, q: Quantity) -> str:
    names = () if q.expr is None else ex.refs(q.expr)
    read = list(dict.fromkeys(_label(draft.graph[name]) for name in names))
    needs = say("hints.needs", read=_listed(read)) if read else ""
    return f"{meant(q.band.meaning)} {needs}".strip()


def _label(q: Quantity) -> str:
    return f"{q.band.layer}.{q.band.symbol}" if q.is_weight else label_of(q)


def _equation(draft: Draft, q: Quantity) -> str:
    words = (
        in_words(q.expr, {name: _label(draft.graph[name]) for name in ex.refs(q.expr)}) if q.expr is not None else ""
    )
    return say("hints.equation", symbol=label_of(q), words=words)


def _cells(cell: Range, formula: str) -> str:
    read = dict.fromkeys(reference(area, cell.sheet) for area in References({}).of(formula, cell.sheet))
    return say("hints.reads", cell=cell.a1, read=_listed(list(read)))


def _listed(items: Sequence[str]) -> str:
    return listed(items) if items else say("hints.nothing")


def _quoted(text: str) -> str:
    """A text as a formula writes it, in pieces that Excel takes."""
    pieces = [text[start : start + _LITERAL] for start in range(0, len(text), _LITERAL)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
