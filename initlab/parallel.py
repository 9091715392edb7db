"""Where independent pieces of work run: here, one after the other, or on a Dask cluster that is running already.

`INITLAB_DASK=tcp://scheduler:8786` names the cluster; large work is then sent there through joblib. Without it joblib's
own settings hold, such as `with joblib.parallel_config(n_jobs=4)`; where there are none, nothing leaves the process.
"""

import gc
import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Final, TypeVar

import joblib

from initlab.errors import invalid

SETTING: Final = "INITLAB_DASK"
LARGE: Final = 10**11  # operations, a second or two: what is smaller is done before a cluster has been asked
PATIENCE: Final = 3  # seconds for the scheduler to answer, and then for a first worker to appear
WAVE: Final = 4  # tasks a worker: whoever stops asking has wasted no more than that
Result = TypeVar("Result")


def in_order(
    function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]], operations: float, address: str | None = None
) -> Iterator[Result]:
    """`function(*task)` for every task, in their order. Here the next one is computed when it is asked for.

    `operations` estimates all of them together; `address` stands for the setting, "" for none. ValueError where the
    cluster cannot be used.
    """
    place = address_set() if address is None else address
    if place and operations >= LARGE:
        yield from _in_waves(cluster(place), function, iter(tasks))
    else:
        found: Any = joblib.Parallel(return_as="generator")(joblib.delayed(function)(*task) for task in tasks)
        yield from found


def cores() -> int:
    """How many this process may use, where a container or an affinity leaves it fewer than there are, too."""
    return joblib.cpu_count()


def address_set() -> str:
    """What the setting says, "" where it is not set."""
    return os.environ.get(SETTING, "").strip()


def cluster(address: str) -> Any:
    """The client of the scheduler at that address; ValueError with a sentence where there is none."""
    client = _answering(address)
    if client is None:
        gc.collect()  # closes what failed: left alone, that may happen while the next client starts: a deadlock
        rule = f"{SETTING} must be the address of a Dask scheduler that answers within {PATIENCE} s and has workers"
        raise invalid(rule, repr(address), "write tcp://host:8786, or unset it to compute here")
    return client


def _answering(address: str) -> Any:
    """The client, or None where nothing answers as a scheduler with workers does."""
    try:
        client = _client(address)
        if client.status != "running":  # the scheduler went away: perhaps it is back
            _client.cache_clear()
            client.close()
            client = _client(address)
        client.wait_for_workers(1, timeout=PATIENCE)
    except ImportError:
        raise invalid(f"{SETTING} needs the package distributed", "an environment without it", "install it") from None
    except Exception:  # whatever it is that answers there, it raises what it likes
        return None
    return client


@lru_cache(maxsize=1)  # a connection, not a result
def _client(address: str) -> Any:
    distributed = importlib.import_module("distributed")  # a development dependency: who has a cluster has it
    return distributed.Client(address, timeout=PATIENCE, set_as_default=False)


def _in_waves(client: Any, function: Callable[..., Result], tasks: Iterator[tuple[Any, ...]]) -> Iterator[Result]:
    """Not all at once, so that what nobody waits for any more is not computed."""
    size = WAVE * sum(client.ncores().values())
    while wave := list(islice(tasks, size)):
        with joblib.parallel_config("dask", client=client):
            found: Any = joblib.Parallel()(joblib.delayed(function)(*task) for task in wave)
        yield from found
