"""Picture: the cell of each layer as textbooks draw it, with the numbers of one time step, which a drop-down chooses.

Beside the cells stands the loop that makes a layer recurrent, and the same layer unrolled over time. Everything is
drawn from the maps of `cells` over the quantities of the graph; no layer is known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity, Role, in_time
from xlcheck.layout.chosen_step import LISTED, LONG, UNSEEN
from xlcheck.layout.common import START, likeliest, scale_of_role, shortened, speaks, subscript
from xlcheck.layout.data.store import Store, item
from xlcheck.layout.draft import Draft
from xlcheck.layout.drawings.cells import BEFORE, COMPLEMENT, Drawn, caption, drawn_layers
from xlcheck.layout.drawings.drawing import HEAD_WIDTH, PLACE, WIDTH, draw, size
from xlcheck.layout.drawings.unrolled import Unrolled
from xlcheck.layout.sheet import SheetDraft
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import say
from xlcheck.workbook.plan import DropDown, Formula, Link, Note
from xlcheck.workbook.views import Factor, View

NAME = "Picture"
SELECTOR = Range(NAME, 2, 6)
_TOP = 5
_LABEL, _HEADING = 10, 32  # letters over a box, and over a cell
_COLUMNS = 20 * PLACE  # that are seen at once


@dataclass
class PicturePage:
    """The page while it is filled; its cells for choices stand before anything else does."""

    draft: Draft
    sheet: SheetDraft
    layers: Sequence[Drawn]
    steps: dict[int, Range] = field(default_factory=dict)
    first: dict[Range, int] = field(default_factory=dict)
    lists: dict[int, Range] = field(default_factory=dict)

    def fill(self, store: Store, weights: Mapping[str, str]) -> None:
        """Draw every layer: recurrent cells on the left, loops and other layers on the right.

        The weights are given with their other names.
        """
        sheet = self.sheet
        sheet.put(0, 0, NAME, "title")
        sheet.put(1, 0, caption(self.draft, [self._steps(drawn) for drawn in self.layers]), "hint")
        sheet.heights.update({0: 30, 2: 26})
        sheet.put(3, 0, Link(say("common.start_link"), Range(START, 0, 0)), "link")
        self._chosen(store)
        self._drawings(store, weights)
        columns = 1 + max(column for _, column in sheet.cells)
        for column in range(max(columns, 3 * PLACE)):
            sheet.widths[column] = WIDTH if column % PLACE < PLACE - 1 else HEAD_WIDTH
        sheet.freeze = (4, 0)
        sheet.one_page = True

    def _drawings(self, store: Store, weights: Mapping[str, str]) -> None:
        """Two columns of drawings, loops beside their cells; what is no recurrent cell where there is room."""
        across = max((size(d.cell.map)[1] for d in self.layers if self._recurrent(d)), default=-PLACE) + PLACE
        loops = {d.layer: Unrolled(self.draft, self.sheet, d, self._steps(d), self._is_backwards(self._steps(d)), store,
                                   weights, _COLUMNS - across)
                 for d in self.layers if self._recurrent(d)}  # fmt: skip
        heights = [0, 0]
        for drawn in self.layers:
            if drawn.layer in loops:
                heights[0] += self._rows(drawn)
                heights[1] += loops[drawn.layer].rows + PLACE
        sides = {}
        for drawn in self.layers:
            if drawn.layer not in loops:
                sides[drawn.layer] = side = 0 if across == 0 or heights[0] < heights[1] else 1
                heights[side] += self._rows(drawn)
        tops = [_TOP, _TOP]
        spans, drawn_before = [], set[str]()
        for drawn in self.layers:
            side = sides.get(drawn.layer, 0)
            if drawn.layer in loops and not loops.keys().isdisjoint(drawn_before):
                tops = [max(tops)] * 2
            drawn_before.add(drawn.layer)
            self._cell(drawn, tops[side], side * across, store)
            spans.append((tops[side], tops[side] + self._rows(drawn)))
            tops[side] += self._rows(drawn)
            if drawn.layer in loops:
                spans.append((tops[1], tops[1] + loops[drawn.layer].rows + PLACE))
                loops[drawn.layer].draw(tops[1], across)
                tops[1] += loops[drawn.layer].rows + PLACE
        firsts = {first for first, _ in spans}
        self.sheet.starts = sorted(row for row in firsts if not any(first < row < after for first, after in spans))

    @staticmethod
    def _rows(drawn: Drawn) -> int:
        """How many a cell takes, with its heading and the space below it."""
        return 2 * PLACE + size(drawn.cell.map)[0]

    def _recurrent(self, drawn: Drawn) -> bool:
        return "h0" in drawn.parts

    def _chosen(self, store: Store) -> None:
        """The row with the sample, and with a drop-down for the step."""
        sheet = self.sheet
        sheet.put(2, 0, store.kind, "name")
        column = SELECTOR.left + 3
        if self.draft.selector is None:
            sheet.put(3, SELECTOR.left, Link(store.prompt, store.chosen or Range(START, 0, 0)), "link")
            column = SELECTOR.left
        self.draft.helper(sheet, 2, column, store.label, self.draft.samples, "strong")
        at = 27
        for count in sorted({len(self._steps(d)) for d in self.layers if len(self._steps(d)) > 1}):
            sheet.put(2, at, say("common.steps", steps=count), "name")
            step = self._choice(2, at + 9, count, count, say("common.choose_step"), say("common.boxes_show"))
            self.steps[count] = step
            self.first[step] = count
            if len(store.words) == count:
                shown = [store.words[t][1] for t in range(count)]
                text = f"CHOOSE({self.steps[count].fixed()},{','.join(text for text, _ in store.words)})"
                if len(text) < LONG:
                    view = View(sheet.at(2, at + 12), text, self.steps[count], None, items=tuple(shown))
                    self._show(view, 1, "strong")
            at += 18

    def _choice(self, row: int, column: int, count: int, first: int, title: str, message: str) -> Range:
        """A cell with a drop-down of the numbers up to `count`, which shows one of them at first."""
        cell = self.sheet.put(row, column, float(first), "selector")
        choices: Range | list[str | int] = list(range(1, count + 1))
        if count > LISTED:
            choices = self._listed(count)
        self.sheet.drop_downs.append(DropDown(cell, choices, title, message))
        return cell

    def _listed(self, count: int) -> Range:
        """The numbers up to `count`, one below the other where nobody sees them; layers of one size share a list."""
        if count not in self.lists:
            numbers = np.arange(1.0, count + 1)[:, None]
            self.lists[count] = self.sheet.numbers(_TOP, UNSEEN + len(self.lists), numbers, "unseen")
        return self.lists[count]

    def _steps(self, drawn: Drawn) -> list[Quantity]:
        """Its states, or outputs, in order of time; of a layer without time steps the only one."""
        symbol = "h" if self._recurrent(drawn) else "y"
        return in_time(self.draft.graph.members(f"{drawn.layer}.{symbol}"))

    def _cell(self, drawn: Drawn, top: int, left: int, store: Store) -> None:
        """The cell of a layer."""
        sheet, steps = self.sheet, self._steps(drawn)
        units = max(q.shape[-1] for q in steps)
        top += 1
        name = drawn.layer if len(drawn.layer + drawn.kind) < _HEADING else drawn.layer.rpartition(".")[2]
        place = Link(shortened(f"{name} · {drawn.kind}", _HEADING), self.draft.placed(steps[0].name).cell())
        sheet.put(top, left, place, "link_heading")
        step = self.steps.get(len(steps))
        unit = None
        if units > 1:
            sheet.put(top, left + 12, say("picture.units", units=units), "label_left")
            unit = self._choice(top, left + 18, units, 1, say("picture.choose_unit"), say("common.boxes_show"))
        sheet.notes.append(Note(sheet.at(top, left), drawn.cell.sentences()))
        box = partial(self._box, drawn, step, unit, store)
        draw(sheet, top + 2, left, drawn.cell.map, box)

    def _box(
        self, drawn: Drawn, step: Range | None, unit: Range | None, store: Store, row: int, column: int, word: str
    ) -> None:
        """One box of a cell: label and number."""
        if word in ("x", "x2"):
            self._x(drawn, step, store, row, column, second=word == "x2")
            return
        part = drawn.cell.parts[word]
        factors, texts, quantities = [], [], []
        for choice in drawn.parts[word]:
            sign = next((s for s in (COMPLEMENT, BEFORE) if choice.startswith(s)), "")
            band = f"{drawn.layer}.{choice.removeprefix(sign)}"
            members = self._members(band)
            backwards = sign == BEFORE and self._is_backwards(members)
            shift = (1 if backwards else -1) if sign == BEFORE else 0
            factors.append(Factor(band, shift, sign == COMPLEMENT, part.unit))
            row_text = None if unit is None else unit.fixed()
            row_text = row_text if part.unit is None else str(part.unit + 1)
            text = self._reference(members, step, row_text, before=sign == BEFORE, backwards=backwards)
            texts.append(f"(1-{text})" if sign == COMPLEMENT else text)
            quantities.append(members[0])
        q = quantities[0]
        before = "ₜ₊₁" if self._is_backwards(self._steps(drawn)) else "ₜ₋₁"
        label = part.said() or q.band.label.replace("ₜ", before if drawn.parts[word][0].startswith(BEFORE) else "ₜ")
        role = part.role or (q.band.role.value if len(factors) == 1 else Role.INTERMEDIATE.value)
        label = label.replace("{before}", f"h{before}")
        label = label.replace("{act}", q.band.equation.partition("(")[0] if "(" in q.band.equation else q.band.label)
        if len(label) > _LABEL:
            label = label.partition("(")[0]
        self._put(row, column, label, View(self.sheet.at(row + 1, column), "*".join(texts), step, unit, tuple(factors)),
                  role)  # fmt: skip

    def _x(self, drawn: Drawn, step: Range | None, store: Store, row: int, column: int, *, second: bool) -> None:
        """What the layer reads: its number, if it is one; else how many numbers it is."""
        if drawn.second:
            self._one_of_two(drawn, row, column, second=second)
            return
        q = self.draft.graph[drawn.x[0]]
        step_of_one = "" if len(self._members(q.band.name)) == 1 else subscript((q.step or 0) + 1)
        label = q.band.label if len(drawn.x) > 1 else q.band.label.replace("ₜ", step_of_one)
        if q.band.role is Role.OUTPUT:  # its own name is that of what the layer before answers
            label = "xₜ" if len(drawn.x) > 1 else "x"
        if (
            step is not None
            and len(drawn.x) == len(self._steps(drawn))
            and self._word(drawn, label, step, store, row, column)
        ):
            return
        if q.shape[-1] == 1 and self.draft.is_placed(q.name):
            members = [self.draft.graph[name] for name in drawn.x]
            if len(members) in {1, len(self._steps(drawn))} and (
                len(members) == 1 or [m.step for m in members] == list(range(len(members)))
            ):
                text = self._reference(members, step, None)
                band = q.name if len(members) == 1 else q.band.name
                view = View(self.sheet.at(row + 1, column), text, step if len(members) > 1 else None, None,
                            (Factor(band),))  # fmt: skip
                self._put(row, column, label, view, q.band.role.value, whole=self._whole(members))
                return
        self.sheet.merge(self.sheet.at(row, column, 1, 2), label, f"{q.band.role.value}_label")
        text = say("common.numbers", count=q.shape[-1]) if q.shape[-1] > 1 else say("common.one_number")
        self.sheet.merge(self.sheet.at(row + 1, column, 1, 2), text, f"{q.band.role.value}_small_box")

    def _one_of_two(self, drawn: Drawn, row: int, column: int, *, second: bool) -> None:
        """How many numbers one of two inputs has, and vectors, if they are read together."""
        names = drawn.second if second else drawn.x
        q = self.draft.graph[names[0]]
        answer = self._steps(drawn)[0].expr
        read = {name for name in ex.refs(answer) if name in names} if answer is not None else set()
        text = say("common.numbers", count=q.shape[-1]) if q.shape[-1] > 1 else say("common.1_number")
        text = f"{len(read)} × {q.shape[-1]}" if len(read) > 1 else text
        role = q.band.role.value
        self.sheet.merge(self.sheet.at(row, column, 1, 2), "x₂" if second else "x₁", f"{role}_label")
        self.sheet.merge(self.sheet.at(row + 1, column, 1, 2), text, f"{role}_small_box")

    def _word(self, drawn: Drawn, label: str, step: Range, store: Store, row: int, column: int) -> bool:
        """Of a vector whose units have names the name of the largest number at the chosen step."""
        quantities = [self.draft.graph[name] for name in drawn.x]
        role = quantities[0].band.role.value
        if speaks(self.draft, quantities) and all(self.draft.is_placed(q.name) for q in quantities):
            words = [likeliest(self.draft, q) for q in quantities]
        elif isinstance(quantities[0].expr, ex.OneHot) and len(store.words) == len(quantities):
            words = list(store.words)  # of vectors that are not written out
        else:
            return False
        text = f"CHOOSE({step.fixed()},{','.join(text for text, _ in words)})"
        if len(text) >= LONG:
            return False
        self.sheet.merge(self.sheet.at(row, column, 1, 2), label, f"{role}_label")
        shown = tuple(tuple(map(str, texts)) for _, texts in words)
        self._show(View(self.sheet.at(row + 1, column), text, step, None, items=shown), 2, f"{role}_small_box")
        return True

    def _whole(self, quantities: Sequence[Quantity]) -> bool:
        """Whether all numbers of a box are whole, at whichever step and of whichever sample."""
        return all((self.draft.trace[q.name] % 1 == 0).all() for q in quantities)

    def _put(self, row: int, column: int, label: str, view: View, role: str, *, whole: bool = False) -> None:
        self.sheet.merge(self.sheet.at(row, column, 1, 2), label, f"{role}_label")
        self._show(view, 2, f"{role}_whole" if whole else f"{role}_number")
        if scale := scale_of_role(role, view.cell):
            self.sheet.scales.append(scale)

    def _show(self, view: View, columns: int, style: str) -> None:
        """Write a view, with what it gives at first."""
        desired = view.helper(self.draft.trace, self.first).desired
        area = self.sheet.at(view.cell.top, view.cell.left, 1, columns)
        self.sheet.merge(area, Formula(view.formula, desired[0]), style)
        self.draft.views.append(view)

    def _members(self, band: str) -> list[Quantity]:
        return in_time(q for q in self.draft.graph.members(band) if not q.is_weight)

    def _is_backwards(self, members: Sequence[Quantity]) -> bool:
        """Whether the step before a step is the one to its right."""
        order = [q.step or 0 for q in self.draft.graph.members(members[0].band.name)]
        return len(order) > 1 and order[0] > order[-1]

    def _reference(
        self, members: Sequence[Quantity], step: Range | None, unit: str | None, *, before: bool = False,
        backwards: bool = False,
    ) -> str:  # fmt: skip
        """A formula for one number of a band: of the chosen step and unit, or of the step before."""
        places = [self.draft.placed(q.name) for q in members]
        if before:
            start = self.draft.placed(f"{members[0].band.name}_init")
            if backwards:
                last = f"{step.fixed() if step else 1}={len(places)}"
                later = self._item(places[1:], f"{step.fixed()}" if step else "1", unit)
                return f"IF({last},{self._item([start], '1', unit)},{later})"
            places = [start, *places[:-1]]
        return self._item(places, step.fixed() if step else "1", unit)

    def _item(self, places: Sequence[Range], step: str, unit: str | None) -> str:
        first = places[0]
        area = first.part(first.rows, len(places))
        if [p.left for p in places] != list(range(first.left, first.left + len(places))):
            raise ValueError(f"{first} and what follows do not stand beside each other")
        row = "1" if unit is None or area.rows == 1 else unit
        return item(area, f"{row},{step if area.columns > 1 else 1}")


def picture_page(draft: Draft, spec: ModelSpec) -> PicturePage | None:
    """Start the page, with the cell that selects the sample; None if no layer can be drawn."""
    layers = drawn_layers(draft, spec)
    if not layers:
        return None
    sheet = draft.sheet(NAME, "state")
    if len(draft.samples) > 1:
        draft.selector = sheet.put(SELECTOR.top, SELECTOR.left, 1.0, "selector")
    return PicturePage(draft, sheet, layers)
