"""A trained model in one file with the same bytes each time: Keras's own `.keras`, and inside it a text's vocabulary.

A `.keras` file is a zip. Beside Keras's members it gets one of ours, `xlcheck.json`, which Keras leaves alone:
`keras.saving.load_model` still loads the file, and nobody can use a model with another model's vocabulary.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlcheck.documents import parse_json
from xlcheck.errors import ModelError, UsageError
from xlcheck.files import reading, replacing
from xlcheck.model.encoding import Encoding

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


MEMBER = "xlcheck.json"
FORMAT = 1
_LARGEST_MEMBER = 64 * 1024**2


@dataclass(frozen=True)
class Companion:
    """What travels with a model.

    Attributes:
        encoding: how text becomes what the model reads.
        training: how the model was made, as JSON values: seed, settings, loss of each epoch.
    """

    encoding: Encoding
    training: Mapping[str, Any] = field(default_factory=dict)


def write_model(path: Path, model: Any, companion: Companion) -> None:
    """Save a Keras model together with its companion; an existing file is replaced as a whole or not at all.

    Raises:
        UsageError: the name does not end in `.keras`, or the file cannot be written there.
    """
    content = {"format": FORMAT, "encoding": companion.encoding.to_json(), "training": dict(companion.training)}
    with replacing(path) as temporary:
        save_model(model, temporary)
        with zipfile.ZipFile(temporary, "a", zipfile.ZIP_STORED) as archive:
            archive.writestr(zipfile.ZipInfo(MEMBER), json.dumps(content, ensure_ascii=False))


def read_companion(path: Path) -> Companion | None:
    """What travels with a model; None for a plain `.keras` file. Needs no Keras.

    Raises:
        ModelError: there is no such file, it is no zip, or its companion is damaged or of a later format.
        DataError: the stored encoding is damaged.
    """
    try:
        with reading(path, ModelError, "check the path"), zipfile.ZipFile(path) as archive:
            if MEMBER not in archive.namelist():
                return None
            member = archive.getinfo(MEMBER)
            if member.file_size > _LARGEST_MEMBER:
                raise ModelError(f"{path}: {MEMBER} unpacks to {member.file_size:,} bytes, too many for a vocabulary")
            content = parse_json(archive.read(member))
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise ModelError(f"{path} is not a whole .keras file ({error}): save the model again") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelError(f"{path}: {MEMBER} is not in format {FORMAT}: use the version of xlcheck that wrote it")
    return Companion(Encoding.from_json(content.get("encoding") or {}), content.get("training") or {})


def read_encoding(path: Path, task: str | None = None) -> Encoding:
    """The encoding that travels with a model.

    Args:
        path: the `.keras` file.
        task: what the model must have been trained for, such as `text`.

    Raises:
        ModelError: there is none, or it is for another task.
    """
    companion = read_companion(path)
    if companion is None:
        raise ModelError(f"{path} holds no vocabulary: only models made by 'xlcheck train' can read text")
    encoding = companion.encoding
    if task is not None and encoding.task != task:
        raise ModelError(f"{path} was trained for {encoding.task!r}, not for {task!r}: give another model")
    return encoding
