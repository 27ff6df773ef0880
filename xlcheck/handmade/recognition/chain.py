"""Layers in order of calculation: at which step each of their sums is, and whose results a term shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from xlcheck.formulas.algebra import Term
from xlcheck.handmade.recognition.forms import Form
from xlcheck.handmade.recognition.gate_tables import KINDS, GateTable
from xlcheck.handmade.recognition.structure import FoundLayer, Place
from xlcheck.handmade.recognition.visible import Visible

T = TypeVar("T")


class Chain:
    """Layers that read each other's results, each seen as gates and units.

    Args:
        layers: the layers, in order of calculation.
        tables: the gates and units of each.
        visible: what terms show.

    Attributes:
        kinds: Keras's class of each layer.
        unit: for each layer the unit of each column, by the column's identity.
        of_form: the layer and the column of each sum.
        places: document and step of each sum.
    """

    def __init__(self, layers: Sequence[FoundLayer], tables: Sequence[GateTable], visible: Visible) -> None:
        self.layers = layers
        self.tables = tables
        self.visible = visible
        self.kinds = [_kind(layer, table) for layer, table in zip(layers, tables, strict=True)]
        self.unit = [table.unit_of() for table in tables]
        self.of_form = {
            form.term: (i, column)
            for i, layer in enumerate(layers)
            for column in layer.columns
            for form in column.forms
        }
        self._units_of_forms = [
            {f.term: unit for c in layer.columns if (unit := units.get(id(c))) is not None for f in c.forms}
            for layer, units in zip(layers, self.unit, strict=True)
        ]
        self._shown: dict[tuple[int, Term], int | None] = {}
        self.places = self._find_places()

    def _find_places(self) -> dict[Term, Place]:
        """Document and step of every sum; a layer without inputs of its own takes them from what it reads."""
        places: dict[Term, Place] = {}
        for i, layer in enumerate(self.layers):
            if i == 0:
                places |= layer.places
                continue
            for form in layer.forms:
                found = [places[s] for term in form.weights.values() for s in self.visible.of(term) if s in places]
                if found:
                    document = Counter(d for d, _ in found).most_common(1)[0][0]
                    places[form.term] = (document, max(t for d, t in found if d == document))
        return places

    def steps(self) -> dict[int, int]:
        """Number of steps of each document."""
        found: dict[int, int] = {}
        for form in self.layers[0].forms:
            if form.term in self.places:
                document, step = self.places[form.term]
                found[document] = max(found.get(document, 0), step + 1)
        return found

    def is_timed(self, i: int, steps: int, documents: Sequence[int]) -> bool:
        """Whether the layer after layer `i` reads every step; without a next layer all are results."""
        if i + 1 == len(self.layers):
            return True
        if self.layers[i + 1].is_recurrent:
            return True
        read = Counter(self.places[f.term] for f in self.layers[i + 1].forms if f.term in self.places)
        times = Counter(d for d, _ in read)
        return any(times[d] > 1 for d in documents) and steps > 1

    def resets_after(self, i: int) -> bool:
        """Whether a layer, if it is a GRU, multiplies by its reset gate after the sum with the recurrent kernel."""
        table = self.tables[i]
        return any(len(columns) > 1 for gate in table.gates for columns in gate) or any(
            len(c.biases) > 1 for gate in table.gates for columns in gate for c in columns
        )

    def width(self, i: int) -> int:
        """How many inputs most sums of a layer have."""
        return most(len(leaves) for leaves in self.layers[i].inputs.values() if leaves) or 0

    def is_latest(self, form: Form, term: Term) -> bool:
        """Whether nothing else that a sum reads is computed at a later step."""
        return self.latest(term) >= max(self.latest(other) for other in form.weights.values())

    def latest(self, term: Term) -> int:
        """The latest step of the sums that a term shows; -1 without any."""
        return max((self.places[shown][1] for shown in self.visible.of(term) if shown in self.places), default=-1)

    def shown_unit(self, i: int, term: Term) -> int | None:
        """The unit of a layer whose result a term is."""
        key = (i, term)
        if key not in self._shown:
            units = self._units_of_forms[i]
            votes = Counter(units[shown] for shown in self.visible.of(term) if shown in units)
            self._shown[key] = votes.most_common(1)[0][0] if votes else None
        return self._shown[key]


def _kind(layer: FoundLayer, table: GateTable) -> str:
    return KINDS[len(table.gates)] if layer.is_recurrent else "Dense"


def most(items: Iterable[T | None]) -> T | None:
    """The commonest item that is not None."""
    counts = Counter(item for item in items if item is not None)
    return counts.most_common(1)[0][0] if counts else None
