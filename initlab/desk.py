"""A desk with one seat: who may compute now, where several threads want to, and whose turn is next."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count


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
