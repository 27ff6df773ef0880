"""A folder as teachers get it: renamed, moved, broken and hostile files; whatever happens, nothing is lost."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from shutil import copy

import ironcalc
import openpyxl
import pytest
from classroom import MISTAKE, Classroom, fill, hand_in, only, read_json, wrong
from lxml import etree
from saving import SAVERS

import xlcheck
from xlcheck.errors import NothingCheckedError, UsageError
from xlcheck.grading.entry import results_beside
from xlcheck.grading.grade import grade_folder as grade


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(p, marks=[pytest.mark.libreoffice, pytest.mark.exhaustive]) if p == "libreoffice" else p
        for p in SAVERS
    ],
)
def test_another_program_may_save_it(program: str, lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """Saved by another program, a submission has the same wrong cell and the same student."""
    (saved,) = SAVERS[program]([hand_in(lstm, tmp_path / "own", "s004")], tmp_path / "saved")

    marks = only(grade(saved.parent, lstm.key_file, results))

    assert (wrong(marks), marks.student) == (list(MISTAKE), "s004")
    assert marks.earned == marks.points - 1


def test_rows_columns_and_sheets_may_be_inserted_and_renamed(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """Cells are found by the words around them, marks stay the same, and what was moved is said."""
    path = hand_in(lstm, tmp_path / "own", "s005")
    model = ironcalc.load_from_xlsx(str(path))
    names = [sheet["name"] for sheet in model.get_worksheets_properties()]
    model.insert_rows(names.index("lstm"), 8, 2)
    model.insert_columns(names.index("lstm"), 6, 1)
    model.insert_rows(names.index("Weights"), 2, 3)
    model.rename_sheet(names.index("dense"), "my output")
    model.add_sheet("notes")
    model.evaluate()
    (tmp_path / "moved").mkdir()
    model.save_to_xlsx(str(tmp_path / "moved" / "s005.xlsx"))

    marks = only(grade(tmp_path / "moved", lstm.key_file, results))

    assert (wrong(marks), marks.earned) == (list(MISTAKE), marks.points - 1)
    assert marks.first is not None
    assert marks.first.cell == "lstm!G13"
    assert any("worksheet dense is called my output" in note for note in marks.notes)
    assert any("rows and columns were inserted" in note for note in marks.notes)


def test_what_cannot_be_found_is_no_pass(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """A deleted worksheet costs its own cells; without the weights no formula that reads them counts as right."""
    for sheet in ("dense", "Weights"):
        book = openpyxl.load_workbook(lstm.hand_in("s006", tmp_path / "own.xlsx", {}))
        del book[sheet]
        (tmp_path / "in").mkdir(exist_ok=True)
        book.save(tmp_path / "in" / f"{sheet}.xlsx")
    spelled = {b.element: f"=0+{b.formula}" for b in lstm.key.blanks}
    book = openpyxl.load_workbook(lstm.hand_in("s007", tmp_path / "own.xlsx", spelled))
    for row in book["Weights"].iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = f"my {cell.value}"
    book["Weights"].title = "W"
    book.save(tmp_path / "in" / "renamed.xlsx")

    grading = grade(tmp_path / "in", lstm.key_file, results)

    found = {marks.file: {c.element for c in marks.cells if c.earned} for marks in grading.marks}
    read_weights = {b.element for b in lstm.key.blanks if "Weights" in b.formula}
    assert found["dense.xlsx"] == {element for element in lstm.elements if not element.startswith("dense")}
    assert not found["renamed.xlsx"] & read_weights
    assert grading.exit_code == 3


def test_merged_cells_lose_what_they_lose(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """Of merged cells only the first is kept; the other is empty and says so."""
    book = openpyxl.load_workbook(lstm.hand_in("s006", tmp_path / "own" / "s006.xlsx", {}))
    book["lstm"].merge_cells("F11:G11")
    (tmp_path / "merged").mkdir()
    book.save(tmp_path / "merged" / "s006.xlsx")

    marks = only(grade(tmp_path / "merged", lstm.key_file, results))

    assert [(cell.element, cell.status) for cell in marks.cells if cell.status not in ("right", "carried")] == [
        ("lstm.i[1][0]", "missing")
    ]


def test_whose_submission_it_is(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """By the id in the workbook, else by the numbers only one student has; what does not fit together is said."""
    folder = tmp_path / "in"
    hand_in(lstm, folder, "s001", "final (2) NEW.xlsx")
    id_cell = lstm.key.id_cell
    fill(hand_in(lstm, tmp_path, "s002"), folder / "b.xlsx", {id_cell.sheet: {id_cell.a1: None}})
    fill(hand_in(lstm, tmp_path, "s003"), folder / "c.xlsx", {id_cell.sheet: {id_cell.a1: "s004"}})
    hand_in(lstm, folder, "s005", "s006.xlsx")
    fill(hand_in(lstm, tmp_path, "s007"), folder / "d.xlsx", {"Weights": {"B8": "1.5"}})

    found = {marks.file: marks for marks in grade(folder, lstm.key_file, results).marks}

    assert {name: (m.student, m.identified_by) for name, m in found.items()} == {
        "final (2) NEW.xlsx": ("s001", "id"),
        "b.xlsx": ("s002", "numbers"),
        "c.xlsx": ("s004", "id"),
        "s006.xlsx": ("s005", "id"),
        "d.xlsx": ("s007", "id"),
    }
    assert not found["final (2) NEW.xlsx"].notes
    assert "given to s003" in found["c.xlsx"].notes[0]
    assert "called after s006" in found["s006.xlsx"].notes[0]
    assert found["d.xlsx"].notes == ("numbers that were given were changed: Weights!B8",)
    assert {m.earned for m in found.values()} == {found["b.xlsx"].points - 1}


def hostile(room: Classroom, folder: Path) -> None:
    """Files that want to harm, or are none."""
    good = hand_in(room, folder, "s001")
    (folder / "broken.xlsx").write_bytes(good.read_bytes()[:2000])
    (folder / "no zip.xlsx").write_bytes(b"\0" * 1000)
    (folder / "empty.xlsx").write_bytes(b"")
    (folder / "notes.ods").write_bytes(b"PK")
    (folder / "~$s001.xlsx").write_bytes(b"lock")
    deep = {"lstm.i[0][0]": "=" + "(" * 5000 + "F10" + ")" * 5000}
    room.hand_in("s002", folder / "deep.xlsx", deep)
    for student in ("s003", "s012"):
        hand_in(room, folder, student)
    openpyxl.Workbook().save(folder / "other.xlsx")


def test_nobody_is_told_of_the_file_of_another(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """Files with the same content share what was found out, which names none of them; empty ones are no likeness."""
    for student in ("s001", "s002"):
        (tmp_path / f"{student}.xlsx").write_bytes(b"")

    grading = grade(tmp_path, lstm.key_file, results)

    assert [marks.error for marks in grading.marks] == ["the file is empty; copy or save the file again"] * 2
    assert not grading.likeness


def test_what_is_no_spreadsheet_is_not_nothing(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """An archive or a picture counts where its student is known by its name, or a folder's, and sent nothing else."""
    folder = tmp_path / "in"
    hand_in(lstm, folder, "s001")
    third, fourth = (lstm.key.roster[student].name for student in ("s003", "s004"))
    of_moodle = folder / f"{fourth}_4711_assignsubmission_file_"
    of_moodle.mkdir()
    for name in ("s001.docx", "S002 (1).zip", "notes.txt", f"{unicodedata.normalize('NFD', third)}.png"):
        (folder / name).write_bytes(b"PK")
    (of_moodle / "work.7z").write_bytes(b"7z")

    grading = grade(folder, lstm.key_file, results)

    assert [(marks.student, bool(marks.error)) for marks in grading.marks] == [
        ("s002", True), ("s003", True), ("s004", True), ("s001", False),
    ]  # fmt: skip
    assert len(grading.missing) == 8


