"""Gaussian averages: against adaptive quadrature, sampling, identities, and for the steepest and flattest phi."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import integrate, stats

from initlab import ACTIVATIONS, moments
from initlab.activations import activation
from initlab.arrays import Array
from initlab.meanfield import Variance

VARIANCES = (1e-6, 0.05, 0.3, 1.0, 4.0, 14.0, 110.0)
ROWS = 400_000
each_activation = pytest.mark.parametrize("name", ACTIVATIONS)


def adaptive(f: Callable[[Array], Array], q: float, kinks: tuple[float, ...]) -> float:
    """E[f(u)] by scipy's adaptive quadrature, split at the kinks and where a steep phi bends."""
    root = math.sqrt(q)
    cuts = sorted({0.0, *(x / root for x in (*kinks, -3.0, -1.0, -0.3, 0.3, 1.0, 3.0) if abs(x / root) < 12)})

    def integrand(z: float) -> float:
        return float(f(np.asarray(root * z))) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    pieces = zip((-12.0, *cuts), (*cuts, 12.0), strict=True)
    return sum(integrate.quad(integrand, a, b, epsabs=1e-14, epsrel=1e-12, limit=200)[0] for a, b in pieces)


@each_activation
@pytest.mark.parametrize("q", VARIANCES)
def test_averages_over_one_variable_are_those_of_adaptive_quadrature(name: str, q: float) -> None:
    phi = ACTIVATIONS[name]
    assert moments.square(name, q) == pytest.approx(adaptive(lambda u: phi(u) ** 2, q, phi.kinks), rel=1e-11)
    expected = adaptive(lambda u: phi.derivative(u) ** 2, q, phi.kinks)
    assert moments.slope_square(name, q) == pytest.approx(expected, rel=1e-11)
    assert moments.mean(name, q) == pytest.approx(adaptive(phi, q, phi.kinks), rel=1e-11, abs=1e-13)


@each_activation
@pytest.mark.parametrize(("q", "c"), [(0.2, 0.6), (1.0, -0.5), (6.0, 0.95)])
def test_all_averages_are_those_of_samples(name: str, q: float, c: float) -> None:
    rng, phi = np.random.default_rng(3), ACTIVATIONS[name]
    first, other = rng.standard_normal((2, ROWS))
    u, v = math.sqrt(q) * first, math.sqrt(q) * (c * first + math.sqrt(1 - c * c) * other)
    cases = {
        "mean": (phi(u), moments.mean(name, q)),
        "square": (phi(u) ** 2, moments.square(name, q)),
        "slope_square": (phi.derivative(u) ** 2, moments.slope_square(name, q)),
        "product": (phi(u) * phi(v), moments.product(name, q, c)),
        "distance": ((phi(u) - phi(v)) ** 2 / 2, moments.distance(name, q, 1 - c)),
        "slope_product": (phi.derivative(u) * phi.derivative(v), moments.slope_product(name, q, 1 - c)),
    }
    for case, (samples, expected) in cases.items():
        error = 5 * samples.std() / math.sqrt(ROWS) + 1e-12  # five standard errors; constants have none
        assert abs(samples.mean() - expected) < error, case


@each_activation
@pytest.mark.parametrize("q", [0.05, 1.0, 14.0])
def test_the_slope_of_the_product_in_c_is_q_times_that_of_the_slopes(name: str, q: float) -> None:
    """Price's theorem, by central differences whose error is step^2/6 times a third derivative."""
    c, step = np.array([-0.7, 0.0, 0.4, 0.8]), 1e-4
    difference = (moments.product(name, q, c + step) - moments.product(name, q, c - step)) / (2 * step)
    np.testing.assert_allclose(difference, q * moments.slope_product(name, q, 1 - c), rtol=2e-4, atol=1e-9)


@each_activation
@pytest.mark.parametrize("q", [1e-20, 0.3, 14.0, 110.0])
def test_two_variables_that_are_one_and_two_that_know_nothing_of_each_other(name: str, q: float) -> None:
    assert moments.distance(name, q, 0.0) == 0
    assert moments.slope_product(name, q, 0.0) == pytest.approx(moments.slope_square(name, q), rel=1e-6)
    assert moments.product(name, q, 0.0) == pytest.approx(
        moments.mean(name, q) ** 2, rel=2e-6, abs=2e-6 * float(moments.square(name, q))
    )


