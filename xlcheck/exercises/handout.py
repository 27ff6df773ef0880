"""The hand-out: one printable page that says what is to be done, what it is worth, and how marks are given."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from xlcheck.exercises.front import instructions
from xlcheck.exercises.hints import NAME as HINTS
from xlcheck.exercises.key import Blank, MarkingKey
from xlcheck.exercises.marks import OPEN, RIGHT, WRONG
from xlcheck.exercises.plan import ExercisePlan
from xlcheck.texts import say, say_all
from xlcheck.workbook.plan import Rich

_STYLE = """
@page { size: A4; margin: 18mm 16mm; }
body { font: 15px/1.5 Calibri, Carlito, "Segoe UI", Arial, sans-serif; color: #1F2933; max-width: 46em;
       margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.7em; margin: 0 0 .2em; } h2 { font-size: 1.15em; margin: 1.5em 0 .4em; }
p, li { margin: .3em 0; } ol { padding-left: 1.4em; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .3em .6em; text-align: left; vertical-align: top;
       border-bottom: 1px solid #CBD2D9; } th { background: #323F4B; color: #fff; } td.n, th.n { text-align: right; }
sub { font-size: .7em; line-height: 0; }
td.e { font-family: Cambria, Caladea, Georgia, serif; font-style: italic; }
tr.all td { font-weight: bold; border-bottom: 0; } .line { display: flex; gap: 2em; margin: 1em 0; color: #52606D; }
.line span { flex: 1; border-bottom: 1px solid #52606D; } .m { font-weight: bold; }
@media print { body { margin: 0; max-width: none; font-size: 11.5pt; } tr { break-inside: avoid; } }
"""


def handout(key: MarkingKey, plan: ExercisePlan, text: str, files: Sequence[str]) -> str:
    """The page as HTML, in one file without anything to load."""
    which = say("handout.own") if key.varied else say("handout.file", file=files[0]) if files else ""
    line = "".join(f"<span>{escape(text)}</span>" for text in say_all("handout.line"))
    lines = "".join(f"<li>{escape(line)}</li>" for line in instructions(plan))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(key.title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>\n'
        f"<h1>{escape(key.title)}</h1>\n<p>{escape(text)}</p>\n"
        f'<p class="line">{line}</p>\n'
        f"<p>{escape(which)}</p>\n"
        f"<h2>{escape(say('exercise.what'))}</h2>\n{_table(key)}\n<h2>{escape(say('exercise.how'))}</h2>\n<ol>{lines}</ol>\n"
        f"{_marks(plan)}{_hints(plan)}</body></html>\n"
    )


def _table(key: MarkingKey) -> str:
    groups: dict[str, list[Blank]] = {}
    for blank in key.blanks:
        groups.setdefault(key.graph[blank.quantity].band.name, []).append(blank)
    bands = {name: key.graph[own[0].quantity].band for name, own in groups.items()}
    body = "".join(
        f"<tr><td>{_html(bands[name].label or bands[name].symbol)}</td>"
        f'<td class="e">{_html(bands[name].equation)}</td>'
        f'<td>{escape(own[0].cell.sheet)}</td><td class="n">{len(own)}</td>'
        f'<td class="n">{sum(blank.points for blank in own):g}</td></tr>\n'
        for name, own in groups.items()
    )
    total = f'<td class="n">{len(key.blanks)}</td><td class="n">{key.points:g}</td>'
    total = f'<tr class="all"><td colspan="3">{escape(say("common.in_all"))}</td>{total}</tr>'
    head = _head(say_all("handout.table"), 2)
    return f"<table>{head}\n{body}{total}</table>"


def _head(texts: Sequence[str], numbers: int) -> str:
    """The first row of a table, of which the last columns have numbers."""
    right = [""] * (len(texts) - numbers) + [' class="n"'] * numbers
    return f"<tr>{''.join(f'<th{own}>{escape(text)}</th>' for own, text in zip(right, texts, strict=True))}</tr>"


def _html(text: str) -> str:
    """A symbol or an equation, with the subscripts for which there are no letters."""
    rich = Rich.of(text)
    pieces = rich.runs() if isinstance(rich, Rich) else [(text, False)]
    return "".join(f"<sub>{escape(piece)}</sub>" if below else escape(piece) for piece, below in pieces)


def _marks(plan: ExercisePlan) -> str:
    if plan.feedback != "cells":
        return ""
    rows = ((RIGHT, "right"), (WRONG, "wrong"), (OPEN, "open"))
    body = "".join(
        f'<tr><td class="m">{mark}</td><td>{escape(say(f"handout.{name}"))}</td></tr>' for mark, name in rows
    )
    return f"<h2>{escape(say('handout.marks'))}</h2>\n<table>{body}</table>\n"


def _hints(plan: ExercisePlan) -> str:
    if not plan.hints:
        return ""
    kinds = [escape(kind) for kind in say_all("handout.kinds")]
    rows = "".join(
        f'<tr><td>{number}</td><td>{kind}</td><td class="n">{100 * cost:g} %</td></tr>'
        for number, (kind, cost) in enumerate(zip(kinds, plan.hints, strict=False), start=1)
    )
    return (
        f"<h2>{HINTS}</h2>\n<p>{escape(say('handout.hints', sheet=HINTS))}</p>\n"
        f"<table>{_head(say_all('handout.hints_table'), 1)}{rows}</table>\n"
    )
