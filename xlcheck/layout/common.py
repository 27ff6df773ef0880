"""What every worksheet of a generated workbook has: a title, a way back, a heading, names of units and outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Band, Graph, Quantity, Role, in_time
from xlcheck.graph.trace import Trace
from xlcheck.grouping import grouped
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say
from xlcheck.workbook.plan import ColorScale, Formula, Link

START = "Start"
UNIT = 1
"""The column with the numbers, or the names, of units on a layer's worksheet."""
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def subscript(number: int) -> str:
    """12 → ₁₂."""
    return str(number).translate(_SUBSCRIPTS)


_GATE, _STATE = ((0.0, "#FFFFFF"), (1.0, "#F2D44B")), ((-1.0, "#8FC3EA"), (0.0, "#FFFFFF"), (1.0, "#F4B26A"))


def over_first_states(members: Iterable[Quantity]) -> str:
    """What stands over the states from which layers start; one that reads backwards does not start before t = 1."""
    last: dict[Band, int] = {}
    for q in members:
        if q.step is not None and q.step < last.get(q.band, -1) and q.band.role is Role.STATE:
            return say("words.start")
        last[q.band] = q.step or 0
    return say("words.before")


def style_of(q: Quantity) -> str:
    """The style of a quantity's computed numbers."""
    return q.band.role.value + {"mask": "_code", "seen": "_skipped"}.get(q.band.symbol, "")


def scale_of_role(role: str, area: Range) -> ColorScale | None:
    """Colours for gates and states: white is 0; blue is negative, orange positive."""
    stops = {"gate": _GATE, "state": _STATE}.get(role)
    return None if stops is None else ColorScale(area, stops)


def choose(draft: Draft, sheet: SheetDraft, row: int, column: int, label: int | None = None) -> None:
    """A link to the cell that selects the sample, if there is one; and in the column of its label which that is."""
    if draft.selector is not None and draft.selector.sheet != sheet.name:
        sheet.put(row, column, Link(say("common.choose_link"), draft.selector), "link")
    if label is not None and draft.label:
        draft.helper(sheet, row, label, draft.label, draft.samples, "strong")


def title(sheet: SheetDraft, text: str, subtitle: str, columns: int) -> None:
    """Rows 1 to 3: the title, one sentence, and the link to the first worksheet."""
    sheet.put(0, 0, text, "title")
    sheet.heights[0] = 30
    sheet.merge(sheet.at(1, 0, 1, columns), subtitle, "subtitle")
    sheet.heights[1] = 34
    sheet.put(2, 0, Link(say("common.start_link"), Range(START, 0, 0)), "link")


def heading(sheet: SheetDraft, row: int, text: str, columns: int) -> None:
    """A heading underlined across the given number of columns."""
    sheet.put(row, 0, text, "heading")
    for column in range(1, columns):
        sheet.put(row, column, None, "heading")
    sheet.heights[row] = 22


def shortened(name: str, letters: int) -> str:
    """A name of at most so many letters; dots stand for what is left out."""
    return name if len(name) <= letters else f"{name[: letters - 1]}…"


def pixels(band: Band, units: int) -> str:
    """What the units of an image's row are, unless its meaning says that."""
    if not band.columns or "Units: " in band.meaning:
        return ""
    size = units // band.columns
    return say("common.channels", size=size) if size > 1 else say("common.pixel")


def speaks(draft: Draft, members: Sequence[Quantity]) -> bool:
    """Whether each vector means one of its units' names: its numbers are shares of 1, and one is the largest."""

    def means_one(q: Quantity) -> bool:
        values = draft.trace[q.name].reshape(-1, q.shape[-1])
        sums, largest = values.sum(axis=1), values.max(axis=1, keepdims=True)
        one = (abs(sums - 1) < 1e-6) & ((values == largest).sum(axis=1) == 1)
        return bool((values >= 0).all() and (one | (sums == 0)).all())

    return bool(members) and all(q.band.name in draft.unit_names and means_one(q) for q in members)


def speaking(draft: Draft, bands: Sequence[tuple[Band, tuple[Quantity, ...]]]) -> Sequence[Quantity]:
    """What of a layer's own means a word at each time step: its answers, else what it reads or should answer."""
    for roles in ({Role.OUTPUT}, {Role.INPUT, Role.TARGET}):
        for band, members in bands:
            if band.role in roles and members[0].step is not None and speaks(draft, members):
                return in_time(members)
    return ()


def likeliest(draft: Draft, q: Quantity, sheet: str = "") -> tuple[str, Sequence[float | str]]:
    """A formula for the unit with the largest number, by its name if it has one; and what it gives for each sample.

    On the worksheet `sheet` it may refer to its own cells.
    """
    area = draft.placed(q.name)
    numbers = reference(area, sheet)
    names = reference(Range(area.sheet, area.top, UNIT, area.rows), sheet)
    own: Sequence[float | str] = draft.unit_names.get(q.band.name, [float(unit + 1) for unit in range(area.rows)])
    text = f"INDEX({names},MATCH(MAX({numbers}),{numbers},0))"
    if q.expr is not None:
        return text, [own[int(values.argmax())] for values in draft.trace[q.name]]
    # What is read may also be nothing, or a word that is not known: zeros.
    return f'IF(MAX({numbers})=0,"–",{text})', [
        own[int(values.argmax())] if values.any() else "–" for values in draft.trace[q.name]
    ]


def merged_helper(
    draft: Draft, sheet: SheetDraft, area: Range, text: str, desired: Sequence[float | str], style: str
) -> None:
    """Show a rectangle as one cell with a formula that is no quantity."""
    sheet.merge(area, Formula(text, desired[0]), style)
    draft.note_helper(area.cell(), text, desired)


def has_few_digits(trace: Trace) -> bool:
    """Whether every number of a network is a multiple of an eighth, so that zeros behind it would say nothing."""
    return all((8 * values % 1 == 0).all() for values in trace.values.values())


SHOWN = 8


def shown_outputs(graph: Graph) -> list[tuple[str, Quantity]]:
    """The last steps of each output, as many of all as make eight and at least one, with the name of the output.

    It is that of the layer (`lstm`), or of the quantity (`lstm.c`) where several of one layer are outputs.
    """
    outputs: list[list[Quantity]] = []
    for q in map(graph.__getitem__, graph.outputs):
        if outputs and _goes_on(outputs[-1], q):
            outputs[-1].append(q)
        else:
            outputs.append([q])
    longest = max(map(len, outputs))
    fitting = (most for most in range(longest, 1, -1) if sum(min(most, len(steps)) for steps in outputs) <= SHOWN)
    most = next(fitting, 1)
    shown = [q for steps in outputs for q in steps[-most:]]
    symbols = grouped((q.band.layer, q.band.symbol) for q in shown)
    return [(q.band.layer if len({*symbols[q.band.layer]}) == 1 else q.band.name, q) for q in shown]


def _goes_on(steps: list[Quantity], q: Quantity) -> bool:
    """Whether a quantity is the next step of a sequence, which may run backwards."""
    last = steps[-1]
    if last.band != q.band or last.step is None or q.step is None:
        return False
    before = steps[-2].step if len(steps) > 1 else None
    return abs(q.step - last.step) == 1 and (before is None or q.step - last.step == last.step - before)
