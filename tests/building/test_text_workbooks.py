"""Workbooks of models that read words: the words are typed in cells, and what follows is what Keras says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from text_pages import Page, retyped
from thorough import part_of

from xlcheck.api import check
from xlcheck.building.text import build_text
from xlcheck.chapter.training.classify import Architecture, Cell, classifier
from xlcheck.chapter.training.fit import set_seed
from xlcheck.chapter.training.model_file import Companion, save_model, write_model
from xlcheck.chapter.training.text import next_word_model
from xlcheck.errors import DataError, ModelError
from xlcheck.model.encoding import Encoding, Tokens
from xlcheck.model.keras_file import load_model
from xlcheck.verdicts.report import CheckReport
from xlcheck.workbook.content import CellError

pytestmark = pytest.mark.keras

WORDS = ("the", "flight", "was", "late", "crew", "great", "2", "true", "and", "no", "on", "time")
LABELS = ("negative", "positive")
ENCODINGS = {
    "text": Encoding("text", Tokens.LETTERS_AND_DIGITS, WORDS, 0, 4, context=("the", "crew", "was", "late")),
    "sentiment": Encoding("sentiment", Tokens.LETTERS_AND_DIGITS, WORDS, 2, 7, unknown=1, labels=LABELS),
    "imdb": Encoding("imdb", Tokens.PRINTED_WORDS, WORDS, 4, 6, start=1, unknown=2, labels=LABELS),
}
TEXTS = {"text": "the flight was", "sentiment": "The crew was GREAT, zebra!", "imdb": "no flight"}


@pytest.fixture(scope="module", params=list(ENCODINGS))
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Encoding, Path, Path]:
    """Encoding, model and workbook of each kind; the weights are random, as a cell does not mind."""
    encoding = ENCODINGS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    set_seed(1)
    if request.param == "text":
        model = next_word_model(encoding.size, encoding.timesteps, 3)
    else:
        outputs = 2 if request.param == "sentiment" else 1
        cell = Cell.RNN if request.param == "sentiment" else Cell.LSTM
        architecture = Architecture(cell, 2, 3, mask=True, dropout=0.5, hidden=2 * (outputs == 1), outputs=outputs)
        model = classifier(architecture, encoding.size, encoding.timesteps, 0.001)
    write_model(folder / "m.keras", model, Companion(encoding))
    assert_every_cell_agrees(build_text(folder / "m.keras", TEXTS[request.param], folder / "m.xlsx").report)
    return encoding, folder / "m.keras", folder / "m.xlsx"


def assert_every_cell_agrees(report: CheckReport) -> None:
    """Each formula cell is compared, and agrees with Keras float64."""
    assert report.counts.agree == report.counts.formula_cells > 150
    assert report.max_abs_error < 1e-14


def answers(model: Path, encoding: Encoding, text: str) -> np.ndarray:
    """What Keras answers to a text."""
    return np.asarray(load_model(model)(encoding.encode(text)[None])[0], dtype=np.float64)


@pytest.mark.exhaustive
def test_a_second_engine_agrees(built: tuple[Encoding, Path, Path]) -> None:
    """As built, each formula cell agrees with Keras float64, by whichever engine."""
    assert_every_cell_agrees(check(built[2], engine="cellrune"))


def test_codes_are_those_of_the_encoding(built: tuple[Encoding, Path, Path]) -> None:
    """The sheet turns the words into the codes that the model was trained with."""
    encoding, _, path = built
    codes = Page(path).below("code", encoding.timesteps, nth=1)

    assert codes == encoding.encode(TEXTS[encoding.task]).tolist()


@pytest.mark.parametrize(
    ("typed", "read"),
    part_of(
        [([" GREAT! ", 2, None, True], "great 2 true"), (["The", "crew,"], "the crew"), ([None, "no"], "no")],
        1,
    ),
    ids=str,
)
def test_other_words_are_read_as_in_training(
    built: tuple[Encoding, Path, Path], tmp_path: Path, typed: list[object], read: str
) -> None:
    """Whatever is typed becomes the codes of those words, and every cell is again what Keras computes with them."""
    encoding, _, path = built
    changed = retyped(path, tmp_path / "changed.xlsx", list(typed))
    page = Page(changed)

    assert page.below("code", encoding.timesteps, nth=1) == encoding.encode(read).tolist()
    assert page.below("the sentence so far", encoding.timesteps)[-1] == read
    assert check(changed).ok


def test_as_many_words_as_steps(built: tuple[Encoding, Path, Path], tmp_path: Path) -> None:
    """When every cell is filled, nothing stands in front, not even a code for the start."""
    encoding, _, path = built
    words = list(WORDS[: encoding.timesteps])
    page = Page(retyped(path, tmp_path / "changed.xlsx", list(words)))

    assert page.below("code", encoding.timesteps, nth=1) == encoding.encode(" ".join(words)).tolist()


@pytest.mark.parametrize("word", part_of(["f*t", "zebra", "*"], 1))
def test_unknown_words(built: tuple[Encoding, Path, Path], tmp_path: Path, word: str) -> None:
    """An unknown word has the code for unknown words, or none at all; signs are never wildcards."""
    encoding, _, path = built
    page = Page(retyped(path, tmp_path / "changed.xlsx", ["the", word]))
    cleaned = word.replace("*", "").replace("?", "")
    code = page.below("code", 2)[1]

    if not cleaned:
        assert code == "–"
    elif encoding.unknown is None:
        assert code == CellError("#N/A")
    else:
        assert code == encoding.unknown
    assert page.below("in the vocabulary", 2)[1] == ("not known" if cleaned else "–")


def test_answer_in_words(built: tuple[Encoding, Path, Path], tmp_path: Path) -> None:
    """The sheet ranks the ten likeliest next words, or gives each label its probability, for the words typed now."""
    encoding, model, path = built
    page = Page(retyped(path, tmp_path / "changed.xlsx", ["no", "crew", "on", "time"]))
    desired = answers(model, encoding, "no crew on time")
    if encoding.labels:
        positive = desired[-1]
        labels, shares = list(LABELS), [1 - positive, positive]
        assert page.below("label", 3)[2] == LABELS[int(positive >= 0.5)]
    else:
        order = np.argsort(-desired)[:10]
        labels, shares = [WORDS[i] for i in order], [desired[i] for i in order]

    assert page.below("label" if encoding.labels else "word", len(labels)) == labels
    np.testing.assert_allclose(page.below("probability", len(labels)), shares, atol=1e-6)


def test_refusals(built: tuple[Encoding, Path, Path], tmp_path: Path) -> None:
    """A model without a vocabulary, and a text that the model has no codes for, are refused and nothing is written."""
    encoding, model, _ = built
    plain = tmp_path / "plain.keras"
    save_model(load_model(model), plain)
    with pytest.raises(ModelError, match="holds no vocabulary"):
        build_text(plain, "the crew", tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="no word"):
        build_text(model, "?!", tmp_path / "a.xlsx")
    if encoding.unknown is None:
        with pytest.raises(DataError, match="no code for 'zebra'"):
            build_text(model, "the zebra", tmp_path / "a.xlsx")

    assert [path.name for path in tmp_path.iterdir()] == ["plain.keras"]
