"""The desk where numbers are made: one computation at a time, and what a first picture waits for before all others.

Many threads that compute at once take Python's lock from each other a thousand times a second and get less done than
one after the other: a class of 30 waited five times as long. What is long gets up after a while and sits down anew at
the end of the line: whoever frees a lock and takes it again at once is faster than all who wait for it, and a race
would keep the seat until it is over.
"""

import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Final, TypeVar

Item = TypeVar("Item")


class Desk:
    """A seat for one thread; who has it may sit down again."""

    def __init__(self) -> None:
        self._owner: int | None = None
        self._numbers = count()
        self._line: set[tuple[bool, int]] = set()  # who waits: those for a first picture sort first
        self._changed = threading.Condition()

    @contextmanager
    def seat(self, *, first: bool = False) -> Generator[None]:
        """Until the end of the block, which must not wait for other threads; `first` comes before all that is not."""
        me = threading.get_ident()
        if self._owner == me:
            yield
            return
        mine = (not first, next(self._numbers))
        with self._changed:
            self._line.add(mine)
            self._changed.wait_for(lambda: self._owner is None and min(self._line) == mine)
            self._line.remove(mine)
            self._owner = me
        try:
            yield
        finally:
            with self._changed:
                self._owner = None
                self._changed.notify_all()


DESK: Final = Desk()
SITTING: Final = 0.05  # seconds: steps that are shorter are not worth the way to the end of the line


def sitting() -> Iterator[None]:
    """Once for each step of who has the seat, until he should get up."""
    until = time.monotonic() + SITTING
    yield
    while time.monotonic() < until:
        yield


def steps(work: Iterable[Item], *, first: bool = False) -> Generator[Item]:
    """The items of `work`, made at the desk."""
    items, made, over = iter(work), list[Item](), False
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
