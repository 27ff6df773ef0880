"""Reports as text: exactly what stands in a terminal, a pipe or a log of 80 columns."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console
from sample_reports import BAD, EMPTY, GOOD, OPEN, ROOT, STRAY

from xlcheck.reports.render_text import print_text, render_text, verdict
from xlcheck.shown import printable
from xlcheck.verdicts.report import Counts, Edit

BAD_TEXT = """\
✗ books/bad.xlsx: 2 cells wrong, 2 carried, 80 of 84 agree
  ironcalc 0.9.1 against keras float64, 2 samples, difference ≤ 0.01
  changed: Weights!B2, lstm.kernel[0][0], is now 0.5; it was -0.33

  1  lstm!M15  lstm.z[1][0]  wrong  pre-activation-fed-back  (sample 2)
     gives    0.045203
     Keras    0.0452044  (difference 1.4e-06)
     formula  =G15+SUMPRODUCT(M3:M4,Weights!$B$2:$B$3)
     why      zₜ of lstm, step 2 should be xₜ · kernel + hₜ₋₁ · recurrent_kernel
              = 0.0452044, but the cell gives 0.045203.

  2  lstm!M20  lstm.h[1][0]  wrong  (sample 1)
     gives      #DIV/0!
     Keras      0.25
     should be  0.3, given the values it is computed from
     formula    =1/0
     why        hₜ of lstm, step 2 should be tanh(zₜ) = 0.3, but the formula
                gives the error #DIV/0!.

  2 cells are wrong only because an earlier cell is.
  1 formula belongs to no quantity; not checked.
  1 stored value is not what the formula gives.
  Note: 1 input or weight was changed.
  Every cell: xlcheck check books/bad.xlsx --all"""

EVERY_OTHER_CELL = """\
  3  dense!B2  dense.y[0]  carried  (sample 1)
     gives      0.51
     Keras      0.5  (difference 0.01)
     should be  0.51, given the values it is computed from
     formula    =1/(1+EXP(-B1))
     why        y of dense is 0.51 instead of 0.5 because a cell before it is
                wrong; its own formula is right.

  4  Check!D2  carried  (sample 1)
     gives      "✗"
     should be  "✓"
     formula    =IF(C2<1E-12,"✓","✗")
     why        This cell shows "✗" instead of "✓" because a cell it reads is
                wrong; its own formula is unchanged.

  5  lstm!Z9  unbound
     gives    2
     formula  =1+1
     why      This formula belongs to no quantity of the network; it was not
              checked.

  6  lstm!M2  stale
     stored     999.25
     should be  0.5
     formula    =1/2
     why        The file stores 999.25 for this cell, but its formula gives 0.5;
                programs that do not calculate show the stored value.

  Note: 1 input or weight was changed."""


def test_one_line_says_that_a_workbook_agrees() -> None:
    """The verdict, and below it what it rests on."""
    assert render_text([GOOD]) == (
        "✓ books/good.xlsx: all 84 formula cells agree with Keras\n"
        "  ironcalc 0.9.1 against keras float64, 2 samples, difference ≤ 2.2e-16 (4 ULP)"
    )


def test_a_difference_below_the_last_place_is_called_so() -> None:
    """As it may be of numbers beside much larger ones: a power of ten of a unit says nothing to anybody."""
    text = render_text([replace(GOOD, max_abs_error=4.9e-323, max_ulps=2.2e-307)], width=100)

    assert text.endswith("difference ≤ 4.9e-323 (below 1 ULP)")


def test_roots_lead_then_the_rest_is_counted() -> None:
    """Each root with both values, its formula and a sentence; then counts; then the command that shows everything."""
    assert render_text([BAD]) == BAD_TEXT


def test_every_cell_can_be_shown() -> None:
    """Without a limit every cell of the report is there, and nothing is left to count."""
    text = render_text([BAD], rows=None)

    assert text.endswith(EVERY_OTHER_CELL)
    assert "Every cell:" not in text


def test_more_roots_than_rows_are_counted() -> None:
    """The first rows only, and how many more there are."""
    text = render_text([BAD], rows=1)

    assert "lstm!M20" not in text
    assert "  1 more cell is wrong.\n" in text


def test_more_changes_than_rows_are_counted() -> None:
    """A whole edited kernel does not fill the screen."""
    edits = tuple(Edit("Weights", f"B{i}", f"lstm.kernel[{i}][0]", 0.5, 0.25) for i in range(12))

    assert "  and 2 more changes\n" in render_text([replace(BAD, edits=edits)])


WEIGHT = Edit("Weights", "B2", "lstm.kernel[0][0]", 0.5, 0.25, "weight")
INPUT = Edit("Inputs", "C9", "input.x[0][0]", 0.5, 0.25)


@pytest.mark.parametrize(
    ("edits", "words"), [((WEIGHT,), "weights"), ((INPUT,), "inputs"), ((INPUT, WEIGHT, WEIGHT), "weights and inputs")]
)
def test_the_verdict_says_what_was_compared(edits: tuple[Edit, ...], words: str) -> None:
    """After an edit nothing is said of what was built; it is a mistake if the workbook should be as it was built."""
    agree = f"all 84 formula cells agree with Keras for the {words} that stand in the sheet, which are not those that "
    report = replace(GOOD, edits=edits)
    asked = replace(report, as_built=True)

    assert verdict(report) == agree + "were built"
    assert verdict(asked) == f"not as it was built; {agree}were built"
    assert (report.ok, report.exit_code) == (True, 0)
    assert (asked.ok, asked.exit_code) == (False, 1)
    assert (replace(GOOD, as_built=True).ok, verdict(replace(GOOD, as_built=True))) == (True, verdict(GOOD))


def test_what_no_cell_shows_is_said_above_the_cells() -> None:
    """A gap in a check that is no cell's is not counted as one, and is said, in a note or else by itself."""
    told, untold = "A6 is read by no formula", "2 results stand in no cell"
    counts = replace(GOOD.counts, not_evaluated=3)
    text = render_text([replace(GOOD, counts=counts, notes=(told,), gaps=(told, untold))])

    assert text.splitlines()[0].endswith("84 formula cells agree, but not everything was checked")
    assert text.count(told) == text.count(f"But: {untold}.") == 1


