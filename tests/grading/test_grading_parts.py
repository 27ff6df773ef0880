"""Parts of the grading by themselves: moved lines, pages, files for other programs, and addresses of clusters."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from xlcheck.errors import UsageError
from xlcheck.exercises.key import Student
from xlcheck.grading.cell_mark import CellMark
from xlcheck.grading.grade import connected
from xlcheck.grading.grading import Grading, Tally
from xlcheck.grading.locate import Lines
from xlcheck.grading.marks import StudentMarks
from xlcheck.grading.pages import Line, student_page
from xlcheck.grading.results import GradeBook, JUnit, gradescope_json
from xlcheck.grading.submission import computed_otherwise
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent

RIGHT = CellMark("lstm!B2", "lstm.i[0][0]", "lstm.i", "right", 1.0, 1.0)
WRONG = CellMark("lstm!B3", "lstm.f[0][0]", "lstm.f", "wrong", 1.0, 0.0, '=HYPERLINK("x") is <wrong>', "other-gate")
OPEN = CellMark("lstm!B4", "lstm.o[0][0]", "lstm.o", "unknown", 1.0, 0.0)
ANN = StudentMarks("ann.xlsx", "0" * 64, "17", "Ann", "id", 1.0, 3.0, (RIGHT, WRONG, OPEN))


def test_lines_between_certain_ones_follow_them() -> None:
    """A row that two certain neighbours have moved alike has moved with them; between two that differ nobody knows."""
    lines = Lines({2: 3, 5: 6, 9: 12})

    assert [lines.place(line) for line in (0, 2, 4, 7, 20)] == [1, 3, 5, None, 23]
    assert Lines({}).place(4) == 4


def test_a_test_for_each_blank() -> None:
    """Gradescope and JUnit get each blank once; what nobody could calculate is an error and no failure."""
    data = json.loads(gradescope_json(ANN))

    assert [test["status"] for test in data["tests"]] == ["passed", "failed", "failed"]
    assert data["score"] == 1.0
    assert data["output"].startswith("The first wrong cell is lstm!B3.")
    assert json.loads(gradescope_json(replace(ANN, error="torn", cells=())))["output"] == "torn"


def test_a_suite_for_each_submission(tmp_path: Path) -> None:
    """Whatever stands in a message, the file is XML, and its counts are those of its cases."""
    junit = JUnit(tmp_path / "j.xml", "a & b")
    junit.add("Ann", ANN)
    junit.add("Bob", replace(ANN, cells=(), error="torn \x00"))
    junit.close()
    (ann, bob) = ElementTree.parse(tmp_path / "j.xml").getroot()  # noqa: S314 - our own

    assert (ann.get("tests"), ann.get("failures"), ann.get("errors")) == ("3", "1", "1")
    assert [case.find("error") is not None for case in ann] == [False, False, True]
    assert (bob.get("tests"), bob.get("errors")) == ("1", "1")


def test_the_best_submission_counts_and_no_text_is_a_formula() -> None:
    """Of several submissions the best goes into the grade book; a text that begins as a formula is quoted."""
    book = GradeBook()
    for earned in (1.0, 2.5, 2.0):
        book.add(replace(ANN, earned=earned, name="=Ann"))
    grading = Grading("LSTM", "in", 3.0, marks=[], tally=Tally(), missing=(Student("18", "Bob"),))
    moodle = list(csv.reader(book.moodle_csv(grading).splitlines()))
    canvas = list(csv.reader(book.canvas_csv(grading).splitlines()))

    assert [row[:3] for row in moodle[1:]] == [["17", "'=Ann", "2.5"], ["18", "Bob", "0"]]
    assert canvas[1][-1] == "3"
    assert [row[-1] for row in canvas[2:]] == ["2.5", "0"]


def test_a_page_for_a_student() -> None:
    """It begins with the first wrong cell, and shows messages as text, whatever stands in them."""
    page = student_page(ANN, title="<LSTM>")
    line = Line.of(ANN, "students/ann.html")

    assert "&lt;LSTM&gt;" in page
    assert "is &lt;wrong&gt;" in page
    assert page.index("lstm!B3") < page.index("lstm!B2")
    assert (line.who, line.cell, line.earned) == ("Ann", "lstm!B3", 1.0)


def test_what_programs_calculate_differently_and_who_reads_it() -> None:
    """A key's cell is in doubt if its formula is one of those, or if it reads one that is not the key's."""
    texts = ["B1*2", "A9+1", "ROUND(B1:B2,2)", "B9"]
    cells = {(row, 0): Cell(None, text) for row, text in enumerate(texts)} | {(8, 0): Cell(None, "ROUND(B1:B2,2)")}
    content = WorkbookContent(Path("x.xlsx"), {"S": SheetContent("S", "visible", cells)})
    own: Any = SimpleNamespace(content=content, places=[("S", row, 0) for row in range(4)])

    assert computed_otherwise(own, "ironcalc", closed=False) == {1, 2}


@pytest.mark.parametrize("address", ["dask", "dask://", "tcp://127.0.0.1:1", ""])
def test_an_address_of_a_cluster(address: str) -> None:
    """It is refused by its form before anybody is called."""
    with pytest.raises(UsageError, match="is no address of a cluster"), connected(address, None):
        pytest.fail("nobody was asked")
