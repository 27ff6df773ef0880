"""The plan of an exercise: what is blank, what it is worth, what students may see; `exam.toml` or sensible defaults."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from xlcheck.choices import FeedbackName, require_known
from xlcheck.documents import read_toml
from xlcheck.errors import DataError, UsageError

LEVELS = (1, 2, 3)
HINTS = (0.1, 0.25, 0.5)
"""What the three hints cost together with those before: a note, the formula in words, the cells that it reads."""

_KEYS = {"title", "text", "level", "blanks", "feedback", "tolerance", "typed", "sample", "hints", "vary", "backward"}
_BLANK_KEYS = {"quantity", "points"}


@dataclass(frozen=True)
class BlankRule:
    """One line of the plan: a pattern of quantities, and what each blank cell of them is worth.

    Attributes:
        pattern: `*` stands for any characters and `?` for one; all else, brackets too, for itself. It may fit a symbol
            (`lstm.f`), one step (`lstm.f[1]`), one number (`lstm.f[1][0]`) or a whole gate (`lstm/forget gate`).
        points: of each cell.
    """

    pattern: str
    points: float = 1.0

    def fits(self, *names: str) -> bool:
        """Whether it fits one of the names of a number."""
        expression = re.escape(self.pattern).replace(r"\*", ".*").replace(r"\?", ".")
        return any(re.fullmatch(expression, name) for name in names)


@dataclass(frozen=True)
class ExercisePlan:
    """What an exercise asks.

    Attributes:
        level: what is blank if no patterns are given: 1, one gate or the last layer; 2, one whole step; 3, everything
            that is computed from the weights.
        blanks: what is blank, line by line; the last line that fits a cell says its points.
        title: of the workbook and of the hand-out; by default made from the network's name.
        text: what students are to do; a standard text by default.
        feedback: what they see of their marks: `none`, `count`, or `cells` for a mark beside each.
        tolerance: see `xlcheck.exercises.key.Rules`.
        typed: the part of the points that a right number earns that was typed and not computed.
        sample: which sample the workbook shows, from 1.
        hints: what each of the three hints costs, with those before it, as a part of the points; none if empty.
        vary: what differs from student to student: `weights`, `inputs`, both or neither.
        backward: whether the loss and the way back are part of the workbook; by default if a pattern needs them.
    """

    level: int = 1
    blanks: tuple[BlankRule, ...] = ()
    title: str = ""
    text: str = ""
    feedback: FeedbackName = "cells"
    tolerance: float = 1e-9
    typed: float = 0.0
    sample: int = 1
    hints: tuple[float, ...] = HINTS
    vary: tuple[str, ...] = ("weights", "inputs")
    backward: bool | None = None

    def __post_init__(self) -> None:
        """Refuse what no exercise can be.

        Raises:
            UsageError: a field has a value that it cannot have.
        """
        if self.level not in LEVELS:
            raise UsageError(f"there is no level {self.level!r}; choose 1, 2 or 3")
        require_known(self.feedback, get_args(FeedbackName), "feedback")
        for name in self.vary:
            require_known(name, ("weights", "inputs"), "kind of numbers to vary")
        _require_number("tolerance", self.tolerance, 1e-12, 0.1)
        _require_number("typed", self.typed, 0, 1)
        if isinstance(self.sample, bool) or not isinstance(self.sample, int) or self.sample < 1:
            raise UsageError(f"sample is the number of a sample, counted from 1, not {self.sample!r}")
        for cost in self.hints:
            _require_number("a hint's cost", cost, 0, 1)
        if len(self.hints) > len(HINTS) or list(self.hints) != sorted(self.hints):
            raise UsageError("hints has at most three costs, each at least that of the hint before: [0.1, 0.25, 0.5]")
        for rule in self.blanks:
            _require_number(f"points of {rule.pattern!r}", rule.points, 0, 1e6)


def read_plan(path: Path) -> ExercisePlan:
    """Read an `exam.toml`.

    Raises:
        DataError: it cannot be read, or has a key or a value that no plan has; the message names it.
    """
    data = read_toml(path, DataError)
    try:
        return _plan(data)
    except UsageError as error:
        raise DataError(f"{path}: {error}") from None


def _plan(data: Mapping[str, Any]) -> ExercisePlan:
    for key in data:
        require_known(key, _KEYS, "setting of a plan")
    given = {key: value for key, value in data.items() if key not in ("blanks", "hints", "vary")}
    kinds: dict[str, type | tuple[type, ...]] = {
        "title": str, "text": str, "feedback": str, "level": int, "sample": int, "backward": bool,
        "tolerance": (int, float), "typed": (int, float),
    }  # fmt: skip
    for key, value in given.items():
        if not isinstance(value, kinds[key]) or (isinstance(value, bool) and key != "backward"):
            raise UsageError(f"{key} cannot be {value!r}")
    for key in ("hints", "vary", "blanks"):
        if not isinstance(data.get(key, []), list):
            raise UsageError(f"{key} is a list, in brackets")
    if not all(isinstance(cost, int | float) and not isinstance(cost, bool) for cost in data.get("hints", [])):
        raise UsageError("hints is a list of numbers from 0 to 1")
    if not all(isinstance(name, str) for name in data.get("vary", [])):
        raise UsageError('vary is a list of words: "weights", "inputs"')
    return ExercisePlan(
        **given,
        blanks=tuple(_rule(item) for item in data.get("blanks", [])),
        hints=tuple(map(float, data.get("hints", HINTS))),
        vary=tuple(data.get("vary", ("weights", "inputs"))),
    )


def _rule(item: Any) -> BlankRule:
    if isinstance(item, str):
        return BlankRule(item)
    if not isinstance(item, dict) or not isinstance(item.get("quantity"), str):
        raise UsageError('a blank is a pattern, "lstm.f*", or { quantity = "lstm.f*", points = 2 }')
    for key in item:
        require_known(key, _BLANK_KEYS, "setting of a blank")
    points = item.get("points", 1.0)
    if isinstance(points, bool) or not isinstance(points, int | float):
        raise UsageError(f"points of {item['quantity']!r} cannot be {points!r}")
    return BlankRule(item["quantity"], float(points))


def _require_number(what: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise UsageError(f"{what} is a number from {low:g} to {high:g}, not {value!r}")
