"""Saving a model as `.keras` with the same bytes each time."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from xlcheck.errors import UsageError
from xlcheck.files import replacing

_SAVED = "1980-01-01@00:00:00"  # the earliest time that a zip can hold, as the parts have it


def save_model(model: Any, path: str | Path) -> None:
    """Write a `.keras` file; an existing file is replaced as a whole or not at all.

    Keras stamps the file with the time of day; here the times are fixed and nothing is compressed,
    so that one model always gives the same file.

    Raises:
        UsageError: the name does not end in `.keras`, or the file cannot be written there.
    """
    path = Path(path)
    if path.suffix != ".keras":
        raise UsageError(f"{path}: the name of a saved model must end in .keras")
    with replacing(path) as temporary:
        model.save(temporary)
        parts = _parts(temporary)
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            for name, content in parts.items():
                archive.writestr(zipfile.ZipInfo(name), content)


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    metadata = json.loads(parts["metadata.json"])
    parts["metadata.json"] = json.dumps(metadata | {"date_saved": _SAVED}).encode()
    parts["config.json"] = _renumbered(parts["config.json"])
    return parts


def _renumbered(config: bytes) -> bytes:
    """Keras marks objects that several layers share by their addresses in memory; here they are counted."""
    numbers: dict[int, int] = {}

    def renumber(item: dict[str, Any]) -> dict[str, Any]:
        if "shared_object_id" in item:
            item["shared_object_id"] = numbers.setdefault(item["shared_object_id"], len(numbers) + 1)
        return item

    return json.dumps(json.loads(config, object_hook=renumber)).encode()
