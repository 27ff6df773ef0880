"""What layers that wrap other layers share."""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.graph.expressions import Ref
from xlcheck.model.model_spec import LayerSpec


def weights_of_inner(inner: LayerSpec, weights: Mapping[str, Ref]) -> dict[str, Ref]:
    """The weights of a wrapped layer, which its wrapper knows as `inner.weight`."""
    return {name: weights[f"{inner.name}.{name}"] for name in inner.weights}
