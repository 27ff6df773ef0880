"""Feeds itself: a decoder that reads what it has written, with nobody who tells it the right answer."""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.formulas.addresses import Range
from xlcheck.graph.trace import Trace
from xlcheck.layout.common import choose, title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.matrices.beside import MATRIX, TOP, Network, Page, Places
from xlcheck.layout.sheet import SheetDraft
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import in_quotes, say

NAME = "Feeds itself"


@dataclass(frozen=True)
class Loop:
    """A network that is fed by itself.

    Attributes:
        layers: those that are run again at each step.
        reads: the band of what they read.
        writes: the band of what they answer, with a name for each unit.
    """

    layers: tuple[str, ...]
    reads: str
    writes: str


def feeding_sheet(draft: Draft, spec: ModelSpec, loop: Loop) -> None:
    """Fill the sheet, once every quantity is placed; `draft.further` has every quantity of these layers."""
    sheet = draft.sheet(NAME, "state")
    network = Network.of(draft, spec, (*loop.layers, loop.reads.rpartition(".")[0]))
    places = Places(draft, network, sheet, Trace(draft.trace.source, {**draft.trace.values, **draft.further}))
    places.reserve()
    title(sheet, NAME, say("feeding.intro"), places.columns)
    choose(draft, sheet, 2, MATRIX, label=MATRIX + 2)

    def given(x: str, unit: int) -> str:
        step = draft.graph[x].step or 0
        if step == 0:
            source = draft.placed(x)
            return reference(source.cell(unit), NAME)
        before = places.inner.placed(f"{loop.writes}[{step - 1}]")
        cells = Range(NAME, before.top, before.left, before.rows)
        return f"IF(MATCH(MAX({cells.a1}),{cells.a1},0)={unit + 1},1,0)"

    Page(draft, network, places, sheet, given).fill()
    _written(draft, sheet, places, loop, network.steps)
    sheet.freeze = (TOP + 2, MATRIX)


def _written(draft: Draft, sheet: SheetDraft, places: Places, loop: Loop, steps: int) -> None:
    """Over each step the letter that is read, and below everything the letters that are written."""
    names = draft.unit_names[loop.writes]
    trace = places.inner.trace
    row = places.end
    sheet.put(row, 0, say("words.writes"), "symbol")
    for t in range(steps):
        for band, at in ((loop.reads, TOP + 1), (loop.writes, row)):
            area = places.inner.placed(f"{band}[{t}]")
            cells = Range(NAME, area.top, area.left, area.rows)
            listed = ",".join(map(in_quotes, names))
            text = f"CHOOSE(MATCH(MAX({cells.a1}),{cells.a1},0),{listed})"
            words = [names[int(values.argmax())] for values in trace[f"{band}[{t}]"]]
            draft.helper(sheet, at, area.left, text, words, "word" if at == TOP + 1 else "output_text")
