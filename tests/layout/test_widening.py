"""No number is too large for the column in which it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from drawn_plans import drawn
from lesson_plans import WORKBOOKS, known_plan
from thorough import spread

from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layout.plan import plan_model
from xlcheck.layout.sheet import SheetDraft
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.workbook.number_formats import digits_shown
from xlcheck.workbook.plan import Formula, NumberBlock, PlannedSheet
from xlcheck.workbook.styles import STYLES, WIDE

SPEC = sequential(
    "large",
    (3, 2),
    (
        LayerSpec(
            "SimpleRNN", "rnn", {"units": 3, "activation": "linear", "return_sequences": False},
            {"kernel": (2, 3), "recurrent_kernel": (3, 3), "bias": (3,)},
        ),
        LayerSpec("Dense", "dense", {"units": 1, "activation": "linear"}, {"kernel": (3, 1), "bias": (1,)}),
    ),
)  # fmt: skip


def _numbers(sheet: PlannedSheet) -> Iterator[tuple[str, float, float]]:
    """Style, number and the width in which it stands, of everything that a worksheet shows."""
    widths = {column: sheet.widths.get(column, 8.43) for column in range(2000)}
    for cell in sheet.cells:
        value = cell.content.value if isinstance(cell.content, Formula) else cell.content
        if isinstance(value, float):
            yield cell.style, value, widths[cell.column]
    for item in (*sheet.blocks, *sheet.spills):
        if not isinstance(item.values, str):
            columns = item.values if isinstance(item, NumberBlock) else np.reshape(item.values, (-1, 1))
            for (_, offset), value in np.ndenumerate(columns):
                yield item.style, float(value), widths[item.area.left + offset]
    for merge in sheet.merges:
        value = merge.content.value if isinstance(merge.content, Formula) else merge.content
        if isinstance(value, float):
            own = range(merge.area.left, merge.area.left + merge.area.columns)
            yield merge.style, value, sum(widths[column] for column in own)


@pytest.mark.parametrize("scale", [1.0, 1e5, -1e9])
def test_every_number_fits(scale: float) -> None:
    """Numbers as they are, and inputs like prices: what a program must show of each has its place."""
    graph = forward_graph(SPEC)
    rng = np.random.default_rng(7)
    given = {q.name: rng.normal(size=(2, *q.shape)[q.is_weight :]) for q in graph if q.expr is None}
    given = {name: value * scale if name.startswith("input") else value for name, value in given.items()}
    trace = Trace("made up", evaluate(graph, given))
    sheets = plan_model(SPEC, trace, trace, ["one", "two"]).sheets
    numbers = [number for sheet in sheets if not sheet.hidden for number in _numbers(sheet)]

    assert any(abs(value) > 0.1 * abs(scale) for _, value, _ in numbers)
    assert not _cut(sheets)


def _cut(sheets: Sequence[PlannedSheet]) -> list[tuple[str, str, float, float]]:
    """Sheet, style, number and width where a program would show ###."""
    return [
        (sheet.name, style, value, width)
        for sheet in sheets
        if not sheet.hidden
        for style, value, width in _numbers(sheet)
        if _is_cut(style, value, width)
    ]


def _is_cut(style: str, value: float, width: float) -> bool:
    return digits_shown(STYLES[style].get("num_format", "General"), value) + (value < 0) / 2 > width


SMALL = np.array([[1.0], [2.0]])


