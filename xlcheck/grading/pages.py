"""A page for each student and one for the class, which need no other file; or a fragment for a notebook."""

# ruff: noqa: D102 - what the fields mean, the classes say that have them.

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from xlcheck.grading.cell_mark import STATUS_WORDS, CellMark, CellStatus
from xlcheck.reports.templates import resource, template

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
_MISTAKES = 20
_LIKE = 100


class Marked(Protocol):
    """What a page needs to know of a submission; see `StudentMarks`, which shows itself by one."""

    @property
    def file(self) -> str: ...
    @property
    def student(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def earned(self) -> float | None: ...
    @property
    def cells(self) -> Sequence[CellMark]: ...
    @property
    def first(self) -> CellMark | None: ...
    @property
    def notes(self) -> Sequence[str]: ...
    @property
    def error(self) -> str: ...


class Spread(Protocol):
    """How many submissions earned how much, from nothing to everything."""

    spread: list[int]


class Graded(Protocol):
    """What a page needs to know of a class; see `Grading`, which shows itself by one."""

    @property
    def marks(self) -> Iterable[Marked]: ...
    @property
    def tally(self) -> Spread: ...
    @property
    def likeness(self) -> Sequence[Any]: ...
    def quantities(self) -> Sequence[Any]: ...
    def mistakes(self) -> Sequence[Any]: ...


def student_page(marks: Marked, *, title: str = "", fragment: bool = False) -> str:
    """What a student gets back: the first wrong cell and why, what follows from it, and every blank."""
    return _template("student.html.j2").render(
        marks=marks,
        title=title,
        fragment=fragment,
        style=_style(),
        wrong=[cell for cell in marks.cells if cell.status not in ("right", "carried")],
        empty=[cell for cell in marks.cells if cell.status == "missing"],
        carried=[cell for cell in marks.cells if cell.status == "carried"],
        rows="\n".join(_row(cell.status, cell.cell, cell.element, cell.earned, cell.points) for cell in marks.cells),
    )


@lru_cache(maxsize=4096)
def _row(status: CellStatus, cell: str, element: str, earned: float, points: float) -> str:
    """A blank in the table of all; most are the same on every page."""
    return (
        f"<tr><td>{_SIGNS.get(status, '✗')}</td><td><code>{escape(cell)}</code></td><td><code>{escape(element)}</code>"
        f'</td><td>{STATUS_WORDS[status]}</td><td class="xl-n">{_points(earned)} / {_points(points)}</td></tr>'
    )


@dataclass(frozen=True)
class Line:
    """A submission in the list of all.

    Attributes:
        who: the student, else the file.
        earned: its points; None if it could not be graded.
        cell: the first wrong cell.
        why: what is wrong with it, in a few words.
        notes: what a person should look at.
        page: the address of its own page.
    """

    who: str
    file: str
    earned: float | None
    cell: str
    why: str
    notes: str
    page: str = ""

    @staticmethod
    def of(marks: Marked, page: str = "") -> Line:
        """A submission's line."""
        first = marks.first
        return Line(
            who=marks.name or marks.student or marks.file,
            file=marks.file,
            earned=marks.earned,
            cell="" if first is None else first.cell,
            why="" if first is None else _label(first),
            notes=marks.error or "; ".join(marks.notes),
            page=page,
        )


def overview_page(grading: Graded, *, lines: Iterable[Line] | None = None, fragment: bool = False) -> str:
    """How a class did: how marks are spread, what was hardest, which mistakes were made, and each submission."""
    return _template("overview.html.j2").render(
        grading=grading,
        lines=map(Line.of, grading.marks) if lines is None else lines,
        fragment=fragment,
        style=_style(),
        spread=_spread(grading),
        quantities=grading.quantities(),
        mistakes=grading.mistakes()[:_MISTAKES],
        likeness=grading.likeness[:_LIKE],
    )


def _spread(grading: Graded) -> list[tuple[str, int, float]]:
    """How many submissions earned how much, in tenths: label, number, and height from 0 to 1."""
    largest = max(grading.tally.spread) or 1
    width = 100 // len(grading.tally.spread)
    return [(f"{i * width}–{(i + 1) * width} %", n, n / largest) for i, n in enumerate(grading.tally.spread)]


def _number(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _label(cell: CellMark) -> str:
    return cell.mistake.replace("-", " ") if cell.mistake else STATUS_WORDS[cell.status]


def _style() -> str:
    return resource("xlcheck.reports", "report.css") + resource("xlcheck.grading", "grading.css")


@cache
def _template(name: str) -> Template:
    return template("xlcheck.grading", name, number=_number, points=_points, label=_label)
