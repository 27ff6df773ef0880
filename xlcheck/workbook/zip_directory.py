"""What a zip archive's table of contents must be like, so that every program unpacks the same parts from it.

Readers differ in which of two parts of one name they take, in whether they believe the table of contents or
what stands before each part, and in what they make of bytes before, between and behind. Source: PKWARE,
"APPNOTE.TXT", sections 4.3 and 4.4; ECMA-376, part 2, section 6.2.2 for the names of parts.
"""

from __future__ import annotations

import os
import posixpath
import re
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from xlcheck.errors import WorkbookError
from xlcheck.sizes import ARCHIVES, excess
from xlcheck.workbook.file_kinds import kind_of_archive

_ENCRYPTED, _SIZES_FOLLOW = 0x1, 0x8
_END = b"PK\x05\x06"
_END_BYTES = 22
# Signature, version, flags, method, time, date, checksum, packed and unpacked size, length of the name and of the rest.
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_LOCAL_MAGIC = b"PK\x03\x04"
_FIELD = struct.Struct("<HH")
_UNICODE_PATH, _BEFORE_NAME = 0x7075, 5  # a version and a checksum
_IN_ZIP64 = 0xFFFFFFFF
_ENCODED = re.compile("(?:%[0-9A-Fa-f]{2})+")


def require_clear(path: Path, file: BinaryIO, archive: ZipFile) -> None:
    """Refuse an archive that is no workbook, is too large, or of which programs may unpack different things.

    Raises:
        WorkbookError: it is one.
    """
    infos = archive.infolist()
    kind = kind_of_archive({info.filename for info in infos})
    if kind is not None:
        raise WorkbookError(f"{path} {kind}")
    too_large = excess(infos, ARCHIVES[".xlsx"])
    if too_large is not None:
        raise WorkbookError(
            f"{path} {too_large}; xlcheck does not unpack it (a zip bomb?); split the workbook if it is a real one"
        )
    for info in infos:
        if not info.filename.strip("/"):
            raise WorkbookError(
                f"{path} contains a part without a name, so it is not clear what it says; save it again"
            )
        if info.flag_bits & _ENCRYPTED:
            raise WorkbookError(f"{path} is protected by a zip password; unpack and save it without one")
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise WorkbookError(
                f"{path} is packed in a way that Excel does not read (part {info.filename}); save it again as .xlsx"
            )
    name, count = Counter(canonical(info.filename) for info in infos).most_common(1)[0]
    if count > 1:
        raise WorkbookError(f"{path} contains the part {name} twice, so it is not clear what it says; save it again")
    _require_one_reading(path, file, archive, infos)


def canonical(name: str) -> str:
    """A part's name as Office compares names: without case, one separator, and no character written as its number."""
    return posixpath.normpath("/" + decoded(name).replace("\\", "/")).lstrip("/").casefold()


def decoded(name: str) -> str:
    """A part's name without characters that are written as their numbers (`%20`)."""
    return _ENCODED.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "replace"), name)


def _require_one_reading(path: Path, file: BinaryIO, archive: ZipFile, infos: list[ZipInfo]) -> None:
    """Refuse what a program that does not begin with the table of contents would read otherwise."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES - len(archive.comment)))
    if file.read(4) != _END or _END in archive.comment:
        raise WorkbookError(f"{path} goes on behind its end, so it is not clear what it says; save it again")
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end or (info.header_offset > 0 and end == 0):
            what = "overlap" if info.header_offset < end else "do not begin where the file does"
            raise WorkbookError(f"{path} contains parts that {what}, so it is not clear what it says; save it again")
        file.seek(info.header_offset)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(_LOCAL_MAGIC):
            raise _other_header(path, info)
        _, _, flags, method, _, _, crc, packed, unpacked, name_length, rest_length = _LOCAL.unpack(header)
        name, rest = file.read(name_length), file.read(rest_length)
        given = (crc, packed, unpacked)
        sizes_fit = flags & _SIZES_FOLLOW or _IN_ZIP64 in given or given == (
            info.CRC, info.compress_size, info.file_size,
        )  # fmt: skip
        encoded = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")
        # From Python 3.13 on, the name of a part is the other one already, if it has one.
        others = {*_other_names(rest), *_other_names(info.extra)} - {info.orig_filename.encode()}
        if others or name != encoded or method != info.compress_type or not sizes_fit:
            raise _other_header(path, info)
        end = info.header_offset + _LOCAL.size + name_length + rest_length + info.compress_size


def _other_names(extra: bytes) -> Iterator[bytes]:
    """The names that the extra fields of a part give it: some programs unpack it under such a name."""
    while len(extra) >= _FIELD.size:
        kind, size = _FIELD.unpack_from(extra)
        if kind == _UNICODE_PATH:
            yield extra[_FIELD.size + _BEFORE_NAME : _FIELD.size + size]
        extra = extra[_FIELD.size + size :]


def _other_header(path: Path, info: ZipInfo) -> WorkbookError:
    return WorkbookError(
        f"{path} is damaged: its table of contents says something else about {info.filename!r} than stands before that "
        "part; save it again"
    )
