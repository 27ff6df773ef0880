"""A page for each student and one for the class, which need no other file; or a fragment for a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from xlcheck.grading.grading import Grading, unique_names
from xlcheck.grading.marks import STATUS_WORDS, CellMark, StudentMarks

if TYPE_CHECKING:
    from jinja2 import Template

_SIGNS: Mapping[str, str] = {
    "right": "✓",
    "carried": "→",
    "wrong": "✗",
    "trivial": "✗",
    "unknown": "?",
    "not_found": "?",
}
_BARS = 10
_MISTAKES = 20
_LIKE = 100


def student_page(marks: StudentMarks, *, title: str = "", fragment: bool = False) -> str:
    """What a student gets back: the first wrong cell and why, what follows from it, and every blank."""
    return _template("student.html.j2").render(
        marks=marks,
        title=title,
        fragment=fragment,
        style=_style(),
        wrong=[cell for cell in marks.cells if cell.status not in ("right", "carried")],
        empty=[cell for cell in marks.cells if cell.status == "missing"],
        carried=[cell for cell in marks.cells if cell.status == "carried"],
        signs=_SIGNS,
        words=STATUS_WORDS,
    )


def overview_page(grading: Grading, *, pages: Sequence[str] = (), fragment: bool = False) -> str:
    """How a class did: how marks are spread, what was hardest, which mistakes were made, and each submission.

    Args:
        grading: the class.
        pages: for each submission the address of its own page.
        fragment: only the content with its style.
    """
    return _template("overview.html.j2").render(
        grading=grading,
        marks=list(zip(grading.marks, pages or [""] * len(grading.marks), strict=True)),
        fragment=fragment,
        style=_style(),
        spread=_spread(grading),
        quantities=grading.quantities(),
        mistakes=grading.mistakes()[:_MISTAKES],
        likeness=grading.likeness[:_LIKE],
        names=unique_names(grading.marks),
    )


def _spread(grading: Grading) -> list[tuple[str, int, float]]:
    """How many submissions earned how much, in tenths: label, number, and height from 0 to 1."""
    counts = [0] * _BARS
    for mark in grading.marked:
        share = (mark.earned or 0.0) / grading.points if grading.points else 0.0
        counts[min(_BARS - 1, int(share * _BARS + 1e-9))] += 1
    largest = max(counts, default=0) or 1
    return [(f"{i * 10}–{(i + 1) * 10} %", number, number / largest) for i, number in enumerate(counts)]


def _number(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _label(cell: CellMark) -> str:
    return cell.mistake.replace("-", " ") if cell.mistake else STATUS_WORDS[cell.status]


@cache
def _style() -> str:
    return _read("xlcheck.reports", "report.css") + _read("xlcheck.grading", "grading.css")


@cache
def _template(name: str) -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(number=_number, points=_points, label=_label)
    return environment.from_string(_read("xlcheck.grading", name))


def _read(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")
