"""Whether an engine's library is there, asked without importing it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from xlcheck.errors import MissingDependencyError


def installed_version(library: str, at_least: tuple[int, int]) -> str:
    """The version of an engine's library.

    Raises:
        MissingDependencyError: it is missing or too old.
    """
    major, minor = at_least
    advice = f'run: pip install "{library}>={major}.{minor},<{major}.{minor + 1}", or choose another --engine'
    try:
        found = version(library)
    except PackageNotFoundError:
        raise MissingDependencyError(f"the engine {library} is not installed; {advice}") from None
    # On platforms without a wheel pip installs an empty placeholder of version 0.0.1.
    if tuple(int(part) for part in found.split(".")[:2] if part.isdigit()) < at_least:
        raise MissingDependencyError(
            f"the engine {library} is installed in version {found}, which is too old; {advice}"
        )
    return found
