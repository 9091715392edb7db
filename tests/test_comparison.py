"""Starts, their labels and sets, and every claim of the presets against probes of several seeds."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from probed import probed
from states import any_start

from initlab.comparison import (
    MOST,
    PRESETS,
    SEEDS,
    Preset,
    Start,
    fitting,
    fitting_band,
    labels,
    newcomer,
    rivals,
    specs,
    start,
)
from initlab.measurement import Probe
from initlab.scenarios import DEFAULT
from initlab.spec import NetworkSpec
from initlab.work import LIMIT, MAX_OPERATIONS, total, work

SMALL = NetworkSpec(activation="Tanh", depth=3, width=12, batch=16)


def test_a_start_changes_the_start_of_a_network_and_nothing_else() -> None:
    spec = NetworkSpec("Zeros", activation="GELU", depth=7, shape="Funnel", seed=3)
    one = start("Random normal", gain=2.0, stddev=0.5)
    applied = one.applied(spec)
    assert applied == replace(spec, init="Random normal", init_params=(("mean", 0.0), ("stddev", 0.5)), gain=2.0)
    assert Start.of(applied) == one


def test_a_start_is_validated_and_hashable() -> None:
    assert len({start("He normal"), Start("He normal"), start("He normal", gain=1)}) == 1
    for wrong in ({"init": "He"}, {"init": "Zeros", "value": 1.0}, {"init": "Zeros", "gain": -1.0}):
        with pytest.raises(ValueError, match=r"choose one of|must be a number"):
            start(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "label"),
    [
        (start("He normal"), "He normal"),
        (start("Random normal", stddev=0.01), "Random normal 0.01"),
        (start("Random normal", stddev=0.01, mean=-0.5), "Random normal 0.01, mean −0.5"),
        (start("Glorot normal", gain=2.0), "Glorot normal × 2"),
        (start("Random uniform", minval=-1.0, maxval=1.0), "Random uniform −1 to 1"),
        (start("Constant", value=0.1, gain=1.33), "Constant 0.1 × 1.33"),
        (start("Sparse", sparsity=0.9, stddev=0.01), "Sparse 0.9, 0.01"),
        (start("Variance scaling", scale=2.0, mode="fan_avg"), "Scaling 2/fan_avg truncated"),
    ],
    ids=str,
)
def test_a_label_says_what_matters(one: Start, label: str) -> None:
    assert one.label == label


@given(st.lists(any_start, min_size=2, max_size=MOST))
def test_labels_are_unique_and_different_starts_are_not_told_apart_by_numbers_alone(lineup: list[Start]) -> None:
    assert len(set(labels(lineup))) == len(lineup)
    assert len({one.label for one in lineup}) == len(set(lineup))


def test_the_same_start_twice_is_numbered() -> None:
    twice = [start("Zeros"), start("Ones"), start("Zeros")]
    assert labels(twice) == ("Zeros (1)", "Ones", "Zeros (2)")


def test_comparing_a_thing_with_itself_gives_identical_numbers() -> None:
    first, second = (probed(spec) for spec in specs(SMALL, [start("He normal")] * 2))
    np.testing.assert_array_equal(first.activation.log_counts, second.activation.log_counts)
    np.testing.assert_array_equal(first.gradient.rms, second.gradient.rms)
    assert first.loss == second.loss


@pytest.mark.parametrize("count", [0, 1, MOST + 1])
def test_a_comparison_of_too_few_or_too_many_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"of 2 to 6 starts; received {count};"):
        specs(SMALL, [start("Zeros")] * count)


def test_a_newcomer_is_not_there_yet() -> None:
    lineup: tuple[Start, ...] = ()
    for _ in range(5):
        assert newcomer(lineup) not in lineup
        lineup = (*lineup, newcomer(lineup))


def test_a_network_is_compared_with_its_remedy_and_with_the_two_that_everyone_knows() -> None:
    remedy = DEFAULT.with_init("Orthogonal")
    mine = start("Random normal", stddev=0.01)
    assert rivals(DEFAULT, remedy) == (mine, start("Orthogonal"), start("Glorot normal"), start("He normal"))
    assert rivals(DEFAULT, None) == (mine, start("Glorot normal"), start("He normal"))
    assert rivals(DEFAULT.with_init("He normal"), None) == (start("He normal"), start("Glorot normal"))


def test_what_a_comparison_costs_is_the_sum_of_its_probes() -> None:
    lineup = [start("Zeros"), start("Orthogonal"), start("He normal")]
    assert total(specs(SMALL, lineup)).operations == sum(work(spec).operations for spec in specs(SMALL, lineup))
    assert fitting(SMALL, lineup) == fitting_band(SMALL, lineup) == SMALL
    huge = NetworkSpec(depth=200, width=1024, batch=2048)
    fit = fitting(huge, lineup)
    assert total(specs(fit, lineup)).operations <= LIMIT.operations
    assert all(work(spec).affordable for spec in specs(fit, lineup))
    assert fit != huge
    band = fitting_band(fit, lineup)
    assert SEEDS * total(specs(band, lineup)).operations <= MAX_OPERATIONS
    assert band != fit


def test_a_preset_is_shown_by_its_architecture_and_starts_whatever_the_draw() -> None:
    preset = PRESETS["The article"]
    assert preset.shown(replace(DEFAULT, seed=9), preset.starts)
    assert not preset.shown(replace(DEFAULT, depth=9), preset.starts)
    assert not preset.shown(DEFAULT, preset.starts[:-1])


def test_the_page_opens_on_the_first_preset_which_has_the_architecture_of_the_app() -> None:
    assert next(iter(PRESETS.values())).shown(DEFAULT, PRESETS["The article"].starts)


def rate(rms: np.ndarray) -> float:
    return float((rms[-1] / rms[0]) ** (1 / (len(rms) - 1)))


def article(probes: list[Probe]) -> None:
    """Zeros nothing; N(0, 1) saturates and grows a thousandfold; U(0, 1) one unit; the others within tenfold."""
    zeros, normal, uniform, *scaled = probes
    assert not zeros.activation.rms.any()
    assert not zeros.gradient.rms.any()
    assert normal.saturated_share.min() > 0.5
    assert normal.gradient.rms[0] > 1000 * normal.gradient.rms[-1]
    assert uniform.distinct_units[-1] == 1 < uniform.widths[-1] == 128
    assert len(scaled) == 3
    for probe in scaled:
        for rms in (probe.activation.rms, probe.gradient.rms):
            assert rms.max() < 10 * rms.min()


def library(probes: list[Probe]) -> None:
    """PyTorch passes on about 41 % of the gradient a layer, the other three about 70 %."""
    keras, torch, flax, sklearn = (rate(probe.gradient.rms[::-1]) for probe in probes)
    assert torch == pytest.approx(0.41, abs=0.03)
    assert [keras, flax, sklearn] == pytest.approx([0.7] * 3, abs=0.04)


def xavier(probes: list[Probe]) -> None:
    """The cut ends the weights; the first two alike; the third larger in layer 1, with half of the gradient there."""
    keras, torch, ng = probes
    assert (torch.weight.maximum > keras.weight.maximum).all()
    assert np.abs(np.log(torch.activation.rms / keras.activation.rms)).max() < np.log(1.25)
    assert keras.spec is not None
    assert keras.spec.widths[:2] == (64, 256)
    assert ng.activation.rms[0] > 1.2 * torch.activation.rms[0]
    assert ng.gradient.rms[0] < 0.5 * torch.gradient.rms[0]


def law(probes: list[Probe]) -> None:
    """Normal and uniform within a factor of three; Glorot and He end a hundredfold apart."""
    glorot, glorot_uniform, he, he_uniform = probes
    for normal, uniform in ((glorot, glorot_uniform), (he, he_uniform)):
        for a, b in ((normal.activation, uniform.activation), (normal.gradient, uniform.gradient)):
            assert np.abs(np.log(a.rms / b.rms)).max() < np.log(3)
    assert he.activation.rms[-1] > 100 * glorot.activation.rms[-1]
    assert he_uniform.activation.rms[-1] > 100 * glorot_uniform.activation.rms[-1]


def fans(probes: list[Probe]) -> None:
    """fan_out's signal grows exactly twice as much, its gradient about twice; the average in between."""
    up = [probe.activation.rms[-1] / probe.activation.rms[0] for probe in probes]
    down = [probe.gradient.rms[0] / probe.gradient.rms[-1] for probe in probes]
    assert up[1] / up[0] == pytest.approx(2, rel=1e-4)
    assert down[1] / down[0] == pytest.approx(2, rel=0.15)
    for fan_in, fan_out, average in (up, down):
        assert fan_in < average < fan_out
    assert (probes[0].widths[0], probes[0].widths[-1]) == (256, 64)


def glorot_or_he(probes: list[Probe]) -> None:
    """About 71 % a layer with Glorot; the other two keep it."""
    glorot, he, rotation = (rate(probe.activation.rms) for probe in probes)
    assert glorot == pytest.approx(0.71, abs=0.03)
    assert [he, rotation] == pytest.approx([1, 1], abs=0.04)


CLAIMS: dict[str, Callable[[list[Probe]], None]] = {
    "The article": article, "Which library default?": library, "One name, three laws": xavier,
    "Normal or uniform?": law, "fan_in, fan_out or average?": fans, "Glorot or He?": glorot_or_he,
}  # fmt: skip


def check(preset: Preset, seed: int) -> None:
    CLAIMS[preset.name]([probed(replace(spec, seed=seed)) for spec in specs(preset.spec, preset.starts)])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_what_to_look_for_is_there(preset: Preset, seed: int) -> None:
    check(preset, seed)


@pytest.mark.stress
@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_what_to_look_for_is_there_on_many_seeds(preset: Preset) -> None:
    for seed in range(3, 20):
        check(preset, seed)
