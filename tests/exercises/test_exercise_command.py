"""`xlcheck exercise`: a lesson or a model becomes a folder, and what cannot be is refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from hand_in import hand_in, marks_of, solution

import xlcheck
from xlcheck.cli.group import commands
from xlcheck.engines import engine
from xlcheck.exercises.key import load_key
from xlcheck.texts import texts

MODEL = str(Path(__file__).parents[2] / "fixtures" / "lstm.keras")


def run(*arguments: object) -> tuple[int, str]:
    """Exit code and output of the command."""
    result = CliRunner().invoke(commands, [str(argument) for argument in arguments], standalone_mode=True)
    return result.exit_code, result.output + str(result.exception or "")


def test_a_lesson_becomes_a_folder(tmp_path: Path) -> None:
    """Blank, solution, key and hand-out are there, and the solution agrees with Keras."""
    code, output = run("exercise", "lstm", "-o", tmp_path / "exam")
    key = load_key(tmp_path / "exam" / "key.json")
    page = (tmp_path / "exam" / "handout.html").read_text(encoding="utf-8")

    assert code == 0
    assert "agrees with Keras" in output
    assert {path.name for path in (tmp_path / "exam").iterdir()} == {
        "blank.xlsx", "solution.xlsx", "key.json", "handout.html",
    }  # fmt: skip
    assert xlcheck.check(tmp_path / "exam" / key.solution).ok
    assert all(f'<td class="e">{text}</td>' in page for text in ("σ(z<sub>f,t</sub>)", "xₜ · kernel[f]"))
    assert "http" not in page


def test_the_legend_shows_a_cell_to_be_filled_in(tmp_path: Path) -> None:
    """What is left blank looks like that in the legend, too; beside every other colour stands a number."""
    assert run("exercise", "lstm", "-q", "-o", tmp_path / "exam")[0] == 0
    sheet = openpyxl.load_workbook(tmp_path / "exam" / "blank.xlsx").worksheets[0]
    (heading,) = [row for row in range(1, sheet.max_row) if sheet.cell(row, 1).value == "Colours, on every sheet"]
    shown = {sheet.cell(row, 2).value: sheet.cell(row, 1).value for row in range(heading + 1, sheet.max_row + 1)}

    assert shown.pop("to be filled in") is None
    assert [shown[texts("sheets")["legend"][role]] for role in ("weight", "gate", "state")] == ["0.123"] * 3


def test_the_first_sheet_says_what_is_to_be_done(tmp_path: Path) -> None:
    """In one sentence that is true of every network; of each other sheet it says what it is, from a capital letter."""
    assert run("exercise", "gru", "-q", "-o", tmp_path / "exam")[0] == 0
    book = openpyxl.load_workbook(tmp_path / "exam" / "blank.xlsx")
    sheet = book.worksheets[0]
    top = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 1).value == "Sheets")
    said = {sheet.cell(row, 1).value: str(sheet.cell(row, 2).value) for row in range(top + 1, sheet.max_row)}

    assert sheet["A2"].value == "Complete the calculation of this network: turn every framed cell into a formula."
    assert [name for name in book.sheetnames[1:] if book[name].sheet_state == "visible" and name not in said] == []
    assert [text for name, text in said.items() if name in book.sheetnames and text[0].islower()] == []


def test_several_lessons_have_a_folder_each(tmp_path: Path) -> None:
    """Their folders are named like them."""
    code, _ = run("exercise", "lstm", "gru", "-q", "-o", tmp_path)

    assert code == 0
    assert all((tmp_path / name / "blank.xlsx").is_file() for name in ("lstm", "gru"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lstn", "-o", "x"], "did you mean lstm"),
        (["vanishing-gradients", "-o", "x"], "has no exercise"),
        (["model.keras", "-o", "x"], "there is no such file"),
        ([MODEL, "-o", "x"], "pass --inputs"),
        (["lstm", "--inputs", "students.csv", "-o", "x"], "go with a model"),
        (["lstm", "--plan", "exam.toml", "--level", "2", "-o", "x"], "leave one of them out"),
        (["lstm", "-o", "students.csv"], "is a file"),
        (["lstm", "-o", "taken"], "is no marking key"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, and nothing is written over or left behind."""
    monkeypatch.chdir(tmp_path)
    Path("students.csv").write_text("1\n", encoding="utf-8")
    Path("exam.toml").write_text('blanks = ["lstm.f"]\n', encoding="utf-8")
    Path("taken").mkdir()
    Path("taken/key.json").write_text("{}", encoding="utf-8")
    code, output = run("exercise", *arguments)

    assert code != 0
    assert words in output
    assert Path("taken/key.json").read_text(encoding="utf-8") == "{}"
    assert not Path("x").exists()


