"""The scenarios: their order, their findings, and every claim of their lines against probes of several seeds."""

import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from probed import probed

from initlab.findings import findings
from initlab.measurement import Probe
from initlab.scenarios import DEFAULT, SCENARIOS, Scenario
from initlab.spec import NetworkSpec


def test_the_scenarios_stand_in_the_order_of_the_lesson() -> None:
    assert list(SCENARIOS) == [
        "Too small", "Zeros", "Constant", "N(0, 1)", "U(0, 1)", "Too large", "Glorot on sigmoid", "Glorot on deep ReLU",
        "He on deep ReLU", "SELU", "Shallow N(0, 1)",
    ]  # fmt: skip
    assert len({scenario.spec for scenario in SCENARIOS.values()}) == len(SCENARIOS)


def test_the_app_opens_on_the_first_one() -> None:
    assert SCENARIOS["Too small"].spec == DEFAULT
    assert (
        NetworkSpec("Random normal", (("mean", 0.0), ("stddev", 0.01)), activation="Tanh", depth=10, width=128)
        == DEFAULT
    )


def rate(rms: np.ndarray) -> float:
    """The mean factor from one layer to the next."""
    return float((rms[-1] / rms[0]) ** (1 / (len(rms) - 1)))


def too_small(probe: Probe) -> None:
    """A ninth of the signal; by layer 4 less than 1 % of layer 1's is left."""
    assert rate(probe.activation.rms) == pytest.approx(1 / 9, abs=0.01)
    assert probe.activation.rms[3] < 0.01 * probe.activation.rms[0]


def zeros(probe: Probe) -> None:
    """Every activation and gradient of a hidden layer exactly 0; its 128 units are one, and learn nothing."""
    assert probe.activation.zeros.tolist() == probe.activation.size.tolist()
    assert probe.gradient.zeros.tolist() == probe.gradient.size.tolist()
    assert probe.weight_gradient.zeros.tolist() == probe.weight_gradient.size.tolist()
    assert set(probe.distinct_units) == {1}


def constant(probe: Probe) -> None:
    """All 128 units are one; the gradient is not 0; with equal output weights instead it would cancel."""
    assert set(probe.distinct_units) == {1}
    assert probe.gradient.rms.min() > 1e-4
    assert probe.spec is not None
    cancelled = probed(replace(probe.spec, output="Same"))
    assert cancelled.gradient.rms.max() < 1e-6 * probe.gradient.rms.max()


def standard_normal(probe: Probe) -> None:
    """Most outputs close to -1 or 1; the gradient grows more than a thousandfold on its way down."""
    assert probe.saturated_share.min() > 0.5  # of tanh outputs this means |a| > .97
    assert probe.gradient.rms[0] > 1000 * probe.gradient.rms[-1]


def unit_interval(probe: Probe) -> None:
    """From layer 5 on the outputs are -1 or 1 and all 128 units agree."""
    assert set(probe.distinct_units[4:]) == {1}
    assert probe.saturated_share[4:].min() > 0.99
    assert probe.weight.minimum.min() >= 0


def too_large(probe: Probe) -> None:
    """About four times larger each layer, more than ten billion times in 20 layers."""
    assert rate(probe.activation.rms) == pytest.approx(4, rel=0.1)
    assert probe.activation.rms[-1] > 1e10 * probe.activation.rms[0]


def sigmoid(probe: Probe) -> None:
    """Almost nothing saturates; about a quarter of the gradient passes a layer, the sigmoid's largest slope."""
    assert probe.saturated_share.max() < 0.01
    assert rate(probe.gradient.rms[::-1]) == pytest.approx(0.25, abs=0.025)


def glorot_relu(probe: Probe) -> None:
    """About 71 % a layer; less than a thousandth left after 30."""
    assert rate(probe.activation.rms) == pytest.approx(0.71, abs=0.03)
    assert probe.activation.rms[-1] < probe.activation.rms[0] / 1000


def he_relu(probe: Probe) -> None:
    """Within a factor of three; in some layer more than a quarter of the units are silent."""
    ratio = probe.activation.rms[-1] / probe.activation.rms[0]
    assert 1 / 3 < ratio < 3
    assert probe.dead_share.max() > 0.25


def selu(probe: Probe) -> None:
    """Mean near 0 and standard deviation near 1 in all 30 layers, without normalization."""
    assert np.abs(probe.activation.mean).max() < 0.1
    assert np.abs(probe.activation.std - 1).max() < 0.15
    assert probe.spec is not None
    assert probe.spec.normalization == "None"


def shallow(probe: Probe) -> None:
    """The loss is more than 100, where guessing would cost ln 10."""
    assert probe.loss > 100
    assert math.log(10) == pytest.approx(2.3, abs=0.01)


CLAIMS: dict[str, Callable[[Probe], None]] = {
    "Too small": too_small, "Zeros": zeros, "Constant": constant, "N(0, 1)": standard_normal, "U(0, 1)": unit_interval,
    "Too large": too_large, "Glorot on sigmoid": sigmoid, "Glorot on deep ReLU": glorot_relu,
    "He on deep ReLU": he_relu, "SELU": selu, "Shallow N(0, 1)": shallow,
}  # fmt: skip


def check(scenario: Scenario, seed: int) -> None:
    probe = probed(replace(scenario.spec, seed=seed))
    assert tuple(finding.kind for finding in findings(probe)) == scenario.expected
    CLAIMS[scenario.name](probe)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_what_to_look_for_is_there_and_so_are_the_findings_worst_first(scenario: Scenario, seed: int) -> None:
    check(scenario, seed)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_the_sizes_in_the_line_are_those_of_the_network(scenario: Scenario) -> None:
    for words, size in {"units": scenario.spec.width, "layers": scenario.spec.depth}.items():
        for number in re.findall(rf"(\d+) {words}", scenario.look_for):
            assert int(number) == size


@pytest.mark.stress
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_what_to_look_for_is_there_on_many_seeds(scenario: Scenario) -> None:
    for seed in range(3, 20):
        check(scenario, seed)
