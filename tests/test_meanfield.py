"""Mean-field theory: against published numbers, adaptive quadrature, plain iteration and wide networks."""

import math
from typing import Final

import numpy as np
import pytest
from scipy import optimize

from initlab import ACTIVATIONS, meanfield
from initlab.network import Network
from tests.test_moments import adaptive

WEIGHTS = np.array([0.05, 0.3, 0.9, 1.5, 2.5, 4.0, 10.0])
BIASES = np.array([0.0, 0.05, 1.0, 4.0])
WIDTH: Final = 1000
each_activation = pytest.mark.parametrize("name", ACTIVATIONS)


@pytest.mark.parametrize(
    ("bias", "weight", "q"), [(0.01, 1.424205, 0.273301), (0.05, 1.760955, 0.570048), (0.2, 2.285152, 1.164496)]
)
def test_the_critical_line_of_tanh_is_the_published_one(bias: float, weight: float, q: float) -> None:
    assert meanfield.critical_weight_variance("Tanh", bias) == pytest.approx(weight, abs=6e-7)
    found = meanfield.fixed_point("Tanh", meanfield.critical_weight_variance("Tanh", bias), bias)
    assert found == pytest.approx(q, abs=6e-7)


@pytest.mark.parametrize(
    ("weight", "q", "chi", "c", "xi"),
    [
        (1.0, 0.19359, 0.75903, 1, 3.627),
        (2.0, 0.72176, 1.04767, 0.74408, 25.21),
        (4.0, 2.19549, 1.34240, 0.16506, 6.980),
    ],
)
def test_tanh_with_bias_variance_005_has_the_published_numbers(
    weight: float, q: float, chi: float, c: float, xi: float
) -> None:
    assert meanfield.fixed_point("Tanh", weight, 0.05) == pytest.approx(q, abs=6e-6)
    assert meanfield.chi("Tanh", weight, 0.05) == pytest.approx(chi, abs=6e-6)
    assert meanfield.correlation_fixed_point("Tanh", weight, 0.05) == pytest.approx(c, abs=6e-6)
    assert meanfield.depth_scale("Tanh", weight, 0.05) == pytest.approx(xi, rel=2e-4)
    assert meanfield.gradient_depth_scale("Tanh", weight, 0.05) == pytest.approx(1 / abs(math.log(chi)), rel=2e-4)


@each_activation
@pytest.mark.parametrize("bias", BIASES)
def test_q_and_chi_are_those_of_adaptive_quadrature(name: str, bias: float) -> None:
    """The root by brentq, on the side the first step leads to; where there is none the layers must really grow."""
    phi = ACTIVATIONS[name]
    q, chi = meanfield.fixed_point(name, WEIGHTS, bias), meanfield.chi(name, WEIGHTS, bias)

    def growth(x: float, weight: float) -> float:
        return weight * adaptive(lambda u: phi(u) ** 2, x, phi.kinks) + bias - x

    for weight, found, slope in zip(WEIGHTS, q, chi, strict=True):
        if found == 0:
            assert bias == 0
            assert growth(1e-4, weight) < 0
        elif np.isinf(found):
            assert all(growth(x, weight) > 0 for x in (1, 3, 1e2, 1e4))
        else:
            bounds = (found * 0.97, found * 1.03)
            root = optimize.root_scalar(growth, (weight,), bracket=bounds, xtol=1e-12, rtol=1e-12).root
            assert found == pytest.approx(root, abs=1e-7)
            expected = weight * adaptive(lambda u: phi.derivative(u) ** 2, root, phi.kinks)
            assert slope == pytest.approx(expected, abs=1e-7)


