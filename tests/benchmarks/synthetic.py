"""The synthetic workbooks of the benchmarks: half constants, half formulas with values, formats and fills."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xlcheck.formulas.addresses import Range, column_name
from xlcheck.formulas.pattern import Pattern, row_number
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layout.plan import plan_model
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, ModelSpec, sequential
from xlcheck.workbook.plan import FormulaBlock, NumberBlock, PlannedSheet, WorkbookPlan

COLUMNS = 50


def numbers(cells: int) -> np.ndarray:
    """The constants of a workbook with this many cells, `(rows, COLUMNS / 2)`."""
    return np.random.default_rng(0).normal(size=(cells // COLUMNS, COLUMNS // 2))


def results(constants: np.ndarray) -> np.ndarray:
    """The values of the formulas `TANH(A2)+A2`."""
    return np.tanh(constants) + constants


def half_formulas(cells: int) -> WorkbookPlan:
    """Columns of constants, and as many of formulas that read them."""
    constants = numbers(cells)
    values = results(constants)
    rows, half = constants.shape
    blocks: list[NumberBlock | FormulaBlock] = [NumberBlock(Range("S", 1, 0, rows, half), constants, "weight")]
    for j in range(half):
        name = column_name(j)
        pattern = Pattern((f"TANH({name}", row_number(1), f")+{name}", row_number(1)))
        blocks.append(FormulaBlock(Range("S", 1, half + j, rows), pattern, values[:, j], "state"))
    return WorkbookPlan((PlannedSheet("S", (), blocks=tuple(blocks)),))


def checkable(cells: int) -> WorkbookPlan:
    """A model's workbook of about this many cells, which can be checked: activations of a long sequence."""
    size = round((cells / 16) ** 0.5)  # each of the size² inputs makes 16 cells
    layers = tuple(LayerSpec("Activation", name, {"activation": name}) for name in ("tanh", "sigmoid"))
    spec = sequential("synthetic", (size, size), layers)
    rng = np.random.default_rng(0)
    values = evaluate(forward_graph(spec), {f"input.x[{t}]": rng.normal(size=(1, size)) for t in range(size)})
    trace = Trace("numpy float64", values)
    return plan_model(spec, trace, trace, ["sample 1"])


def embedding(kind: str, samples: int = 1) -> WorkbookPlan:
    """The first yardstick: Embedding(12,680, 32) → SimpleRNN(1) or LSTM(1) over 200 steps → Dense(2)."""
    words, features, timesteps = 12_680, 32, 200
    layers = (
        LayerSpec(
            "Embedding", "embedding", {"input_dim": words, "output_dim": features, "mask_zero": False},
            {"embeddings": (words, features)},
        ),
        recurrent(kind, features, 1),
        dense(1, 2),
    )  # fmt: skip
    spec = sequential(kind, (timesteps,), layers)
    rng = np.random.default_rng(0)
    codes = {f"input.x[{t}]": rng.integers(0, words, (samples, 1)).astype(float) for t in range(timesteps)}
    return random_model(spec, codes, samples)


def one_hot(samples: int = 1) -> WorkbookPlan:
    """The second yardstick: one-hot(3,028) → SimpleRNN(128) over 10 steps → Dense(3,028), softmax."""
    words, units, timesteps = 3_028, 128, 10
    layers = (recurrent("SimpleRNN", words, units), dense(units, words))
    spec = sequential("one-hot", (timesteps, words), layers)
    spec = replace(spec, inputs=(replace(spec.inputs[0], one_hot=True),))
    rng = np.random.default_rng(0)
    places = {f"input.place[{t}]": rng.integers(1, words + 1, (samples, 1)).astype(float) for t in range(timesteps)}
    return random_model(spec, places, samples)


def recurrent(kind: str, features: int, units: int) -> LayerSpec:
    """A SimpleRNN or an LSTM with Keras's default options."""
    gates = {"SimpleRNN": 1, "LSTM": 4}[kind]
    options = {
        "units": units, "activation": "tanh", "use_bias": True, "return_sequences": False, "return_state": False,
        "go_backwards": False, "stateful": False, "zero_output_for_mask": False,
    }  # fmt: skip
    if kind == "LSTM":
        options["recurrent_activation"] = "sigmoid"
    shapes = {
        "kernel": (features, gates * units),
        "recurrent_kernel": (units, gates * units),
        "bias": (gates * units,),
    }
    return LayerSpec(kind, "recurrent", options, shapes)


def dense(features: int, units: int) -> LayerSpec:
    """A Dense layer with softmax."""
    options = {"units": units, "activation": "softmax", "use_bias": True}
    return LayerSpec("Dense", "dense", options, {"kernel": (features, units), "bias": (units,)})


def long_sequence(timesteps: int) -> tuple[ModelSpec, Trace]:
    """LSTM(4) over many steps of one number → Dense(2), and what NumPy computes."""
    spec = sequential("long", (timesteps, 1), (recurrent("LSTM", 1, 4), dense(4, 2)))
    rng = np.random.default_rng(0)
    return spec, random_trace(spec, {f"input.x[{t}]": rng.normal(size=(1, 1)) for t in range(timesteps)}, 1)


def random_model(spec: ModelSpec, inputs: dict[str, np.ndarray], samples: int) -> WorkbookPlan:
    """The workbook of a model with random weights, from zero states; the truth is what NumPy computes."""
    trace = random_trace(spec, inputs, samples)
    return plan_model(spec, trace, trace, [f"sample {k + 1}" for k in range(samples)])


def random_trace(spec: ModelSpec, inputs: dict[str, np.ndarray], samples: int) -> Trace:
    """Random weights, zero states, and what NumPy computes with them."""
    rng = np.random.default_rng(1)
    graph, given = forward_graph(spec), dict(inputs)
    for q in graph:
        if q.is_weight:
            given[q.name] = rng.normal(scale=0.05, size=q.shape)
        elif q.expr is None and q.name not in given:
            given[q.name] = np.zeros((samples, *q.shape))
    return Trace("numpy float64", evaluate(graph, given))
