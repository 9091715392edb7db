"""A walk in pieces is the walk in one go, whether or not it is remembered between them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from cachetools import LRUCache
from walked import walked

from initlab import walks
from initlab.datasets import load
from initlab.spec import NetworkSpec
from initlab.symmetry import Trial, Walk
from initlab.walks import onwards

SPEC = NetworkSpec(activation="Tanh", depth=3, width=16, batch=32, precision="float64").with_init("Constant")
TRIAL = Trial("Adam", 0.1, 1e-3, 0.2)
STEPS = 7


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    walks._kept.clear()
    yield
    walks._kept.clear()


def in_pieces(spec: NetworkSpec, trial: Trial, *, forgetful: bool) -> Walk:
    data, found, pieces = load(spec.dataset, spec.scaling, spec.rows), None, 0
    while found is None or (len(found.moments) <= STEPS and found.moments[-1].finite):
        known = found.moments if found else ()
        found = onwards(spec, trial, data, None, after=len(known), steps=STEPS, at_once=0)
        assert found.moments, "a piece always gets further"
        found, pieces = replace(found, moments=(*known, *found.moments)), pieces + 1
        if forgetful:
            walks._kept.clear()
    assert pieces > 1
    return found


@pytest.mark.parametrize("forgetful", [False, True])
@pytest.mark.parametrize(("spec", "trial"), [
    (SPEC, TRIAL), (SPEC, Trial("SGD")), (SPEC.with_init("LSUV"), Trial("SGD")),
    (SPEC.with_init("Random normal", stddev=2), Trial("SGD", 1e200)),
])  # fmt: skip
def test_it_is_the_same_walk(spec: NetworkSpec, trial: Trial, forgetful: bool) -> None:
    found, expected = in_pieces(spec, trial, forgetful=forgetful), walked(spec, trial, STEPS)
    assert [m.step for m in found.moments] == [m.step for m in expected.moments]
    assert [m.loss for m in found.moments] == pytest.approx([m.loss for m in expected.moments], rel=0, nan_ok=True)
    np.testing.assert_array_equal(found.before, expected.before)
    for mine, theirs in zip(found.moments, expected.moments, strict=True):
        np.testing.assert_array_equal(mine.distinct, theirs.distinct)
        for one, other in zip(mine.weights + mine.gradients, theirs.weights + theirs.gradients, strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_walk_too_large_to_be_kept_gets_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "_kept", LRUCache(1, getsizeof=lambda _: 2))
    assert len(in_pieces(SPEC, TRIAL, forgetful=False).moments) == STEPS + 1
    assert not walks._kept
