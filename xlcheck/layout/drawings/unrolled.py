"""A recurrent layer as a loop, and unrolled over time: its first and last steps, with live numbers and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.common import likeliest, scale_of_role, speaks, subscript
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.drawings.cells import UNROLLED, Drawn, operands, unrolled_maps
from xlcheck.layout.drawings.drawing import PLACE, draw, size
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say
from xlcheck.workbook.plan import Formula

_NAME = 16  # letters over a loop
_LOOP = 3 * PLACE  # columns, with what stands between it and the unrolled layer


@dataclass
class Unrolled:
    """What stands beside the cell of a recurrent layer.

    Attributes:
        steps: its states in order of time.
        backwards: whether it reads from right to left.
        store: where the inputs come from.
        weights: what else the weights are called, by quantity name.
        columns: how many there is room for; the unrolled layer stands below the loop if it does not fit beside it.
    """

    draft: Draft
    sheet: SheetDraft
    drawn: Drawn
    steps: Sequence[Quantity]
    backwards: bool
    store: Store
    weights: Mapping[str, str]
    columns: int

    def __post_init__(self) -> None:
        self.answers = dict(self._answers())
        count, answered = len(self.steps), {q.step or 0 for q in self.steps if q.step in self.answers}
        self.loop, unrolled, _ = unrolled_maps(count, self.backwards, answered)
        self.beside = _LOOP + size(unrolled)[1] <= self.columns
        most = UNROLLED if self.beside else max(2, min(UNROLLED, (self.columns // PLACE - 1) // 2))
        _, self.unrolled, self.shown = unrolled_maps(count, self.backwards, answered, most)

    @property
    def rows(self) -> int:
        """How many it takes."""
        return size(self.unrolled)[0] * (1 if self.beside else 2) + PLACE * (2 if self.beside else 3)

    def draw(self, top: int, left: int) -> None:
        """Draw it at a place."""
        sheet = self.sheet
        name = self.drawn.layer.rpartition(".")[2]
        text = (
            say("unrolled.named_loop", name=name) if len(name) <= _NAME else say("unrolled.loop")
        )  # of the layer whose cell stands beside it
        sheet.put(top + 1, left, text, "part_heading")
        draw(sheet, top + PLACE, left, self.loop, self._plain_box)
        self._self_loop(top + PLACE + (2 * PLACE if self.answers else 0), left + PLACE)
        if self.beside:
            left_unrolled = left + _LOOP
        else:
            top, left_unrolled = top + PLACE + size(self.loop)[0], left
        unit = say("unrolled.first_unit") if self.steps[0].shape[-1] > 1 else ""
        sheet.put(top + 1, left_unrolled, say("unrolled.unrolled", unit=unit), "part_heading")
        draw(sheet, top + PLACE, left_unrolled, self.unrolled, self._box)
        for line, text in enumerate(self._letters(), start=1):
            sheet.put(top + PLACE + size(self.unrolled)[0] + line, left, text, "hint")

    def _letters(self) -> tuple[str, str]:
        """What the letters beside the arrows stand for, and at which steps, in two lines that a page has room for."""
        names = ("kernel", "recurrent_kernel")
        words = [f"{letter} = {name}{self._also(f'{self.drawn.layer}.{name}')}"
                 for letter, name in zip("UW", names, strict=True)]  # fmt: skip
        if self.answers:
            layer = next(iter(self.answers.values())).band.layer
            words.append(f"V = {layer}.kernel{self._also(f'{layer}.kernel')}")
        shown = self.shown
        last = 1 if len(shown) == len(self.steps) else shown[1]
        several = say("unrolled.steps_2_and_3") if last == 3 else say("unrolled.steps_2_to", last=last)
        left_out = {1: "", 2: say("unrolled.step_2")}.get(last, several)
        return " · ".join(words), say("unrolled.same_at_every_step", left_out=left_out)

    def _also(self, weight: str) -> str:
        return f" ({self.weights[weight]})" if weight in self.weights else ""

    def _answers(self) -> Iterator[tuple[int | None, Quantity]]:
        """What dense layers answer to the states, each with the state's step: the first one of those that read it."""
        states = {q.name: q for q in self.steps}
        for q in self.draft.graph:
            if q.expr is not None and q.band.symbol == "z":
                state = states.get(next(operands(q.expr), ""))
                name = f"{q.band.layer}.y" + ("" if q.step is None else f"[{q.step}]")
                if state is not None and name in self.draft.graph and q.band.layer != state.band.layer:
                    del states[state.name]
                    yield state.step, self.draft.graph[name]

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

    def _box(self, row: int, column: int, word: str) -> None:
        """A state, what is read, or an answer, each of one step."""
        kind, step = word[0], int(word[1:])
        if kind == "x":
            self._x(step, row, column)
        elif word == "h0":
            label = f"h{subscript(len(self.steps) + 1 if self.backwards else 0)}"
            self._number(row, column, label, f"{self.steps[0].band.name}_init", Role.STATE)
        else:
            q = self.steps[step - 1] if kind == "h" else self.answers[step - 1]
            label = f"{kind}{subscript(step)}" if kind == "h" or q.step is not None else "y"
            if kind == "y" and self.draft.unit_names.get(q.band.name):
                self._words(row, column, label, likeliest(self.draft, q), Role.OUTPUT)
            else:
                self._number(row, column, label, q.name, q.band.role)

    def _number(self, row: int, column: int, label: str, name: str, role: Role) -> None:
        """The first unit of a quantity that no drop-down chooses."""
        area = self.draft.placed(name)
        text, values = reference(area.cell(), self.sheet.name), self.draft.values(name)
        self._filled(row, column, label, Formula(text, values[0]), role, "number")
        self.draft.note_helper(self.sheet.at(row + 1, column), text, values)
        if scale := scale_of_role(role.value, self.sheet.at(row + 1, column)):
            self.sheet.scales.append(scale)

    def _words(self, row: int, column: int, label: str, words: tuple[str, Sequence[float | str]], role: Role) -> None:
        text, shown = words
        self._filled(row, column, label, Formula(text, shown[0]), role, "small_box")
        self.draft.note_helper(self.sheet.at(row + 1, column), text, shown)

    def _x(self, step: int, row: int, column: int) -> None:
        """What is read at a step: its word, if it is one, else its number, or how many numbers it has."""
        store, label = self.store, f"x{subscript(step)}"
        if len(store.words) == len(self.drawn.x):
            self._words(row, column, label, store.words[step - 1], Role.INPUT)
            return
        q = self.draft.graph[self.drawn.x[step - 1]]
        if speaks(self.draft, [q]) and self.draft.is_placed(q.name):
            self._words(row, column, label, likeliest(self.draft, q), q.band.role)
        elif q.shape[-1] == 1 and self.draft.is_placed(q.name):
            self._number(row, column, label, q.name, q.band.role)
        else:
            self._filled(row, column, label, say("common.numbers", count=q.shape[-1]), q.band.role, "small_box")

    def _filled(self, row: int, column: int, label: str, content: str | Formula, role: Role, style: str) -> None:
        self.sheet.merge(self.sheet.at(row, column, 1, 2), label, f"{role.value}_label")
        self.sheet.merge(self.sheet.at(row + 1, column, 1, 2), content, f"{role.value}_{style}")