def test_what_could_not_be_checked_is_shown_with_its_reason() -> None:
    """An incomplete check is no pass; nothing stands there that was not computed."""
    assert render_text([OPEN]) == (
        "? books/open.xlsx: 1 cell could not be checked; 83 others agree\n"
        "  cellrune 0.2.0 against keras float64, difference ≤ 2.2e-16\n"
        "\n"
        "  1  dense!B3  loss.loss[0]  no verdict\n"
        "     Keras    0.7\n"
        "     formula  =LAMBDA(x,x)(1)\n"
        "     why      loss was not checked: the engine does not know LAMBDA."
    )


def test_unknown_formulas_among_the_network_s_are_no_pass() -> None:
    """The verdict counts them, and the note says which they are."""
    assert render_text([STRAY]) == (
        "? books/stray.xlsx: 1 formula cell is unknown; 84 others agree\n"
        "  ironcalc 0.9.1 against keras float64, 2 samples, difference ≤ 2.2e-16\n"
        "  1 formula belongs to no quantity; not checked.\n"
        "  Note: 1 formula on worksheets that xlcheck made (lstm!Z9) belongs to nothing\n"
        "  it knows.\n"
        "  Every cell: xlcheck check books/stray.xlsx --all"
    )


def test_a_check_of_nothing_says_so() -> None:
    """A check that looked at no cell is never a pass."""
    assert render_text([EMPTY]) == "? books/empty.xlsx: nothing was checked\n  ironcalc 0.9.1 against keras float64"


def test_workbooks_that_agree_stand_close_together() -> None:
    """An empty line only where there is more than a verdict."""
    good = render_text([GOOD])

    assert render_text([GOOD, GOOD]) == f"{good}\n{good}"
    assert render_text([GOOD, BAD, GOOD]) == f"{good}\n\n{BAD_TEXT}\n\n{good}"


def test_the_command_names_the_engine_and_quotes_the_path() -> None:
    """What is printed can be typed."""
    report = replace(BAD, workbook="my books/bad.xlsx", engine="cellrune 0.2.0")

    assert render_text([report]).endswith("xlcheck check 'my books/bad.xlsx' --engine cellrune --all")


def test_no_line_is_longer_than_80_columns() -> None:
    """Also with long formulas, long messages and long names."""
    long = replace(ROOT, formula="=" + "+".join(f"Weights!$B${i}" for i in range(99)), message="word " * 60)
    text = render_text([replace(BAD, cells=(long,), notes=("a long note " * 20,))])

    assert max(map(len, text.splitlines())) <= 80
    assert "…" in text


def test_colour_only_repeats_what_the_words_say() -> None:
    """The same text on a terminal with colours and without."""
    buffer = io.StringIO()
    print_text([BAD], Console(file=buffer, width=80, force_terminal=True, color_system="standard"))
    coloured = buffer.getvalue()

    assert "\x1b[1;31m" in coloured
    assert [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", coloured).splitlines()] == BAD_TEXT.splitlines()
    plain = io.StringIO()
    print_text([BAD], Console(file=plain, width=80, color_system=None))
    assert plain.getvalue() == f"{BAD_TEXT}\n"


def test_a_workbook_cannot_steer_the_terminal() -> None:
    """Texts from a file lose their control characters, and brackets are no markup."""
    hostile = replace(ROOT, sheet="\x1b[2Jnet", formula="=[red]A1\x07", quantity="h\x1b[1]", message="[bold]x[/bold]")
    text = render_text([replace(BAD, cells=(hostile,), counts=Counts(1, 1, 0, 1, 0, 0, 0))])

    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[bold]x[/bold]" in text
    assert "=[red]A1�" in text
    assert printable("a\u202eb") == "a�b"


@pytest.mark.parametrize(
    ("ulps", "said"), [(0.0, "(0 ULP)"), (0.25, "(below 1 ULP)"), (1.0, "(1 ULP)"), (12.5, "(12.5 ULP)")]
)
def test_last_places_are_told_where_everything_agrees(ulps: float, said: str) -> None:
    """No difference is 0, and not merely below 1; of a workbook in which something is wrong nothing is said of them."""
    assert said in " ".join(render_text([replace(GOOD, max_ulps=ulps)]).split())
    assert "ULP" not in render_text([replace(BAD, max_ulps=ulps)])
