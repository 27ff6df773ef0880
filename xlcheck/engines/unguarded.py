"""The engines themselves, by their names."""

from __future__ import annotations

from xlcheck.engines.base import Engine


def unguarded(name: str) -> Engine:
    """The engine of that name, in this process; its library is imported only now.

    Raises:
        MissingDependencyError: it is not installed.
    """
    if name == "ironcalc":
        from xlcheck.engines.ironcalc import IronCalc

        return IronCalc()
    if name == "cellrune":
        from xlcheck.engines.cellrune import CellRune

        return CellRune()
    if name == "formulon":
        from xlcheck.engines.formulon import Formulon

        return Formulon()
    from xlcheck.engines.libreoffice import LibreOffice

    return LibreOffice()
