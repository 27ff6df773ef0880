"""Formula engines behind one protocol."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import get_args

from xlcheck.choices import EngineName, require_known
from xlcheck.engines.base import Engine

ENGINES: tuple[str, ...] = get_args(EngineName)


@cache
def engine(name: str, *, guarded: bool = True) -> Engine:
    """The formula engine of that name; its library is imported only when it is used.

    Args:
        name: one of `ENGINES`.
        guarded: run the others but LibreOffice in a process of their own, which a hostile workbook may crash
            or keep busy without harm. LibreOffice is one anyway.

    Raises:
        UsageError: there is no such engine.
        MissingDependencyError: it is not installed.
    """
    require_known(name, ENGINES, "formula engine")
    found = _unguarded(name)
    if guarded and name != "libreoffice":
        from xlcheck.engines.guarded import Guarded

        return Guarded(found)
    return found


def prepare(engine: Engine, path: Path) -> None:
    """Let an engine that works in another process begin to load a workbook that will be opened next."""
    from xlcheck.engines.guarded import Guarded

    if isinstance(engine, Guarded):
        engine.prepare(path)


def _unguarded(name: str) -> Engine:
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
