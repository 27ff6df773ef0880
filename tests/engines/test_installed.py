"""Whether an engine's library is there."""

from __future__ import annotations

from importlib.metadata import version
from types import SimpleNamespace

import pytest

from xlcheck.engines import installed
from xlcheck.engines.installed import installed_version
from xlcheck.errors import MissingDependencyError


@pytest.mark.parametrize(("library", "at_least"), [("ironcalc", (0, 9)), ("cellrune", (0, 2))])
def test_gives_the_version(library: str, at_least: tuple[int, int]) -> None:
    """A library that is there and new enough gives its version, whether or not it says so itself."""
    assert installed_version(library, at_least) == version(library)


def test_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library says how to install it."""

    def missing(_: str) -> None:
        raise ImportError

    monkeypatch.setattr(installed, "import_module", missing)
    with pytest.raises(MissingDependencyError) as caught:
        installed_version("ironcalc", (0, 9))

    assert str(caught.value) == (
        'the engine ironcalc is not installed; run: pip install "ironcalc>=0.9,<0.10", or choose another --engine'
    )


def test_placeholder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The empty package that pip installs on platforms without a build is not taken for the engine."""
    monkeypatch.setattr(installed, "import_module", lambda _: SimpleNamespace(__version__="0.0.1"))
    with pytest.raises(
        MissingDependencyError, match=r"^the engine ironcalc is installed in version 0.0.1, which is too"
    ):
        installed_version("ironcalc", (0, 9))
