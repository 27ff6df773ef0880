"""One step of an optimiser as quantities of a graph: slots and new weights, computed like everything else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from xlcheck.graph.expressions import Const, Expr, Greater, Maximum, Minimum, Ref, Where
from xlcheck.graph.gradients import PREFIX
from xlcheck.graph.quantities import Band, Graph, GraphBuilder, Quantity, Role
from xlcheck.learning.optimisers.optimiser import Optimiser, Slot

LAYER = "optimiser"
"""The name under which an optimiser's settings are quantities: `optimiser.learning_rate`."""

BEFORE = "_before"
NEW = "new_"
_SINGLE = "_single"
_SINGLES = {"momentum", "beta_1", "beta_2"}  # what Keras casts to single precision somewhere
_ITERATION = "iteration"
_CHOICE = "choice"

_SETTING_WORDS = {
    "learning_rate": "How far a weight moves in one step.",
    "momentum": "The part of the last movement that is kept.",
    "nesterov": "1: the gradient counts where the movement leads. 0: where the weight is.",
    "rho": "The part of the old average that is kept.",
    "beta_1": "The part of the old average of gradients that is kept.",
    "beta_2": "The part of the old average of squares that is kept.",
    "epsilon": "A small number, so that nothing is divided by 0.",
    "momentum_single": "Keras rounds the momentum to single precision.",
    "beta_1_single": "Keras rounds β₁ to single precision before it raises it to the power t.",
    "beta_2_single": "Keras rounds β₂ to single precision before it raises it to the power t.",
    "iteration": "The number of this step, from 1.",
    "choice": "Which optimiser is used: 1, 2 or 3.",
}
_LABELS = {
    "learning_rate": "learning rate", "beta_1": "β₁", "beta_2": "β₂", "epsilon": "ε", "rho": "ρ",
    "beta_1_single": "β₁ in single precision", "beta_2_single": "β₂ in single precision",
    "momentum_single": "momentum in single precision",
}  # fmt: skip


def add_step(
    graph: Graph, optimisers: Sequence[Optimiser], limit: float | None = None, frozen: Collection[str] = ()
) -> Graph:
    """The graph with one step of an optimiser for each weight that has a gradient.

    With several optimisers, `optimiser.choice` says which of them moves the weights, counted from 1.

    Args:
        graph: forward pass and gradients.
        optimisers: one, or those to choose from.
        limit: how large a weight may become, so that a training that diverges ends in no error; None for no limit.
        frozen: weights that do not move.

    Returns:
        The quantities of the graph; the settings `optimiser.…`; for each weight its slots before the
        step (`lstm.m_kernel_before`, given), after it (`lstm.m_kernel`), and the new weight (`lstm.new_kernel`).
    """
    build = GraphBuilder()
    build.add(graph)
    settings = {name: _setting(build, name) for name in _setting_names(optimisers)}
    known: dict[str, Expr] = dict(settings)
    for symbol, expr in _chosen(optimisers, settings, [o.shared(settings) for o in optimisers]).items():
        band = Band(LAYER, symbol, Role.INTERMEDIATE, "α", "learning rate · √(1−β₂ᵗ)/(1−β₁ᵗ)",
                    "The length of a step; the roots make up for averages that began at 0.")  # fmt: skip
        known[symbol] = build.let(band, expr, shared=True)
    for weight, gradient in trained_weights(graph):
        if weight.name in frozen:
            continue
        _move(build, optimisers, weight, Ref(gradient.name), known, limit)
    return build.build(tuple(Ref(name) for name in graph.outputs))


def trained_weights(graph: Graph) -> list[tuple[Quantity, Quantity]]:
    """Each weight that has a gradient, with it."""
    pairs = []
    for q in graph:
        gradient = f"{q.band.layer}.{PREFIX}{q.band.symbol}"
        if q.band.role is Role.WEIGHT and gradient in graph:
            pairs.append((q, graph[gradient]))
    return pairs


