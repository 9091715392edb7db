"""Every pre-training of the menu shows what its line says, whatever the draw."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from initlab.finetuning import contestants
from initlab.pretrain_presets import PRESETS
from initlab.pretraining import reconstructed
from initlab.race import race
from initlab.schedule import parted
from initlab.start import pretrain

STRESS = [pytest.param(seed, marks=pytest.mark.stress) for seed in range(3)]
SEEDS = [0, *STRESS[1:]]


@cache
def right(name: str, seed: int) -> list[float]:
    """The shares of the test rows that are right at the end: pre-trained, from Glorot's weights, from small ones."""
    preset = PRESETS[name]
    specs = contestants(replace(preset.spec, seed=seed))
    *_, last = race(specs, replace(preset.tune, seed=seed), closely=False)
    return [runner.marks[-1].accuracy for runner in last.runners]


def lost(name: str, seed: int) -> float:
    """The share of the test rows' variance that does not come back from the top layer."""
    spec = replace(PRESETS[name].spec, seed=seed)
    train, test = parted(spec, PRESETS[name].tune)
    *_, last = pretrain(spec, None, train.inputs)
    rows = test.inputs.astype(np.float32)
    back = reconstructed(last.network, last.decoders, rows)
    return float(((rows - back) ** 2).sum() / ((rows - rows.mean(axis=0)) ** 2).sum())


@pytest.mark.stress
@pytest.mark.parametrize("seed", SEEDS)
def test_classic(seed: int) -> None:
    pretrained, glorot, small = right("Classic", seed)
    assert pretrained > 0.8
    assert max(glorot, small) < 0.4


@pytest.mark.parametrize("seed", STRESS)
def test_with_adam(seed: int) -> None:
    pretrained, glorot, _ = right("With Adam", seed)
    before = right("Classic", seed)
    assert before[0] - before[1] > 0.6
    assert 0 < pretrained - glorot < 0.1


@pytest.mark.parametrize("seed", STRESS)
def test_all_labels(seed: int) -> None:
    pretrained, glorot, _ = right("All labels", seed)
    assert abs(pretrained - glorot) < 0.05
    assert min(pretrained, glorot) > 0.92


@pytest.mark.parametrize("seed", STRESS)
def test_tanh(seed: int) -> None:
    pretrained, glorot, small = right("Tanh", seed)
    assert glorot > 0.8
    assert -0.01 < pretrained - glorot < 0.05
    assert small < 0.15


@pytest.mark.parametrize("seed", STRESS)
def test_five_layers(seed: int) -> None:
    pretrained, glorot, _ = right("Five layers", seed)
    assert pretrained > 0.8
    assert glorot < 0.15


@pytest.mark.stress
@pytest.mark.parametrize("seed", SEEDS)
def test_one_layer(seed: int) -> None:
    pretrained, glorot, small = right("One layer", seed)
    assert max(pretrained, glorot, small) - min(pretrained, glorot, small) < 0.04
    assert pretrained < max(glorot, small)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_hidden(seed: int) -> None:
    assert lost("Nothing hidden", seed) < 0.5 * lost("Classic", seed)


def test_every_preset_is_tested_here_and_is_its_own() -> None:
    tested = {name.removeprefix("test_").replace("_", " ") for name in globals() if name.startswith("test_")}
    assert {name.lower() for name in PRESETS} <= tested
    for preset in PRESETS.values():
        shown = [other.name for other in PRESETS.values() if other.shown(preset.spec, preset.tune)]
        assert shown == [preset.name]
        assert preset.shown(replace(preset.spec, seed=7), replace(preset.tune, seed=7)), "whatever the draw"
