"""The loss that a Keras model was compiled with, by Keras's identifier, and the way back."""

from __future__ import annotations

from typing import Any

from xlcheck.model.keras_import import import_keras

_FROM_LOGITS = "_from_logits"


def to_keras_loss(loss: str) -> Any:
    """What `model.compile` is given for an identifier that `read_loss` returns."""
    if not loss.endswith(_FROM_LOGITS):
        return loss
    losses = import_keras().losses
    return getattr(losses, loss.removesuffix(_FROM_LOGITS).title().replace("_", ""))(from_logits=True)


def read_loss(model: Any) -> str | None:
    """Keras's identifier of the loss (`binary_crossentropy`); None if the model has none.

    With `from_logits=True` the identifier ends with `_from_logits`. A loss that is not one of Keras's own with its
    default options gets words that identify none; where the loss is needed, it is refused with them.
    """
    loss = (model.get_compile_config() or {}).get("loss")
    return None if loss is None else identifier_of(loss)


def identifier_of(loss: Any) -> str:
    """Keras's identifier of a loss that is given in any of the forms that Keras takes: `mse`, a class, a function."""
    losses = import_keras().losses
    try:
        found = losses.get(loss)
    except (ValueError, TypeError):
        return str(loss)
    if isinstance(found, losses.Loss):
        return _with_options(found)
    name = str(getattr(found, "__name__", ""))
    return name if getattr(losses, name, None) is found else str(loss)


def _with_options(loss: Any) -> str:
    default = type(loss)().get_config()
    changed = {key: value for key, value in loss.get_config().items() if key != "name" and value != default[key]}
    if changed == {"from_logits": True}:
        return str(default["name"]) + _FROM_LOGITS
    if changed:
        return f"{type(loss).__name__}({', '.join(f'{key}={value!r}' for key, value in changed.items())})"
    return str(default["name"])
