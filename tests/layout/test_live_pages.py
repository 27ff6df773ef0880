"""Pages of lessons as they go on calculating: what somebody types there is answered as the package's own code would."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from xlcheck.engines import engine
from xlcheck.engines.base import Session
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.printing import Style
from xlcheck.graph.trace import Trace
from xlcheck.layout.data.answers import CANDIDATES, label, next_words
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.layout.data.sentence import sentence_sheet
from xlcheck.layout.data.sentences import sentences_sheet
from xlcheck.layout.data.store import Order, Store
from xlcheck.layout.data.text import listed_words
from xlcheck.layout.draft import Draft
from xlcheck.layout.lesson_pages.cleaning import NAME as CLEANING, cleaning_sheet
from xlcheck.layout.lesson_pages.parameters import NAME as PARAMETERS, parameters_sheet
from xlcheck.learning.forward import forward_graph
from xlcheck.model.encoding import Encoding, Tokens
from xlcheck.model.model_spec import LayerSpec, ModelSpec, sequential
from xlcheck.workbook.plan import Formula, WorkbookPlan
from xlcheck.workbook.writer import write_workbook

Opened = Callable[[Draft], Session]


def dense(units: int, activation: str) -> ModelSpec:
    """A model of one Dense layer that reads one number."""
    options = {"units": units, "activation": activation, "use_bias": False}
    return sequential("m", (1,), (LayerSpec("Dense", "dense", options, {"kernel": (1, units)}),))


def drafted(spec: ModelSpec, values: Mapping[str, np.ndarray] | None = None) -> Draft:
    """An empty workbook of a model."""
    return Draft(forward_graph(spec), Trace("numpy float64", dict(values or {})), ["sample 1"], Style.TEACHING)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A function that writes the sheets of a draft and lets an engine open them."""

    def write(draft: Draft) -> Session:
        path = tmp_path / "pages.xlsx"
        write_workbook(WorkbookPlan(tuple(sheet.finish() for sheet in draft.sheets.values())), path)
        return engine("ironcalc").open(path)

    return write


def read(session: Session, cell: Range) -> object:
    """What a cell shows after everything is calculated anew."""
    session.recalculate()
    return session.read(cell)[0][0]


@pytest.mark.parametrize(
    "message",
    ["The flight was LATE!", "no 2nd-flight today…", "late " * 24, "naïve flight", "  it's late,late ", "?!"],
)
def test_a_typed_message_is_cleaned_as_the_model_reads_it(opened: Opened, message: str) -> None:
    """Letters and digits are kept in lower case, words have their codes, zeros stand in front: as `Encoding` says."""
    words = ("flight", "late", "was", "2nd", "no")
    encoding = Encoding("sentiment", Tokens.LETTERS_AND_DIGITS, words, 2, 200, unknown=1)
    draft = drafted(dense(1, "linear"))
    cleaning_sheet(draft, encoding, "the first message")
    places = listed_words(encoding)
    vocabulary = draft.sheet(places.sheet)
    for number, word in enumerate(words):
        vocabulary.put(places.top + number, places.left, word)
    (typed,) = [merge.area for merge in draft.sheets[CLEANING].merges if merge.content == "the first message"]
    last = draft.helpers[-1].cell
    session = opened(draft)
    session.set(CLEANING, typed.top, typed.left, message)
    session.recalculate()

    shown = np.array(session.read(Range(CLEANING, last.top - 9, typed.left, 10, 20)), dtype=float).reshape(-1)
    known = encoding.tokens.words(message)[:20]
    assert shown.tolist() == (encoding.encode(" ".join(known)).tolist() if known else [0.0] * 200)


def test_the_counts_of_weights_are_those_of_the_layers(opened: Opened) -> None:
    """Whatever sizes are typed, the formulas count the numbers that Keras's weights of these shapes have."""
    draft = drafted(dense(1, "linear"))
    parameters_sheet(draft, (2, 3, 4), (12679, 32, 1))
    session = opened(draft)
    for column, sizes in enumerate([(5, 2, 3), (7, 4, 1)], start=2):
        for row, size in enumerate(sizes, start=6):
            session.set(PARAMETERS, row, column, float(size))
    session.recalculate()

    for column, (vocabulary, vector, units) in enumerate([(5, 2, 3), (7, 4, 1)], start=2):
        shapes = [[(vocabulary, vector)], [(vector, units), (units, units), (units,)]]
        counts = [float(sum(np.zeros(shape).size for shape in layer)) for layer in shapes]
        assert [row[0] for row in session.read(Range(PARAMETERS, 13, column, 2))] == counts