def test_a_smaller_roster_names_what_was_left(tmp_path: Path) -> None:
    """Workbooks of students who are gone stay, since somebody may work in them, and are named; others keep numbers."""
    roster = tmp_path / "students.csv"
    roster.write_text("a\nb\nc\n", encoding="utf-8")
    arguments = ["exercise", "simple-rnn", "--roster", str(roster), "-o", str(tmp_path / "exam"), "--keras", "0"]
    assert "no longer" not in run(*arguments)[1]
    before = (tmp_path / "exam/blanks/b.xlsx").read_bytes()
    roster.write_text("b\n", encoding="utf-8")
    output = run(*arguments)[1]

    assert "a.xlsx, c.xlsx" in output
    assert "no longer on the roster" in output
    assert (tmp_path / "exam/blanks/b.xlsx").read_bytes() == before
    assert (tmp_path / "exam/blanks/a.xlsx").exists()


def test_the_sample_can_be_chosen(tmp_path: Path) -> None:
    """`--sample` goes before the plan; one that is not there is refused."""
    plan = tmp_path / "exam.toml"
    plan.write_text("sample = 1\n", encoding="utf-8")
    made = [xlcheck.exercise("lstm", tmp_path / str(n), plan=plan, sample=n).key for n in (1, 2)]

    assert made[0].sample != made[1].sample
    assert "choose another number" in run("exercise", "lstm", "--sample", "99", "-o", str(tmp_path / "no"))[1]


def test_a_result_is_a_table_and_shows_itself(tmp_path: Path) -> None:
    """In a notebook there is one row for each blank."""
    made = xlcheck.exercise("lstm", tmp_path)

    assert list(made.to_frame()["formula"]) == [blank.formula for blank in made.key.blanks]
    assert made._repr_html_().count("<tr>") == len(made.key.blanks) + 1
    assert str(made) == f"{made.key.title}: {len(made.key.blanks)} blanks, {made.key.points:g} points, in {tmp_path}"


@pytest.mark.keras
def test_a_model_becomes_an_exercise_of_its_way_back(tmp_path: Path) -> None:
    """A model, its inputs and targets: loss and gradients are blank by pattern, and right with the solution."""
    import keras

    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [keras.Input((3, 2)), keras.layers.GRU(2, name="gru"), keras.layers.Dense(1, activation="sigmoid", name="out")]
    )
    model.compile(loss="binary_crossentropy")
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(2, 3, 2)), np.array([[1.0], [0.0]])
    plan = tmp_path / "exam.toml"
    plan.write_text('blanks = ["loss.loss", "out.d_*", "gru.h[2]"]\nsample = 2\n', encoding="utf-8")
    made = xlcheck.exercise(model, tmp_path / "exam", inputs=inputs, targets=targets, plan=plan)
    filled = hand_in(made.blank, solution(made.key.blanks), tmp_path / "filled.xlsx")
    named = {blank.quantity for blank in made.key.blanks}

    assert made.report.ok
    assert named == {"loss.loss", "out.d_z", "out.d_kernel", "out.d_bias", "gru.h[2]"}
    assert set(marks_of(filled, made, engine("cellrune")).values()) == {"✓"}


@pytest.mark.keras
def test_a_long_sequence_becomes_an_exercise(tmp_path: Path) -> None:
    """Its columns are narrow; the formulas of given steps, which would tell those of the blanks, are hidden there."""
    import keras

    model = keras.Sequential([keras.Input((30, 1)), keras.layers.SimpleRNN(1, name="rnn")])
    made = xlcheck.exercise(model, tmp_path / "exam", inputs=np.ones((1, 30, 1)), level=2)
    sheet = openpyxl.load_workbook(made.blank)["rnn"]
    formulas = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]

    assert made.report.ok
    assert {cell.protection.hidden for cell in formulas if cell.number_format == "0.0000"} == {True}