@each_activation
def test_q_is_where_plain_iteration_from_1_ends(name: str) -> None:
    weights, biases = np.meshgrid(np.linspace(0.05, 10, 25), np.array([0.0, 0.01, 0.1, 1.0, 4.0]))
    found = meanfield.fixed_point(name, weights, biases)
    q = np.ones_like(weights)
    for _ in range(400):
        q = np.minimum(meanfield.variance_map(name, q, weights, biases), 1e15)
    still = np.abs(meanfield.variance_map(name, q, weights, biases) / np.maximum(q, 1e-300) - 1) < 1e-9
    settled = still & (q < 1e6)
    assert settled.mean() > 0.05
    np.testing.assert_allclose(found[settled], q[settled], rtol=1e-6)
    assert np.isinf(found[q > 1e14]).all()
    assert (found[q < 1e-20] == 0).all()


@each_activation
def test_c_is_where_plain_iteration_from_05_ends(name: str) -> None:
    weights = np.array([0.5, 1.3, 2.0, 3.5, 8.0, 10.0])[:, None]
    biases = np.array([0.1, 1.0])
    found = meanfield.correlation_fixed_point(name, weights, biases)
    q, c = meanfield.fixed_point(name, weights, biases), np.full((6, 2), 0.5)
    for _ in range(60):
        c = meanfield.correlation_map(name, c, weights, biases, q)
    left = np.abs(meanfield.correlation_map(name, c, weights, biases, q) - c)
    pace = meanfield.chi_at_correlation(name, weights, biases)
    judged = np.isfinite(q) & (np.abs(pace) < 0.98)
    assert judged.any()
    remaining = left / np.maximum(1 - pace, 1e-3)  # a geometric series of steps
    assert (np.abs(c - found) < 1e-6 + 3 * remaining)[judged].all()
    assert (found[meanfield.chi(name, weights, biases) <= 1] == 1).all()


@pytest.mark.parametrize("name", ["Tanh", "Sigmoid", "Softsign", "Hard tanh", "Erf", "SELU", "GELU"])
def test_c_is_a_fixed_point_to_six_digits_and_an_attracting_one(name: str) -> None:
    weights, biases = np.meshgrid([1.2, 1.9, 4.0, 10.0, 120.0], [0.0, 0.02, 0.5, 4.0])
    c = meanfield.correlation_fixed_point(name, weights, biases)
    chaotic = (c < 1) & np.isfinite(meanfield.fixed_point(name, weights, biases))
    mapped = meanfield.correlation_map(name, c, weights, biases)
    pace = meanfield.chi_at_correlation(name, weights, biases)
    assert (np.abs(mapped - c) <= 1e-6 * np.maximum(1 - pace, 1e-6))[chaotic].all()
    assert (pace[chaotic] < 1).all()
    assert (c >= -1e-6).all()


@each_activation
def test_chi_is_1_on_the_critical_line(name: str) -> None:
    biases = np.array([0.0, 0.02, 0.3, 2.0])
    weights = meanfield.critical_weight_variance(name, biases)
    there = ~np.isnan(weights)
    np.testing.assert_allclose(meanfield.chi(name, weights[there], biases[there]), 1, atol=1e-6)
    if name in {"Linear", "ReLU", "Leaky ReLU"}:
        assert there.tolist() == [True, False, False, False]


def test_where_the_critical_points_lie() -> None:
    assert meanfield.critical_weight_variance("ReLU") == pytest.approx(2, rel=1e-12)
    assert meanfield.critical_weight_variance("Leaky ReLU", slope=0.2) == pytest.approx(2 / 1.04, rel=1e-12)
    assert meanfield.critical_weight_variance("Sigmoid") == pytest.approx(103, rel=1e-3)
    assert meanfield.critical_weight_variance("Tanh") == pytest.approx(1, abs=1e-12)
    assert meanfield.critical_weight_variance("Erf") == pytest.approx(math.pi / 4, rel=1e-12)
    assert np.isnan(meanfield.critical_weight_variance("Softplus"))


