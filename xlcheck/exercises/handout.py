"""The hand-out: one printable page that says what is to be done, what it is worth, and how marks are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlcheck.exercises.front import instructions
from xlcheck.exercises.hints import NAME as HINTS
from xlcheck.exercises.key import MarkingKey
from xlcheck.exercises.marks import OPEN, RIGHT, WRONG
from xlcheck.exercises.plan import ExercisePlan
from xlcheck.grouping import grouped
from xlcheck.reports.templates import template
from xlcheck.texts import say, say_all
from xlcheck.workbook.plan import Rich


def handout(key: MarkingKey, plan: ExercisePlan, text: str, files: Sequence[str]) -> str:
    """The page as HTML, in one file without anything to load."""
    groups = grouped((key.graph[blank.quantity].band, blank) for blank in key.blanks)
    return template("xlcheck.exercises", "handout.html.j2", runs=_runs).render(
        key=key, plan=plan, text=text, groups=groups.items(), lines=instructions(plan), sheet=HINTS, say=say,
        say_all=say_all, marks=((RIGHT, "right"), (WRONG, "wrong"), (OPEN, "open")),
        which=say("handout.own") if key.varied else say("handout.file", file=files[0]) if files else "",
        hints=list(zip(say_all("handout.kinds"), plan.hints, strict=False)),
    ) + "\n"  # fmt: skip


def _runs(text: str) -> Iterable[tuple[str, bool]]:
    """The pieces of a symbol or an equation, and whether each is a subscript for which there are no letters."""
    rich = Rich.of(text)
    return rich.runs() if isinstance(rich, Rich) else [(text, False)]
