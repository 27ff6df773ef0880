"""How large what xlcheck reads may be: one table for workbooks, models, arrays and texts, wherever they are read.

A file can declare, or pack, far more than it holds. What it declares is compared with these limits before
anything of it is unpacked or built, so that a file of kilobytes never takes gigabytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from zipfile import ZipInfo

from xlcheck.frozen import dataclass

MEGABYTE = 1024**2


@dataclass(frozen=True)
class ArchiveLimits:
    """Limits of one kind of zip archive.

    Attributes:
        parts: how many parts it may have.
        part_bytes: how large one may be, unpacked.
        total_bytes: how large all may be together, unpacked.
        ratio: how many times smaller a part may be packed.
        ratio_from: parts of fewer bytes, unpacked, may be packed as small as they like.
    """

    parts: int
    part_bytes: int
    total_bytes: int
    ratio: int
    ratio_from: int = 32 * MEGABYTE


# A worksheet of numbers shrinks about 8 times and one of repeated rows rarely 100 times; bombs reach 1000. Arrays of
# zeros shrink as bombs do, but what is read of them is never as large as a workbook could show.
ARCHIVES = {
    ".xlsx": ArchiveLimits(10_000, 512 * MEGABYTE, 1024 * MEGABYTE, 250),
    ".keras": ArchiveLimits(10_000, 2048 * MEGABYTE, 4096 * MEGABYTE, 100),
    ".npz": ArchiveLimits(10_000, 512 * MEGABYTE, 1024 * MEGABYTE, 250),
}

# Files that are no archives, by their endings; nobody writes bindings or a vocabulary of more by hand.
TEXTS = {
    ".toml": 8 * MEGABYTE,
    ".json": 512 * MEGABYTE,
    ".csv": 512 * MEGABYTE,
    ".txt": 64 * MEGABYTE,
    ".npy": 512 * MEGABYTE,
}

# What a model computes for all samples together is recorded twice, in double and in single precision, and kept in the
# workbook; a hundred samples of the largest models that fit into one are fewer.
TRACE_NUMBERS = 32_000_000


def excess(parts: Sequence[ZipInfo], limits: ArchiveLimits) -> str | None:
    """What is too large in an archive, by its table of contents alone, as the end of a sentence; None if nothing is."""
    if len(parts) > limits.parts:
        return f"has {len(parts)} parts, more than the limit of {limits.parts}"
    largest = max(parts, key=lambda part: part.file_size, default=None)
    total = sum(part.file_size for part in parts)
    if largest is not None and (largest.file_size > limits.part_bytes or total > limits.total_bytes):
        return (
            f"would unpack to {megabytes(total)} ({megabytes(largest.file_size)} in {largest.filename}), more "
            f"than the limits of {megabytes(limits.total_bytes)} and {megabytes(limits.part_bytes)}"
        )
    for part in parts:
        if part.file_size > limits.ratio_from and part.file_size > limits.ratio * max(part.compress_size, 1):
            return f"packs {megabytes(part.file_size)} of {part.filename} more than {limits.ratio} times smaller"
    return None


def megabytes(size: int) -> str:
    """A number of bytes in words."""
    return f"{size / MEGABYTE:,.0f} MB"