@each_activation
def test_the_distance_of_close_variables_keeps_its_digits(name: str) -> None:
    """For u close to v it is q E[phi'^2] apart, less something of the order apart^(3/2) where phi has a kink."""
    apart = np.array([1e-14, 1e-10, 1e-8])
    expected = 0.7 * float(moments.slope_square(name, 0.7)) * apart
    np.testing.assert_allclose(moments.distance(name, 0.7, apart), expected, rtol=1e-3)


def clipped_product(q: float, c: float) -> float:
    """E[clip(u) clip(v)] for Hard tanh: the average over v for given u is elementary, that over u adaptive."""
    spread = math.sqrt(q * (1 - c * c))

    def both(u: Array) -> Array:
        low, high = (-1 - c * u) / spread, (1 - c * u) / spread
        inside = c * u * (stats.norm.cdf(high) - stats.norm.cdf(low))
        inside += spread * (stats.norm.pdf(low) - stats.norm.pdf(high))
        return np.clip(u, -1, 1) * (stats.norm.sf(high) - stats.norm.cdf(low) + inside)

    return adaptive(both, q, (-1.0, 1.0))


@pytest.mark.parametrize("q", [0.1, 1.0, 14.0])
@pytest.mark.parametrize("c", [-0.9, 0.0, 0.5, 0.99])
def test_hard_tanh_has_its_product_from_owens_function(q: float, c: float) -> None:
    assert moments.product("Hard tanh", q, c) == pytest.approx(clipped_product(q, c), abs=1e-8)


@pytest.mark.parametrize("slope", [0.0, 0.2, 0.9])
@pytest.mark.parametrize("c", [-1.0, -0.6, 0.0, 0.3, 1.0])
def test_leaky_relu_is_the_arc_cosine_kernel_whatever_its_slope(slope: float, c: float) -> None:
    q, t = 2.5, math.acos(c)
    ramps = (math.sin(t) + (math.pi - t) * c) / (2 * math.pi)  # E[relu relu], Cho and Saul 2009, eq. 6
    expected = q * (slope**2 * c + slope * (1 - slope) * c + (1 - slope) ** 2 * ramps)
    assert moments.product("Leaky ReLU", q, c, slope=slope) == pytest.approx(expected, abs=1e-14)
    same_sign = 1 - t / math.pi
    slopes = same_sign / 2 * (1 + slope**2) + (1 - same_sign) * slope
    assert moments.slope_product("Leaky ReLU", q, 1 - c, slope=slope) == pytest.approx(slopes, abs=1e-14)


@each_activation
@pytest.mark.parametrize("q", [0.0, 1e-30, 1e-12, 1e12, 1e30, math.inf])
def test_no_variance_is_too_small_or_too_large(name: str, q: float) -> None:
    apart = np.array([0.0, 1e-9, 1.0, 2.0])
    slopes = [moments.slope_square(name, q), *moments.slope_product(name, q, apart)]
    assert np.isfinite([moments.mean(name, min(q, 1e20)), *slopes, *moments.distance(name, q, apart)]).all()
    grows = ACTIVATIONS[name].saturates_beyond is None
    assert np.isfinite(moments.square(name, q)) == (q < math.inf or not grows)


def test_parameters_go_by_name_and_broadcasting_is_numpys() -> None:
    phi, q = activation("ELU", alpha=0.5), np.array([[0.5], [2.0]])
    expected = [[adaptive(lambda u: phi(u) ** 2, 0.5, (0.0,))], [adaptive(lambda u: phi(u) ** 2, 2.0, (0.0,))]]
    np.testing.assert_allclose(moments.square("ELU", q, alpha=0.5), expected, rtol=1e-11)
    for average in (moments.distance, moments.slope_product):
        assert average("ELU", q, np.array([0.1, 0.2, 0.3]), alpha=0.5).shape == (2, 3)


@each_activation
def test_whether_phi_is_odd_is_seen_right_and_a_kink_away_from_0_has_a_closed_form(name: str) -> None:
    phi = ACTIVATIONS[name]
    assert moments.is_odd(phi) == (name in {"Linear", "Tanh", "Softsign", "Hard tanh", "Erf"})
    assert not any(phi.kinks) or name in moments.CLOSED


@each_activation
def test_the_mean_of_an_array_has_its_shape(name: str) -> None:
    q: Variance = np.array([[0.1, 1.0]])
    assert moments.mean(name, q).shape == (1, 2)
