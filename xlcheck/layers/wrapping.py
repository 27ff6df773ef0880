"""What layers that wrap other layers share."""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.graph.expressions import Ref
from xlcheck.model.model_spec import LayerSpec


def weights_of_inner(inner: LayerSpec, weights: Mapping[str, Ref]) -> dict[str, Ref]:
    """The weights of a wrapped layer, and of those that it wraps itself, which its wrapper knows as `inner.weight`."""
    prefix = f"{inner.name}."
    return {name.removeprefix(prefix): ref for name, ref in weights.items() if name.startswith(prefix)}
