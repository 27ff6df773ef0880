"""The network as a picture: unrolled over time with live numbers where it is small, else a box for each layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Quantity, Role, in_time
from xlcheck.layout.common import START, heading, likeliest, shortened, subscript
from xlcheck.layout.data.store import Words
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.front import WIDE
from xlcheck.layout.sheet import SheetDraft
from xlcheck.model.model_spec import Call, ModelSpec
from xlcheck.texts import say
from xlcheck.workbook.plan import Link

_BOXES, _GAP = (3, 2), 1  # columns of a box, narrower if a chain then stands beside each other; columns between two
LETTERS = 26
"""Of a name in three columns."""
_NARROW = 18  # letters in two columns
_FIRST, _STEP = 2, 3  # columns of the unrolled network: the first step, and from one step to the next
_UNROLLED = 4  # steps for which there is room beside each other


@dataclass(frozen=True)
class LayerSummary:
    """One line of the table of layers, and one box of the picture.

    Attributes:
        shape: of its output, `200 × 32`.
        parameters: number of weights.
        numbers: how many numbers it computes for one sample.
        sheet: the worksheet that shows it.
    """

    call: Call
    kind: str
    shape: str
    parameters: int
    numbers: int
    sheet: str


def picture(
    draft: Draft, sheet: SheetDraft, row: int, spec: ModelSpec, layers: Sequence[LayerSummary], words: Words
) -> int:
    """Draw the network; returns the row after it."""
    chains = _chains(draft)
    if chains:
        return _unrolled(draft, sheet, row, chains, words)
    return _boxes(sheet, row, spec, layers)


def shows_answers(draft: Draft) -> bool:
    """Whether the picture has all of the network's answers in it: one number, or what each step says, in a word."""
    chains, outputs = _chains(draft), _outputs(draft)
    if not chains:
        return False
    if len(outputs) == 1:
        return outputs[0].shape == (1,)
    (first, *others), steps = outputs, [q.step for q in outputs]
    one_band = all(q.band == first.band for q in others) and steps == list(range(len(chains[0])))
    return one_band and (first.shape == (1,) or first.band.name in draft.unit_names)


def _chains(draft: Draft) -> list[list[Quantity]]:
    """The states of the only recurrent layer in order of time, a chain for each direction; none if there are more."""
    chains = [
        in_time(members)
        for band, members in draft.graph.bands().items()
        if band.symbol == "h" and band.role is Role.STATE
    ]
    steps = sum(q.band.role is Role.INPUT for q in draft.graph)
    one_layer = len({states[0].band.layer.partition(".")[0] for states in chains}) == 1
    return chains if one_layer and all(len(states) == steps <= _UNROLLED for states in chains) else []


def _outputs(draft: Draft) -> list[Quantity]:
    return [draft.graph[name] for name in draft.graph.outputs]


def _unrolled(draft: Draft, sheet: SheetDraft, row: int, chains: Sequence[Sequence[Quantity]], words: Words) -> int:
    """Drawn with cells: what is read below, the layer's boxes, the answer above or to the right."""
    heading(sheet, row, say("picture.unrolled"), WIDE)
    outputs = _outputs(draft) if shows_answers(draft) else []
    top, box = row + 1, row + 3
    for number, states in enumerate(chains):
        # The second layer of a Bidirectional reads from the right to the left.
        _chain(draft, sheet, box + 2 * number, states, backwards=number > 0, onwards=len(outputs) == 1)
    states = chains[0]
    arrow = box + 2 * len(chains)
    end = _inputs(draft, sheet, arrow, len(states), words)
    if len(outputs) == 1:
        _one_answer(draft, sheet, box, _FIRST + _STEP * len(states), outputs[0])
    else:
        for t, q in enumerate(outputs):
            sheet.put(top + 1, _FIRST + _STEP * t, "↑", "arrow")
            _likeliest(draft, sheet, top, _FIRST + _STEP * t, q)
    for r in (top, *range(box, arrow + 2)):
        sheet.heights[r] = 22
    return end + 1


def _inputs(draft: Draft, sheet: SheetDraft, arrow: int, steps: int, words: Words) -> int:
    """What is read at each step: its word, and its number if it is one; returns the row after them."""
    given = in_time(q for q in draft.graph if q.band.role is Role.INPUT)
    for t in range(steps):
        column = _FIRST + _STEP * t
        sheet.put(arrow, column, "↑", "arrow")
        if len(words) == steps:
            draft.helper(sheet, arrow + 1, column, *words[t], "word")
        if given[t].shape == (1,):
            text = reference(draft.placed(given[t].name), START)
            style = "input_code" if (draft.trace[given[t].name] % 1 == 0).all() else "input"
            draft.helper(sheet, arrow + 2, column, text, draft.values(given[t].name), style)
    return arrow + 3


def _chain(
    draft: Draft, sheet: SheetDraft, row: int, states: Sequence[Quantity], *, backwards: bool, onwards: bool
) -> None:
    """A recurrent layer as a chain of boxes, one for each step, with the state below each."""
    start = 2 + 3 * len(states) if backwards else 0
    sheet.put(row, start, say("picture.first_memory"), "label")
    sheet.put(row, start - 1 if backwards else 1, "←" if backwards else "→", "arrow")
    name = states[0].band.layer.rpartition(".")[2].removesuffix("_simple_rnn")
    for t, q in enumerate(states):
        column = 2 + 3 * t
        sheet.merge(sheet.at(row, column, 1, 2), Link(f"{name}  t = {t + 1}", draft.placed(q.name).cell()), "node")
        if q.shape[-1] == 1:
            sheet.put(row + 1, column, f"h{subscript(t + 1)} =", "label")
            text = reference(draft.placed(q.name).cell(), START)
            draft.helper(sheet, row + 1, column + 1, text, draft.values(q.name), "state_box")
        else:
            sheet.merge(
                sheet.at(row + 1, column, 1, 2),
                say("picture.state", step=subscript(t + 1), count=q.shape[-1]),
                "state_small_box",
            )
        if backwards and t + 1 < len(states):
            sheet.put(row, column + 2, "←", "arrow")
        if not backwards and (t + 1 < len(states) or onwards):
            sheet.put(row, column + 2, "→", "arrow")


