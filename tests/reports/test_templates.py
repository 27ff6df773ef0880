"""Templates of pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from xlcheck.reports.templates import resource, template


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with a template."""
    folder = tmp_path / "some_pages"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "page.html").write_text("<p>\n  {% if name %}\n{{ name | doubled }}é\n  {% endif %}\n</p>", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "some_pages"


def test_every_text_is_escaped_and_lines_of_commands_leave_nothing(package: str) -> None:
    """What somebody wrote into a workbook is a text on the page, whatever it looks like; filters are those given."""
    page = template(package, "page.html", doubled=lambda text: text * 2)

    assert page.render(name="<b>&") == "<p>\n&lt;b&gt;&amp;&lt;b&gt;&amp;é\n</p>"


def test_a_name_that_nobody_fills_is_an_error(package: str) -> None:
    """And no gap on the page."""
    with pytest.raises(UndefinedError, match="name"):
        template(package, "page.html", doubled=str).render()


def test_a_file_that_is_not_there_is_an_error(package: str) -> None:
    """Styles are read from the package that names them."""
    assert resource(package, "page.html").startswith("<p>")
    with pytest.raises(FileNotFoundError):
        resource(package, "style.css")
