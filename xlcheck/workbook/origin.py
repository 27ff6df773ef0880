"""Whether xlcheck made a workbook that lacks its manifest, by what remains of it.

The file's properties name who has written it, and most programs keep that. Where they do not, there are signs on
several worksheets, since somebody may have deleted some of them. One of these may stand in anybody's workbook, two of
them together do not.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcheck.workbook.content import Cell, ConstantCells, WorkbookContent

CREATOR = "xlcheck"
"""Who has written a workbook, as its properties say."""
_ENOUGH = 2
_SENTENCES = 3  # of the legend; one that names inputs, outputs and Keras is the shortest
_COMMAND, _CALL = "xlcheck build ", "xlcheck.build_model("


def is_generated(content: WorkbookContent) -> bool:
    """Whether xlcheck must have made a workbook, going by everything but its manifest."""
    if content.creator == CREATOR:
        return True
    from xlcheck.texts import texts  # which no workbook with its manifest needs

    cells = list(_cells(content))
    shown = {cell.value for cell in cells if isinstance(cell.value, str)}
    signs = (
        len(shown.intersection(texts("sheets")["legend"].values())) >= _SENTENCES,
        any(text.startswith((_COMMAND, _CALL)) for text in shown),
        any(cell.formula is not None and _is_verdict(cell.formula) for cell in cells),
        any(_is_weight(name, content) for name in content.names),
    )
    return sum(signs) >= _ENOUGH


def rebuilding(content: WorkbookContent) -> str | None:
    """The command that builds a workbook again, as its first page states it, if it names a lesson or a file."""
    texts = (cell.value for cell in _cells(content))
    commands = (text for text in texts if isinstance(text, str) and text.startswith(_COMMAND))
    return next((text for text in commands if not text.startswith(f"{_COMMAND}the model ")), None)


def _cells(content: WorkbookContent) -> Iterator[Cell]:
    """All cells but those of large worksheets that hold nothing but constants: weights, samples."""
    for sheet in content.sheets.values():
        if not isinstance(sheet.cells, ConstantCells):
            yield from sheet.cells.values()


def _is_verdict(formula: str) -> bool:
    """Whether a formula says that a number is right, wrong, or no longer applies."""
    return all(f'"{mark}"' in formula for mark in ("✓", "✗", "–"))


def _is_weight(name: str, content: WorkbookContent) -> bool:
    """Whether a defined name is that of a layer's weight, and the layer has a worksheet."""
    layer, dot, weight = name.rpartition(".")
    return bool(dot and weight) and layer in content.sheets and content.names[name].startswith("Weights!")
