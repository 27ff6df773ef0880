"""A Dask cluster that is there already, as an executor: the key is sent to it once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from xlcheck.errors import MissingDependencyError, UsageError, install_command
from xlcheck.grading.prepared import PreparedKey

_RETRIES = 3
_SECONDS = 10


@contextmanager
def connected(address: str, prepared: PreparedKey) -> Iterator[tuple[Executor, Any]]:
    """A cluster's own executor, and the key as it is known there.

    Dask starts anew what a worker had in hand that was lost.

    Raises:
        MissingDependencyError: Dask is not installed.
        UsageError: the address is none, or nobody answers there.
    """
    scheme, mark, place = address.partition("://")
    if scheme != "dask" or not mark or not place:
        raise UsageError(f"{address} is no address of a cluster; write it as dask://HOST:PORT")
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingDependencyError(f"a cluster needs Dask; install it with: {install_command('cluster')}") from error
    try:
        client = Client(f"tcp://{place}", timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"nobody answers at {address} ({error}); start a scheduler there, or look at the port"
        ) from None
    try:
        yield client.get_executor(retries=_RETRIES), client.scatter(prepared, broadcast=True)
    finally:
        client.close()
