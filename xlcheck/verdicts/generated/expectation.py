"""What a generated workbook says it should compute, and whether that can be believed.

The manifest comes out of a file, which may be damaged or made to mislead; nothing is computed
with it before it fits together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from xlcheck.errors import ManifestError, NothingCheckedError, WorkbookError
from xlcheck.formulas.addresses import Range
from xlcheck.graph.expressions import OneHot
from xlcheck.graph.quantities import Graph
from xlcheck.learning.forward import forward_graph
from xlcheck.model.option_values import sizes
from xlcheck.verdicts.placement import require_fit
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.looks.as_built import built_sheets
from xlcheck.workbook.manifest import SHEET, Manifest, manifest_of, manifest_sheet
from xlcheck.workbook.naming import sheet_name
from xlcheck.workbook.sheet_cells import MAX_CELLS

# A larger tolerance would let mistakes pass, whoever wrote it into the file.
_MAX_TOLERANCE = 1e-6


def expectation_of(content: WorkbookContent) -> tuple[Manifest, Graph]:
    """The manifest of a workbook and the graph of its model.

    Raises:
        WorkbookError: xlcheck did not make the workbook, or a worksheet is missing.
        NothingCheckedError: a worksheet was renamed.
        ManifestError: its manifest is damaged, missing, or contradicts itself.
        NotSupportedError: the workbook is of a newer version that knows more layers.
    """
    manifest = manifest_of(content)
    if manifest is None:
        raise WorkbookError(
            f"{content.path} was not made by xlcheck; pass --bind FILE or --model MODEL.keras to say what it should "
            "compute"
        )
    try:
        _require_size(manifest)
        graph = _graph(manifest)
        fault = next(_faults(manifest, graph), None)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        fault = f"{type(error).__name__}: {error}"
    if fault is not None:
        raise ManifestError(
            f"{content.path}: the hidden worksheet {SHEET!r}, which says what the workbook should compute, contradicts "
            f"itself ({fault}); build the workbook again"
        )
    _require_sheets(content, manifest)
    return manifest, graph


def own_sheets(manifest: Manifest) -> frozenset[str]:
    """The worksheets that xlcheck made, on which every formula cell must belong to something.

    The names of layers are among them, since nothing may be said of a whole worksheet.
    """
    return frozenset(area.sheet for area in _areas(manifest)) | {
        sheet_name(layer.name, ()) for layer in manifest.spec.layers
    }


def _require_size(manifest: Manifest) -> None:
    """Refuse a model that is larger than its own values before anything of that size is built.

    Raises:
        ValueError: it is.
    """
    elements = sum(values.size for values in manifest.trace.values.values())
    layers = [*manifest.spec.layers]
    found = [size for item in manifest.spec.inputs for size in item.shape]
    while layers:
        layer = layers.pop()
        layers += layer.inner
        found += [*sizes(layer.kind, layer.options), *(size for shape in layer.weights.values() for size in shape)]
    if (largest := max(found, default=0)) > elements:
        raise ValueError(f"a model with {largest} of anything has more than {elements} values")


def _graph(manifest: Manifest) -> Graph:
    """The quantities that a workbook shows: of a forward pass, of a batch, or of an epoch of a training."""
    if manifest.batch is not None:
        from xlcheck.learning.optimisers.batch import batch_graph

        if manifest.batch.samples != len(manifest.samples):
            raise ValueError(f"a batch of {manifest.batch.samples} and {len(manifest.samples)} samples")
        return batch_graph(manifest.spec, manifest.batch)
    if manifest.epochs is None:
        return forward_graph(manifest.spec)
    from xlcheck.learning.optimisers.table import epoch_graph

    return epoch_graph(manifest.spec, manifest.epochs.samples).scalars


def _faults(manifest: Manifest, graph: Graph) -> Iterator[str]:
    """What does not fit together, in words."""
    samples = len(manifest.samples)
    if not samples:
        yield "it has no samples"
    for q in graph:
        shape = q.shape if q.is_weight else (samples, *q.shape)
        whole = all(type(size) is int for size in shape)
        if not whole or q.name not in manifest.trace or manifest.trace[q.name].shape != shape:
            yield f"it has no values of the shape {shape} for {q.name}"
    for binding in manifest.bindings:
        require_fit(binding, graph[binding.quantity].shape)
        sample, weight = binding.sample, graph[binding.quantity].is_weight
        if sample is not None and (weight or type(sample) is not int or sample not in range(samples)):
            yield f"{binding.area} shows {binding.quantity} of a sample that does not exist"
    yield from _gaps(manifest, graph, samples)
    yield from _formula_faults(manifest, samples)
    yield from _column_faults(manifest, graph, samples)
    if sum(area.size for area in [*(f.area for f in manifest.filled), *(c.area for c in manifest.copies)]) > MAX_CELLS:
        yield "it speaks of more cells than a workbook may have"
    if not (0 <= manifest.atol <= _MAX_TOLERANCE and 0 <= manifest.rtol <= _MAX_TOLERANCE):
        yield f"it allows differences of more than {_MAX_TOLERANCE:g}"
    if manifest.selector is not None and manifest.selector.size != 1:
        yield "its samples are selected by more than one cell"


def _gaps(manifest: Manifest, graph: Graph, samples: int) -> Iterator[str]:
    """What the model computes and the manifest leaves out: a check of less would prove less than it says."""
    bound = {binding.quantity for binding in manifest.bindings}
    table = manifest.epochs
    for q in graph:
        # A one-hot vector need not stand anywhere: formulas use the place of its 1 instead.
        if q.name not in bound and not isinstance(q.expr, OneHot):
            yield f"it does not say where {q.name} stands"
        if table is not None and q.expr is not None and q.name not in table.columns:
            yield f"it does not say where {q.name} stands in each epoch"
    follows = any(b.sample is None and not graph[b.quantity].is_weight for b in manifest.bindings)
    if manifest.selector is None and samples > 1 and follows:
        yield f"it has {samples} samples and no cell that selects one"


def _formula_faults(manifest: Manifest, samples: int) -> Iterator[str]:
    """What is wrong with the formula cells that are no quantities."""
    for helper in manifest.helpers:
        if helper.cell.size != 1 or len(helper.desired) not in {1, samples}:
            yield f"nothing says what {helper.cell} should give"
    for formula, desired in _written(manifest):
        if type(formula) is not str or not all(type(value) in {int, float, str, bool} for value in desired):
            yield f"{formula!r} is no formula with a value"


def _column_faults(manifest: Manifest, graph: Graph, samples: int) -> Iterator[str]:
    """What is wrong with the columns of formulas that are no quantities."""
    for filled in manifest.filled:
        if filled.area.columns != 1 or len(filled.desired) not in {0, 1, samples}:
            yield f"nothing says what {filled.area} should give"
    if not manifest.filled and not manifest.copies:
        return
    bands = {band.name: members for band, members in graph.bands().items()}
    placed = {b.quantity for b in manifest.bindings if b.sample is None}
    shown = [(f.area, f.band) for f in manifest.filled if f.band] + [(c.area, c.band) for c in manifest.copies]
    for area, band in shown:
        if area.columns != 1 or area.rows != sum(math.prod(q.shape) for q in bands.get(band, ())):
            yield f"{area} cannot show {band}"
    for copy in manifest.copies:
        if not {q.name for q in bands[copy.band]} <= placed:
            yield f"{copy.area} shows {copy.band}, which stands nowhere"


def _written(manifest: Manifest) -> Iterator[tuple[str, tuple[float | str, ...]]]:
    """Every formula that a helper was written with, and what it should give."""
    for helper in manifest.helpers:
        yield helper.formula, helper.desired
    for filled in manifest.filled:
        yield filled.formula, filled.desired


def _require_sheets(content: WorkbookContent, manifest: Manifest) -> None:
    missing = sorted({area.sheet for area in _areas(manifest)} - set(content.sheets))
    hidden = manifest_sheet(content)
    built = built_sheets(hidden) if missing and hidden is not None else frozenset()
    added = [name for name, sheet in content.sheets.items() if name not in built and sheet is not hidden]
    if built and len(missing) == len(added) == 1:  # programs let formulas follow, so that all may be right
        raise NothingCheckedError(
            f"{content.path}: the worksheet {missing[0]!r} is called {added[0]!r} now, and was not checked; call "
            f"it {missing[0]!r} again, or build the workbook again"
        )
    if missing:
        raise WorkbookError(
            f"{content.path}: worksheet {missing[0]!r} was deleted or renamed; "
            "give it its name back, or build the workbook again"
        )


def _areas(manifest: Manifest) -> list[Range]:
    """Every range that a manifest speaks of."""
    return [
        *(b.area for b in manifest.bindings),
        *(h.cell for h in manifest.helpers),
        *(f.area for f in manifest.filled),
        *(c.area for c in manifest.copies),
        *([manifest.selector] if manifest.selector is not None else []),
        *(table.area for table in manifest.tables),
    ]
