"""What was made last, for all visitors: so many things, or as many large ones as fit into so many bytes.

Streamlit's own caches count entries alone, and a probe of 200 layers is two hundred times as large as one of one layer;
and at every call they read the function's signature and hash its arguments with care, a tenth of all that a run of a
page takes where nothing has to be computed. Our keys are flat, frozen and soon hashed.
"""

import threading
from collections.abc import Callable, Hashable
from typing import Any, Final, Generic, ParamSpec, Protocol, TypeVar

from cachetools import LRUCache, cached

BYTES: Final = 2**28  # of one store; what is larger on its own is kept until the next comes
Item = TypeVar("Item")
Found = TypeVar("Found", covariant=True)
Key = ParamSpec("Key")


class Store(Generic[Key, Item]):
    """`make` with a memory. `size` says in advance how many bytes at most the result of a key will take."""

    def __init__(self, entries: int, size: Callable[Key, int], make: Callable[Key, Item], fewest: int = 1) -> None:
        self._entries, self._size, self._make, self._fewest = entries, size, make, fewest
        self._kept: dict[Hashable, tuple[Item, int]] = {}  # the one asked for last is the last
        self._lock = threading.Lock()

    def __call__(self, *args: Key.args, **kwargs: Key.kwargs) -> Item:
        key = (args, *kwargs.items())
        with self._lock:
            found = self._kept.pop(key, None) or (self._make(*args, **kwargs), self._size(*args, **kwargs))
            self._kept[key] = found
            while len(self._kept) > self._entries or (self.nbytes > BYTES and len(self._kept) > self._fewest):
                del self._kept[next(iter(self._kept))]
        return found[0]

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def nbytes(self) -> int:
        """At most, of all that is kept."""
        return sum(size for _, size in self._kept.values())


def stored(
    entries: int, size: Callable[Key, int], *, fewest: int = 1
) -> Callable[[Callable[Key, Item]], Store[Key, Item]]:
    """A decorator: keep what the function returns, at most so many `entries`, and `BYTES` by their `size`, but always
    the last `fewest`: as many as one page asks for in turn. It is called with what can be a key, and gives quickly
    something that may take its time to grow."""
    return lambda make: Store(entries, size, make, fewest)


class Remembered(Protocol[Key, Found]):
    """A function with a memory."""

    def __call__(self, *args: Key.args, **kwargs: Key.kwargs) -> Found: ...

    def cache_clear(self) -> None: ...


def remembered(entries: int) -> Callable[[Callable[Key, Found]], Remembered[Key, Found]]:
    """A decorator: keep the last so many results, for ever unchanged; who asks for one in the making waits for it."""
    return cached(LRUCache[Hashable, Any](entries), condition=threading.Condition())
