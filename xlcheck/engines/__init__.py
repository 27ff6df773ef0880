"""Formula engines behind one protocol."""

from __future__ import annotations

from xlcheck.engines.base import Engine
from xlcheck.errors import UsageError

ENGINES = ("ironcalc", "cellrune", "libreoffice")


def engine(name: str) -> Engine:
    """The formula engine of that name; its library is imported only now.

    Raises:
        UsageError: there is no such engine.
        MissingDependencyError: it is not installed.
    """
    if name == "ironcalc":
        from xlcheck.engines.ironcalc import IronCalc

        return IronCalc()
    if name == "cellrune":
        from xlcheck.engines.cellrune import CellRune

        return CellRune()
    if name == "libreoffice":
        from xlcheck.engines.libreoffice import LibreOffice

        return LibreOffice()
    raise UsageError(f"There is no formula engine {name!r}; choose one of {', '.join(ENGINES)}")
