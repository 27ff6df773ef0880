"""A cell that seems wrong, and others of which nothing is known: who does what these do may be right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.accepting.unknown_kin import unknown_kin

_CELLS = {f"A{row}": 0.3 * row for row in range(2, 6)} | {f"B{row}": f"=A{row}*2" for row in range(2, 6)}


def _said(
    folder: Path, roots: Collection[str], left: Collection[str], cells: Mapping[str, object], *, matters: bool = True
) -> str | None:
    """What is said of cells that seem wrong, others without a verdict."""
    own = sheet({**_CELLS, **cells}, folder)
    abstention = Abstention(own.table, own.values, [*map(cell_at, left)], "", matters=matters)
    return unknown_kin(own.part, [*map(cell_at, roots)], [abstention])


def test_what_several_do_of_which_nothing_is_known_may_be_meant(tmp_path: Path) -> None:
    """Rule: two formulas filled like the one that seems wrong are enough, and the first of them is named."""
    assert _said(tmp_path, ["B2"], ["B4", "B3"], {}) == "S!B2 does what S!B3 and others do, of which nothing is known"


def test_what_stands_in_line_with_scratch_like_it_is_scratch(tmp_path: Path) -> None:
    """Rule: of what needs no verdict those in the row or column of the one that seems wrong count."""
    said = _said(tmp_path, ["B2"], ["B3", "B4"], {}, matters=False)

    assert said == "S!B2 does what S!B3 and others do, which stand beside the layers"


@pytest.mark.parametrize(
    ("roots", "left", "cells", "matters"),
    [
        (["B2"], ["B3"], {}, True),
        (["B2"], ["B3", "B4"], {"B4": "=A4*3"}, True),
        (["B2"], ["B3", "B4"], {f"B{row}": "=$A$2*2" for row in (2, 3, 4)}, True),
        (["B2", "B4"], ["B3", "B4"], {}, True),
        (["A2"], ["B3", "B4"], {}, True),
        (["B2"], ["C3", "C4"], {"C3": "=B3*2", "C4": "=B4*2"}, False),
    ],
    ids=["one alone", "another factor", "the same cell read", "itself wrong", "a number", "scratch elsewhere"],
)
def test_fewer_or_others_say_nothing(
    roots: list[str], left: list[str], cells: dict[str, object], matters: bool, tmp_path: Path
) -> None:
    """Rule: one, or one that does otherwise, is wrong itself, or belongs to no network, speaks for nobody."""
    assert _said(tmp_path, roots, left, cells, matters=matters) is None


def test_who_reads_what_is_odd_among_copies_is_not_blamed(tmp_path: Path) -> None:
    """Rule: so it is for who reads the odd cell itself, if that is not blamed; the odd cell stays wrong."""
    own = sheet(_CELLS | {"C2": "=B2+1", "D2": "=C2+1"}, tmp_path)
    part = replace(own.part, as_in_copies={cell_at("B2"): "A3*2"})

    said = unknown_kin(part, [cell_at("C2")], [])
    assert said == "S!C2 reads S!B2, which all other copies of its worksheet have otherwise"
    for roots in (["D2"], ["B2"], ["B2", "C2"]):
        assert unknown_kin(part, [*map(cell_at, roots)], []) is None
    both = replace(part, as_in_copies={cell_at("B2"): "A3*2", cell_at("C2"): "B3+1"})
    assert unknown_kin(both, [cell_at("C2")], []) is None
