"""Any model that reads codes of words, with its vocabulary in a file: words are typed in cells and looked up live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from text_pages import Page, retyped
from thorough import part_of

from xlcheck import api
from xlcheck.errors import DataError, ModelError, NotSupportedError, UsageError
from xlcheck.model.keras_file import load_model
from xlcheck.model.keras_import import import_keras
from xlcheck.model.vocabulary_file import VocabularyFile
from xlcheck.verdicts.report import CheckReport

pytestmark = pytest.mark.keras

keras: Any = import_keras()
L: Any = keras.layers
WORDS = ["the", "flight", "was", "late", "crew", "great", "isn't", "café"]
LINES = "\n".join(["", "[UNK]", *WORDS]) + "\n"
FROM_ZERO = "\n".join(WORDS) + "\n"


def model_of(kind: str) -> Any:
    """Small models with weights of a fixed seed."""
    keras.utils.set_random_seed(2)
    return {
        "review": lambda: keras.Sequential(
            [keras.Input((6,)), L.Embedding(12, 3, mask_zero=True), L.LSTM(2), L.Dense(1, activation="sigmoid")]
        ),
        "next code": lambda: keras.Sequential(
            [keras.Input((4,)), L.Embedding(10, 3), L.SimpleRNN(3), L.Dense(10, activation="softmax")]
        ),
        "one-hot": lambda: keras.Sequential(
            [keras.Input((3,)), L.CategoryEncoding(8, output_mode="one_hot"), L.GRU(2), L.Dense(3)]
        ),
        "any length": lambda: keras.Sequential([keras.Input((None,)), L.Embedding(10, 2), L.SimpleRNN(2)]),
    }[kind]()


CASES = {
    "padding behind, code for unknown words": ("review", FROM_ZERO, "the zebra", {"padding": "back", "unknown": 1}),
    "review, padding behind": ("review", LINES, "The flight zebra", {"padding": "back"}),
    "code for unknown words": ("review", FROM_ZERO, "the zebra", {"unknown": 1}),
    "any length": ("any length", LINES, "the café was great", {}),
    "review": ("review", LINES, "The flight wasn't late", {}),
    "next code": ("next code", LINES, "late crew", {}),
    "one-hot": ("one-hot", FROM_ZERO, "the crew great", {}),
}


@pytest.fixture(scope="module", params=part_of(list(CASES), 1))
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path, Path]:
    """Name of the case, model, vocabulary and workbook."""
    kind, words, text, options = CASES[request.param]
    folder = tmp_path_factory.mktemp("vocabulary")
    model, vocabulary, path = folder / "m.keras", folder / "words.txt", folder / "m.xlsx"
    if "unknown" in options:
        vocabulary = folder / "words.json"
        words = json.dumps({word: code for code, word in enumerate(WORDS, start=2)})
    model_of(kind).save(model)
    vocabulary.write_text(words, encoding="utf-8")
    assert_every_cell_agrees(api.build_model(model, None, path, text=text, vocabulary=vocabulary, **options).report)
    return request.param, model, vocabulary, path


def assert_every_cell_agrees(report: CheckReport) -> None:
    """Each formula cell is compared, and has Keras's number."""
    assert report.ok
    assert report.counts.agree == report.counts.formula_cells > 100


@pytest.mark.exhaustive
def test_a_second_engine_agrees(built: tuple[str, Path, Path, Path]) -> None:
    """What was built was checked by the other engine; two find Keras's numbers in every formula cell."""
    assert_every_cell_agrees(api.check(built[3], engine="cellrune"))


def test_other_words_typed_in_the_sheet(built: tuple[str, Path, Path, Path], tmp_path: Path) -> None:
    """The typed words become the codes of the file, and what follows is what Keras computes with them."""
    case, _, vocabulary, path = built
    options = CASES[case][3]
    steps = {"review": 6, "next code": 4, "one-hot": 3, "any length": 4}[CASES[case][0]]
    encoding = VocabularyFile(vocabulary, options.get("padding") == "back", options.get("unknown")).encoding(steps)
    words: list[object] = ["Great,", "crew", "ISN'T"]
    changed = retyped(path, tmp_path / "changed.xlsx", list(words))

    assert Page(changed).below("code", steps, nth=1) == encoding.encode("great crew isn't").tolist()
    assert api.check(changed).ok


