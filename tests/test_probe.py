"""Published behaviour that a probe must reproduce, with tolerances derived from the width and the number of draws.

For one input the norm through a ReLU layer of width n fluctuates by Var ln|h|^2 = 5/n with mean -2.5/n, through a
linear one by 2/n with mean -1/n (facts, trap 5). A whole batch averages over inputs, so these bounds hold for it too.
"""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from initlab import Network, NetworkSpec, Probe, build, draw, measure, probe
from initlab.datasets import load

SIGMAS = 4
ARTICLE = (("maxval", 1.0), ("minval", 0.0))  # the article's U(0, 1)


def scaled(scale: float, distribution: str = "uniform") -> tuple[tuple[str, float | str], ...]:
    return (("distribution", distribution), ("mode", "fan_in"), ("scale", scale))


def probes(spec: NetworkSpec, seeds: int) -> list[Probe]:
    return [probe(replace(spec, seed=seed)) for seed in range(seeds)]


@pytest.mark.parametrize(("scale", "rate"), [(1 / 3, 1 / 3), (1.0, 1.0)], ids=["standard", "normalized"])
def test_signal_and_gradient_of_a_linear_net_change_by_glorots_rates(scale: float, rate: float) -> None:
    seeds, width, steps = 4, 256, 7
    spec = NetworkSpec("Variance scaling", scaled(scale), activation="Linear", depth=steps + 1, width=width, batch=64)
    found = probes(spec, seeds)
    forward = np.mean([np.log(p.activation.rms[-1] / p.activation.rms[0]) for p in found])
    backward = np.mean([np.log(p.gradient.rms[0] / p.gradient.rms[-1]) for p in found])
    expected = steps * math.log(rate) / 2
    tolerance = SIGMAS * 0.5 * math.sqrt(2 * steps / width / seeds) + 0.5 * steps / width
    assert forward == pytest.approx(expected, abs=tolerance)
    assert backward == pytest.approx(expected, abs=tolerance)


def test_weight_gradients_stay_level_under_the_standard_start_while_delta_shrinks() -> None:
    # Glorot & Bengio, figures 7 and 8: the factors 1/sqrt(3) of the signal below and of the delta above cancel
    found = probes(NetworkSpec("Variance scaling", scaled(1 / 3), activation="Linear", depth=8, width=256), 4)
    level = np.mean([np.log(p.weight_gradient.rms[1:] / p.weight_gradient.rms[-1]) for p in found], axis=0)
    delta = np.mean([np.log(p.gradient.rms[0] / p.gradient.rms[-1]) for p in found])
    assert delta == pytest.approx(-7 / 2 * math.log(3), abs=0.3)
    assert np.abs(level).max() < 0.3


def test_variance_one_over_n_shrinks_a_relu_signal_and_hes_two_over_n_holds_it() -> None:
    seeds, width = 4, 256
    published = {22: 4.9e-4, 30: 3.05e-5}  # of a network that deep, which is the beginning of a deeper one
    for init in ("LeCun normal", "He normal"):
        found = probes(NetworkSpec(init, depth=30, width=width, batch=64), seeds)
        for depth, shrunk in published.items():
            assert shrunk == pytest.approx(2 ** (-depth / 2), rel=0.01)
            expected = math.log(shrunk if init == "LeCun normal" else 1)
            ratio = np.mean([np.log(p.activation.rms[depth - 1] / p.inputs.rms[0]) for p in found])
            # layer 1 sees 64 features, the others 256 units
            spread = 0.5 * math.sqrt(5 * (depth - 1) / width + 5 / 64) / math.sqrt(seeds)
            assert ratio == pytest.approx(expected - 1.25 * depth / width, abs=SIGMAS * spread)


@pytest.mark.parametrize(
    ("activation", "variance", "drift"), [("ReLU", 5, 2.5), ("Linear", 2, 1)], ids=["ReLU", "Linear"]
)
def test_the_norm_of_one_input_fluctuates_with_depth_over_width(activation: str, variance: float, drift: float) -> None:
    networks, width, layers, scale = 400, 64, 12, 2.0 if activation == "ReLU" else 1.0
    rng, logs = np.random.default_rng(0), []
    x = rng.normal(size=(1, width))
    for _ in range(networks):
        weights = rng.normal(0, math.sqrt(scale / width), (layers + 1, width, width))
        run = Network(tuple(weights), (np.zeros(width),) * (layers + 1), activation=activation).forward(x)
        logs.append(math.log((run.activations[-1] ** 2).sum() / (x**2).sum()))
    # leading order in 1/n: the next one is some 3/n of it; sampling adds sqrt(2/k) to a variance, sqrt(v/k) to a mean
    expected = variance * layers / width
    assert np.var(logs) == pytest.approx(expected, rel=SIGMAS * math.sqrt(2 / networks) + 8 / width)
    sampling = SIGMAS * math.sqrt(expected / networks)
    assert np.mean(logs) == pytest.approx(-drift * layers / width, abs=sampling + 0.1 * drift * layers / width)


