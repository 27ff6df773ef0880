"""The words beside the cells, as far as they name gates: `forget gate`, `Wf`, `b_o`, `sum i`, `z_t`.

Words prove nothing; they decide only where the numbers leave a choice, above all in which order
somebody has stacked the gates.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import dropwhile, islice, takewhile

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.layers.gates import GATES

MAX_DISTANCE = 40
LONGEST_SYMBOL = 3
_WORDS: Mapping[str, Mapping[str, str]] = {
    "LSTM": {
        "forget": "f", "input gate": "i", "output gate": "o", "candidate": "c", "new memory": "c", "cell gate": "c",
        "input": "i", "output": "o", "c~": "c", "~c": "c", "c tilde": "c", "cell input": "c",
    },
    "GRU": {
        "update": "z", "reset": "r", "candidate": "hh", "new memory": "hh", "h~": "hh", "~h": "hh", "h tilde": "hh",
        "hh": "hh",
    },
}  # fmt: skip
_WHOLE: Mapping[str, Mapping[str, str]] = {"LSTM": {"cell": "c"}, "GRU": {"new": "hh"}}
"""What stands alone where the other gates have names, and means another thing beside other words."""
_LETTERS: Mapping[str, Mapping[str, str]] = {
    "LSTM": {"i": "i", "f": "f", "c": "c", "g": "c", "o": "o"},
    "GRU": {"z": "z", "r": "r", "h": "hh", "n": "hh", "u": "z"},
}
KERNELS = ("kernel", "recurrent_kernel")
# From what to what weights lead, in subscripts; a single letter may mean either.
_LEADS: Mapping[str, str] = {
    "wxh": "kernel", "wih": "kernel", "whh": "recurrent_kernel", "recurrent": "recurrent_kernel",
}  # fmt: skip
_TOKEN = re.compile(r"(?:w|u|b|wx|wh|wi|ui|bi|z|a|sum|net|x|v|r)?_?([a-z])\d*")
_STEP = re.compile(r"(?<=.)_?t$")
_SPLIT = re.compile(r"[^\w~]+")
_LATIN = re.compile(r"[a-z]+")
_STATE = re.compile(r"\b(?:state|etat|estado|stato)\b|zustand")
_ACTIVATIONS = frozenset({"sigmoid", "softmax", "tanh", "relu"})


@lru_cache(maxsize=4096)
def gate_in(text: str, kind: str) -> str | None:
    """The gate that a text names, by Keras's name, or None.

    Args:
        text: the words.
        kind: `LSTM` or `GRU`.
    """
    words = _plain(text)
    if (alone := _WHOLE[kind].get(words.strip(" :"))) is not None:
        return alone
    named = [word for word in _WORDS[kind] if word in words]
    # "input gate" contains "input", and so does "cell input", which is another gate.
    found = {_WORDS[kind][w] for w in named if not any(w != other and w in other for other in named)}
    if len(found) == 1:
        return found.pop()
    letters = set()
    for token in _SPLIT.split(words):
        match = _TOKEN.fullmatch(_STEP.sub("", token))
        if match and match[1] in _LETTERS[kind]:
            letters.add(_LETTERS[kind][match[1]])
    return letters.pop() if len(letters) == 1 else None


def _words(text: str) -> list[str]:
    """The words of a text that are no mere symbols."""
    return [word for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) > LONGEST_SYMBOL]


def _plain(text: str) -> str:
    """Small letters without accents and subscripts: `c̃ₜ` → `c~t`."""
    text = unicodedata.normalize("NFKD", text).replace("\u0303", "~").replace("\u0302", "~")
    return "".join(c for c in text if not unicodedata.combining(c)).lower()


@dataclass(frozen=True)
class Labels:
    """The texts of a workbook.

    Attributes:
        texts: cell → text.
        formulas: cell → formula.
        learnt: words that stand beside the weights of one gate only, in whatever language → that gate.
        shared: what stands beside weights of all gates, such as `input` above the weights of inputs; it names none.
        filled: cells that hold something; a heading is none of what stands behind a gap in these.
        ends: cells with words of their own, such that no word to the left of them says anything of what is behind.
    """

    texts: Mapping[Address, str]
    formulas: Mapping[Address, str] = field(default_factory=dict)
    learnt: Mapping[str, str] = field(default_factory=dict)
    shared: Container[str] = ()
    filled: Container[Address] = ()
    ends: Container[Address] = ()

    @staticmethod
    def of(table: CellTable) -> Labels:
        """All constant texts of a workbook."""
        return Labels({cell: text for cell, text in table.words.items() if text.strip()}, table.texts)

    def taught(self, gates: Iterable[tuple[Address, str]]) -> Labels:
        """The same with the words that stand beside the weights of single gates.

        Args:
            gates: cells of weights, and the gate that each belongs to.
        """
        found: dict[str, set[str]] = defaultdict(set)
        beside: dict[str, set[str]] = defaultdict(set)
        for cell, gate in gates:
            for number, text in enumerate(self.beside(cell)):
                beside[text].add(gate)
                for word in _words(text) if number < 2 else ():
                    found[word].add(gate)
        every = set[str]().union(*beside.values())
        shared = {text for text, of in beside.items() if len(of) > 2 and of == every}
        return replace(self, learnt={word: next(iter(of)) for word, of in found.items() if len(of) == 1}, shared=shared)

    def of_results(self, gates: Iterable[tuple[Address, str]], kind: str, filled: Container[Address]) -> Labels:
        """The same without the words that name rows of weights as they are used: they say nothing of what is behind.

        Args:
            gates: cells of weights, and the gate that each belongs to.
            kind: `LSTM` or `GRU`.
            filled: cells that hold something.
        """
        nearest = ((next(self._places_to_the_left(cell), None), gate) for cell, gate in gates)
        used = {place for place, gate in nearest if place is not None and gate_in(self.texts[place], kind) == gate}
        texts = {cell: text for cell, text in self.texts.items() if cell not in used}
        return replace(self, texts=texts, filled=filled, ends=used)

    def beside(self, cell: Address) -> Iterator[str]:
        """Texts that may describe a cell: to the left, above, and to the left of the rows just above.

        Of those above, only the nearest and what stands right on top of it: the next belong to another table. A row in
        which a word stands above the cell is one of headings, of which the others are those of other columns. Of the
        words to the left of a row above, the nearest may head the cell's table, and others head other ones; it is that
        of this row where the cell's own row has one in the same column.
        """
        sheet, row, column = cell
        own = {at for at in range(column) if (sheet, row, at) in self.texts}
        yield from self._to_the_left(cell)
        if (sheet, column) in self._columns:
            above = self._above(cell)
            heading = dropwhile(lambda place: place not in self.texts, above)
            yield from self._along(takewhile(lambda place: place in self.texts, heading))
        for up in range(1, 4):
            if (sheet, row - up, column) not in self.texts:
                yield from islice(self._to_the_left((sheet, row - up, column), own), 1)

    def _above(self, cell: Address) -> Iterator[Address]:
        """The cells above one, up to those behind a gap that are not headings."""
        is_behind = False
        for row in range(cell[1] - 1, max(-1, cell[1] - MAX_DISTANCE), -1):
            place = cell[0], row, cell[2]
            if is_behind and place in self.filled and place not in self.texts:
                return
            is_behind = bool(self.filled) and place not in self.filled
            yield place

    def _to_the_left(self, cell: Address, but: Collection[int] = ()) -> Iterator[str]:
        """The texts in a row to the left of a cell, but for some columns."""
        return (self.texts[place] for place in self._places_to_the_left(cell, but))

    def _places_to_the_left(self, cell: Address, but: Collection[int] = ()) -> Iterator[Address]:
        sheet, row, column = cell
        if (sheet, row) in self._rows:
            before = (c for c in range(column - 1, max(-1, column - MAX_DISTANCE), -1) if c not in but)
            places = takewhile(lambda place: place not in self.ends, ((sheet, row, c) for c in before))
            yield from (place for place in places if place in self.texts)

    def _along(self, cells: Iterator[Address]) -> Iterator[str]:
        for cell in cells:
            if cell in self.texts:
                yield self.texts[cell]

    @cached_property
    def _rows(self) -> set[tuple[str, int]]:
        return {(sheet, row) for sheet, row, _ in self.texts}

    @cached_property
    def _columns(self) -> set[tuple[str, int]]:
        return {(sheet, column) for sheet, _, column in self.texts}

    def _is_below_others(self, cell: Address) -> bool:
        """Whether the nearest words stand above a cell, and formulas that do something else between it and them."""
        if next(self._to_the_left(cell), None) is not None:
            return False
        above = ((cell[0], row, cell[2]) for row in range(cell[1] - 1, max(-1, cell[1] - MAX_DISTANCE), -1))
        between = [self.formulas.get(place) for place in takewhile(lambda place: place not in self.texts, above)]
        own = skeleton(self.formulas.get(cell, ""))
        return any(skeleton(text) != own for text in between if text is not None)

    def kernel(self, cell: Address) -> str | None:
        """Whether the nearest words that say so call a weight one of inputs or one of states."""
        for text in self.beside(cell):
            tokens = (token.replace("_", "") for token in _SPLIT.split(_plain(text)))
            if named := {_LEADS[token] for token in tokens if token in _LEADS}:
                return named.pop() if len(named) == 1 else None
        return None

    def gate(self, cell: Address, kind: str) -> str | None:
        """The gate that the nearest words name, or None."""
        for text in (own for own in self.beside(cell) if own not in self.shared):
            gate = gate_in(text, kind)
            known = {self.learnt[word] for word in _words(text) if word in self.learnt}
            if gate is None and len(known) == 1 and set(self.learnt.values()) == set(GATES[kind]):
                gate = known.pop()
            if gate is not None:
                return gate
        return None

    def names(self, cell: Address, gate: str, kind: str) -> bool:
        """Whether the word right above a cell, or right before it, names a gate."""
        sheet, row, column = cell
        near = (self.texts.get(place, "") for place in ((sheet, row - 1, column), (sheet, row, column - 1)))
        return any(gate_in(text, kind) == gate for text in near)

    def is_state(self, cell: Address) -> bool:
        """Whether the words nearest to a cell call it a state."""
        return bool(_STATE.search(_plain(next(self.beside(cell), ""))))

    def other_activation(self, cell: Address, activation: str, others: Collection[str] = ()) -> str | None:
        """What is to be said where the words nearest to a cell name activations, and not this one; None otherwise.

        Args:
            cell: where a result stands.
            activation: its own.
            others: further ones that may be named there.
        """
        words = set(_LATIN.findall(next(self.beside(cell), "").lower())) & _ACTIVATIONS
        if not words or words & set(_LATIN.findall(activation)) or words & {*others} or self._is_below_others(cell):
            return None
        return f"the words beside {show(cell)} say {' and '.join(sorted(words))}, but {activation} was recognised"


def gates_of_weights(networks: Sequence[Network]) -> Iterator[tuple[Address, str]]:
    """The cells of the weights of gates, with the gate."""
    for network in networks:
        for layer in network.spec.layers:
            gates = GATES.get(layer.kind, ())
            for name in layer.weights if len(gates) > 1 else ():
                units = layer.options["units"]
                for index, cell in enumerate(network.weights[f"{layer.name}.{name}"]):
                    if cell is not None:
                        yield cell, gates[index % (units * len(gates)) // units]
