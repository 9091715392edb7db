"""How often a page says how far its work is: so seldom that the browser finds time to draw the controls beside it."""

import math
import time
from typing import Final

import streamlit as st

EVERY: Final = 0.3  # seconds: with a message every 0.04 s a page that was just opened had no sliders for five seconds
SELDOM: Final = 1.0  # seconds: the longest silence
TIMES: Final = 3  # as long as a message took here is waited: where the server is short of time, a browser is so too


class Pace:
    """Lets a message through now and then, the first one at once, and knows how long the rest will take."""

    def __init__(self) -> None:
        self._last, self._begun = -math.inf, (math.nan, 0.0)
        self._took: float | None = 0.0  # seconds for the last message; None until it has been sent

    def due(self) -> bool:
        """Whether to say something now. If the visitor has changed anything meanwhile, the run ends here, as it would
        with a message: Streamlit looks for that whenever the session is read."""
        _ = "_pace" in st.session_state
        now = time.monotonic()
        if self._took is None:
            self._took = now - self._last
        if now - self._last < max(EVERY, min(TIMES * self._took, SELDOM)):
            return False
        self._last, self._took = now, None
        return True

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
