"""The law of the spread: moments against adaptive quadrature, published numbers, and what it does not hold for."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate

from initlab.activations import ACTIVATIONS
from initlab.initializers import INITIALIZERS
from initlab.isometry import GAUSSIAN, partner
from initlab.spec import NetworkSpec
from initlab.spectral_law import bias_variance, moments, obstacles, spread

WIDE = NetworkSpec(*GAUSSIAN, 1.5, "Tanh", depth=17, width=256)


def fixed_point(spec: NetworkSpec) -> float:
    """q* by iteration from 1: 1,000 steps of a contraction."""
    q = 1.0
    for _ in range(1000):
        q = spec.gain**2 * moments(spec.phi, q).square + bias_variance(spec, spec.width)
    return q


@pytest.mark.parametrize("q", [1e-6, 0.3, 40.0])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_moments_are_those_of_adaptive_quadrature(name: str, q: float) -> None:
    phi, std = ACTIVATIONS[name], q**0.5
    breaks = sorted(
        {0.0, *(k / std for k in phi.kinks if abs(k) < 10 * std), *(s * 3 / std for s in (-1, 1) if std > 1)}
    )
    functions = (lambda u: phi(u) ** 2, lambda u: phi.derivative(u) ** 2, lambda u: phi.derivative(u) ** 4)
    for f, found in zip(functions, moments(phi, q), strict=True):

        def integrand(z: float, f=f) -> float:
            return float(f(np.asarray(std * z))) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

        expected = integrate.quad(integrand, -10, 10, points=breaks, epsabs=0, epsrel=1e-11, limit=400)[0]
        assert found == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("init", "variance"), [("Gaussian", 23.6), ("Orthogonal", 7.6)])
def test_pennington_tanh_at_sigma_one_and_a_half_and_sixteen_layers(init: str, variance: float) -> None:
    spec = WIDE if init == "Gaussian" else partner(WIDE)
    law = spread(spec, fixed_point(spec), 16)
    assert law is not None
    assert law.variance[-1] == pytest.approx(variance, abs=0.05)
    np.testing.assert_allclose(law.variance, law.variance[0] * np.arange(1, 17), rtol=1e-9)


@pytest.mark.parametrize(("init", "a_layer"), [("Gaussian", 2.0), ("Orthogonal", 1.0)])
def test_relu_spreads_by_two_a_layer_and_by_one_with_orthogonal_weights(init: str, a_layer: float) -> None:
    spec = replace(WIDE, activation="ReLU", gain=2**0.5)
    law = spread(spec if init == "Gaussian" else partner(spec), 0.7, 30)
    assert law is not None
    np.testing.assert_allclose(law.variance, a_layer * np.arange(1, 31), rtol=1e-9)
    np.testing.assert_allclose(law.mean_square, 0, atol=1e-9)


def test_linear_orthogonal_layers_do_not_spread_at_all() -> None:
    law = spread(replace(partner(WIDE), activation="Linear", gain=1.2), 1.0, 50)
    assert law is not None
    np.testing.assert_allclose(law.variance, 0, atol=1e-12)
    np.testing.assert_allclose(law.mean_square, np.arange(1, 51) * np.log10(1.44))


@pytest.mark.parametrize("q", [0.0, 1e-320, 1e300, np.inf, np.nan])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_any_start_gives_a_law_without_a_warning(name: str, q: float) -> None:
    law = spread(replace(WIDE, activation=name, gain=10.0), q, 200)
    assert law is not None
    assert law.variance.shape == law.mean_square.shape == (200,)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"normalization": "Batch"}, "batch normalization"),
        ({"normalization": "Layer"}, "layer normalization"),
        ({"residual": True}, "residual"),
        ({"shape": "Funnel"}, "not square"),
        ({"depth": 1}, "only layer is not square"),
        ({"width": 1}, "one unit"),
        ({"gain": 0.0}, "variance 0"),
        ({"init": "Random normal", "init_params": (("mean", 0.2), ("stddev", 0.1))}, "mean 0.2"),
        ({"init": "Random normal", "init_params": (("mean", 0.0), ("stddev", 0.0))}, "variance 0"),
        ({"init": "Zeros", "init_params": ()}, "neither independent"),
        ({"init": "Identity", "init_params": ()}, "neither independent"),
        ({"init": "Sparse", "init_params": ()}, "neither independent"),
        ({"init": "LSUV", "init_params": ()}, "the data decide how large the weights of LSUV are"),
    ],
)  # fmt: skip
def test_where_an_assumption_fails_there_is_no_law_and_the_assumption_is_named(change: dict, word: str) -> None:
    spec = replace(WIDE, **change)
    assert any(word in reason for reason in obstacles(spec))
    assert spread(spec, 1.0, 3) is None


@pytest.mark.parametrize("name", list(INITIALIZERS))
def test_every_initializer_has_a_law_or_a_reason_why_not(name: str) -> None:
    spec = NetworkSpec(name, activation="Tanh", depth=3)
    assert (spread(spec, 1.0, 2) is None) == bool(obstacles(spec))
