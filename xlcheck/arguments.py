"""What a caller hands over, held against what the library's functions say that they take.

The annotations of a function are the rule, so that no function has to ask itself. Nothing heavy is imported here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import wraps
from numbers import Integral, Real
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from xlcheck.errors import UsageError
from xlcheck.shown import shortened

P = ParamSpec("P")
T = TypeVar("T")


def _is_path(value: Any) -> bool:
    return isinstance(value, str | os.PathLike) and isinstance(os.fspath(value), str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")  # NumPy's


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 0


def _is_number(value: Any) -> bool:
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        float(value)
    except OverflowError:
        return False
    return True


Lesson = str
"""The name of a lesson; whatever else is handed over, such as a model, the function itself says what to do with."""
_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "Path": ("a path", _is_path),
    "str": ("a text", lambda value: isinstance(value, str)),
    "bool": ("True or False", _is_flag),
    "int": ("a whole number from 0", _is_whole),
    "float": ("a number", _is_number),
    "Mapping": ("a dictionary", lambda value: isinstance(value, Mapping)),
    "Executor": ("an executor", lambda value: hasattr(value, "submit")),
    "ExercisePlan": ("an ExercisePlan", lambda value: type(value).__name__ == "ExercisePlan"),
    "Progress": ("a function", callable),
    "Told": ("a function", callable),
    "None": ("None", lambda value: value is None),
}
"""Part of an annotation → what to call it, and whether a value is one; names to choose from end in `Name`."""


def checked(function: Callable[P, T]) -> Callable[P, T]:
    """Refuse what a function does not take before it begins; what is annotated as anything else is its own matter.

    Raises:
        UsageError: an argument is of another kind, or negative where things are counted.
    """
    inner: Any = function
    while hasattr(inner, "__wrapped__"):
        inner = inner.__wrapped__
    names = inner.__code__.co_varnames[: inner.__code__.co_argcount]
    rules = {name: rule for name, words in inner.__annotations__.items() if (rule := _kinds(words)) is not None}

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        __tracebackhide__ = True
        for name, value in (*zip(names, args, strict=False), *kwargs.items()):
            if name in rules:
                _require(name, value, rules[name])
        return function(*args, **kwargs)

    return call


def _kinds(annotation: str) -> tuple[str, ...] | None:
    """The parts of an annotation; None if one of them can be anything."""
    parts = ["Mapping", "None"] if annotation.startswith("Mapping[") else annotation.split(" | ")
    kinds = ["str" if part.endswith("Name") else part for part in parts]
    known = all(kind in _KINDS for kind in kinds)
    return tuple(kind for kind in kinds if kind != "str" or "Path" not in kinds) if known else None


def _require(name: str, value: Any, kinds: tuple[str, ...]) -> None:
    if not any(_KINDS[kind][1](value) for kind in kinds):
        words = " or ".join(_KINDS[kind][0] for kind in kinds if kind != "None")
        raise UsageError(f"{name} is {words}, not {shortened(value)}")


def flags_of(**options: object) -> tuple[str, ...]:
    """Options of the command that were given; arrays and models in memory have none."""
    given = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            given.append(flag)
        elif isinstance(value, str | Path | int | float) and value is not False:
            given += [flag, str(value)]
    return tuple(given)
