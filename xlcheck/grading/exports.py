"""Marks for other programs: Moodle, Canvas, Gradescope, and whatever reads JUnit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree as ET

from xlcheck.grading.grading import Grading, unique_names
from xlcheck.grading.marks import STATUS_WORDS, StudentMarks
from xlcheck.reports.render_junit import clean

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def moodle_csv(grading: Grading) -> str:
    """For Moodle's import of grades: one line for each student, known by the ID number, with feedback."""
    rows = [["ID number", "Full name", grading.title, "Feedback"]]
    rows += [[m.student, m.name, _points(m.earned), _feedback(m)] for m in _one_each(grading.marks)]
    rows += [[s.id, s.name, _points(0.0), "Nothing was handed in."] for s in grading.missing]
    return _csv(rows)


def canvas_csv(grading: Grading) -> str:
    """For Canvas's import of the gradebook: students are known by their SIS User ID; line two says what it is worth."""
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", grading.title],
        ["    Points Possible", "", "", "", "", _points(grading.points)],
    ]
    rows += [[m.name, "", m.student, "", "", _points(m.earned)] for m in _one_each(grading.marks)]
    rows += [[s.name, "", s.id, "", "", _points(0.0)] for s in grading.missing]
    return _csv(rows)


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
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def junit_xml(grading: Grading) -> str:
    """A suite for each submission, a case for each blank; what could not be graded is an error."""
    root = ET.Element("testsuites", {"name": clean(grading.title)})
    for name, marks in zip(unique_names(grading.marks), grading.marks, strict=True):
        wrong = [cell for cell in marks.cells if cell.status not in ("right", "carried")]
        open_ = [cell for cell in wrong if cell.status in ("unknown", "not_found")]
        counts = {
            "tests": str(len(marks.cells) or 1),
            "failures": str(len(wrong) - len(open_)),
            "errors": str(len(open_) + bool(marks.error)),
        }
        suite = ET.SubElement(root, "testsuite", {"name": clean(name), **counts})
        if marks.error:
            case = ET.SubElement(suite, "testcase", {"classname": clean(name), "name": "grade"})
            ET.SubElement(case, "error", {"message": clean(marks.error)})
        for cell in marks.cells:
            case = ET.SubElement(
                suite, "testcase", {"classname": clean(name), "name": clean(f"{cell.cell} {cell.element}")}
            )
            if cell in wrong:
                tag = "error" if cell in open_ else "failure"
                message = clean(cell.message or STATUS_WORDS[cell.status])
                ET.SubElement(case, tag, {"type": cell.mistake or cell.status, "message": message})
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _one_each(marks: Sequence[StudentMarks]) -> Iterator[StudentMarks]:
    """Of each student whose submission is known the best one."""
    best: dict[str, StudentMarks] = {}
    for mark in marks:
        if mark.student and (mark.student not in best or (mark.earned or 0.0) > (best[mark.student].earned or 0.0)):
            best[mark.student] = mark
    return iter(best.values())


def _feedback(marks: StudentMarks) -> str:
    if marks.error:
        return f"It could not be graded: {marks.error}"
    first = marks.first
    if first is None:
        return "Every formula is right."
    return f"The first wrong cell is {first.cell}. {first.message}"


def _points(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def _csv(rows: Iterable[Sequence[str]]) -> str:
    """Comma-separated; no text begins as a formula, which a program that opens the file would run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([f"'{text}" if text.startswith(_FORMULA) else text for text in row])
    return out.getvalue()
