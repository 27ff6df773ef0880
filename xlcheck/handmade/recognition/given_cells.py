"""Which cells hold what a network is given beside its weights: inputs, targets, and states before the first step."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache, cached_property

from xlcheck.formulas.algebra import Address, Function, Leaf, Product, Term
from xlcheck.handmade.networks.network import Places
from xlcheck.handmade.recognition.chain import Chain, most
from xlcheck.handmade.recognition.weight_cells import WeightCells


class GivenCells:
    """The cells of the inputs, targets and initial states of a chain's first layer, last layer and all layers.

    Args:
        chain: the layers.
        weights: the cells of their weights.
    """

    def __init__(self, chain: Chain, weights: WeightCells) -> None:
        self._chain = chain
        self._weights = weights
        self._inputs = cache(self._find_inputs)  # the same for every order of the gates
        self._states = cache(self._find_states)

    def sample(self, document: int, steps: int, features: int, names: Sequence[str]) -> dict[str, Places]:
        """The cells of one document's inputs and initial states.

        Args:
            document: its number.
            steps: how many time steps it has.
            features: how many numbers the first layer reads at each.
            names: of the layers.
        """
        sample = dict(self._inputs(document, steps, features))
        for i, name in enumerate(names):
            if self._chain.layers[i].is_recurrent:
                found = {f"{name}.{symbol}": places for symbol, places in self._states(i, document).items()}
                sample |= {key: places for key, places in found.items() if any(places)}
        return sample

    def _find_inputs(self, document: int, steps: int, features: int) -> dict[str, Places]:
        inputs: list[dict[int, Address]] = [{} for _ in range(steps)]
        layer = self._chain.layers[0]
        for column in layer.columns:
            for form in column.forms:
                place = self._chain.places.get(form.term)
                if place is None or place[0] != document:
                    continue
                read = {leaf: form.weights[leaf] for leaf in layer.inputs[id(column)] if leaf in form.weights}
                if len(read) == features and all(isinstance(term, Leaf) for term in read.values()):
                    for leaf, row in self._weights.rows(0, read, place).items():
                        inputs[place[1]].setdefault(row, read[leaf].cell)  # type: ignore[attr-defined]
        timed = layer.is_recurrent
        return {
            (f"input.x[{t}]" if timed else "input.x"): tuple(cells.get(k) for k in range(features))
            for t, cells in enumerate(inputs)
        }

    def _find_states(self, i: int, document: int) -> dict[str, Places]:
        """The cells of a layer's states before the first step, by symbol."""
        layer, table = self._chain.layers[i], self._chain.tables[i]
        units = self._weights.slot_units(i)
        first = [f for f in layer.forms if self._chain.places.get(f.term) == (document, 0)]
        h: dict[int, Counter[Address]] = defaultdict(Counter)
        for form in first:
            for slot, leaves in enumerate(layer.slots):
                for leaf in leaves:
                    partner = form.weights.get(leaf)
                    for term in (
                        [partner, *(f for f, _ in partner.factors)] if isinstance(partner, Product) else [partner]
                    ):
                        if isinstance(term, Leaf):
                            h[units[slot]][term.cell] += 1
        found = {"h_init": tuple(most(h[u].elements()) for u in range(table.count))}
        if self._chain.kinds[i] == "LSTM":
            c = self._cell_states(i, {f.term for f in first})
            found["c_init"] = tuple(most(c[u].elements()) for u in range(table.count))
        return found

    def _cell_states(self, i: int, first: set[Term]) -> dict[int, Counter[Address]]:
        """Constants that are multiplied by a gate of the first step."""
        weights = {leaf for layer in self._chain.layers for column in layer.columns for leaf in column.leaves}
        found: dict[int, Counter[Address]] = defaultdict(Counter)
        for term in self._chain.visible.terms:
            if not isinstance(term, Product):
                continue
            leaves = [f for f, power in term.factors if isinstance(f, Leaf) and power == 1 and f not in weights]
            shown = self._chain.visible.of(term)
            if len(leaves) == 1 and len(shown) == 1 and next(iter(shown)) in first:
                unit = self._chain.shown_unit(i, term)
                if unit is not None:
                    found[unit][leaves[0].cell] += 1
        return found

    @cached_property
    def targets(self) -> dict[tuple[int, int, int], Address]:
        """The cells of the targets by document, step and unit: what multiplies the logarithm of an output."""
        i = len(self._chain.layers) - 1
        units, places = self._chain.unit[i], self._chain.places
        found: dict[tuple[int, int, int], Address] = {}
        for term in self._chain.visible.terms:
            if not isinstance(term, Product):
                continue
            leaves = [f for f, power in term.factors if isinstance(f, Leaf) and power == 1]
            logs = [f for f, _ in term.factors if isinstance(f, Function) and f.name == "LN"]
            if len(leaves) != 1 or len(logs) != 1:
                continue
            form = self._output_form(logs[0].arguments[0])
            if form is not None and form in places and self._chain.of_form[form][0] == i:
                found.setdefault((*places[form], units[id(self._chain.of_form[form][1])]), leaves[0].cell)
        return found

    def _output_form(self, probability: Term | float) -> Term | None:
        """The sum whose sigmoid, or whose share in a softmax, a term is."""
        if not isinstance(probability, Term):
            return None
        only = self._chain.visible.only(probability)
        if only is not None or not isinstance(probability, Product):
            return only
        forms = [self._chain.visible.only(f) for f, power in probability.factors if power > 0]
        return next((form for form in forms if form is not None), None)
