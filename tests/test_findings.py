"""The nine findings on labelled starts, at their thresholds, in order; and what cannot be seen."""

import math
import re
from dataclasses import replace
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from designed import MENU
from evidence import check_evidence
from hypothesis import given
from hypothesis import strategies as st
from probed import batch, probed
from sampling import sampled
from situations import SITUATIONS, Situation

from initlab.activations import ACTIVATIONS
from initlab.findings import ORDER, Kind, caveats, findings
from initlab.initializers import INITIALIZERS
from initlab.measurement import Probe, measure
from initlab.network import Network
from initlab.rules import gradient_trend, signal_trend
from initlab.spec import NORMALIZATIONS, OUTPUTS, PRECISIONS, SHAPES, NetworkSpec
from initlab.start import build

TANH = NetworkSpec(activation="Tanh", depth=10, width=64, batch=64)
RELU = NetworkSpec(activation="ReLU", depth=10, width=64, batch=64)
SMALL = TANH.with_init("Random normal", stddev=0.01)


def kinds(spec: NetworkSpec) -> set[Kind]:
    return {finding.kind for finding in findings(probed(spec))}


def name(situation: Situation) -> str:
    spec = situation.spec
    return f"{spec.init}-{spec.activation}-{spec.depth}x{spec.width}: {situation.why}"


@pytest.mark.parametrize("seed", sampled(range(2)))
@pytest.mark.parametrize("situation", SITUATIONS, ids=name)
def test_a_situation_has_exactly_the_findings_of_its_label(situation: Situation, seed: int) -> None:
    probe = probed(replace(situation.spec, seed=seed))
    found = findings(probe)
    assert {finding.kind for finding in found} == situation.kinds
    dead = "dead layer" if probe.dead_share.max() == 1 else "dead units"
    places = [ORDER.index(dead if finding.kind == "dead units" else finding.kind) for finding in found]
    assert places == sorted(places)  # worst first
    for finding in found:
        check_evidence(probe, finding)


@pytest.mark.stress
@pytest.mark.parametrize("situation", SITUATIONS, ids=name)
def test_a_situation_keeps_its_findings_on_other_draws(situation: Situation) -> None:
    found = [kinds(replace(situation.spec, seed=seed)) for seed in range(2, 12)]
    assert found == [situation.kinds] * 10


def test_the_situations_cover_every_finding_and_every_axis() -> None:
    specs = [situation.spec for situation in SITUATIONS]
    assert len(set(specs)) == len(specs) >= 80
    assert set().union(*(situation.kinds for situation in SITUATIONS)) == set(get_args(Kind))
    assert {spec.activation for spec in specs} == set(ACTIVATIONS)
    assert {spec.shape for spec in specs} == set(SHAPES)
    assert {spec.normalization for spec in specs} == set(NORMALIZATIONS)
    assert {spec.precision for spec in specs} == set(PRECISIONS)
    assert {spec.output for spec in specs} == set(OUTPUTS)
    assert set(MENU) - {spec.init for spec in specs} <= {"LeCun uniform"}  # LeCun normal with another shape


def test_the_opening_reads_as_a_person_would_write_it() -> None:
    opening = next(situation.spec for situation in SITUATIONS if situation.why == "the app's opening")
    evidence = findings(probed(opening))[0].evidence
    assert re.fullmatch(
        r"Each layer passes on 11 % of what it receives: the activations' RMS falls from 0\.0\d\d in layer 1 to "
        r"\d(\.\d)?·10⁻¹⁰ in layer 10\. The weights' variance is 0\.0001; to keep the signal it would have to be "
        r"1/128 = 0\.0078\.",
        evidence,
    )


def test_a_borderline_finding_says_so_and_a_near_miss_is_a_caveat() -> None:
    probe = probed(SMALL)
    layers = len(probe.widths)
    for factor, found in ((45, True), (20, False)):
        rms = 0.1 * factor ** -np.linspace(0, 1, layers)
        changed = replace(probe, activation=replace(probe.activation, rms=rms))
        signal = [f for f in findings(changed) if f.kind == "vanishing signal"]
        assert bool(signal) is found
        assert all("(borderline)" in f.headline and "Borderline" in f.evidence for f in signal)
        assert any("Borderline: the signal" in note for note in caveats(changed)) is not found


