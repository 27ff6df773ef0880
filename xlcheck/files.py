"""Files that a user names: read only if they are ordinary ones, written whole or not at all, and never both."""

from __future__ import annotations

import errno
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipInfo

from xlcheck.errors import UsageError, XlcheckError
from xlcheck.shown import encodable
from xlcheck.sizes import megabytes

_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))

_inputs: ContextVar[dict[tuple[int, int], Path] | None] = ContextVar("inputs", default=None)
"""What a command reads: files by device and number, so that links make no difference."""


@contextmanager
def protected_inputs(*inputs: object) -> Iterator[None]:
    """Inside, nothing can be written onto these files, nor onto those that `protect` names.

    Args:
        inputs: paths; what is none, as an array or a model in memory, is left out.
    """
    outer = _inputs.get()
    token = _inputs.set({} if outer is None else outer)
    try:
        for item in inputs:
            if isinstance(item, str | Path):
                protect(Path(item))
        yield
    finally:
        _inputs.reset(token)


def protect(path: Path) -> None:
    """Name a file that is read, for as long as the call or command that protects its inputs runs."""
    inputs = _inputs.get()
    # One that cannot be found cannot be overwritten; whoever reads it says so.
    with suppress(OSError, ValueError):
        if inputs is not None:
            inputs[_identity(path)] = path


def open_input(path: Path) -> BinaryIO:
    """Open a file for reading; a pipe or a device, which may never end, is not waited for.

    Raises:
        OSError: there is none, it cannot be read, or it is no ordinary file; `strerror` says which.
    """
    if is_folder(path):  # which some systems do not even open
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags)
    except ValueError as error:
        raise OSError(errno.EINVAL, str(error), str(path)) from None
    kind = _kind(os.fstat(descriptor).st_mode)
    if kind is not None:
        os.close(descriptor)
        raise OSError(errno.EINVAL, f"it is {kind}, not an ordinary file", str(path))
    return open(descriptor, "rb")  # noqa: PTH123 - of a descriptor


@contextmanager
def reading(path: object, error: type[XlcheckError], then: str = "") -> Iterator[None]:
    """Say in one sentence why a file cannot be read, and what to do then.

    Raises:
        XlcheckError: it cannot; of the kind that is given.
    """
    try:
        yield
    except OSError as caught:
        raise error(f"{path} cannot be read: {caught.strerror or caught}{then and '; '}{then}") from None


def is_folder(path: Path) -> bool:
    """Whether a folder stands there; where there can be nothing, as the name is too long, there is none."""
    with suppress(OSError, ValueError):
        return path.is_dir()
    return False


