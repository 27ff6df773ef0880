"""What the sheets say stands in one file apart from what lays them out, so that a translation is a file."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lesson_plans import WORKBOOKS, plan_of
from thorough import spread

import xlcheck
from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.lessons.sentiment import TYPED
from xlcheck.chapter.lessons.training import TRAINING_LESSONS
from xlcheck.chapter.recordings.training import load_training
from xlcheck.cli import run
from xlcheck.engines import engine
from xlcheck.errors import UsageError
from xlcheck.exercises.exercise import make_exercise
from xlcheck.exercises.plan import ExercisePlan
from xlcheck.exercises.subject import lesson_subject
from xlcheck.layers import LAYERS
from xlcheck.layout.draft import Draft
from xlcheck.layout.lesson_pages.accuracy import NAME as TEXTS
from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.texts import ENGLISH, _complete, language, say
from xlcheck.workbook.limits import _formulas
from xlcheck.workbook.plan import Formula, WorkbookPlan
from xlcheck.workbook.writer import write_workbook

PACKAGE = Path(xlcheck.__file__).parent
SPEAKING = [*(PACKAGE / "layout").rglob("*.py"), *(PACKAGE / "chapter" / "lessons").glob("*.py"),
            *(PACKAGE / "exercises" / f"{name}.py" for name in ("front", "hints", "sheets"))]  # fmt: skip
MARK = "¤"
SUMMED = "Σ over documents"  # as equations have it
BOOK = {name for lesson in LESSONS.values() if lesson.book for name in lesson.book.names.values()}
WRITTEN_SO = " ".join(["Keras", "exp", *LAYERS, *(own.name for own in OPTIMISERS.values()), *BOOK])
"""What is written so in every language."""

DATA = re.compile(r'^=|":|\],|.{2000}')
"""A formula as text, or a piece of what the workbook says of itself on the hidden sheet."""
WHOLE = {"pages", "exercise_pages", "legend", "cells"}
"""Tables of which the code takes whatever has the name of a sheet, a role or a map of a cell."""
SENTENCE = re.compile("[A-Za-z]{2,} [A-Za-z]{2,}|[←→↓] ?[A-Za-z]")
ASKING = {"say", "say_all", "say_live", "beginning"}
NAMES = {"NAME", "MARKS", "SCRATCH", "ID_TEXT", "NAME_TEXT"}
NAMES |= {"DOCUMENTS", "SENTENCE", "PIXELS", "_REVIEWS", "_SENTENCES"}  # what networks read, in the files of lessons
READ = {"very good", "very bad", "(no word)", "bright at ", TYPED}
FOR_PROGRAMS = {"rebuild with", "xlcheck build ", " --vocabulary FILE", " --padding back", "keras float64",
                "xlcheck, with empty blanks"}  # fmt: skip


def marked(value: Any) -> Any:
    """A table of texts in which a mark is the first letter of every word, but not of names and of what is read.

    Each ends with a quotation mark, which a formula has to write twice.
    """
    if isinstance(value, str):
        return re.sub(r"\{[^}]*\}|([^\W\d_]+)", lambda word: MARK + word[0][1:] if word[1] else word[0], value) + '"'
    if isinstance(value, list):
        return [marked(item) for item in value]
    return {
        key: item if key in {"uses", "words", "tells"} and isinstance(item, str) else marked(item)
        for key, item in value.items()
    }


def words_of(text: str) -> set[str]:
    """Its words of three letters or more that bear no mark."""
    return set(re.findall(rf"(?<![{MARK}\w])[A-Za-z]{{3,}}", text))


def said_by(file: Path) -> Iterator[tuple[str, str]]:
    """Every text in a workbook that a reader may see, with the part of the file."""
    # Cells, notes, charts, alternative texts, tips and prompts.
    with ZipFile(file) as archive:
        for part in archive.namelist():
            xml = archive.read(part).decode()
            for item in re.findall(r"<si>(.*?)</si>|<text>(.*?)</text>", xml, re.DOTALL):
                yield part, unescape("".join(re.findall(r"<t(?: [^>]*)?>(.*?)</t>", "".join(item), re.DOTALL)))
            seen = r'<a:t>(.*?)</a:t>|<c:v>(.*?)</c:v>| t="str"><f>.*?</f><v>(.*?)</v>'
            attributes = r'(?: descr| prompt| promptTitle| error| errorTitle| tooltip)="([^"]*)"'
            for found in re.findall(seen, xml, re.DOTALL):
                yield part, unescape("".join(found))
            yield from ((part, unescape(text)) for text in re.findall(attributes, xml))


@pytest.fixture
def drafts(monkeypatch: pytest.MonkeyPatch) -> list[Draft]:
    """Every workbook that is laid out in a test, with its graph."""
    found: list[Draft] = []
    begin = Draft.__init__

    def noted(self: Draft, *args: Any) -> None:
        begin(self, *args)
        found.append(self)

    monkeypatch.setattr(Draft, "__init__", noted)
    return found


def names_in(draft: Draft) -> set[str]:
    """The words that every language shares: names, symbols, equations, what is read, and who wrote the workbook."""
    bands = [band for q in draft.graph for band in (q.band,)]
    said = [
        text for band in bands for text in (band.name, band.layer, band.symbol, band.label, band.equation, band.group)
    ]
    said += [*draft.samples, *draft.sheets, *(name for names in draft.unit_names.values() for name in names)]
    return words_of(" ".join(said).replace("_", " "))


def read_in(plan: WorkbookPlan) -> set[str]:
    """The words of what the network reads or answers, and of the lines that say where the workbook comes from."""
    contents = [(item.style, item.content) for sheet in plan.sheets for item in (*sheet.cells, *sheet.merges)]
    contents += [("input_text", cell.content) for sheet in plan.sheets if sheet.name == TEXTS for cell in sheet.cells
                 if cell.style == "text"]  # fmt: skip
    data = re.compile("input_|target_|typed|word|output_|selector|strong|provenance|code")
    shown = [
        content.value if isinstance(content, Formula) else content for style, content in contents if data.match(style)
    ]
    return words_of(" ".join(text for text in shown if isinstance(text, str)))


def trained_on(workbook: str) -> set[str]:
    """The words of the samples of a lesson on training."""
    return words_of(" ".join(load_training(workbook).samples)) if workbook in TRAINING_LESSONS else set()


def translation(drafts: list[Draft], file: Path) -> Path:
    """The file of texts with every word marked, and with the sentences beside the equations of these workbooks."""
    tables = tomllib.loads(ENGLISH.read_text(encoding="utf-8"))
    beside = [text for draft in drafts for q in draft.graph for text in (q.band.meaning, q.band.group)]
    beside += [thing.meaning for own in OPTIMISERS.values() for thing in (own, *own.kept)]
    tables = {name: marked(table) for name, table in tables.items()} | {"equations": {t: marked(t) for t in beside}}
    file.write_text("\n".join(_toml(tables, ())), encoding="utf-8")
    return file


def _toml(table: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """A table as TOML: its own texts, then the tables inside it."""
    inner = {name: item for name, item in table.items() if isinstance(item, dict)}
    yield f"[{'.'.join(map(json.dumps, path))}]" if path else ""
    for name, item in table.items():
        if name not in inner:
            yield f"{json.dumps(name)} = {json.dumps(item, ensure_ascii=False)}"
    for name, item in inner.items():
        yield from _toml(item, (*path, name))


@pytest.mark.parametrize("workbook", spread(WORKBOOKS, 5))
def test_a_translation_is_a_file(workbook: str, drafts: list[Draft], tmp_path: Path) -> None:
    """With a file in which each word is another, no sheet says a word that does not stand in that file.

    And no formula takes a word for something else than a text.
    """
    names = read_in(plan_of(workbook)) | names_in(drafts[0]) | trained_on(workbook) | words_of(WRITTEN_SO)
    file = translation(drafts, tmp_path / "marked.toml")
    with language(file):
        plan = plan_of(workbook)
        write_workbook(plan, tmp_path / "marked.xlsx")
    without_texts = {re.sub(r'"(?:[^"]|"")*+"', "", text) for sheet in plan.sheets for _, _, text in _formulas(sheet)}
    said = [(part, text) for part, text in said_by(tmp_path / "marked.xlsx") if not DATA.search(text)]

    assert not [text for text in without_texts if MARK in text or '"' in text]
    assert sum(MARK in text for _, text in said) > 80
    assert {(part, text) for part, text in said if words_of(text.replace(SUMMED, "")) - names} == set()


def test_an_exercise_is_translated_too(drafts: list[Draft], tmp_path: Path) -> None:
    """Its workbook and its hand-out say no English word either, the hints included."""
    asked = ExercisePlan(level=2, hints=(0.1, 0.2, 0.3))
    english, marked = tmp_path / "english", tmp_path / "marked"
    english.mkdir()
    marked.mkdir()
    make_exercise(lesson_subject("lstm"), english, asked, engine=engine("ironcalc"))
    names = set().union(*map(names_in, drafts)) | words_of(WRITTEN_SO + " blank.xlsx Scratch Hints")
    with language(translation(drafts, tmp_path / "marked.toml")):
        made = make_exercise(lesson_subject("lstm"), marked, asked, engine=engine("ironcalc"))
    said = [text for _, text in said_by(made.blank) if not DATA.search(text)]
    said += map(unescape, re.findall(r">([^<>]+)<", made.handout.read_text(encoding="utf-8").partition("<body>")[2]))

    assert sum(MARK in text for text in said) > 100
    assert {text for text in said if words_of(text) - names} == set()


def test_each_text_is_asked_for_and_each_that_is_asked_for_stands_there() -> None:
    """No text in the file is of no use, and none is missing; a name with a brace in the code stands for several."""
    tables = tomllib.loads(ENGLISH.read_text(encoding="utf-8"))["sheets"]
    stored = {f"{table}.{name}" for table, own in tables.items() for name in own}
    written: set[str] = set()
    asked: set[str] = set()
    patterns: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                written.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values)
                patterns.add("".join(parts))
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ASKING:
                named = (part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant))
                asked |= {name for name in named if isinstance(name, str) and re.fullmatch(r"[a-z_]+\.\w+", name)}
    by_pattern = {name for name in stored if any(re.fullmatch(pattern, name) for pattern in patterns - {".+"})}

    assert len(asked) > 200
    assert asked - stored == set()
    assert {name for name in stored - written - by_pattern if name.partition(".")[0] not in WHOLE} == set()


def test_a_command_speaks_the_language_of_a_file(drafts: list[Draft], tmp_path: Path) -> None:
    """`build --texts` writes its words, the workbook is checked as every other is, and afterwards English is back."""
    plan_of("simple-rnn")
    file = translation(drafts, tmp_path / "marked.toml")
    made = str(tmp_path / "marked.xlsx")

    assert run(["build", "simple-rnn", "--texts", str(file), "-o", made]) == 0
    assert run(["check", made, "--engine", "cellrune"]) == 0
    assert MARK in "".join(text for _, text in said_by(Path(made)))
    assert MARK not in say("check.intro")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("intro = ", "outro = "),
        ("{right} of {count} numbers", "{right} numbers"),
        ("{right} of {count} numbers", "{right} of {count numbers"),
        ("{right} of {count} numbers", "{right:>999999999} of {count} numbers"),
        ("[sheets", "["),
        ('uses = "training"', 'uses = "Training"'),
        ('tells = "India"', 'tells = "Indien"'),
        ("and speak fluent", "and speak very fluent"),
    ],
)
def test_what_a_translation_lacks_is_said(
    old: str, new: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A text that is missing, one without its braces, a file that is no TOML: wrong usage, and no workbook.

    So is what is no text but was translated, and a lesson that does not read as many words, or not the one it is about.
    """
    file = tmp_path / "damaged.toml"
    file.write_text(ENGLISH.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    assert run(["build", "simple-rnn", "--texts", str(file), "-o", str(tmp_path / "none.xlsx")]) == 2
    assert "damaged.toml" in capsys.readouterr().err
    assert not (tmp_path / "none.xlsx").exists()


def test_what_a_translation_lacks_in_a_list_is_counted_from_1(tmp_path: Path) -> None:
    """The third item of a list is number 3 in the sentence."""
    with pytest.raises(UsageError, match=r"does not say sheets\.items\.3 as"):
        _complete({"items": ["a", "b", "c"]}, {"items": ["a", "b", "{c}"]}, ("sheets",), tmp_path / "de.toml")


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_sentence_stands_in_the_code(path: Path) -> None:
    """Two words in a row are a name of a sheet, an error, or what a program or a network reads."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) or _is_docstring(node)
              for part in ast.walk(node)}  # fmt: skip
    silent |= {id(part) for node in tree.body if isinstance(node, ast.Assign) and _targets(node) & NAMES
               for part in ast.walk(node)}  # fmt: skip
    said = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and id(node) not in silent and SENTENCE.search(node.value)]  # fmt: skip

    assert [text for text in said if text not in FOR_PROGRAMS | READ] == []


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _targets(node: ast.Assign) -> set[str]:
    return {part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)}
