"""Rows, steps and layers: instances with the same weights are a row, those that read the same inputs a step.

Rows that occur together in most of their steps are one layer. What a row multiplies an input with, and which input
stands where, is found by a vote of all steps and all rows, so a few wrong cells do not hide a layer: they are seen
as instances that do not fit.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlcheck.handmade import effort
from xlcheck.handmade.equations.behind import behind
from xlcheck.handmade.equations.instances import Instance
from xlcheck.handmade.equations.variants import tables_apart
from xlcheck.handmade.equations.votes import Place, most_biases, slots_and_weights
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.polynomials import Atom, Monomial
from xlcheck.handmade.reading.reached import joined

_GATES = 3
"""Rows of a GRU for each of its units; an LSTM has more."""


@dataclass(frozen=True)
class Layer:
    """A table of instances.

    Attributes:
        at: row and step → the instances that stand there: one, unless something is wrong.
        slots: step → slot → input.
        weights: row → slot → weight.
        biases: row → its biases.
    """

    at: Mapping[Place, tuple[Instance, ...]]
    slots: Mapping[int, Mapping[int, Atom]]
    weights: Mapping[int, Mapping[int, Atom]]
    biases: Mapping[int, frozenset[Atom]]

    @cached_property
    def rows(self) -> list[int]:
        """The rows, as their instances stand on the worksheet."""
        return self._in_order(0)

    @cached_property
    def steps(self) -> list[int]:
        """The steps, as their instances stand on the worksheet."""
        return self._in_order(1)

    def _in_order(self, side: int) -> list[int]:
        first: dict[int, tuple[bool, Atom]] = {}
        for place, own in self.at.items():
            for instance in own:
                # A sum of which the activation is missing stands elsewhere than the others of its row.
                key = instance.activation != self.activations[place[0]], instance.atom
                first[place[side]] = min(first.get(place[side], key), key)
        return sorted(first, key=lambda number: first[number][1])

    @cached_property
    def activations(self) -> dict[int, str]:
        """The activation of each row: that of most of its instances."""
        found: dict[int, Counter[str]] = defaultdict(Counter)
        for (row, _), own in self.at.items():
            found[row].update(instance.activation for instance in own)
        return {row: counts.most_common(1)[0][0] for row, counts in found.items()}

    @cached_property
    def misfits(self) -> list[tuple[Place, Instance]]:
        """Instances that compute something else than their row at their step, or stand where another one does."""
        found = []
        for place, own in self.at.items():
            row, step = place
            wanted = self.wanted(row, step)
            right = [x for x in own if x.monomials == wanted and x.activation == self.activations[row]]
            found += [(place, x) for x in own if x not in right]
        return found

    def wanted(self, row: int, step: int) -> frozenset[Monomial]:
        """What a row should sum up at a step."""
        slots, weights = self.slots[step], self.weights[row]
        products = (tuple(sorted((slots[slot], weights[slot]))) for slot in slots.keys() & weights.keys())
        biases = ((bias,) for bias in self.biases[row] if self._has_bias[step])
        return frozenset((*products, *biases))

    @cached_property
    def _has_bias(self) -> Mapping[int, bool]:
        """Whether most instances of a step add their bias; of all steps, where there is one unit only."""
        counts: dict[int, Counter[bool]] = defaultdict(Counter)
        for (row, step), own in self.at.items():
            for instance in own if self.biases[row] else ():
                counts[0 if len(self.rows) == 1 else step][any(x is None for x, _ in instance.pairs)] += 1
        votes = {step: counts[0 if len(self.rows) == 1 else step] for step in self.steps}
        return {step: own[True] > 0 and own[True] >= own[False] for step, own in votes.items()}

    def reads_twice(self, forms: Forms) -> bool:
        """Whether a step reads one computed number in two places: no layer of Keras does, whatever else is written.

        Both units of a first state may be one typed 0.
        """
        steps = (Counter(own.values()) for own in self.slots.values())
        return any(count > 1 and not forms.is_given(atom) for own in steps for atom, count in own.items())

    def at_step(self, step: int) -> Iterator[Instance]:
        """The instances of a step."""
        yield from (instance for (_, at), own in self.at.items() if at == step for instance in own)

    @property
    def instances(self) -> Iterator[Instance]:
        """All instances."""
        for own in self.at.values():
            yield from own

    @cached_property
    def by_atom(self) -> dict[Atom, Place]:
        """The place of each instance."""
        return {instance.atom: place for place, own in self.at.items() for instance in own}

    def fits(self, place: Place) -> bool:
        """Whether exactly one instance stands at a place, and it is right."""
        return len(self.at.get(place, ())) == 1 and place not in self._misfitting

    @cached_property
    def _misfitting(self) -> frozenset[Place]:
        return frozenset(place for place, _ in self.misfits)

    @cached_property
    def is_whole(self) -> bool:
        """Whether exactly one instance stands at each place, and each is right."""
        return not self.gaps and self.is_whole_but_for_gaps

    @property
    def is_whole_but_for_gaps(self) -> bool:
        """Whether at most one instance stands at each place, and each is right."""
        return not self.misfits and all(len(own) < 2 for own in self.at.values())

    @cached_property
    def gaps(self) -> frozenset[Place]:
        """The places at which no instance stands."""
        return frozenset((row, step) for row in self.rows for step in self.steps) - self.at.keys()

    @property
    def may_begin_without(self) -> bool:
        """Whether one gate of several is left out at some steps, as where there is no state yet to forget."""
        rows, steps = ({place[axis] for place in self.gaps} for axis in (0, 1))
        is_gate = all(self.activations[row] == "sigmoid" for row in rows) and _GATES * len(rows) <= len(self.rows)
        return is_gate and len(self.gaps) == len(rows) * len(steps) and len(steps) < len(self.steps)

    @property
    def fit(self) -> float:
        """The share of the instances that fit."""
        return 1 - len(self.misfits) / sum(map(len, self.at.values()))

    def atom(self, row: int, step: int) -> Atom | None:
        """The instance that stands at a place; of several, the one where the lines of its row and its step cross."""
        own = self.at.get((row, step), ())
        if len(own) > 1:
            own = tuple(x for x in own if x.atom == self.crossing(row, step))
        return own[0].atom if own else None

    def standing(self, row: int, step: int, forms: Forms) -> Atom | None:
        """The same; where none is known, the cell at the crossing of its lines, if a number or formula stands there.

        A weighted sum of another row that stands where its own lines cross does not stand here too.
        """
        known = self.atom(row, step)
        if known is not None and self.fits((row, step)):
            return known
        crossing = self.crossing(row, step)
        if known is not None:  # a copy stands in the place of what should be an activation
            row_mates = [own[0] for place, own in self.at.items() if place[0] == row and self.fits(place)]
            places = (crossing, behind(known, row_mates, forms))
            return next((place for place in places if place is not None and forms.source(place) == known), known)
        if crossing is None or not forms.holds_something(crossing):
            return known
        place = self.by_atom.get(crossing)
        return crossing if place is None or self.crossing(*place) != crossing else None

    def all_standing(self, rows: Sequence[int], forms: Forms) -> dict[tuple[int, int], Atom]:
        """Step and place among some rows → the same, where one is known."""
        return {
            (step, number): atom
            for number, row in enumerate(rows) for step in self.steps
            if (atom := self.standing(row, step, forms)) is not None
        }  # fmt: skip

    @cached_property
    def line(self) -> tuple[Mapping[int, int], Mapping[int, int], bool] | None:
        """The line of each row and of each step on the worksheet, and whether the line of a row is a worksheet row.

        None if the rows do not stand one below the other, or side by side, with the steps across.
        """
        for turned in (False, True):
            rows: dict[int, Counter[int]] = defaultdict(Counter)
            steps: dict[int, Counter[int]] = defaultdict(Counter)
            for place, own in self.at.items():
                if self.fits(place):
                    _, row, column, _ = own[0].atom
                    rows[place[0]][column if turned else row] += 1
                    steps[place[1]][row if turned else column] += 1
            if all(len(counts) == 1 for counts in (*rows.values(), *steps.values())):
                of_row = {row: next(iter(counts)) for row, counts in rows.items()}
                of_step = {step: next(iter(counts)) for step, counts in steps.items()}
                if len(set(of_row.values())) == len(of_row) and len(set(of_step.values())) == len(of_step):
                    return of_row, of_step, not turned
        return None

    def crossing(self, row: int, step: int) -> Atom | None:
        """The cell where the line of a row and that of a step cross."""
        if self.line is None or row not in self.line[0] or step not in self.line[1]:
            return None
        sheet = next(iter(self.by_atom))[0]
        one, other = self.line[0][row], self.line[1][step]
        return (sheet, one, other, 0) if self.line[2] else (sheet, other, one, 0)

    def restricted(self, rows: Iterable[int]) -> Layer:
        """Some of the rows as a layer of their own."""
        kept = frozenset(rows)
        if kept not in self._restricted:
            self._restricted[kept] = voted({place: own for place, own in self.at.items() if place[0] in kept})
        return self._restricted[kept]

    @cached_property
    def _restricted(self) -> dict[frozenset[int], Layer]:
        """What was asked for of some of its rows: under one edit after the other most tables are the same."""
        return {}


def find_layers(instances: Mapping[Atom, Instance]) -> list[Layer]:
    """All layers, in the order of their first cells."""
    rows = _rows(list(instances.values()))
    groups = _exact_steps(instances.values())
    layer_of = _rows_together(rows, groups)
    layers = []
    members: dict[int, list[Instance]] = defaultdict(list)
    for instance in instances.values():
        members[layer_of[rows[instance.atom]]].append(instance)
    for own in tables_apart(members.values(), rows):
        effort.require_time()
        steps = _steps(own, rows)
        at: dict[Place, list[Instance]] = defaultdict(list)
        for instance in own:
            at[rows[instance.atom], steps[instance.atom]].append(instance)
        layers.append(voted({place: tuple(found) for place, found in at.items()}))
    return sorted(layers, key=lambda layer: min(instance.atom for instance in layer.instances))


def _rows(instances: Sequence[Instance]) -> dict[Atom, int]:
    """The row of each instance: those that share most of their weights."""
    counts = Counter(instance.weights for instance in instances)
    order = sorted(instances, key=lambda x: (-counts[x.weights], -len(x.weights), x.atom))
    found: dict[Atom, int] = {}
    of_weight: dict[Atom, list[int]] = defaultdict(list)
    sizes: list[int] = []
    exact: dict[frozenset[Atom], int] = {}
    for instance in order:
        row = exact.get(instance.weights)
        if row is None:
            near = Counter(r for weight in instance.weights for r in of_weight[weight]).most_common(1)
            if near and 2 * near[0][1] > min(len(instance.weights), sizes[near[0][0]]):
                row = near[0][0]
            else:
                row = len(sizes)
                sizes.append(len(instance.weights))
                for weight in instance.weights:
                    of_weight[weight].append(row)
            exact[instance.weights] = row
        found[instance.atom] = row
    return found


def _exact_steps(instances: Iterable[Instance]) -> list[list[Instance]]:
    groups: dict[frozenset[Atom], list[Instance]] = defaultdict(list)
    for instance in instances:
        groups[instance.inputs].append(instance)
    return list(groups.values())


def _rows_together(rows: Mapping[Atom, int], groups: Sequence[Sequence[Instance]]) -> dict[int, int]:
    """Row → its layer: rows that read the same inputs as often as not belong together."""
    counts: Counter[int] = Counter()
    together: Counter[tuple[int, int]] = Counter()
    for group in groups:
        own = sorted({rows[instance.atom] for instance in group})
        if len(own) > 1:
            counts.update(own)
            together.update((own[0], other) for other in own[2:])
            together.update(itertools.pairwise(own))
    often = [pair for pair, count in together.items() if 2 * count >= max(counts[own] for own in pair)]
    return joined((*((row, row) for row in rows.values()), *often))


def _steps(instances: Sequence[Instance], rows: Mapping[Atom, int]) -> dict[Atom, int]:
    """The step of each instance of a layer: those that read the same; a few join those that read nearly the same."""
    exact = (own for group in _exact_steps(instances) for own in _with_copies_apart(group, rows))
    groups = sorted(exact, key=lambda own: (-len(own), -len(own[0].inputs), own[0].atom))
    kept: list[tuple[frozenset[Atom], list[Instance]]] = []
    reading: dict[Atom, list[int]] = {}
    for group in groups:
        inputs = group[0].inputs
        own = {rows[instance.atom] for instance in group}
        near = [
            (len(inputs & other) / len(inputs | other), -number)
            for number in {number for atom in inputs for number in reading.get(atom, ())}
            for other, members in [kept[number]]
            if 2 * len(inputs & other) >= len(inputs | other) and own.isdisjoint(rows[m.atom] for m in members)
        ]  # fmt: skip
        if near:
            kept[-max(near)[1]][1].extend(group)
        else:
            for atom in inputs:
                reading.setdefault(atom, []).append(len(kept))
            kept.append((inputs, list(group)))
    return {instance.atom: number for number, (_, members) in enumerate(kept) for instance in members}


def _with_copies_apart(group: list[Instance], rows: Mapping[Atom, int]) -> list[list[Instance]]:
    """Steps that read the same numbers, as samples that begin with one word: by copies, or in lines, of their own."""
    own = {rows[instance.atom] for instance in group}
    if len(own) == len(group):
        return [group]
    for key in (lambda own: own.copies, _line_of_step(group[0], rows)):
        apart: dict[object, list[Instance]] = defaultdict(list)
        for instance in group:
            apart[key(instance)].append(instance)
        if all(len(own) == len(found) == len({rows[x.atom] for x in found}) for found in apart.values()):
            return [*apart.values()]
    return [group]


def _line_of_step(instance: Instance, rows: Mapping[Atom, int]) -> Callable[[Instance], object]:
    """In which line of the worksheet an instance stands with its step: across that in which most of its row stand."""
    mates = [atom for atom, row in rows.items() if row == rows[instance.atom]]
    in_row, in_column = (max(Counter(atom[side] for atom in mates).values()) for side in (1, 2))
    side = 1 if in_column >= in_row else 2
    return lambda own: (own.atom[0], own.atom[side])


def voted(at: Mapping[Place, tuple[Instance, ...]]) -> Layer:
    """The layer of some instances: what most of them say which number is read where.

    Args:
        at: row and step → the instances that stand there.
    """
    return Layer(at, *slots_and_weights(at), most_biases(at))
