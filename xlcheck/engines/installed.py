"""Whether an engine's library is there, and in which version."""

from __future__ import annotations

from importlib import import_module

from xlcheck.errors import MissingDependencyError


def installed_version(library: str, at_least: tuple[int, int]) -> str:
    """The version of an engine's library.

    Raises:
        MissingDependencyError: it is missing or too old.
    """
    major, minor = at_least
    advice = f'run: pip install "{library}>={major}.{minor},<{major}.{minor + 1}", or choose another --engine'
    try:
        found = _version_of(library)
    except ImportError:
        raise MissingDependencyError(f"the engine {library} is not installed; {advice}") from None
    # On platforms without a wheel pip installs an empty placeholder of version 0.0.1.
    if tuple(int(part) for part in found.split(".")[:2] if part.isdigit()) < at_least:
        raise MissingDependencyError(
            f"the engine {library} is installed in version {found}, which is too old; {advice}"
        )
    return found


def _version_of(library: str) -> str:
    known = getattr(import_module(library), "__version__", None)
    if known is None:
        # Thirty times as slow as asking the library.
        from importlib.metadata import version

        known = version(library)
    return str(known)
