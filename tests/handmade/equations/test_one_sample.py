"""A network of one sample without any words, whose units share a bias: what its inputs are, the next layer tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import TOYS, answer, read_elsewhere, save
from thorough import part_of

from xlcheck.api import check

pytestmark = pytest.mark.keras

_SHEET = TOYS["one sample"]


def test_what_the_next_layer_reads_together_is_one_sample(tmp_path: Path) -> None:
    """The inputs that two units share are no weights, though both add one bias."""
    report = check(save(_SHEET, tmp_path / "w.xlsx"))
    assert (report.exit_code, report.counts.agree) == (0, 8)


@pytest.mark.parametrize(("cell", "text"), part_of([*read_elsewhere(_SHEET)], 14))
def test_a_reference_to_another_cell_is_named_or_nothing_is(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: whatever other number a formula reads, it does not pass, and no other cell is blamed."""
    code, roots = answer({**_SHEET, cell: text}, tmp_path, effort=3)
    assert code != 0
    assert roots <= {cell}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param("I1", "=A1*G1+B2*G2+B5", id="a weight of the layer before"),
        pytest.param("F2", "=A3*D1+A4*G1+A5", id="a result of its own layer as an input"),
    ],
)
def test_an_edit_is_no_likelier_for_a_formula_that_was_like_others(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: that a formula does what one elsewhere does speaks for an edit only if it did not do so before."""
    code, roots = answer({**_SHEET, cell: text}, tmp_path, effort=3)
    assert code != 0
    assert roots <= {cell}


def test_a_number_far_away_is_not_called_empty(tmp_path: Path) -> None:
    """Rule: a weight that is read from a number beside the network is wrong; what is said of that number is true."""
    report = check(save({**_SHEET, "D9": 0.77, "F1": "=A1*D1+D9*D2+A5"}, tmp_path / "w.xlsx"))
    assert [root.cell for root in report.roots] == ["F1"]
    assert "is empty" not in report.roots[0].message