@pytest.mark.parametrize(("width", "layer"), [(256, 19), (128, 22)])
def test_float64_hides_an_explosion_that_overflows_float32(width: int, layer: int) -> None:
    spec = NetworkSpec(activation="ReLU", depth=24, width=width, batch=16)
    spec = spec.with_init("Random uniform", minval=0.0, maxval=1.0)
    first = findings(probed(spec))[0]
    assert (first.kind, first.layers[0]) == ("overflow", layer)
    assert f"Layer {layer} overflowed in float32, which ends at 3.4·10³⁸" in first.evidence
    assert kinds(replace(spec, precision="float64")) == {"exploding signal", "exploding gradient"}


def test_after_an_overflow_the_finite_layers_are_judged_and_the_gradient_is_not() -> None:
    spec = NetworkSpec(activation="ReLU", depth=24, width=256, batch=16)
    probe = probed(spec.with_init("Random uniform", minval=0.0, maxval=1.0))
    assert [f.kind for f in findings(probe)] == ["overflow", "exploding signal"]
    assert findings(probe)[1].layers[-1] == 18
    assert gradient_trend(probe) is None
    assert any("not judged" in note for note in caveats(probe))


def test_an_overflow_of_the_outputs_or_of_the_gradient_alone_is_told_from_one_of_the_layers() -> None:
    network = build(RELU.with_init("He normal"))
    huge = np.full_like(network.weights[-1], 3e38)
    (finding,) = findings(
        measure(replace(network, weights=(*network.weights[:-1], huge)), batch("Digits", "Raw", 32).inputs)
    )
    assert (finding.kind, finding.layers) == ("overflow", ())
    assert "the output layer overflowed" in finding.evidence
    probe = probed(RELU.with_init("He normal"))
    share = np.ones(10)
    share[:4] = 0.5
    (finding,) = findings(replace(probe, gradient=replace(probe.gradient, finite_share=share)))
    assert (finding.kind, finding.layers) == ("overflow", (1, 2, 3, 4))
    assert "in layer 4" in finding.evidence


def test_ones_and_zeros_saturate_and_coincide_as_two_findings() -> None:
    spec = replace(TANH, width=128).with_init("Random uniform", minval=0.0, maxval=1.0)
    symmetry, saturation = findings(probed(spec))
    assert (symmetry.kind, saturation.kind) == ("symmetry", "saturation")
    assert symmetry.layers[-1] == 10
    assert saturation.layers == tuple(range(1, 11))


@pytest.mark.parametrize(("width", "growth"), [(64, 930), (256, 28_000)])
def test_a_saturated_tanh_has_an_exploding_gradient(width: int, growth: float) -> None:
    spec = replace(TANH, width=width, batch=256).with_init("Random normal", stddev=1.0)
    assert kinds(spec) == {"saturation", "exploding gradient"}
    trend = gradient_trend(probed(spec))
    assert trend is not None
    assert math.exp(trend.log_ratio) == pytest.approx(growth, rel=0.25)
    sigmoid = kinds(replace(spec, activation="Sigmoid"))
    assert not sigmoid & {"vanishing gradient", "exploding gradient"}


def test_silent_units_of_a_healthy_deep_relu_are_not_called_dead() -> None:
    probe = probed(NetworkSpec(depth=50, width=128, batch=256).with_init("He normal"))
    assert probe.dead_share.max() > 0.4
    assert findings(probe) == ()


def test_cancelled_gradients_are_not_taken_for_an_explosion() -> None:
    """Equal outgoing weights times softmax errors that sum to 0: what float32 leaves of them is rounding."""
    spec = NetworkSpec(activation="ReLU", depth=10, width=64, batch=64).with_init("Constant", value=0.1)
    probe = probed(spec)
    assert probe.gradient.rms[0] > 30 * probe.gradient.rms[-1] > 0
    assert {f.kind for f in findings(probe)} == {"symmetry", "exploding signal"}
    assert any("rounding" in note for note in caveats(probe))
    assert "exploding gradient" in kinds(replace(spec, output="One row repeated"))


