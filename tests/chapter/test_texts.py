"""The words of the lessons: complete, on pages that exist, and in sentences."""

from __future__ import annotations

from pathlib import Path

import pytest
from thorough import spread
from workbook_parts import notes_on

from xlcheck.chapter.lessons.catalogue import ALL_LESSONS
from xlcheck.chapter.lessons.lesson import texts_of
from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.engines import engine
from xlcheck.formulas.addresses import parse_range
from xlcheck.layout.questions import NAME as ANSWERS
from xlcheck.texts import say
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
_NO_QUESTIONS = {"Start", "xlcheck", ANSWERS}  # the first one sends the reader to the others, the second one is hidden


@pytest.fixture(scope="module", params=spread(list(ALL_LESSONS), 3))
def book(request: pytest.FixtureRequest) -> WorkbookContent:
    """The workbook of a lesson, read once for all that is asked of it."""
    return read_workbook(WORKBOOKS / f"{request.param}.xlsx")


def test_each_page_asks(book: WorkbookContent) -> None:
    """Each page of a workbook asks one to three questions, whose answers are notes; none is asked of another page."""
    own = texts_of(book.path.stem).questions
    for name, page in book.sheets.items():
        if name in _NO_QUESTIONS:
            continue
        assert any(cell.value == say("questions.heading") for cell in page.cells.values()), name
        asked = own[name]
        assert 1 <= len(asked) <= 3
        notes = {note.strip() for note in notes_on(book.path, name)}
        assert {answer for _, answer in asked} <= notes, name


def test_answers_stand_on_the_last_page(book: WorkbookContent) -> None:
    """Beside their questions, in the order of the pages, so that a hand-out on paper has them, too."""
    sheets = book.sheets
    *pages, last, _ = sheets
    rows = sorted((place, cell.value) for place, cell in sheets[last].cells.items() if place[0] > 3)
    texts = texts_of(book.path.stem).questions
    asked = [(page, number, *texts[page][number - 1])
             for page in pages if page in texts for number in range(1, 1 + len(texts[page]))]  # fmt: skip

    assert last == ANSWERS
    assert [text for (_, column), text in rows if column == 0] == [page for page, number, *_ in asked if number == 1]
    assert [text for (_, column), text in rows if column == 1] == [f"{number}.  {q}" for _, number, q, _ in asked]
    assert [text for (_, column), text in rows if column == 2] == [answer for *_, answer in asked]


@pytest.mark.parametrize("lesson", ALL_LESSONS)
def test_sentences_are_sentences(lesson: str) -> None:
    """A story has three to six sentences; questions end with a question mark, everything else with a full stop."""
    texts = texts_of(lesson)
    assert 3 <= texts.story.summary.count(". ") + 1 <= 6
    for sentence in (texts.story.summary, *texts.story.reading, *texts.sentences.values()):
        assert sentence.endswith("."), sentence
        assert "  " not in sentence
    for asked in texts.questions.values():
        for question, answer in asked:
            assert question.endswith("?"), question
            assert answer.endswith("."), answer


@pytest.mark.parametrize("lesson", [name for name in ALL_LESSONS if any(
    "far from 1 and 0" in question for question, _ in texts_of(name).questions.get("Training", ()))])  # fmt: skip
def test_answers_are_as_far_from_right_as_is_said(lesson: str) -> None:
    """Where a question says that after 500 epochs the answers are far from 1 and 0, each lies a quarter inside."""
    sheets = read_workbook(WORKBOOKS / f"{lesson}.xlsx").sheets
    if "Epochs" in sheets:
        cells = sheets["Epochs"].cells
        columns = [column for (row, column), cell in cells.items() if row == 5 and cell.value == "y"]
        last = max(row for row, column in cells if column == columns[0] and isinstance(cells[row, column].value, float))
        answers = [cells[last, column].value for column in columns]
    else:
        answers = load_fixture(lesson).trace["dense.y"].ravel().tolist()

    assert len(answers) == 2
    assert [answer for answer in answers if not 0.25 < answer < 0.75] == []


def test_embedding_answers_what_its_question_says() -> None:
    """0.85 after as many epochs as the simple recurrent network needed for 0.52."""
    asked = texts_of("embedding").questions["Training"][0][0]
    answers = [float(load_fixture(name).trace["dense.y"][0, 0]) for name in ("embedding", "simple-rnn")]

    assert all(f"{answer:.2f}" in asked for answer in answers)


def test_two_words_exchanged_reverse_the_answer() -> None:
    """As film-reviews promises: the same words in another order, and a good film is a bad one."""
    path = WORKBOOKS / "film-reviews.xlsx"
    reading = " ".join(texts_of("film-reviews").story.reading)
    typed = {str(cell.value): place for place, cell in read_workbook(path).sheets["Text"].cells.items()
             if place[1] == 1}  # fmt: skip
    session = engine("ironcalc").open(path)
    answer = parse_range("Start!C8")
    before = session.read(answer)
    session.set("Text", *typed["boring"], "charming")
    session.set("Text", *typed["charming"], "boring")
    session.recalculate()

    assert "Exchange “boring” and “charming”: the same words in another order, and the answer is reversed." in reading
    assert (before, session.read(answer)) == ([["positive"]], [["negative"]])
