"""The desk where numbers are made: one computation at a time, and what a first picture waits for before all others.

Many threads that compute at once take Python's lock from each other a thousand times a second and get less done than
one after the other: a class of 30 waited five times as long. What is long gets up after a while and sits down anew at
the end of the line: whoever frees a lock and takes it again at once is faster than all who wait for it, and a race
would keep the seat until it is over.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Final, Generic, ParamSpec, TypeVar

from initlab.aside import HELPER, Busy
from initlab.desk import Desk

Asked = ParamSpec("Asked")
Item = TypeVar("Item")
DESK: Final = Desk()
PATIENCE: Final = 0.6  # seconds: longer than what is usually going on there
SITTING: Final = 0.05  # seconds: steps that are shorter are not worth the way to the end of the line


def sitting() -> Iterator[None]:
    """Once for each step of who has the seat, until he should get up."""
    until = time.monotonic() + SITTING
    yield
    while time.monotonic() < until:
        yield


class Steps(Generic[Item]):
    """Items that are made at the desk, for one visitor after the other: what a visitor changes begins another run while
    the one before may still be in the middle of a step. A fault stays what it was, and is not taken for the end."""

    def __init__(self, made: Generator[Item]) -> None:
        self._made, self._lock = made, threading.Lock()
        self._fault: Exception | None = None

    def __iter__(self) -> "Steps[Item]":
        return self

    def __next__(self) -> Item:
        with self._lock:
            if self._fault:
                raise self._fault
            try:
                return next(self._made)
            except StopIteration:
                raise
            except Exception as fault:
                self._fault = fault
                raise

    def close(self) -> None:
        """No further item."""
        with self._lock:
            self._made.close()


def steps(work: Iterable[Item], *, first: bool = False) -> Steps[Item]:
    """The items of `work`, made at the desk."""
    return Steps(_sittings(iter(work), first=first))


def _sittings(items: Iterator[Item], *, first: bool) -> Generator[Item]:
    made, over = list[Item](), False
    while not over:
        with DESK.seat(first=first):
            for _ in sitting():
                try:
                    made.append(next(items))
                except StopIteration:
                    over = True
                    break
        while made:
            yield made.pop(0)


def first(function: Callable[Asked, Item], *args: Asked.args, **kwargs: Asked.kwargs) -> Item:
    """What a first picture waits for and takes long: `function`, in the process beside this one if that is free in a
    moment, else at the desk."""
    with suppress(Busy):
        return HELPER.asked(partial(function, *args, **kwargs), first=True, patience=PATIENCE)
    with DESK.seat(first=True):
        return function(*args, **kwargs)