def test_symmetry_without_gradient_absorbs_what_follows_from_it() -> None:
    assert kinds(RELU.with_init("Zeros")) == {"symmetry"}
    probe = probed(RELU.with_init("Zeros"))
    assert probe.dead_share.min() == 1
    assert probe.activation.rms.max() == 0


STARTS = sorted(INITIALIZERS)
SPECS = st.builds(
    NetworkSpec,
    init=st.sampled_from(STARTS), activation=st.sampled_from(sorted(ACTIVATIONS)), depth=st.integers(1, 12),
    width=st.integers(1, 24), gain=st.sampled_from([0.0, 0.01, 1.0, 3.0, 1000.0]), residual=st.booleans(),
    normalization=st.sampled_from(NORMALIZATIONS), shape=st.sampled_from(SHAPES), output=st.sampled_from(OUTPUTS),
    dataset=st.sampled_from(["Digits", "Moons", "Diabetes", "Gaussian noise"]), precision=st.sampled_from(PRECISIONS),
    bias_stddev=st.sampled_from([0.0, 1.0, 10.0]), scaling=st.sampled_from(["Standardized", "Raw"]),
    batch=st.integers(1, 20), seed=st.integers(0, 3),
)  # fmt: skip


def check_findings(probe: Probe) -> None:
    found = findings(probe)
    assert len({f.kind for f in found}) == len(found)
    for finding in found:
        assert finding.kind in get_args(Kind)
        assert set(finding.layers) <= set(range(1, probe.depth + 1))
        assert finding.headline
        assert finding.evidence.endswith(".")
        assert not any(word in finding.evidence for word in ("nan", "inf ", "None", "not a number", "e-", "  "))
        assert finding.evidence[0].isupper()
    assert all(note.endswith(".") for note in caveats(probe))


@given(SPECS)
def test_any_small_network_can_be_judged(spec: NetworkSpec) -> None:
    check_findings(probed(spec))


@given(
    st.integers(1, 4), st.integers(1, 5), st.integers(1, 20), st.sampled_from([0.0, 1e-30, 1.0, 1e30, np.inf, np.nan])
)
def test_any_bare_network_can_be_judged(depth: int, width: int, rows: int, scale: float) -> None:
    rng = np.random.default_rng(depth + width)
    sizes = [3, *[width] * depth, 2]
    weights = [np.asarray(rng.standard_normal(pair), np.float32) for pair in pairwise(sizes)]
    weights[0] = np.full_like(weights[0], scale)
    network = Network(weights, [np.zeros(size, np.float32) for size in sizes[1:]])
    check_findings(measure(network, rng.standard_normal((rows, 3))))


@pytest.mark.parametrize(
    ("spec", "note"),
    [
        (NetworkSpec(depth=4, width=8, batch=32), "Narrow: with 8 units"),
        (NetworkSpec(depth=4, width=1, batch=32), "Narrow: with 1 unit a"),
        (NetworkSpec(depth=80, width=64, batch=32), "Too narrow to judge"),
        (NetworkSpec(depth=1, width=64, batch=32), "One hidden layer has no trend"),
        (replace(SMALL, depth=2), "small weights do little harm"),
        (NetworkSpec("Identity", depth=4, width=100, batch=32), "64 inputs into 100 units: 36 units see nothing"),
        (NetworkSpec(depth=4, width=64, batch=1), "A single row"),
        *(
            (replace(TANH, output=output).with_init("Constant", value=0.015), "all units say the same")
            for output in OUTPUTS
        ),
    ],
)
def test_a_blind_spot_is_said_where_it_applies(spec: NetworkSpec, note: str) -> None:
    assert any(note in caveat for caveat in caveats(probed(spec)))


def test_nothing_is_said_where_no_blind_spot_applies() -> None:
    assert caveats(probed(NetworkSpec(depth=20, width=128, batch=64))) == ()
    assert caveats(probed(SMALL)) == ()
    assert signal_trend(probed(SMALL)) is not None
