"""How a training is described, what is refused, and what a race may cost."""

import re
from dataclasses import FrozenInstanceError, replace

import pytest

from initlab import NetworkSpec, TrainSpec, race
from initlab.race_work import affordable, fitted, race_work, require_affordable, step_work
from initlab.work import MAX_BYTES

SPEC = NetworkSpec(depth=10, width=64)


def test_it_is_flat_frozen_and_hashable_and_whole_numbers_become_what_they_stand_for() -> None:
    spec = TrainSpec(rate=1, clip=2)
    assert spec == TrainSpec(rate=1.0, clip=2.0)
    assert len({spec, TrainSpec(rate=1.0, clip=2.0)}) == 1
    assert isinstance(spec.rate, float)
    with pytest.raises(FrozenInstanceError):
        spec.rate = 2.0  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"optimizer": "Adagrad"}, "unknown optimizer 'Adagrad'; choose one of SGD, Momentum, Adam"),
        ({"optimizer": ["SGD"]}, "unknown optimizer"),
        ({"rate": 1e30}, "learning rate must be a number from 1e-05 to 10; received 1e+30"),
        ({"rate": float("nan")}, "learning rate must be a number from 1e-05 to 10; received nan"),
        ({"rate": 0}, "learning rate must be a number from 1e-05 to 10; received 0"),
        ({"batch": 0}, "batch must be a number from 1 to 2048; received 0"),
        ({"batch": 1.5}, "batch (whole) must be a number from 1 to 2048; received 1.5"),
        ({"epochs": 10**6}, "epochs must be a number from 1 to 1000; received 1000000"),
        ({"dropout": 1.0}, "dropout must be a number from 0 to 0.9; received 1.0"),
        ({"clip": -1}, "clip must be a number from 0 to 1000; received -1"),
        ({"weight_decay": 2}, "weight decay must be a number from 0 to 1; received 2"),
        ({"test_share": 0}, "share of the data for testing must be a number from 0.1 to 0.9; received 0"),
        ({"seed": True}, "seed (whole) must be a number from 0 to"),
    ],
)
def test_what_cannot_be_is_refused_with_the_rule(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        TrainSpec(**change)  # pyright: ignore[reportArgumentType]


def test_epochs_beyond_the_budget_are_refused_before_anything_runs_and_told_how_many_fit() -> None:
    specs, how = [replace(SPEC, width=512)] * 6, TrainSpec(epochs=1000)
    with pytest.raises(
        ValueError, match=r"at most 2,000.0 billion .* received .* billion .*; epochs \d+ fits"
    ) as caught:
        race(specs, how)
    found = re.search(r"epochs (\d+) fits", str(caught.value))
    assert found is not None
    fit = replace(how, epochs=int(found[1]))
    require_affordable(specs, fit)
    assert race_work(specs, replace(fit, epochs=fit.epochs * 5 // 4)).operations > 2 * 10**12


@pytest.mark.parametrize(
    ("spec", "how"),
    [
        (NetworkSpec(depth=200, width=1024), TrainSpec(batch=2048, epochs=1000)),
        (NetworkSpec(depth=50, width=1024), TrainSpec(batch=64)),
        (NetworkSpec(depth=200, width=1024, precision="float64"), TrainSpec(batch=1, epochs=1)),
        (NetworkSpec(depth=1, width=1), TrainSpec(batch=1, epochs=1000)),
    ],
)
@pytest.mark.parametrize("count", [1, 6])
def test_what_is_offered_instead_fits(spec: NetworkSpec, how: TrainSpec, count: int) -> None:
    specs, fit = fitted([spec] * count, how)
    assert affordable(specs, fit)
    assert race_work(specs, fit).bytes <= MAX_BYTES
    if affordable([spec] * count, how):
        assert (specs, fit) == ((spec,) * count, how)


def test_the_default_race_of_six_is_far_from_the_budget() -> None:
    assert race_work([SPEC] * 6, TrainSpec()).operations < 10**11
    assert step_work(SPEC, TrainSpec(batch=2048)) > step_work(SPEC, TrainSpec(batch=64))


def test_a_race_of_six_is_estimated_as_six_races_of_one() -> None:
    one = race_work([SPEC], TrainSpec(epochs=50)).operations
    assert race_work([SPEC] * 6, TrainSpec(epochs=50)).operations == pytest.approx(6 * one, rel=0.1)
