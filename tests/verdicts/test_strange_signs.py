"""Signs in formulas that some programs pass over and others refuse."""

from __future__ import annotations

import pytest
from small_book import Checker

RIGHT = "C2*Weights!$B$2"


@pytest.mark.parametrize(
    ("formula", "sign"),
    [
        (f"{RIGHT}\u22120", "\u2212 (U+2212)"),
        ("C2*\u00a0Weights!$B$2", "the sign U+00A0"),
        ("C2*@Weights!$B$2", "@ (U+0040)"),
    ],
)
def test_a_sign_of_no_formula_is_no_pass(check_small: Checker, formula: str, sign: str) -> None:
    """Though an engine computes the right value, a reader may see none."""
    report = check_small({"Net!C3": f"={formula}"})

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations == (
        f"programs do not all read {sign} in the formula of Net!C3; write it without this sign",
    )


def test_signs_in_texts_and_names_are_their_own_matter(check_small: Checker) -> None:
    """Texts, worksheets and names may hold any."""
    report = check_small({"Öwn!A1": '="\u2212@"', "Öwn!A2": "='Öwn'!A1", "Öwn!A3": "=1+ \n1"})

    assert report.ok
