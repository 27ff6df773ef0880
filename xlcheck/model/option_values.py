"""The values of layers' options as a file gives them: which of them are numbers, and how they become plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xlcheck.errors import NotSupportedError

_NUMBERS = {"mask_value", "epsilon", "alpha", "negative_slope", "threshold", "max_value"}
"""Options that are one number each. Keras itself looks at few of them."""
_SEVERAL_NUMBERS = {"scale", "offset", "mean", "variance"}
SIZES = {
    "units", "filters", "depth_multiplier", "groups", "kernel_size", "strides", "dilation_rate", "pool_size",
    "cropping", "padding", "size", "n", "target_shape", "dims", "input_dim", "output_dim", "num_tokens", "num_heads",
    "key_dim", "value_dim",
}  # fmt: skip
"""Options that are whole numbers or lists of them; a padding may also be a word."""
_WINDOWS = {"strides", "dilation_rate", "pool_size"}
_MAY_BE_NONE = {"max_value", "mean", "variance"}


def missed(key: str, value: Any) -> str | None:
    """What the value of an option should have been, if that is numbers and it is anything else."""
    if (value is None and key in _MAY_BE_NONE) or (key == "padding" and isinstance(value, str)):
        return None
    leaves = list(_leaves(value))
    if key in SIZES:
        return None if leaves and all(type(leaf) is int for leaf in leaves) else "whole number, nor several"
    is_list = isinstance(value, (list, tuple)) and key in _NUMBERS
    numbers = bool(leaves) and all(isinstance(leaf, int | float) for leaf in leaves) and not is_list
    return "number" if key in _NUMBERS | _SEVERAL_NUMBERS and not numbers else None


def sizes(kind: str, options: Mapping[str, Any]) -> Iterator[Any]:
    """The numbers by which grows what a layer computes; the window of a layer may be wider than what it reads."""
    spread = kind.endswith("Transpose")
    for key in SIZES if spread else SIZES - _WINDOWS:
        yield from (leaf for leaf in _leaves(options.get(key)) if isinstance(leaf, int))


def _leaves(value: Any) -> Iterator[Any]:
    """The values in a list of lists, or the one value; those of an array that a file describes."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict) and value.get("class_name") == "__numpy__":
        yield from _leaves(value["config"]["value"])
    else:
        yield value


def plain(name: str, key: str, value: Any) -> Any:
    """An option of a layer, as `get_config()` gives it, as a JSON value: a number, a word, or a list of them.

    Raises:
        NotSupportedError: it is a Python function or another object.
    """
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, (list, tuple)):
        return [plain(name, key, item) for item in value]
    if isinstance(value, dict) and value.get("class_name") == "__numpy__":
        return plain(name, key, value["config"]["value"])
    what = value.get("class_name", "a Python function") if isinstance(value, dict) else value
    if what == "function":
        what = value["config"]
    is_layer = isinstance(value, dict) and value.get("module") == "keras.layers"
    raise NotSupportedError(
        f"layer {name!r}: {key}={what} is not supported; give it by the name that Keras knows it by"
        + (", or behind a Dense or a convolution as a layer of its own" if is_layer else "")
    )


def axes_of_einsum(equation: str, bias_axes: str | None) -> tuple[int, int, int]:
    """Over how many last axes an EinsumDense sums, how many it makes of them, and how many have a bias.

    Nothing is made where it does anything else, or has a bias for any other axis.
    """
    inputs, _, rest = equation.replace(" ", "").partition(",")
    kernel, _, outputs = rest.partition("->")
    summed = next((number for number, label in enumerate(kernel) if label in outputs), len(kernel))
    over, made, bias = kernel[:summed], kernel[summed:], bias_axes or ""
    kept = inputs.removesuffix(over)
    known = inputs == kept + over and outputs == kept + made and over and not inputs.endswith("...")
    return summed, len(made) if known and made.endswith(bias) else 0, len(bias)
