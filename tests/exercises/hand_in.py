"""What tests of exercises share: an exercise of a fixture, and a workbook that a student has filled in."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from xlcheck import load_fixture
from xlcheck.engines import engine
from xlcheck.engines.base import Engine
from xlcheck.exercises.exercise import Exercise, make_exercise
from xlcheck.exercises.key import Blank, Student
from xlcheck.exercises.plan import ExercisePlan
from xlcheck.exercises.subject import Subject
from xlcheck.formulas.addresses import Range
from xlcheck.learning.forward import forward_graph


def exercise_of(
    fixture: str, folder: Path, plan: ExercisePlan, students: Sequence[str] = (), secret: str | None = "of the tests"
) -> Exercise:
    """The exercise of any fixture, with the numbers that Keras has recorded."""
    stored = load_fixture(fixture)
    spec = replace(stored.spec, loss=None)
    every = {q.name: stored.trace[q.name] for q in forward_graph(spec) if q.expr is None}
    subject = Subject(
        fixture, fixture, spec, every, tuple(stored.samples),
        recorded=(stored.trace, stored.trace_float32),
    )  # fmt: skip
    roster = [Student(name, f"{name}’s name", 0, f"blanks/{name}.xlsx") for name in students]
    folder.mkdir(parents=True, exist_ok=True)
    return make_exercise(subject, folder, plan, roster, engine=engine("ironcalc"), secret=secret, keras=0)


def hand_in(blank: Path, cells: Mapping[Range, Any], target: Path) -> Path:
    """Fill cells in a workbook's XML: formulas as texts that begin with `=`, other texts, or numbers."""
    with zipfile.ZipFile(blank) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    listed = re.findall(r'<sheet name="([^"]*)"', parts["xl/workbook.xml"])
    for cell, content in cells.items():
        name = f"xl/worksheets/sheet{listed.index(cell.sheet) + 1}.xml"
        match content:
            case str() if content.startswith("="):
                attributes, inside = "", f"<f>{escape(content[1:])}</f>"
            case str():
                attributes, inside = ' t="inlineStr"', f"<is><t>{escape(content)}</t></is>"
            case _:
                attributes, inside = "", f"<v>{content!r}</v>"
        before, empty, after = parts[name].partition(f'<c r="{cell.a1}" ')
        style, _, after = after.partition("/>")

        assert empty, f"{cell} is not there"
        assert ">" not in style, f"{cell} is not blank"
        parts[name] = f"{before}{empty}{style}{attributes}>{inside}</c>{after}"
    with zipfile.ZipFile(target, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return target


def solution(blanks: Sequence[Blank]) -> dict[Range, Any]:
    """The right formula for each blank."""
    return {blank.cell: f"={blank.formula}" for blank in blanks}


def marks_of(path: Path, exercise: Exercise, engine: Engine) -> dict[str, str]:
    """What the live mark of each blank says, by the blank's name."""
    session = engine.open(path)
    session.recalculate()
    return {b.element: str(session.read(b.mark)[0][0]) for b in exercise.key.blanks if b.mark is not None}
