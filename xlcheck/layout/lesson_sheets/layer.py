"""One worksheet a layer: every quantity it computes, for the selected sample, at every time step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.layout.draft import Draft
from xlcheck.layout.lesson_sheets.bands import MEANING, BandTable, fill_bands, place_bands, set_widths, states_chart
from xlcheck.layout.lesson_sheets.common import title
from xlcheck.layout.lesson_sheets.data import DataPlaces
from xlcheck.workbook.plan import Link

_TOP = 4


def layer_sheet(
    draft: Draft,
    name: str,
    kind: str,
    subtitle: str,
    bands: Sequence[tuple[Band, tuple[Quantity, ...]]],
    data: DataPlaces,
    unit_names: Callable[[Band], Sequence[str] | None],
) -> None:
    """Fill the worksheet of one layer, with a chart of its states over time."""
    timesteps = max((q.step + 1 for _, members in bands for q in members if q.step is not None), default=0)
    sheet = draft.sheet(name, "state" if timesteps else "output")
    table = BandTable(bands, timesteps, data.given, data.words if timesteps else (), unit_names)
    title(sheet, f"{name} · {kind}", subtitle, table.columns)
    weights = [q.name for q in draft.graph if q.is_weight and f"{q.name}".startswith(f"{name}.")]
    if weights:
        sheet.put(2, 2, Link("weights of this layer →", draft.placed(weights[0])), "link")
    sheet.put(2, MEANING, "reading the document:", "label")
    draft.helper(sheet, 2, MEANING + 1, data.sample[0], data.sample[1], "strong")
    set_widths(sheet, timesteps)
    end = place_bands(draft, sheet, _TOP, table)
    fill_bands(draft, sheet, _TOP, table)
    sheet.one_page = True
    sheet.freeze = (_TOP + (2 if table.words else 1), 2)
    if timesteps > 1:
        _charts(draft, bands, name, end + 1, timesteps)


def _charts(
    draft: Draft, bands: Sequence[tuple[Band, tuple[Quantity, ...]]], name: str, row: int, timesteps: int
) -> None:
    sheet = draft.sheets[name]
    timed = [(band, members) for band, members in bands if len(members) == timesteps and members[0].expr is not None]
    states = [members[0] for band, members in timed if band.role is Role.STATE]
    outputs = [members[0] for band, members in timed if band.role is Role.OUTPUT]
    gates = [members[0] for band, members in timed if band.role is Role.GATE]
    if states or outputs:
        states_chart(
            draft, sheet, (row, 0), "Memory over time" if states else "Output over time", states or outputs, timesteps
        )
    if gates:
        states_chart(draft, sheet, (row, MEANING), "Gates over time", gates, timesteps)
