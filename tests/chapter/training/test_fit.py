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
EPOCHS = 3


TRAINED = [name for name in LESSONS if LESSONS[name].data().targets is not None]
# One target a sample, words as codes, a weight for each step; the others differ in their layers only.
TYPICAL = ["embedding", "encoder-decoder", "simple-rnn"]


@pytest.mark.parametrize("lesson", part_of([*TYPICAL, *(name for name in TRAINED if name not in TYPICAL)], 1))
def test_same_as_keras_fit(lesson: str) -> None:
    """Weights and losses are those of `model.fit` on one batch of everything, bit for bit, and each epoch is told."""
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
    told: list[tuple[int, int]] = []
    history = fit(
        model, inputs, data.targets, EPOCHS, lambda done, total: told.append((done, total)), data.step_weights
    )

    assert list(history) == desired
    assert told == [(epoch, EPOCHS) for epoch in range(1, EPOCHS + 1)]
    for weight, other in zip(model.get_weights(), reference.get_weights(), strict=True):
        assert np.array_equal(weight, other)


def test_seed_decides() -> None:
    """The same seed gives the same weights to start from, another seed others."""
    kernels = []
    for seed in (1, 1, 2):
        set_seed(seed)
        kernels.append(untrained("simple-rnn").get_weights()[0])

    assert np.array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[1], kernels[2])


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seed_outside_the_range(seed: int) -> None:
    """A seed that NumPy would refuse is refused in words, before anything is seeded."""
    with pytest.raises(UsageError, match="must lie between 0 and 4294967295"):
        set_seed(seed)
