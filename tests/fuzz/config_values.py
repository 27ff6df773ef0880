"""Models whose `config.json` holds a value of another kind: `python tests/fuzz/config_values.py --step 10`.

Each value of each model's configuration, at whatever depth, is replaced by each kind of value that JSON has. Each file
must load, be read and be traced, or end in one sentence. With a step, one in so many is tried.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from other_values import VALUES, places, replaced

from xlcheck import api
from xlcheck.errors import XlcheckError

ENDS_WELL = {"traced", "one sentence"}


@cache
def models() -> list[tuple[Any, Any]]:
    """A few small models with what they read: in a row, functional, nested, with words, with layers of many options."""
    import keras
    from keras import Input, Model, layers

    keras.utils.set_random_seed(1)
    row = keras.Sequential([Input((3, 2)), layers.Masking(), layers.LSTM(2, activation="softplus"), layers.Dense(1)])
    words = keras.Sequential([Input((3,)), layers.Embedding(5, 2, mask_zero=True),
                              layers.Bidirectional(layers.GRU(2)), layers.Dense(2, "softmax")])  # fmt: skip
    inner_input = Input((2,))
    inner = Model(inner_input, layers.Dense(2, kernel_regularizer="l2")(inner_input))
    x, h = Input((3, 2)), Input((2,))
    joined = layers.Concatenate()([inner(h), layers.SimpleRNN(2)(x, initial_state=h)])
    functional = Model([x, h], [layers.Dense(1)(joined), joined * 2.0])
    functional.compile("adam", "mse")
    options = keras.Sequential([
        Input((4, 2)), layers.Rescaling(0.5, 0.1), layers.Conv1D(2, 2, padding="same"), layers.LeakyReLU(),
        layers.LayerNormalization(), layers.BatchNormalization(), layers.ZeroPadding1D(1), layers.MaxPooling1D(2),
        layers.ELU(), layers.Cropping1D(1), layers.UpSampling1D(2), layers.GlobalAveragePooling1D(),
        layers.Reshape((2, 1)), layers.Permute((2, 1)), layers.Flatten(), layers.RepeatVector(2), layers.PReLU(),
        layers.TimeDistributed(layers.Dense(2, "elu")), layers.ReLU(6.0, 0.1), layers.Softmax(),
    ])  # fmt: skip
    image = keras.Sequential([
        Input((4, 4, 2)), layers.Conv2D(2, 2, padding="same"), layers.BatchNormalization(), layers.MaxPooling2D(2),
        layers.ZeroPadding2D(1), layers.DepthwiseConv2D(2, activation="relu"), layers.UpSampling2D(2),
        layers.Cropping2D(1), layers.GlobalAveragePooling2D(),
    ])  # fmt: skip
    rng = np.random.default_rng(0)
    return [
        (row, rng.random((2, 3, 2))),
        (words, np.array([[1, 2, 0], [4, 3, 1]])),
        (options, rng.random((2, 4, 2))),
        (functional, [rng.random((2, 3, 2)), rng.random((2, 2))]),
        (image, rng.random((2, 4, 4, 2))),
    ]


def variants(source: Path) -> Iterator[tuple[str, bytes]]:
    """What was replaced in a model's file, and the `config.json` with it."""
    with zipfile.ZipFile(source) as archive:
        config = json.loads(archive.read("config.json"))
    for path in places(config):
        for new in VALUES:
            yield f"{'/'.join(map(str, path))} = {new!r:.40}", json.dumps(replaced(config, path, new)).encode()


def write(source: Path, config: bytes, target: Path) -> None:
    """The model's file with another configuration."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.infolist():
            new.writestr(item.filename, config if item.filename == "config.json" else old.read(item))


def ending(path: Path, inputs: Any) -> str:
    """How it ends to trace a model's file: `traced`, `one sentence`, or the exception that nobody expected."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            api.trace(path, inputs)
    except XlcheckError as error:
        return "one sentence" if "\n" not in str(error).strip() else f"several lines: {error}"
    except Exception as error:
        import traceback

        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error!s:.150} ({where.filename}:{where.lineno})"
    return "traced"


def endings(step: int, first: int, folder: Path) -> Iterator[tuple[str, str]]:
    """What was replaced, and how that ended, of one variant in so many."""
    source, target = folder / "model.keras", folder / "variant.keras"
    for model, inputs in models():
        model.save(source)
        for number, (what, config) in enumerate(variants(source)):
            if number % step == first:
                write(source, config, target)
                yield f"{model.name} {number} {what}", ending(target, inputs)


def main() -> int:
    """Try all, and print how many ended how."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=1, help="one of so many is tried")
    parser.add_argument("--first", type=int, default=0, help="the first of each model that is tried")
    options = parser.parse_args()
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for what, how in endings(options.step, options.first, Path(folder)):
            found[how if how in ENDS_WELL else "bad"] += 1
            if how not in ENDS_WELL:
                print(f"{what}: {how}", flush=True)
    print(", ".join(f"{count} {how}" for how, count in sorted(found.items())))
    return int(bool(found["bad"]))


if __name__ == "__main__":
    sys.exit(main())
