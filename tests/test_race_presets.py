"""Every race of the menu shows what its line says, whatever the draw."""

from dataclasses import replace

import pytest

from initlab.comparison import specs
from initlab.race import Snapshot, race
from initlab.race_presets import PRESETS
from initlab.race_readings import learned
from initlab.schedule import split

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.stress) for seed in range(1, 6))]


def finished(name: str, seed: int) -> Snapshot:
    preset = PRESETS[name]
    *_, last = race(specs(replace(preset.spec, seed=seed), preset.starts), replace(preset.how, seed=seed))
    return last


@pytest.mark.stress
@pytest.mark.parametrize("seed", SEEDS)
def test_a_better_start_trains_faster(seed: int) -> None:
    last = finished("A better start trains faster", seed)
    zeros, small, large, glorot, he = last.runners
    assert min(glorot.marks[-1].accuracy, he.marks[-1].accuracy) > 0.9
    assert large.marks[-1].accuracy < 0.5
    for idle in (zeros, small):
        assert not learned(idle, last)
        assert idle.marks[-1].update_ratio[:-1].max() < 1e-3 or idle.spec.init == "Zeros"


@pytest.mark.parametrize("seed", SEEDS)
def test_zero_and_constant_never_learn(seed: int) -> None:
    zeros, constant, glorot = finished("Zero and constant never learn", seed).runners
    assert zeros.marks[-1].accuracy < 0.15
    assert constant.marks[-1].accuracy < 0.15
    assert glorot.marks[-1].accuracy > 0.9


@pytest.mark.stress
@pytest.mark.parametrize("seed", [*SEEDS, *(pytest.param(seed, marks=pytest.mark.stress) for seed in range(6, 10))])
def test_random_weights_overfit(seed: int) -> None:
    last = finished("Random weights overfit", seed)
    fitted = [float(runner.losses[-last.epoch :].mean()) for runner in last.runners]
    tested = [runner.marks[-1].test_loss for runner in last.runners]
    assert fitted == sorted(fitted, reverse=True), "the larger the weights, the better are the training rows known"
    assert tested[0] == min(tested)
    assert tested[-1] == max(tested) > 2
    for runner in last.runners[1:3]:
        lowest = min(mark.test_loss for mark in runner.marks)
        assert lowest < 0.95 * runner.marks[-1].test_loss < runner.marks[-1].test_loss < 1.2


def test_predicting_the_mean_costs_about_one() -> None:
    preset = PRESETS["Random weights overfit"]
    fit, test = split(preset.spec, preset.how)
    assert fit.targets is not None
    assert test.targets is not None
    assert ((test.targets - fit.targets.mean()) ** 2).mean() == pytest.approx(1, abs=0.05)


@pytest.mark.stress
@pytest.mark.parametrize("seed", SEEDS)
def test_too_large_a_step(seed: int) -> None:
    glorot, he, doubled = finished("Too large a step", seed).runners
    assert doubled.losses[0] > 100
    assert doubled.retired.startswith("He normal × 2 at learning rate 0.2: loss became")
    assert doubled.step < 10
    assert not glorot.retired
    assert not he.retired
    assert glorot.step == he.step == 115


def test_every_race_is_tested_here() -> None:
    tested = {name.removeprefix("test_").replace("_", " ") for name in globals() if name.startswith("test_")}
    assert {name.lower() for name in PRESETS} <= tested
