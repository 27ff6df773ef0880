"""One formula filled over several cells is one mistake, shown once with all its places."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_reports import BAD, CARRIED, ROOT, SKIPPED

from xlcheck.reports.groups import MOST_AREAS, areas, by_mistake, elsewhere, said_once
from xlcheck.reports.render_html import render_html
from xlcheck.reports.render_text import render_text
from xlcheck.verdicts.cell_result import Cells
from xlcheck.verdicts.report import CellResult


def filled(row: int, column: str, formula: str) -> CellResult:
    return replace(ROOT, cell=f"{column}{row}", formula=formula)


DOWN = [filled(row, "M", f"=G{row}*M{row - 1}+$B$2") for row in (15, 16, 17, 20)]


def test_formulas_filled_from_one_another_are_together() -> None:
    """References that move with the cell make the same formula; a fixed one that moved makes another."""
    other = filled(18, "M", "=G18*M17+$B$3")
    groups = by_mistake([DOWN[0], other, *DOWN[1:], CARRIED, SKIPPED, SKIPPED])

    assert groups == [DOWN, [other], [CARRIED], [SKIPPED, SKIPPED]]


def test_another_diagnosis_sheet_or_status_is_another_mistake() -> None:
    """Nor do two constants that were typed over formulas belong together."""
    first = DOWN[0]
    apart = [
        first,
        replace(DOWN[1], diagnosis=None),
        replace(DOWN[2], sheet="other"),
        replace(CARRIED, formula=first.formula),
        replace(first, cell="N1", formula=None),
        replace(first, cell="N2", formula=None),
    ]

    assert by_mistake(apart) == [[cell] for cell in apart]


def test_places_are_ranges() -> None:
    """Down a column, along a row, in a block, and alone."""
    cells = [filled(row, column, "=1") for row in (3, 4) for column in "BC"] + [filled(9, "D", "=1")]

    assert areas(DOWN) == ["M15:M17", "M20"]
    assert areas(cells) == ["B3:C4", "D9"]
    assert areas([]) == []


def test_text_shows_the_first_cell_and_the_places_of_the_others() -> None:
    """And does not count them as hidden."""
    text = render_text([replace(BAD, cells=Cells([*DOWN, CARRIED]))])

    assert "  1  lstm!M15" in text
    assert "  2  " not in text
    assert "     also     M16:M17, M20: 3 more cells with this formula and mistake" in text
    assert "more cell is wrong" not in text
    assert "1 cell is wrong only because an earlier cell is." in text


def test_many_places_are_counted() -> None:
    """A mistake all over a sheet does not fill the screen."""
    scattered = [filled(2 * n, "M", "=$A$1+1") for n in range(1, MOST_AREAS + 4)]
    text = render_text([replace(BAD, cells=Cells(scattered))], width=200)

    assert f"M{2 * (MOST_AREAS + 1)} and 2 more places: {MOST_AREAS + 2} more cells" in text


def test_as_many_places_as_there_is_room_for_are_all_of_them() -> None:
    """Nothing is said of further places where there are none."""
    text = elsewhere([filled(2 * n, "M", "=$A$1+1") for n in range(1, MOST_AREAS + 1)])

    assert text.startswith(f"M2, M4, M6, M8, M10, M12, M14, M{2 * MOST_AREAS}: {MOST_AREAS} more cells")


def test_html_shows_one_card_with_the_others_folded_in() -> None:
    """Every cell is there, but only the first has a card of its own."""
    page = render_html([replace(BAD, cells=Cells([*DOWN, CARRIED]))])

    assert page.count('<article class="xl-card">') == 1
    assert "also M16:M17, M20: 3 more cells with this formula and mistake" in page
    assert all(f"lstm!{cell.cell}</code>" in page for cell in DOWN)


def test_all_shows_every_cell_by_itself() -> None:
    """Whoever asks for every cell gets every sentence."""
    text = render_text([replace(BAD, cells=Cells(DOWN))], rows=None)

    assert [f"{n}  lstm!{cell.cell}" in text for n, cell in enumerate(DOWN, start=1)] == [True] * 4
    assert "also" not in text


def _odd(*cells: str, sheet: str = "S", why: str = "differs from {0}!Z9") -> list[str]:
    return [f"{sheet}!{cell} {why.format(sheet)}" for cell in cells]


_TWO_SHEETS = _odd("B2") + _odd("C2", sheet="T")
_TWO_NUMBERS = _odd("B2", why="is 1 off") + _odd("B3", why="is 2 off")


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        ([], []),
        (_odd("B2"), _odd("B2")),
        (_odd("B2", "C2", "B3", "C3", "B4", "C4"), [f"{_odd('B2')[0]}; the same holds for C2, B3:C4 (5 more cells)"]),
        (_TWO_SHEETS, _TWO_SHEETS),
        (_TWO_NUMBERS, _TWO_NUMBERS),
        (["'T 2'!A1 is odd", "'T 2'!A2 is odd"], ["'T 2'!A1 is odd; the same holds for A2 (1 more cell)"]),
        (["a file is old", "a file is old", "E5 is odd", "E6 is odd"], ["a file is old", "E5 is odd", "E6 is odd"]),
        (["S!A1 is LOG10(B2)", "S!A2 is LOG10(B3)"], ["S!A1 is LOG10(B2); the same holds for A2 (1 more cell)"]),
    ],
)
def test_what_is_said_of_several_cells_is_said_once(sentences: list[str], said: list[str]) -> None:
    """Sentences that differ in the cells only become one; other worksheets, numbers and words keep them apart."""
    assert said_once(sentences) == said


def test_many_cells_in_one_sentence_are_counted() -> None:
    """Of cells all over a worksheet the first places are named."""
    (text,) = said_once(_odd(*(f"B{2 * row}" for row in range(1, MOST_AREAS + 5))))
    assert text.endswith(f"and 3 more places ({MOST_AREAS + 3} more cells)")
