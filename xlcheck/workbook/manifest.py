"""The manifest: what travels inside a generated workbook so that it can be checked without Keras.

It is one JSON text on a very-hidden worksheet, cut into cells of at most 32,000 characters in
column A (Excel allows 32,767). Arrays are base64 of little-endian float64, so that they are
exact to the last bit also after another program has saved the file.

The first cell seals the text: its length and its SHA-256 digest. That shows a text that was cut off
or changed by accident. It is no protection from somebody who wants to deceive, and who could seal
another text; what such a text leaves out is noticed by `xlcheck.verdicts`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.documents import parse_json
from xlcheck.errors import ManifestError
from xlcheck.formulas.addresses import Range, parse_range, quote_sheet
from xlcheck.frozen import dataclass
from xlcheck.graph.trace import Trace
from xlcheck.model.model_spec import ModelSpec
from xlcheck.workbook.bindings import Binding, Copy, FilledHelper, Helper, helpers_from_json, helpers_to_json
from xlcheck.workbook.content import SheetContent, WorkbookContent
from xlcheck.workbook.origin import is_generated as looks_generated, rebuilding
from xlcheck.workbook.views import View, in_view

# What only the workbooks of a training need is imported where it is used.
if TYPE_CHECKING:
    from xlcheck.learning.optimisers.batch import Batch
    from xlcheck.workbook.epoch_table import EpochTable

SHEET = "xlcheck"
FORMAT = 5
"""4 has an item for each helper (see `bindings`)."""
OLDER = (2, 3)
"""Those that say less of how what is no quantity was written (see `fingerprint`); 2 has a digest of its text alone."""
_CHUNK = 32_000
_SEAL = re.compile(r'\{"format": \d+, "characters": \d+, "sha256": "[0-9a-f]{64}"\}')
_OWN_REFERENCE = re.compile(rf"(?<![\w.']){SHEET}!")


@dataclass(frozen=True)
class Manifest:
    """What a generated workbook says of itself.

    Attributes:
        trace: Keras's float64 values of every quantity for every sample, weights and inputs included.
        prediction: the float32 model's output as trained, `(samples, …)`.
        bindings: where every quantity stands.
        helpers: every other formula cell, except those of `filled`.
        samples: a short text for each sample, as the worksheet shows it.
        selector: the cell that selects the sample (it holds 1, 2, …), or None.
        provenance: seed, versions, hash of the weights, the command that rebuilds the file.
        atol: the tolerance that the trace was verified with, absolute.
        rtol: the same, relative to each quantity's largest magnitude.
        filled: columns of formula cells that are no quantities.
        copies: columns of formula cells that show bands once more.
        epochs: the table of epochs of a training; the other fields then speak of its first epoch, whose
            quantities are those of `epoch_graph`.
        nudges: the table of the forward passes of a training with one weight nudged.
        batch: the backward pass of a batch, if there is one; the quantities are then those of `batch_graph`.
        views: formula cells that show what other cells choose; `manifest_of` adds a helper for each.
    """

    spec: ModelSpec
    trace: Trace
    prediction: Array
    bindings: tuple[Binding, ...]
    helpers: tuple[Helper, ...]
    samples: tuple[str, ...]
    selector: Range | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
    atol: float = 1e-14
    rtol: float = 0.0
    filled: tuple[FilledHelper, ...] = ()
    copies: tuple[Copy, ...] = ()
    epochs: EpochTable | None = None
    nudges: EpochTable | None = None
    batch: Batch | None = None
    views: tuple[View, ...] = ()

    def to_chunks(self) -> list[str]:
        """The JSON text, sealed and cut for one cell each."""
        data = {
            "spec": self.spec.to_json(),
            "trace": {"source": self.trace.source, "values": {k: _encode(v) for k, v in self.trace.values.items()}},
            "prediction": _encode(self.prediction),
            "bindings": [[b.quantity, str(b.area), b.sample, b.transposed] for b in self.bindings],
            "helpers": helpers_to_json(self.helpers),
            **(
                {"filled": [[str(f.area), f.formula, list(f.desired), f.atol, f.band] for f in self.filled]}
                if self.filled
                else {}
            ),
            **({"copies": [[str(c.area), c.band] for c in self.copies]} if self.copies else {}),
            **({"epochs": _encode_epochs(self.epochs)} if self.epochs is not None else {}),
            **({"nudges": _encode_epochs(self.nudges)} if self.nudges is not None else {}),
            **({"batch": self.batch.to_json()} if self.batch is not None else {}),
            **({"views": [view.to_json() for view in self.views]} if self.views else {}),
            "samples": list(self.samples),
            "selector": None if self.selector is None else str(self.selector),
            "provenance": dict(self.provenance),
            "atol": self.atol,
            "rtol": self.rtol,
        }
        return sealed(json.dumps(data, ensure_ascii=True, separators=(",", ":")))

    @property
    def tables(self) -> tuple[EpochTable, ...]:
        """Those of `epochs` and `nudges` that there are."""
        return tuple(table for table in (self.epochs, self.nudges) if table is not None)

    @staticmethod
    def from_chunks(chunks: Sequence[str], sheet: str = SHEET) -> Manifest:
        """Rebuild from the cells' texts.

        Args:
            chunks: the texts.
            sheet: the worksheet they stand on; what the manifest says of its own is said of that one.

        Raises:
            ValueError: the text is damaged, or of a format this version does not know.
        """
        text = _unsealed(chunks)
        if sheet != SHEET:
            text = _OWN_REFERENCE.sub(lambda _: json.dumps(f"{quote_sheet(sheet)}!")[1:-1], text)
        try:
            return _decode_manifest(parse_json(text))
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from error


def sealed(text: str, version: int = FORMAT) -> list[str]:
    """The seal of a text in a format that can be read, and the text, for one cell each."""
    seal = {"format": version, "characters": len(text), "sha256": _digest(text, version)}
    return [json.dumps(seal), *(text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK))]


def _unsealed(chunks: Sequence[str]) -> str:
    """The text behind a seal.

    Raises:
        ValueError: it is not the text that was sealed.
    """
    first, *rest = chunks or ("",)
    if _SEAL.fullmatch(first) is None:
        raise ValueError("its seal is missing")
    seal = parse_json(first)
    if seal["format"] not in (*OLDER, 4, FORMAT):
        raise ValueError(f"format {seal['format']} instead of {FORMAT}")
    text = "".join(rest)
    if len(text) != seal["characters"]:
        raise ValueError(f"{len(text)} of {seal['characters']} characters are there")
    if _digest(text, seal["format"]) != seal["sha256"]:
        raise ValueError("its text was changed after the workbook was built")
    return text


def _digest(text: str, version: int) -> str:
    sealed_text = text if version == OLDER[0] else f"{version}\n{text}"
    return hashlib.sha256(sealed_text.encode("utf-8", "surrogatepass")).hexdigest()


def manifest_of(content: WorkbookContent) -> Manifest | None:
    """The manifest that travels in a workbook, on whatever worksheet; None if xlcheck did not make it.

    Raises:
        ManifestError: xlcheck made the workbook, and its manifest is damaged or missing.
    """
    sheet = manifest_sheet(content)
    if sheet is None:
        _require_other_maker(content)
        return None
    chunks = [str(cell.value) for (_, column), cell in sorted(sheet.cells.items()) if column == 0]
    try:
        manifest = Manifest.from_chunks(chunks, sheet.name)
        views = in_view(manifest.views, manifest.trace, content)
        return replace(manifest, helpers=(*manifest.helpers, *views))
    except (ValueError, LookupError) as error:
        raise ManifestError(
            f"{content.path}: the hidden worksheet {sheet.name!r}, which says what the workbook should compute, is "
            f"damaged ({error}); build the workbook again"
        ) from error


def is_generated(content: WorkbookContent) -> bool:
    """Whether xlcheck made a workbook, even if its manifest is damaged or missing."""
    return manifest_sheet(content) is not None or looks_generated(content)


def manifest_sheet(content: WorkbookContent) -> SheetContent | None:
    """The worksheet that holds the manifest; by its name, or else by its seal.

    Raises:
        ManifestError: there are several.
    """
    if SHEET in content.sheets:
        return content.sheets[SHEET]
    sealed_sheets = [sheet for sheet in content.sheets.values() if _has_seal(sheet)]
    if len(sealed_sheets) > 1:
        names = " and ".join(repr(sheet.name) for sheet in sealed_sheets)
        raise ManifestError(
            f"{content.path}: the worksheets {names} each say what the workbook should compute; delete the wrong one"
        )
    return sealed_sheets[0] if sealed_sheets else None


def is_older(sheet: SheetContent) -> bool:
    """Whether the worksheet with the manifest was written by an xlcheck that left a smaller fingerprint, or none."""
    return _has_seal(sheet) and parse_json(str(sheet.cells[0, 0].value))["format"] in OLDER


def _has_seal(sheet: SheetContent) -> bool:
    first = sheet.cells.get((0, 0))
    return first is not None and isinstance(first.value, str) and _SEAL.fullmatch(first.value) is not None


def _require_other_maker(content: WorkbookContent) -> None:
    """A workbook without a manifest is one that xlcheck did not make.

    Raises:
        ManifestError: it made the workbook.
    """
    if looks_generated(content):
        command = rebuilding(content)
        again = f"build it again{f' ({command})' if command else ''}"
        raise ManifestError(
            f"{content.path} was made by xlcheck, but the hidden worksheet that says what it should compute is missing "
            f"or damaged; {again}, or say what its cells hold with --bind FILE"
        )


def _decode_manifest(data: Mapping[str, Any]) -> Manifest:
    return Manifest(
        spec=ModelSpec.from_json(data["spec"]),
        trace=Trace(data["trace"]["source"], {k: _decode(v) for k, v in data["trace"]["values"].items()}),
        prediction=_decode(data["prediction"]),
        bindings=tuple(Binding(q, parse_range(a), s, t) for q, a, s, t in data["bindings"]),
        helpers=helpers_from_json(data["helpers"]),
        filled=tuple(
            FilledHelper(parse_range(a), f, tuple(d), atol, band) for a, f, d, atol, band in data.get("filled", ())
        ),
        copies=tuple(Copy(parse_range(area), band) for area, band in data.get("copies", ())),
        epochs=_decode_epochs(data["epochs"]) if "epochs" in data else None,
        nudges=_decode_epochs(data["nudges"]) if "nudges" in data else None,
        batch=_decode_batch(data["batch"]) if "batch" in data else None,
        views=tuple(map(View.from_json, data.get("views", ()))),
        samples=tuple(data["samples"]),
        selector=None if data["selector"] is None else parse_range(data["selector"]),
        provenance=dict(data["provenance"]),
        atol=float(data["atol"]),
        rtol=float(data["rtol"]),
    )


def _encode(array: Array) -> list[Any]:
    little_endian = np.ascontiguousarray(array, dtype="<f8")
    return [list(little_endian.shape), base64.b64encode(little_endian.tobytes()).decode("ascii")]


def _decode(item: Sequence[Any]) -> Array:
    shape, text = item
    return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f8").reshape(shape).astype(np.float64)


def _encode_epochs(table: EpochTable) -> dict[str, Any]:
    """Values of computed quantities only, as one matrix; what an epoch is given follows from them."""
    return {
        "area": str(table.area),
        "columns": dict(table.columns),
        "before": dict(table.before),
        "values": _encode(np.hstack([table.values[name] for name in table.columns])),
        "samples": table.samples,
        "atol": table.atol,
        "own": dict(table.own),
        "row": table.row,
    }


def _decode_batch(data: list[Any]) -> Batch:
    from xlcheck.learning.optimisers.batch import Batch

    return Batch.from_json(data)


def _decode_epochs(data: Mapping[str, Any]) -> EpochTable:
    from xlcheck.workbook.epoch_table import EpochTable

    columns = dict(data["columns"])
    matrix = _decode(data["values"])
    return EpochTable(
        parse_range(data["area"]),
        columns,
        dict(data["before"]),
        {name: matrix[:, [place]] for place, name in enumerate(columns)},
        int(data["samples"]),
        float(data["atol"]),
        dict(data["own"]),
        str(data["row"]),
    )
