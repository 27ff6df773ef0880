"""What a file says its parts are, beside what the relations between them say: programs go by the one or the other."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from xlcheck.workbook.zip_directory import canonical

CONTENT_TYPES = "[Content_Types].xml"


def called_otherwise(types: Element | None, endings: Mapping[str | None, str]) -> str:
    """What a file calls a part that is something else by its relations, or two things; in words, empty if nothing.

    Args:
        types: the root of the part with the types, or None.
        endings: how the type of each part ends in small letters, if one is given; None for a part that is missing.
    """
    known: dict[str, str] = {}
    for element in () if types is None else types.iterfind("{*}Override"):
        part = canonical(element.get("PartName", ""))
        if part in known:
            return f"two types of its part {part}"
        known[part] = element.get("ContentType", "").casefold()
    for name, ending in endings.items():
        said = known.get(canonical(name or ""), ending)
        if not said.endswith(ending):
            return f"a part {name} that it calls {said!r}"
    return ""
