"""Training: everything that a learner may change, in one column; beside it the curves that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.addresses import Range
from xlcheck.graph.notation import label_of
from xlcheck.graph.quantities import Quantity
from xlcheck.graph.scalars import indices, scalar_name
from xlcheck.layout.common import heading, merged_helper, title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.learning.optimisers.step import LAYER
from xlcheck.learning.optimisers.table import EpochGraph
from xlcheck.texts import meant, say, say_live
from xlcheck.workbook.plan import DropDown

NAME = "Training"
LABEL, VALUE, HINT = range(3)
CHARTS = 4
CHARTS_WIDE = 12
TOP = 5
_COPY = 2  # column of the hidden sheet that keeps copies of the inputs
_SETTINGS = ("learning_rate", "momentum", "nesterov", "rho", "epsilon", "beta_1", "beta_2")
_ROUNDED = ("momentum_single", "beta_1_single", "beta_2_single")


@dataclass(frozen=True)
class TrainingInputs:
    """What other sheets find here.

    Attributes:
        applies: 1 as long as every input is the one that Keras was given, else 0.
        choice: which optimiser is chosen, from 1.
    """

    applies: Range
    choice: Range


def training_inputs(
    draft: Draft,
    copies: SheetDraft,
    epoch: EpochGraph,
    samples: Sequence[str],
    optimiser: str,
    documents: str,
    gates: Mapping[str, Sequence[str]],
) -> TrainingInputs:
    """Fill the column of inputs and place their quantities.

    The hidden sheet keeps copies of the inputs; `gates` has for layers with gates the gate that each column of their
    weights belongs to.
    """
    sheet = draft.sheet(NAME, "loss")
    title(sheet, NAME, say("training.intro"), 16)
    sheet.widths.update({LABEL: 36, VALUE: 16, HINT: 58, 3: 3})
    row = _optimiser(draft, sheet, OPTIMISERS[optimiser].name)
    choice = sheet.at(TOP, VALUE)
    first = row
    row = _settings(draft, sheet, row, choice)
    row = _group(draft, sheet, row + 1, say("training.weights"), _weights(epoch, gates), "weight")
    row = _group(draft, sheet, row + 1, documents, _data(epoch, samples), "input")
    area = sheet.at(first, VALUE, row - first, 1)
    applies = _applies(draft, sheet, copies, area, row)
    sheet.questions = row + 3, LABEL
    sheet.one_page = True
    return TrainingInputs(applies, draft.placed(f"{LAYER}.choice"))


def _optimiser(draft: Draft, sheet: SheetDraft, chosen: str) -> int:
    heading(sheet, TOP - 1, say("training.settings"), HINT + 1)
    sheet.put(TOP, LABEL, say("words.optimiser"), "name")
    cell = sheet.put(TOP, VALUE, chosen, "selector")
    sheet.put(TOP, HINT, say("training.choose_here"), "hint_beside")
    names = [own.name for own in OPTIMISERS.values()]
    sheet.drop_downs.append(DropDown(cell, names, say("training.choose"), say("training.all_epochs")))
    sheet.heights[TOP] = 24
    first, second, third = (say_live(f"training.{name}") for name in names)
    text = f'IF({cell.a1}="{names[0]}",{first},IF({cell.a1}="{names[1]}",{second},{third}))'
    merged_helper(draft, sheet, sheet.at(TOP + 1, 0, 1, HINT + 1), text, [say(f"training.{chosen}")], "remark")
    sheet.heights[TOP + 1] = 52
    return TOP + 2


def _settings(draft: Draft, sheet: SheetDraft, row: int, choice: Range) -> int:
    first, second, *_ = (own.name for own in OPTIMISERS.values())
    text = f'IF({choice.a1}="{first}",1,IF({choice.a1}="{second}",2,3))'
    _look_up(draft, sheet, row, f"{LAYER}.choice", text)
    for name in _SETTINGS:
        row += 1
        _constant(draft, sheet, row, draft.graph[f"{LAYER}.{name}"], "setting")
    for name in _ROUNDED:
        row += 1
        source = draft.placed(f"{LAYER}.{name.removesuffix('_single')}").a1
        power = f"2^(INT(LOG({source},2))-23)"
        _look_up(draft, sheet, row, f"{LAYER}.{name}", f"IF({source}>0,ROUND({source}/{power},0)*{power},{source})")
    return row + 1


def _look_up(draft: Draft, sheet: SheetDraft, row: int, name: str, text: str) -> None:
    q = draft.graph[name]
    sheet.put(row, LABEL, q.band.label, "label")
    draft.place(name, draft.helper(sheet, row, VALUE, text, draft.values(name), "looked_up"))
    sheet.put(row, HINT, meant(q.band.meaning), "hint_beside")


def _constant(
    draft: Draft, sheet: SheetDraft, row: int, q: Quantity, style: str, label: str = "", hint: str = ""
) -> None:
    sheet.put(row, LABEL, label or q.band.label, "label")
    draft.place(q.name, sheet.put(row, VALUE, draft.value(q.name), style))
    sheet.put(row, HINT, hint or meant(q.band.meaning), "hint_beside")


def _group(draft: Draft, sheet: SheetDraft, row: int, text: str, members: Sequence[_Member], style: str) -> int:
    heading(sheet, row, text, HINT + 1)
    for name, label, hint in members:
        row += 1
        q = draft.graph[name]
        own = f"{style}_code" if style == "input" and q.band.role.value in ("input", "target") else style
        _constant(draft, sheet, row, q, own.replace("input", q.band.role.value), label, hint)
    return row + 1


_Member = tuple[str, str, str]
"""A number's name, its label and a hint, or nothing for the meaning of its quantity."""


