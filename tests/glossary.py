"""The names of mistakes, and what each of them means, out of the page of the documentation that says so."""

from __future__ import annotations

import re
from pathlib import Path

_PAGE = Path(__file__).parents[1] / ".github" / "docs" / "diagnoses.md"
GLOSSARY = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", _PAGE.read_text(encoding="utf-8"), re.MULTILINE))
