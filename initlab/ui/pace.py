"""How often a page says how far its work is: so seldom that the browser finds time to draw the controls beside it.

A page that was just opened loads its controls' code first, and React shows them only in a silence: with a message every
0.3 s a race was over before it could be stopped.
"""

import math
import time
from typing import Final

import streamlit as st

EVERY: Final = 0.4  # seconds
SELDOM: Final = 1.0  # seconds: the longest silence for a server that is short of time
LONGEST: Final = 2.5  # seconds: of a page that was just opened, and of work that goes on and on
NEW: Final = 10.0  # seconds for which a page counts as just opened
TIMES: Final = 3  # as long as a message took here is waited: where the server is short of time, a browser is so too
SHARE: Final = 0.1  # of the time since the first message
OPENED: Final = "_opened"


def opened() -> None:
    """Note that the visitor has come to this page now."""
    st.session_state[OPENED] = time.monotonic()


class Pace:
    """Lets a message through now and then, the first one at once, and knows how long the rest will take."""

    def __init__(self) -> None:
        self._first, self._last, self._begun = math.inf, -math.inf, (math.nan, 0.0)
        self._took: float | None = 0.0  # seconds for the last message; None until it has been sent

    def due(self) -> bool:
        """Whether to say something now. If the visitor has changed anything meanwhile, the run ends here, as it would
        with a message: Streamlit looks for that whenever the session is read."""
        opened = st.session_state.get(OPENED, -math.inf)
        now = time.monotonic()
        if self._took is None:
            self._took = now - self._last
        if now - self._last < (LONGEST if now - opened < NEW else self._silence(now)):
            return False
        self._first = min(self._first, now)
        self._last, self._took = now, None
        return True

    def _silence(self, now: float) -> float:
        """Seconds, between two messages of a page that has been open for a while."""
        return max(EVERY, min(TIMES * (self._took or 0), SELDOM), min(SHARE * (now - self._first), LONGEST))

    def left(self, share: float) -> str:
        """`, about 12 s left` where this share is done, by the pace since the first share that was told; empty as long
        as that says little: what comes first is often slower than the rest."""
        now = time.monotonic()
        if math.isnan(self._begun[0]):
            self._begun = share, now
        first, started = self._begun
        if share <= first or now - started < EVERY:
            return ""
        return f", about {math.ceil((now - started) * (1 - share) / (share - first))} s left"
