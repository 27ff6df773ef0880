"""Pages of lessons as they go on calculating: what somebody types there is answered as the package's own code would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from xlcheck.engines import engine
from xlcheck.engines.base import Session
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.trace import Trace
from xlcheck.layout.cleaning import NAME as CLEANING
from xlcheck.layout.cleaning import cleaning_sheet
from xlcheck.layout.data.answers import CANDIDATES, label, next_words
from xlcheck.layout.data.store import Order, Store
from xlcheck.layout.data.text import listed_words
from xlcheck.layout.draft import Draft
from xlcheck.layout.parameters import NAME as PARAMETERS
from xlcheck.layout.parameters import parameters_sheet
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