def test_the_likeliest_codes_in_words(tmp_path: Path) -> None:
    """A model that answers with a probability for each code names the words, and the codes that are no words."""
    model, vocabulary, path = tmp_path / "m.keras", tmp_path / "v.txt", tmp_path / "m.xlsx"
    model_of("next code").save(model)
    vocabulary.write_text(LINES, encoding="utf-8")
    api.build_model(model, None, path, text="late crew", vocabulary=vocabulary)
    encoding = VocabularyFile(vocabulary).encoding(4)
    answer = np.asarray(load_model(model)(encoding.encode("late crew")[None])[0])
    desired = [encoding.word(int(code)) for code in np.argsort(-answer)]

    assert Page(path).below("word", len(WORDS)) == desired[: len(WORDS)]
    assert {"<pad>", "<unknown>"} & set(desired[: len(WORDS)])


def test_an_answer_without_words(tmp_path: Path) -> None:
    """Where nothing says what the outputs mean, their numbers are shown; the model may be in memory as in a file."""
    model, vocabulary, path = model_of("one-hot"), tmp_path / "v.txt", tmp_path / "m.xlsx"
    vocabulary.write_text(FROM_ZERO, encoding="utf-8")
    api.build_model(model, None, path, text="the crew great", vocabulary=vocabulary)
    desired = np.asarray(model(np.array([[0, 4, 5]]))[0])

    np.testing.assert_allclose(np.array(Page(path).below("number", 3), dtype=float), desired, atol=1e-6)


def refused(tmp_path: Path, model: Any, words: str = LINES, **options: Any) -> Exception:
    """What building says; nothing is written."""
    path, vocabulary = tmp_path / "m.keras", tmp_path / "v.txt"
    model.save(path)
    vocabulary.write_text(words, encoding="utf-8")
    options = {"text": "the crew", "vocabulary": vocabulary, **options}
    with pytest.raises((DataError, ModelError, UsageError)) as caught:
        api.build_model(path, options.pop("inputs", None), tmp_path / "m.xlsx", **options)
    assert not (tmp_path / "m.xlsx").exists()
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_vocabulary_of_another_model(tmp_path: Path) -> None:
    """More words than the model has codes cannot be its vocabulary."""
    error = refused(tmp_path, model_of("one-hot"))

    assert "v.txt has codes up to 9, but layer 'category_encoding" in str(error)
    assert "knows only the codes 0 to 7" in str(error)


def test_no_vocabulary(tmp_path: Path) -> None:
    """The sentence says which option is missing."""
    assert "holds no vocabulary" in (text := str(refused(tmp_path, model_of("review"), vocabulary=None)))
    assert "--vocabulary FILE" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"text": None}, "pass --text WORDS"),
        ({"inputs": np.zeros((1, 6))}, "one thing to read"),
        ({"padding": "both"}, "no padding 'both'"),
        ({"vocabulary": None, "padding": "back"}, "go with a vocabulary"),
        ({"vocabulary": None, "unknown": 1}, "go with a vocabulary"),
    ],
)
def test_options_that_do_not_fit_together(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    """Each is refused in a sentence."""
    assert words in str(refused(tmp_path, model_of("review"), **options))


@pytest.mark.parametrize("text", ["?!", "zebra"])
def test_texts_without_codes(tmp_path: Path, text: str) -> None:
    """No word at all, or one that neither the file nor a code for unknown words covers."""
    assert isinstance(refused(tmp_path, model_of("one-hot"), FROM_ZERO, text=text), DataError)


def test_models_that_read_no_words(tmp_path: Path) -> None:
    """Numbers are no codes, and several inputs are not filled by one text."""
    numbers = keras.Sequential([keras.Input((4, 2)), L.SimpleRNN(2)])
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    table = L.Embedding(10, 2)
    two = keras.Model([a, b], L.SimpleRNN(2)(L.Concatenate()([table(a), table(b)])))

    assert "not the codes of words" in str(refused(tmp_path, numbers))
    assert "not the codes of words" in str(refused(tmp_path, two))


@pytest.mark.parametrize("kind", ["TextVectorization", "StringLookup"])
@pytest.mark.parametrize("option", ["inputs", "text"])
def test_layers_that_read_texts_are_refused_by_name(tmp_path: Path, kind: str, option: str) -> None:
    """The sentence names the layer and says how its vocabulary can be given."""
    lookup = getattr(L, kind)(vocabulary=["the", "crew"], name="lookup")
    shape = (1,) if kind == "TextVectorization" else (4,)
    model = keras.Sequential([keras.Input(shape, dtype="string"), lookup, L.Embedding(9, 2), L.SimpleRNN(2)])
    given = {"inputs": np.zeros((1, 4)), "text": None, "vocabulary": None} if option == "inputs" else {}
    error = refused(tmp_path, model, **given)

    assert isinstance(error, NotSupportedError)
    assert f"layer 'lookup': {kind} is not supported" in str(error)
    assert "--vocabulary" in str(error)
