"""Frozen dataclasses that are quickly made.

The standard library compiles six functions for each, which takes half a millisecond: for the hundred classes that an
ordinary check imports, a sixth of its time. Here a class has an `__init__` alone, made when that is first asked for, of
code that is compiled once for all classes with as many fields; the rest is the same functions for all.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, NoReturn, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool = False, eq: bool = True) -> Callable[[type], type]:
        """`dataclasses.dataclass`, for frozen classes."""
        if not frozen:
            raise TypeError("classes that change are made by `dataclasses.dataclass`")

        def decorate(cls: type) -> type:
            if cls.__doc__ is None:
                cls.__doc__ = cls.__name__  # else the signature is put there, which takes as long as all the rest
            cls = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
            own = {"__init__": _Init(cls), "__repr__": _repr, "__setattr__": _refuse, "__delattr__": _refuse}
            if slots:
                own |= {"__getstate__": _state, "__setstate__": _set_state}
            if eq:
                own |= _comparison(cls)
            for name, made in own.items():
                if name not in vars(cls) or (name == "__hash__" and vars(cls)[name] is None):
                    setattr(cls, name, made)
            return cls

        return decorate


__all__ = ["dataclass"]


class _Init:
    """The `__init__` of a class until somebody looks at it."""

    def __init__(self, cls: type) -> None:
        self.cls = cls

    def __get__(self, instance: object, owner: type) -> Any:
        made = _init(self.cls)
        type.__setattr__(self.cls, "__init__", made)
        return made.__get__(instance, owner)


def _init(cls: Any) -> Any:
    """A function with a parameter for each field."""
    fields = dataclasses.fields(cls)
    if all(field.init and field.default_factory is dataclasses.MISSING for field in fields):
        code = _with_parameters(len(fields), hasattr(cls, "__post_init__"))
        names = {f"_{number}": field.name for number, field in enumerate(fields)}
        code = code.replace(
            co_varnames=("self", *names.values()), co_consts=tuple(names.get(c, c) for c in code.co_consts)
        )
        defaults = tuple(field.default for field in fields if field.default is not dataclasses.MISSING)
        made = FunctionType(code, {"_set": object.__setattr__}, "__init__", defaults)
    else:
        made = _compiled(cls)
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {field.name: field.type for field in fields if field.init}
    return made


@cache
def _with_parameters(count: int, followed: bool) -> CodeType:
    """The code of an `__init__` with so many parameters, for classes that differ in their names alone."""
    names = [f"_{number}" for number in range(count)]
    body = [f"_set(self, {name!r}, {name})" for name in names] + ["self.__post_init__()"] * followed
    return _function(["self", *names], body, {}).__code__


def _compiled(cls: Any) -> FunctionType:
    """An `__init__` that makes what is not given."""
    given: dict[str, Any] = {"_set": object.__setattr__, "_missing": dataclasses.MISSING}
    parameters, body = ["self"], []
    for field in dataclasses.fields(cls):
        name, value = field.name, field.name
        if field.default_factory is not dataclasses.MISSING:
            given[f"_make_{name}"] = field.default_factory
            parameters += [f"{name}=_missing"] * field.init
            value = f"_make_{name}()" + f" if {name} is _missing else {name}" * field.init
        elif field.default is not dataclasses.MISSING:
            given[f"_{name}"] = field.default
            parameters += [f"{name}=_{name}"] * field.init
            value = name if field.init else f"_{name}"
        elif field.init:
            parameters.append(name)
        else:
            continue
        body.append(f"_set(self, {name!r}, {value})")
    return _function(parameters, body + ["self.__post_init__()"] * hasattr(cls, "__post_init__"), given)


def _function(parameters: list[str], body: list[str], given: dict[str, Any]) -> FunctionType:
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body or ["pass"]), given)  # noqa: S102 - our names
    return cast("FunctionType", given["__init__"])


def _comparison(cls: Any) -> dict[str, Any]:
    """What makes two objects of a class equal if their fields are."""
    compared = [field for field in dataclasses.fields(cls) if field.compare]
    values = _values(*(field.name for field in compared))
    hashed = _values(*(field.name for field in compared if field.hash is not False))

    def __eq__(self: object, other: object) -> Any:  # noqa: N807
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(hashed(self))

    return {"__eq__": __eq__, "__hash__": __hash__}


def _values(*names: str) -> Callable[[Any], Any]:
    """A function that takes some attributes of an object, as a tuple."""
    if len(names) == 1:
        only = attrgetter(*names)
        return lambda value: (only(value),)
    return attrgetter(*names) if names else lambda value: ()


def _repr(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: object, name: str, *value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot {'assign to' if value else 'delete'} field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
