"""Side by side: the chapter's literal one-hot training of text, and training from integers.

Run by hand: `python tests/benchmarks/bench_text.py TEXT [EPOCHS]`. Each side runs in a process of its own on the same
text; the table shows seconds for an epoch, of waiting and of processor time (the fastest of each, so without
compilation), and the peak of resident memory, as a whole and above what importing TensorFlow takes.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from xlcheck.chapter.datasets.text import Windows, read_text, windows
from xlcheck.chapter.training.fit import set_seed
from xlcheck.chapter.training.text import BATCH, UNITS, new_text_model, next_word_model, train_text
from xlcheck.model.keras_import import import_keras

SIDES = ("literal", "integers")


Moment = tuple[float, float]
"""Seconds on the clock, and of processor time."""


def now() -> Moment:
    """This moment, for differences."""
    return time.perf_counter(), time.process_time()


def memory() -> float:
    """Peak resident memory of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def literal(data: Windows, epochs: int) -> list[Moment]:
    """When each epoch of the chapter's code ends: one-hot tensors of booleans, `fit`."""
    keras = import_keras()
    words, (count, timesteps) = data.encoding.size, data.inputs.shape
    inputs = np.zeros((count, timesteps, words), dtype=bool)
    targets = np.zeros((count, words), dtype=bool)
    inputs[np.arange(count)[:, np.newaxis], np.arange(timesteps), data.inputs] = True
    targets[np.arange(count), data.targets] = True
    set_seed(0)
    layers = next_word_model(words, timesteps, UNITS).layers[1:]
    model = keras.Sequential([keras.Input((timesteps, words)), *layers])
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy")
    ends: list[Moment] = []
    clock = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: ends.append(now()))
    model.fit(inputs, targets, batch_size=BATCH, epochs=epochs, callbacks=[clock], verbose=0)
    return ends


def integers(data: Windows, epochs: int) -> list[Moment]:
    """When each epoch of `xlcheck train text` ends, the words that it writes afterwards included."""
    ends: list[Moment] = []
    train_text(new_text_model(data, seed=0), epochs, after_epoch=lambda _: ends.append(now()))
    return ends


def measure(side: str, path: Path, epochs: int) -> None:
    """Print the figures of one side: seconds on the clock, of processor time, memory before, memory at the peak."""
    import_keras()
    before = memory()
    ends = {"literal": literal, "integers": integers}[side](windows(read_text(path)), epochs)
    clock, processor = np.diff(ends, axis=0).min(axis=0)
    print(clock, processor, before, memory())


def main(path: str, epochs: str = "4") -> None:
    """Measure both sides and print the table."""
    print(f"{'':<10} {'s/epoch':>8} {'CPU s':>8} {'peak MB':>8} {'above import':>13}")
    figures = []
    for side in SIDES:
        command = [sys.executable, __file__, "--side", side, path, epochs]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds, processor, before, peak = map(float, result.stdout.split())
        figures.append((seconds, processor, peak, peak - before))
        print(f"{side:<10} {seconds:>8.2f} {processor:>8.2f} {peak:>8.0f} {peak - before:>13.0f}")
    ratios = [a / b for a, b in zip(*figures, strict=True)]
    print(f"{'ratio':<10} {ratios[0]:>8.1f} {ratios[1]:>8.1f} {ratios[2]:>8.1f} {ratios[3]:>13.1f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--side"]:
        measure(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main(*sys.argv[1:])