@pytest.mark.parametrize("number", [-1.2345e12, 1234567.25, 54321.0, 1234.5])
@pytest.mark.parametrize("steps", [1, 2])
def test_every_number_fits_whatever_is_chosen(number: float, steps: int) -> None:
    """Numbers of other samples, and of steps that are not shown at first, have their place as well."""
    layers = (
        LayerSpec(
            "SimpleRNN", "rnn", {"units": 1, "activation": "linear", "return_sequences": False},
            {"kernel": (1, 1), "recurrent_kernel": (1, 1)},
        ),
        LayerSpec("Dense", "dense", {"units": 1, "activation": "linear"}, {"kernel": (1, 1), "bias": (1,)}),
    )  # fmt: skip
    spec = sequential("large", (2, 1), layers)
    graph = forward_graph(spec)
    large = SMALL.copy()
    large[:steps] = number
    plans = []
    for samples in ([SMALL, large], [large, SMALL]):
        given = {q.name: np.full(q.shape, 0.75) for q in graph if q.is_weight}
        given |= {f"input.x[{t}]": np.stack(samples)[:, t] for t in range(2)}
        given |= {q.name: np.zeros((2, *q.shape)) for q in graph if q.expr is None and q.name not in given}
        trace = Trace("made up", evaluate(graph, given))
        plans.append([sheet for sheet in plan_model(spec, trace, trace, ["one", "two"]).sheets if not sheet.hidden])
    chosen = [
        (first.name, style, value, width)
        for sheets, others in (plans, plans[::-1])
        for first, second in zip(sheets, others, strict=True)
        for (style, _, width), (_, value, _) in zip(_numbers(first), _numbers(second), strict=True)
    ]

    assert [_cut(sheets) for sheets in plans] == [[], []]
    assert any(abs(value) >= 0.5 * abs(number) for _, _, value, _ in chosen)
    assert not [found for found in chosen if _is_cut(*found[1:])]
    boxes = [
        merge.style for merge in next(s for s in plans[1] if s.name == "Picture").merges if "number" in merge.style
    ]
    assert all(style.endswith(WIDE) for style in boxes)  # a view of the first step, too, which is not chosen


@pytest.mark.parametrize(("number", "is_wide"), [(999.0, False), (-1000.0, True)])
def test_a_large_number_of_its_own_changes_a_box(number: float, is_wide: bool) -> None:
    """Nothing chooses what stands there."""
    sheet = SheetDraft("S")
    sheet.merge(sheet.at(0, 0, 2, 2), number, "input_number")

    assert [merge.style.endswith(WIDE) for merge in sheet.finish().merges] == [is_wide]


def test_small_numbers_leave_boxes_as_they_are() -> None:
    """Four decimals, as on paper."""
    boxes = [m.style for s in known_plan("lstm").sheets if s.name == "Picture" for m in s.merges if "number" in m.style]

    assert boxes
    assert not any(style.endswith(WIDE) for style in boxes)


@pytest.mark.parametrize("workbook", spread(WORKBOOKS, 2))
def test_every_number_of_a_lesson_fits(workbook: str) -> None:
    """On every sheet, whatever its format and however narrow its columns."""
    assert not _cut(known_plan(workbook).sheets)


@pytest.mark.parametrize("seed", spread(list(range(60)), 12))
def test_every_number_of_a_random_model_fits(seed: int) -> None:
    """However many units and steps it has, and however large its numbers are."""
    spec, trace, samples = drawn(seed)

    assert not _cut(plan_model(spec, trace, trace, samples).sheets)


def test_parts_of_a_softmax_fit_in_narrow_columns() -> None:
    """Beside more than eight steps its largest number, exponentials and sums have four decimals, as all others have."""
    dense = LayerSpec("Dense", "dense", {"units": 12, "activation": "softmax", "use_bias": True},
                      {"kernel": (2, 12), "bias": (12,)})  # fmt: skip
    spec = sequential("soft", (10, 2), (dense,))
    rng = np.random.default_rng(3)
    graph = forward_graph(spec)
    given = {q.name: rng.normal(size=q.shape if q.is_weight else (1, *q.shape)) for q in graph if q.expr is None}
    trace = Trace("made up", evaluate(graph, given))
    sheets = plan_model(spec, trace, trace, ["one"]).sheets
    layer = next(sheet for sheet in sheets if sheet.name == "dense")

    assert layer.widths[6] < 8
    assert sum("EXP" in str(cell.content) for cell in layer.cells) > 100
    assert not _cut(sheets)
