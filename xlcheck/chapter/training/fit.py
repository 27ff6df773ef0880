"""Training on a data set that is one batch: Keras's own step, without what `fit` spends between epochs; and Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlcheck.errors import UsageError
from xlcheck.model.keras_import import import_keras
from xlcheck.progress import Progress


def set_seed(seed: int) -> None:
    """Make what follows deterministic: seed Python's, NumPy's and TensorFlow's random numbers.

    Raises:
        UsageError: the seed is not a number that all three accept.
    """
    if not 0 <= seed < 2**32:
        raise UsageError(f"the seed {seed} must lie between 0 and {2**32 - 1}")
    import_keras().utils.set_random_seed(seed)


def fit(
    model: Any,
    inputs: ArrayLike | Sequence[ArrayLike],
    targets: ArrayLike | Sequence[ArrayLike],
    epochs: int,
    progress: Progress | None = None,
    sample_weight: ArrayLike | None = None,
) -> tuple[float, ...]:
    """Train a compiled model, each epoch being one step on all samples.

    The step is the one that `model.fit(batch_size=len(inputs))` runs, so the weights are the same bit
    for bit; what is left out are its 20 ms of preparations for each epoch.

    Args:
        model: a compiled `keras.Model`; its weights change.
        inputs: all samples; of a model with several inputs a list.
        targets: what the model should answer; of a model with several outputs a list.
        epochs: how many steps.
        progress: told after each epoch.
        sample_weight: as in Keras, how much the loss of each sample, or of each step, counts.

    Returns:
        The loss of each epoch before its update, as `fit` records it.
    """
    history = []
    for epoch in range(epochs):
        model.reset_metrics()  # Keras averages the loss over steps until told that an epoch begins
        losses = np.ravel(model.train_on_batch(inputs, targets, sample_weight=sample_weight))  # the sum is the first
        history.append(float(losses[0]))
        if progress is not None:
            progress(epoch + 1, epochs)
    return tuple(history)


class Interrupt:
    """Whether the user has asked to stop."""

    def __init__(self) -> None:
        self.requested = False

    def request(self, signum: int, frame: FrameType | None) -> None:
        """Handle a signal: note the first request; a second one means now."""
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True


@contextmanager
def deferred_interrupt() -> Iterator[Interrupt]:
    """Turn Ctrl-C and a polite kill into a flag that the training loop looks at after each step.

    Outside the main thread, where Python delivers no signals, the flag is never set.
    """
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    previous = {number: signal.signal(number, interrupt.request) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupt
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
