"""What a judge makes of culprits beside numbers that stand in no cell, as the share of a softmax within an error."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from xlcheck.handmade.backward.quantities import Quantity, Role
from xlcheck.handmade.backward_judging import judge

_UNWRITTEN = ("S", 3, 1_300_008)


def test_what_stands_in_no_cell_has_no_formula_to_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: steps that were filled from one another are told by their formulas; and nobody is blamed for no cell."""
    monkeypatch.setattr(judge, "may_read_others", lambda *_: False)
    monkeypatch.setattr(judge, "explained_by_exchange", lambda *_: False)
    sheet = SimpleNamespace(cone=lambda _: [_UNWRITTEN], terms={_UNWRITTEN: None})
    step = SimpleNamespace(moves={_UNWRITTEN: SimpleNamespace(rule=())})
    said: Any = SimpleNamespace(
        table=SimpleNamespace(texts={("S", 0, 0): "A2", ("S", 0, 1): "B2"}),
        reading=SimpleNamespace(sheet=sheet, steps=[step]),
    )
    role = Role(Quantity("E", np.ones(1)))
    written: Any = SimpleNamespace(roots={("S", 0, 0): role, ("S", 0, 1): role})
    unwritten: Any = SimpleNamespace(roots={_UNWRITTEN: role})

    own = judge.Judge(said, frozenset(), None, {})
    assert not own._is_doubtful(0, written)
    assert own._is_doubtful(0, unwritten)
