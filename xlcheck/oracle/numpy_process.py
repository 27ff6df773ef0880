"""Keras on NumPy in a process of its own: ready in a third of TensorFlow's time and of its memory.

It is the same Keras, whose layers run on another backend. A process can hold only one, so this process, in which
somebody may train a model later, keeps TensorFlow; it runs Keras itself wherever the other one cannot.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from xlcheck.arrays import Array
from xlcheck.child_process import ChildProcess, ProcessEnded, interpreter
from xlcheck.graph.trace import Trace
from xlcheck.model.keras_import import import_in_background
from xlcheck.model.model_spec import LayerSpec, ModelSpec
from xlcheck.oracle import record

P = ParamSpec("P")
T = TypeVar("T")

# What Keras computes otherwise on NumPy: on TensorFlow the constants of these are rounded to single precision,
# and codes are no whole numbers on NumPy. Losses are recovered from logits on TensorFlow only, and Normalization
# asks TensorFlow on every backend.
OTHERWISE = frozenset(
    {
        "CategoryEncoding",
        "Discretization",
        "IntegerLookup",
        "LeakyReLU",
        "Normalization",
        "ReLU",
        "Rescaling",
        "ops.gelu",
        "ops.leaky_relu",
    }
)
OTHERWISE_ACTIVATIONS = frozenset({"gelu", "leaky_relu"})


def prepare() -> None:
    """Begin to import Keras, here or in the other process, while the caller goes on with other work."""
    if _is_of_use():
        process()
    else:
        import_in_background()


def retrace(spec: ModelSpec, given: Mapping[str, Array]) -> Trace:
    """What `xlcheck.oracle.record.retrace` returns in double precision, and raises, whichever Keras is asked."""
    return call(record.retrace, spec, given) if is_same_on_numpy(spec) else record.retrace(spec, given)


def call(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """What a function returns, and raises, that asks Keras for something that does not depend on the backend.

    Args:
        function: a function of a module, which the other process can import.
        arguments: its arguments, as everything that passes between the processes picklable.
        options: its keyword arguments.
    """
    if _is_of_use():
        with suppress(ProcessEnded):  # it has no Keras that works; this process may have
            return cast("T", process().ask((Path.cwd(), function, arguments, options)))
    return function(*arguments, **options)


def is_same_on_numpy(spec: ModelSpec) -> bool:
    """Whether Keras computes a model in double precision on NumPy as it does on TensorFlow."""
    return spec.loss is None and all(map(_is_same, spec.layers))


def process() -> ChildProcess:
    """The other process, started if there is none."""
    return _process_of(os.getpid())  # after a fork, two processes would talk to one


@cache
def _process_of(_owner: int) -> ChildProcess:
    return ChildProcess(interpreter("xlcheck.oracle.worker"))


def _is_same(layer: LayerSpec) -> bool:
    used = {layer.options.get(key) for key in ("activation", "recurrent_activation")}
    return layer.kind not in OTHERWISE and not used & OTHERWISE_ACTIVATIONS and all(map(_is_same, layer.inner))


def _is_of_use() -> bool:
    """Whether Keras has not been imported here, nobody has asked for another backend, and all that it needs is there.

    Keras's NumPy backend takes convolutions from JAX and special functions from SciPy.
    """
    chosen = os.environ.get("KERAS_BACKEND", "numpy")
    return chosen == "numpy" and "keras" not in sys.modules and all(map(find_spec, ("keras", "jax", "scipy")))
