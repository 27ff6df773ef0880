"""What an attention mixes by the shares of a softmax."""

from __future__ import annotations

from pathlib import Path

import attention_sheets as sheets
import pytest
from equation_sheets import answer
from plain_sheets import Cells, attention
from recognised_sheets import sheet

from xlcheck.handmade.objections.mixed_values import mixed_out_of_place, mixes


def _said(cells: Cells, folder: Path) -> str:
    found = sheet(cells, folder).arrangement
    return "; ".join(mixed_out_of_place(found.readings, found.plain))


def _exchanged(cells: Cells, names: str, one: str, other: str) -> Cells:
    """The same with two references exchanged in some formulas."""
    swapped = ((cell, str(cells[cell]).replace(one, "?").replace(other, one)) for cell in names.split())
    return cells | {cell: text.replace("?", other) for cell, text in swapped}


def test_shares_multiply_the_values_of_their_own_steps(tmp_path: Path) -> None:
    """Rule: the value of a share is, or is made of, what its score is made of; and each is mixed once."""
    pooled, additive, own = sheets.pooled_words(), sheets.additive_attention(1), attention()
    turned = {
        mixed: "=" + "+".join(f"$K{12 + n}*{h}${6 - n}" for n in range(4)) for mixed, h in (("M12", "A"), ("N12", "B"))
    }
    exchanged = str.maketrans("UV", "VU")
    by_key = {f"{c}{row}": str(own[f"{c}{row}"]).translate(exchanged) for c in "YZ" for row in (2, 3, 4)}
    again = {f"{c}3": str(own[f"{c}4"]) for c in "YZ"}

    assert _said(pooled, tmp_path) == _said(additive, tmp_path) == _said(own, tmp_path) == ""
    assert "is the share of another step than that of" in _said(additive | turned, tmp_path)
    assert "is the share of another step than that of" in _said(own | by_key, tmp_path)
    assert "mixes what another sum mixes by the same shares" in _said(own | again, tmp_path)


def test_values_are_those_of_one_unit_a_row_and_of_all_inputs(tmp_path: Path) -> None:
    """Rule: a sum that mixes another input of one step is no attention; nor is one that leaves an input out."""
    cells = sheets.additive_attention(1)
    exchanged = _exchanged(cells, "M12 N12", "A$4", "B$4")

    assert "is mixed with values of other steps or units" in _said(exchanged, tmp_path)
    assert "is not mixed, though inputs beside it are" in _said(cells | {"N12": "=2*M12"}, tmp_path)


def test_what_no_layer_is_given_is_no_value_among_those_that_one_is(tmp_path: Path) -> None:
    """Rule: of the values of one sum none is a number of nobody's."""
    pooled = sheets.pooled_words()
    one_by_one = {f"{c}9": "=" + "+".join(f"{c}{row}*$H{row}" for row in range(3, 7)) for c in "AB"}
    other = one_by_one | {"P1": 0.4, "A9": one_by_one["A9"].replace("A5", "P1")}

    assert _said(pooled | one_by_one, tmp_path) == ""
    assert _said(pooled | other, tmp_path) == "S!P1 is mixed with values of other steps or units"


def test_only_layers_of_shares_mix_values(tmp_path: Path) -> None:
    """Rule: what multiplies results of other layers has weights."""
    found = sheet(sheets.pooled_words(), tmp_path).arrangement
    shares = {cell for own in found.plain for cell in own.results.values()}

    assert [mixes(own, shares) for own in found.readings].count(True) == 1
    assert not any(mixes(own, set()) for own in found.readings)


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("rows", [(2, 3), (4, 2)])
def test_a_whole_row_of_results_by_the_shares_of_another_one_is_no_pass(rows: tuple[int, int], tmp_path: Path) -> None:
    """Rule: two queries mix with shares of their own."""
    cells = attention()
    code, roots = answer(cells | {f"{c}{rows[0]}": cells[f"{c}{rows[1]}"] for c in "YZ"}, tmp_path, 2)

    assert code == 3 or roots == {f"Y{rows[0]}", f"Z{rows[0]}"}