@pytest.mark.parametrize("start", [1.0, 1e-6])
def test_where_chi_jumps_over_1_there_is_no_critical_point(start: float) -> None:
    """GELU without biases: below some weight variance (4 for a weak signal) it dies, above it explodes."""
    jump = ACTIVATIONS["GELU"].gain ** 2 if start == 1 else 4
    assert meanfield.fixed_point("GELU", jump * 0.999, start=start) == 0
    assert np.isinf(meanfield.fixed_point("GELU", jump * 1.001, start=start))
    assert np.isnan(meanfield.critical_weight_variance("GELU", start=start))


@each_activation
def test_gains_hold_the_first_layer_and_selu_its_fixed_point(name: str) -> None:
    phi = ACTIVATIONS[name]
    assert meanfield.variance_map(name, 1.0, phi.gain**2) == pytest.approx(1, abs=1e-10)
    assert meanfield.chi(name, phi.backward_gain**2, q=1.0) == pytest.approx(1, abs=1e-10)


def test_a_gain_does_not_make_a_network_critical() -> None:
    assert meanfield.chi("Tanh", (5 / 3) ** 2) == pytest.approx(1.21, abs=5e-3)
    assert meanfield.fixed_point("SELU", 1.0) == pytest.approx(1, abs=1e-12)
    assert meanfield.chi("Sigmoid", ACTIVATIONS["Sigmoid"].gain ** 2) == pytest.approx(0.15, abs=5e-3)
    assert meanfield.chi("Sigmoid", ACTIVATIONS["Sigmoid"].backward_gain ** 2) == pytest.approx(0.47, abs=5e-3)


def test_of_several_fixed_points_the_start_decides() -> None:
    """GELU at its gain has 0, 1 and none above: 1 is kept by a start on it and left by any other."""
    weight = ACTIVATIONS["GELU"].gain ** 2
    assert meanfield.fixed_point("GELU", weight) == 1
    assert meanfield.fixed_point("GELU", weight, start=0.99) == 0
    assert np.isinf(meanfield.fixed_point("GELU", weight, start=1.01))
    assert meanfield.fixed_point("ReLU", 2.0, start=0.3) == pytest.approx(0.3)  # every q is one


@pytest.mark.parametrize("weight", [2 - 1e-9, 2.0, 2 + 1e-9])
def test_relu_around_its_critical_point(weight: float) -> None:
    assert meanfield.fixed_point("ReLU", weight) == (1 if weight == 2 else 0 if weight < 2 else math.inf)
    expected = 0.1 / (1 - weight / 2) if weight < 2 else math.inf
    assert meanfield.fixed_point("ReLU", weight, 0.1) == pytest.approx(expected, rel=1e-6)
    assert meanfield.correlation_fixed_point("ReLU", weight) == pytest.approx(1, abs=1e-6)


def test_convergence_that_slows_down_at_the_critical_point_stays_exact() -> None:
    """Tanh just above 1: q* = (s - 1)/2 - ..., where plain iteration would take a million layers."""
    excess = np.array([1e-8, 1e-6, 1e-4])
    np.testing.assert_allclose(meanfield.fixed_point("Tanh", 1 + excess), excess / 2, rtol=2e-4, atol=1e-13)
    assert meanfield.fixed_point("Tanh", 1.0) == 0
    assert np.isinf(meanfield.depth_scale("ReLU", 2.0))


@each_activation
def test_edges_give_numbers_and_no_warning(name: str) -> None:
    for weight, bias in ((0.0, 0.0), (0.0, 3.0), (1e-12, 0.0), (1e6, 0.0), (1e6, 1e6), (1.0, 1e-30)):
        q, chi = meanfield.fixed_point(name, weight, bias), meanfield.chi(name, weight, bias)
        assert q >= 0
        assert np.isfinite(chi)
        assert -1e-6 <= meanfield.correlation_fixed_point(name, weight, bias) <= 1
        assert meanfield.depth_scale(name, weight, bias) >= 0
    assert meanfield.fixed_point(name, 0.0, 3.0) == pytest.approx(3)
    assert meanfield.chi(name, 0.0) == 0
    assert meanfield.depth_scale(name, 0.0, 1.0) == 0
    np.testing.assert_allclose(meanfield.correlation_map(name, np.array([-1.0, 0.0, 1.0]), 0.0, 1.0), 1)
    assert meanfield.correlation_map(name, 1.0, 1.3, 0.2) == 1


