"""What an exercise is about: the network of a lesson or a Keras model, with the numbers of one sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import UsageError
from xlcheck.graph.quantities import Graph, Role
from xlcheck.graph.trace import Trace
from xlcheck.layout.additions import Additions
from xlcheck.learning.forward import forward_graph
from xlcheck.learning.optimisers.batch import Batch, batch_graph
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import say


@dataclass(frozen=True)
class Subject:
    """A network and what it reads.

    Attributes:
        name: the lesson's or the model's name.
        title: a few words.
        spec: the network; with its loss, if there are targets.
        every: weights, inputs, targets and initial states of all samples that there are, by quantity name.
        samples: a short text for each of them.
        learns: whether the exercise is about the way back unless somebody says otherwise.
        recorded: the forward pass of all samples as Keras was recorded before, in both precisions, if it was.
        additions: the lesson's words.
    """

    name: str
    title: str
    spec: ModelSpec
    every: Mapping[str, Array]
    samples: tuple[str, ...]
    learns: bool = False
    recorded: tuple[Trace, Trace] | None = None
    additions: Additions = field(default_factory=Additions)


@dataclass(frozen=True)
class Problem:
    """One sample of a subject, with the forward pass alone or with the way back.

    Attributes:
        subject: what it is taken from.
        spec: the network, without a loss if there is no way back.
        batch: the way back, or None.
        given: what is not computed, `(1, n)`, and weights as they are.
        sample: a short text.
    """

    subject: Subject
    spec: ModelSpec
    batch: Batch | None
    graph: Graph
    given: Mapping[str, Array]
    sample: str


def problem_of(subject: Subject, sample: int, *, backward: bool) -> Problem:
    """Choose a sample, from 1, and how far the exercise goes.

    Raises:
        UsageError: there is no such sample, or no loss for a way back.
    """
    if sample > len(subject.samples):
        count = len(subject.samples)
        raise UsageError(f"sample {sample}: there {'is' if count == 1 else 'are'} only {count}; choose another number")
    if backward and subject.spec.loss is None:
        raise UsageError(f"{subject.name} has no loss here, so that nothing flows back; give a model with --targets")
    spec = subject.spec if backward else replace(subject.spec, loss=None)
    batch = Batch(1) if backward else None
    graph = forward_graph(spec) if batch is None else batch_graph(spec, batch)
    given = {
        q.name: subject.every[q.name] if q.is_weight else subject.every[q.name][sample - 1 : sample]
        for q in graph
        if q.expr is None
    }
    return Problem(subject, spec, batch, graph, given, subject.samples[sample - 1])


def lesson_subject(name: str) -> Subject:
    """The network of a lesson, or of a lesson on training as it is before the first epoch.

    Raises:
        UsageError: there is no such lesson, or it has no network of its own.
    """
    from xlcheck.chapter.lessons.catalogue import LESSONS, known_lesson
    from xlcheck.chapter.lessons.training import TRAINING_LESSONS
    from xlcheck.chapter.recordings.store import load_fixture
    from xlcheck.chapter.recordings.training import load_training

    lesson = known_lesson(name)
    if name in TRAINING_LESSONS:
        training = load_training(name)
        first = training.training.epoch(0)
        every = _given(forward_graph(training.spec), first.values)
        return Subject(name, lesson.texts.story.title, training.spec, every, training.samples, learns=True)
    if name not in LESSONS:
        raise UsageError(f"the lesson {name!r} compares several trainings, and has no exercise; choose another lesson")
    fixture, own = load_fixture(name), LESSONS[name]
    additions = Additions(sentences=own.texts.sentences, unit_names=own.unit_names)
    every = _given(forward_graph(fixture.spec), fixture.trace.values)
    return Subject(
        name, own.texts.story.title, fixture.spec, every, fixture.samples,
        recorded=(fixture.trace, fixture.trace_float32), additions=additions,
    )  # fmt: skip


def model_subject(model: Any, inputs: Any, targets: Any = None) -> Subject:
    """A Keras model with its inputs, and with targets if the exercise goes back through the network.

    For both see `xlcheck.exercise`; the loss is the one that the model was compiled with.

    Raises:
        ModelError: the model cannot be loaded or used.
        NotSupportedError: a layer or an option is not supported.
        DataError: the inputs or the targets cannot be read, or do not fit the model.
    """
    from xlcheck.building.backward import Backward, loss_of, targets_of
    from xlcheck.building.build import with_places
    from xlcheck.building.inputs import inputs_of
    from xlcheck.model.keras_file import loaded_model
    from xlcheck.model.keras_reader import read_model, require_supported
    from xlcheck.oracle.record import predict, record

    loaded = loaded_model(model)
    require_supported(loaded)
    given = inputs_of(loaded, inputs)
    spec = read_model(loaded, given.shapes)
    wanted: Array | None = None
    if targets is not None:
        asked = Backward(targets)
        spec = replace(spec, loss=loss_of(spec, asked))
        wanted = targets_of(asked, len(given.labels), str(spec.loss))
    else:
        spec = replace(spec, loss=None)
    arrays = given.for_keras
    trace = record(loaded, arrays, wanted, given.states, loss=spec.loss)
    trained = predict(loaded, arrays, given.states)
    spec, trace = with_places(spec, trace)
    return Subject(
        spec.name, say("exercise.of_model", name=spec.name), spec,
        _given(forward_graph(spec), trace.values), tuple(given.labels), recorded=(trace, trained),
    )  # fmt: skip


def _given(graph: Graph, values: Mapping[str, Array]) -> dict[str, Array]:
    return {q.name: np.asarray(values[q.name], dtype=np.float64) for q in graph if q.expr is None}


def keras_traces(problem: Problem, sample: int) -> tuple[Trace, Trace]:
    """What Keras says of a problem: every quantity in double precision, and the answers in single precision.

    Raises:
        MissingDependencyError: Keras has to be asked and is not installed.
    """
    recorded = problem.subject.recorded
    if recorded is not None and problem.batch is None:
        return _one(recorded[0], problem.graph, sample), _one(recorded[1], problem.graph, sample)
    forward = forward_graph(problem.spec)
    given = {name: problem.given[name] for name in (q.name for q in forward if q.expr is None)}
    from xlcheck.oracle.record import retrace

    return asked_keras(problem.spec, problem.batch, given), retrace(problem.spec, given, "float32")


def asked_keras(spec: ModelSpec, batch: Batch | None, given: Mapping[str, Array]) -> Trace:
    """Every quantity in double precision, as Keras computes it now.

    Raises:
        MissingDependencyError: it is not installed.
    """
    if batch is None:
        from xlcheck.oracle.numpy_process import retrace

        return retrace(spec, given)
    from xlcheck.oracle.batch import retrace_batch

    return retrace_batch(spec, given, batch)


def _one(trace: Trace, graph: Graph, sample: int) -> Trace:
    """One sample of a trace."""
    return Trace(
        trace.source,
        {
            q.name: trace[q.name] if q.is_weight else trace[q.name][sample - 1 : sample]
            for q in graph
            if q.name in trace.values
        },
    )


def layers_of(graph: Graph) -> Sequence[str]:
    """The layers that compute something on the way forward, in order."""
    forward = (q for q in graph if q.expr is not None and q.band.role not in (Role.LOSS, Role.GRADIENT))
    return list(dict.fromkeys(q.band.layer for q in forward))
