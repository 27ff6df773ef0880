"""What is no quantity and not as it was built, in sentences for a report."""

from __future__ import annotations

from xlcheck.errors import NothingCheckedError
from xlcheck.frozen import dataclass
from xlcheck.verdicts.messages import first_of
from xlcheck.workbook.as_built import alterations
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest, is_older, manifest_sheet


@dataclass(frozen=True)
class Altered:
    """What is no quantity and not as built: words are a note; what is `seen` may make a reader see wrong numbers."""

    words: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()


def altered(content: WorkbookContent, manifest: Manifest) -> Altered:
    """What of a generated workbook is no quantity and not as it was built."""
    sheet = manifest_sheet(content)
    if sheet is None:
        return Altered()
    if is_older(sheet):
        return Altered(("an older xlcheck made it, so words, looks and names were not compared; build it again",))
    areas = [*(b.area for b in manifest.bindings), *([manifest.selector] if manifest.selector is not None else [])]
    found = alterations(content, sheet, areas)
    words = [f"words are not those that were written: {', '.join(found.texts)}"] if found.texts else []
    seen = []
    if found.numbers:
        seen.append(
            f"numbers that are no weights or inputs are not those that were written: {', '.join(found.numbers)}"
        )
    if found.names:
        seen.append(f"defined names are not where they were put: {', '.join(found.names)}")
    if found.formats:
        seen.append(f"numbers are not shown in the formats that were written on {', '.join(found.formats)}")
    if found.damaged:
        seen.append("what says which words and numbers were written is missing or damaged on the hidden worksheet")
    if found.shown:
        words.append(f"not as it was built: {first_of(found.shown, between='; ')}")
    return Altered(tuple(words), tuple(seen))


def require_places(content: WorkbookContent) -> None:
    """Blame no cell where everything stands elsewhere.

    Raises:
        NothingCheckedError: rows or columns were inserted or deleted.
    """
    from xlcheck.workbook.shifted import shifted

    hidden = manifest_sheet(content)
    if hidden is not None and (moved := list(shifted(content, hidden))):
        raise NothingCheckedError(
            f"{content.path}: {first_of(moved, between='; ')}, so its cells do not stand where they were built; undo "
            "that, or build the workbook again"
        )
