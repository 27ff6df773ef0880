"""A gate of a recurrent layer: its part of the weights, two projections, their sum; which symbol is which gate's."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from xlcheck.frozen import dataclass
from xlcheck.graph.expressions import Dot, Expr, Ref, Slice
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import Activation


@dataclass(frozen=True)
class Gate:
    """The words of one gate.

    Attributes:
        key: its name in Keras's kernel columns, and the suffix of its projections `xk_…` and `hr_…`.
        total: the symbol of its pre-activation (`z_i`).
        value: the symbol of its value (`i`).
        total_label: the pre-activation as a reader sees it (`zᵢ,ₜ`).
        value_label: the value as a reader sees it (`iₜ`).
        title: `input gate`.
        meaning: what the value decides; the start of a sentence.
        role: `gate`, or `intermediate` for a candidate, which lets nothing through.
    """

    key: str
    total: str
    value: str
    total_label: str
    value_label: str
    title: str
    meaning: str
    role: Role = Role.GATE


@dataclass(frozen=True)
class Columns:
    """One gate's columns of the layer's weights; no bias, one, or one each for input and state."""

    kernel: Slice
    recurrent_kernel: Slice
    biases: tuple[Slice, ...]

    @staticmethod
    def of(weights: Mapping[str, Ref], number: int, units: int, bias_rows: int | None = None) -> Columns:
        """Columns `number · units` up to `(number + 1) · units` of each weight.

        Args:
            weights: the layer's weights.
            number: the gate's place in Keras's column order.
            units: columns of a gate.
            bias_rows: rows of the bias if it is a matrix.
        """
        start, stop = number * units, (number + 1) * units
        rows = () if "bias" not in weights else (None,) if bias_rows is None else range(bias_rows)
        return Columns(
            Slice(weights["kernel"], start, stop),
            Slice(weights["recurrent_kernel"], start, stop),
            tuple(Slice(weights["bias"], start, stop, row) for row in rows),
        )


def project_input(build: GraphBuilder, name: str, gate: Gate, columns: Columns, x: Ref, t: int) -> Ref:
    """What the input contributes to a gate: `xk_…[t]`."""
    band = Band(
        name, f"xk_{gate.key}", Role.INTERMEDIATE, f"xₜ·kernel {gate.key}", f"xₜ · kernel[{gate.key}]",
        f"What the input of this step contributes to the {gate.title}.", gate.title,
    )  # fmt: skip
    return build.let(band, Dot(x, columns.kernel), t)


def project_state(
    build: GraphBuilder, name: str, gate: Gate, columns: Columns, h: Ref, t: int, notation: str = "hₜ₋₁"
) -> Ref:
    """What the state contributes to a gate: `hr_…[t]`; `notation` says which value is multiplied."""
    band = Band(
        name, f"hr_{gate.key}", Role.INTERMEDIATE, f"{notation}·recurrent {gate.key}",
        f"{notation.replace('·', ' · ')} · recurrent_kernel[{gate.key}]",
        f"What the output of the step before contributes to the {gate.title}.", gate.title,
    )  # fmt: skip
    return build.let(band, Dot(h, columns.recurrent_kernel), t)


def activate(build: GraphBuilder, name: str, gate: Gate, act: Activation, total: Expr, equation: str, t: int) -> Ref:
    """Pre-activation and value of a gate; `equation` says how the pre-activation is made."""
    total_band = Band(
        name, gate.total, Role.INTERMEDIATE, gate.total_label, equation, f"The {gate.title} before its activation.",
        gate.title,
    )  # fmt: skip
    value_band = Band(
        name, gate.value, gate.role, gate.value_label, f"{act.notation}({gate.total_label})",
        f"{gate.meaning}: the sum {act.meaning}.", gate.title,
    )  # fmt: skip
    return build.let(value_band, act.apply(build.let(total_band, total, t)), t)


def gate_value(
    build: GraphBuilder, name: str, gate: Gate, act: Activation, columns: Columns, x: Ref, h: Ref, t: int
) -> Ref:
    """The whole gate: activation of `x · kernel + h · recurrent_kernel + bias`."""
    xk = project_input(build, name, gate, columns, x, t)
    total: Expr = xk + project_state(build, name, gate, columns, h, t)
    equation = f"xₜ · kernel[{gate.key}] + hₜ₋₁ · recurrent_kernel[{gate.key}]"
    for bias in columns.biases:
        total = total + bias
    if columns.biases:
        equation += f" + {'bias' if len(columns.biases) == 1 else 'biases'}[{gate.key}]"
    return activate(build, name, gate, act, total, equation, t)


GATES: Mapping[str, tuple[str, ...]] = {"LSTM": ("i", "f", "c", "o"), "GRU": ("z", "r", "hh"), "SimpleRNN": ("h",)}
"""By Keras's column order."""

VALUES: Mapping[str, Mapping[str, str]] = {
    "LSTM": {"i": "i", "f": "f", "c": "c_tilde", "o": "o"},
    "GRU": {"z": "z", "r": "r", "hh": "hh"},
}
"""Gate → the symbol of its value."""
_TOTALS = {"LSTM": "z_", "GRU": "a_"}


def kind_of(symbols: Collection[str]) -> str:
    """Keras's class of a recurrent layer with these symbols, also inside of a wrapper; empty for any other layer."""
    for kind, values in VALUES.items():
        if set(values.values()) <= set(symbols):
            return kind
    return "SimpleRNN" if {"h", "recurrent_kernel"} <= set(symbols) else ""


def gates_of(symbols: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """The gates of each layer that has some, by the symbols of each layer."""
    kinds = {layer: kind_of(own) for layer, own in symbols.items()}
    return {layer: GATES[kind] for layer, kind in kinds.items() if kind in VALUES}


def gate_of(kind: str, symbol: str) -> str | None:
    """The gate that a symbol belongs to: `z_f` and `f` → `f`; None for a state."""
    for gate, value in VALUES.get(kind, {}).items():
        if symbol in {value, _TOTALS[kind] + gate, f"xk_{gate}", f"hr_{gate}"}:
            return gate
    return None


def at_gate(kind: str, symbol: str, gate: str) -> str:
    """The symbol that means the same for another gate: `z_f` at `i` → `z_i`."""
    own = gate_of(kind, symbol)
    if own is None:
        return symbol
    if symbol == VALUES[kind][own]:
        return VALUES[kind][gate]
    return symbol.removesuffix(own) + gate
