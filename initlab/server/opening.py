"""What a server does once, before it lets anyone in."""

import gc
import pkgutil
import sys
from importlib import import_module
from typing import Final

from initlab import ui
from initlab.aside import HELPER
from initlab.ui import navigation

SWITCH: Final = 0.0005  # seconds a thread may keep Python's lock while others want it; a network's pass gives it back a
# thousand times, and waited each time for whoever had it meanwhile: with Python's 5 ms a class of 30 opened in 6.7 s


def prepare() -> None:
    """Load what the pages need, so that no visitor waits for it, and keep the garbage collector off it: a full
    collection that walks through SciPy and scikit-learn stops all sessions for a tenth of a second."""
    navigation.announce()
    for module in pkgutil.iter_modules(ui.__path__, f"{ui.__name__}."):
        import_module(module.name)
    HELPER.begin()
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH)
