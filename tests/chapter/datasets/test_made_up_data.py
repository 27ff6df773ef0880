"""Data sets that are made here and not read: what a lesson teaches is in their numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xlcheck.arrays import Array
from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.chapter.lessons.architectures import (
    CAPTION_WORDS,
    ENGLISH,
    GERMAN,
    PIXELS,
    PLACES,
    REVIEW_WORDS,
    architectures,
    examples,
)
from xlcheck.chapter.lessons.encoder_decoder import LETTERS, reversal
from xlcheck.chapter.lessons.word_order import DOCUMENTS, WORDS, word_order
from xlcheck.errors import DataError


def spelled(vectors: Array, words: tuple[str, ...]) -> list[str]:
    """The texts of one-hot vectors `(texts, steps, words)`, each of which has one 1."""
    assert ((vectors == 0) | (vectors == 1)).all()
    assert (vectors.sum(axis=-1) == 1).all()
    return [" ".join(words[place] for place in text) for text in vectors.argmax(axis=-1)]


def test_each_of_the_four_networks_has_its_four_examples() -> None:
    """The bright side of a picture is in its pixels, its caption says it, reviews and sentences are spelled out."""
    pictures, reviews, sentences = examples().inputs
    sides, captions, good, translated = examples().targets

    for picture, side, caption in zip(pictures, sides, spelled(captions, CAPTION_WORDS), strict=True):
        place = PLACES[int(side.argmax())]
        bright = [name for name, pixel in zip(PIXELS, picture, strict=True) if pixel]
        said = {"top": "upper", "bottom": "lower"}.get(place, place)
        assert all(said in name for name in bright)
        assert len(bright) == 2
        assert caption == f"bright at {place}"
    assert spelled(reviews, REVIEW_WORDS)[int(good.argmin())].split()[-1] in ("good", "bad")
    assert len({*spelled(reviews, REVIEW_WORDS)}) == good.size == 2 * good.sum()
    german = dict(zip(spelled(sentences, ENGLISH), spelled(translated, GERMAN), strict=True))
    assert german["I see you"] == "ich sehe dich"
    assert german["we see him"] == "wir sehen ihn"


def test_samples_of_the_architectures_say_all_three_inputs() -> None:
    """Each sample is one row of every input."""
    data = architectures()

    assert [len(array) for array in data.inputs] == [len(data.samples)] * 3
    assert [name.split(" · ")[1] for name in data.samples] == spelled(data.inputs[1], REVIEW_WORDS)


def test_a_decoder_is_given_what_it_should_have_written_before() -> None:
    """All words of three letters, each reversed; the reversed word follows a start sign, one step later."""
    data = reversal()
    words, given = (spelled(array, LETTERS) for array in data.inputs)
    assert data.targets is not None
    answers = spelled(data.targets, LETTERS)

    assert len(set(words)) == 6
    assert answers == [" ".join(reversed(word.split())) for word in words]
    assert given == [" ".join(["start", *answer.split()[:-1]]) for answer in answers]
    shown = [sample.split(" → ") for sample in data.samples]
    assert shown == [[w.replace(" ", ""), a.replace(" ", "")] for w, a in zip(words, answers, strict=True)]


def test_only_their_order_tells_three_sentences_apart() -> None:
    """Their words add up to one and the same vector, in which the word that should come next has a place of its own."""
    data = word_order()
    assert isinstance(data.inputs, np.ndarray)

    assert spelled(data.inputs, WORDS) == list(DOCUMENTS)
    assert {tuple(total) for total in data.inputs.sum(axis=1)} == {(1.0, 1.0, 1.0, 0.0)}
    assert len({array.tobytes() for array in data.inputs}) == 3


@pytest.mark.parametrize("field", ["documents", "words", "samples", "inputs", "targets"])
def test_a_data_set_has_one_of_everything_for_each_sample(field: str) -> None:
    """One document, text, input and target each; another number of any of them is refused with the numbers."""
    data = replace(word_order(), targets=np.zeros((3, 1)))

    with pytest.raises(DataError, match=r"'word-order': documents, inputs and targets differ in number: \[2, 3\]"):
        replace(data, **{field: getattr(data, field)[:2]})
    with pytest.raises(DataError, match=r"\[1, 3\]"):
        replace(data, inputs=(data.inputs, np.zeros((1, 2))))
    assert isinstance(replace(data, targets=None), Dataset)
