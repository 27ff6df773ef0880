"""`[tool.xlcheck]` in the nearest pyproject.toml that has it: what options are where the command line does not say.

A key is an option's long name, for every command that has it: `engine = "cellrune"`. In `[tool.xlcheck.check]` it is
for that command alone. Options that name files are not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from xlcheck.choices import require_known
from xlcheck.errors import UsageError
from xlcheck.frozen import dataclass

FILE = "pyproject.toml"
_TABLE = "[tool.xlcheck]"
_LIMIT = 10**6
_TOLERANCES = ("atol", "rtol")


@dataclass(frozen=True)
class Defaults:
    """What the file says for a command.

    Attributes:
        given: option → value, as they stand there.
        parameters: the same by the names of the command's parameters.
    """

    path: Path
    given: Mapping[str, Any]
    parameters: Mapping[str, Any]

    @property
    def tolerances(self) -> str:
        """Those of them that decide what agrees, in words; nothing if there are none."""
        return " and ".join(f"{name} = {self.given[name]}" for name in _TOLERANCES if name in self.given)


def defaults(folder: Path, name: str, commands: Mapping[str, click.Command]) -> Defaults | None:
    """What a command's options are by default, if a file says so.

    Args:
        folder: where the command was called; the file is looked for there and above.
        name: of the command.
        commands: all of them, each made when it is asked for.

    Raises:
        UsageError: the file cannot be read, or says something that no command understands.
    """
    found = _nearest(folder)
    if found is None:
        return None
    path, table = found
    own = table.get(name, {})
    if not isinstance(own, dict):
        raise UsageError(f"{path} {_TABLE}: {name} is a command; its options stand in [tool.xlcheck.{name}]")
    options = dict(_options(commands[name]))
    common = {key: value for key, value in table.items() if key not in commands}
    try:
        for key in common.keys() - options.keys():
            require_known(
                key, sorted({known for command in commands.values() for known, _ in _options(command)}), "option"
            )
        for key in own:
            require_known(key, options, f"option of `xlcheck {name}`")
    except UsageError as error:
        raise UsageError(f"{path} {_TABLE}: {error}") from None
    given = {key: value for key, value in (common | own).items() if key in options}
    values = {str(options[key].name): _value(options[key], value, path) for key, value in given.items()}
    return Defaults(path, given, values)


def _nearest(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    for parent in (folder, *folder.parents):
        table = _table(parent / FILE)
        if table is not None:
            return parent / FILE, table
    return None


def _table(path: Path) -> dict[str, Any] | None:
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            content = file.read(_LIMIT)
    except OSError:
        return None  # somebody else's folder
    if b"xlcheck" not in content:  # reading it takes longer than looking
        return None
    import tomllib

    try:
        table = tomllib.loads(content.decode("utf-8")).get("tool", {}).get("xlcheck")
    except (ValueError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    if table is not None and not isinstance(table, dict):
        raise UsageError(f'{path}: {_TABLE} is a table of options, such as engine = "cellrune"')
    return table


def _options(command: click.Command) -> Iterator[tuple[str, click.Option]]:
    """What may stand in the file, by the long names."""
    for item in command.params:
        if isinstance(item, click.Option) and not isinstance(item.type, click.Path):
            yield from ((name[2:], item) for name in item.opts if name.startswith("--"))


def _value(option: click.Option, value: Any, path: Path) -> Any:
    """A value as the option takes it.

    Raises:
        UsageError: it does not.
    """
    if option.multiple and not isinstance(value, list):
        value = [value]
    try:
        if option.is_flag and not isinstance(value, bool):
            raise click.BadParameter(f"{value!r} is neither true nor false")
        option.type_cast_value(click.Context(click.Command("xlcheck")), value)
    except click.BadParameter as error:
        raise UsageError(f"{path} {_TABLE}: {option.opts[-1][2:]}: {error.message}") from None
    except (TypeError, ValueError):
        raise UsageError(f"{path} {_TABLE}: {option.opts[-1][2:]}: {value!r} is not what it takes") from None
    return value
