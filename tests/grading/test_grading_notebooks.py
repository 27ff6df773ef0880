"""The examples for nbgrader and otter, as the documentation prints them, give the marks that `xlcheck.grade` gives."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from classroom import Classroom

import xlcheck

PAGE = Path(__file__).parents[2] / ".github" / "docs" / "notebooks.md"
FAULTS = {"s001": {"lstm.i[0][0]": "scaled", "lstm.o[1][0]": "typed"}, "s002": {}}
pytestmark = pytest.mark.filterwarnings("ignore")  # of the other packages
NOT_INSTALLED = "it brings Jupyter with it, a hundred packages, which the tests do not otherwise need"


@pytest.fixture(autouse=True)
def known_key(lstm: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the examples look for the key, and whose kernel runs them."""
    monkeypatch.setenv("XLCHECK_EXAM_KEY", str(lstm.key_file))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")


def printed(title: str) -> str:
    """A block of the page."""
    found = re.search(rf'```python title="{re.escape(title)}"\n(.*?)```', PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, title
    return found[1]


def expected(room: Classroom, workbook: Path, folder: Path) -> float:
    """The marks of one workbook."""
    earned = xlcheck.grade(workbook, room.key_file, folder, jobs=1, copies=False).marks[0].earned
    assert earned is not None
    return earned


def run(*command: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_nbgrader_counts_the_marks(lstm: Classroom, tmp_path: Path) -> None:
    """Released, handed in by two students, autograded, exported: each has the marks of the workbook."""
    pytest.importorskip("nbgrader", reason=NOT_INSTALLED)
    import nbformat

    course = tmp_path / "course"
    (course / "source" / "exam").mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(printed("nbgrader_config.py"), encoding="utf-8")
    own = {"solution": False, "grade": True, "locked": True, "task": False, "grade_id": "exam", "cell_type": "code"}
    metadata = {"nbgrader": {"schema_version": 3, "points": sum(lstm.points.values()), **own}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(printed("exam.ipynb"), metadata=metadata)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, course / "source" / "exam" / "exam.ipynb")
    shutil.copy(lstm.folder / "blank.xlsx", course / "source" / "exam" / "exam.xlsx")
    run("nbgrader", "generate_assignment", "exam", folder=course)
    wanted = {}
    for student, faults in FAULTS.items():
        folder = course / "submitted" / student / "exam"
        folder.mkdir(parents=True)
        shutil.copy(course / "release" / "exam" / "exam.ipynb", folder)
        lstm.hand_in(student, folder / "exam.xlsx", lstm.faulty(student, faults))
        wanted[student] = expected(lstm, folder / "exam.xlsx", tmp_path / student)
    run("nbgrader", "autograde", "exam", folder=course)
    run("nbgrader", "export", "--to=grades.csv", folder=course)
    with (course / "grades.csv").open(encoding="utf-8") as file:
        found = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}

    assert "HIDDEN" not in (course / "release" / "exam" / "exam.ipynb").read_text(encoding="utf-8")
    assert found == wanted
    assert found["s001"] == found["s002"] - 2


def test_otter_counts_the_marks(lstm: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case for each blank; their points together are the marks of the workbook."""
    pytest.importorskip("otter", reason=NOT_INSTALLED)
    import nbformat
    from otter.api import grade_submission

    monkeypatch.chdir(tmp_path)
    Path("tests").mkdir()
    Path("tests/exam.py").write_text(printed("tests/exam.py"), encoding="utf-8")
    files = ("--no-requirements", "--no-environment", "--no-config")
    run("otter", "generate", "-t", "tests", "-o", "autograder.zip", *files, folder=tmp_path)
    cells = ["import otter\ngrader = otter.Notebook()", 'grader.check("exam")']
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, "exam.ipynb")
    workbook = lstm.hand_in("s001", tmp_path / "exam.xlsx", lstm.faulty("s001", FAULTS["s001"]))
    found = grade_submission("exam.ipynb", "autograder.zip", extra_submission_files=["exam.xlsx"], quiet=True)

    assert found.possible == sum(lstm.points.values())
    assert found.total == expected(lstm, workbook, tmp_path / "marks-apart")
