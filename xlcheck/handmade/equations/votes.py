"""What stands in the slots of a table of weighted sums: rows and steps vote, so a few wrong cells do not hide it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from xlcheck.handmade.equations.instances import Instance
from xlcheck.handmade.forms.polynomials import Atom

Place = tuple[int, int]
"""Row and step."""
_SWEEPS = 2


def slots_and_weights(
    at: Mapping[Place, Sequence[Instance]],
) -> tuple[Mapping[int, Mapping[int, Atom]], Mapping[int, Mapping[int, Atom]]]:
    """Step → slot → input, and row → slot → weight: steps and rows vote what stands in a slot, and what belongs to it.

    Args:
        at: row and step → the instances that stand there.
    """
    of_step: dict[int, list[tuple[int, Instance]]] = defaultdict(list)
    for (row, step), own in at.items():
        of_step[step] += [(row, instance) for instance in own]
    order = sorted(of_step, key=lambda step: -sum(len(x.pairs) for _, x in of_step[step]))
    weights: dict[int, dict[int, Atom]] = defaultdict(dict)
    slots: dict[int, dict[int, Atom]] = {}
    count = 0
    for _ in range(_SWEEPS):
        votes: dict[tuple[int, int], list[Atom]] = defaultdict(list)
        agree = True
        for step in order:
            slots[step], count = _slots_of(of_step[step], weights, count)
            place = {atom: slot for slot, atom in slots[step].items()}
            for row, instance in of_step[step]:
                for x, weight in instance.pairs:
                    if x in place:
                        votes[row, place[x]].append(weight)
                        agree = weights[row].setdefault(place[x], weight) == weight and agree
                    else:
                        agree = agree and x is None
        if agree:  # another sweep would find the same
            break
        for (row, slot), cast in votes.items():
            weights[row][slot] = _most_common(cast)[0]
    return slots, weights


def _slots_of(
    members: Sequence[tuple[int, Instance]], weights: Mapping[int, Mapping[int, Atom]], count: int
) -> tuple[dict[int, Atom], int]:
    """The input in each slot at one step, as the weights beside them say; new slots for what no weight is known of."""
    votes: dict[int, list[Atom]] = defaultdict(list)
    new: Counter[Atom] = Counter()
    for row, instance in members:
        slot_of = {weight: slot for slot, weight in weights.get(row, {}).items()}
        for x, weight in instance.pairs:
            if x is not None:
                if weight in slot_of:
                    votes[slot_of[weight]].append(x)
                else:
                    new[x] += 1
    slots = {}
    for slot, cast in votes.items():
        first, most, next_most = _most_common(cast)
        if most > next_most:
            slots[slot] = first
    for x, times in sorted(new.items(), key=lambda item: (-item[1], item[0])):
        if x not in slots.values() and 2 * times >= len(members):
            slots[count] = x
            count += 1
    return slots, count


def _most_common(items: Sequence[Atom]) -> tuple[Atom, int, int]:
    """The most common one of some atoms, how often it occurs, and how often the next one."""
    if items.count(items[0]) == len(items):  # as nearly always
        return items[0], len(items), 0
    (first, most), (_, next_most) = Counter(items).most_common(2)
    return first, most, next_most


def most_biases(at: Mapping[Place, Sequence[Instance]]) -> dict[int, frozenset[Atom]]:
    """The biases that most instances of a row add.

    Args:
        at: row and step → the instances that stand there.
    """
    votes: dict[int, Counter[frozenset[Atom]]] = defaultdict(Counter)
    for (row, _), own in at.items():
        for instance in own:
            votes[row][frozenset(weight for x, weight in instance.pairs if x is None)] += 1
    found = {}
    for row, counts in votes.items():
        for biases, times in counts.most_common():
            if biases or 2 * times > counts.total():
                found[row] = biases
                break
        else:
            found[row] = frozenset()
    return found
