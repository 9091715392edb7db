"""The desk where numbers are made: one computation at a time, and what a first picture waits for before all others.

Many threads that compute at once take Python's lock from each other a thousand times a second and get less done than
one after the other: a class of 30 waited five times as long. What is long gets up after a while and sits down anew at
the end of the line: whoever frees a lock and takes it again at once is faster than all who wait for it, and a race
would keep the seat until it is over.
"""

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Final, ParamSpec, TypeVar

from initlab.aside import HELPER
from initlab.desk import Desk

Asked = ParamSpec("Asked")
Item = TypeVar("Item")
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


def first(function: Callable[Asked, Item], *args: Asked.args, **kwargs: Asked.kwargs) -> Item:
    """What a first picture waits for and takes long: `function`, in the process beside this one, else at the desk."""
    if HELPER:
        return HELPER.first(function, *args, **kwargs)
    with DESK.seat(first=True):
        return function(*args, **kwargs)
