"""Which symbol of a layer belongs to which gate, and the same symbol of another gate."""

from __future__ import annotations

from collections.abc import Collection, Mapping

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
