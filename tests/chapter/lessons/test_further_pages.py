"""Pages beside one pass of a model: what it writes, what feeds itself, how often it is right, what is cleaned."""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np
import pytest

from xlcheck.chapter.datasets.lesson_texts import first_paragraph, message_encoding, message_parts, reviews
from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.chapter.training.evaluation import evaluate
from xlcheck.engines import engine
from xlcheck.engines.base import Session
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.layout.lesson_pages.fed_back import NAME as FED_BACK
from xlcheck.layout.lesson_pages.feeding import NAME as FEEDING
from xlcheck.layout.lesson_pages.writing import NAME as WRITING
from xlcheck.workbook.content import SheetContent
from xlcheck.workbook.reader import read_workbook

ROOT = Path(__file__).parents[3]


def opened(lesson: str) -> Session:
    """A lesson's workbook in an engine."""
    return engine("ironcalc").open(ROOT / "workbooks" / f"{lesson}.xlsx")


def sheet_of(lesson: str, name: str) -> SheetContent:
    """A worksheet of a lesson as stored."""
    return read_workbook(ROOT / "workbooks" / f"{lesson}.xlsx").sheets[name]


def found(sheet: SheetContent, text: str) -> tuple[int, int]:
    """The first cell that shows a text."""
    return min(place for place, cell in sheet.cells.items() if cell.value == text)


@pytest.mark.keras
def test_other_words_are_continued_as_keras_does() -> None:
    """Ten other words typed in: the twenty that follow are those that Keras's model writes one by one."""
    from xlcheck.chapter.training.text import continue_text, predictor
    from xlcheck.model.keras_file import load_model

    encoding = first_paragraph().encoding
    text = "lamp was not large but it could be seen from"
    predict = predictor(load_model(ROOT / "fixtures" / "next-word.keras"))
    desired = " ".join(continue_text(predict, encoding, encoding.encode(text), 20))
    typed = found(sheet_of("next-word", "Text"), "every")
    session = opened("next-word")
    for k, word in enumerate(text.split()):
        session.set("Text", typed[0] + k, typed[1], word)
    session.recalculate()

    assert session.read(parse_range(f"'{WRITING}'!H26")) == [[desired]]


def test_what_is_read_is_what_was_written() -> None:
    """With weights that make it answer otherwise, the decoder still reads its own likeliest letter."""
    sheet = sheet_of("encoder-decoder", FEEDING)
    x, y = (found(sheet, label) for label in ("kernel", "yₜ"))
    columns = sorted(c for (r, c), cell in sheet.cells.items() if r == y[0] and isinstance(cell.value, float))[-3:]
    session = opened("encoder-decoder")
    before = session.read(Range(FEEDING, x[0], columns[0], 4, 3))
    bias = found(sheet_of("encoder-decoder", "Weights"), "bias   4")
    for unit in range(4):
        session.set("Weights", bias[0] + 2, bias[1] + 1 + unit, 9.0 if unit == 2 else -9.0)
    session.recalculate()
    read = list(zip(*session.read(Range(FEEDING, x[0], columns[0], 4, 3)), strict=True))
    answers = list(zip(*session.read(Range(FEEDING, y[0], columns[0], 4, 3)), strict=True))

    assert before != [list(row) for row in zip(*read, strict=True)]
    for t in (1, 2):
        likeliest = max(range(4), key=lambda unit: answers[t - 1][unit])
        assert read[t] == tuple(float(unit == likeliest) for unit in range(4))


def test_accuracy_and_confusion() -> None:
    """They are those of the stored answers; a higher border moves what the page counts."""
    sheet = sheet_of("sentiment", "All texts")
    texts, answers = reviews(), load_fixture("sentiment").further["answers"]
    test = message_parts().test
    desired = evaluate(answers[test], texts.labels[test])
    row, column = found(sheet, "The test part")
    square = Range("All texts", row + 2, column + 1, 2, 2)
    session = opened("sentiment")

    assert session.read(square) == [[float(n) for n in line] for line in desired.confusion]
    assert session.read(Range("All texts", row + 4, column + 1)) == [[desired.accuracy]]
    assert session.read(Range("All texts", row + 5, column + 1)) == [[desired.majority]]

    border = found(sheet, "“positive” from this probability on")
    session.set("All texts", border[0], border[1] + 1, 1.1)
    session.recalculate()

    assert all(line[1] == 0 for line in session.read(square))


def test_messages_are_cleaned_as_the_model_was_taught() -> None:
    """Random messages get the very codes that the model's own encoding gives them."""
    draw, encoding = np.random.default_rng(5), message_encoding()
    sheet = sheet_of("sentiment", "Cleaning")
    typed = found(sheet, "the message")
    padded = found(sheet, "numbers 181 to 200")
    session = opened("sentiment")
    words = [*encoding.words, "Zeppelin", "24h"]
    for _ in range(20):
        cased = [draw.choice([w.upper(), w.title(), w]) for w in draw.choice(words, draw.integers(1, 10)).tolist()]
        message = "".join(f"{word}{draw.choice([' ', '! ', ', ', ' @', '  ', ':-) '])}" for word in cased)
        sign = draw.choice([sign for sign in string.punctuation if sign not in "='"])
        message = f"{sign}{message}"[:120].strip()
        session.set("Cleaning", typed[0], typed[1] + 1, message)
        session.recalculate()
        (numbers,) = session.read(Range("Cleaning", padded[0], 1, 1, 20))

        assert numbers[-encoding.timesteps :] == encoding.encode(message).tolist(), message


def test_the_printed_recurrence_feeds_back_its_sums() -> None:
    """As NumPy does it with the book's weights; without a recurrent kernel nothing is fed back, which is right."""
    trace = load_fixture("rnn-dimensions-book").trace
    recurrent = trace["simple_rnn.recurrent_kernel"]
    sums = [trace["simple_rnn.xk[0]"][0]]
    for t in range(1, 4):
        sums.append(trace[f"simple_rnn.xk[{t}]"][0] + sums[-1] @ recurrent)
    right = np.array([trace[f"simple_rnn.z[{t}]"][0] for t in range(4)])
    label = "as printed: xₜ · kernel + zₜ₋₁ · recurrent_kernel"
    row, _ = found(sheet_of("rnn-dimensions-book", FED_BACK), label)
    session = opened("rnn-dimensions-book")
    printed, differences = Range(FED_BACK, row, 2, 3, 4), Range(FED_BACK, row + 3, 2, 3, 4)

    np.testing.assert_allclose(np.array(session.read(printed)).T, sums, rtol=0, atol=1e-15)
    np.testing.assert_allclose(np.array(session.read(differences)).T, sums - right, rtol=0, atol=1e-15)
    assert np.abs(sums - right).max() > 1e-6
    top, left = found(sheet_of("rnn-dimensions-book", "Weights"), "unit")
    for place in np.ndindex(3, 3):
        session.set("Weights", top + 1 + place[0], left + 1 + place[1], 0.0)
    session.recalculate()
    assert not np.array(session.read(differences)).any()
