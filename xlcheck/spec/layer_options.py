"""Which options of which Keras layers xlcheck understands: each key of a layer's `get_config()`, one of three ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xlcheck.errors import NotSupportedError


@dataclass(frozen=True)
class LayerOptions:
    """The options of one kind of layer.

    Attributes:
        kept: change the arithmetic, and the layer's equations read them.
        fixed: change the arithmetic; only the given value is supported.
        inert: change nothing when a trained model answers (initialisers, dropout).
    """

    kept: tuple[str, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    inert: tuple[str, ...] = ()


_INERT = ("name", "trainable", "dtype", "seed", "activity_regularizer")  # dtype is read once for the whole model


def _trained(*weights: str) -> tuple[str, ...]:
    """What Keras needs to know of weights only while it trains."""
    kinds = ("initializer", "regularizer", "constraint")
    return tuple(f"{weight}_{kind}" for weight in weights for kind in kinds)


_RECURRENT_FIXED = {
    "return_state": False, "go_backwards": False, "stateful": False, "zero_output_for_mask": False,
}  # fmt: skip
_RECURRENT_INERT = (
    *_INERT, *_trained("kernel", "recurrent", "bias"), "unroll", "dropout", "recurrent_dropout", "unit_forget_bias",
)  # fmt: skip

OPTIONS: dict[str, LayerOptions] = {
    "SimpleRNN": LayerOptions(
        ("units", "activation", "use_bias", "return_sequences"), _RECURRENT_FIXED, _RECURRENT_INERT,
    ),
    "LSTM": LayerOptions(
        ("units", "activation", "recurrent_activation", "use_bias", "return_sequences"),
        _RECURRENT_FIXED, _RECURRENT_INERT,
    ),
    "Dense": LayerOptions(
        ("units", "activation", "use_bias"),
        {"quantization_config": None},
        (*_INERT, *_trained("kernel", "bias")),
    ),
}  # fmt: skip


def options_of(kind: str, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The kept options of a layer.

    Args:
        kind: the Keras class name.
        name: the layer's name, for messages.
        config: the layer's `get_config()`.

    Raises:
        NotSupportedError: the layer, an option or an option's value is not supported.
    """
    known = OPTIONS.get(kind)
    if known is None:
        raise NotSupportedError(f"layer {name!r}: {kind} is not supported; supported are {', '.join(sorted(OPTIONS))}")
    for key, value in config.items():
        if key in known.fixed and value != known.fixed[key]:
            raise NotSupportedError(
                f"layer {name!r}: {key}={value!r} is not supported for {kind}, only {key}={known.fixed[key]!r}"
            )
        if key not in known.kept and key not in known.fixed and key not in known.inert:
            raise NotSupportedError(f"layer {name!r}: the option {key}={value!r} of {kind} is not known to xlcheck")
    return {key: _plain(name, key, config[key]) for key in known.kept}


def _plain(name: str, key: str, value: Any) -> Any:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    what = value.get("class_name", "a Python function") if isinstance(value, dict) else value
    if what == "function":
        what = value["config"]
    raise NotSupportedError(
        f"layer {name!r}: {key}={what} is not supported; give it by the name that Keras knows it by"
    )
