"""A desk with one seat: who may compute now, where several threads want to, and whose turn is next."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count


class Desk:
    """A seat for one thread; who has it may sit down again.

    First pictures come before all else, but no more than so many `in_a_row` while others wait: those are late in a full
    hall, but not for ever.
    """

    def __init__(self, in_a_row: int = 2) -> None:
        self._in_a_row = in_a_row
        self._owner: int | None = None
        self._numbers = count()
        self._line: set[tuple[bool, int]] = set()  # who waits: those for a first picture sort first
        self._passed = 0  # first pictures since others wait
        self._changed = threading.Condition()

    @contextmanager
    def seat(self, *, first: bool = False, patience: float | None = None) -> Generator[bool]:
        """Until the end of the block, which must not wait for other threads; `first` is for a first picture. Gives
        whether it is there: not where that took more than `patience` seconds."""
        me = threading.get_ident()
        if self._owner == me:
            yield True
            return
        mine = (not first, next(self._numbers))
        with self._changed:
            self._line.add(mine)
            mine_now = self._changed.wait_for(lambda: self._owner is None and self._next() == mine, patience)
            self._line.remove(mine)
            if mine_now:
                self._owner = me
                self._passed = self._passed + 1 if first and self._others() else 0
            else:
                self._changed.notify_all()  # somebody may have waited for this one alone
        if not mine_now:
            yield False
            return
        try:
            yield True
        finally:
            with self._changed:
                self._owner = None
                self._changed.notify_all()

    def _next(self) -> tuple[bool, int]:
        return min(self._others() if self._passed >= self._in_a_row and self._others() else self._line)

    def _others(self) -> set[tuple[bool, int]]:
        return {place for place in self._line if place[0]}
