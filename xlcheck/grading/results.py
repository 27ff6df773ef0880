"""The folder of results: pages, marked copies, and files for other programs."""

from __future__ import annotations

from pathlib import Path

from xlcheck.errors import XlcheckError
from xlcheck.files import make_folder, write_text
from xlcheck.formulas.addresses import parse_range
from xlcheck.grading.exports import canvas_csv, gradescope_json, junit_xml, moodle_csv
from xlcheck.grading.grade import Progress
from xlcheck.grading.grading import Grading, unique_names
from xlcheck.grading.marks import STATUS_WORDS, CellMark, StudentMarks
from xlcheck.grading.pages import overview_page, student_page
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
    names = unique_names(grading.marks)
    failed = []
    for number, (name, marks) in enumerate(zip(names, grading.marks, strict=True), start=1):
        # Thousands of small files: what a crash leaves half is written again by the next run.
        (folder / "students" / f"{name}.html").write_text(student_page(marks, title=grading.title), encoding="utf-8")
        (folder / "gradescope" / f"{name}.json").write_text(gradescope_json(marks), encoding="utf-8")
        if copies and marks.first is not None:
            source = submissions if submissions.is_file() else submissions / marks.file
            try:
                write_marked(source, folder / "marked" / f"{name}{source.suffix}", _marks(marks))
            except XlcheckError as error:
                failed.append(f"{marks.file} has no marked copy: {error}")
        if progress is not None:
            progress(number, len(names))
    if whole:
        pages = [f"students/{name}.html" for name in names]
        write_text(folder / "index.html", overview_page(grading, pages=pages))
        write_text(folder / "moodle.csv", moodle_csv(grading))
        write_text(folder / "canvas.csv", canvas_csv(grading))
        write_text(folder / "junit.xml", junit_xml(grading))
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
