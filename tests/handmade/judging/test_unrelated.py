"""Cells beside a network that are wrong as its quantities, because they are something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from bound_sheets import BINDINGS, STATES, bound

from xlcheck.handmade.judging.unrelated import unrelated
from xlcheck.handmade.judging.verdicts import Verdict
from xlcheck.verdicts.report import Kind, Status

BOUND = BINDINGS + '"simple_rnn.h" = "B5:B8"\n'


@pytest.mark.parametrize(
    ("beside", "wrong", "found"),
    [
        ({"C6": "=B6"}, ["C6"], {"C6"}),
        ({"C6": "=B6"}, ["C6", "B6"], set()),
        ({}, ["B6"], set()),
        ({}, ["B6", "B7", "B8"], set()),
    ],
    ids=["another cell is the right one", "that is wrong as well", "a state", "all that follow"],
)
def test_what_another_cell_was_said_to_hold_is_something_else(
    beside: dict[str, object], wrong: list[str], found: set[str], tmp_path: Path
) -> None:
    """Rule: a wrong cell is no quantity if somebody said that another one holds it, and that one is right."""
    sheet = bound(tmp_path, STATES | beside, BOUND)
    named = {name: ("Sheet", int(name[1:]) - 1, ord(name[0]) - ord("A")) for name in {*wrong, *found}}
    verdicts = []
    for name in wrong:
        element = sheet.aligned.element(named[name])
        assert element is not None
        verdicts.append(Verdict(named[name], element, Status.ROOT, Kind.VALUE, 0.0, 1.0, None))

    assert unrelated(verdicts, sheet.aligned, sheet.networks, sheet.precedents) == {named[name] for name in found}
