"""A process beside this one: for bands and remedies, which no first picture waits for, and for pictures that take long.

Python runs one thread of a process at a time, however many cores there are. With this half of a class's work in a
process of its own, the pages have the whole of theirs.
"""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from typing import Final, ParamSpec, TypeVar

from joblib.externals.loky import get_reusable_executor, process_executor

from initlab.desk import Desk
from initlab.parallel import cores

ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
NICE: Final = 10
A_TERM: Final = 3600  # seconds without work after which it ends; the next piece of work begins another
LOOK: Final = 1.0  # seconds
Asked = ParamSpec("Asked")
Result = TypeVar("Result")


class Busy(Exception):
    """The process has other things to do, or there is none."""


class Helper:
    """The process, once it has been begun."""

    def __init__(self) -> None:
        self._begun, self._desk = False, Desk(in_a_row=1)  # pieces are long here

    def __bool__(self) -> bool:
        return self._begun

    def begin(self) -> None:
        """Have it load what it needs; nothing happens where there is one core for both."""
        if cores() > 1:
            with suppress(OSError):  # no room for a process or its locks: the pages do all of it themselves
                self._process().submit(int)
                self._begun = True

    def done(self, function: Callable[Asked, Result], *args: Asked.args, **kwargs: Asked.kwargs) -> Result:
        """What `function`, which has a name in a module, returns; it runs here where there is no process, or where that
        has died: the next one asked for is another."""
        with suppress(Busy):
            return self.asked(partial(function, *args, **kwargs))
        return function(*args, **kwargs)

    def asked(
        self, work: Callable[[], Result], *, first: bool = False, patience: float | None = None
    ) -> Result:  # fmt: skip
        """What comes of `work`, which travels there; what a `first` picture waits for takes turns with the rest. Busy
        where the process is not there, or does not come to it within `patience` seconds."""
        if not self._begun:
            raise Busy
        with self._desk.seat(first=first, patience=patience) as free:
            if not free:
                raise Busy
            try:
                return self._process().submit(work).result()
            except (BrokenProcessPool, OSError) as died:
                raise Busy from died

    def _process(self) -> Executor:
        return get_reusable_executor(max_workers=1, timeout=A_TERM, initializer=_modest, env=ONE_THREAD)


def _modest() -> None:
    """Leave the cores to those who draw a first picture; a system without such manners shares them out evenly. And keep
    what is kept here on purpose: loky ends a process that grows by 300 MB where it finds psutil."""
    process_executor._USE_PSUTIL = False  # pyright: ignore[reportPrivateUsage]
    if hasattr(os, "nice"):
        os.nice(NICE)
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()


def _leave_with(parent: int) -> None:
    """End as soon as the server has: where that was killed, nobody tells. Windows keeps the number of the dead, and
    there it takes until the term is over."""
    while os.getppid() == parent:
        time.sleep(LOOK)
    os._exit(0)


HELPER: Final = Helper()
