"""What a workbook has beside the model itself, if nobody adds anything."""

from __future__ import annotations

from pathlib import Path

from drawn_plans import drawn

from xlcheck.layout.additions import Additions
from xlcheck.layout.plan import plan_model
from xlcheck.texts import ENGLISH, language


def test_what_is_said_by_default_is_said_in_the_language_of_the_sheets(tmp_path: Path) -> None:
    """Whatever was spoken when the package was imported, or in the workbook before."""
    spec, trace, samples = drawn(1)

    def said() -> set[str]:
        added = Additions()
        return {added.data_sentence, added.origin, plan_model(spec, trace, trace, samples).properties["subject"]}

    english, text = said(), ENGLISH.read_text("utf-8")
    for sentence in english:
        text = text.replace(f'"{sentence}"', '"Anders"')
    file = tmp_path / "other.toml"
    file.write_text(text, "utf-8")

    with language(file):
        assert said() == {"Anders"}
    assert said() == english != {"Anders"}