def test_a_hostile_file_costs_only_itself(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """Whatever is broken, hostile or something else is named in a sentence; all others are graded as ever."""
    hostile(lstm, tmp_path / "in")

    grading = grade(tmp_path / "in", lstm.key_file, results, jobs=2)

    found = {marks.file: marks for marks in grading.marks}
    assert {name for name, marks in found.items() if marks.error} == {
        "broken.xlsx", "no zip.xlsx", "empty.xlsx", "notes.ods", "deep.xlsx", "other.xlsx",
    }  # fmt: skip
    assert all("file" in marks.error for marks in found.values() if marks.error), found
    graded = [marks for marks in grading.marks if not marks.error]
    assert [(marks.student, wrong(marks)) for marks in graded] == [(s, list(MISTAKE)) for s in ("s001", "s003", "s012")]
    assert grading.exit_code == 3


def test_results_among_submissions_are_none(lstm: Classroom, tmp_path: Path) -> None:
    """Marked copies of an earlier run, wherever its results are, are not taken for submissions."""
    hand_in(lstm, tmp_path / "in", "s001")
    for results in ("a", "b"):
        grading = xlcheck.grade(tmp_path / "in", lstm.key_file, tmp_path / "in" / results, jobs=1)
        assert (tmp_path / "in" / results / "marked" / "s001.xlsx").exists()

    assert [marks.file for marks in grading.marks] == ["s001.xlsx"]


@pytest.mark.parametrize(("here", "said"), [(".", "."), ("sub", ".."), (".", "../class")])
def test_results_go_beside_the_folder_however_it_is_called(
    here: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is named by a dot has a name all the same."""
    (tmp_path / "class" / "sub").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "class" / here)

    assert results_beside(Path(said)).resolve() == tmp_path / "class-results"


def test_nothing_handed_in_is_no_success(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """An empty folder is said, as is one that is not there."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingCheckedError, match=r"no \.xlsx file"):
        grade(tmp_path / "empty", lstm.key_file, results)
    with pytest.raises(UsageError, match="there is no folder"):
        grade(tmp_path / "nowhere", lstm.key_file, results)


def test_likeness_is_listed_with_evidence_and_changes_no_marks(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """The same odd formula, the same file, and numbers that are right for somebody else are found, and only they."""
    folder = tmp_path / "in"
    odd = {"lstm.f[1][0]": "=1/(1+EXP(-G15*1.03))"}
    lstm.hand_in("s001", folder / "s001.xlsx", odd)
    lstm.hand_in("s002", folder / "s002.xlsx", {"lstm.f[1][0]": "= 1 / (1+EXP(-$G$15*1.03))"})
    lstm.hand_in("s003", folder / "s003.xlsx", lstm.faulty("s004", {"lstm.o[0][0]": "typed", "lstm.o[1][0]": "typed"}))
    copy(lstm.hand_in("s005", folder / "s005.xlsx", {}), folder / "s005 again.xlsx")
    for number in range(6, 13):
        lstm.hand_in(f"s{number:03}", folder / f"s{number:03}.xlsx", lstm.faulty(None, {"lstm.i[0][0]": "zero"}))

    grading = grade(folder, lstm.key_file, results)

    found = {(like.kind, like.files): like.evidence for like in grading.likeness}
    assert set(found) == {
        ("same file", ("s005 again.xlsx", "s005.xlsx")),
        ("same unusual formulas", ("s001.xlsx", "s002.xlsx")),
        ("numbers of another student", ("s003.xlsx", "s004")),
    }
    assert "1.03" in found["same unusual formulas", ("s001.xlsx", "s002.xlsx")][0]
    assert [m.earned for m in grading.marks if m.student in {"s001", "s002"}] == [grading.points - 1] * 2


def test_other_programs_read_the_marks(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """CSV for Moodle and Canvas has a line a student, Gradescope's JSON and JUnit a case a blank; all say the same.

    Where a file names nobody, it may be theirs who are missing, who then have no points, and not none.
    """
    hand_in(lstm, tmp_path / "in", "s001")
    (tmp_path / "in" / "=cmd.xlsx").write_bytes(b"no workbook")
    grading = xlcheck.grade(tmp_path / "in", lstm.key_file, results, jobs=1, copies=False)
    marks = grading.marks[1]

    moodle, canvas = (
        list(csv.DictReader((results / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
        for name in ("moodle", "canvas")
    )
    gradescope = json.loads((results / "gradescope" / "s001.json").read_text(encoding="utf-8"))
    suites = etree.parse(results / "junit.xml").getroot().findall("testsuite")

    assert [row["ID number"] for row in moodle] == [f"s{number:03}" for number in range(1, 13)]
    assert (moodle[0][grading.title], moodle[1][grading.title]) == (f"{marks.earned:g}", "")
    assert (moodle[1]["Feedback"], canvas[2][grading.title]) == (
        "Handed in: nothing that names them (1 named nobody).",
        "",
    )
    assert "lstm!F11" in moodle[0]["Feedback"]
    assert (
        str(marks) == f"s001 (s001.xlsx): {marks.earned:g} of {grading.points:g} points; first mistake: lstm!F11, wrong"
    )
    assert str(grading) == grading.summary()
    assert canvas[0][grading.title] == f"{grading.points:g}"
    assert (canvas[1]["SIS User ID"], canvas[1][grading.title]) == ("s001", f"{marks.earned:g}")
    assert (gradescope["score"], len(gradescope["tests"])) == (marks.earned, len(lstm.elements))
    assert [(suite.get("failures"), suite.get("errors")) for suite in suites] == [("0", "1"), ("1", "0")]


def test_the_command_writes_pages_copies_and_a_summary(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """`xlcheck grade` ends with 0 if all is graded and 3 if a person has to look; the pages name cell and reason."""
    hand_in(lstm, tmp_path / "in", "s001")
    command = [sys.executable, "-m", "xlcheck", "grade", str(tmp_path / "in"), "--key", str(lstm.key_file)]

    done = subprocess.run([*command, "-o", str(results), "-j", "1"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 submission: 1 graded, on average 39 of 40 points; 11 students")
    page = (results / "students" / "s001.html").read_text(encoding="utf-8")
    assert "lstm!F11" in page
    assert "lstm.i[0][0]" in page
    assert "s001" in (results / "index.html").read_text(encoding="utf-8")
    assert read_json(results / "gradescope" / "s001.json")["score"] == 39
    note = openpyxl.load_workbook(results / "marked" / "s001.xlsx")["lstm"]["F11"].comment
    assert note is not None
    assert "0 of 1" in note.text
    (tmp_path / "in" / "broken.xlsx").write_bytes(b"no workbook")
    assert subprocess.run([*command, "-o", str(results), "--resume"], capture_output=True, check=False).returncode == 3
