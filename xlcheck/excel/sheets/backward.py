"""One step: the first epoch in slow motion, from the words to the loss, back again, and to new weights.

Columns: symbol, number, equation, meaning, one column for each document, and the last formula as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlcheck.excel.draft import Draft, SheetDraft
from xlcheck.excel.plan import Formula
from xlcheck.excel.sheets.common import heading, title
from xlcheck.graph.notation import label_of, notation
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.graph.scalars import indices, scalar_name
from xlcheck.optimisers.table import EpochGraph

NAME = "One step"
SYMBOL, NUMBER, EQUATION, MEANING, FIRST = range(5)
_TOP = 4

_SECTIONS = (
    ("Forward: from the words to the answer", "as in the lesson on this network, for each document"),
    ("Loss: how wrong the answer is", ""),
    (
        "Backward: from the loss back to the first word",
        "Each gradient says how much the mean loss changes when that number changes a little. The chain rule "
        "multiplies along the way: the gradient of what comes after, times how strongly this number acts on it.",
    ),
    (
        "The gradient of each weight: a sum over all steps and documents",
        "A weight is used at every step of every document. Each use adds its part.",
    ),
    ("The step: the optimiser moves each weight", "The new weights are those with which the second epoch begins."),
)


def one_step_sheet(draft: Draft, epoch: EpochGraph, samples: Sequence[str], equations: dict[str, str]) -> None:
    """Fill the sheet; `equations` gives those that are better told than derived, by name of the whole quantity."""
    sheet = draft.sheet(NAME, "gradient")
    columns = FIRST + len(samples) + 1
    title(sheet, "One step in slow motion", "The first epoch, number by number: forward to the loss, backward to the "
          "gradients, and one step of the optimiser. Time runs backwards where gradients flow.", columns)  # fmt: skip
    sheet.widths.update({SYMBOL: 20, NUMBER: 9, EQUATION: 62, MEANING: 50, FIRST + len(samples): 70})
    sheet.widths.update({FIRST + k: 14 for k in range(len(samples))})
    rows = _rows(draft, sheet, epoch)
    for row, (text, remark) in rows[1].items():
        heading(sheet, row, text, columns)
        sheet.merge(sheet.at(row + 1, 0, 1, columns), remark, "hint")
        header = ["symbol", "number", "equation", "what it means", *samples, "the formula in the last column"]
        sheet.put_row(row + 2, 0, header, "header_left")
    for row, q, index in rows[0]:
        _fill(draft, sheet, epoch, row, q, index, equations)
    sheet.freeze = (3, 1)


def _rows(
    draft: Draft, sheet: SheetDraft, epoch: EpochGraph
) -> tuple[list[tuple[int, Quantity, tuple[int, ...]]], dict[int, tuple[str, str]]]:
    """Reserve a row for each number of each quantity; quantities that documents share stand once."""
    rows = []
    headings = {}
    row = _TOP
    for number, (text, remark) in enumerate(_SECTIONS):
        headings[row] = (text, remark)
        row += 3
        for q in (q for q in epoch.whole if q.expr is not None and _section(q) == number):
            for index in indices(q):
                if not list(_placed(epoch, q, index)):
                    continue
                for column, name in _placed(epoch, q, index):
                    draft.place(name, sheet.at(row, column))
                rows.append((row, q, index))
                row += 1
        row += 1
    return rows, headings


def _placed(epoch: EpochGraph, q: Quantity, index: tuple[int, ...]) -> Iterator[tuple[int, str]]:
    for sample in [None] if q.is_weight else range(epoch.samples):
        name = scalar_name(q, index, sample)
        if name in epoch.scalars:
            yield FIRST + (sample or 0), name


def _section(q: Quantity) -> int:
    if q.is_weight:
        return 3 if q.band.role is Role.GRADIENT else 4
    return (
        {Role.LOSS: 1, Role.GRADIENT: 2}.get(q.band.role, 0)
        if q.band.layer != "loss"
        else (2 if q.band.role is Role.GRADIENT else 1)
    )


def _fill(
    draft: Draft,
    sheet: SheetDraft,
    epoch: EpochGraph,
    row: int,
    q: Quantity,
    index: tuple[int, ...],
    equations: dict[str, str],
) -> None:
    first = not any(index)
    if first:
        sheet.put(row, SYMBOL, label_of(q), "symbol")
        sheet.put(row, EQUATION, equations.get(q.name) or _equation(q, epoch), "equation")
        sheet.put(row, MEANING, q.band.meaning, "meaning")
        sheet.heights[row] = 31 if len(q.band.meaning) > 55 or len(_equation(q, epoch)) > 70 else 20
    numbers = ", ".join(str(i + 1) for i in index) if max(q.shape) > 1 else ""
    sheet.put(row, NUMBER, numbers, "first_unit" if first else "unit")
    for column, name in _placed(epoch, q, index):
        content = draft.live(draft.graph[name], 0, NAME)
        sheet.put(row, column, content, _style(q))
        last = content
    assert isinstance(last, Formula)  # noqa: S101 - a row stands for at least one number
    sheet.put(row, FIRST + epoch.samples, f"={last.text}", "formula")


def _equation(q: Quantity, epoch: EpochGraph) -> str:
    if q.band.equation:
        return q.band.equation
    return "" if q.expr is None else f"{label_of(q)} = {notation(q.expr, epoch.whole)}"


def _style(q: Quantity) -> str:
    return q.band.role.value
