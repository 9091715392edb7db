"""Long work that several visitors ask for at once, as a class does that opens one link: done once, seen by all."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Final, Generic, TypeVar

NEWS: Final = 0.1  # seconds between two looks at how far another visitor has come
Item = TypeVar("Item")


class Shared(Generic[Item]):
    """Items in order. Whoever asks first makes the next ones; the others wait, and go on where he stops."""

    def __init__(self) -> None:
        self._found: list[Item] = []
        self._making, self._news = threading.Lock(), threading.Condition()

    @property
    def found(self) -> list[Item]:
        """What is there so far."""
        return list(self._found)

    def grow(self, total: int, following: Callable[[int], Iterable[Item]]) -> Generator[int]:
        """How many there are, again and again until there are `total`; `following(n)` makes those after the first n."""
        while len(self._found) < total:
            if self._making.acquire(blocking=False):
                try:
                    yield from self._make(total, following)
                finally:
                    self._making.release()
            else:
                with self._news:
                    self._news.wait(NEWS)
                yield len(self._found)

    def _make(self, total: int, following: Callable[[int], Iterable[Item]]) -> Generator[int]:
        if len(self._found) >= total:  # the last one came just now
            return
        for item in following(len(self._found)):
            self._found.append(item)
            with self._news:
                self._news.notify_all()
            yield len(self._found)


class Staged(Generic[Item]):
    """One computation that tells how far it is. Whoever asks first does it; others watch, and go on where he stops."""

    def __init__(self, begin: Callable[[], Iterator[Item]]) -> None:
        self._begin, self._running = begin, None
        self._latest: Item | None = None
        self._finished = False
        self._making = threading.Lock()

    @property
    def result(self) -> Item | None:
        """The last item, once it is there."""
        return self._latest if self._finished else None

    def follow(self) -> Generator[Item]:
        """Where it stands, again and again, the last item at last."""
        while not self._finished:
            if self._making.acquire(blocking=False):
                try:
                    yield from self._go_on()
                finally:
                    self._making.release()
            else:
                if self._making.acquire(timeout=NEWS):  # he who had it has stopped, or finished
                    self._making.release()
                if self._latest is not None:
                    yield self._latest
        assert self._latest is not None  # noqa: S101  it has finished
        yield self._latest

    def _go_on(self) -> Generator[Item]:
        """From where it stands; what fails is begun anew by the next."""
        self._running = self._running or self._begin()
        try:
            for item in self._running:
                self._latest = item
                yield item
        except Exception:
            self._running = None
            raise
        self._finished, self._running = True, None
