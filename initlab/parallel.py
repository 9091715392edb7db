"""Where independent pieces of work run: here, one after the other, or on a Dask cluster that is running already.

`INITLAB_DASK=tcp://scheduler:8786` names the cluster; large work is then sent there through joblib. Without it joblib's
own settings hold, such as `with joblib.parallel_config(n_jobs=4)`; where there are none, nothing leaves the process.
"""

import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, TypeVar

import joblib

from initlab.errors import invalid

SETTING: Final = "INITLAB_DASK"
LARGE: Final = 2 * 10**10  # operations, about a second: what is smaller is done before a cluster has been asked
PATIENCE: Final = 3  # seconds for the scheduler to answer, and then for a first worker to appear
Result = TypeVar("Result")


def in_order(
    function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]], operations: float, address: str | None = None
) -> Iterator[Result]:
    """`function(*task)` for every task, in their order, each as soon as it and all before it are done.

    Here the next one is computed when it is asked for. `operations` estimates all of them together. ValueError where
    the cluster that `address`, or else the setting, names cannot be used.
    """
    with _place(operations, address):
        found: Any = joblib.Parallel(return_as="generator")(joblib.delayed(function)(*task) for task in tasks)
    return found


def cluster(address: str) -> Any:
    """The client of the scheduler at that address; ValueError with a sentence where there is none."""
    try:
        distributed = importlib.import_module(
            "distributed"
        )  # a development dependency: only who has a cluster needs it
    except ImportError:
        raise invalid(f"{SETTING} needs the package distributed", "an environment without it", "install it") from None
    try:
        client = _current(distributed, address) or distributed.Client(address, timeout=PATIENCE)
        if not client.nthreads():
            client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError):
        rule = f"{SETTING} must be the address of a Dask scheduler that answers within {PATIENCE} s and has workers"
        raise invalid(rule, repr(address), "write tcp://host:8786, or unset it to compute here") from None
    return client


def _place(operations: float, address: str | None) -> AbstractContextManager[Any]:
    found = os.environ.get(SETTING, "") if address is None else address
    if not found or operations < LARGE:
        return nullcontext()
    return joblib.parallel_config("dask", client=cluster(found), wait_for_workers_timeout=PATIENCE)


def _current(distributed: Any, address: str) -> Any:
    """The client this process has already, which distributed keeps itself, if it is connected to that address."""
    try:
        client = distributed.Client.current()
    except ValueError:
        return None
    connected = client.status == "running" and client.scheduler.address == address
    return client if connected else None
