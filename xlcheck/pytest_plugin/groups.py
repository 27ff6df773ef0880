"""The quantities of a generated workbook that a check looks at, read from the file without recalculating it."""

from __future__ import annotations

from collections.abc import Iterator

from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import Range
from xlcheck.learning.forward import forward_graph
from xlcheck.verdicts.messages import others_on
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest, manifest_of

Place = tuple[str, int, int]

CONSTANTS = "inputs and weights"
"""The group of everything that is typed in; what belongs to no other group is found here."""


def groups_in(content: WorkbookContent) -> tuple[str, ...]:
    """Names of the groups of formula cells, in calculation order, and the group of the constants.

    Raises:
        WorkbookError: xlcheck did not write the workbook, or its hidden worksheet is damaged.
    """
    manifest = manifest_of(content)
    if manifest is None:
        raise WorkbookError(
            f"{content.path} was not written by xlcheck, so nobody knows what it should compute; "
            "put bindings beside it (xlcheck bind FILE), or check it with xlcheck_workbook(path, model=…, inputs=…)"
        )
    return (*dict.fromkeys(_groups(content, manifest)), CONSTANTS)


def _groups(content: WorkbookContent, manifest: Manifest) -> Iterator[str]:
    graph = forward_graph(manifest.spec)
    others = [*(helper.cell for helper in manifest.helpers), *(filled.area for filled in manifest.filled)]
    helpers = {place for area in others for place in _places(area)}
    formulas = {
        (name, row, column)
        for name, sheet in content.sheets.items()
        for (row, column), cell in sheet.cells.items()
        if cell.formula is not None
    }
    bound: set[Place] = set()
    live: set[str] = set()
    for binding in manifest.bindings:
        places = set(_places(binding.area))
        bound |= places
        is_computed = binding.quantity in graph and graph[binding.quantity].expr is not None
        if is_computed or not helpers.isdisjoint(places) or not formulas.isdisjoint(places):
            live.add(binding.quantity)
    yield from (q.name for q in graph if q.name in live)
    yield from (others_on(sheet) for sheet, row, column in sorted(helpers - bound))


def _places(area: Range) -> Iterator[Place]:
    return ((area.sheet, row, column) for row, column in area.cells())
