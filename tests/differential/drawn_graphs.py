"""Random functional models out of a seed: what is shared, nested, branched, merged and handed over.

Models inside are functional or Sequential, several levels deep, with several inputs and outputs, and are called
several times. What each layer computes with all its options is the matter of other tests, who reads what of this one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from drawn_layers import CELLS, Dice, attending, rare_layers, stacked_cells
from models import keras

L: Any = keras.layers
Shape = tuple[int, ...]
CODES = 5
"""How many codes an input of words may hold."""
_KINDS = ("SimpleRNN", "LSTM", "GRU")
_CALM = ("tanh", "sigmoid", "relu", "linear", "softsign")


@dataclass(frozen=True)
class Item:
    """A tensor that may be read further, and whether a mask hangs on it."""

    tensor: Any
    masked: bool = False

    @property
    def shape(self) -> Shape:
        """Without the axis of samples."""
        return tuple(self.tensor.shape[1:])

    @property
    def timed(self) -> bool:
        """Whether it is a sequence."""
        return len(self.shape) == 2


def drawn_graph(seed: int, *, operations: bool = False) -> Any:
    """A random model; the same seed gives the same model again, in the precision that Keras is set to.

    With `operations` it computes between its layers, too.
    """
    return _Drawing(np.random.default_rng(seed), operations, crossed=seed % 2 == 1).whole()


def inputs_of(model: Any, rng: np.random.Generator, samples: int) -> list[np.ndarray]:
    """What the inputs of a random model read: codes, or numbers that single precision holds exactly.

    Some steps of sequences are zeros, for layers that skip them.
    """
    found = []
    for tensor in model.inputs:
        shape = (samples, *tensor.shape[1:])
        codes = "int" in tensor.dtype
        x = rng.integers(0, CODES, shape) if codes else rng.normal(size=shape).astype("float32").astype("float64")
        if x.ndim == 3:
            x[rng.random(x.shape[:2]) < 0.2] = 0
        found.append(x)
    return found


class _Drawing(Dice):
    def __init__(self, rng: np.random.Generator, operations: bool, crossed: bool) -> None:
        super().__init__(rng)
        self._operations = operations
        self._crossed = crossed
        self._timesteps = int(rng.integers(1, 4))

    def whole(self) -> Any:
        """The outer model: up to three inputs, up to four outputs, some of them twice, or an input.

        The keys of a dictionary of inputs are the names of their layers, or, with `crossed`, those of others.
        """
        names = [f"{'zyx'[number]}{number}" for number in range(self._one_of([1, 1, 2, 3]))]
        inputs = [Item(keras.Input(self._shape(), name=name)) for name in names]
        words = [self._words()] if self._chance(0.2) else []
        items = self._grow([*inputs, *(word for _, word in words)], self._number(2, 7), depth=3)
        inputs += [word for word, _ in words]
        names += [word.tensor.name for word, _ in words]
        chosen = [self._one_of(items).tensor for _ in range(self._number(1, 5))]
        chosen[self._number(0, len(chosen))] = self._one_of(items[len(inputs) :]).tensor
        outputs: Any = {f"{'cadb'[k]}": tensor for k, tensor in enumerate(chosen)} if self._chance(0.15) else chosen
        tensors: Any = [item.tensor for item in inputs]
        if self._chance(0.15):
            keys = [*names[1:], names[0]] if self._crossed else names
            tensors = dict(zip(keys, tensors, strict=True))
        return keras.Model(tensors if len(inputs) > 1 else inputs[0].tensor, outputs if len(chosen) > 1 else chosen[0])

    def _words(self) -> tuple[Item, Item]:
        """An input of codes, and what an embedding makes of it."""
        masked = self._chance(0.5)
        codes = keras.Input((self._timesteps,), dtype="int32", name="codes")
        return Item(codes), Item(L.Embedding(CODES, self._number(1, 4), mask_zero=masked)(codes), masked)

    def _grow(self, items: list[Item], steps: int, depth: int) -> list[Item]:
        """Go on from some tensors; the new ones come after them."""
        items = list(items)
        for _ in range(steps):
            parts: list[Callable[[list[Item], int], list[Item]]] = [
                self._layer, self._merge, self._states, self._anywhere, self._attention,
            ]  # fmt: skip
            if self._operations:
                parts += [self._operation] * 3
            if depth:
                parts += [self._block, self._block, self._sequential]
            items += self._one_of(parts)(items, depth)
        return items if len(items) > 1 else [*items, Item(L.Dense(2)(items[0].tensor))]

    def _layer(self, items: list[Item], depth: int) -> list[Item]:
        """One layer, called on up to three tensors of one shape."""
        item = self._one_of(items)
        layer, masked = self._any_layer(item.shape, item.masked)
        others = [other for other in items if (other.shape, other.masked) == (item.shape, item.masked)]
        return [Item(layer(each.tensor), masked) for each in self._some_of(others)]

    def _anywhere(self, items: list[Item], depth: int) -> list[Item]:
        """One layer, called on tensors of one number of features: long and short sequences, and vectors."""
        item = self._one_of(items)
        makes: list[Callable[[], Any]] = [lambda: L.Dense(2, activation="tanh"), L.LayerNormalization, L.Softmax]
        if item.timed:
            makes = [lambda: L.LSTM(2), lambda: L.GRU(2, go_backwards=True), lambda: L.Bidirectional(L.SimpleRNN(1))]
        alike = [
            other
            for other in items
            if other.shape[-1] == item.shape[-1] and not other.masked and (other.timed or not item.timed)
        ]
        layer = self._one_of(makes)()
        return [Item(layer(each.tensor)) for each in self._some_of(alike or [item])]

    def _attention(self, items: list[Item], depth: int) -> list[Item]:
        """A sequence that looks for something in another one of the same features, or in itself."""
        sequences = [item for item in items if item.timed and not item.masked]
        query = self._one_of(sequences or [Item(L.RepeatVector(2)(self._flat(items)))])
        value = self._one_of([item for item in sequences if item.shape[-1] == query.shape[-1]] or [query])
        return [Item(self._one_of(attending(query.tensor, value.tensor, self._number(1, 3)))())]

    def _operation(self, items: list[Item], depth: int) -> list[Item]:
        """What is computed of one or two tensors without a layer; no mask hangs on it."""
        ops, item, number = keras.ops, self._one_of(items), self._number(1, 4) / 2
        x = item.tensor
        y = self._one_of([other.tensor for other in items if other.shape == item.shape])
        made: list[Callable[[], Any]] = [
            lambda: x + y,
            lambda: x - number * y,
            lambda: x * y,
            lambda: number / (1 + y * y),
            lambda: -x,
            lambda: ops.maximum(x, y),
            lambda: ops.tanh(x),
            lambda: ops.softmax(x),
            lambda: x[..., ::-1],
            lambda: ops.concatenate([x, y], axis=-1),
            lambda: ops.minimum(x, number),
            lambda: ops.square(x),
        ]
        if item.timed:
            made += [
                lambda: x[:, -1],
                lambda: x[:, :1],
                lambda: ops.mean(x, axis=1),
                lambda: ops.max(x, axis=1),
                lambda: ops.softmax(x, axis=1),
                lambda: ops.flip(x, axis=1),
                lambda: ops.sum(x, axis=-1, keepdims=True),
                lambda: ops.transpose(x, (0, 2, 1)),
                lambda: ops.matmul(x, ops.transpose(y, (0, 2, 1))),
                lambda: x - x[:, -1:],
                lambda: x * y[:, :, :1],
                lambda: ops.min(x, axis=-1),
            ]
        else:
            made += [lambda: ops.expand_dims(x, -1), lambda: ops.stack([x, y], axis=1), lambda: x[:, None, :]]
        return [Item(self._one_of(made)())]

    def _any_layer(self, shape: Shape, masked: bool) -> tuple[Any, bool]:
        """A layer that reads a tensor, and whether a mask hangs on what it makes."""
        units, activation = self._number(1, 4), self._one_of(_CALM)
        any_shape = [
            lambda: (L.Dense(units, activation=activation), masked),
            lambda: (L.Activation(activation), masked),
            lambda: (L.Dropout(0.5), masked),
            lambda: (L.LayerNormalization(), masked),
            lambda: (self._one_of(rare_layers(shape, units, activation, masked))(), masked),
        ]
        if len(shape) == 1:
            return self._one_of([*any_shape, lambda: (L.RepeatVector(self._timesteps), False)])()  # type: ignore[no-any-return]
        timed = [self._recurrent(units), self._recurrent(units)]
        timed.append(lambda: (L.TimeDistributed(L.Dense(units, activation=activation)), masked))
        if not masked:
            timed += [
                lambda: (L.Masking(), True),
                lambda: (L.Flatten(), False),
                lambda: (L.Conv1D(units, 2, padding="same", activation=activation), False),
                lambda: (L.GlobalMaxPooling1D(), False),
                lambda: (stacked_cells(self._cells(), (units, 2), return_sequences=units > 1), False),
            ]
        return self._one_of([*any_shape, *timed])()  # type: ignore[no-any-return]

    def _cells(self) -> list[str]:
        return [self._one_of(CELLS), self._one_of(CELLS)]

    def _recurrent(self, units: int) -> Callable[[], tuple[Any, bool]]:
        kind, sequences, both, backwards = (
            self._one_of(_KINDS), self._chance(0.5), self._chance(0.3), self._chance(0.3),
        )  # fmt: skip

        def make() -> tuple[Any, bool]:
            if both:
                return L.Bidirectional(getattr(L, kind)(units, return_sequences=sequences)), sequences
            return getattr(L, kind)(units, return_sequences=sequences, go_backwards=backwards), sequences

        return make

    def _merge(self, items: list[Item], depth: int) -> list[Item]:
        """Two or three tensors of one shape, merged."""
        item = self._one_of(free := [item for item in items if not item.masked] or self._fresh(items))
        read = self._some_of([other for other in free if other.shape == item.shape], item)
        if len(read) == 1:
            return [Item(L.Add()([item.tensor, L.Dense(item.shape[-1])(item.tensor)]))]
        names = ["Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]
        names += ["Subtract"] if len(read) == 2 else []
        return [Item(getattr(L, self._one_of(names))()([each.tensor for each in read]))]

    def _states(self, items: list[Item], depth: int) -> list[Item]:
        """A layer whose last states are the first ones of another one, handed over in one of Keras's forms."""
        sequences = [item for item in items if item.timed] or [Item(L.RepeatVector(2)(self._flat(items)))]
        kind, units = self._one_of(_KINDS), self._number(1, 4)
        first, second = self._one_of(sequences), self._one_of(sequences)
        last, *states = getattr(L, kind)(units, return_state=True)(first.tensor)
        layer = getattr(L, kind)(units, return_sequences=self._chance(0.5))
        if self._chance(0.3):
            layer, states = L.Bidirectional(layer, merge_mode=self._one_of(["concat", "sum", "mul", "ave"])), states * 2
        handed_over = self._one_of([list, tuple])(states)
        if self._chance(0.3):
            made = layer(second.tensor, handed_over)
        else:
            made = layer(second.tensor, initial_state=handed_over)
        return [Item(made, second.masked and len(made.shape) == 3), Item(last), *map(Item, states)]

    def _block(self, items: list[Item], depth: int) -> list[Item]:
        """A functional model inside, of up to two inputs and three outputs, called up to three times."""
        read = [self._one_of(free := [item for item in items if not item.masked] or self._fresh(items))]
        if self._chance(0.4):
            read.append(self._one_of(free))
        block = self._functional([item.shape for item in read], depth - 1)
        made: list[Item] = []
        for _ in range(self._number(1, 4)):
            given = [self._one_of([each for each in [*free, *made] if each.shape == item.shape]) for item in read]
            tensors = [each.tensor for each in given]
            results = block(tensors if len(tensors) > 1 else tensors[0])
            made += [Item(each) for each in keras.tree.flatten(results)]
        return made

    def _functional(self, shapes: Sequence[Shape], depth: int) -> Any:
        """A functional model of its own, whose outputs carry no mask."""
        inputs = [Item(keras.Input(shape)) for shape in shapes]
        items = self._grow(inputs, self._number(1, 3), depth)
        free = [item for item in items[len(inputs) :] if not item.masked] or self._fresh(items)
        outputs = [self._one_of(free).tensor for _ in range(self._number(1, 4))]
        if self._chance(0.1):
            outputs.append(inputs[0].tensor)
        return keras.Model(
            [item.tensor for item in inputs] if len(inputs) > 1 else inputs[0].tensor,
            outputs if len(outputs) > 1 else outputs[0],
        )

    def _sequential(self, items: list[Item], depth: int) -> list[Item]:
        """A Sequential model inside, perhaps with models in it, called up to three times; a mask may run through it."""
        item = self._one_of(items)
        layers, masked, tensor = [], item.masked, keras.Input(item.shape)
        for _ in range(self._number(1, 4)):
            if not masked and self._chance(0.3):
                inner = self._functional([tuple(tensor.shape[1:])], depth - 1)
                layer, masked = (inner if len(inner.outputs) == 1 else L.Dense(2)), False
            else:
                layer, masked = self._any_layer(tuple(tensor.shape[1:]), masked)
            layers.append(layer)
            tensor = layer(tensor)
        model = keras.Sequential([keras.Input(item.shape), *layers])
        others = [other for other in items if (other.shape, other.masked) == (item.shape, item.masked)]
        return [Item(model(each.tensor), masked) for each in self._some_of(others)]

    def _fresh(self, items: list[Item]) -> list[Item]:
        return [Item(L.Dense(2, activation="tanh")(self._flat(items)))]

    def _flat(self, items: list[Item]) -> Any:
        """Some tensor as a vector without a mask."""
        item = self._one_of(items)
        return L.GRU(2)(item.tensor) if item.timed else item.tensor

    def _shape(self) -> Shape:
        features = self._number(1, 4)
        return (self._timesteps, features) if self._chance(0.5) else (features,)

    def _some_of(self, items: list[Item], first: Item | None = None) -> list[Item]:
        return [first or self._one_of(items), *(self._one_of(items) for _ in range(self._one_of([0, 0, 1, 2])))]
