"""Training without `fit`'s overhead, and with nothing else changed."""

from __future__ import annotations

import numpy as np
import pytest
from thorough import part_of

from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.training.fit import fit, set_seed
from xlcheck.chapter.training.lessons import untrained
from xlcheck.errors import UsageError

pytestmark = pytest.mark.keras

SEED = 5
EPOCHS = 5


TRAINED = [name for name in LESSONS if LESSONS[name].data().targets is not None]
# One target a sample, words as codes, a weight for each step; the others differ in their layers only.
TYPICAL = ["embedding", "encoder-decoder", "simple-rnn"]


@pytest.mark.parametrize("lesson", part_of([*TYPICAL, *(name for name in TRAINED if name not in TYPICAL)], 1))
def test_same_as_keras_fit(lesson: str) -> None:
    """Weights and recorded losses are those of `model.fit` on one batch of everything, bit for bit."""
    data = LESSONS[lesson].data()
    set_seed(SEED)
    reference = untrained(lesson)
    inputs = list(data.inputs) if isinstance(data.inputs, tuple) else data.inputs
    desired = reference.fit(
        inputs,
        data.targets,
        epochs=EPOCHS,
        batch_size=len(data.samples),
        sample_weight=data.step_weights,
        shuffle=False,  # another order of the samples is another order of summation
        verbose=0,
    ).history["loss"]

    set_seed(SEED)
    model = untrained(lesson)
    history = fit(model, inputs, data.targets, EPOCHS, sample_weight=data.step_weights)

    assert list(history) == desired
    for weight, other in zip(model.get_weights(), reference.get_weights(), strict=True):
        assert np.array_equal(weight, other)


def test_seed_decides() -> None:
    """The same seed gives the same training, another seed another one."""
    data = LESSONS["simple-rnn"].data()
    histories = []
    for seed in (1, 1, 2):
        set_seed(seed)
        histories.append(fit(untrained("simple-rnn"), data.inputs, data.targets, 3))

    assert histories[0] == histories[1] != histories[2]


def test_progress_is_told_each_epoch() -> None:
    """The callback hears of every epoch once, in order, with the number of all."""
    told: list[tuple[int, int]] = []
    data = LESSONS["simple-rnn"].data()

    fit(untrained("simple-rnn"), data.inputs, data.targets, 3, lambda done, total: told.append((done, total)))

    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seed_outside_the_range(seed: int) -> None:
    """A seed that NumPy would refuse is refused in words, before anything is seeded."""
    with pytest.raises(UsageError, match="must lie between 0 and 4294967295"):
        set_seed(seed)