def test_shapes_broadcast_and_empty_ones_are_empty() -> None:
    grid = meanfield.fixed_point("Tanh", np.linspace(0.5, 3, 7)[:, None], np.linspace(0, 1, 5))
    assert grid.shape == (7, 5)
    assert grid[3, 2] == pytest.approx(meanfield.fixed_point("Tanh", np.linspace(0.5, 3, 7)[3], 0.5))
    assert meanfield.depth_scale("Tanh", np.zeros((0, 3)), 0.1).shape == (0, 3)
    assert meanfield.critical_weight_variance("Tanh", np.zeros((2, 0))).shape == (2, 0)


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_variances_and_correlations_that_are_none_are_refused_with_what_they_are(bad: float) -> None:
    with pytest.raises(ValueError, match=r"weight_variance must be finite and at least 0; received"):
        meanfield.fixed_point("Tanh", bad)
    with pytest.raises(ValueError, match=r"bias_variance must be finite"):
        meanfield.chi("Tanh", 1.0, bad)
    with pytest.raises(ValueError, match=r"a correlation lies between -1 and 1; received"):
        meanfield.correlation_map("Tanh", bad * 20, 1.0)


@each_activation
def test_a_wide_network_does_what_the_maps_say(name: str) -> None:
    """Four layers of width n: each mean square is an average over n units that are as good as independent.

    Over n units the relative deviation of E[phi^2] is sqrt(kappa/n), kappa = Var[phi^2]/E[phi^2]^2, and each layer adds
    its own and that of its n weights a unit (2/n); four are allowed, for the biases too. Five deviations.
    """
    rng = np.random.default_rng(11)
    weight, bias, depth, c = 1.7, 0.2, 4, 0.3
    first = rng.standard_normal(WIDTH)
    other = rng.standard_normal(WIDTH)
    other -= first * (first @ other) / (first @ first)
    other *= np.linalg.norm(first) / np.linalg.norm(other)
    x = np.stack([first, c * first + math.sqrt(1 - c * c) * other])
    weights = [rng.normal(0, math.sqrt(weight / WIDTH), (WIDTH, WIDTH)) for _ in range(depth + 1)]
    biases = [rng.normal(0, math.sqrt(bias), WIDTH) for _ in range(depth + 1)]
    network = Network(weights, biases, name)
    forward = network.forward(x)
    q = float(weight * (first @ first) / WIDTH + bias)
    c = (weight * c * (first @ first) / WIDTH + bias) / q
    slope = np.ones(WIDTH)
    for layer in range(depth):
        z, phi = forward.preactivations[layer], network.phi
        kappa = float(np.var(phi(z[0]) ** 2) / np.mean(phi(z[0]) ** 2) ** 2)
        tolerance = 5 * math.sqrt((layer + 1) * (kappa + 4) / WIDTH)
        assert np.mean(z[0] ** 2) / q == pytest.approx(1, abs=tolerance)
        cosine = float(z[0] @ z[1] / np.linalg.norm(z[0]) / np.linalg.norm(z[1]))
        assert cosine == pytest.approx(c, abs=tolerance)
        slope = phi.derivative(z[0]) ** 2
        expected = meanfield.chi(name, weight, bias, q)
        assert weight * slope.mean() / expected == pytest.approx(1, abs=tolerance)
        c = float(meanfield.correlation_map(name, c, weight, bias, q))
        q = float(meanfield.variance_map(name, q, weight, bias))


def test_the_module_is_one_of_the_public_names() -> None:
    import initlab

    assert initlab.meanfield.fixed_point("Linear", 0.5, 1.0) == 2
