"""A trained text model in one file: Keras's own `.keras`, with its vocabulary and pre-processing inside.

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

from xlcheck.chapter.training.save import save_model
from xlcheck.documents import parse_json
from xlcheck.errors import ModelError
from xlcheck.files import replacing
from xlcheck.model.encoding import Encoding

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
        with zipfile.ZipFile(path) as archive:
            if MEMBER not in archive.namelist():
                return None
            member = archive.getinfo(MEMBER)
            if member.file_size > _LARGEST_MEMBER:
                raise ModelError(f"{path}: {MEMBER} unpacks to {member.file_size:,} bytes, too many for a vocabulary")
            content = parse_json(archive.read(member))
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}): check the path") from error
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
