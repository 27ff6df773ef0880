"""Functions that look something up: what each of them does, and where a formula calls one."""

from __future__ import annotations

import pytest

from xlcheck.formulas.look_ups import CHOOSING, PICKING, REFERRING, SEARCHING, calls

_KINDS = {"searches": SEARCHING, "picks": PICKING, "chooses": CHOOSING, "refers": REFERRING}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("MATCH", {"searches"}), ("XMATCH", {"searches"}), ("INDEX", {"picks"}), ("VLOOKUP", {"searches", "picks"}),
        ("HLOOKUP", {"searches", "picks"}), ("LOOKUP", {"searches", "picks"}), ("XLOOKUP", {"searches", "picks"}),
        ("CHOOSE", {"chooses"}), ("OFFSET", {"refers"}), ("INDIRECT", {"refers"}), ("SUMIF", set()), ("IF", set()),
    ],
)  # fmt: skip
def test_what_a_function_does(name: str, kinds: set[str]) -> None:
    """MATCH gives a place and INDEX the cell there; VLOOKUP and its like do both; OFFSET makes a reference."""
    assert {kind for kind, names in _KINDS.items() if name in names} == kinds


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("INDEX(A1:A9,MATCH(B1,C1:C9,0))", ["MATCH("]),
        ("1+match(B1,C1:C9,0)", ["match("]),
        ("_xlfn.XMATCH(B1,C1:C9)*HLookup(B1,C1:D9,2)", ["XMATCH(", "HLookup("]),
        ("REMATCH(B1)+MATCHES(B1)+MATCH", []),
        ("INDEX(A1:A9,3)+OFFSET(A1,1,0)", []),
    ],
)
def test_a_call_is_found_however_it_is_written(formula: str, found: list[str]) -> None:
    """Rule: in small letters and behind a prefix it is the same function; a longer name is another one."""
    assert calls(SEARCHING).findall(formula) == found


def test_a_pattern_finds_only_the_functions_that_were_asked_for() -> None:
    """Rule: MATCH is not found in XMATCH, and a function of another kind is not found at all."""
    text = "XMATCH(A1,B1:B3)+CHOOSE(A1,1,2)"
    assert calls({"MATCH"}).search(text) is None
    assert calls(["CHOOSE", "MATCH"]).findall(text) == ["CHOOSE("]
