"""The marking key: what it says survives the file, and each student's numbers follow from the secret alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xlcheck import load_fixture
from xlcheck.errors import DataError
from xlcheck.exercises.draws import Variation, drawn
from xlcheck.exercises.key import MarkingKey, load_key


def test_a_key_is_the_same_after_it_was_saved(key: MarkingKey, tmp_path: Path) -> None:
    """Every field comes back, numbers to the last bit."""
    key.save(tmp_path / "key.json")
    again = load_key(tmp_path / "key.json")

    assert again.digest == key.digest
    assert replace(key, given=dict(reversed(key.given.items()))).digest == key.digest  # in whatever order it says it
    assert replace(again, given={}) == replace(key, given={})
    assert all(np.array_equal(again.given[name], value) for name, value in key.given.items())


def test_values_are_those_that_keras_has_recorded(key: MarkingKey) -> None:
    """Without numbers of one's own every value is Keras's, which the fixture holds."""
    values, truth = key.values_of(), load_fixture("lstm").trace

    assert all(np.allclose(values[q.name], truth[q.name][:1], atol=1e-14) for q in key.graph if not q.is_weight)


def test_a_students_numbers_depend_on_secret_student_and_attempt(key: MarkingKey) -> None:
    """The same three give the same numbers, any other of them gives others."""
    first = key.numbers_of("a")["lstm.kernel"]
    others = [
        key.numbers_of("b"),
        replace(key, secret="4567").numbers_of("a"),
        drawn(key.given, key.variations, key.secret, "a", 1),
        key.other_numbers("a"),
        key.numbers_of(),
    ]

    assert np.array_equal(first, key.numbers_of("a")["lstm.kernel"])
    assert all(not np.isin(first, other["lstm.kernel"]).any() for other in others)


def test_draws_are_what_hmac_and_shake_say() -> None:
    """The numbers of a variant are pinned: a key of today draws them again with any later version."""
    drawing = drawn(
        {"w": np.array([[1.0, 0.0]]), "x": np.array([[1.0, 2.0, 0.0]]), "o": np.array([[0.0, 1.0, 0.0]])},
        {"w": Variation("real", 0.1, 0.5), "x": Variation("whole", 1, 3), "o": Variation("one_hot")}, "secret", "s1",
    )  # fmt: skip

    assert {name: value.tolist() for name, value in drawing.items()} == PINNED


def test_every_kind_of_variation_stays_inside_its_bounds() -> None:
    """Whole numbers are whole and inside, a one-hot vector keeps a single 1, a zero of weights becomes a number."""
    given = {"w": np.array([2.0, 0.0, -1.0]), "x": np.ones((1, 1)), "o": np.eye(5)[:1]}
    variations = {"w": Variation("real", 0.1, 0.5), "x": Variation("whole", 1, 3), "o": Variation("one_hot")}
    draws = [drawn(given, variations, "s", str(k)) for k in range(300)]
    weights = np.stack([draw["w"] for draw in draws])

    assert {float(draw["x"][0, 0]) for draw in draws} == {1.0, 2.0, 3.0}
    assert {int(draw["o"].argmax()) for draw in draws} == set(range(5))
    assert all(draw["o"].sum() == 1 and draw["o"].max() == 1 for draw in draws)
    assert (np.sign(weights[:, 0]) == 1).all()
    assert (np.sign(weights[:, 2]) == -1).all()
    assert ((np.abs(weights[:, 1]) >= 0.1) & (np.abs(weights[:, 1]) <= 0.5)).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no marking key"),
        ("[]", "is no marking key"),
        (json.dumps({"xlcheck marking key": 99}), "unknown version 99"),
        (json.dumps({"xlcheck marking key": 1}), "damaged"),
    ],
)
def test_what_is_no_key_is_refused_in_a_sentence(text: str, words: str, tmp_path: Path) -> None:
    """Other JSON, another version and a damaged key have a sentence each."""
    path = tmp_path / "key.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DataError, match=words):
        load_key(path)


PINNED: dict[str, list[list[float]]] = {"w": [[1.376, 0.3281]], "x": [[3.0, 3.0, 0.0]], "o": [[0.0, 1.0, 0.0]]}
