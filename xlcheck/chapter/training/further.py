"""What lessons show beside one pass of their model, computed by Keras: what it writes, how it answers many texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.chapter.datasets.labelled import LabelledTexts
from xlcheck.chapter.datasets.lesson_texts import SEED_WORDS, first_paragraph
from xlcheck.chapter.training.text_lessons import train_next_word
from xlcheck.model.encoding import Encoding
from xlcheck.model.keras_builder import to_keras
from xlcheck.model.keras_reader import read_model, weights_of
from xlcheck.oracle.record import record

EARLY, LATE = "early", "late"
WRITTEN = 20
Further = Mapping[str, Array]


def written_words(model: Any, seed: int, early_epochs: int) -> Further:
    """Twenty words that next-word writes by itself, after few epochs and after all of them.

    Returns:
        For `early` and `late` the windows (`.codes`, `(words, timesteps)`), the states (`.h`, `(words, timesteps,
        units)`) and what the softmax reads (`.z`, `(words, vocabulary)`); and the weights after few epochs.
    """
    early, _ = train_next_word(seed, early_epochs, None)
    weights = {f"{EARLY}.{name}": array for name, array in weights_of(early).items()}
    return {**weights, **_written(EARLY, early), **_written(LATE, model)}


def _written(stage: str, model: Any) -> Further:
    encoding, double = first_paragraph().encoding, _in_double(model)
    windows = [encoding.encode(SEED_WORDS)]
    for _ in range(WRITTEN - 1):
        code = int(np.argmax(np.asarray(double(windows[-1][None]))[0]))
        windows.append(np.append(windows[-1][1:], np.int32(code)))
    codes = np.stack(windows).astype(np.float64)
    trace = record(model, codes)
    states = np.stack([trace[f"simple_rnn.h[{t}]"] for t in range(encoding.timesteps)], axis=1)
    return {f"{stage}.codes": codes, f"{stage}.h": states, f"{stage}.z": trace["dense.z"]}


def fed_by_itself(model: Any, data: Dataset) -> Further:
    """What the decoder computes if it reads what it has written: each quantity of it, `(samples, units)`."""
    word, given = data.inputs
    double, fed = _in_double(model), np.zeros_like(given)
    fed[:, 0] = given[:, 0]
    for t in range(1, fed.shape[1]):
        answers = np.asarray(double([word, fed]))[:, t - 1]
        fed[:, t] = np.eye(fed.shape[2])[answers.argmax(axis=1)]
    trace = record(model, [word, fed])
    own = ("shifted.", "decoder.", "letters.")
    computed = [name for name in trace.values if name.startswith(own) and not name.endswith(("kernel", "bias"))]
    return {name: trace[name] for name in computed}


def answers_to_texts(model: Any, texts: LabelledTexts, encoding: Encoding) -> Further:
    """How probable each text is to be positive, as the model says: `answers`, `(texts,)`."""
    codes = np.stack([encoding.encode(text) for text in texts.texts])
    answers = np.asarray(_in_double(model)(codes), dtype=np.float64)
    return {"answers": answers[:, -1]}


def _in_double(model: Any) -> Any:
    return to_keras(read_model(model), weights_of(model))
