"""Names that Excel accepts: of worksheets and of ranges."""

from __future__ import annotations

import re
from collections.abc import Collection

MAX_SHEET_NAME = 31
"""In units of UTF-16, as Excel counts letters: an emoji is two."""

# Excel accepts "!", but IronCalc reads no name of a range on such a worksheet.
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\!\x00-\x1f]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # which some programs take for a character, and others do not
_DEFINED_NAME = re.compile(r"(?!(?i:_xl))[^\W\d][\w.]*")  # Excel's own begin with _xlnm., _xlfn. and the like


def sheet_name(wanted: str, taken: Collection[str]) -> str:
    """A worksheet's name as near to the wanted one as Excel allows, and different from those taken."""
    base = _cut(_ESCAPED.sub("", _NOT_IN_SHEET_NAMES.sub("_", wanted)).strip("'"), MAX_SHEET_NAME) or "sheet"
    used = {name.casefold() for name in taken} | {"history"}  # Excel keeps this name for itself
    name, number = base, 1
    while name.casefold() in used:
        number += 1
        suffix = f" {number}"
        name = _cut(base, MAX_SHEET_NAME - len(suffix)) + suffix
    return name


def _cut(name: str, length: int) -> str:
    """As many whole letters of a name as have room; no apostrophe may be the last one."""
    return name.encode("utf-16-le", "surrogatepass")[: 2 * length].decode("utf-16-le", "ignore").rstrip("'")


def is_defined_name(name: str, taken: Collection[str] = ()) -> bool:
    """Whether a range may be called so beside the names taken; names with a dot never look like a cell."""
    accepted = "." in name and len(name) <= 255 and _DEFINED_NAME.fullmatch(name) and not _ESCAPED.search(name)
    return bool(accepted) and name.casefold() not in (other.casefold() for other in taken)
