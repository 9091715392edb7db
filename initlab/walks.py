"""Walks of copies that stay in the process that takes their steps: only what there is to see of them is handed out."""

import threading
from contextlib import suppress

from cachetools import LRUCache

from initlab.datasets import Batch
from initlab.draws import Draws
from initlab.network import Network
from initlab.spec import NetworkSpec
from initlab.symmetry import WALK_BYTES, Trial, Walk, Walker, start, walk_bytes
from initlab.work import work

_kept = LRUCache[tuple[NetworkSpec, Trial], Walker](WALK_BYTES, getsizeof=lambda walker: walk_bytes(walker.spec))
_lock = threading.Lock()


def onwards(
    spec: NetworkSpec, trial: Trial, batch: Batch, plain: Network | None, *, after: int, steps: int, at_once: int
) -> Walk:  # fmt: skip
    """The walk without its first `after` moments, up to so many `steps`, but at least one and about `at_once`
    operations further.

    `batch` and `plain` as in `symmetry.start`. A walk that was forgotten is begun anew, and is the same.
    """
    with _lock:
        walker = _kept.get((spec, trial))
    walker, draws = walker or start(spec, trial, batch, plain=plain), Draws(spec.seed)
    end = min(steps, max(after, 1) + at_once // work(walker.spec).operations)
    while len(walker.moments) <= end and walker.moments[-1].finite:
        walker = walker.further(draws)
    with _lock, suppress(ValueError):  # too large to be kept at all
        _kept[spec, trial] = walker
    return walker.seen(after)
