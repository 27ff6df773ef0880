"""The loss that a Keras model was compiled with, by Keras's identifier."""

from __future__ import annotations

from typing import Any

from xlcheck.errors import NotSupportedError
from xlcheck.spec.keras_import import import_keras


def read_loss(model: Any) -> str | None:
    """Keras's identifier of the loss (`binary_crossentropy`); None if the model has none.

    Raises:
        NotSupportedError: there are several losses, or it is not one of Keras's own with its default options.
    """
    loss = (model.get_compile_config() or {}).get("loss")
    if loss is None:
        return None
    losses = import_keras().losses
    try:
        found = losses.get(loss)
    except (ValueError, TypeError) as error:
        raise NotSupportedError(f"the loss {loss!r} is not one of Keras's own; compile the model with one") from error
    if isinstance(found, losses.Loss):
        return _default_loss(found)
    name = getattr(found, "__name__", "")
    if getattr(losses, name, None) is not found:
        raise NotSupportedError(f"the loss {loss!r} is not one loss of Keras's own; compile the model with one")
    return str(name)


def _default_loss(loss: Any) -> str:
    default = type(loss)().get_config()
    changed = {key: value for key, value in loss.get_config().items() if key != "name" and value != default[key]}
    if changed:
        options = ", ".join(f"{key}={value!r}" for key, value in changed.items())
        raise NotSupportedError(f"the loss {type(loss).__name__} with {options} is not supported, only its defaults")
    return str(default["name"])