def test_a_product_of_orthogonal_matrices_keeps_every_singular_value_and_one_of_gaussians_none() -> None:
    rng, n, depth = np.random.default_rng(0), 64, 20
    orthogonal, gaussian = np.eye(n), np.eye(n)
    for _ in range(depth):
        orthogonal = orthogonal @ draw("Orthogonal", rng, n, n)
        gaussian = gaussian @ draw("Random normal", rng, n, n, gain=n**-0.5, stddev=1.0)
    np.testing.assert_allclose(np.linalg.svd(orthogonal, compute_uv=False), 1, rtol=1e-12)
    spread = np.linalg.svd(gaussian, compute_uv=False)
    assert spread[0] / spread[n // 2] > 100  # the middle exponent is ln(1/2)/2 a layer below the top one: e^6.9


def test_an_orthogonal_linear_net_passes_the_gradient_on_exactly() -> None:
    spec = NetworkSpec(
        "Orthogonal", activation="Linear", depth=20, width=64, dataset="Gaussian noise", precision="float64"
    )
    found = probe(spec)
    np.testing.assert_allclose(found.gradient.rms, found.gradient.rms[0], rtol=1e-12)
    np.testing.assert_allclose(found.activation.rms, found.inputs.rms[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("weight_variance", "bias_variance", "fixed_point"),
    [(1.424205, 0.01, 0.273301), (1.760955, 0.05, 0.570048), (2.0, 0.05, 0.72176), (4.0, 0.05, 2.19549)],
)
def test_tanh_pre_activations_settle_at_the_mean_field_variance(
    weight_variance: float, bias_variance: float, fixed_point: float
) -> None:
    width, seeds = 400, 4
    spec = NetworkSpec(
        "Variance scaling", scaled(weight_variance, "untruncated_normal"), activation="Tanh", depth=14, width=width,
        batch=32, bias_stddev=math.sqrt(bias_variance),
    )  # fmt: skip
    q = np.mean([p.preactivation.rms[8:] ** 2 for p in probes(spec, seeds)])
    # A layer's q of one input has relative deviation sqrt(2/n), and errors decay by chi < 1 a layer (some five layers
    # are remembered at criticality): averaging over seeds alone is the cautious count.
    assert q == pytest.approx(fixed_point, rel=SIGMAS * math.sqrt(2 * 5 / width / seeds))


@pytest.mark.parametrize(("width", "published"), [(2, 0.944), (3, 0.737), (5, 0.272)])
def test_a_narrow_relu_net_is_born_dead_as_often_as_lu_says(width: int, published: float) -> None:
    depth, networks = 10, 300
    probability = 1 - (1 - 2.0**-width) ** depth
    assert probability == pytest.approx(published, abs=5e-4)
    x = load("Digits").inputs[:1]
    dead = 0
    for seed in range(networks):
        net = build(NetworkSpec("He normal", depth=depth, width=width, seed=seed))
        dead += not net.forward(x).activations[-1].any()  # without biases a silent layer silences all above it
    error = SIGMAS * math.sqrt(probability * (1 - probability) / networks)
    assert dead / networks == pytest.approx(probability, abs=error)


def test_a_fresh_sigmoid_net_has_mean_one_half_and_nothing_saturated() -> None:
    found = probe(NetworkSpec("Glorot uniform", activation="Sigmoid", depth=5, width=256))
    assert found.activation.mean[-1] == pytest.approx(0.5, abs=0.05)  # +-.5 |w| / 4 of a unit, over 256 units
    assert not found.saturated_share[1:].any()


@pytest.mark.parametrize(("depth", "ratio"), [(3, 1 / 18), (4, 1 / 71)])
def test_glorot_still_loses_the_gradient_of_a_deep_sigmoid_net(depth: int, ratio: float) -> None:
    # findings: x18 at depth 3, x71 at depth 4, one quarter a layer. Width 128 over 5 seeds: some 5 %
    found = probes(NetworkSpec("Glorot uniform", activation="Sigmoid", depth=depth, width=128), 5)
    measured = np.exp(np.mean([np.log(p.gradient.rms[0] / p.gradient.rms[-1]) for p in found]))
    assert measured == pytest.approx(ratio, rel=0.25)


def test_an_identity_passes_every_input_through_as_it_is() -> None:
    spec = NetworkSpec("Identity", activation="Linear", depth=50, width=64, dataset="Gaussian noise")
    net, batch = build(spec), load("Gaussian noise")
    np.testing.assert_array_equal(net.forward(batch.inputs).activations[-1], batch.inputs.astype(np.float32))


def test_with_equal_outputs_the_first_loss_is_ln_ten() -> None:
    assert probe(NetworkSpec("Zeros")).loss == pytest.approx(math.log(10), rel=1e-12)


def test_any_network_can_be_measured_with_the_laws_drawn_by_hand() -> None:
    rng, widths = np.random.default_rng(0), (64, 50, 40, 10)
    weights = [draw("Glorot normal", rng, a, b) for a, b in pairwise(widths)]
    batch = load("Digits", rows=100)
    found = measure(Network(weights, [np.zeros(b) for b in widths[1:]], activation="Tanh"), batch.inputs, batch.targets)
    assert found.widths == (50, 40)
    assert found.precision == "float64"
    assert found.loss == pytest.approx(math.log(10), abs=0.5)