def _one_answer(draft: Draft, sheet: SheetDraft, row: int, column: int, q: Quantity) -> None:
    sheet.merge(sheet.at(row, column, 1, 2), Link(q.band.layer, draft.placed(q.name).cell()), "node")
    sheet.put(row, column + 2, "→", "arrow")
    draft.helper(
        sheet, row, column + 3, reference(draft.placed(q.name).cell(), START), draft.values(q.name), "output_box"
    )
    sheet.put(row + 1, column + 3, say("picture.answer"), "column_label")


def _likeliest(draft: Draft, sheet: SheetDraft, row: int, column: int, q: Quantity) -> None:
    """The unit with the largest number, by its name if it has one, and that number; of one unit its number."""
    area = draft.placed(q.name)
    if area.rows == 1:
        draft.helper(sheet, row, column, reference(area, START), draft.values(q.name), "output_box")
        return
    if not draft.trace.values.get(f"target.y[{q.step}]", draft.trace[q.name]).any():
        sheet.merge(sheet.at(row, column, 1, 2), say("picture.nothing_learned"), "column_label")
        return
    text, words = likeliest(draft, q)
    draft.helper(sheet, row, column, text, words, "word")
    largest = [float(values.max()) for values in draft.trace[q.name]]
    draft.helper(sheet, row, column + 1, f"MAX({reference(area, START)})", largest, "output_box")


def _boxes(sheet: SheetDraft, row: int, spec: ModelSpec, layers: Sequence[LayerSummary]) -> int:
    """A box for each input and layer: a chain runs to the right; else what reads each other stands below each other."""
    heading(sheet, row, say("picture.network"), WIDE)
    inputs = {item.tensor: " × ".join(f"{n:,}" for n in item.shape) for item in spec.inputs}
    made_by = {tensor: layer.call.name for layer in layers for tensor in layer.call.outputs}
    reads = {layer.call.name: [*dict.fromkeys(made_by.get(t, t) for t in layer.call.inputs)] for layer in layers}
    every = [*inputs, *reads]
    is_chain = len(inputs) == 1 and [*reads.values()] == [[before] for before in every[:-1]]
    what = {name: say("picture.input", shape=shape) for name, shape in inputs.items()}
    what |= {layer.call.name: f"{layer.kind} · {layer.shape}" for layer in layers}
    fits = is_chain and max(map(len, (*what, *what.values()))) <= _NARROW
    box = _BOXES[fits and _across(_BOXES[0]) < len(every) <= _across(_BOXES[1])]
    places = {name: divmod(k, _across(box)) for k, name in enumerate(every)} if is_chain else _branches(inputs, reads)
    for name in inputs:
        _box(sheet, row + 1, places[name], box, "", name, what[name])
    for layer in layers:
        name = layer.call.name
        (line, column), sources = places[name], [places[source] for source in reads[name]]
        beside = is_chain and column > 0
        above = "↓" if sources == [(line - 1, column)] else shortened(f"↓ {', '.join(reads[name])}", LETTERS)
        link = Link(shortened(name, LETTERS), Range(layer.sheet, 0, 0))
        _box(sheet, row + 1, places[name], box, "" if beside else above, link, what[name])
        if beside:
            sheet.put(row + 2 + 3 * line, column * (box + _GAP) - _GAP, "→", "arrow")
    return row + 4 + 3 * max(line for line, _ in places.values())


def _branches(inputs: Iterable[str], reads: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, int]]:
    """A line and a column for each box, of which each stands below all that it reads."""
    lines = dict.fromkeys(inputs, 0)
    for name, sources in reads.items():
        lines[name] = 1 + max((lines[source] for source in sources), default=0)
    columns = _columns(inputs, reads, lines)
    return {name: (line, columns[name]) for name, line in lines.items()}


def _columns(inputs: Iterable[str], reads: Mapping[str, Sequence[str]], depths: Mapping[str, int]) -> dict[str, int]:
    """A column for each box: below the deepest one that it reads, or to the right of what stands there already."""
    below: dict[str, list[str]] = {}
    roots = list(inputs)
    for name, sources in reads.items():
        if sources:
            below.setdefault(max(sources, key=depths.__getitem__), []).append(name)
        else:
            roots.append(name)
    columns: dict[str, int] = {}
    free = 0
    waiting = [(name, True) for name in reversed(roots)]
    while waiting:
        name, new = waiting.pop()
        columns[name] = free if new else free - 1
        free += new
        branches = below.get(name, [])
        waiting += [(branch, k > 0) for k, branch in reversed(list(enumerate(branches)))]
    return columns


def _across(box: int) -> int:
    """How many boxes of so many columns stand beside each other."""
    return (WIDE + _GAP) // (box + _GAP)


def _box(
    sheet: SheetDraft, top: int, place: tuple[int, int], wide: int, above: str, name: str | Link, what: str
) -> None:
    row, left = top + 3 * place[0], place[1] * (wide + _GAP)
    sheet.merge(sheet.at(row, left, 1, wide), above, "column_label")
    sheet.merge(sheet.at(row + 1, left, 1, wide), name, "node")
    sheet.merge(sheet.at(row + 2, left, 1, wide), what, "column_label")
