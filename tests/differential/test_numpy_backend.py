"""Keras on NumPy in a process of its own: every layer and option that it is asked about is what TensorFlow computes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cases import CASES
from models import build, described, odd_models_allowed, traced
from thorough import EVERY_CASE, part_of

from xlcheck.arrays import Array
from xlcheck.building.given_model import given_model
from xlcheck.errors import ModelError
from xlcheck.model.keras_file import loaded_model
from xlcheck.model.model_spec import ModelSpec
from xlcheck.oracle import numpy_process
from xlcheck.oracle.record import retrace

pytestmark = [pytest.mark.keras, pytest.mark.numpy_backend]
FIXTURES = Path(__file__).parents[2] / "fixtures"
HAND_MADE = FIXTURES / "handmade" / "german_lstm.xlsx"


def same_part(spec: ModelSpec) -> ModelSpec:
    """A model without the layers that TensorFlow is asked about, and without what reads them."""
    made = {item.tensor for item in spec.inputs}
    calls = []
    for call in spec.calls:
        if made.issuperset(call.inputs) and numpy_process.is_same_on_numpy(
            replace(spec, layers=(spec.layer(call.layer),))
        ):
            made |= set(call.outputs)
            calls.append(call)
    layers = tuple(layer for layer in spec.layers if any(call.layer == layer.name for call in calls))
    return replace(spec, layers=layers, calls=tuple(calls), outputs=tuple(made.intersection(spec.outputs)))


def assert_same(spec: ModelSpec, given: Mapping[str, Array], tolerance: float = 1e-14) -> None:
    """Both backends give every quantity alike, relative to its largest magnitude."""
    with odd_models_allowed(), np.errstate(all="ignore"):
        desired = retrace(spec, given)
    actual = numpy_process.process().ask((Path.cwd(), retrace, (spec, given), {}))

    assert list(actual.values) == list(desired.values)
    for name, values in desired.values.items():
        largest = np.abs(values, where=np.isfinite(values), out=np.ones_like(values)).max()
        np.testing.assert_allclose(actual[name], values, rtol=0, atol=tolerance * max(1.0, largest), err_msg=name)


@pytest.mark.parametrize("name", CASES if EVERY_CASE else tuple(CASES)[::60])
def test_every_quantity_is_the_same(name: str) -> None:
    """Masks, states, backward loops, wrappers: nothing but what is named in `apart` differs."""
    case = CASES[name]
    model = build(case.make)
    _, trace = traced(model, case.inputs, case.states)
    spec = same_part(described(model, case.inputs))
    if not spec.outputs:
        pytest.skip("TensorFlow is asked about the whole model")

    assert_same(spec, trace.values)


@pytest.mark.parametrize("factor", part_of([1000, 30], 1))
def test_far_numbers_are_the_same(factor: float) -> None:
    """An activation of numbers in the thousands overflows, underflows or saturates alike.

    A rounding of the number itself is as many times larger in its exponential.
    """
    case = CASES["activations"]
    model = build(case.make)
    _, trace = traced(model, factor * np.asarray(case.inputs))

    assert_same(same_part(described(model, case.inputs)), trace.values, 1e-14 * factor)


def test_errors_come_back() -> None:
    """What is wrong is raised here, and the next request is answered."""
    case = CASES["LSTM "]
    model = build(case.make)
    _, trace = traced(model, case.inputs)
    spec = described(model, case.inputs)

    with pytest.raises(ModelError, match=r"lstm.*kernel is missing"):
        numpy_process.process().ask((Path.cwd(), retrace, (spec, {}), {}))
    assert_same(spec, trace.values)


@pytest.mark.parametrize("name", ["lstm", "gru", "bidirectional", "encoder-decoder"])
def test_a_model_file_says_the_same(name: str) -> None:
    """A trained model with its optimiser is read by the other process as it is here."""
    path = FIXTURES / f"{name}.keras"
    here, there = (
        given_model(loaded_model(path), None),
        numpy_process.process().ask((Path.cwd(), given_model, (path, None), {})),
    )

    assert there.spec == here.spec
    assert list(there.values) == list(here.values)
    assert all(np.array_equal(there.values[weight], values) for weight, values in here.values.items())


def imported_by_a_check(left_out: str = "", **environment: str) -> str:
    """What of the large libraries a check of a hand-made workbook imports into its own process."""
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({left_out.split()!r})); import xlcheck; "
        f"assert xlcheck.check({str(HAND_MADE)!r}).ok; "
        "print(*[name for name in ('keras', 'tensorflow') if name in sys.modules])"
    )
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("TF_", "KERAS_"))}
    done = subprocess.run(
        [sys.executable, "-c", code], env=inherited | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_check_leaves_keras_to_the_other_process() -> None:
    """A process in which somebody may go on to train a model is not bound to a backend by a check."""
    assert imported_by_a_check() == ""


@pytest.mark.exhaustive
def test_tensorflow_is_used_without_jax() -> None:
    """Where a library is missing that Keras's NumPy backend needs, TensorFlow gives the same answer."""
    assert imported_by_a_check("jax") == "keras tensorflow"


@pytest.mark.exhaustive
def test_chosen_backend_is_respected() -> None:
    """Who asks for TensorFlow gets it."""
    assert imported_by_a_check(KERAS_BACKEND="tensorflow") == "keras tensorflow"
