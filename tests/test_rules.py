"""Each rule at its threshold, and every number of its evidence against the probe."""

from dataclasses import replace

import numpy as np
import pytest
from probed import probed

from initlab.findings import caveats, dead_limits, findings
from initlab.measurement import Probe, measure
from initlab.spec import NetworkSpec
from initlab.start import build

TANH = NetworkSpec(activation="Tanh", depth=10, width=64, batch=64)
RELU = NetworkSpec(activation="ReLU", depth=10, width=64, batch=64)


def with_share(spec: NetworkSpec, field: str, share: float, layer: int = 3) -> Probe:
    """A healthy probe in which one layer has this share."""
    probe = probed(spec)
    values = np.zeros(probe.depth)
    values[layer - 1] = share
    return replace(probe, **{field: values})


@pytest.mark.parametrize(("activation", "below", "above"), [("Tanh", 0.33, 0.34), ("Hard tanh", 0.49, 0.51)])
def test_saturation_begins_at_a_third_and_for_hard_tanh_at_a_half(activation: str, below: float, above: float) -> None:
    spec = replace(TANH, activation=activation).with_init("Glorot normal")
    assert findings(with_share(spec, "saturated_share", below)) == ()
    (finding,) = findings(with_share(spec, "saturated_share", above))
    assert (finding.kind, finding.layers) == ("saturation", (3,))


def test_units_are_dead_beyond_what_chance_explains() -> None:
    spec = RELU.with_init("He normal")
    assert dead_limits(probed(spec)) == pytest.approx(0.75)  # .5 + 4 sqrt(.25 / 64)
    assert findings(with_share(spec, "dead_share", 0.75)) == ()
    (finding,) = findings(with_share(spec, "dead_share", 0.76))
    assert (finding.kind, finding.headline) == ("dead units", "Too many units are dead")
    (finding,) = findings(with_share(spec, "dead_share", 1.0))
    assert finding.headline == "A whole layer is dead"


def test_few_rows_cannot_tell_silent_from_dead() -> None:
    spec = replace(RELU, batch=15).with_init("He normal")
    probe = with_share(spec, "dead_share", 0.9)
    assert findings(probe) == ()
    assert any("fewer than 16 rows" in note for note in caveats(probe))


def test_a_dead_part_comes_last_and_a_dead_layer_near_the_top() -> None:
    probe = with_share(
        NetworkSpec(depth=10, width=64, batch=64).with_init("Random normal", stddev=1.0), "dead_share", 0.9
    )
    assert [f.kind for f in findings(probe)] == ["exploding signal", "exploding gradient", "dead units"]
    whole = replace(probe, dead_share=np.ones(10))
    assert [f.kind for f in findings(whole)] == ["dead units", "exploding signal", "exploding gradient"]


@pytest.mark.parametrize(("share", "found"), [(0.5, False), (0.51, True)])
def test_symmetry_needs_more_than_half_of_a_layer(share: float, found: bool) -> None:
    assert bool(findings(with_share(TANH.with_init("Glorot normal"), "twin_share", share))) is found


def test_inputs_collapse_where_the_last_layer_no_longer_tells_them_apart() -> None:
    probe = probed(TANH.with_init("Glorot normal"))
    for last, found in ((1.01e-4, False), (0.99e-4, True)):
        difference = np.full(10, 1e-6)
        difference[-1] = last
        assert bool(findings(replace(probe, input_difference=difference))) is found


def test_a_collapse_that_the_data_bring_along_is_called_by_its_name() -> None:
    rng = np.random.default_rng(0)
    inputs = 1 + 1e-4 * rng.standard_normal((32, 64))
    spec = replace(TANH, depth=3).with_init("Glorot normal")
    probe = measure(build(spec), inputs, spec=spec)
    (finding,) = findings(probe)
    assert finding.kind == "input collapse"
    assert "in the data" in finding.headline
