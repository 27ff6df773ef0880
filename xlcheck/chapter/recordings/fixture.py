"""A fixture: everything a lesson's workbook is built from, and everything a port must reproduce."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xlcheck.arrays import Array
from xlcheck.graph.trace import Trace
from xlcheck.model.model_spec import ModelSpec


@dataclass(frozen=True)
class Fixture:
    """One model with one set of weights on one data set.

    Attributes:
        name: the lesson's name, with `-book` for the book's weights; `options/…` in the matrix of options.
        lesson: the lesson's name, or `options`.
        weights: `trained`, `book`, `small`, or `drawn` at random.
        spec: the model.
        samples: a short text for each sample.
        trace: Keras float64: weights, inputs, initial states, targets and every quantity.
        trace_float32: the same quantities from the float32 model as trained.
        history: mean loss before each epoch's update, as Keras's `fit` reports it; empty if not trained here.
        further: what only the lesson's own pages show, from Keras, by name; see `xlcheck.chapter.training.further`.
        provenance: seed, epochs, versions of Keras and TensorFlow, SHA-256 of the weights.
    """

    name: str
    lesson: str
    weights: str
    spec: ModelSpec
    samples: tuple[str, ...]
    trace: Trace
    trace_float32: Trace
    history: tuple[float, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    further: Mapping[str, Array] = field(default_factory=dict)
