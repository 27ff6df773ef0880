"""The documentation: it builds as a site without a warning and without a network, and its links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github"
PAGES = sorted((FOLDER / "docs").glob("*.md"))
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.mkdocs
def test_the_site_builds_and_shows_every_command_and_call(tmp_path: Path) -> None:
    """Each page becomes one of the site, and the reference is made from the code: each option, each docstring."""
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "--strict", "-f", str(FOLDER / "mkdocs.yml"), "-d"]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    subprocess.run([*command, str(tmp_path)], check=True, env=environment, capture_output=True, cwd=FOLDER)
    commands, calls = ((tmp_path / name).read_text(encoding="utf-8") for name in ("commands.html", "python.html"))

    assert {path.stem for path in PAGES} <= {path.stem for path in tmp_path.glob("*.html")}
    assert all(name in commands for name in ("xlcheck check", "--perturb", "xlcheck compare", "xlcheck train imdb"))
    assert "Recalculate a saved workbook and compare every formula cell with Keras" in calls
    assert not re.findall(r'(?:src|href)="https?://[^"]*\.(?:js|css|woff2?)"', commands)


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES, *sorted(FOLDER.glob("*.md"))], ids=lambda path: path.name)
def test_links_lead_to_files_of_the_repository(page: Path) -> None:
    """No page points to a file that was moved or renamed."""
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []
