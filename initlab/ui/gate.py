"""The gate of a process: so much heavy work at once, first come first served, and who has to wait reads their place.

A place belongs to a piece of work, not to a visitor: it is there as long as anybody wants the work, and those who want
the same share it. It is gone as soon as nobody does, on whichever way they left. Work is entered into the line before
any lock is taken, so that nobody holds one while waiting here.
"""

import os
import threading
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from initlab import parallel
from initlab.errors import invalid
from initlab.ui.pace import Pace

SETTING: Final = "INITLAB_AT_ONCE"
MOST: Final = 64
HEAVY: Final = 5 * 10**9  # operations: about half a second. What takes less is done before anybody has read a sentence
NEWS: Final = 0.1  # seconds between two looks at whether the visitor wants something else
COUNTS: Final = ("", "One other computes", "Two others compute", "Three others compute", "Four others compute",
                 "Five others compute", "Six others compute")  # fmt: skip


def at_once() -> int:
    """How much heavy work a process does at the same time: what the setting says, else one piece for two cores.

    All threads of a process share one lock on Python's own steps, pages as well as heavy work, so that past two pieces
    more cores would not help: more processes do.
    """
    given = os.environ.get(SETTING, "").strip()
    if not given:
        return min(2, max(1, parallel.cores() // 2))
    if not given.isdecimal() or not 1 <= int(given) <= MOST:
        raise invalid(f"{SETTING} must be a whole number from 1 to {MOST}", repr(given), "write 1, or unset it")
    return int(given)


class Gate:
    """Pieces of work in the order in which they came; the first `places` of them may go on."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._line: dict[Hashable, list[int]] = {}  # the work, and the thread of each visitor who wants it
        self._moved = threading.Condition()  # its lock may be taken twice: leaving can happen in a garbage collection

    def __len__(self) -> int:
        """Pieces of work in line, those that go on included."""
        return len(self._line)

    def visitors(self, work: Hashable) -> int:
        """How many want it."""
        return len(self._line.get(work, ()))

    @contextmanager
    def standing(self, work: Hashable) -> Generator[None]:
        """`work` in line until the end of the block."""
        me = threading.get_ident()
        with self._moved:
            self._line.setdefault(work, []).append(me)
        try:
            yield
        finally:
            with self._moved:
                self._line[work].remove(me)
                if not self._line[work]:
                    del self._line[work]
                self._moved.notify_all()

    def before(self, work: Hashable) -> int:
        """How much comes before `work`, which has to stand in line; 0 where it may go on.

        So may whatever else a thread begins that is inside already: it would wait for itself.
        """
        with self._moved:
            line = list(self._line)
            if any(threading.get_ident() in self._line.get(one, ()) for one in line[: self._places]):
                return 0
            return line.index(work)

    def wait(self) -> None:
        """Until somebody leaves, or for a moment."""
        with self._moved:
            self._moved.wait(NEWS)


GATE: Final = Gate(at_once())
ASIDE: Final = Gate(1)  # for long bands, where a process beside this one measures them: they hold up nothing here
SHORT: Final = Gate(1)  # for what follows the first picture of a page in a moment: bands and remedies. In a full hall
# these moments come from thirty visitors at once, and all of them together would hold up everybody's first picture


def line(*, heavy: bool) -> Gate | None:
    """Where work stands, if anywhere."""
    return GATE if heavy else None


class Turn:
    """What a visitor sees of the line: nothing at all, unless there is somebody before the work, and nothing of the
    short one ever."""

    def __init__(self, work: Hashable, line: Gate) -> None:
        self._work, self._line = work, line
        self._notice: DeltaGenerator | None = None
        self._said = 0
        self._pace = Pace()

    def come(self) -> bool:
        """Whether the work may go on. While it may not, the visitor is told why, and his run ends where he has changed
        anything meanwhile."""
        before = self._line.before(self._work)
        if get_script_run_ctx(suppress_warning=True) is not None:  # else nobody is looking: a download
            self._tell(before)
        return before == 0

    def _tell(self, before: int) -> None:
        if before == 0:
            self.clear()
        elif self._pace.due() and before != self._said and self._line is not SHORT:
            self._notice = self._notice or st.empty()
            self._notice.caption(f":material/hourglass_top: {sentence(before)}")
            self._said = before

    def wait(self) -> None:
        """Until something has changed, or for a moment."""
        self._line.wait()

    def clear(self) -> None:
        """Take back what was said."""
        if self._notice is not None and self._said:
            self._notice.empty()
            self._said = 0


def sentence(before: int) -> str:
    """How many come first, and what that means."""
    others = COUNTS[before] if before < len(COUNTS) else f"{before} others compute"
    return (
        f"{others} before you: you are number {before + 1}. Everything else on this page works meanwhile; a change "
        "asks anew."
    )


@contextmanager
def turn(work: Hashable, line: Gate) -> Generator[Turn]:
    """`work` in line until the end of the block, for those who have something to do while they wait."""
    with line.standing(work):
        mine = Turn(work, line)
        yield mine
        mine.clear()  # not on other ways out: a run that ends has no say any more


@contextmanager
def place(work: Hashable, *, heavy: bool, unless: Callable[[], bool] = lambda: False) -> Generator[None]:
    """A place for `work` until the end of the block, which begins when its turn has come; at once if it is not `heavy`,
    or `unless` says that it is done already."""
    if not heavy:
        yield
        return
    with turn(work, GATE) as mine:
        while not (unless() or mine.come()):
            mine.wait()
        yield


def is_heavy(operations: float) -> bool:
    return operations > HEAVY
