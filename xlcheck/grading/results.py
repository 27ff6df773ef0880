"""The folder of results: pages, marked copies, and files for Moodle, Canvas, Gradescope and what reads JUnit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr

from xlcheck.errors import XlcheckError
from xlcheck.files import make_folder, write_text
from xlcheck.formulas.addresses import parse_range
from xlcheck.grading.cell_mark import STATUS_WORDS, CellMark
from xlcheck.grading.grading import FileNames, Grading
from xlcheck.grading.marks import StudentMarks
from xlcheck.grading.pages import Line, overview_page, student_page
from xlcheck.progress import Progress
from xlcheck.reports.render_junit import clean
from xlcheck.shown import encodable
from xlcheck.workbook.marking import Mark, write_marked

_WRONG, _CARRIED, _OPEN = "F8B4A6", "FFE2A8", "D9D9D9"


def write_results(
    grading: Grading, folder: Path, submissions: Path, *, copies: bool, whole: bool, progress: Progress | None
) -> list[str]:
    """Write everything that people and other programs read.

    With `copies` there is a marked copy of each submission in which something is wrong; without `whole` there are only
    the files of single students. `progress` is told how many submissions are done, and of how many.

    Returns:
        What could not be written, in sentences.
    """
    for name in ("students", "gradescope", *(["marked"] if copies else [])):
        make_folder(folder / name)
    names, book, lines, failed = FileNames(), GradeBook(), list[Line](), list[str]()
    with ExitStack() as stack:
        junit = None
        if whole:
            # It is put in its place only when it is complete.
            scratch = stack.enter_context(TemporaryDirectory(dir=folder, prefix=".junit-"))
            junit = JUnit(Path(scratch) / "junit.xml", grading.title)
        for number, marks in enumerate(grading.marks, start=1):
            name = names.of(marks)
            # Thousands of small files: what a crash leaves half is written again by the next run.
            page = student_page(marks, title=grading.title)
            (folder / "students" / f"{name}.html").write_text(encodable(page), encoding="utf-8")
            summary = encodable(gradescope_json(marks))
            (folder / "gradescope" / f"{name}.json").write_text(summary, encoding="utf-8")
            if copies and marks.first is not None:
                source = submissions if submissions.is_file() else submissions / marks.file
                try:
                    write_marked(source, folder / "marked" / f"{name}{source.suffix}", _marks(marks))
                except XlcheckError as error:
                    failed.append(f"{marks.file} has no marked copy: {error}")
            if junit is not None:
                book.add(marks)
                lines.append(Line.of(marks, f"students/{name}.html"))
                junit.add(name, marks)
            if progress is not None:
                progress(number, len(grading.marks))
        if junit is not None:
            junit.close()
            (Path(scratch) / "junit.xml").replace(folder / "junit.xml")
            write_text(folder / "index.html", overview_page(grading, lines=lines))
            write_text(folder / "moodle.csv", book.moodle_csv(grading))
            write_text(folder / "canvas.csv", book.canvas_csv(grading))
    return failed


def _marks(marks: StudentMarks) -> list[Mark]:
    """The cells to colour, each once."""
    found: dict[str, Mark] = {}
    for cell in marks.cells:
        if cell.status != "right" and cell.status != "not_found":
            place = parse_range(cell.cell)
            color = {"carried": _CARRIED, "unknown": _OPEN}.get(cell.status, _WRONG)
            mark = Mark(place.sheet, place.top, place.left, color, _note(cell), framed=color == _WRONG)
            found.setdefault(cell.cell, mark)
    return list(found.values())


def _note(cell: CellMark) -> str:
    title = (
        "→ carried" if cell.status == "carried" else f"{STATUS_WORDS[cell.status]}: {cell.earned:g} of {cell.points:g}"
    )
    return f"{title}\n{cell.message}"


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def gradescope_json(marks: StudentMarks) -> str:
    """One submission as the `results.json` of a Gradescope autograder: a test for each blank."""
    tests = [
        {
            "name": f"{cell.cell} {cell.element}",
            "score": round(cell.earned, 6),
            "max_score": cell.points,
            "status": "passed" if cell.status in ("right", "carried") else "failed",
            "output": cell.message or STATUS_WORDS[cell.status],
        }
        for cell in marks.cells
    ]
    found = {"score": round(marks.earned or 0.0, 6), "output": marks.error or _feedback(marks), "tests": tests}
    return json.dumps(found, ensure_ascii=False) + "\n"


class JUnit:
    """A suite for each submission, a case for each blank; what could not be graded is an error."""

    def __init__(self, path: Path, title: str) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name={quoteattr(clean(title))}>\n')

    def add(self, name: str, marks: StudentMarks) -> None:
        """The suite of a submission."""
        wrong = [cell for cell in marks.cells if cell.status not in ("right", "carried")]
        open_ = [cell for cell in wrong if cell.status in ("unknown", "not_found")]
        counts = {
            "tests": str(len(marks.cells) or 1),
            "failures": str(len(wrong) - len(open_)),
            "errors": str(len(open_) + bool(marks.error)),
        }
        attributes = "".join(f' {key}="{count}"' for key, count in counts.items())
        lines = [f"<testsuite name={_quoted(name)}{attributes}>"]
        if marks.error:
            lines.append(_case(name, "grade", f"<error message={_quoted(marks.error)} />"))
        for cell in marks.cells:
            failure = ""
            if cell.status not in ("right", "carried"):
                tag = "error" if cell.status in ("unknown", "not_found") else "failure"
                what = _quoted(cell.mistake or cell.status)
                failure = f"<{tag} type={what} message={_quoted(cell.message or STATUS_WORDS[cell.status])} />"
            lines.append(_case(name, f"{cell.cell} {cell.element}", failure))
        self._file.write("\n".join([*lines, "</testsuite>\n"]))

    def close(self) -> None:
        """Finish the file."""
        self._file.write("</testsuites>\n")
        self._file.close()


def _case(name: str, case: str, failure: str) -> str:
    start = f"  <testcase classname={_quoted(name)} name={_quoted(case)}"
    return f"{start}>\n    {failure}\n  </testcase>" if failure else f"{start} />"


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    """A text as the value of an attribute."""
    return quoteattr(clean(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#09;"})


class GradeBook:
    """Of each student whose submission is known the best one, for the grades that other programs import."""

    def __init__(self) -> None:
        self._best: dict[str, tuple[float, str, str, str]] = {}

    def add(self, marks: StudentMarks) -> None:
        """A submission."""
        earned = marks.earned or 0.0
        if marks.student and (marks.student not in self._best or earned > self._best[marks.student][0]):
            self._best[marks.student] = earned, marks.name, _points(marks.earned), _feedback(marks)

    def moodle_csv(self, grading: Grading) -> str:
        """For Moodle's import of grades: one line for each student, known by the ID number, with feedback."""
        rows = [["ID number", "Full name", grading.title, "Feedback"]]
        rows += [[student, name, points, why] for student, (_, name, points, why) in self._best.items()]
        rows += [[s.id, s.name, _none(grading), f"Handed in: {grading.nothing}."] for s in grading.missing]
        return _csv(rows)

    def canvas_csv(self, grading: Grading) -> str:
        """For Canvas's import of the gradebook: students are known by their SIS User ID; line two says the points."""
        rows = [
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", grading.title],
            ["    Points Possible", "", "", "", "", _points(grading.points)],
        ]
        rows += [[name, "", student, "", "", points] for student, (_, name, points, _) in self._best.items()]
        rows += [[s.name, "", s.id, "", "", _none(grading)] for s in grading.missing]
        return _csv(rows)


def _feedback(marks: StudentMarks) -> str:
    if marks.error:
        return f"It could not be graded: {marks.error}"
    first = marks.first
    if first is None:
        return "Every formula is right."
    return f"The first wrong cell is {first.cell}. {first.message}"


def _none(grading: Grading) -> str:
    """The points of whoever has handed in nothing; none are said where one of the files may be theirs."""
    return _points(None if grading.tally.unclaimed else 0.0)


def _points(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def _csv(rows: Iterable[Sequence[str]]) -> str:
    """Comma-separated; no text begins as a formula, which a program that opens the file would run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([f"'{text}" if text.startswith(_FORMULA) else text for text in row])
    return out.getvalue()
