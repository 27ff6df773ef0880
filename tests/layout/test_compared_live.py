"""What is compared live with Keras: as much as may be stored for every sample, to the last number."""

from __future__ import annotations

import math

import pytest

from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.layout import plan
from xlcheck.learning.forward import forward_graph

EVERYTHING, STATES, ANSWER = (
    "Every number that this workbook computes", "Every state and output", "Every number of the answer",
)  # fmt: skip


def test_as_much_is_compared_as_may_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything where it just fits; with room for one number less only states and outputs, and then the answer."""
    fixture = load_fixture("lstm")
    computed = [q for q in forward_graph(fixture.spec) if q.expr is not None]
    sizes = {q.name: math.prod(q.shape) * (1 if q.shared else len(fixture.samples)) for q in computed}
    states = sum(size for name, size in sizes.items() if name.partition(".")[2][:2] in ("h[", "c[", "y"))

    def said(limit: int) -> str:
        monkeypatch.setattr(plan, "_STORED_NUMBERS", limit)
        planned = plan.plan_model(fixture.spec, fixture.trace, fixture.trace_float32, fixture.samples)
        texts = [str(cell.content) for sheet in planned.sheets for cell in (*sheet.cells, *sheet.merges)]
        return next(words for words in (EVERYTHING, STATES, ANSWER) if any(text.startswith(words) for text in texts))

    assert 0 < states < sum(sizes.values())
    assert said(sum(sizes.values())) == EVERYTHING
    assert said(sum(sizes.values()) - 1) == STATES
    assert said(states) == STATES
    assert said(states - 1) == said(0) == ANSWER
