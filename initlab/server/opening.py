"""What a server does once, before it lets anyone in."""

import gc
import pkgutil
from importlib import import_module

from initlab import ui
from initlab.ui import navigation


def prepare() -> None:
    """Load what the pages need, so that no visitor waits for it, and keep the garbage collector off it: a full
    collection that walks through SciPy and scikit-learn stops all sessions for a tenth of a second."""
    navigation.announce()
    for module in pkgutil.iter_modules(ui.__path__, f"{ui.__name__}."):
        import_module(module.name)
    gc.collect()
    gc.freeze()
