"""How much the picture depends on the draw: RMS a layer over several seeds, nothing else measured."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from initlab.arrays import Array
from initlab.aside import HELPER
from initlab.draws import Draws
from initlab.losses import Targets, loss_and_gradient
from initlab.network import Network
from initlab.parallel import in_order
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.work import work

SEEDS: Final = 10
DRAW_BYTES: Final = 2**21  # of unit draws kept for each of the last few seeds: ten layers of width 128, three times


class Profile(NamedTuple):
    """RMS of activations and of gradients, one number a hidden layer."""

    activation: Array
    gradient: Array


def seed_profiles(
    spec: NetworkSpec, inputs: Array, targets: Targets, start: int = 0, seeds: int = SEEDS, address: str | None = None
) -> Iterator[Profile]:
    """The profiles of the `seeds` draws that follow the spec's own, one after the other, without the first `start`.

    Where they run is for `in_order` to say, and for `address`.
    """
    drawn = _other_draws(spec, start, seeds)
    operations = len(drawn) * work(spec).operations
    return in_order(_seed_profile, [(each, inputs, targets) for each in drawn], operations, address)


def all_profiles(spec: NetworkSpec, inputs: Array, targets: Targets, start: int, seeds: int) -> list[Profile]:
    """Those of `seed_profiles` in one go, computed here, with the unit draws of the last band as far as they serve."""
    here = threading.get_ident()
    return [_seed_profile(each, inputs, targets, _recent(each.seed, here)) for each in _other_draws(spec, start, seeds)]


def profiles_aside(
    spec: NetworkSpec, inputs: Array, targets: Targets, start: int, seeds: int, at_once: int
) -> Iterator[Profile]:  # fmt: skip
    """Those of `seed_profiles`, `at_once` of them in one go, from the process beside this one."""
    for first in range(start, seeds, at_once):
        yield from HELPER.done(all_profiles, spec, inputs, targets, first, min(first + at_once, seeds))


def _other_draws(spec: NetworkSpec, start: int, seeds: int) -> list[NetworkSpec]:
    return [replace(spec, seed=seed % 2**31) for seed in range(spec.seed + 1 + start, spec.seed + 1 + seeds)]


@lru_cache(maxsize=32)
def _recent(seed: int, thread: int) -> Draws:
    """Of one thread alone: two may not draw at once."""
    return Draws(seed, DRAW_BYTES)


def _seed_profile(spec: NetworkSpec, inputs: Array, targets: Targets, draws: Draws | None = None) -> Profile:
    return rms_profile(build(spec, inputs, draws), inputs, targets, spec.loss)


def rms_profile(network: Network, inputs: Array, targets: Targets, loss: str) -> Profile:
    """One forward and one backward pass of which nothing but the RMS is kept."""
    forward = network.forward(inputs)
    with np.errstate(all="ignore"):
        _, output_gradient = loss_and_gradient(loss, forward.outputs, targets)
        gradient = np.empty(network.depth)
        for layer, delta, _, _ in network.deltas(forward, output_gradient):
            if layer < network.depth:
                gradient[layer] = rms(delta)
        return Profile(np.array([rms(a) for a in forward.activations]), gradient)


def rms(values: Array) -> float:
    """Root mean square in float64, scaled by the largest magnitude; NaN or inf where a value is."""
    if values.dtype == np.float32:  # whose squares float64 holds, whatever they are
        wide = values.astype(float).reshape(-1)
        return float(np.sqrt(wide @ wide / wide.size))
    largest = float(max(values.max(), -values.min()))
    if largest == 0 or not np.isfinite(largest):
        return largest
    scaled = values.astype(float).reshape(-1) / largest
    return largest * float(np.sqrt(scaled @ scaled / scaled.size))
