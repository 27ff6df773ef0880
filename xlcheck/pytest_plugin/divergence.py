"""Where a trace leaves its golden file: which quantities are roots, and which only follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from xlcheck.graph.trace import Trace
from xlcheck.pytest_plugin.settings import Level, tolerance_of
from xlcheck.pytest_plugin.subject import Subject
from xlcheck.verdicts.judge import CARRIED, ROOT, Alignment, judge
from xlcheck.verdicts.traces import Difference, TraceComparison, compare_traces


@dataclass(frozen=True)
class Divergence:
    """A comparison, with its differences sorted by what causes them.

    Attributes:
        comparison: of the values under test with the golden ones.
        roots: differences of quantities whose precedents all agree; without knowledge of precedents, all of them.
        carried: the differences that can follow from others.
        knows_precedents: whether roots and carried quantities could be told apart.
    """

    comparison: TraceComparison
    roots: tuple[Difference, ...]
    carried: tuple[Difference, ...]
    knows_precedents: bool

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return self.comparison.ok

    @property
    def is_another_model(self) -> bool:
        """Whether most golden quantities do not exist any more, or not in this shape."""
        found = self.comparison
        return len(found.missing) + len(found.reshaped) > found.compared


def diverge(subject: Subject, golden: Trace, levels: Sequence[Level]) -> Divergence:
    """Compare the values under test with the golden ones, quantity by quantity; tolerances come from near to far."""
    in_order = {name: golden[name] for name in subject.trace.values if name in golden}
    desired = Trace(golden.source, in_order | dict(golden.values))
    comparison = compare_traces(subject.trace, desired, partial(tolerance_of, levels), equal_nan=True)
    if not subject.precedents:
        return Divergence(comparison, comparison.differences, (), knows_precedents=False)
    tainted = _tainted(subject, golden, comparison)
    differences = comparison.differences
    carried = np.array([tainted[difference.quantity] for difference in differences], dtype=bool)
    status = judge(Alignment(np.zeros(len(differences), dtype=bool)), lambda: carried)
    return Divergence(
        comparison,
        tuple(d for d, code in zip(differences, status, strict=True) if code == ROOT),
        tuple(d for d, code in zip(differences, status, strict=True) if code == CARRIED),
        knows_precedents=True,
    )


def _tainted(subject: Subject, golden: Trace, comparison: TraceComparison) -> Mapping[str, bool]:
    """For each quantity, whether a difference comes to it through its precedents.

    A difference may pass through quantities in which it stays within the tolerance: what matters is
    that they moved at all.
    """
    wrong = {d.quantity for d in comparison.differences} | {name for name, _, _ in comparison.reshaped}
    tainted: dict[str, bool] = {}
    hands_on: dict[str, bool] = {}
    for name, values in subject.trace.values.items():
        tainted[name] = any(hands_on.get(precedent, False) for precedent in subject.precedents.get(name, ()))
        moved = name not in golden or not np.array_equal(values, golden[name], equal_nan=True)
        hands_on[name] = name in wrong or (tainted[name] and moved)
    return tainted
