"""The folder of results: pages, marked copies, and files for other programs."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from xlcheck.errors import XlcheckError
from xlcheck.files import make_folder, write_text
from xlcheck.formulas.addresses import parse_range
from xlcheck.grading.cell_mark import STATUS_WORDS, CellMark
from xlcheck.grading.exports import GradeBook, JUnit, gradescope_json
from xlcheck.grading.grade import Progress
from xlcheck.grading.grading import FileNames, Grading
from xlcheck.grading.marks import StudentMarks
from xlcheck.grading.pages import Line, overview_page, student_page
from xlcheck.workbook.marking import Mark, write_marked

_WRONG, _CARRIED, _OPEN = "F8B4A6", "FFE2A8", "D9D9D9"


def write_results(
    grading: Grading,
    folder: Path,
    submissions: Path,
    *,
    copies: bool = True,
    whole: bool = True,
    progress: Progress | None = None,
) -> list[str]:
    """Write everything that people and other programs read.

    Args:
        grading: the class.
        folder: where to.
        submissions: the folder with the submissions, or the one file.
        copies: whether to write a marked copy of each submission in which something is wrong.
        whole: whether this is the whole class; of single students only their own files are written.
        progress: called with the number of submissions that are done, and of all.

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
            (folder / "students" / f"{name}.html").write_text(page, encoding="utf-8")
            (folder / "gradescope" / f"{name}.json").write_text(gradescope_json(marks), encoding="utf-8")
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
            found.setdefault(cell.cell, Mark(place.sheet, place.top, place.left, _color(cell), _note(cell)))
    return list(found.values())


def _color(cell: CellMark) -> str:
    return {"carried": _CARRIED, "unknown": _OPEN}.get(cell.status, _WRONG)


def _note(cell: CellMark) -> str:
    title = (
        "carried on" if cell.status == "carried" else f"{STATUS_WORDS[cell.status]}: {cell.earned:g} of {cell.points:g}"
    )
    return f"{title}\n{cell.message}"
