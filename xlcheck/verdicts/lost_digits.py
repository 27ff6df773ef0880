"""What a model's user sees otherwise than its workbook: answers in single precision that have lost their digits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xlcheck.graph.quantities import Graph
from xlcheck.graph.single_precision import lost_answers
from xlcheck.workbook.manifest import Manifest


def lost_digits(manifest: Manifest, graph: Graph) -> Iterator[str]:
    """A sentence for each output of which single precision leaves less than half of the digits for some sample."""
    rows = manifest.prediction.reshape(len(manifest.prediction), -1)
    ends = np.cumsum([manifest.trace[name][0].size for name in graph.outputs])
    if not ends.size or ends[-1] != rows.shape[1]:  # a lesson that predicts something else
        return
    single = dict(zip(graph.outputs, np.split(rows, ends[:-1], axis=1), strict=True))
    for lost in lost_answers(graph, manifest.trace.values, single):
        yield (
            f"in single precision, in which it was trained, the model answers {lost.single:.6g} for "
            f"{graph[lost.quantity].element_at(lost.element)} of sample {lost.sample + 1}, where it loses half of the "
            f"digits or more; the workbook agrees with its answer in double precision, {lost.exact:.6g}"
        )
