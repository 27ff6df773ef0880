"""Where the activation of a weighted sum should stand, if sum and activation have a cell each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from xlcheck.handmade.equations.instances import Instance
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.polynomials import Atom
from xlcheck.handmade.reading.offsets import offset_between


def behind(total: Atom, others: Iterable[Instance], forms: Forms) -> Atom | None:
    """The cell that stands to a sum as activations of others stand to the sums of which they are, in other cells.

    Args:
        total: the sum.
        others: the activations.
        forms: what each cell computes.
    """
    away = Counter(
        offset_between(inner, x.atom)
        for x in others for inner in forms.inlined.get(x.atom, ())
        if forms.of(inner).polynomial == forms.of(x.atom).polynomial
    )  # fmt: skip
    if not away:
        return None
    ((down, right), _), *_ = away.most_common(1)
    return (total[0], total[1] + down, total[2] + right, 0)
