"""Small sheets in which a recurrent network of one unit is trained through time, as textbooks lay it out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from training_sheets import Cells

Formulas = dict[str, str | float]
_X, _TARGETS = (0.5, -0.3, 0.8, 0.2), (0.2, 0.4, 0.7, 0.6)
_ACTIVATIONS = {"tanh": ("TANH({z})", "1-{h}^2"), "sigmoid": ("1/(1+EXP(-{z}))", "{h}*(1-{h})")}


@dataclass(frozen=True)
class Habits:
    """How somebody writes it.

    Attributes:
        steps: how many.
        every: whether each step has an output, and not the last one alone.
        top: whether a linear unit reads the states; else these are the outputs.
        first: the first state; None if no formula has it.
        short: whether sums have no cell for each of their products.
        activation: of the recurrent unit.
        bias: whether units have one.
        learns: whether weights are updated.
    """

    steps: int = 3
    every: bool = False
    top: bool = True
    first: float | None = 0.0
    short: bool = False
    activation: str = "tanh"
    bias: bool = True
    learns: bool = True

    @property
    def weights(self) -> Formulas:
        """The weights before the training."""
        found: Formulas = {"w": 0.5, "u": 0.3} | ({"b": 0.1} if self.bias else {}) | ({"v": 0.8} if self.top else {})
        return found | ({"c": -0.2} if self.top and self.bias else {})

    def formulas(self) -> Formulas:
        """Name → what its cell holds; `{w}` stands for the cell of w, and a name ends with the number of its step."""
        times = range(1, self.steps + 1)
        outputs = [*times] if self.every else [self.steps]
        found: Formulas = {f"x{t}": _X[t - 1] for t in times} | {f"y{t}": _TARGETS[t - 1] for t in outputs}
        found |= {} if self.first is None else {"h0": self.first}
        before = [t for t in times if t > 1 or self.first is not None]
        bias, top_bias = ("+{b}", "+{c}") if self.bias else ("", "")
        out = "o" if self.top else "h"
        activation, slope = _ACTIVATIONS[self.activation]
        for t in times:
            state = f"+{{u}}*{{h{t - 1}}}" if t in before else ""
            own = {"z": f"{{z{t}}}", "h": f"{{h{t}}}"}
            found |= {f"z{t}": f"={{w}}*{{x{t}}}{state}{bias}", f"h{t}": "=" + activation.format(**own)}
            found |= {f"o{t}": f"={{v}}*{{h{t}}}{top_bias}"} if self.top and t in outputs else {}
            found |= {f"E{t}": f"=0.5*({{{out}{t}}}-{{y{t}}})^2"} if t in outputs else {}
        for t in reversed(times):
            flows = [f"({{{out}{t}}}-{{y{t}}})" + ("*{v}" if self.top else "")] if t in outputs else []
            flows += [f"{{u}}*{{d{t + 1}}}"] if t < self.steps else []
            steep = "(" + slope.format(h=f"{{h{t}}}") + ")"
            found |= {f"s{t}": "=" + "+".join(flows), f"g{t}": f"={steep}", f"d{t}": f"={{s{t}}}*{{g{t}}}"}
            found |= {f"dw{t}": f"={{d{t}}}*{{x{t}}}"} if not self.short else {}
            found |= {f"du{t}": f"={{d{t}}}*{{h{t - 1}}}"} if not self.short and t in before else {}
        sums = {"w": [(f"{{d{t}}}*{{x{t}}}", f"{{dw{t}}}") for t in times], "b": [(f"{{d{t}}}",) * 2 for t in times]}
        sums["u"] = [
            (f"{{d{t}}}*{{h{t - 1}}}", f"{{du{t}}}") for t in (before[1:] if self.short and 1 in before else before)
        ]
        errors = [f"({{{out}{t}}}-{{y{t}}})" for t in outputs]
        sums["v"] = [(f"{error}*{{h{t}}}",) * 2 for error, t in zip(errors, outputs, strict=True)]
        sums["c"] = [(error,) * 2 for error in errors]
        for weight in self.weights:
            found[f"D{weight}"] = "=" + "+".join(own[0 if self.short else 1] for own in sums[weight])
            found |= {f"new{weight}": f"={{{weight}}}-{{rate}}*{{D{weight}}}"} if self.learns else {}
        return found


def down(habits: Habits) -> dict[str, str]:
    """A cell below the other, its word beside it: name → place."""
    return {name: f"B{k}" for k, name in enumerate(("rate", *habits.weights, *habits.formulas()), 2)}


def by_steps(habits: Habits, *, across: bool = False) -> dict[str, str]:
    """A row for each step, weights above and sums of all steps below; or all of it turned, a column for each step."""

    def at(row: int, column: int) -> str:
        return f"{get_column_letter(row)}{column}" if across else f"{get_column_letter(column)}{row}"

    places = {name: at(2, k) for k, name in enumerate(("rate", *habits.weights), 2)}
    heads: dict[str, int] = {}
    ends = 0
    for name in habits.formulas():
        if found := re.fullmatch(r"([a-zE]+)(\d)", name):
            places[name] = at(5 + int(found[2]), heads.setdefault(found[1], len(heads) + 2))
        else:
            ends += 1
            places[name] = at((11, 14)[name.startswith("new")], 2 + ends // (1 + habits.learns))
    return places


def cells(habits: Habits, places: Mapping[str, str], instead: Mapping[str, str | float] | None = None) -> Cells:
    """The cells of one training step; with other contents, by their names, in some of them."""
    contents: Formulas = {"rate": 0.1} if habits.learns else {}
    contents |= {**habits.weights, **habits.formulas(), **(instead or {})}
    return {places[k]: own.format(**places) if isinstance(own, str) else own for k, own in contents.items()}


def row_by_row(habits: Habits, rows: int, instead: Mapping[tuple[str, int], str] | None = None) -> Cells:
    """A row for each training step, the weights of a row being made from the one above."""
    names = [name for name in (*habits.weights, *habits.formulas()) if not name.startswith("new")]
    found: Cells = {"A1": "rate", "B1": 0.1}
    for row in range(rows):
        places = {name: f"{get_column_letter(k)}{row + 4}" for k, name in enumerate(names, 1)} | {"rate": "$B$1"}
        above = {name: f"{get_column_letter(k)}{row + 3}" for k, name in enumerate(names, 1)}
        contents: Formulas = {**habits.weights, **{k: own for k, own in habits.formulas().items() if k in places}}
        if row:
            contents |= {weight: f"={above[weight]}-$B$1*{above['D' + weight]}" for weight in habits.weights}
        contents |= {name: text for (name, at), text in (instead or {}).items() if at == row}
        found |= {places[k]: own.format(**places) if isinstance(own, str) else own for k, own in contents.items()}
    return found
