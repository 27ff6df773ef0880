"""Reports as HTML: self-contained, readable by everybody, and safe with texts from a workbook."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest
from sample_reports import BAD, EMPTY, GOOD, OPEN, ROOT

from xlcheck.reports.render_html import render_html
from xlcheck.verdicts.report import Counts

CSS = files("xlcheck.reports").joinpath("report.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#\w+);", part)) for part in CSS.split("@media (prefers-color-scheme:dark)")[:2]
)


class Page(HTMLParser):
    """Text and attributes of a page; fails if an element is not closed where it should be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)
        if tag in {"td", "th", "dt", "dd"}:
            self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text.append(data)

    def words(self) -> str:
        """The visible text, spaces reduced."""
        return " ".join("".join(self.text).split())


@pytest.mark.parametrize("reports", [[GOOD], [BAD], [OPEN], [EMPTY], [GOOD, BAD, OPEN, EMPTY]])
@pytest.mark.parametrize("fragment", [True, False])
def test_pages_are_whole_and_need_no_other_file(reports: list, fragment: bool) -> None:
    """Every element is closed; no script, no picture, no font, no style comes from elsewhere."""
    html = render_html(reports, fragment=fragment)
    page = Page(html)

    assert not [value for name, value in page.attributes if name in {"src", "href"} and not str(value).startswith("#")]
    assert "<script" not in html
    assert "url(" not in html
    assert "@import" not in html
    assert html.lstrip().startswith("<style>" if fragment else "<!doctype html>")


PAGES = [files("xlcheck.reports").joinpath("report.html.j2")]
PAGES += [files("xlcheck.grading").joinpath(f"{name}.html.j2") for name in ("overview", "student")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_scrolls_is_reached_by_keyboard_and_has_a_name(page: Traversable) -> None:
    """Wide tables scroll sideways in a narrow window: with the arrow keys, and read aloud under a name."""
    opening = re.findall(r'<\w+ class="xl-scroll[^>]*>', page.read_text(encoding="utf-8"))

    assert opening
    assert all(' tabindex="0"' in tag and ' aria-label="' in tag for tag in opening), opening


def test_what_is_wrong_comes_before_the_notes() -> None:
    """As in the text: of a workbook that somebody made there may be a dozen notes."""
    words = Page(render_html([BAD])).words()

    assert (
        words.index("Where it goes wrong first") < words.index("Note: ") < words.index("Their own formulas are right")
    )


def test_everything_a_report_says_is_on_the_page() -> None:
    """Verdict, circumstances, changes, roots with both values and a sentence, and every other cell in a table."""
    words = Page(render_html([BAD])).words()

    for text in (
        "✗ 2 cells wrong, 2 carried, 80 of 84 agree",
        "recalculated by ironcalc 0.9.1, compared with keras float64, 2 samples; largest difference 0.01",
        "✓ 80 agree ✗ 2 wrong → 2 carried – 1 not part of the network",
        "Weights!B2 lstm.kernel[0][0] 0.5 -0.33",
        "Note: 1 input or weight was changed.",
        "lstm!M15 lstm.z[1][0] pre-activation-fed-back sample 2 " + ROOT.message,
        "gives 0.045203 Keras 0.0452044 formula =G15+SUMPRODUCT(M3:M4,Weights!$B$2:$B$3)",
        "gives #DIV/0! Keras 0.25 should be 0.3 given the values it is computed from formula =1/0",
        "→ Wrong only because an earlier cell is: 2",
        "Stored values that are out of date: 1",
    ):
        assert text in words


def test_a_gap_that_no_cell_shows_is_on_the_page_once() -> None:
    """It stands above the cells, or among the notes if one says it."""
    counts, gaps = replace(GOOD.counts, not_evaluated=2), ("A6 is read by no formula", "2 results stand in no cell")
    html = render_html([replace(GOOD, counts=counts, gaps=gaps, notes=gaps[:1])])

    assert [html.count(gap) for gap in gaps] == [1, 1]


def test_digits_that_differ_are_marked() -> None:
    """The common beginning of two numbers is left alone."""
    assert "<code>0.04520<mark>3</mark></code>" in render_html([BAD])
    assert "<code>0.04520<mark>44</mark></code>" in render_html([BAD])


def test_several_reports_have_a_table_of_contents() -> None:
    """One line a workbook with a link to its part of the page."""
    html = render_html([GOOD, BAD])

    assert html.count('<a href="#report-') == 2
    assert html.count('id="report-') == 2
    assert '<a href="#report-' not in render_html([GOOD])


def test_a_workbook_cannot_put_anything_into_the_page() -> None:
    """Texts from a file are texts."""
    evil = "<script>alert(1)</script>"
    cell = replace(ROOT, sheet=evil, formula=evil, quantity=evil, message=evil, actual=evil)
    html = render_html([replace(BAD, workbook=evil, cells=(cell,), notes=(evil,))])

    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 6


def test_long_lists_are_cut_and_counted() -> None:
    """A browser that hangs helps nobody; what is missing is said."""
    cells = tuple(replace(ROOT, cell=f"A{i}") for i in range(1, 1203))
    html = render_html([replace(BAD, cells=cells, counts=Counts(1202, 1202, 0, 1202, 0, 0, 0))])

    assert "and 202 more; the JSON report lists every cell" in html


def test_a_notebook_shows_a_fragment() -> None:
    """A notebook's page already has a head and a body."""
    html = GOOD._repr_html_()

    assert "<body" not in html
    assert "all 84 formula cells agree with Keras" in html


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [LIGHT, {**LIGHT, **DARK}], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "dim", "good", "bad", "carried", "open", "aside"])
@pytest.mark.parametrize("paper", ["paper", "card"])
def test_every_text_stands_out_from_its_background(theme: dict[str, str], ink: str, paper: str) -> None:
    """Contrast of at least 4.5 to 1, in light and in dark."""
    lighter, darker = sorted((luminance(theme[ink]), luminance(theme[paper])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_it_is_a_whole_page_unless_a_part_is_asked_for() -> None:
    """A browser opens the one; a notebook shows the other among its own."""
    page, part = render_html([GOOD]), render_html([GOOD], fragment=True)

    assert page.lstrip().lower().startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert "<html" not in part