def read_input(path: Path, limit: int) -> bytes:
    """What stands in a file.

    Raises:
        OSError: see `open_input`; or there are more bytes.
    """
    with open_input(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it has more than the limit of {megabytes(limit)}", str(path))
    return content


def require_ordinary(path: Path) -> None:
    """Refuse a pipe, a device or a loop of links; a file that is missing is left to whoever reads it.

    Raises:
        UsageError: it is one.
    """
    try:
        kind = _kind(path.stat().st_mode)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if kind not in {None, "a folder"}:
        raise UsageError(f"{path} is {kind}, not an ordinary file; save it into one first")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a temporary path near the target, and rename it to the target if all goes well.

    Whatever interrupts the writing (an error, a full disk, Ctrl-C), the target keeps its old
    content and the temporary file is removed; if the process is killed, by the next that writes there.
    A symbolic link stays one; what it leads to is replaced, and keeps its permissions.

    Raises:
        UsageError: the file cannot be written there, or is an input; see `protected_inputs`.
    """
    import shutil

    shown, target = target, _writable(target)
    _remove_leftovers(target.parent)
    try:
        # In a folder of its own, which nobody else can enter, beside the target, where it can be renamed. Its name is
        # known before it is made, for a signal may end this between the two.
        folder = target.parent / f"{_prefix()}{os.getpid()}-{os.urandom(8).hex()}"
        temporary = folder / target.name  # some writers insist on the suffix
        try:
            folder.mkdir(mode=0o700)
            yield temporary
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            temporary.replace(target)
        finally:
            try:
                shutil.rmtree(folder, ignore_errors=True)
            finally:  # once more, should a signal have come into the middle of it
                shutil.rmtree(folder, ignore_errors=True)
    except PermissionError as error:
        raise UsageError(
            f"cannot write {shown}: {error.strerror or error}; close it in other programs, or choose another place"
        ) from error
    except OSError as error:
        raise UsageError(f"cannot write {shown}: {error.strerror or error}; choose another place") from error


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, unless it is there.

    Raises:
        UsageError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {folder}: {error.strerror or error}; choose another one") from error


@contextmanager
def filling(folder: Path) -> Iterator[None]:
    """Make a folder, and those above it; what is new of them and still empty when an error comes is removed again.

    Raises:
        UsageError: it cannot be made.
    """
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    make_folder(folder)
    try:
        yield
    except BaseException:
        for path in new:
            with suppress(OSError):  # something was written into it
                path.rmdir()
        raise


def require_writable(target: Path, *endings: str) -> None:
    """Refuse a result's file before anything long is computed for it.

    Args:
        target: the file.
        endings: how its name may end; however it likes if none are given.

    Raises:
        UsageError: its name ends otherwise, its folder is missing, or it is an input or no ordinary file.
    """
    if endings:
        require_ending(target, *endings)
    resolved = _writable(target)
    if not resolved.parent.is_dir():
        raise UsageError(
            f"cannot write {target}: there is no folder {target.parent}; make it first, or choose another place"
        )


def require_ending(path: Path, *endings: str) -> None:
    """Refuse a name that says something else than the file will be.

    Raises:
        UsageError: it ends otherwise.
    """
    if path.suffix.lower() not in endings:
        raise UsageError(f"{path}: the name must end in {' or '.join(endings)}")


def files_below(folder: Path) -> list[Path]:
    """The files in a folder and in those below it that are not hidden, by their names.

    Raises:
        UsageError: one of the folders cannot be read, so that files might be passed over.
    """

    def refuse(error: OSError) -> None:
        raise UsageError(f"the folder {error.filename} cannot be read: {error.strerror}; check its permissions")

    found = list[Path]()
    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names]
    return sorted(found)


def write_text(target: Path, text: str | Iterable[str]) -> None:
    """Write a text, whole or in pieces, into a file in UTF-8 with Unix line ends on every system.

    Raises:
        UsageError: the file cannot be written there, or is an input.
    """
    with replacing(target) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(map(encodable, [text] if isinstance(text, str) else text))


def _writable(target: Path) -> Path:
    """Where a target leads to, unless an input or something else than a file stands there."""
    try:
        resolved = target.resolve()  # which fails in a folder that is gone
        try:
            kind = _kind(resolved.stat().st_mode)
            source = (_inputs.get() or {}).get(_identity(resolved))
        except (FileNotFoundError, NotADirectoryError):  # the latter is said when it is written
            return resolved
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a name that cannot be one
        what = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot write {target}: {what}; choose another place") from None
    if kind is not None:
        what = kind if kind == "a folder" else "no ordinary file"
        raise UsageError(f"cannot write {target}: it is {what}; choose another place")
    if source is not None:
        what = "it" if source == target else f"it is {source}, which"
        raise UsageError(f"cannot write {target}: {what} is read by the same command; name another file for the result")
    return resolved


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _kind(mode: int) -> str | None:
    """What stands there, if it is no ordinary file."""
    if stat.S_ISREG(mode):
        return None
    return next((kind for holds, kind in _KINDS if holds(mode)), "a device")


def _remove_leftovers(folder: Path) -> None:
    """Remove what processes of this machine have left that were killed while they wrote into a folder."""
    import shutil

    for path in folder.glob(f"{_prefix()}*-*"):
        with suppress(ValueError, OSError):
            if not _is_alive(int(path.name.split("-")[2])):
                shutil.rmtree(path, ignore_errors=True)


def _prefix() -> str:
    """How temporary folders begin on this machine; processes of another one may write into the same folder."""
    import platform

    return f".xlcheck-{zlib.crc32(platform.node().encode()):08x}-"


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # where signal 0 would end it: a folder in use cannot be removed there anyway
        return process == os.getpid()
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def zip_part(name: str) -> ZipInfo:
    """A part of a zip to be written: the same whenever and on whatever platform that is.

    Its time is the earliest that a zip can hold, `zipfile`'s own default.
    """
    part = ZipInfo(name)
    part.create_system = 0
    return part
