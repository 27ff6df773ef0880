"""Picture: the cell of each layer as textbooks draw it, with the numbers of one time step, which a drop-down chooses.

Beside the cells stands the loop that makes a layer recurrent, and the same layer unrolled over time. Everything is
drawn from the maps of `cells` over the quantities of the graph; no layer is known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.cells import BEFORE, COMPLEMENT
from xlcheck.layout.common import START, scale_of_role, subscript
from xlcheck.layout.data.store import Store, item
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.drawing import HEAD_WIDTH, PLACE, WIDTH, draw, size
from xlcheck.layout.drawn import Drawn, drawn_layers, operands, unrolled_maps
from xlcheck.layout.sheet import SheetDraft
from xlcheck.model.model_spec import ModelSpec
from xlcheck.workbook.plan import DropDown, Formula, Link, Note
from xlcheck.workbook.views import Factor, View

NAME = "Picture"
SELECTOR = Range(NAME, 2, 6)
_TOP = 5
_LISTED = 60  # numbers of a drop-down that are listed in itself


@dataclass
class PicturePage:
    """The page while it is filled; its cells for choices stand before anything else does."""

    draft: Draft
    sheet: SheetDraft
    layers: Sequence[Drawn]
    steps: dict[int, Range] = field(default_factory=dict)

    def fill(self, store: Store, weights: Mapping[str, str]) -> None:
        """Draw every layer: recurrent cells on the left, loops and other layers on the right.

        Args:
            store: where the inputs come from.
            weights: what else the weights are called, by quantity name.
        """
        sheet = self.sheet
        text = (
            "One time step of each layer, with live numbers. Choose the step, and another unit where there are "
            "several. Gates darken as they open; states are orange above 0 and blue below it."
        )
        sheet.put(0, 0, "Picture", "title")
        sheet.put(1, 0, text, "hint")
        sheet.heights.update({0: 30, 2: 26})
        sheet.put(3, 0, Link("← Start", Range(START, 0, 0)), "link")
        self._chosen(store)
        left = right = _TOP
        across = max((size(d.cell.map)[1] for d in self.layers if self._recurrent(d)), default=-PLACE) + PLACE
        for drawn in self.layers:
            if self._recurrent(drawn):
                top = max(left, right) if left > _TOP else _TOP
                left = self._cell(drawn, top, 0, store)
                right = self._loop(drawn, max(top, right), across, store, weights)
            else:
                right = self._cell(drawn, right, across, store)
        columns = 1 + max(column for _, column in sheet.cells)
        for column in range(max(columns, 3 * PLACE)):
            sheet.widths[column] = WIDTH if column % PLACE < PLACE - 1 else HEAD_WIDTH
        sheet.freeze = (4, 0)
        sheet.one_page = True

    def _recurrent(self, drawn: Drawn) -> bool:
        return "h0" in drawn.parts

    def _chosen(self, store: Store) -> None:
        """The row with the sample, and with a drop-down for the step."""
        sheet = self.sheet
        sheet.put(2, 0, store.kind, "name")
        column = SELECTOR.left + 2
        if self.draft.selector is None:
            sheet.put(3, SELECTOR.left, Link(store.prompt, store.chosen or Range(START, 0, 0)), "link")
            column = SELECTOR.left
        self.draft.helper(sheet, 2, column, store.label, self.draft.samples, "strong")
        at = 27
        for count in sorted({len(self._steps(d)) for d in self.layers if len(self._steps(d)) > 1}):
            sheet.put(2, at, f"time step, 1 to {count}", "name")
            self.steps[count] = self._choice(2, at + 9, count, "Choose a time step", "The boxes show its numbers.")
            if len(store.words) == count:
                shown = [store.words[t][1] for t in range(count)]
                text = f"CHOOSE({self.steps[count].fixed()},{','.join(text for text, _ in store.words)})"
                if len(text) < 4000:
                    view = View(sheet.at(2, at + 11), text, self.steps[count], None, texts=tuple(shown))
                    self._show(view, 1, "strong", texts=True)
            at += 18

    def _choice(self, row: int, column: int, count: int, title: str, message: str) -> Range:
        """A cell with a drop-down of the numbers up to `count`."""
        cell = self.sheet.put(row, column, 1.0, "selector")
        choices: Range | list[str | int] = list(range(1, count + 1))
        if count > _LISTED:
            import numpy as np

            choices = self.sheet.numbers(_TOP, 90 + column, np.arange(1.0, count + 1)[:, None], "unseen")
        self.sheet.drop_downs.append(DropDown(cell, choices, title, message))
        return cell

    def _steps(self, drawn: Drawn) -> list[Quantity]:
        """Its states, or outputs, in order of time; of a layer without time steps the only one."""
        symbol = "h" if self._recurrent(drawn) else "y"
        members = [q for q in self.draft.graph if q.band.name == f"{drawn.layer}.{symbol}"]
        return sorted(members, key=lambda q: q.step or 0)

    def _cell(self, drawn: Drawn, top: int, left: int, store: Store) -> int:
        """The cell of a layer; returns the row after it."""
        sheet, steps = self.sheet, self._steps(drawn)
        units = max(q.shape[-1] for q in steps)
        top += 1
        place = Link(f"{drawn.layer} · {drawn.kind}", self._first(steps[0]))
        sheet.put(top, left, place, "link_heading")
        step = self.steps.get(len(steps))
        unit = None
        if units > 1:
            sheet.put(top, left + 12, f"unit, 1 to {units}", "label_left")
            unit = self._choice(top, left + 18, units, "Choose a unit", "The boxes show its numbers.")
        texts = [drawn.cell.sentence, drawn.cell.misconception]
        sheet.notes.append(Note(sheet.at(top, left), "\n\n".join(filter(None, texts))))
        box = partial(self._box, drawn, step, unit, store)
        draw(sheet, top + 2, left, drawn.cell.map, box)
        return top + 2 + size(drawn.cell.map)[0]

    def _box(
        self, drawn: Drawn, step: Range | None, unit: Range | None, store: Store, row: int, column: int, word: str
    ) -> None:
        """One box of a cell: label and number."""
        if word == "x":
            self._x(drawn, step, store, row, column)
            return
        part = drawn.cell.parts[word]
        factors, texts, quantities = [], [], []
        for choice in drawn.parts[word]:
            sign = next((s for s in (COMPLEMENT, BEFORE) if choice.startswith(s)), "")
            band = f"{drawn.layer}.{choice.removeprefix(sign)}"
            members = self._members(band)
            backwards = sign == BEFORE and self._is_backwards(members)
            factors.append(Factor(band, (1 if backwards else -1) if sign == BEFORE else 0, sign == COMPLEMENT))
            text = self._reference(members, step, unit, before=sign == BEFORE, backwards=backwards)
            texts.append(f"(1-{text})" if sign == COMPLEMENT else text)
            quantities.append(members[0])
        q = quantities[0]
        label = part.label or (_before(q) if drawn.parts[word][0].startswith(BEFORE) else q.band.label)
        role = part.role or (q.band.role.value if len(factors) == 1 else Role.INTERMEDIATE.value)
        label = label.replace("{before}", "hₜ₊₁" if "ₜ₊₁" in q.band.label else "hₜ₋₁")
        label = label.replace("{act}", q.band.equation.partition("(")[0] if "(" in q.band.equation else q.band.label)
        self._put(row, column, label, View(self.sheet.at(row + 1, column), "*".join(texts), step, unit, tuple(factors)),
                  role)  # fmt: skip

    def _x(self, drawn: Drawn, step: Range | None, store: Store, row: int, column: int) -> None:
        """What the layer reads: its number, if it is one; else how many numbers it is."""
        q = self.draft.graph[drawn.x[0]]
        label = q.band.label if len(drawn.x) > 1 else q.band.label.replace("ₜ", subscript((q.step or 0) + 1))
        if q.shape[-1] == 1 and self.draft.is_placed(q.name):
            members = [self.draft.graph[name] for name in drawn.x]
            if len(members) in {1, len(self._steps(drawn))} and (
                len(members) == 1 or [m.step for m in members] == list(range(len(members)))
            ):
                text = self._reference(members, step, None)
                band = q.name if len(members) == 1 else q.band.name
                view = View(self.sheet.at(row + 1, column), text, step if len(members) > 1 else None, None,
                            (Factor(band),))  # fmt: skip
                self._put(row, column, label, view, q.band.role.value, whole=self._whole(q))
                return
        self.sheet.merge(self.sheet.at(row, column, 1, 2), label, f"{q.band.role.value}_label")
        text = f"{q.shape[-1]} numbers" if q.shape[-1] > 1 else "one number"
        self.sheet.merge(self.sheet.at(row + 1, column, 1, 2), text, f"{q.band.role.value}_small_box")

    def _whole(self, q: Quantity) -> bool:
        return bool((self.draft.trace[q.name] % 1 == 0).all())

    def _put(self, row: int, column: int, label: str, view: View, role: str, *, whole: bool = False) -> None:
        self.sheet.merge(self.sheet.at(row, column, 1, 2), label, f"{role}_label")
        self._show(view, 2, f"{role}_whole" if whole else f"{role}_number")
        if scale := scale_of_role(role, view.cell):
            self.sheet.scales.append(scale)

    def _show(self, view: View, columns: int, style: str, *, texts: bool = False) -> None:
        """Write a view, with what it gives at first."""
        desired = view.texts[0] if texts else view.helper(self.draft.trace, {}).desired
        area = self.sheet.at(view.cell.top, view.cell.left, 1, columns)
        self.sheet.merge(area, Formula(view.formula, desired[0]), style)
        self.draft.views.append(view)

    def _members(self, band: str) -> list[Quantity]:
        found = [q for q in self.draft.graph if q.band.name == band and not q.is_weight]
        return sorted(found, key=lambda q: q.step or 0)

    def _is_backwards(self, members: Sequence[Quantity]) -> bool:
        """Whether the step before a step is the one to its right."""
        order = [q.step or 0 for q in self.draft.graph if q.band.name == members[0].band.name]
        return len(order) > 1 and order[0] > order[-1]

    def _reference(
        self, members: Sequence[Quantity], step: Range | None, unit: Range | None, *, before: bool = False,
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

    def _item(self, places: Sequence[Range], step: str, unit: Range | None) -> str:
        first = places[0]
        area = Range(first.sheet, first.top, first.left, first.rows, len(places))
        if [p.left for p in places] != list(range(first.left, first.left + len(places))):
            raise ValueError(f"{first} and what follows do not stand beside each other")
        row = "1" if unit is None or area.rows == 1 else unit.fixed()
        return item(area, f"{row},{step if area.columns > 1 else 1}")

    def _first(self, q: Quantity) -> Range:
        area = self.draft.placed(q.name)
        return Range(area.sheet, area.top, area.left)

    def _loop(self, drawn: Drawn, top: int, left: int, store: Store, weights: Mapping[str, str]) -> int:
        """The layer as a loop, and unrolled over its first and last steps; returns the row after it."""
        sheet, steps = self.sheet, self._steps(drawn)
        several = " (its first unit)" if steps[0].shape[-1] > 1 else ""
        sheet.put(top + 1, left, "as a loop", "part_heading")
        sheet.put(top + 1, left + 3 * PLACE, f"= unrolled over time{several}", "part_heading")
        top += PLACE
        answers = {q.step: y for q in steps if (y := self._answer(q)) is not None}
        looped, unrolled, shown = unrolled_maps(len(steps), self._is_backwards(steps), {q.step or 0 for q in steps if
                                        q.step in answers})  # fmt: skip
        draw(sheet, top, left, looped, self._plain_box)
        self._self_loop(top + (2 * PLACE if answers else 0), left + PLACE)
        box = partial(self._unrolled_box, drawn, steps, answers, store)
        draw(sheet, top, left + 3 * PLACE, unrolled, box)
        at = top + size(unrolled)[0]
        names = ("kernel", "recurrent_kernel")
        words = [f"{letter} = {name}{_also(weights.get(f'{drawn.layer}.{name}'))}"
                 for letter, name in zip("UW", names, strict=True)]  # fmt: skip
        if answers:
            layer = next(iter(answers.values())).band.layer
            words.append(f"V = {layer}.kernel{_also(weights.get(f'{layer}.kernel'))}")
        left_out = f" Steps {shown[-2] + 2} to {len(steps) - 1} are left out." if len(shown) < len(steps) else ""
        sheet.put(at + 1, left, f"{' · '.join(words)}. They are the same at every step.{left_out}", "hint")
        return at + PLACE

    def _answer(self, state: Quantity) -> Quantity | None:
        """What a dense layer answers to a state."""
        for q in self.draft.graph:
            if q.expr is not None and q.band.symbol == "z" and next(operands(q.expr), None) == state.name:
                name = f"{q.band.layer}.y" + ("" if q.step is None else f"[{q.step}]")
                if name in self.draft.graph and q.band.layer != state.band.layer:
                    return self.draft.graph[name]
        return None

    def _plain_box(self, row: int, column: int, word: str) -> None:
        label, role = {"x": ("xₜ", "input"), "h": ("hₜ", "state"), "y": ("yₜ", "output")}[word]
        self.sheet.merge(self.sheet.at(row, column, 2, 2), label, f"{role}_plain")

    def _self_loop(self, top: int, left: int) -> None:
        """The line that leads from the layer back to itself, with its letter."""
        borders = {
            (1, -1): "t", (1, 0): "t", (1, 1): "rt", (2, 1): "br", (2, 0): "b", (2, -1): "b",
        }  # fmt: skip
        for (row, column), sides in borders.items():
            content = {(1, -1): "◀", (2, 0): "W"}.get((row, column))
            self.sheet.put(top + row, left + column, content, f"wire_{sides}")

    def _unrolled_box(
        self, drawn: Drawn, steps: Sequence[Quantity], answers: Mapping[int | None, Quantity], store: Store, row: int,
        column: int, word: str,
    ) -> None:  # fmt: skip
        """A box of the unrolled form: a state, what is read, or an answer, each of one step."""
        kind, step = word[0], int(word[1:])
        if kind == "x":
            self._unrolled_x(drawn, step, store, row, column)
            return
        if word == "h0":
            name = f"{steps[0].band.name}_init"
            self._fixed(row, column, "h₀", name, "state")
            return
        q = steps[step - 1] if kind == "h" else answers[step - 1]
        label = f"{kind}{subscript(step)}" if kind == "h" or q.step is not None else "y"
        self._fixed(row, column, label, q.name, q.band.role.value)

    def _fixed(self, row: int, column: int, label: str, name: str, role: str) -> None:
        """The first unit of a quantity that no drop-down chooses."""
        area = self.draft.placed(name)
        cell = Range(area.sheet, area.top, area.left)
        sheet = self.sheet
        sheet.merge(sheet.at(row, column, 1, 2), label, f"{role}_label")
        values = self.draft.values(name)
        number = sheet.at(row + 1, column)
        sheet.merge(sheet.at(row + 1, column, 1, 2), Formula(reference(cell, NAME), values[0]), f"{role}_number")
        self.draft.note_helper(number, reference(cell, NAME), values)
        if scale := scale_of_role(role, number):
            sheet.scales.append(scale)

    def _unrolled_x(self, drawn: Drawn, step: int, store: Store, row: int, column: int) -> None:
        sheet = self.sheet
        if len(store.words) == len(drawn.x):
            text, shown = store.words[step - 1]
            sheet.merge(sheet.at(row, column, 1, 2), f"x{subscript(step)}", "input_label")
            sheet.merge(sheet.at(row + 1, column, 1, 2), Formula(text, shown[0]), "input_small_box")
            self.draft.note_helper(sheet.at(row + 1, column), text, shown)
            return
        q = self.draft.graph[drawn.x[step - 1]]
        if self.draft.is_placed(q.name):
            self._fixed(row, column, f"x{subscript(step)}", q.name, q.band.role.value)
        else:
            sheet.merge(sheet.at(row, column, 2, 2), f"x{subscript(step)}", "input_plain")


def _also(name: str | None) -> str:
    return f" ({name})" if name else ""


def _before(q: Quantity) -> str:
    after = "ₜ₊₁" if "ₜ₊₁" in q.band.equation else "ₜ₋₁"
    return q.band.label.replace("ₜ", after)


def picture_page(draft: Draft, spec: ModelSpec) -> PicturePage | None:
    """Start the page, with the cell that selects the sample; None if no layer can be drawn."""
    layers = drawn_layers(draft, spec)
    if not layers:
        return None
    sheet = draft.sheet(NAME, "state")
    if len(draft.samples) > 1:
        draft.selector = sheet.put(SELECTOR.top, SELECTOR.left, 1.0, "selector")
    return PicturePage(draft, sheet, layers)
