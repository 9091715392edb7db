"""How often a page says how far its work is: so seldom that the browser finds time to draw the controls beside it."""

import math
import time
from typing import Final

import streamlit as st

EVERY: Final = 0.3  # seconds: with a message every 0.04 s a page that was just opened had no sliders for five seconds


class Pace:
    """Lets a message through now and then, the first one at once."""

    def __init__(self) -> None:
        self._last = -math.inf

    def due(self) -> bool:
        """Whether to say something now. If the visitor has changed anything meanwhile, the run ends here, as it would
        with a message: Streamlit looks for that whenever the session is read."""
        _ = "_pace" in st.session_state
        now = time.monotonic()
        if now - self._last < EVERY:
            return False
        self._last = now
        return True
