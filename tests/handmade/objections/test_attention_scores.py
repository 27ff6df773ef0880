"""Scores of an attention that do not count, and heads whose scores are scaled otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import plain_sheets as sheets
import pytest
from equation_sheets import answer, verdict
from recognised_sheets import sheet

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.objections.attention_scores import masked_otherwise, scaled_in_some_heads, shares_of_nobody


@pytest.mark.keras
@pytest.mark.parametrize("mask", ["-1E9", "-10000"])
def test_the_scores_of_later_tokens_may_be_masked(mask: str, tmp_path: Path) -> None:
    """Rule: in their place stands a number that makes no share of the softmax; all others are judged."""
    found = verdict(sheets.masked_attention(mask=mask), tmp_path)

    assert (found.code, found.roots) == (0, set())
    assert "Dense(4, linear), 4 samples times 0.707107" in found.said


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("asks", "mask"),
    [
        ("{key}<{query}", "-1E9"),  # the earlier ones
        ("{key}>={query}", "-1E9"),  # its own, too
        ("{key}>{query}", "-100"),
        ("{key}>{query}+1", "-1E9"),  # all but the next one
    ],
)
def test_any_other_mask_is_no_pass(asks: str, mask: str, tmp_path: Path) -> None:
    """Rule: of a mask that is not causal nobody knows whether it is meant."""
    assert answer(sheets.masked_attention(asks, mask), tmp_path, 2) == (3, set())


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("M4", "=IF(1>3,-1E9,($D4*$G$3+$E4*$H$2)/SQRT(2))"),  # half of another key
        ("N4", "=IF(2<3,-1E9,($D4*$G$3+$E4*$H$3)/SQRT(2))"),  # an earlier one
        ("O3", "=IF(3<2,-1E9,($D3*$G$4+$E3*$H$4)/SQRT(2))"),  # a later one
        ("O3", "=IF(3>2,-1,($D3*$G$4+$E3*$H$4)/SQRT(2))"),
        ("P4", "=0.3"),
        ("N5", "-1000000000"),
        ("V3", "=R3/SUM($Q3:$S3)*2"),
    ],
)
def test_one_score_that_is_wrong_is_found_or_nothing_is_said(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: a slip among masked scores is its cell, or nobody knows which."""
    content = text if text.startswith("=") else float(text)
    code, roots = answer(sheets.masked_attention() | {cell: content}, tmp_path, 2)

    assert code in {1, 3}
    assert roots <= {cell}


def _scores(folder: Path, cells: sheets.Cells) -> tuple[Reading, set[Address]]:
    """The scores, and what the softmax behind them is given."""
    found = sheet(cells, folder).arrangement
    (own,) = (reading for reading in found.readings if reading.scale != 1)
    softmaxes = [own for own in found.plain if own.networks[0].spec.layers[-1].kind == "Softmax"]
    return own, {cell for own in softmaxes for cell in own.given}


def test_what_is_masked_is_told_if_it_is_no_causal_mask(tmp_path: Path) -> None:
    """Rule: all scores of later steps are masked, no others, and a softmax reads them."""
    own, shared = _scores(tmp_path, sheets.masked_attention())
    fewer = replace(own, masked=frozenset(sorted(own.masked)[1:]))

    assert len(own.masked) == 6
    assert [*masked_otherwise([own], shared)] == []
    assert [*masked_otherwise([own], set())] == ["S!N2 is masked, and no softmax reads it"]
    (why,) = masked_otherwise([fewer], shared)
    assert why.startswith("S!O2 is masked, but")


def test_a_head_is_scaled_as_the_others_are(tmp_path: Path) -> None:
    """Rule: of two heads over as many numbers both are scaled, or none is."""
    own, shared = _scores(tmp_path, sheets.attention(4))
    plain = replace(own, scale=1.0)

    assert [*scaled_in_some_heads([own, own], shared)] == [*scaled_in_some_heads([plain, plain], shared)] == []
    assert [*scaled_in_some_heads([own, plain], shared)] == ["S!M2 is not scaled, as the scores of another head are"]
    assert [*scaled_in_some_heads([own, plain], set())] == []


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("tokens", [3, 4])
def test_shares_that_nobody_reads_are_no_pass(tokens: int, tmp_path: Path) -> None:
    """Rule: values that are mixed by scores, beside the shares of a softmax, are not mixed as an attention does."""
    cells = sheets.attention(tokens)
    shares = str.maketrans("UVWX", "MNOP")
    by_scores = {c: str(text).translate(shares) for c, text in cells.items() if c[0] in "YZ"}

    assert answer(cells, tmp_path, 2)[0] == 0
    code, roots = answer(cells | by_scores, tmp_path, 2)
    assert code == 3 or roots <= {*by_scores}


def test_only_scores_that_a_layer_reads_make_idle_shares_odd(tmp_path: Path) -> None:
    """Rule: the shares at the end of a network are read by nobody, and nothing reads what they are made of."""
    own, shared = _scores(tmp_path, sheets.attention(4))
    score, share = min(shared), ("S", 9, 9)
    reader = replace(own, layer=replace(own.layer, slots={0: {0: (*score, 0)}}))

    assert [*shares_of_nobody([own], [(shared, [share])], set())] == []
    assert [*shares_of_nobody([reader], [(shared, [share])], {share})] == []
    (why,) = shares_of_nobody([reader], [(shared, [share])], set())
    assert why == "S!J10 is a share that nobody reads, and a layer reads S!M2 itself"