def setting_values(
    optimisers: Sequence[Optimiser], choice: int, changed: Mapping[str, float] | None = None
) -> dict[str, float]:
    """The values of the settings, without `iteration`: Keras's defaults, and what is changed.

    Args:
        optimisers: as for `add_step`.
        choice: which of them moves the weights, from 0; its defaults win where several have a setting.
        changed: other values than the defaults.
    """
    values: dict[str, float] = {}
    for optimiser in [*optimisers, optimisers[choice]]:
        values |= optimiser.settings
    values |= changed or {}
    for name in _SINGLES & values.keys():
        values[name + _SINGLE] = float(np.float32(values[name]))
    if len(optimisers) > 1:
        values[_CHOICE] = float(choice + 1)
    return values


def _setting_names(optimisers: Sequence[Optimiser]) -> list[str]:
    names = dict.fromkeys(name for optimiser in optimisers for name in optimiser.settings)
    single = [name + _SINGLE for name in names if name in _SINGLES]
    steps = [_ITERATION] if "beta_1" in names else []
    return [*names, *single, *steps, *([_CHOICE] if len(optimisers) > 1 else [])]


def _setting(build: GraphBuilder, name: str) -> Ref:
    band = Band(LAYER, name, Role.INPUT, _LABELS.get(name, name), "", _SETTING_WORDS[name])
    return build.given(band, (1,), shared=True)


def _chosen(
    optimisers: Sequence[Optimiser], settings: Mapping[str, Ref], computed: Sequence[Mapping[str, Expr]]
) -> dict[str, Expr]:
    """For each symbol the expression of the optimiser that is chosen, or of the only one that has it."""
    chosen: dict[str, Expr] = {}
    for number, (_, exprs) in reversed(list(enumerate(zip(optimisers, computed, strict=True), start=1))):
        for symbol, expr in exprs.items():
            if symbol in chosen:
                chosen[symbol] = Where(Greater(Const(number + 0.5), settings[_CHOICE]), expr, chosen[symbol])
            else:
                chosen[symbol] = expr
    return chosen


def _move(
    build: GraphBuilder,
    optimisers: Sequence[Optimiser],
    weight: Quantity,
    g: Ref,
    known: Mapping[str, Expr],
    limit: float | None,
) -> None:
    layer, symbol = weight.band.layer, weight.band.symbol
    slots: dict[str, Slot] = {slot.symbol: slot for optimiser in optimisers for slot in optimiser.kept}
    before = {
        slot.symbol: build.given(
            Band(layer, f"{slot.symbol}_{symbol}{BEFORE}", Role.STATE, f"{slot.label} of {symbol}, before", "",
                 "The same number after the step before; 0 at first."),
            weight.shape, shared=True,
        )
        for slot in slots.values()
    }  # fmt: skip
    settings = {name: ref for name, ref in known.items() if isinstance(ref, Ref)}
    after: dict[str, Expr] = {}
    exprs = [optimiser.slots(g, before, known) for optimiser in optimisers]
    for name, expr in _chosen(optimisers, settings, exprs).items():
        band = Band(layer, f"{name}_{symbol}", Role.STATE, f"{slots[name].label} of {symbol}", "", slots[name].meaning)
        after[name] = build.let(band, expr, shared=True)
    moved = [{"w": optimiser.moved(Ref(weight.name), g, after, known)} for optimiser in optimisers]
    words = optimisers[0] if len(optimisers) == 1 else None
    band = Band(
        layer, f"{NEW}{symbol}", Role.WEIGHT, f"new {symbol}", words.equation if words else "",
        words.meaning if words else "The weight after this step.",
    )  # fmt: skip
    new = _chosen(optimisers, settings, moved)["w"]
    if limit is not None:
        new = Maximum(Const(-limit), Minimum(Const(limit), new))
    build.let(band, new, shared=True)