def answering(units: int, values: list[float]) -> tuple[Draft, Range]:
    """A draft in which a layer's answer stands on a sheet `net`, and where it stands."""
    activation = "sigmoid" if units == 1 else "softmax"
    draft = drafted(dense(units, activation), {"dense.y": np.array([values])})
    sheet = draft.sheet("net")
    for unit, value in enumerate(values):
        sheet.put(unit, 0, value)
    draft.place("dense.y", sheet.at(0, 0, units))
    return draft, sheet.at(0, 0, units)


def typed_answers(session: Session, area: Range, values: list[float]) -> None:
    """Let the layer answer something else."""
    for unit, value in enumerate(values):
        session.set(area.sheet, area.top + unit, area.left, value)


@pytest.mark.parametrize(("first", "drawn"), [(0, 5), (2, 5), (1, 14)])
def test_the_likeliest_words_follow_the_answer(opened: Opened, first: int, drawn: int) -> None:
    """The words stand in the order of their probabilities, codes without a word in brackets; ten at the most."""
    words = tuple(f"w{k}" for k in range(drawn))
    encoding = Encoding("text", Tokens.LETTERS_AND_DIGITS, words, first, 2, unknown=1 if first > 1 else None)
    rng = np.random.default_rng(first + drawn)
    before, after = (rng.permutation(encoding.size) / 100 for _ in range(2))
    draft, area = answering(encoding.size, before.tolist())
    listed = draft.sheet("words")
    for number, word in enumerate(words):
        listed.put(number, 0, word)
    answer = next_words(draft, draft.sheet("S"), encoding, listed.at(0, 0, len(words)))
    session = opened(draft)
    assert read(session, answer.cell) == answer.text == encoding.word(int(before.argmax()))
    typed_answers(session, area, after.tolist())
    session.recalculate()
    shown = session.read(Range("S", answer.cell.top, answer.cell.left, min(CANDIDATES, drawn), 2))

    order = np.argsort(-after)[: len(shown)]
    assert shown == [[encoding.word(int(code)), after[code]] for code in order]


@pytest.mark.parametrize(
    ("before", "after", "labels", "answers"),
    [
        ([0.7], [0.2], ("no", "yes"), ("yes", "no")),
        ([0.2, 0.5, 0.3], [0.6, 0.1, 0.3], ("a", "b", "c"), ("b", "a")),
    ],
)
def test_the_label_follows_the_answer(
    opened: Opened, before: list[float], after: list[float], labels: tuple[str, ...], answers: tuple[str, str]
) -> None:
    """The likeliest class is named; a single number is the probability of the second label."""
    draft, area = answering(len(before), before)
    answer = label(draft, draft.sheet("S"), labels)
    session = opened(draft)
    assert (answer.text, read(session, answer.cell)) == (answers[0], answers[0])
    typed_answers(session, area, after)

    assert read(session, answer.cell) == answers[1]


@pytest.mark.parametrize("order", Order)
def test_what_is_stored_is_fetched_by_its_place(opened: Opened, order: Order) -> None:
    """In each order in which samples may be stored, the formula for a unit at a step finds its number."""
    layer = {"units": 1, "activation": "tanh", "use_bias": False, "return_sequences": False, "go_backwards": False}
    features = 1 if order is Order.SAMPLES else 3
    weights = {"kernel": (features, 1), "recurrent_kernel": (1, 1)}
    spec = sequential("m", (2, features), (LayerSpec("SimpleRNN", "rnn", layer, weights),))
    values = np.arange(4.0 * 2 * features).reshape(4, 2, features)  # samples, steps, units
    draft = Draft(
        forward_graph(spec), Trace("", {f"input.x[{t}]": values[:, t] for t in range(2)}), "abcd", Style.ROBUST
    )
    steps = [draft.graph[f"input.x[{t}]"] for t in range(2)]
    stored, sheet = draft.sheet("stored"), draft.sheet("S")
    sheet.put(0, 0, 1.0)
    rows = {Order.SAMPLES: (4, 2 * features), Order.STEPS: (8, features), Order.UNITS: (4 * features, 2)}[order]
    own = Store({}, {"input.x": order}, {"input.x": 2}, "S!$A$1", "")
    area = stored.numbers(0, 0, own.numbers(draft, steps).reshape(rows), "text")
    store = Store({"input.x": area}, own.orders, own.timesteps, own.selected, "")
    for q in steps:
        for unit in range(features):
            sheet.put(1 + unit, q.step or 0, Formula(store.lookup(q, str(unit + 1)), 0.0))
    session = opened(draft)
    for sample in range(4):
        session.set("S", 0, 0, sample + 1.0)
        session.recalculate()
        assert np.array_equal(np.array(session.read(Range("S", 1, 0, features, 2)), dtype=float), values[sample].T)