def _weights(epoch: EpochGraph, gates: Mapping[str, Sequence[str]]) -> list[_Member]:
    """Each weight's number with a label, as long as it is moved."""
    return [
        (
            scalar_name(q, index),
            element_label(q, index, q.band.layer),
            gates[q.band.layer][index[-1]] if q.band.layer in gates else "",
        )
        for q in epoch.whole
        for index in indices(q)
        if q.expr is None and scalar_name(q, index) in epoch.before and not q.band.symbol.endswith("_before")
    ]


def _data(epoch: EpochGraph, samples: Sequence[str]) -> list[_Member]:
    return [
        (scalar_name(q, index, k), f"{text}: {element_label(q, index)}", "")
        for k, text in enumerate(samples)
        for q in epoch.whole
        for index in indices(q)
        if q.expr is None and not q.is_weight
    ]


def element_label(q: Quantity, index: tuple[int, ...], layer: str = "") -> str:
    """`lstm kernel, 1, 3`: a number of a vector or matrix, counted from 1."""
    places = ", ".join(str(i + 1) for i in index) if max(q.shape) > 1 else ""
    return f"{layer} {label_of(q)}".strip() + (f"  [{places}]" if places else "")


def _applies(draft: Draft, sheet: SheetDraft, copies: SheetDraft, area: Range, row: int) -> Range:
    for (line, column), copy in zip(area.cells(), copies.at(0, _COPY, area.rows, 1).cells(), strict=True):
        cell = sheet.cells.get((line, column))
        content = None if cell is None else cell.content
        value = getattr(content, "value", content)
        if isinstance(value, float):
            copies.put(*copy, value)
    copy_area = copies.at(0, _COPY, area.rows, 1)
    change = f"SUMPRODUCT(({area.fixed()}<>{reference(copy_area, NAME, fixed=True)})*1)"
    sheet.put(row, LABEL, say("training.applies"), "label")
    applies = draft.helper(sheet, row, VALUE, f"IF(ISERROR({change}),0,IF({change}=0,1,0))", [1.0], "keras_code")
    sheet.put(row, HINT, say("training.applies_hint"), "hint_beside")
    return applies
