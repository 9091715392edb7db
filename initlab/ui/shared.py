"""Long work that several visitors ask for at once, as a class does that opens one link: done once, seen by all.

Where there is a `line`, the work stands in it as long as anybody follows it. Its lock is taken only by who may
go on, so that who computes already never waits for somebody who stands in line.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import nullcontext
from typing import Final, Generic, TypeVar

from initlab.ui import gate
from initlab.ui.gate import Gate, Turn

NEWS: Final = 0.1  # seconds between two looks at how far another visitor has come
Item = TypeVar("Item")


class _Made:
    """What only one visitor makes at a time, while others wait for news."""

    def __init__(self) -> None:
        self._making, self._news = threading.Lock(), threading.Condition()

    def _mine(self, turn: Turn | None) -> bool:
        """Whether to go on making it, until `_stop`. Where somebody else does, or the turn has not come, no sooner than
        there is news, or a moment has passed."""
        if turn is not None and not turn.come():
            turn.wait()
        elif self._making.acquire(blocking=False):
            return True
        else:
            with self._news:
                self._news.wait(NEWS)
        return False

    def _stop(self) -> None:
        self._making.release()
        self._tell()

    def _tell(self) -> None:
        with self._news:
            self._news.notify_all()


class Shared(_Made, Generic[Item]):
    """Items in order. Whoever asks first makes the next ones; the others wait, and go on where he stops."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Item] = []

    @property
    def found(self) -> list[Item]:
        """What is there so far."""
        return list(self._found)

    def grow(
        self, total: int, following: Callable[[int], Iterable[Item]], *, line: Gate | None = None
    ) -> Generator[int]:  # fmt: skip
        """How many there are, again and again until there are `total`; `following(n)` makes those after the first n."""
        with gate.turn(self, line) if line is not None else nullcontext() as turn:
            while len(self._found) < total:
                if not self._mine(turn):
                    yield len(self._found)
                    continue
                try:
                    yield from self._make(total, following)
                finally:
                    self._stop()

    def _make(self, total: int, following: Callable[[int], Iterable[Item]]) -> Generator[int]:
        if len(self._found) >= total:  # the last one came just now
            return
        for item in following(len(self._found)):
            self._found.append(item)
            self._tell()
            yield len(self._found)


class Staged(_Made, Generic[Item]):
    """One computation that tells how far it is. Whoever asks first does it; others watch, and go on where he stops."""

    def __init__(self, begin: Callable[[], Iterator[Item]]) -> None:
        super().__init__()
        self._begin, self._running = begin, None
        self._latest: Item | None = None
        self._finished = False

    @property
    def result(self) -> Item | None:
        """The last item, once it is there."""
        return self._latest if self._finished else None

    def follow(self, *, line: Gate | None = None) -> Generator[Item]:
        """Where it stands, again and again, the last item at last."""
        with gate.turn(self, line) if line is not None else nullcontext() as turn:
            while not self._finished:
                if not self._mine(turn):
                    if self._latest is not None:
                        yield self._latest
                    continue
                try:
                    yield from self._go_on()
                finally:
                    self._stop()
        assert self._latest is not None  # noqa: S101  it has finished
        yield self._latest

    def last(self, *, line: Gate | None = None) -> Item:
        """The last item, whatever it takes."""
        if self.result is None:
            for _ in self.follow(line=line):
                pass
        assert self.result is not None  # noqa: S101
        return self.result

    def _go_on(self) -> Generator[Item]:
        """From where it stands; what fails is begun anew by the next."""
        if self._finished:  # just now
            return
        self._running = self._running or self._begin()
        try:
            for item in self._running:
                self._latest = item
                yield item
        except Exception:
            self._running = None
            raise
        self._finished, self._running = True, None


def once(make: Callable[[], Item]) -> Staged[Item]:
    """A computation in one piece."""
    return Staged(lambda: iter((make(),)))
