"""The table of how large files may be."""

from __future__ import annotations

from dataclasses import replace
from zipfile import ZipInfo

import pytest

from xlcheck.sizes import ARCHIVES, MEGABYTE, TEXTS, excess

LIMITS = replace(ARCHIVES[".xlsx"], parts=3, part_bytes=100 * MEGABYTE, total_bytes=150 * MEGABYTE)


def part(size: int, packed: int | None = None) -> ZipInfo:
    info = ZipInfo("a")
    info.file_size = size * MEGABYTE
    info.compress_size = size * MEGABYTE if packed is None else packed
    return info


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([part(1)] * 4, "has 4 parts, more than the limit of 3"),
        ([part(101)], "would unpack to 101 MB (101 MB in a), more than the limits of 150 MB and 100 MB"),
        ([part(80), part(90)], "would unpack to 170 MB (90 MB in a), more than the limits of 150 MB and 100 MB"),
        ([part(40, 1000)], "packs 40 MB of a more than 250 times smaller"),
        ([part(40, 0)], "packs 40 MB of a more than 250 times smaller"),
        ([part(31, 1000), part(40)], None),
        ([], None),
    ],
)
def test_what_is_too_large_is_said(parts: list[ZipInfo], sentence: str | None) -> None:
    """Each limit is named with what exceeds it, and small parts may be packed as small as they like."""
    assert excess(parts, LIMITS) == sentence


def test_every_kind_of_input_has_a_limit() -> None:
    """No kind of file that a command reads is without one."""
    assert {*ARCHIVES, *TEXTS} == {".xlsx", ".keras", ".npz", ".npy", ".csv", ".toml", ".json", ".txt"}