def reading(samples: Sequence[str], steps: int, features: int, codes: np.ndarray) -> Draft:
    """A workbook whose input is `codes`, `(samples, steps, features)`, and whose answer is 0."""
    layer = {"units": 1, "activation": "tanh", "use_bias": False, "return_sequences": False, "go_backwards": False}
    weights = {"kernel": (features, 1), "recurrent_kernel": (1, 1)}
    spec = sequential("m", (steps, features), (LayerSpec("SimpleRNN", "rnn", layer, weights),), "mean_squared_error")
    values = {f"input.x[{t}]": codes[:, t] for t in range(steps)} | {"target.y": np.zeros((len(samples), 1))}
    values |= {f"rnn.h[{t}]": np.zeros((len(samples), 1)) for t in range(steps)}
    draft = Draft(forward_graph(spec), Trace("", values), samples, Style.ROBUST)
    draft.selector = draft.sheet("Picture").put(0, 0, 1.0) if len(samples) > 1 else None
    return draft


def shown_words(session: Session, store: Store, draft: Draft) -> list[object]:
    """What the network reads at each step, in words, as another sheet would show it."""
    areas = [parse_range(text.removeprefix("INDEX(").partition(",")[0]) for text, _ in store.words]
    assert draft.selector is None or draft.selector.sheet == "Picture"
    return [session.read(area)[0][0] for area in areas]


@pytest.mark.parametrize(
    ("typed", "codes", "remark"),
    [
        ("very bad", [1, 3], ""),
        ("  good  ", [0, 2], ""),
        ("bad zebra", [3, 0], "“zebra” is not in the vocabulary and is read as 0. "),
        ("good bad very", [2, 3], "more than 2 words; only the first ones are read"),
    ],
)
def test_a_typed_document_becomes_codes(opened: Opened, typed: str, codes: list[float], remark: str) -> None:
    """Zeros stand in front, what is not known is 0, of what is too long the first words are read; and it is said."""
    draft = reading(["very good", "very bad"], 2, 1, np.array([[[1.0], [2.0]], [[1.0], [3.0]]]))
    store = documents_sheet(draft, draft.trace)
    area = store.areas["input.x"]
    session = opened(draft)
    assert session.read(area) == [[1.0, 2.0], [1.0, 3.0]]
    session.set("Data", area.top + 1, 1, typed)
    session.recalculate()

    assert session.read(area) == [[1.0, 2.0], codes]
    assert session.read(Range("Data", area.top + 1, area.left + 3))[0][0] == remark
    assert shown_words(session, store, draft) == ["very", "good"]


def test_a_typed_sentence_becomes_vectors_and_targets(opened: Opened) -> None:
    """Each word is a 1 in its row, and the word after it the target; one that nobody knows is no 1, which is said."""
    words = ("this", "is", "an", "example")
    draft = reading(["this is an example"], 4, 4, np.eye(4)[None])
    store = sentence_sheet(draft, words)
    vectors, targets = (store.areas[name] for name in ("input.x", "target.y"))
    session = opened(draft)
    assert np.array_equal(session.read(vectors), np.eye(4))
    assert np.array_equal(session.read(targets), np.eye(4, k=1).T)
    session.set("Data", 4, 1, "an this zebra is")
    session.recalculate()
    read, wanted = (np.array(session.read(area), dtype=float) for area in (vectors, targets))
    an, this, zebra, is_ = np.eye(4)[2], np.eye(4)[0], np.zeros(4), np.eye(4)[1]

    assert np.array_equal(read.T, [an, this, zebra, is_])
    assert np.array_equal(wanted.T, [this, zebra, is_, zebra])
    assert [str(remark) != "" for remark in session.read(Range("Data", 9, 2, 1, 4))[0]] == [False, False, True, False]


def test_sentences_are_told_apart_by_their_vectors_alone(opened: Opened) -> None:
    """The sum over the steps of a sentence follows what is typed; the selected one is named beside the selector."""
    words = ("this", "is", "an", "example")
    draft = reading(["this is an", "an is this"], 3, 4, np.eye(4)[[[0, 1, 2], [2, 1, 0]]])
    store = sentences_sheet(draft, words, "example")
    area = store.areas["input.x"]
    session = opened(draft)
    session.set("Data", 10, 1, "is is an")
    session.set("Picture", 0, 0, 2.0)
    session.recalculate()
    blocks = np.array(session.read(Range("Data", area.top, area.left, area.rows, 4)), dtype=float)

    assert np.array_equal(blocks[:4], [[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0]])
    assert np.array_equal(blocks[4:, 3], [0, 2, 1, 0])
    assert session.read(Range("Data", 4, 1, 1, 2)) == [[2.0, "is is an"]]
