"""Our frozen dataclasses do what those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import field
from typing import Any

import pytest

import xlcheck.frozen


class Plain:
    """A class of its own before it is made a dataclass: with a default of each kind."""

    x: float
    name: str = "a"
    items: list[int] = field(default_factory=list, hash=False)
    length: int = field(init=False, repr=False, compare=False)
    seconds: float = field(default=0.0, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.name))


def made(decorate: Any, **options: bool) -> Any:
    """The class above, made by one of the two decorators."""
    return decorate(frozen=True, **options)(type("Plain", Plain.__bases__, dict(vars(Plain))))


@xlcheck.frozen.dataclass(frozen=True, slots=True)
class Base:
    """Slots, and a class that inherits."""

    a: int


@xlcheck.frozen.dataclass(frozen=True, slots=True)
class Heir(Base):
    """One more field."""

    b: int = 2


class Undecorated(Heir):
    """Nothing of its own."""


@xlcheck.frozen.dataclass(frozen=True)
class Followed:
    """Something happens after it is made."""

    a: int
    b: list[int]
    c: int = 3

    def __post_init__(self) -> None:
        self.b.append(self.a + self.c)


DECORATORS = [dataclasses.dataclass, xlcheck.frozen.dataclass]
BOTH = pytest.mark.parametrize("cls", [made(decorate) for decorate in DECORATORS], ids=["standard", "own"])


@BOTH
def test_construction_takes_what_dataclasses_take(cls: Any) -> None:
    """By place and by name, with defaults of which each object has its own, and with what follows from the fields."""
    one, other = cls(1.0), cls(2.0, "bc", [3], seconds=4.0)

    assert dataclasses.asdict(one) == {"x": 1.0, "name": "a", "items": [], "length": 1, "seconds": 0.0}
    assert dataclasses.astuple(other) == (2.0, "bc", [3], 2, 4.0)
    assert one.items is not cls(1.0).items
    assert dataclasses.replace(other, name="def").length == 3
    for wrong in ({}, {"x": 1.0, "length": 2}, {"x": 1.0, "y": 2}):
        with pytest.raises(TypeError):
            cls(**wrong)


@BOTH
def test_comparison_and_text_follow_the_fields_options(cls: Any) -> None:
    """A field may stay out of equality, hash or text; no object equals one of another class."""
    one = cls(1.0, seconds=1.0)

    assert one == cls(1.0, seconds=2.0)
    assert one != cls(1.0, items=[1])
    assert hash(one) == hash(cls(1.0, items=[1], seconds=3.0)) != hash(cls(2.0))
    assert one != (1.0, "a", [])
    assert one.__eq__(1.0) is NotImplemented
    assert repr(one) == "Plain(x=1.0, name='a', items=[])"
    assert cls.__match_args__ == ("x", "name", "items", "seconds")


@BOTH
def test_what_is_frozen_stays(cls: Any) -> None:
    """No attribute can be set or deleted."""
    one = cls(1.0)
    for name in ("x", "another"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(one, name, 2.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.x
    assert one.x == 1.0


@BOTH
def test_a_signature_can_be_read_before_there_is_an_object(cls: Any) -> None:
    """Parameters, their order and which have defaults."""
    parameters = inspect.signature(cls).parameters

    assert list(parameters) == ["x", "name", "items", "seconds"]
    assert [p.default is inspect.Parameter.empty for p in parameters.values()] == [True, False, False, False]
    assert parameters["x"].annotation == "float"


@pytest.mark.parametrize("decorate", DECORATORS, ids=["standard", "own"])
def test_equality_by_identity_if_asked(decorate: Any) -> None:
    """`eq=False` leaves equality and hash as every object has them."""
    same = made(decorate, eq=False)

    assert same(1.0) != same(1.0)
    assert len({same(1.0, items=[1]), same(1.0)}) == 2


@pytest.mark.parametrize("value", [Base(1), Heir(1, 3), Undecorated(4)], ids=repr)
def test_slots_are_copied_pickled_and_inherited(value: Base) -> None:
    """Copies and pickles of frozen objects with slots are equal to them, and an heir takes all fields."""
    assert not hasattr(Base(1), "__dict__")
    assert copy.copy(value) == copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value  # noqa: S301
    assert Heir(1) == Heir(a=1, b=2) != Undecorated(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.a = 2  # type: ignore[misc]


def test_a_single_field_is_compared_as_in_a_tuple() -> None:
    """What is the same object is equal, as NaN in a tuple is."""
    nan = float("nan")

    assert Base(nan) == Base(nan)  # type: ignore[arg-type]


def test_classes_with_as_many_fields_keep_their_own_names_and_defaults() -> None:
    """Their `__init__` is made of the same code; what is missing is called by its name."""
    seen: list[int] = []

    assert (Followed(1, seen).c, Followed(b=seen, a=1, c=5).c, seen) == (3, 5, [4, 6])
    with pytest.raises(TypeError, match="'a' and 'b'"):
        Followed()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'a'"):
        Heir(b=1)  # type: ignore[call-arg]


def test_classes_that_change_are_made_elsewhere() -> None:
    """Whoever wants a class whose objects change is told where to find it."""
    with pytest.raises(TypeError, match="by `dataclasses"):
        xlcheck.frozen.dataclass(frozen=False)
