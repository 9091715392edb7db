"""Visitors who ask at the same moment: the same numbers as for one alone, and each thing computed once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest
from walked import walked

from initlab import isometry
from initlab.draws import Draws
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.symmetry import Trial, Walk
from initlab.ui import compute, compute_theory

VISITORS = 4
SPEC = NetworkSpec(activation="Tanh", depth=3, width=64, batch=16).with_init("Glorot normal")
Found = TypeVar("Found")


def together(ask: Callable[[int], Found]) -> list[Found]:
    """What each of several visitors gets who ask at once."""
    start = threading.Barrier(VISITORS)

    def visitor(number: int) -> Found:
        start.wait()
        return ask(number)

    with ThreadPoolExecutor(VISITORS) as pool:
        return list(pool.map(visitor, range(VISITORS)))


@pytest.mark.parametrize("seed", range(4000, 4010))
def test_all_get_the_weights_of_the_seed(seed: int) -> None:
    spec = replace(SPEC, seed=seed, width=256)
    expected = build(spec, draws=Draws(seed)).weights
    for found in together(lambda number: compute.network(replace(spec, batch=16 + number))):
        for mine, theirs in zip(found.weights, expected, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_singular_values_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    original = isometry.measured
    monkeypatch.setattr(compute_theory, "jacobian_measured", lambda *args: begun.append(1) or original(*args))
    spec = replace(SPEC, seed=4020)
    found = together(lambda _: list(compute_theory.isometry(spec, 1, (2, 3)))[-1])
    assert len(begun) == 1
    assert all(one is found[0] for one in found)


def test_a_short_walk_that_comes_late_does_not_take_the_place_of_a_long_one() -> None:
    followed = compute_theory._Followed()

    def long(after: int, at_once: int) -> Walk:
        return walked(SPEC, Trial(), 6).seen(after)

    def short(after: int, at_once: int) -> Walk:
        followed.extend(long)  # another visitor, in the meantime
        return walked(SPEC, Trial(), 2).seen(after)

    assert len(followed.extend(short).moments) == 7
    assert followed.missing(6) == 0
