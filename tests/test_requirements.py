"""The markers for programs and libraries that may be missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from xlcheck.errors import install_command

CONFTEST = Path(__file__).with_name("conftest.py")
TEST = "import pytest\n@pytest.mark.chromium\ndef test_it(): pass\n"


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
@pytest.mark.exhaustive
def test_a_missing_program_skips_here_and_fails_in_ci(tmp_path: Path, ci: str, outcome: str) -> None:
    """A test whose program is missing is skipped with the reason, but in CI it fails: there nothing may be left out."""
    for name in ("conftest.py", "thorough.py", "left_out.txt", "left_to_all.txt"):
        shutil.copy(CONFTEST.with_name(name), tmp_path / name)
    (tmp_path / "test_it.py").write_text(TEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = chromium\n")
    search = os.pathsep.join(filter(None, [str(CONFTEST.parent.parent), os.environ.get("PYTHONPATH", "")]))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", tmp_path],
        env={**os.environ, "PATH": "", "CI": ci, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )

    assert outcome in run.stdout
    assert "Chromium is not installed" in run.stdout
    assert (run.returncode == 0) == (not ci)


@pytest.mark.parametrize(
    ("origin", "source"),
    [
        (None, "xlcheck"),
        ('{"url": "https://example.org/xlcheck.whl", "archive_info": {}}', "xlcheck"),
        ('{"url": "file:///gone", "dir_info": {}}', "xlcheck"),
        ("{", "xlcheck"),
        ('{"url": "file://{folder}", "dir_info": {"editable": true}}', "{folder}"),
    ],
)
def test_what_is_missing_is_installed_from_where_xlcheck_was(
    origin: str | None, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that a message names works from a checkout, too; without one it names the package."""
    folder = tmp_path / "my checkout"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    text = None if origin is None else origin.replace("{folder}", str(folder).replace(" ", "%20"))
    known = SimpleNamespace(read_text=lambda name: text if name == "direct_url.json" else None)
    monkeypatch.setattr("importlib.metadata.distribution", lambda name: known)

    assert install_command("keras") == f'pip install "{source.replace("{folder}", str(folder))}[keras]"'
